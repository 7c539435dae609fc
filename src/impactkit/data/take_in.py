"""`import_workbook`: a workbook into an evaluation's tables, wholly or not at all."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from impactkit.data.check_rules import faults
from impactkit.data.check_schema import Fault, cell_faults
from impactkit.data.evaluation import settings_of
from impactkit.data.folders import find
from impactkit.data.names import with_codes
from impactkit.data.tables import columns, fields, read_folder, schemas
from impactkit.data.workbook_read import NAMED, Taken, read_workbook
from impactkit.data.workbook_write import shown
from impactkit.errors import Problem, Problems, Rich
from impactkit.wording.catalogue import say


@dataclass(frozen=True)
class Change:
    """One value of a table that the workbook replaced."""

    table: str
    key: str
    column: str
    was: str
    becomes: str


@dataclass(frozen=True)
class TakenIn(Rich):
    """What an import did: rows added by table, values replaced, how many cells no table could hold; or the
    problems for which nothing was written.
    """

    workbook: str
    problems: Problems
    added: Mapping[str, int]
    changes: tuple[Change, ...]
    leftovers: int
    written: bool

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        if self.problems:
            yield str(self.problems)
            yield say("import.refused", n=len(self.problems), count=len(self.problems), name=self.workbook)
            return
        for table, count in self.added.items():
            if count:
                yield say("import.added", n=count, count=count, table=schemas()[table]["title"])
        for one in self.changes:
            table, column = schemas()[one.table]["title"], fields(one.table)[one.column]["title"]
            about: dict[str, Any] = {"table": table, "row": one.key, "column": column}
            yield say("import.changed", **about, was=one.was or say("import.empty"), becomes=one.becomes)
        if not any(self.added.values()) and not self.changes:
            yield say("import.nothing")
        if self.leftovers:
            yield say("import.leftovers", n=self.leftovers, count=self.leftovers)
        if not self.written:
            yield say("import.dry")

    def _heads(self) -> tuple[str, ...]:
        return self.problems._heads()

    def _told(self) -> Iterator[tuple[str, ...]]:
        yield from self.problems._told() if self.problems else ((line,) for line in self._lines())


def import_workbook(
    workbook: str | Path, folder: str | Path, *, source: str = "", as_of: str = "", dry_run: bool = False
) -> TakenIn:
    """Take a workbook (.xlsx) into the CSV tables of an evaluation's folder.

    Rows are added, or replace the row of the same key; no row is ever removed. `source` and `as_of` fill the
    cells that the workbook leaves empty (source: else the workbook's name). With any problem, or with
    `dry_run`, nothing is written. Raises RefusedData for what is no readable workbook or no evaluation.

    >>> book = "data/demo/workbooks/classeur-aubrelle.xlsx"
    >>> print(ik.import_workbook(book, "data/demo", as_of="2024-06", dry_run=True))  # doctest: +ELLIPSIS
    Membres du collectif : 2 lignes ajoutées.
    ...
    Essai : rien n’a été écrit.
    """
    path, home = Path(workbook), find(folder).resolve()
    settings = settings_of(home, str(folder))
    taken = read_workbook(path)
    now = read_folder(home)
    given = {"source": source or say("import.source", name=path.name), "as_of": as_of}
    tables = {name: _given(name, frame, given) for name, frame in taken.tables.items()}
    tables, named = with_codes(tables, now)
    merged = {name: _merge(name, now, frame) for name, frame in tables.items()}
    everything = {**now, **{name: one.frame for name, one in merged.items()}}
    rest = pd.DataFrame(taken.leftovers, columns=columns("leftovers"), dtype="str")
    if len(rest):
        merged["leftovers"] = _merge("leftovers", everything, rest)
        everything["leftovers"] = merged["leftovers"].frame
    checked = [fault for name, one in merged.items() for fault in cell_faults(name, one.frame, shown=shown)]
    checked += faults(everything, settings)
    problems = [*taken.problems, *_problems(taken, merged, named, checked)]
    order = {sheet.sheet: i for i, sheet in enumerate(taken.where.values())}
    problems.sort(key=lambda one: order.get(one.sheet, 0))
    written = not problems and not dry_run
    if written:
        _write(home, {name: one.frame for name, one in merged.items() if one.added or one.changes})
    added = {name: one.added for name, one in merged.items() if name in tables}
    changes = tuple(change for one in merged.values() for change in one.changes)
    return TakenIn(path.name, Problems(problems), added, changes, len(rest), written)


def _given(table: str, frame: pd.DataFrame, given: Mapping[str, str]) -> pd.DataFrame:
    """The rows, with the source and date of the whole workbook where a cell is empty."""
    found = frame.copy()
    for name, value in given.items():
        if name in columns(table) and value and table != "leftovers":
            found[name] = found[name].where(found[name] != "", value) if name in found else value
    return found


@dataclass(frozen=True)
class _Merged:
    """A table after the import, and the row of the workbook that each row comes from (None: its own)."""

    frame: pd.DataFrame
    origins: tuple[int | None, ...]
    added: int
    changes: tuple[Change, ...]


def _merge(table: str, tables: Mapping[str, pd.DataFrame], new: pd.DataFrame) -> _Merged:
    """Rows of the workbook beside the table's own: one of the same key takes its place, cell by cell."""
    old = tables.get(table, pd.DataFrame(columns=columns(table), dtype="str"))
    names = [name for name in columns(table) if name in old or (name in new and (new[name] != "").any())]
    rows = old.reindex(columns=names, fill_value="").to_dict("records")
    key = _key(table)
    # Of two rows that are the same, the first.
    at = {_identity(row, key, names): i for i, row in reversed(list(enumerate(rows)))}
    origins: list[int | None] = [None] * len(rows)
    changes: list[Change] = []
    for i, told in enumerate(new.reindex(columns=names, fill_value="").to_dict("records")):
        place = at.setdefault(_identity(told, key, names), len(rows))
        if place == len(rows) or origins[place] is not None:
            # A key written twice in the workbook is two rows, and a fault that the checks name.
            rows.append(told)
            origins.append(i)
            continue
        for name in [name for name in names if told[name] not in ("", rows[place][name])]:
            label = " / ".join(rows[place][one] for one in key if rows[place][one])
            changes.append(Change(table, label, name, rows[place][name], told[name]))
            rows[place][name] = told[name]
        origins[place] = i
    frame = pd.DataFrame(rows, columns=names, dtype="str")
    return _Merged(frame, tuple(origins), len(rows) - len(old), tuple(changes))


def _key(table: str) -> list[str]:
    key = schemas()[table].get("primaryKey") or schemas()[table].get("mergeKey", [])
    return [key] if isinstance(key, str) else list(key)


def _identity(row: Mapping[Any, str], key: list[str], names: list[str]) -> tuple[str, ...]:
    """What makes a row the same row: its key; without one, or with a hole in it, all that it says."""
    if key and all(row.get(name) for name in key):
        return ("key", *(row[name] for name in key))
    return tuple(row[name] for name in names)


def _problems(
    taken: Taken, merged: Mapping[str, _Merged], named: list[Fault], checked: list[Fault]
) -> Iterator[Problem]:
    """What the checks say of the rows that come from the workbook, each cell once."""
    blamed = taken.blamed | {(fault.table, fault.row, fault.column) for fault in named}
    yield from (_problem(fault, taken, fault.row) for fault in named)
    for fault in checked:
        if fault.table not in taken.where or fault.row is None:
            continue
        row = merged[fault.table].origins[fault.row]
        place = (fault.table, row, fault.column)
        if row is None or place in blamed or (fault.table, None, fault.column) in blamed:
            continue
        # A code is made from the row's name; without one, the name is what is asked for.
        if not fault.value and fault.column == NAMED.get(fault.table, ("",))[0]:
            continue
        blamed.add(place)
        yield _problem(fault, taken, row)


def _problem(fault: Fault, taken: Taken, row: int | None) -> Problem:
    where = taken.where[fault.table]
    code, words = NAMED.get(fault.table, ("", ""))
    # A code that nobody wrote was made of the words beside it.
    made = fault.column == code and code not in where.columns
    place = taken.workbook, where.sheet, where.cell(row, words if made else fault.column)
    undated = fault.column == "as_of" and not fault.value
    mended = say("import.undated") if undated else fault.next
    return Problem(*place, fault.value, fault.expected, mended, fault.territory)


def _write(folder: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """Each table beside its file, then all in place: an interruption leaves the old ones whole."""
    for name, frame in tables.items():
        frame.to_csv(folder / f".{name}.csv.new", index=False, encoding="utf-8", lineterminator="\n")
    for name in tables:
        os.replace(folder / f".{name}.csv.new", folder / f"{name}.csv")
