"""What only the whole evaluation can tell: codes that refer to one another, dates, consent."""

import datetime as dt
import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from impactkit.data import geography
from impactkit.data.check_value import valuation_faults
from impactkit.data.dates import middle
from impactkit.data.tables import columns, schemas
from impactkit.errors import UnknownName
from impactkit.wording.catalogue import say

Tables = Mapping[str, pd.DataFrame]

DATED = "^\\d{4}("
PLACES = ("territory", "giver", "receiver")
# Tables that give codes -> the column that others refer to.
OWNERS = {"territories": "territory", "projects": "project", "challenges": "challenge", "units": "unit"}
OWNERS["evaluation_questions"] = "question"
# Above plausible, evidence of two kinds and sources is needed, and every rival explanation weighed.
STRONG = ("probable", "established")
ORDERED = {
    "members": (("since", "until"),),
    "projects": (("imagined", "incubated"), ("incubated", "started"), ("started", "scaled")),
    "partnerships": (("started", "until"),),
    "obstacles": (("raised", "resolved"),),
}
SIMILAR = 0.85


@dataclass(frozen=True)
class Fault:
    """One thing to mend: its table, row (0 is the first below the header; None is the header) and column."""

    table: str
    row: int | None
    column: str
    value: str
    expected: str
    next: str
    territory: str = ""


def faults(tables: Tables, settings: Mapping[str, Any]) -> Iterator[Fault]:
    """Every fault that the tables (text, as read) show together."""
    codes = set(_column(tables, "territories", "territory"))
    for table, frame in tables.items():
        yield from _dates(table, frame)
        yield from _order(table, frame)
    yield from _references(tables, codes, {wave["id"] for wave in settings["wave"]})
    yield from _elsewhere(tables)
    yield from _official_codes(tables, settings["vintage"])
    yield from _families(tables)
    yield from _unknown_reasons(tables)
    yield from _consent(tables)
    yield from _too_many_challenges(tables, settings.get("label", {}).get("challenges"))
    yield from _partners(tables)
    yield from _appraisals(tables)
    yield from _valuations(tables)


def _column(tables: Tables, table: str, column: str) -> list[str]:
    frame = tables.get(table)
    return [] if frame is None or column not in frame else list(frame[column])


def _cells(tables: Tables, table: str, *columns: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Rows of some columns with their place; nothing when the table or a column is not there."""
    frame = tables.get(table)
    if frame is not None and set(columns) <= set(frame):
        yield from enumerate(zip(*(frame[name] for name in columns), strict=True))


def territory_of(frame: pd.DataFrame, row: int | None) -> str:
    """Whose row it is; "" when the table does not say."""
    if row is None or "territory" not in frame or not 0 <= row < len(frame):
        return ""
    return str(frame["territory"].iloc[row])


def _references(tables: Tables, codes: set[str], waves: set[str]) -> Iterator[Fault]:
    known = {name: set(_column(tables, table, name)) for table, name in OWNERS.items()}
    known |= {**dict.fromkeys(PLACES, codes), "wave": waves}
    for table, frame in tables.items():
        mine = [name for name in known if name in frame and name != OWNERS.get(table)]
        # Elsewhere a unit is what a figure counts.
        for column in [name for name in mine if name != "unit" or table == "outcomes"]:
            for row, value in enumerate(frame[column]):
                if value and value not in known[column]:
                    near = difflib.get_close_matches(value, known[column], n=1)
                    noun = "territory" if column in PLACES else column
                    mended = say("check.unknown.near", name=near[0]) if near else say("check.unknown.next")
                    owner = "" if column in PLACES else territory_of(frame, row)
                    yield Fault(table, row, column, value, say(f"check.unknown.{noun}"), mended, owner)


def _elsewhere(tables: Tables) -> Iterator[Fault]:
    """Rows that name a project of another territory."""
    home = {code: place for _, (code, place) in _cells(tables, "projects", "project", "territory")}
    for table in tables:
        if table == "projects":
            continue
        for row, (code, place) in _cells(tables, table, "project", "territory"):
            if code in home and place and home[code] != place:
                said = say("check.elsewhere", territory=home[code])
                yield Fault(table, row, "project", code, said, say("check.elsewhere.next"), place)


def _official_codes(tables: Tables, vintage: int) -> Iterator[Fault]:
    own = set(_column(tables, "units", "unit"))
    for row, (family, code, place) in _cells(tables, "perimeters", "family", "code", "territory"):
        if family == "unit" and code and code not in own:
            mended = say("check.unknown.next")
            yield Fault("perimeters", row, "code", code, say("check.unknown.unit"), mended, place)
        if family not in geography.FAMILIES or not code:
            continue
        try:
            geography.communes_of(family, code, vintage=vintage)
        except UnknownName as unknown:
            said = say("check.official-code", vintage=vintage)
            yield Fault("perimeters", row, "code", code, said, unknown.next, place)


def _families(tables: Tables) -> Iterator[Fault]:
    first: dict[str, str] = {}
    for row, (code, family, role) in _cells(tables, "perimeters", "territory", "family", "role"):
        if role == "perimeter" and first.setdefault(code, family) != family:
            said, mended = say("check.families"), say("check.families.next")
            yield Fault("perimeters", row, "family", family, said, mended, code)


def _dates(table: str, frame: pd.DataFrame) -> Iterator[Fault]:
    for field in schemas()[table]["fields"]:
        name, pattern = field["name"], field.get("constraints", {}).get("pattern", "")
        if not pattern.startswith(DATED) or name not in frame:
            continue
        for row, value in enumerate(frame[name]):
            # What has not the form of a date was said by the schema.
            if re.fullmatch(pattern, value) and not _is_date(value):
                said, mended = say("check.date"), say("check.date.next")
                yield Fault(table, row, name, value, said, mended, territory_of(frame, row))


def _order(table: str, frame: pd.DataFrame) -> Iterator[Fault]:
    """An end before its beginning; dates as precise as one another: a year holds its months."""
    for first, last in ORDERED.get(table, ()):
        for row, (start, end) in _cells({table: frame}, table, first, last):
            if start.count("-") == end.count("-") and _is_date(start) and _is_date(end) and end < start:
                said = say("check.order", date=start)
                yield Fault(table, row, last, end, said, say("check.order.next"), territory_of(frame, row))


def _unknown_reasons(tables: Tables) -> Iterator[Fault]:
    for row, (reason, day, place) in _cells(tables, "unknowns", "reason", "searched_on", "territory"):
        if reason == "not-found" and not day:
            said, mended = say("check.searched-on"), say("check.searched-on.next")
            yield Fault("unknowns", row, "searched_on", "", said, mended, place)


def _consent(tables: Tables) -> Iterator[Fault]:
    """Words quoted without an agreement, names that are not public."""
    for row, (words, agreed, place) in _cells(tables, "interviews", "quotation", "consent", "territory"):
        if words and agreed != "true":
            said, mended = say("check.consent"), say("check.consent.next")
            yield Fault("interviews", row, "quotation", words, said, mended, place)
    for row, (name, public, place) in _cells(tables, "interviews", "name", "public", "territory"):
        if name and public != "true":
            said, mended = say("check.name"), say("check.name.next")
            yield Fault("interviews", row, "name", name, said, mended, place)


def _appraisals(tables: Tables) -> Iterator[Fault]:
    """Appraisals of a contribution that its evidence does not carry."""
    columns = ("territory", "question", "role", "evidence", "weighed", "appraisal", "source")
    rows = [dict(zip(columns, cells, strict=True)) for _, cells in _cells(tables, "contributions", *columns)]
    for row, one in enumerate(rows):
        if one["role"] == "appraisal" and not one["appraisal"]:
            said = say("check.appraisal.empty")
            yield _appraised(row, one, said)
        if one["appraisal"] not in STRONG:
            continue
        mine = [other for other in rows if all(other[key] == one[key] for key in ("territory", "question"))]
        support = {(other["evidence"], other["source"]) for other in mine if other["role"] == "support"}
        # Two pieces of one kind, or two kinds from one source, are one.
        apart = any(a[0] != b[0] and a[1] != b[1] and a[0] and b[0] for a in support for b in support)
        if not apart:
            yield _appraised(row, one, say("check.appraisal.sources"))
        if any(other["role"] == "rival" and not other["weighed"] for other in mine):
            yield _appraised(row, one, say("check.appraisal.rival"))


def _appraised(row: int, one: Mapping[str, str], said: str) -> Fault:
    mended = say("check.appraisal.next")
    return Fault("contributions", row, "appraisal", one["appraisal"], said, mended, one["territory"])


def _valuations(tables: Tables) -> Iterator[Fault]:
    frame = tables.get("valuations")
    if frame is None or not set(columns("valuations")) <= set(frame):
        return
    for row, column, value, expected, mended in valuation_faults(frame):
        yield Fault("valuations", row, column, value, expected, mended, territory_of(frame, row))


def _too_many_challenges(tables: Tables, most: int | None) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    for row, (code, place) in _cells(tables, "challenges", "challenge", "territory"):
        seen[place] = seen.get(place, 0) + 1
        if most is not None and place and seen[place] > most:
            said = say("check.challenges", n=most, count=most)
            yield Fault("challenges", row, "challenge", code, said, say("check.challenges.next"), place)


def _partners(tables: Tables) -> Iterator[Fault]:
    """Partners of a project that are almost a member's name: a slip that would unlink the network."""
    members: dict[str, set[str]] = {}
    for _, (name, place) in _cells(tables, "members", "name", "territory"):
        members.setdefault(place, set()).add(name)
    for row, (partners, place) in _cells(tables, "projects", "partners", "territory"):
        known = members.get(place, set())
        for name in [part for part in partners.split("|") if part and part not in known]:
            near = difflib.get_close_matches(name, known, n=1, cutoff=SIMILAR)
            if near:
                mended = say("check.unknown.near", name=near[0])
                yield Fault("projects", row, "partners", name, say("check.partner"), mended, place)


def _is_date(value: str) -> bool:
    try:
        return isinstance(middle(value), dt.date)
    except (ValueError, IndexError):
        return False
