"""Reading what people do to workbooks: sheets, headers, rows, merged cells, totals; nothing is lost."""

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from impactkit.data.tables import address, columns, schemas
from impactkit.data.workbook_cells import EXAMPLE, clean, plain, told
from impactkit.data.workbook_file import Cell, Sheet, read_sheets
from impactkit.errors import Problem, RefusedData
from impactkit.wording.catalogue import error, say

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

    workbook: str
    sheet: str
    header: int
    lines: tuple[int, ...]
    columns: Mapping[str, int]

    def cell(self, row: int | None, column: str) -> str:
        """The address of a cell; that of its row when the sheet has no such column."""
        line = self.header if row is None else self.lines[row]
        return address(line, self.columns.get(column, 1) - 1)


@dataclass(frozen=True)
class Taken:
    """A workbook as read: tables as text (the columns found), where they stand, what no table can hold, and
    what is wrong.
    """

    tables: dict[str, pd.DataFrame]
    where: dict[str, Where]
    leftovers: list[dict[str, str]]
    problems: list[Problem]
    # (table, row, column) already said to be wrong, and columns that are nowhere.
    blamed: set[tuple[str, int | None, str]] = field(default_factory=set)


def read_workbook(path: Path) -> Taken:
    """Read a workbook (.xlsx): one sheet per table, found by its name, else by its header.

    Raises RefusedData for what is no readable workbook, and for one where no sheet is known.
    """
    taken = Taken({}, {}, [], [])
    for sheet in read_sheets(path):
        table = _table_of(sheet)
        if table is None:
            taken.leftovers.extend(_kept(path.name, sheet, sheet.cells, {}))
        elif table in taken.where:
            said = say("sheet.twice", other=taken.where[table].sheet)
            taken.problems.append(Problem(path.name, sheet.name, "A1", "", said, say("sheet.twice.next")))
        else:
            _take(path.name, sheet, table, taken)
    if not taken.where and not taken.problems:
        known = ", ".join(schema["sheet"] for schema in schemas().values() if schema.get("light"))
        raise error(RefusedData, "workbook-nothing", where=path.name, known=known)
    return taken


def _table_of(sheet: Sheet) -> str | None:
    """The table of a sheet, by its name, a near spelling, or a header that fits one table alone."""
    names = {plain(name): table for table, schema in schemas().items() for name in _names_of(table, schema)}
    wanted = plain(sheet.name)
    near = [wanted] if wanted in names else difflib.get_close_matches(wanted, names, 1, NEAR_SHEET)
    if near:
        return names[near[0]]
    fits = {}
    for table in schemas():
        _, found = _header(sheet, table, near=False)
        needed = {one["name"] for one in schemas()[table]["fields"] if _needed(table, one)}
        if found and needed and needed <= set(found):
            fits[table] = len(found)
    best = sorted(fits, key=lambda table: -fits[table])
    return best[0] if best and (len(best) == 1 or fits[best[0]] > fits[best[1]]) else None


def _names_of(table: str, schema: Mapping[str, Any]) -> set[str]:
    return {table, schema["title"], schema["sheet"]}


def _needed(table: str, one: Mapping[str, Any]) -> bool:
    """Whether a column must be there: required, and nothing else can give it."""
    code = NAMED.get(table, ("",))[0]
    return bool(one.get("constraints", {}).get("required")) and one["name"] not in (code, *GIVEN)


def _header(sheet: Sheet, table: str, *, near: bool) -> tuple[int, dict[str, list[int]]]:
    """The line that holds most names of the table's columns, and the columns of each field."""
    best: tuple[int, dict[str, list[int]]] = (0, {})
    for line in list(sheet.by_line)[:DEEPEST]:
        found = _columns_of(sheet, line, table, near=near)
        if len(found) >= 2 and len(found) > len(best[1]):
            best = line, found
    return best


def _columns_of(sheet: Sheet, line: int, table: str, *, near: bool) -> dict[str, list[int]]:
    exact: dict[str, str] = {}
    for one in reversed(schemas()[table]["fields"]):
        exact |= {_bare(alias): one["name"] for alias in one.get("aliases", ())}
    # A title is stronger than another column's alias.
    exact |= {
        _bare(one[key]): one["name"] for one in schemas()[table]["fields"] for key in ("name", "title")
    }
    found: dict[str, list[int]] = {}
    unknown = []
    for column, cell in sheet.by_line[line].items():
        if not isinstance(cell.value, str):
            continue
        name = exact.get(_bare(cell.value))
        if name:
            found.setdefault(name, []).append(column)
        else:
            unknown.append((column, _bare(cell.value)))
    for column, words in unknown if near else ():
        match = difflib.get_close_matches(words, exact, 1, NEAR_COLUMN)
        if match and exact[match[0]] not in found:
            found[exact[match[0]]] = [column]
    return found


def _bare(words: str) -> str:
    """A header for comparison: without its star, nor what stands in brackets."""
    return plain(re.sub(r"\([^)]*\)|\*", " ", words))


def _take(file: str, sheet: Sheet, table: str, taken: Taken) -> None:
    header, found = _header(sheet, table, near=True)
    if not found:
        if sheet.cells:
            said = say("sheet.no-header", columns=_titles(table))
            taken.problems.append(Problem(file, sheet.name, "A1", "", said, say("sheet.no-header.next")))
        taken.where[table] = Where(file, sheet.name, 1, (), {})
        return
    where = {name: places[0] for name, places in found.items()}
    for name, places in found.items():
        for column in places[1:]:
            value, said = clean(sheet.cells[header, column].value), say("sheet.column-twice")
            cell = address(header, column - 1)
            taken.problems.append(
                Problem(file, sheet.name, cell, value, said, say("sheet.column-twice.next"))
            )
            taken.blamed.add((table, None, name))
    for one in schemas()[table]["fields"]:
        if _needed(table, one) and one["name"] not in where:
            said = say("check.no-column", name=one["title"])
            cell = address(header, 0)
            taken.problems.append(Problem(file, sheet.name, cell, "", said, say("check.no-column.next")))
            taken.blamed.add((table, None, one["name"]))
    cells = _filled(file, sheet, header, where, table, taken)
    kept = [line for line in sheet.by_line if line > header and _is_row(sheet.by_line[line], where)]
    taken.where[table] = Where(file, sheet.name, header, tuple(kept), where)
    rows = [_row(table, i, line, cells, taken) for i, line in enumerate(kept)]
    taken.tables[table] = pd.DataFrame(
        rows, columns=[name for name in columns(table) if name in where], dtype="str"
    )
    rows_of, mine = set(kept), set(where.values())
    spare = {
        (line, column): cell
        for (line, column), cell in sheet.cells.items()
        if line != header and not (line in rows_of and column in mine)
    }
    heads = {column: clean(cell.value) for column, cell in sheet.by_line[header].items()}
    taken.leftovers.extend(_kept(file, sheet, spare, heads))


def _titles(table: str) -> str:
    return ", ".join(one["title"] for one in schemas()[table]["fields"] if _needed(table, one))


def _filled(
    file: str, sheet: Sheet, header: int, where: Mapping[str, int], table: str, taken: Taken
) -> dict[tuple[int, int], Cell]:
    """The cells, those merged downwards repeated on each line; one figure for several lines is refused."""
    cells = dict(sheet.cells)
    types = {where[one["name"]]: one for one in schemas()[table]["fields"] if one["name"] in where}
    for first, last, left, _ in sheet.merged:
        top = sheet.cells.get((first, left))
        if first <= header or last == first or left not in types or top is None:
            continue
        if types[left]["type"] in ("integer", "number"):
            said, mended = say("sheet.merged"), say("sheet.merged.next")
            cell = address(first, left - 1)
            taken.problems.append(Problem(file, sheet.name, cell, clean(top.value), said, mended))
            continue
        cells |= {(line, left): top for line in range(first, last + 1)}
    return cells


def _is_row(line: Mapping[int, Cell], where: Mapping[str, int]) -> bool:
    """Whether a line is a row of the table: neither blank in its columns, nor a total, nor the example."""
    words = [words for cell in line.values() if (words := clean(cell.value))]
    mine = [told for column in where.values() if column in line and (told := clean(line[column].value))]
    if not mine:
        return False
    if TOTALS.match(plain(words[0])):
        return not all(_is_figure(word) for word in words[1:])
    return not all(word.startswith(EXAMPLE) for word in mine)


def _is_figure(word: str) -> bool:
    return bool(re.fullmatch(r"[\d\s.,€%+\-−]*|=.*", word))


def _row(
    table: str, row: int, line: int, cells: Mapping[tuple[int, int], Cell], taken: Taken
) -> dict[str, str]:
    where = taken.where[table]
    found = {}
    for one in schemas()[table]["fields"]:
        name = one["name"]
        if name not in where.columns:
            continue
        cell = cells.get((line, where.columns[name]))
        found[name] = "" if cell is None else _text(table, row, one, cell, taken)
    return found


def _text(table: str, row: int, one: Mapping[str, Any], cell: Cell, taken: Taken) -> str:
    where, name = taken.where[table], one["name"]
    at = where.cell(row, name)
    if cell.uncomputed or cell.broken:
        key = "cell.uncomputed" if cell.uncomputed else "cell.broken"
        wrong, mended, value = say(key), say(f"{key}.next"), clean(cell.value)
    else:
        said = told(cell.value, one, cell.shown)
        wrong, mended, value = said.wrong, said.next, clean(cell.value)
        if said.missing:
            # It says that nobody knows: the table stays empty, the word is kept.
            head = {"workbook": where.workbook, "sheet": where.sheet, "cell": at}
            taken.leftovers.append({**head, "column": one["title"], "value": value})
        if not wrong:
            return said.text
    taken.problems.append(Problem(where.workbook, where.sheet, at, value, wrong, mended))
    taken.blamed.add((table, row, name))
    return ""


def _kept(
    file: str, sheet: Sheet, cells: Mapping[tuple[int, int], Cell], heads: Mapping[int, str]
) -> Iterator[dict[str, str]]:
    """What no table can hold, cell by cell; the example line is no one's words."""
    for (line, column), cell in sorted(cells.items(), key=lambda one: one[0]):
        words = clean(cell.value)
        if words and not words.startswith(EXAMPLE):
            at = {"workbook": file, "sheet": sheet.name, "cell": address(line, column - 1)}
            yield {**at, "column": heads.get(column, ""), "value": words}
