"""`check`: every problem of an evaluation's tables at once, by file and cell, with what to do."""

from pathlib import Path

import pandas as pd

from impactkit.data import check_settings, check_sources, csv_text
from impactkit.data.check_rules import faults
from impactkit.data.check_schema import Fault, cell_faults, header_faults, territory_of
from impactkit.data.evaluation import settings_of
from impactkit.data.folders import find
from impactkit.data.journal import reading
from impactkit.data.tables import frame_of, letters, table_files
from impactkit.errors import Problem, Problems, UnknownName
from impactkit.wording.catalogue import say


def check(folder: str | Path, *, territory: str | None = None) -> Problems:
    """Every problem of an evaluation's folder; with `territory`, those of its rows and those of nobody's.

    What cannot even be opened (no evaluation.toml, a file that is no CSV, an unknown key) raises RefusedData
    or UnknownName; a territory that does not exist raises UnknownName.

    >>> len(ik.check("data/demo"))
    0
    """
    path = find(folder).resolve()
    settings = settings_of(path, str(folder))
    # As text: a figure that is none in one cell must not hide what is wrong in another.
    with reading(path):
        texts = {
            name: csv_text.parsed(file, separator=",", most=csv_text.OWN)
            for name, file in table_files(path).items()
        }
    tables = {name: frame_of(text) for name, text in texts.items()}
    codes = set(tables.get("territories", pd.DataFrame()).get("territory", ()))
    if territory is not None and territory not in codes:
        raise UnknownName.among(say("noun.territory"), territory, codes, where=path.name)
    found: list[Fault] = []
    for name, frame in tables.items():
        found += header_faults(name, list(frame.columns))
        found += cell_faults(name, frame)
    found += faults(tables, settings)
    # Of a line that cannot be read for sure, nothing else is said.
    unsure = {(name, fault.line - 2) for name, text in texts.items() for fault in text.faults}
    found = [fault for fault in dict.fromkeys(found) if (fault.table, fault.row) not in unsure]
    for name, text in texts.items():
        found += [_line_fault(name, fault, tables[name]) for fault in text.faults]
    order = list(tables)
    found.sort(key=lambda one: (order.index(one.table), -1 if one.row is None else one.row))
    kept = [one for one in found if territory is None or one.territory in ("", territory)]
    problems = [_problem(one, tables[one.table]) for one in kept]
    findings = [
        *check_settings.examined(path, settings, tables),
        *check_sources.examined(path, settings, tables),
    ]
    problems += [finding for finding in findings if isinstance(finding, Problem)]
    return Problems(problems, notes=[finding for finding in findings if isinstance(finding, str)])


def _line_fault(table: str, fault: csv_text.LineFault, frame: pd.DataFrame) -> Fault:
    row = fault.line - 2
    territory = "" if row < 0 else territory_of(frame, row)
    return Fault(table, row, "", fault.value, fault.expected, say("csv.next"), territory)


def _problem(fault: Fault, frame: pd.DataFrame) -> Problem:
    # The header is line 1, the first row line 2.
    cell = "1" if fault.row is None else str(fault.row + 2)
    if fault.row is not None and fault.column in frame:
        cell = letters(list(frame.columns).index(fault.column) + 1) + cell
    return Problem(f"{fault.table}.csv", "", cell, fault.value, fault.expected, fault.next, fault.territory)
