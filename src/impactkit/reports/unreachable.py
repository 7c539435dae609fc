"""Figures that a report had from a file that is no longer there: it is not built again without them.

Not imported is not zero. What the last edition printed from a source that the evaluation still names, and
whose file is nowhere now, would be replaced by « not imported » and nobody would be told.
"""

import os
from collections.abc import Collection, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from impactkit.data.evaluation import Evaluation
from impactkit.data.population import POPULATION_SOURCE
from impactkit.data.sources.found import DROPPED
from impactkit.data.sources.kinds import KINDS
from impactkit.errors import ImpactkitError, ReportFailed
from impactkit.indicators import indicators
from impactkit.indicators.rows import KEY
from impactkit.reports.failure import Outcome, standing
from impactkit.reports.files import rows
from impactkit.reports.record import read_record
from impactkit.wording.catalogue import say
from impactkit.wording.numbers import number

TWIN = "indicators.csv"
# The cells of KEY.
Key = tuple[str, ...]


def unreachable(ev: Evaluation, code: str, report: Path, inputs: Mapping[str, str]) -> Outcome | None:
    """What stops the report of a territory (or of the programme, any other code) before it is built: its
    last edition, in the folder `report`, has figures from files that are nowhere now. None otherwise.

    `inputs`: SHA-256, by name, of what it would be built from today. A source that evaluation.toml no longer
    names was withdrawn on purpose; a file that another of its kind replaced is not gone.
    """
    try:
        record = read_record(report)
        files = _gone(ev, record.inputs, inputs) if record else {}
        lost = lost_figures(report, _figures_of(ev, code)) if files else []
    except ImpactkitError:
        # Tables or files that cannot be read: the build will say which, and what is there stays.
        return None
    if not lost:
        return None
    named = os.environ.get(DROPPED)
    place = say("unreachable.folder", folder=named) if named else say("unreachable.unset")
    names = " ; ".join(f"{source} ({', '.join(gone)})" for source, gone in files.items())
    count = number(len(lost))
    what = say("unreachable", n=len(lost), count=count, files=names, place=place)
    stop = Outcome(code, kind=ReportFailed.__name__, what=what, next=say("unreachable.next"))
    return standing(stop, report.parent)


def figures_in(report: Path) -> set[Key]:
    """The keys of the figures that a built report (its folder) has."""
    return {_key(row) for row in rows(report / TWIN) if row.get("value")}


def lost_figures(report: Path, now: Collection[Key]) -> list[dict[str, str]]:
    """The rows of a built report that were published somewhere and have no value any more: none of the keys
    `now`. Population, which comes with the kit, is left out.
    """
    published = [row for row in rows(report / TWIN) if row.get("value") and row.get("data_vintage")]
    return [row for row in published if row["source"] != POPULATION_SOURCE and _key(row) not in now]


def sources_of(lost: Collection[Mapping[str, str]]) -> str:
    """Where some rows come from, each source once."""
    return " ; ".join(sorted({row["source"] for row in lost}))


def _key(row: Mapping[str, str]) -> Key:
    return tuple(row.get(name, "") for name in KEY)


def _figures_of(ev: Evaluation, code: str) -> set[Key]:
    """The keys of the figures that the evaluation gives today."""
    codes = {territory.code for territory in ev.territories}
    territory = ev.territory(code) if code in codes else None
    frame = indicators(ev, of=territory)
    valued = frame[frame["value"].notna()]
    return set(zip(*(valued[name] for name in KEY), strict=True))


def _gone(ev: Evaluation, before: Mapping[str, str], now: Mapping[str, str]) -> dict[str, list[str]]:
    """By source that the evaluation names: files that were read and of which no other takes the place."""
    gone: dict[str, list[str]] = {}
    for source in ev.sources:
        start = f"sources/{source['id']}/"
        absent = _names(before.keys() - now.keys(), start)
        fresh = _names(now.keys() - before.keys(), start)
        missing = [name for name in absent if not _replaced(name, fresh, source)]
        if missing:
            gone[source["id"]] = missing
    return gone


def _names(inputs: Collection[str], start: str) -> list[str]:
    return sorted(name.removeprefix(start) for name in inputs if name.startswith(start))


def _replaced(name: str, fresh: Collection[str], source: Mapping[str, Any]) -> bool:
    """Whether a new file took the place of one that is gone, or the evaluation asks for another name."""
    parts = KINDS[source["kind"]].parts.values()
    patterns = [Path(part.format(**source)).name for part in parts]
    asked = [pattern for pattern in patterns if fnmatchcase(name, pattern)]
    return not asked or any(fnmatchcase(other, pattern) for other in fresh for pattern in asked)
