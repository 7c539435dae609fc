"""`import_workbook`: a workbook into an evaluation's tables, wholly or not at all."""

import html
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from impactkit.data.check_rules import Fault, faults
from impactkit.data.check_schema import cell_faults
from impactkit.data.evaluation import settings_of
from impactkit.data.folders import find
from impactkit.data.names import made_code, with_codes
from impactkit.data.tables import columns, read_text, schemas
from impactkit.data.workbook_read import Taken, Where, read_workbook
from impactkit.data.workbook_write import shown
from impactkit.errors import Problem, Problems
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
class TakenIn:
    """What an import did: rows added, changed and already there by table, values replaced, how many cells no
    table could hold; or the problems for which nothing was written.
    """

    workbook: str
    problems: Problems
    added: Mapping[str, int]
    same: Mapping[str, int]
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
            yield say(
                "import.changed",
                table=schemas()[one.table]["title"],
                row=one.key,
                column=_title(one.table, one.column),
                was=one.was or say("import.empty"),
                becomes=one.becomes,
            )
        if not any(self.added.values()) and not self.changes:
            yield say("import.nothing")
        if self.leftovers:
            yield say("import.leftovers", n=self.leftovers, count=self.leftovers)
        if not self.written:
            yield say("import.dry")

    def _repr_html_(self) -> str:
        if self.problems:
            return self.problems._repr_html_()
        return "".join(f"<p>{html.escape(line)}</p>" for line in self._lines())


def import_workbook(
    workbook: str | Path, folder: str | Path, *, source: str = "", as_of: str = "", dry_run: bool = False
) -> TakenIn:
    """Take a workbook (.xlsx) into the CSV tables of an evaluation's folder.

    Rows are added, or replace the row of the same key; no row is ever removed. `source` and `as_of` fill the
    cells that the workbook leaves empty (source: else the workbook's name). With any problem, or with
    `dry_run`, nothing is written. Raises RefusedData for what is no readable workbook or no evaluation.
    """
    path, home = Path(workbook), find(folder).resolve()
    settings = settings_of(home, str(folder))
    taken = read_workbook(path)
    now = {name: read_text(home / f"{name}.csv").fillna("") for name in _present(home)}
    given = {"source": source or say("import.source", name=path.name), "as_of": as_of}
    tables = {name: _given(name, frame, given) for name, frame in taken.tables.items()}
    tables, named = with_codes(tables, now)
    merged = {name: _merge(name, now.get(name), frame) for name, frame in tables.items()}
    rest = pd.DataFrame(taken.leftovers, columns=list(columns("leftovers")), dtype="str")
    if len(rest):
        merged["leftovers"] = _merge("leftovers", _after("leftovers", merged, now), rest)
    everything = {**now, **{name: one.frame for name, one in merged.items()}}
    problems = list(taken.problems)
    problems += _problems(taken, merged, named, everything, settings)
    order = {sheet.sheet: i for i, sheet in enumerate(taken.where.values())}
    problems.sort(key=lambda one: order.get(one.sheet, 0))
    if not problems and not dry_run:
        _write(home, {name: one.frame for name, one in merged.items() if one.added or one.changes})
    return TakenIn(
        path.name,
        Problems(problems),
        {name: one.added for name, one in merged.items() if name in tables},
        {name: one.same for name, one in merged.items() if name in tables},
        tuple(change for one in merged.values() for change in one.changes),
        len(rest),
        not problems and not dry_run,
    )


def _present(folder: Path) -> list[str]:
    return [name for name in schemas() if (folder / f"{name}.csv").is_file()]


def _title(table: str, column: str) -> str:
    return next(str(one["title"]) for one in schemas()[table]["fields"] if one["name"] == column)


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
    same: int
    changes: tuple[Change, ...]


def _after(
    table: str, merged: Mapping[str, _Merged], now: Mapping[str, pd.DataFrame]
) -> pd.DataFrame | None:
    return merged[table].frame if table in merged else now.get(table)


def _merge(table: str, old: pd.DataFrame | None, new: pd.DataFrame) -> _Merged:
    """Rows of the workbook beside the table's own: one of the same key takes its place, cell by cell."""
    said = {name for name in new if (new[name] != "").any()}
    names = [name for name in columns(table) if old is None or name in old or name in said]
    mine = pd.DataFrame(columns=names, dtype="str") if old is None else old
    rows = mine.reindex(columns=names, fill_value="").to_dict("records")
    key = _key(table)
    at: dict[tuple[str, ...], int] = {}
    for i, row in enumerate(rows):
        at.setdefault(_identity(row, key, names), i)
    origins: list[int | None] = [None] * len(rows)
    changes: list[Change] = []
    added = same = 0
    for i, told in enumerate(new.to_dict("records")):
        row = {name: told.get(name, "") for name in names}
        place = at.get(_identity(row, key, names))
        if place is None or origins[place] is not None:
            # A key written twice in the workbook is two rows, and a fault that the checks name.
            added += 1
            rows.append(row)
            origins.append(i)
            at.setdefault(_identity(row, key, names), len(rows) - 1)
            continue
        replaced = [name for name in names if told.get(name) and told[name] != rows[place][name]]
        for name in replaced:
            label = " / ".join(rows[place][one] for one in key if rows[place][one])
            changes.append(Change(table, label, name, rows[place][name], told[name]))
            rows[place][name] = told[name]
        same += not replaced
        origins[place] = i
    frame = pd.DataFrame(rows, columns=names, dtype="str")
    return _Merged(frame, tuple(origins), added, same, tuple(changes))


def _key(table: str) -> list[str]:
    schema = schemas()[table]
    key = schema.get("primaryKey") or schema.get("mergeKey") or []
    return [key] if isinstance(key, str) else list(key)


def _identity(row: Mapping[str, str], key: list[str], names: list[str]) -> tuple[str, ...]:
    """What makes a row the same row: its key; without one, or with a hole in it, all that it says."""
    if key and all(row.get(name, "") for name in key):
        return ("key", *(row[name] for name in key))
    return tuple(row.get(name, "") for name in names)


def _problems(
    taken: Taken,
    merged: Mapping[str, _Merged],
    named: list[Fault],
    everything: Mapping[str, pd.DataFrame],
    settings: Mapping[str, object],
) -> Iterator[Problem]:
    """What the checks say of the rows that come from the workbook, each cell once."""
    blamed = set(taken.blamed)
    for fault in named:
        blamed.add((fault.table, fault.row, fault.column))
        yield _problem(fault, taken.where[fault.table], fault.row)
    found = [fault for name, one in merged.items() for fault in cell_faults(name, one.frame, shown=shown)]
    for fault in [*found, *faults(everything, settings)]:
        if fault.table not in taken.where or fault.row is None:
            continue
        row = merged[fault.table].origins[fault.row]
        place = (fault.table, row, fault.column)
        if row is None or place in blamed or (fault.table, None, fault.column) in blamed:
            continue
        # A code is made from the row's name; without one, the name is what is asked for.
        if not fault.value and fault.column == made_code(fault.table):
            continue
        blamed.add(place)
        yield _problem(fault, taken.where[fault.table], row)


def _problem(fault: Fault, where: Where, row: int | None) -> Problem:
    cell = where.cell(row, fault.column)
    undated = fault.column == "as_of" and not fault.value
    mended = say("import.undated") if undated else fault.next
    return Problem(where.workbook, where.sheet, cell, fault.value, fault.expected, mended, fault.territory)


def _write(folder: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """Each table beside its file, then all in place: an interruption leaves the old ones whole."""
    ready = []
    for name, frame in tables.items():
        aside = folder / f".{name}.csv.new"
        frame.to_csv(aside, index=False, encoding="utf-8", lineterminator="\n")
        ready.append((aside, folder / f"{name}.csv"))
    for aside, file in ready:
        os.replace(aside, file)
