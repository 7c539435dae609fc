"""A workbook as read: rows of the tables as text, and what became of each cell that held something."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from impactkit.data.tables import letters
from impactkit.data.workbook.headers import Head
from impactkit.data.workbook.reading import Reading
from impactkit.errors import Problem
from impactkit.wording.language import Language

# What becomes of a cell that held something.
FATES = ("header", "taken", "same", "changed", "replaced", "retracted", "aside", "refused")
HEADER, TAKEN, SAME, CHANGED, REPLACED, RETRACTED, ASIDE, REFUSED = FATES


@dataclass(frozen=True)
class Where:
    """Where the rows of a table stand: sheet, line of the header, line of each row, column of each field."""

    sheet: str
    header: int
    lines: tuple[int, ...]
    columns: Mapping[str, int]

    def cell(self, row: int | None, column: str) -> str:
        """The address of a cell; that of its row when the sheet has no such column."""
        line = self.header if row is None else self.lines[row]
        return f"{letters(self.columns.get(column, 1))}{line}"


@dataclass(frozen=True)
class Entry:
    """What became of one cell: its `fate`, what it showed, what the table holds (`becomes`), why; and of
    which row (its key) and column of which table, when it has one.
    """

    sheet: str
    cell: str
    fate: str
    value: str
    becomes: str = ""
    why: str = ""
    table: str = ""
    key: str = ""
    column: str = ""


@dataclass
class Taken:
    """A workbook as read: tables as text (the columns that are there), where they stand, what no table can
    hold, what is wrong, and an entry for each cell that held something.
    """

    language: Language
    workbook: str
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    where: dict[str, Where] = field(default_factory=dict)
    leftovers: list[dict[str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    # (table, row, column) that a problem already names, and columns that are nowhere.
    blamed: set[tuple[str, int | None, str]] = field(default_factory=set)
    # Sheet and address of each cell that holds something.
    places: set[tuple[str, str]] = field(default_factory=set)
    entries: dict[tuple[str, str], Entry] = field(default_factory=dict)
    # Comments: sheet, cell, words, what became of them.
    comments: list[tuple[str, str, str, str]] = field(default_factory=list)
    # Sentences for the screen about what was not taken.
    remarks: list[str] = field(default_factory=list)

    def wrong(self, sheet: str, cell: str, value: str, expected: str, next_step: str) -> None:
        """One problem more."""
        self.problems.append(Problem(self.workbook, sheet, cell, value, expected, next_step))

    def keep(self, sheet: str, cell: str, column: str, value: str) -> None:
        """One cell more that no table can hold, under the words of its column."""
        place = {"workbook": self.workbook, "sheet": sheet, "cell": cell}
        self.leftovers.append({**place, "column": column, "value": value})

    def aside(self, sheet: str, cell: str, value: str, why: str) -> None:
        """One cell more that is no value of a table, and why."""
        self._enter(Entry(sheet, cell, ASIDE, value, why=why))

    def header(self, sheet: str, cell: str, value: str, head: Head | None) -> None:
        """A title of a column; words that say no unit, and a title that no table knows, are set aside."""
        if head is None:
            self.aside(sheet, cell, value, self.language.say("aside.column"))
        else:
            why = self.language.say("header.extra", words=head.extra) if head.extra else ""
            self._enter(Entry(sheet, cell, HEADER, value, why=why))

    def row_cell(self, table: str, row: int, column: str, value: str, reading: Reading) -> None:
        """A cell of a row: as it was, or changed, and how."""
        where = self.where[table]
        fate = REFUSED if reading.wrong else CHANGED if reading.how else TAKEN
        why = reading.wrong or reading.how
        entry = Entry(
            where.sheet, where.cell(row, column), fate, value, reading.text, why, table, column=column
        )
        self._enter(entry)

    def settle(self, table: str, row: int, column: str, **became: Any) -> None:
        """What became of a cell of a row once it was compared with the table."""
        where = self.where[table]
        place = where.sheet, where.cell(row, column)
        if column in where.columns and place in self.entries and self.entries[place].fate != ASIDE:
            self.entries[place] = replace(self.entries[place], **became)

    def _enter(self, entry: Entry) -> None:
        # A cell merged downwards is one, whatever the lines that it speaks for.
        if entry.value and (entry.sheet, entry.cell) in self.places:
            self.entries.setdefault((entry.sheet, entry.cell), entry)
