"""What only the whole evaluation can tell: codes that refer to one another, dates, consent."""

import difflib
import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from impactkit.data import geography
from impactkit.data.check_names import name_faults
from impactkit.data.check_plausible import plausible_faults
from impactkit.data.check_programmes import programme_faults
from impactkit.data.check_schema import Fault, expected, nearest, next_step, territory_of
from impactkit.data.check_text import text_faults
from impactkit.data.check_value import valuation_faults
from impactkit.data.dates import middle, span
from impactkit.data.number_text import number_of
from impactkit.data.reserved import instead, is_reserved
from impactkit.data.tables import PLACES, fields
from impactkit.errors import UnknownName
from impactkit.wording.catalogue import advice, say

Tables = Mapping[str, pd.DataFrame]

# Tables that give codes -> the column that others refer to.
OWNERS = {"territories": "territory", "projects": "project", "challenges": "challenge", "units": "unit"}
OWNERS["evaluation_questions"] = "question"
# Above plausible, evidence of two kinds and sources is needed, and every rival explanation weighed.
STRONG = ("probable", "established")
# Dates of a row, each before the next.
ORDERED = {
    "members": ("since", "until"),
    "projects": ("imagined", "incubated", "started", "scaled", "stopped"),
    "partnerships": ("started", "until"),
    "obstacles": ("raised", "resolved"),
}


def faults(tables: Tables, settings: Mapping[str, Any]) -> Iterator[Fault]:
    """Every fault that the tables (text, as read) show together."""
    for fault in _faults(tables, settings):
        # A territory that is not one has no faults of its own.
        owner = "" if fault.column in PLACES else territory_of(tables[fault.table], fault.row)
        yield replace(fault, territory=owner)


def _faults(tables: Tables, settings: Mapping[str, Any]) -> Iterator[Fault]:
    for table, frame in tables.items():
        yield from _dates(table, frame)
        yield from _numbers(table, frame)
        yield from text_faults(table, frame)
        yield from _order(tables, table)
    yield from _reserved(tables)
    yield from name_faults(tables)
    yield from _references(tables, {wave["id"] for wave in settings["wave"]})
    yield from _elsewhere(tables)
    yield from _official_codes(tables, settings["vintage"])
    yield from _families(tables)
    yield from _what_goes_together(tables)
    yield from _too_many_challenges(tables, settings.get("label", {}).get("challenges"))
    yield from _partners(tables)
    yield from _appraisals(tables)
    yield from plausible_faults(tables)
    yield from programme_faults(tables, settings["vintage"])
    if "valuations" in tables:
        yield from valuation_faults(tables["valuations"], settings["currency"])


def _cells(tables: Tables, table: str, *columns: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Rows of some columns with their place; nothing when the table or a column is not there."""
    frame = tables.get(table)
    if frame is not None and set(columns) <= set(frame):
        yield from enumerate(zip(*(frame[name] for name in columns), strict=True))


def _reserved(tables: Tables) -> Iterator[Fault]:
    """Codes of territories under which no folder of reports can stand."""
    rows = list(_cells(tables, "territories", "territory"))
    taken = {code for _, (code,) in rows}
    for row, (code,) in rows:
        if is_reserved(code):
            said = advice("check.reserved", code=code, proposed=instead(code, taken))
            yield Fault("territories", row, "territory", code, *said)


def _references(tables: Tables, waves: set[str]) -> Iterator[Fault]:
    known = {name: {code for _, (code,) in _cells(tables, table, name)} for table, name in OWNERS.items()}
    known |= {**dict.fromkeys(PLACES, known["territory"]), "wave": waves}
    for table, frame in tables.items():
        mine = [name for name in known if name in frame and name != OWNERS.get(table)]
        # Elsewhere a unit is what a figure counts.
        for column in [name for name in mine if name != "unit" or table == "outcomes"]:
            said = say(f"check.unknown.{'territory' if column in PLACES else column}")
            for row, value in enumerate(frame[column]):
                if value and value not in known[column]:
                    yield Fault(table, row, column, value, said, nearest(value, known[column]))


def _elsewhere(tables: Tables) -> Iterator[Fault]:
    """Rows that name a project of another territory."""
    home = {code: place for _, (code, place) in _cells(tables, "projects", "project", "territory")}
    for table in [name for name in tables if name != "projects"]:
        for row, (code, place) in _cells(tables, table, "project", "territory"):
            if place and home.get(code, place) != place:
                yield Fault(table, row, "project", code, *advice("check.elsewhere", territory=home[code]))


def _official_codes(tables: Tables, vintage: int) -> Iterator[Fault]:
    own = {code for _, (code,) in _cells(tables, "units", "unit")}
    for row, (family, code) in _cells(tables, "perimeters", "family", "code"):
        if family == "unit" and code and code not in own:
            unknown = say("check.unknown.unit"), say("check.unknown.next")
            yield Fault("perimeters", row, "code", code, *unknown)
        if family in geography.FAMILIES and code:
            try:
                geography.communes_of(family, code, vintage=vintage)
            except UnknownName as cause:
                said = say("check.official-code", vintage=vintage)
                yield Fault("perimeters", row, "code", code, said, cause.next)


def _families(tables: Tables) -> Iterator[Fault]:
    first: dict[str, str] = {}
    for row, (code, family, role) in _cells(tables, "perimeters", "territory", "family", "role"):
        if role == "perimeter" and first.setdefault(code, family) != family:
            yield Fault("perimeters", row, "family", family, *advice("check.families"))


def _dates(table: str, frame: pd.DataFrame) -> Iterator[Fault]:
    for name, field in fields(table).items():
        pattern = field["constraints"].get("pattern", "")
        if pattern.startswith("^\\d{4}(") and name in frame:
            for row, value in enumerate(frame[name]):
                # What has not the form of a date was said by the schema.
                if re.fullmatch(pattern, value) and not _is_date(value):
                    yield Fault(table, row, name, value, *advice("check.date"))


def _numbers(table: str, frame: pd.DataFrame) -> Iterator[Fault]:
    """What the schema's library takes for a number, and a table does not: 1_000, ١٢٣, inf, 1e400."""
    for name, field in fields(table).items():
        if field["type"] not in ("integer", "number") or name not in frame:
            continue
        wrong = expected("type-error", "", field), next_step("type-error", field, lambda text, _: text)
        for row, value in enumerate(frame[name]):
            if value.strip() and number_of(value) is None:
                yield Fault(table, row, name, value, *wrong)


def _order(tables: Tables, table: str) -> Iterator[Fault]:
    """An end before its beginning: a year holds its months, and comes before none of them."""
    blamed = set[tuple[int, str]]()
    for first, last in itertools.combinations(ORDERED.get(table, ()), 2):
        for row, (start, end) in _cells(tables, table, first, last):
            if not _is_date(start) or not _is_date(end) or (row, last) in blamed:
                continue
            if span(end)[1] < span(start)[0]:
                blamed.add((row, last))
                yield Fault(table, row, last, end, *advice("check.order", date=start))


def _what_goes_together(tables: Tables) -> Iterator[Fault]:
    """A search without its day, words quoted without an agreement, names that are not public."""
    for row, (reason, day) in _cells(tables, "unknowns", "reason", "searched_on"):
        if reason == "not-found" and not day:
            yield Fault("unknowns", row, "searched_on", "", *advice("check.searched-on"))
    for row, (words, agreed) in _cells(tables, "interviews", "quotation", "consent"):
        if words and agreed != "true":
            yield Fault("interviews", row, "quotation", words, *advice("check.consent"))
    for row, (name, public) in _cells(tables, "interviews", "name", "public"):
        if name and public != "true":
            yield Fault("interviews", row, "name", name, *advice("check.name"))


def _appraisals(tables: Tables) -> Iterator[Fault]:
    """Appraisals of a contribution that its evidence does not carry."""
    columns = ("territory", "question", "role", "evidence", "weighed", "appraisal", "source")
    rows = [dict(zip(columns, cells, strict=True)) for _, cells in _cells(tables, "contributions", *columns)]
    for row, one in enumerate(rows):
        wrong = ["empty"] if one["role"] == "appraisal" and not one["appraisal"] else []
        if one["appraisal"] in STRONG:
            mine = [other for other in rows if all(other[key] == one[key] for key in columns[:2])]
            support = {(other["evidence"], other["source"]) for other in mine if other["role"] == "support"}
            # Two pieces of one kind, or two kinds from one source, are one.
            if not any(a[0] != b[0] and a[1] != b[1] and a[0] and b[0] for a in support for b in support):
                wrong.append("sources")
            if any(other["role"] == "rival" and not other["weighed"] for other in mine):
                wrong.append("rival")
        for kind in wrong:
            said, mended = say(f"check.appraisal.{kind}"), say("check.appraisal.next")
            yield Fault("contributions", row, "appraisal", one["appraisal"], said, mended)


def _too_many_challenges(tables: Tables, most: int | None) -> Iterator[Fault]:
    seen: Counter[str] = Counter()
    for row, (code, place) in _cells(tables, "challenges", "challenge", "territory"):
        seen[place] += 1
        if most is not None and place and seen[place] > most:
            told = advice("check.challenges", n=most, count=most)
            yield Fault("challenges", row, "challenge", code, *told)


def _partners(tables: Tables) -> Iterator[Fault]:
    """Partners of a project that are almost a member's name: a slip that would unlink the network."""
    members = {cells for _, cells in _cells(tables, "members", "territory", "name")}
    for row, (place, partners) in _cells(tables, "projects", "territory", "partners"):
        known = {name for home, name in members if home == place}
        for name in [part for part in partners.split("|") if part and part not in known]:
            if "," in name:
                yield Fault("projects", row, "partners", name, *advice("check.partner.comma"))
                continue
            if near := difflib.get_close_matches(name, known, n=1, cutoff=0.85):
                mended = say("check.unknown.near", name=near[0])
                yield Fault("projects", row, "partners", name, say("check.partner"), mended)


def _is_date(value: str) -> bool:
    """Whether a date exists; of a quarter (2019-Q1), its year."""
    try:
        return bool(middle(value.partition("-Q")[0]))
    except (ValueError, IndexError):
        return False
