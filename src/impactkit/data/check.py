"""`check`: every problem of an evaluation's tables at once, by file and cell, with what to do."""

from pathlib import Path

import pandas as pd

from impactkit.data.check_rules import Fault, faults
from impactkit.data.check_schema import cell_faults, header_faults
from impactkit.data.evaluation import settings_of
from impactkit.data.folders import find
from impactkit.data.tables import address, read_text, schemas
from impactkit.errors import Problem, Problems, UnknownName
from impactkit.wording.catalogue import say


def check(folder: str | Path, *, territory: str | None = None) -> Problems:
    """Every problem of an evaluation's folder; with `territory`, those of its rows and those of nobody's.

    What cannot even be opened (no evaluation.toml, a file that is no CSV, an unknown key) raises RefusedData
    or UnknownName; a territory that does not exist raises UnknownName.
    """
    path = find(folder).resolve()
    settings = settings_of(path, str(folder))
    files = {name: path / f"{name}.csv" for name in schemas() if (path / f"{name}.csv").is_file()}
    # As text: a figure that is none in one cell must not hide what is wrong in another.
    tables = {name: read_text(file).fillna("") for name, file in files.items()}
    codes = set(tables["territories"]["territory"]) if "territories" in tables else set()
    if territory is not None and territory not in codes:
        raise UnknownName.among(say("noun.territory"), territory, codes, where=path.name)
    found: list[Fault] = []
    for name, file in files.items():
        found += header_faults(name, list(tables[name].columns))
        found += cell_faults(name, tables[name], path=str(file))
    found += faults(tables, settings)
    order = {name: i for i, name in enumerate(files)}
    found.sort(key=lambda one: (order[one.table], -1 if one.row is None else one.row))
    kept = [one for one in found if territory is None or one.territory in ("", territory)]
    return Problems(_problem(one, tables[one.table]) for one in kept)


def _problem(fault: Fault, frame: pd.DataFrame) -> Problem:
    # The header is line 1, the first row line 2.
    number = 1 if fault.row is None else fault.row + 2
    named = fault.row is not None and fault.column in frame
    cell = address(number, list(frame.columns).index(fault.column)) if named else str(number)
    return Problem(f"{fault.table}.csv", "", cell, fault.value, fault.expected, fault.next, fault.territory)
