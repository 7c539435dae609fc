"""The six context figures of a territory in one table: what each is, or why it is missing."""

import pandas as pd

from impactkit.data.catalogue import catalogue
from impactkit.data.tables import labels
from impactkit.data.territories import Territory
from impactkit.display.shown import Table, text
from impactkit.evidence.finding import Sentence
from impactkit.evidence.picked import MEDIAN, Picked, as_text, picked
from impactkit.indicators.context import SIX
from impactkit.indicators.figures import change_of
from impactkit.indicators.knowledge import gaps
from impactkit.wording.catalogue import has, runs, say
from impactkit.wording.numbers import date

WIDTHS = {"what": 2.9, "value": 1.7, "moved": 1.8, "half": 2.0, "region": 1.0, "nation": 1.0}
NUMBERS = ("value", "moved", "half", "region", "nation")


def figures(place: Territory) -> Table:
    """Each figure with its date, its change, that of the middle half of comparable territories, of the
    region and of the nation. Without one imported figure there is no table; gaps tell what is missing.
    """
    found = picked(place)
    rows = [cells for name in SIX if (cells := _cells(found, name))]
    columns = tuple(
        (say(f"figures.{name}"), "right" if name in NUMBERS else "left", width)
        for name, width in WIDTHS.items()
    )
    if len(rows) < 2:
        return Table("", columns, ())
    notes = tuple(runs(f"trap.{name}") for name in SIX if found.of(name) is not None and has(f"trap.{name}"))
    return Table(say("figures.caption"), columns, tuple(rows), notes)


def missing_figures(place: Territory) -> list[tuple[Sentence, ...]]:
    """One line by reason for the figures that are missing: what, why, whom to ask, where to answer."""
    rows = picked(place).rows
    open_ones = gaps(place)
    # What the evaluation says itself of what is not covered is not said twice.
    told = ((open_ones["heading"] == "context") & (open_ones["reason"] == "not-covered")).any()
    by_reason: dict[str, list[str]] = {}
    for name in SIX[1:]:
        mine = rows[(rows["indicator"] == name) & (rows["group"] == "")]
        if told and (mine["flag"] == "missing:not-covered").any():
            continue
        reason = mine["flag"].iloc[-1].removeprefix("missing:") if len(mine) else ""
        if mine["value"].isna().all() and has(f"gaps.figures.{reason}"):
            by_reason.setdefault(reason, []).append(say(f"figure.{name}"))
    listed = [
        (", ".join([names[0], *(name[0].lower() + name[1:] for name in names[1:])]), reason)
        for reason, names in by_reason.items()
    ]
    silent = rows[_themed(rows) & (rows["flag"] == "missing:not-imported")]
    if len(silent):
        words, held = labels("challenges", "themes"), silent["group"].str.removeprefix("theme=").unique()
        names_of = ", ".join(words[theme] for theme in held)
        listed.append((say("gaps.themes", themes=names_of), "not-imported"))
    return [
        (
            text(what),
            text(say(f"reason.{reason}")),
            text(say(f"gaps.figures.{reason}")),
            text(say("gaps.files")),
        )
        for what, reason in listed
    ]


def themes(place: Territory) -> Table:
    """Indicators of the themes of the territory's challenges that have a value, with what a higher one means
    and the threshold or mark it is read against; without one there is no table.
    """
    rows = picked(place).rows
    known = catalogue().set_index("id")
    # What the six figures show already is not shown twice.
    told = rows[_themed(rows) & rows["value"].notna() & ~rows["indicator"].isin(SIX)]
    cells = [
        (
            text(known.loc[one["indicator"], "label_fr"]),
            text(f"{as_text(one['value'], one['unit'])} ({_day(one)})"),
            text(say(f"direction.{known.loc[one['indicator'], 'direction']}")),
            text(known.loc[one["indicator"], "target"] or say("themes.none")),
        )
        for _, one in told.drop_duplicates("indicator").iterrows()
    ]
    widths = {"what": 3.0, "value": 1.6, "direction": 1.8, "target": 2.6}
    columns = tuple((say(f"themes.{name}"), "left", width) for name, width in widths.items())
    return Table(say("themes.caption"), columns, tuple(cells))


def _themed(rows: pd.DataFrame) -> pd.Series:
    """Rows of the catalogue's theme indicators: projects, too, are counted by theme."""
    return rows["group"].str.startswith("theme=") & rows["indicator"].isin(catalogue()["id"])


def _cells(found: Picked, name: str) -> tuple[Sentence, ...] | None:
    own = found.of(name)
    if own is None:
        return None
    moved = "rate_population_change" if name == SIX[0] else change_of(name)
    change, half = found.of(moved), found.of(moved, group=MEDIAN)
    if change is None:
        half = found.of(name, group=MEDIAN)
    areas = [found.of(moved, group=f"area={area}") for area in ("region", "nation")]
    span = say("figures.since", first=change["period"].split("/")[0]) if change is not None else ""
    told = (
        say(f"figure.{name}"),
        f"{as_text(own['value'], own['unit'])} ({_day(own)})",
        f"{_text(change)} {span}".strip() if change is not None else "",
        say("figures.between", low=_text(half, "low"), high=_text(half, "high")) if half is not None else "",
        *(_text(area) for area in areas),
    )
    return tuple(text(one) for one in told)


def _day(own: pd.Series) -> str:
    period = str(own["period"])
    if "-Q" in period:
        year, quarter = period.split("-Q")
        return say("figures.quarter", year=year, quarter=quarter)
    return date(period)


def _text(row: pd.Series | None, column: str = "value") -> str:
    if row is None:
        return ""
    sign = row["unit"] == "points" or row["indicator"].endswith("_change")
    return as_text(row[column], row["unit"], sign=sign) + (" pt" if row["unit"] == "points" else "")
