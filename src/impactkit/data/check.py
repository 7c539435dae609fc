"""`check`: every problem of an evaluation's tables at once, by file and cell, with what to do."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from impactkit.data import check_settings, check_sources, csv_text
from impactkit.data.check_rules import faults
from impactkit.data.check_schema import MOST, Fault, cell_faults, header_faults, territory_of
from impactkit.data.evaluation import settings_of
from impactkit.data.folders import find
from impactkit.data.journal import reading
from impactkit.data.tables import frame_of, letters, table_files
from impactkit.errors import Problem, Problems
from impactkit.wording.language import FRENCH, Language, language_of


def check(folder: str | Path, *, territory: str | None = None) -> Problems:
    """Every problem of an evaluation's folder; with `territory`, those of its rows and those of nobody's.

    What cannot even be opened (no evaluation.toml, a file that is no CSV, an unknown key) raises RefusedData
    or UnknownName; a territory that does not exist raises UnknownName.

    >>> len(ik.check("data/demo"))
    0
    """
    path = find(folder).resolve()
    settings = settings_of(FRENCH, path, str(folder))
    language = language_of(settings)
    tables: dict[str, pd.DataFrame] = {}
    lines: dict[str, Sequence[csv_text.LineFault]] = {}
    # As text: a figure that is none in one cell must not hide what is wrong in another.
    with reading(language, path):
        for name, file in table_files(language, path).items():
            text = csv_text.parsed(language, file, separator=",", most=csv_text.OWN)
            tables[name], lines[name] = frame_of(text), text.faults
            del text
    codes = set(tables.get("territories", pd.DataFrame()).get("territory", ()))
    if territory is not None and territory not in codes:
        raise language.unknown("noun.territory", territory, codes, where=path.name)
    found: list[Fault] = []
    for name, frame in tables.items():
        found += header_faults(language, name, list(frame.columns))
        found += cell_faults(language, name, frame)
    found += faults(language, tables, settings)
    # Of a line that cannot be read for sure, nothing else is said.
    unsure = {(name, fault.line - 2) for name, wrong in lines.items() for fault in wrong}
    found = [fault for fault in dict.fromkeys(found) if (fault.table, fault.row) not in unsure]
    for name, wrong in lines.items():
        found += [_line_fault(language, name, fault, tables[name]) for fault in wrong]
    order = list(tables)
    found.sort(key=lambda one: (order.index(one.table), -1 if one.row is None else one.row))
    found = _bounded(language, found)
    kept = [one for one in found if territory is None or one.territory in ("", territory)]
    problems = [_problem(one, tables[one.table]) for one in kept]
    findings = [
        *check_settings.examined(language, path, settings, tables),
        *check_sources.examined(language, path, settings, tables),
    ]
    problems += [finding for finding in findings if isinstance(finding, Problem)]
    return Problems(problems, notes=[finding for finding in findings if isinstance(finding, str)])


def _bounded(language: Language, faults: Sequence[Fault]) -> list[Fault]:
    """The faults of each table, up to so many; that there are more is everyone's problem."""
    counts: Counter[str] = Counter()
    bounded: list[Fault] = []
    for fault in faults:
        counts[fault.table] += 1
        if counts[fault.table] <= MOST:
            bounded.append(fault)
        elif counts[fault.table] == MOST + 1:
            words = language.advice("check.most", most=language.number(MOST))
            bounded.append(Fault(fault.table, None, "", "", *words))
    return bounded


def _line_fault(language: Language, table: str, fault: csv_text.LineFault, frame: pd.DataFrame) -> Fault:
    row = fault.line - 2
    territory = "" if row < 0 else territory_of(frame, row)
    return Fault(table, row, "", fault.value, fault.expected, language.say("csv.next"), territory)


def _problem(fault: Fault, frame: pd.DataFrame) -> Problem:
    # The header is line 1, the first row line 2.
    cell = "1" if fault.row is None else str(fault.row + 2)
    if fault.row is not None and fault.column in frame:
        cell = letters(list(frame.columns).index(fault.column) + 1) + cell
    return Problem(f"{fault.table}.csv", "", cell, fault.value, fault.expected, fault.next, fault.territory)
