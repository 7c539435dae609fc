"""`import_workbook`: a workbook into an evaluation's tables, wholly or not at all, with a receipt."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from impactkit.data.check_rules import faults
from impactkit.data.check_schema import Fault, cell_faults
from impactkit.data.dates import today
from impactkit.data.evaluation import settings_of
from impactkit.data.facts import Change
from impactkit.data.fates import receipt_of
from impactkit.data.folders import find
from impactkit.data.journal import changing, reading, replace_all
from impactkit.data.merging import Merged, merge
from impactkit.data.money import money_of
from impactkit.data.names import repaired_codes, with_codes
from impactkit.data.receipt import Receipt, file_name
from impactkit.data.tables import as_csv, columns, fields, read_folder, schemas
from impactkit.data.withdrawal import taken_back
from impactkit.data.workbook.headers import NAMED
from impactkit.data.workbook.hidden import ASK, checked
from impactkit.data.workbook.rows import read_workbook
from impactkit.data.workbook.taken import CHANGED, Taken
from impactkit.data.workbook_write import shown
from impactkit.errors import Problem, Problems, Rich
from impactkit.wording.language import FRENCH, Language, language_of

LEFTOVERS = "leftovers"
Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class TakenIn(Rich):
    """What an import did: rows added by table, values replaced, how many cells no table could hold, the
    receipt of every cell; or the problems for which nothing was written.
    """

    language: Language
    workbook: str
    problems: Problems
    added: Mapping[str, int]
    changes: tuple[Change, ...]
    leftovers: int
    written: bool
    receipt: Receipt = field(repr=False)
    # Where the receipt was written; nothing when nothing was.
    file: Path | None = None

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        language = self.language
        if self.problems:
            yield str(self.problems)
            yield language.say(
                "import.refused", n=len(self.problems), count=len(self.problems), name=self.workbook
            )
            return
        for table, count in self.added.items():
            if count:
                yield language.say(
                    "import.added", n=count, count=count, table=schemas(language)[table]["title"]
                )
        for change in self.changes:
            table, column = (
                schemas(language)[change.table]["title"],
                fields(language, change.table)[change.column]["title"],
            )
            holes: dict[str, Any] = {"table": table, "row": change.key, "column": column}
            was = change.was or language.say("import.empty")
            yield language.say("import.changed", **holes, was=was, becomes=change.becomes)
        if not any(self.added.values()) and not self.changes:
            yield language.say("import.nothing")
        if self.leftovers:
            yield language.say("import.leftovers", n=self.leftovers, count=self.leftovers)
        yield from self.receipt.lines()
        if self.file:
            yield language.say("import.receipt", path=f"{self.file.parent.name}/{self.file.name}")
        if not self.written:
            yield language.say("import.dry")

    def _heads(self) -> tuple[str, ...]:
        return self.problems._heads()

    def _told(self) -> Iterator[tuple[str, ...]]:
        yield from self.problems._told() if self.problems else ((line,) for line in self._lines())


@dataclass(frozen=True)
class _Compared:
    """A workbook beside the folder: its tables with their codes, each merged; faults of names."""

    merged: Mapping[str, Merged]
    everything: Tables
    named: list[Fault]
    before: Tables


def import_workbook(
    workbook: str | Path,
    folder: str | Path,
    *,
    source: str = "",
    as_of: str = "",
    hidden: str = ASK,
    dry_run: bool = False,
) -> TakenIn:
    """Take a workbook (.xlsx, .ods, .xls, .csv) into the CSV tables of an evaluation's folder.

    Rows are added, or replace the fact of the same key; none is ever removed (`withdraw` does that).
    `source` and `as_of` fill the cells that the workbook leaves empty (source: else the workbook's name).
    `hidden`: lines, columns and cells that are hidden or struck through are asked about (`ask`), taken
    (`keep`) or set aside (`drop`). With any problem, or with `dry_run`, nothing is written; else a receipt
    of every cell is, in `receipts`, with the tables or not at all. Raises RefusedData for what is no
    readable workbook or no evaluation, and while another import or a run works in the folder.

    >>> book = "data/demo/workbooks/classeur-aubrelle.xlsx"
    >>> print(ik.import_workbook(book, "data/demo", as_of="2024-06", dry_run=True))  # doctest: +ELLIPSIS
    Membres du collectif : 2 lignes ajoutées.
    ...
    Essai : rien n’a été écrit.
    """
    path, home = Path(workbook), find(folder).resolve()
    settings = settings_of(FRENCH, home, str(folder))
    language = language_of(settings)
    taken = read_workbook(path, money_of(language, settings), checked(language, hidden))
    with (reading if dry_run else changing)(language, home):
        default = language.say("import.source", name=path.name)
        compared = _compared(taken, home, source or default, as_of, settings["vintage"])
        problems = _all_problems(taken, compared, settings)
        receipt = receipt_of(taken, compared.merged, compared.before, problems)
        written = not problems and not dry_run
        file = _write(home, compared.merged, receipt) if written else None
    added = {name: table.added for name, table in compared.merged.items() if name in taken.tables}
    changes = tuple(change for table in compared.merged.values() for change in table.changes)
    leftovers = len(taken.leftovers)
    return TakenIn(
        language, path.name, Problems(problems), added, changes, leftovers, written, receipt, file
    )


def _compared(taken: Taken, home: Path, source: str, as_of: str, vintage: int) -> _Compared:
    language = taken.language
    now = read_folder(language, home)
    tables = {name: _dated(name, frame, as_of) for name, frame in taken.tables.items()}
    if "perimeters" in tables:
        tables["perimeters"], mended = repaired_codes(tables["perimeters"], vintage)
        for row, code in mended.items():
            why = language.say("name.padded", code=code)
            taken.settle("perimeters", row, "code", fate=CHANGED, becomes=code, why=why)
    tables, named = with_codes(language, tables, now)
    back = taken_back(language, home)
    merged = {
        name: merge(
            language,
            name,
            now,
            frame,
            taken_back=back.get(name, {}),
            source=_source_of(name, source),
            as_typed=taken.tables[name],
        )
        for name, frame in tables.items()
    }
    everything = {**now, **{name: table.frame for name, table in merged.items()}}
    if len(spare := _new_leftovers(taken, everything)):
        more = merge(language, LEFTOVERS, everything, spare, taken_back={})
        # The sheet of what other workbooks left has rows of its own.
        merged[LEFTOVERS] = merged[LEFTOVERS].extended(more) if LEFTOVERS in merged else more
        everything[LEFTOVERS] = more.frame
    return _Compared(merged, everything, named, now)


def _dated(table: str, frame: pd.DataFrame, as_of: str) -> pd.DataFrame:
    """The rows, with the date of the whole workbook where a cell is empty."""
    if not as_of or "as_of" not in columns(table):
        return frame
    dated = frame.copy()
    dated["as_of"] = dated["as_of"].where(dated["as_of"] != "", as_of) if "as_of" in dated else as_of
    return dated


def _source_of(table: str, source: str) -> str:
    return source if "source" in columns(table) and table != LEFTOVERS else ""


def _new_leftovers(taken: Taken, tables: Tables) -> pd.DataFrame:
    """Cells that no table can hold, but those that another workbook of the same contents left already."""
    spare = pd.DataFrame(taken.leftovers, columns=columns(LEFTOVERS), dtype="str")
    place = ["sheet", "cell", "value"]
    if LEFTOVERS not in tables or spare.empty:
        return spare
    before = set(tables[LEFTOVERS][place].itertuples(index=False, name=None))
    return spare[[cells not in before for cells in spare[place].itertuples(index=False, name=None)]]


def _all_problems(taken: Taken, compared: _Compared, settings: Mapping[str, Any]) -> list[Problem]:
    """Every problem of the workbook, in the order of its sheets."""
    language = taken.language
    checked_faults = [
        fault
        for name, table in compared.merged.items()
        for fault in cell_faults(language, name, table.frame, shown=partial(shown, language))
    ]
    checked_faults += faults(language, compared.everything, settings)
    problems = [*taken.problems, *_problems(taken, compared, checked_faults)]
    order = {where.sheet: i for i, where in enumerate(taken.where.values())}
    return sorted(problems, key=lambda problem: order.get(problem.sheet, 0))


def _problems(taken: Taken, compared: _Compared, checked_faults: list[Fault]) -> Iterator[Problem]:
    """What the checks say of the rows that come from the workbook, each cell once."""
    conflicts = [fault for table in compared.merged.values() for fault in table.conflicts]
    blamed = set(taken.blamed)
    for fault in (*compared.named, *conflicts):
        place = (fault.table, fault.row, fault.column)
        if place not in blamed:
            blamed.add(place)
            yield _problem(fault, taken, fault.row)
    for fault in checked_faults:
        if fault.table not in taken.where or fault.row is None:
            continue
        row = compared.merged[fault.table].origins[fault.row]
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
    next_step = taken.language.say("import.undated") if undated else fault.next
    return Problem(*place, fault.value, fault.expected, next_step, fault.territory)


def _write(home: Path, merged: Mapping[str, Merged], receipt: Receipt) -> Path:
    """The tables that changed and the receipt, together or not at all."""
    files = {f"{name}.csv": as_csv(table.frame) for name, table in merged.items() if table.is_changed}
    name = file_name(home, receipt.workbook, today(receipt.language))
    replace_all(receipt.language, home, {**files, name: receipt.text()})
    return home / name
