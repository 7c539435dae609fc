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
from impactkit.wording.language import Language

TWIN = "indicators.csv"
# The cells of KEY.
Key = tuple[str, ...]
# What a row states, from the least: that nothing was imported, why there is no figure, a figure.
NOTHING, REASON, FIGURE = range(3)
Stated = dict[Key, int]


def unreachable(ev: Evaluation, code: str, report: Path, inputs: Mapping[str, str]) -> Outcome | None:
    """What stops the report of a territory (or of the programme, any other code) before it is built: its
    last edition, in the folder `report`, has figures from files that are nowhere now. None otherwise.

    `inputs`: SHA-256, by name, of what it would be built from today. A source that evaluation.toml no longer
    names was withdrawn on purpose; a file that another of its kind replaced is not gone.
    """
    language = ev.language
    try:
        record = read_record(language, report)
        files = _gone(ev, record.inputs, inputs) if record else {}
        lost = lost_rows(language, report, _stated_by(ev, code)) if files else []
    except (ImpactkitError, KeyError):
        # Tables or files that cannot be read: the build will say which, and what is there stays.
        return None
    if not lost:
        return None
    names = [f"{source} ({', '.join(gone)})" for source, gone in files.items()]
    what = language.say(
        "unreachable",
        n=len(lost),
        count=language.number(len(lost)),
        files=" ; ".join(names),
        place=_place(language),
    )
    stop = Outcome(
        code,
        kind=ReportFailed.__name__,
        what=what,
        next=language.say("unreachable.next"),
    )
    return standing(language, stop, report.parent)


def _place(language: Language) -> str:
    folder = os.environ.get(DROPPED)
    if not folder:
        return language.say("unreachable.unset")
    return language.say("unreachable.folder", folder=folder)


def stated_in(language: Language, report: Path) -> Stated:
    """What a built report (its folder) states."""
    stated = {}
    for row in rows(language, report / TWIN):
        valued = bool(row.get("value"))
        stated[_key(row)] = _state(valued, row.get("flag", ""))
    return stated


def lost_rows(language: Language, report: Path, now: Stated) -> list[dict[str, str]]:
    """The rows of a built report that state more than `now`: a published figure that has no value any more,
    a reason for having none that became « not imported ». Population, which comes with the kit, is left out.
    """
    before = stated_in(language, report)
    lost = []
    for row in rows(language, report / TWIN):
        key = _key(row)
        published = row.get("data_vintage") and row.get("source") != POPULATION_SOURCE
        # What no publication says is the tables' own, and may be withdrawn with its row.
        otherwise = NOTHING if published else before[key]
        if before[key] > now.get(key, otherwise) and (published or before[key] == REASON):
            lost.append(row)
    return lost


def sources_of(lost: Collection[Mapping[str, str]]) -> str:
    """Where some rows come from, each source once."""
    named = {row.get("source", "") for row in lost}
    return " ; ".join(sorted(named - {""}))


def _key(row: Mapping[str, str]) -> Key:
    return tuple(row.get(name, "") for name in KEY)


def _state(valued: bool, flag: str) -> int:
    if valued:
        return FIGURE
    return NOTHING if flag == "missing:not-imported" else REASON


def _stated_by(ev: Evaluation, code: str) -> Stated:
    """What the evaluation states of a territory, or of all of them, today."""
    territory = None
    if any(place.code == code for place in ev.territories):
        territory = ev.territory(code)
    frame = indicators(ev, of=territory)
    keys = zip(*(frame[name] for name in KEY), strict=True)
    states = map(_state, frame["value"].notna(), frame["flag"])
    return dict(zip(keys, states, strict=True))


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
    for part in KINDS[source["kind"]].parts.values():
        pattern = Path(part.format(**source)).name
        if fnmatchcase(name, pattern):
            return any(fnmatchcase(other, pattern) for other in fresh)
    return True
