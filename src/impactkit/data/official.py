"""What the sources of an evaluation hold: figures by indicator and family, the newest edition of each, and
what an edition changed in the one before.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from impactkit.data import geography, ground
from impactkit.data.perimeters import VINTAGES
from impactkit.data.sources import own
from impactkit.data.sources.figures import SHAPE, Figures, departement_of
from impactkit.data.sources.kinds import KINDS

if TYPE_CHECKING:
    from impactkit.data.evaluation import Evaluation

REVISED = ("family", "unit", "period", "before", "after", "edition_before", "edition_after")


def figures(ev: Evaluation, indicator: str, family: str) -> tuple[Figures, ...]:
    """The newest editions of one indicator for one family of units, oldest first; empty when nothing was
    imported. Each period is read in the newest edition that has it.
    """
    return _figures(ev).get((indicator, family), ())


def indicators(ev: Evaluation) -> list[str]:
    """The indicators that the sources of the evaluation hold."""
    return sorted({name for name, _ in _figures(ev)})


def notes(ev: Evaluation, indicator: str, family: str) -> tuple[str, ...]:
    """What was rewritten or chosen in reading the files of an indicator, in finished sentences."""
    editions = _editions(ev).get((indicator, family), ())
    return tuple(dict.fromkeys(note for figures in editions for note in figures.notes))


def imported(ev: Evaluation, indicator: str) -> bool:
    """Whether any source of the evaluation holds the indicator."""
    return any(name == indicator for name, _ in _figures(ev))


def revisions(ev: Evaluation, indicator: str) -> pd.DataFrame:
    """What the newest edition of a source changed in the one before: columns family, unit, period, before,
    after, edition_before, edition_after; one row by value that both print and that differs.
    """
    changed = []
    for (name, family), editions in _editions(ev).items():
        if name != indicator:
            continue
        for old, new in zip(editions, editions[1:], strict=False):
            both = _followed(old, new).merge(new.frame, on=["unit", "period"], suffixes=("_old", "_new"))
            moved = (both["value_old"] - both["value_new"]).abs() > 1e-12
            both = both[moved].rename(columns={"value_old": "before", "value_new": "after"})
            about = {"edition_before": old.data_vintage, "edition_after": new.data_vintage}
            changed.append(both.assign(family=family, **about)[list(REVISED)])
    return pd.concat(changed, ignore_index=True) if changed else pd.DataFrame(columns=list(REVISED))


def _followed(old: Figures, new: Figures) -> pd.DataFrame:
    """The rows of an edition, under the codes of another: what stands on another ground is left out."""
    then, now = old.geography_vintage, new.geography_vintage
    if old.family not in ("commune", "epci") or then == now:
        return old.frame
    same = {}
    if int(then) in VINTAGES and int(now) in VINTAGES:
        same = geography.same_ground(old.family, then=int(then), now=int(now))
    frame = old.frame
    frame["unit"] = frame["unit"].map(same)
    return frame.dropna(subset=["unit"])


def zones_file(ev: Evaluation) -> Path | None:
    """The commune composition of employment zones, when it was dropped or fetched."""
    held = [source["id"] for source in ev.sources if source["kind"] == "insee-zones"]
    paths = ev.files[held[0]].get("communes") if held else None
    return paths[-1] if paths else None


@functools.lru_cache(maxsize=4)
def _editions(ev: Evaluation) -> dict[tuple[str, str], tuple[Figures, ...]]:
    read: dict[tuple[str, str], list[Figures]] = {}
    for source in ev.sources:
        files = ev.files[source["id"]]
        settings = own.placed(source, _listed(ev), ev.vintage) if source["kind"] == "table" else source
        for part, reader in KINDS[source["kind"]].read.items():
            for path in files.get(part, ()):
                for one in reader(ev.language, path, settings):
                    told = dataclasses.replace(_covered(_placed(one, ev.vintage)), path=str(path))
                    read.setdefault((one.indicator, one.family), []).append(told)
    for one in _own(ev):
        read.setdefault((one.indicator, one.family), []).append(one)
    return {key: tuple(sorted(some, key=lambda one: one.data_vintage)) for key, some in read.items()}


def _listed(ev: Evaluation) -> dict[str, list[str]]:
    """The codes of the evaluation's own units and territories, by family."""
    return {"unit": list(ev.table("units")["unit"]), "territory": list(ev.table("territories")["territory"])}


@functools.lru_cache(maxsize=4)
def _figures(ev: Evaluation) -> dict[tuple[str, str], tuple[Figures, ...]]:
    current = {}
    for key, editions in _editions(ev).items():
        kept: list[Figures] = []
        told: set[str] = set()
        for one in reversed(editions):
            frame = one.frame
            kept.append(dataclasses.replace(one, _frame=frame[~frame["period"].isin(told)]))
            told |= set(frame["period"])
        current[key] = tuple(one for one in reversed(kept) if len(one.frame))
    return current


def _placed(figures: Figures, usual: int) -> Figures:
    """With the vintage of its perimeters: what the source says, else the evaluation's own. When the codes of
    the file deny it, the latest of which each of them is one.
    """
    if figures.family not in ("commune", "epci"):
        return figures
    stated = int(figures.geography_vintage or usual)
    strays: set[str] = set()
    if stated in VINTAGES:
        listed = set(figures.frame["unit"].unique())
        stated, strays = _vintage_of(listed, figures.family, stated)
    return dataclasses.replace(figures, geography_vintage=str(stated), strays=frozenset(strays))


def _vintage_of(listed: set[str], family: str, stated: int) -> tuple[int, set[str]]:
    """The vintage at which every code listed is a unit: the one stated, else the latest; when there is none,
    the one stated, and the codes that are units at others alone.
    """
    strays = listed - geography.codes(family, vintage=stated)
    if not strays:
        return stated, strays
    every = {vintage: geography.codes(family, vintage=vintage) for vintage in reversed(VINTAGES)}
    # What is a unit at no vintage tells nothing of the vintage.
    real = listed & frozenset().union(*every.values())
    strays &= real
    if not strays:
        return stated, strays
    for vintage, codes in every.items():
        if real <= codes:
            return vintage, set()
    return stated, strays


def _covered(one: Figures) -> Figures:
    """Without the units that the source does not cover: a zero there is no figure."""
    if not one.missing or one.family not in ("commune", "epci", "departement"):
        return one
    frame = one.frame
    if one.family == "epci":
        vintage = min(max(ground.vintage_of(one), VINTAGES[0]), VINTAGES[-1])
        held = geography.members("epci", vintage=vintage)
        away = frame["unit"].isin(ground.uncovered(held, one.missing))
    else:
        away = frame["unit"].map(departement_of).isin(one.missing)
    return dataclasses.replace(one, _frame=frame[~away].reset_index(drop=True))


def _own(ev: Evaluation) -> Iterable[Figures]:
    """The panel that the evaluation carries itself (outcomes.csv), by indicator, on its own units."""
    rows = ev.table("outcomes")
    for indicator, part in rows.groupby("indicator"):
        name = str(indicator)
        yield Figures(
            indicator=name,
            family="unit",
            unit="emplois" if name.startswith("count_jobs") else UNITS.get(name.split("_")[0], ""),
            source=str(part["source"].iloc[0]),
            data_vintage=str(part["period"].max()),
            _frame=part[list(SHAPE)].reset_index(drop=True),
        )


UNITS = {"rate": "part", "share": "part", "count": "", "amount": "euros", "index": "indice", "ratio": ""}
