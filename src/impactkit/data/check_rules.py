"""What only the whole evaluation can tell: codes that refer to one another, dates, consent."""

import difflib
import itertools
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

import pandas as pd

from impactkit.data import geography
from impactkit.data.check_names import name_faults
from impactkit.data.check_plausible import plausible_faults
from impactkit.data.check_programmes import programme_faults
from impactkit.data.check_schema import MOST_COMPARED, Fault, Offers, expected, next_step, territory_of
from impactkit.data.check_text import text_faults
from impactkit.data.check_value import valuation_faults
from impactkit.data.dates import middle, span
from impactkit.data.number_text import number_of
from impactkit.data.reserved import instead, is_reserved
from impactkit.data.tables import PLACES, fields
from impactkit.errors import UnknownName
from impactkit.wording.language import Language

Tables = Mapping[str, pd.DataFrame]
Row = Mapping[str, str]

# Tables that give codes -> the column that others refer to.
OWNERS = {"territories": "territory", "projects": "project", "challenges": "challenge", "units": "unit"}
OWNERS["evaluation_questions"] = "question"
# Above plausible, evidence of two kinds and sources is needed, and every rival explanation weighed.
STRONG = ("probable", "established")
# So many times the nearest of all official codes is sought.
MOST_SOUGHT = 50
# Dates of a row, each before the next.
ORDERED = {
    "members": ("since", "until"),
    "projects": ("imagined", "incubated", "started", "scaled", "stopped"),
    "partnerships": ("started", "until"),
    "obstacles": ("raised", "resolved"),
}


def faults(language: Language, tables: Tables, settings: Mapping[str, Any]) -> Iterator[Fault]:
    """Every fault that the tables (text, as read) show together."""
    for fault in _faults(language, tables, settings):
        # A territory that is not one has no faults of its own.
        owner = "" if fault.column in PLACES else territory_of(tables[fault.table], fault.row)
        yield replace(fault, territory=owner)


def _faults(language: Language, tables: Tables, settings: Mapping[str, Any]) -> Iterator[Fault]:
    for table, frame in tables.items():
        yield from _dates(language, table, frame)
        yield from _numbers(language, table, frame)
        yield from text_faults(language, table, frame)
        yield from _order(language, tables, table)
    yield from _reserved(language, tables)
    yield from name_faults(language, tables)
    yield from _references(language, tables, {wave["id"] for wave in settings["wave"]})
    yield from _elsewhere(language, tables)
    yield from _official_codes(language, tables, settings["vintage"])
    yield from _families(language, tables)
    yield from _what_goes_together(language, tables)
    yield from _too_many_challenges(language, tables, settings.get("label", {}).get("challenges"))
    yield from _partners(language, tables)
    yield from _appraisals(language, tables)
    yield from plausible_faults(language, tables)
    yield from programme_faults(language, tables, settings["vintage"])
    if "valuations" in tables:
        yield from valuation_faults(language, tables["valuations"], settings["currency"])


def _cells(tables: Tables, table: str, *columns: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Rows of some columns with their place; nothing when the table or a column is not there."""
    frame = tables.get(table)
    if frame is not None and set(columns) <= set(frame):
        yield from enumerate(zip(*(frame[name].tolist() for name in columns), strict=True))


def _where(frame: pd.DataFrame, column: str, is_wrong: Callable[[str], bool]) -> Iterator[tuple[int, str]]:
    """The rows of a column whose text is wrong, each text being looked at once."""
    cells = frame[column].tolist()
    texts = dict.fromkeys(cells)
    wrong = set(filter(is_wrong, texts))
    if not wrong:
        return
    for row, cell in enumerate(cells):
        if cell in wrong:
            yield row, cell


def _reserved(language: Language, tables: Tables) -> Iterator[Fault]:
    """Codes of territories under which no folder of reports can stand."""
    rows = list(_cells(tables, "territories", "territory"))
    taken = {code for _, (code,) in rows}
    for row, (code,) in rows:
        if is_reserved(code):
            said = language.advice("check.reserved", code=code, proposed=instead(code, taken))
            yield Fault("territories", row, "territory", code, *said)


def _references(language: Language, tables: Tables, waves: set[str]) -> Iterator[Fault]:
    known = {name: {code for _, (code,) in _cells(tables, table, name)} for table, name in OWNERS.items()}
    known |= {**dict.fromkeys(PLACES, known["territory"]), "wave": waves}
    for table, frame in tables.items():
        mine = [name for name in known if name in frame and name != OWNERS.get(table)]
        # Elsewhere a unit is what a figure counts.
        for column in [name for name in mine if name != "unit" or table == "outcomes"]:
            said = language.say(f"check.unknown.{'territory' if column in PLACES else column}")
            codes = known[column]
            offers = Offers(language, codes)
            for row, value in _where(frame, column, partial(_is_none, codes)):
                yield Fault(table, row, column, value, said, offers.next(value))


def _is_none(known: Collection[str], code: str) -> bool:
    return bool(code) and code not in known


def _elsewhere(language: Language, tables: Tables) -> Iterator[Fault]:
    """Rows that name a project of another territory."""
    home = {code: place for _, (code, place) in _cells(tables, "projects", "project", "territory")}
    for table in [name for name in tables if name != "projects"]:
        for row, (code, place) in _cells(tables, table, "project", "territory"):
            if place and home.get(code, place) != place:
                yield Fault(
                    table, row, "project", code, *language.advice("check.elsewhere", territory=home[code])
                )


def _official_codes(language: Language, tables: Tables, vintage: int) -> Iterator[Fault]:
    own = {code for _, (code,) in _cells(tables, "units", "unit")}
    unknown = language.say("check.unknown.unit"), language.say("check.unknown.next")
    said = language.say("check.official-code", vintage=vintage)
    mended: dict[tuple[str, str], str] = {}
    for row, (family, code) in _cells(tables, "perimeters", "family", "code"):
        if family == "unit" and code and code not in own:
            yield Fault("perimeters", row, "code", code, *unknown)
        if family in geography.FAMILIES and code:
            unit = (family, code)
            if unit not in mended:
                mended[unit] = _of_unit(language, *unit, vintage, sought=sum(map(bool, mended.values())))
            if mended[unit]:
                yield Fault("perimeters", row, "code", code, said, mended[unit])


def _of_unit(language: Language, family: str, code: str, vintage: int, *, sought: int) -> str:
    """What to do about the code of an official unit that is none; nothing for one. The nearest of so many
    codes takes long to seek: `sought` is how often it was.
    """
    if sought >= MOST_SOUGHT:
        return "" if code in geography.codes(family, vintage=vintage) else language.say("check.unknown.next")
    try:
        geography.communes_of(family, code, vintage=vintage)
    except UnknownName as cause:
        return cause.next
    return ""


def _families(language: Language, tables: Tables) -> Iterator[Fault]:
    first: dict[str, str] = {}
    for row, (code, family, role) in _cells(tables, "perimeters", "territory", "family", "role"):
        if role == "perimeter" and first.setdefault(code, family) != family:
            yield Fault("perimeters", row, "family", family, *language.advice("check.families"))


def _dates(language: Language, table: str, frame: pd.DataFrame) -> Iterator[Fault]:
    for name, field in fields(language, table).items():
        pattern = field["constraints"].get("pattern", "")
        if pattern.startswith("^\\d{4}(") and name in frame:
            # What has not the form of a date was said by the schema.
            for row, value in _where(frame, name, partial(_is_no_day, pattern)):
                yield Fault(table, row, name, value, *language.advice("check.date"))


def _is_no_day(pattern: str, text: str) -> bool:
    return bool(re.fullmatch(pattern, text)) and not _is_date(text)


def _numbers(language: Language, table: str, frame: pd.DataFrame) -> Iterator[Fault]:
    """What the schema's library takes for a number, and a table does not: 1_000, ١٢٣, inf, 1e400."""
    for name, field in fields(language, table).items():
        if field["type"] not in ("integer", "number") or name not in frame:
            continue
        wrong = (
            expected(language, "type-error", "", field),
            next_step(language, "type-error", field, lambda text, _: text),
        )
        for row, value in _where(frame, name, _is_no_number):
            yield Fault(table, row, name, value, *wrong)


def _is_no_number(text: str) -> bool:
    return bool(text.strip()) and number_of(text) is None


def _order(language: Language, tables: Tables, table: str) -> Iterator[Fault]:
    """An end before its beginning: a year holds its months, and comes before none of them."""
    names = [name for name in ORDERED.get(table, ()) if name in tables[table]]
    rows = [dates for _, dates in _cells(tables, table, *names)] if names else []
    turned = {dates: _turned(names, dates) for dates in dict.fromkeys(rows)}
    for row, dates in enumerate(rows if any(turned.values()) else ()):
        for name, start in turned[dates].items():
            yield Fault(
                table, row, name, dates[names.index(name)], *language.advice("check.order", date=start)
            )


def _turned(names: Sequence[str], dates: Sequence[str]) -> dict[str, str]:
    """The columns whose date comes before an earlier column's, and that one; of two, the first."""
    turned: dict[str, str] = {}
    for (_, start), (name, end) in itertools.combinations(zip(names, dates, strict=True), 2):
        if name not in turned and _is_turned(start, end):
            turned[name] = start
    return turned


def _is_turned(start: str, end: str) -> bool:
    """Whether an end comes before its beginning, whatever days they stand for."""
    return _is_date(start) and _is_date(end) and span(end)[1] < span(start)[0]


def _what_goes_together(language: Language, tables: Tables) -> Iterator[Fault]:
    """A search without its day, words quoted without an agreement, names that are not public."""
    for row, (reason, day) in _cells(tables, "unknowns", "reason", "searched_on"):
        if reason == "not-found" and not day:
            yield Fault("unknowns", row, "searched_on", "", *language.advice("check.searched-on"))
    for row, (words, agreed) in _cells(tables, "interviews", "quotation", "consent"):
        if words and agreed != "true":
            yield Fault("interviews", row, "quotation", words, *language.advice("check.consent"))
    for row, (name, public) in _cells(tables, "interviews", "name", "public"):
        if name and public != "true":
            yield Fault("interviews", row, "name", name, *language.advice("check.name"))


def _appraisals(language: Language, tables: Tables) -> Iterator[Fault]:
    """Appraisals of a contribution that its evidence does not carry."""
    columns = ("territory", "question", "role", "evidence", "weighed", "appraisal", "source")
    rows = [dict(zip(columns, cells, strict=True)) for _, cells in _cells(tables, "contributions", *columns)]
    questions: dict[tuple[str, str], list[Row]] = {}
    for one in rows:
        questions.setdefault((one["territory"], one["question"]), []).append(one)
    lacks = {question: _lacks(evidence) for question, evidence in questions.items()}
    for row, one in enumerate(rows):
        wrong = ["empty"] if one["role"] == "appraisal" and not one["appraisal"] else []
        if one["appraisal"] in STRONG:
            wrong += lacks[one["territory"], one["question"]]
        for kind in wrong:
            said, mended = language.say(f"check.appraisal.{kind}"), language.say("check.appraisal.next")
            yield Fault("contributions", row, "appraisal", one["appraisal"], said, mended)


def _lacks(evidence: list[Row]) -> list[str]:
    """What the evidence of one question lacks for a strong appraisal."""
    sources: dict[str, set[str]] = {}
    for row in evidence:
        if row["role"] == "support" and row["evidence"]:
            sources.setdefault(row["evidence"], set()).add(row["source"])
    # Two pieces of one kind, or two kinds from one source, are one.
    carried = any(len(one | other) > 1 for one, other in itertools.combinations(sources.values(), 2))
    lacking = [] if carried else ["sources"]
    if any(row["role"] == "rival" and not row["weighed"] for row in evidence):
        lacking.append("rival")
    return lacking


def _too_many_challenges(language: Language, tables: Tables, most: int | None) -> Iterator[Fault]:
    seen: Counter[str] = Counter()
    for row, (code, place) in _cells(tables, "challenges", "challenge", "territory"):
        seen[place] += 1
        if most is not None and place and seen[place] > most:
            told = language.advice("check.challenges", n=most, count=most)
            yield Fault("challenges", row, "challenge", code, *told)


def _partners(language: Language, tables: Tables) -> Iterator[Fault]:
    """Partners of a project that are almost a member's name: a slip that would unlink the network."""
    members: dict[str, dict[str, None]] = {}
    for _, (place, name) in _cells(tables, "members", "territory", "name"):
        members.setdefault(place, {})[name] = None
    compared, said = 0, dict[tuple[str, str], tuple[str, str] | None]()
    for row, (place, partners) in _cells(tables, "projects", "territory", "partners"):
        known = members.get(place, {})
        for name in [part for part in partners.split("|") if part and part not in known]:
            if (place, name) not in said:
                compared += len(known)
                said[place, name] = _near_member(language, name, known if compared <= MOST_COMPARED else ())
            if words := said[place, name]:
                yield Fault("projects", row, "partners", name, *words)


def _near_member(language: Language, name: str, known: Collection[str]) -> tuple[str, str] | None:
    """What is wrong with the name of a partner, and what to do; nothing for one who is no member."""
    if "," in name:
        return language.advice("check.partner.comma")
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.85)
    if not near:
        return None
    mended = language.say("check.unknown.near", name=near[0])
    return language.say("check.partner"), mended


@lru_cache(maxsize=65_536)
def _is_date(value: str) -> bool:
    """Whether a date exists; of a quarter (2019-Q1), its year."""
    try:
        return bool(middle(value.partition("-Q")[0]))
    except (ValueError, IndexError):
        return False
