"""Reading what people do to workbooks: sheets, headers, rows, merged cells, totals; nothing is lost."""

import difflib
import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from impactkit.data.tables import columns, fields, letters, schemas
from impactkit.data.workbook_cells import EXAMPLE, clean, plain, refused, told
from impactkit.data.workbook_file import Cell, Sheet, read_sheets
from impactkit.errors import Problem, RefusedData
from impactkit.wording.catalogue import advice, error

# A header stands in the first lines, under a title or two.
DEEPEST = 40
NEAR_SHEET, NEAR_COLUMN = 0.85, 0.86
TOTALS = re.compile(r"(sous[- ]?)?(total|totaux)\b")
# Tables whose rows need a code of their own -> the column whose words give it when nobody wrote one.
NAMED = {
    "territories": ("territory", "name"),
    "challenges": ("challenge", "title"),
    "milestones": ("milestone", "title"),
    "projects": ("project", "name"),
    "obstacles": ("obstacle", "rule"),
    "evaluation_questions": ("question", "text"),
}
# Filled at the import when the workbook does not say.
GIVEN = ("source", "as_of", "territory")


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
class Taken:
    """A workbook as read: tables as text (the columns found), where they stand, what no table can hold, and
    what is wrong.
    """

    workbook: str
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    where: dict[str, Where] = field(default_factory=dict)
    leftovers: list[dict[str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    # (table, row, column) already said to be wrong, and columns that are nowhere.
    blamed: set[tuple[str, int | None, str]] = field(default_factory=set)

    def wrong(self, sheet: str, cell: str, value: str, said: str, mended: str) -> None:
        """One problem more."""
        self.problems.append(Problem(self.workbook, sheet, cell, value, said, mended))

    def keep(self, sheet: str, cell: str, column: str, value: str) -> None:
        """One cell more that no table can hold, under the words of its column."""
        told = {"workbook": self.workbook, "sheet": sheet, "cell": cell, "column": column, "value": value}
        self.leftovers.append(told)


def read_workbook(path: Path) -> Taken:
    """Read a workbook (.xlsx): one sheet per table, found by its name, else by its header.

    Raises RefusedData for what is no readable workbook, and for one where no sheet is known.
    """
    taken = Taken(path.name)
    for sheet in read_sheets(path):
        if (table := _table_of(sheet)) is None:
            _keep(sheet, list(sheet.cells), 0, taken)
        elif table in taken.where:
            taken.wrong(sheet.name, "A1", "", *advice("sheet.twice", other=taken.where[table].sheet))
        else:
            _take(sheet, table, taken)
    if not taken.where and not taken.problems:
        known = ", ".join(schema["sheet"] for schema in schemas().values() if schema.get("light"))
        raise error(RefusedData, "workbook-nothing", where=path.name, known=known)
    return taken


def _table_of(sheet: Sheet) -> str | None:
    """The table of a sheet, by its name, a near spelling, or a header that fits one table alone."""
    names = {
        plain(name): table
        for table, schema in schemas().items()
        for name in (table, schema["title"], schema["sheet"])
    }
    if near := difflib.get_close_matches(plain(sheet.name), names, 1, NEAR_SHEET):
        return names[near[0]]
    fits: dict[int, list[str]] = {}
    for table in schemas():
        _, found = _header(sheet, table, near=False)
        needed = _needed(table)
        if found and needed and needed.keys() <= found.keys():
            fits.setdefault(len(found), []).append(table)
    best = fits[max(fits)] if fits else []
    return best[0] if len(best) == 1 else None


def _needed(table: str) -> dict[str, str]:
    """The columns that must be there and their titles: required, and nothing else can give them."""
    given = (*NAMED.get(table, ("",))[:1], *GIVEN)
    asked = [one for one in fields(table).values() if one["constraints"].get("required")]
    return {one["name"]: one["title"] for one in asked if one["name"] not in given}


def _header(sheet: Sheet, table: str, *, near: bool) -> tuple[int, dict[str, list[int]]]:
    """The line that holds most names of the table's columns, and the columns of each field."""
    lines = list(sheet.by_line.items())[:DEEPEST]
    found = [(line, _columns_of(cells, table, near=near)) for line, cells in lines]
    return max([one for one in found if len(one[1]) >= 2], key=lambda one: len(one[1]), default=(0, {}))


@functools.lru_cache(maxsize=64)
def _titled(table: str) -> dict[str, str]:
    """The columns of a table by what people call them."""
    every = list(fields(table).values())
    found = {_bare(alias): one["name"] for one in reversed(every) for alias in one.get("aliases", ())}
    # A title is stronger than another column's alias.
    return found | {_bare(one[key]): one["name"] for one in every for key in ("name", "title")}


def _columns_of(line: Mapping[int, Cell], table: str, *, near: bool) -> dict[str, list[int]]:
    exact = _titled(table)
    found: dict[str, list[int]] = {}
    heads = {column: _bare(cell.value) for column, cell in line.items() if isinstance(cell.value, str)}
    for column in [column for column, words in heads.items() if words in exact]:
        found.setdefault(exact[heads[column]], []).append(column)
    for column, words in heads.items() if near else ():
        match = difflib.get_close_matches(words, exact, 1, NEAR_COLUMN)
        if match and exact[match[0]] not in found:
            found[exact[match[0]]] = [column]
    return found


def _bare(words: str) -> str:
    """A header for comparison: without its star, nor what stands in brackets."""
    return plain(re.sub(r"\([^)]*\)|\*", " ", words))


def _take(sheet: Sheet, table: str, taken: Taken) -> None:
    header, found = _header(sheet, table, near=True)
    asked = _needed(table)
    if not found:
        if sheet.cells:
            taken.wrong(sheet.name, "A1", "", *advice("sheet.no-header", columns=", ".join(asked.values())))
        taken.where[table] = Where(sheet.name, 1, (), {})
        return
    where = {name: places[0] for name, places in found.items()}
    for name, places in found.items():
        for column in places[1:]:
            value = clean(sheet.cells[header, column].value)
            taken.wrong(sheet.name, f"{letters(column)}{header}", value, *advice("sheet.column-twice"))
            taken.blamed.add((table, None, name))
    for name in [name for name in asked if name not in where]:
        taken.wrong(sheet.name, f"A{header}", "", *advice("check.no-column", name=asked[name]))
        taken.blamed.add((table, None, name))
    cells = _filled(sheet, header, {column: fields(table)[name] for name, column in where.items()}, taken)
    kept = [line for line in sheet.by_line if line > header and _is_row(sheet.by_line[line], where)]
    taken.where[table] = Where(sheet.name, header, tuple(kept), where)
    names = [name for name in columns(table) if name in where]
    rows = [
        [_text(table, row, name, cells.get((line, where[name])), taken) for name in names]
        for row, line in enumerate(kept)
    ]
    taken.tables[table] = pd.DataFrame(rows, columns=names, dtype="str")
    mine = {(line, column) for line in kept for column in where.values()}
    _keep(sheet, [place for place in sheet.cells if place[0] != header and place not in mine], header, taken)


def _filled(
    sheet: Sheet, header: int, types: Mapping[int, Mapping[str, Any]], taken: Taken
) -> dict[tuple[int, int], Cell]:
    """The cells, those merged downwards repeated on each line; one figure for several lines is refused."""
    cells = dict(sheet.cells)
    for first, last, left, _ in sheet.merged:
        top = sheet.cells.get((first, left))
        if first <= header or last == first or left not in types or top is None:
            continue
        if types[left]["type"] in ("integer", "number"):
            taken.wrong(sheet.name, f"{letters(left)}{first}", clean(top.value), *advice("sheet.merged"))
        else:
            cells |= {(line, left): top for line in range(first, last + 1)}
    return cells


def _is_row(line: Mapping[int, Cell], where: Mapping[str, int]) -> bool:
    """Whether a line is a row of the table: neither blank in its columns, nor a total, nor the example."""
    said = {column: words for column, cell in line.items() if (words := clean(cell.value))}
    mine = [said[column] for column in where.values() if column in said]
    first, *others = said.values() or [""]
    if mine and TOTALS.match(plain(first)):
        return not all(re.fullmatch(r"[\d\s.,€%+\-−]*|=.*", word) for word in others)
    return not all(word.startswith(EXAMPLE) for word in mine)


def _text(table: str, row: int, name: str, cell: Cell | None, taken: Taken) -> str:
    """What a cell puts in the table; what it says that the table cannot hold is a problem, or is kept."""
    if cell is None:
        return ""
    where, one, value = taken.where[table], fields(table)[name], clean(cell.value)
    said = refused(f"cell.{cell.wrong}") if cell.wrong else told(cell.value, one, cell.shown)
    if said.missing:
        # It says that nobody knows: the table stays empty, the word is kept.
        taken.keep(where.sheet, where.cell(row, name), one["title"], value)
    if said.wrong:
        taken.wrong(where.sheet, where.cell(row, name), value, said.wrong, said.next)
        taken.blamed.add((table, row, name))
    return said.text


def _keep(sheet: Sheet, places: list[tuple[int, int]], header: int, taken: Taken) -> None:
    """What no table can hold, cell by cell; the example line is no one's words."""
    for line, column in places:
        words = clean(sheet.cells[line, column].value)
        if words and not words.startswith(EXAMPLE):
            head = sheet.cells.get((header, column), Cell(""))
            taken.keep(sheet.name, f"{letters(column)}{line}", clean(head.value), words)
