"""What a table may hold by its form and cannot mean: rates out of their range, dates that are not yet, two
figures for one fact, « idem ».
"""

import datetime as dt
from collections.abc import Iterator, Mapping

import pandas as pd

from impactkit.data.catalogue import catalogue
from impactkit.data.check_schema import Fault
from impactkit.data.dates import span
from impactkit.data.facts import Identity, identities, key_of, label
from impactkit.data.tables import fields
from impactkit.data.workbook.cells import is_date
from impactkit.data.workbook.words import DITTO, plain
from impactkit.wording.language import Language

Tables = Mapping[str, pd.DataFrame]
# An indicator of the evaluation's own is a share by its name.
SHARES = ("rate_", "share_")
# Of these the kit keeps one figure a fact; lines of money add up.
ONE_FIGURE = ("jobs", "project_outcomes")
# No fact of an evaluation is older; nothing is planned later than so many years from now.
OLDEST, FARTHEST = 1900, 20


def plausible_faults(language: Language, tables: Tables) -> Iterator[Fault]:
    """Every value that its form admits and its meaning does not."""
    if "outcomes" in tables:
        yield from _rates(language, tables["outcomes"])
    for table in ONE_FIGURE:
        if table in tables:
            yield from _twice(language, table, tables[table])
    for table, frame in tables.items():
        yield from _dates(language, table, frame)
        if "source" in frame:
            sources = frame["source"].tolist()
            dittos = {words for words in dict.fromkeys(sources) if plain(words) in DITTO}
            for row, words in enumerate(sources if dittos else ()):
                if words in dittos:
                    yield Fault(table, row, "source", words, *language.advice("check.idem"))


def _rates(language: Language, outcomes: pd.DataFrame) -> Iterator[Fault]:
    """Shares that are no part of one: 12 for twelve per cent."""
    if not {"indicator", "value"} <= set(outcomes):
        return
    units = dict(zip(catalogue()["id"], catalogue()["unit"], strict=True))
    numbers = pd.to_numeric(outcomes["value"].replace("", None), errors="coerce")
    for row, (name, value) in enumerate(zip(outcomes["indicator"], numbers, strict=True)):
        is_share = units.get(name) == "part" or name.startswith(SHARES)
        if is_share and not pd.isna(value) and not 0 <= value <= 1:
            yield Fault(
                "outcomes", row, "value", str(outcomes["value"].iloc[row]), *language.advice("check.rate")
            )


def _twice(language: Language, table: str, frame: pd.DataFrame) -> Iterator[Fault]:
    """Two figures for one fact, at both of their cells."""
    if not set(key_of(table)) <= set(frame):
        return
    facts = _several(table, frame)
    rows = {number: frame.iloc[number].to_dict() for numbers in facts for number in numbers}
    for name, field in fields(language, table).items():
        if field["type"] not in ("integer", "number") or name not in frame:
            continue
        for numbers in facts:
            figures = {number: rows[number][name].strip() for number in numbers}
            for number, other in _disagreeing(figures):
                fact_name = label(table, rows[number])
                sentences = language.advice("fact.twice", other=other, fact=fact_name)
                yield Fault(table, number, name, figures[number], *sentences)


def _several(table: str, frame: pd.DataFrame) -> list[list[int]]:
    """The rows of each fact that has several."""
    cells = {str(name): frame[name].tolist() for name in frame.columns}
    facts: dict[Identity, list[int]] = {}
    for number, fact in enumerate(identities(table, cells)):
        facts.setdefault(fact, []).append(number)
    return [numbers for numbers in facts.values() if len(numbers) > 1]


def _disagreeing(figures: Mapping[int, str]) -> Iterator[tuple[int, str]]:
    """The rows whose figure another row denies, and what that one says."""
    different = [text for text in dict.fromkeys(figures.values()) if text]
    if len(different) < 2:
        return
    first, second = different[:2]
    for number, text in figures.items():
        if text:
            yield number, second if text == first else first


def _dates(language: Language, table: str, frame: pd.DataFrame) -> Iterator[Fault]:
    """Facts that are still to come, of the day or of their own row; years that are slips."""
    # The clock's own day: SOURCE_DATE_EPOCH dates what is built, not what has happened.
    day = dt.datetime.now(dt.UTC).date()
    as_of = frame["as_of"].tolist() if "as_of" in frame else [""] * len(frame)
    for name, field in fields(language, table).items():
        if name not in frame or not is_date(field):
            continue
        past, told_on = bool(field.get("past")), as_of if name != "as_of" else [""] * len(frame)
        cells = list(zip(frame[name].tolist(), told_on if past else [""] * len(frame), strict=True))
        wrong = {pair: _wrong(language, *pair, day, past=past) for pair in dict.fromkeys(cells)}
        for row, pair in enumerate(cells if any(wrong.values()) else ()):
            if words := wrong[pair]:
                yield Fault(table, row, name, pair[0], *words)


def _wrong(
    language: Language, value: str, row_date: str, day: dt.date, *, past: bool
) -> tuple[str, str] | None:
    first = _first_day(value)
    if first is None:
        return None
    if first.year < OLDEST:
        return language.advice("check.old", year=OLDEST)
    if past and first > day:
        return language.advice("check.future", day=language.date(day.isoformat()))
    if first.year > day.year + FARTHEST:
        return language.advice("check.far", n=FARTHEST, count=FARTHEST)
    last = _first_day(row_date)
    if last is not None and first > span(row_date)[1]:
        return language.advice("check.after-row", date=row_date)
    return None


def _first_day(value: str) -> dt.date | None:
    """The first day that a date may stand for; None for what is no date, which another check says."""
    try:
        return span(value)[0]
    except (ValueError, IndexError):
        return None
