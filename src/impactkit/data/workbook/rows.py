"""From sheets to rows of the tables: every cell is a row's, or set aside with a reason."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from impactkit.data.money import Money
from impactkit.data.tables import columns, fields, letters, schemas
from impactkit.data.workbook.aside import account, comments, leave_out, set_aside, set_manual_aside
from impactkit.data.workbook.bounds import Tally
from impactkit.data.workbook.cells import Column, read_cell, shown_words
from impactkit.data.workbook.figures import misfit
from impactkit.data.workbook.headers import Header, header_of, needed_columns, table_of
from impactkit.data.workbook.hidden import KEEP, hidden_problems, is_dropped
from impactkit.data.workbook.manual import is_manual
from impactkit.data.workbook.opening import read_sheets
from impactkit.data.workbook.reading import Reading, refused
from impactkit.data.workbook.sheet import Cell, Place, Sheet
from impactkit.data.workbook.taken import Taken, Where
from impactkit.data.workbook.words import DITTO, EXAMPLE, clean, plain
from impactkit.errors import RefusedData

TOTALS = re.compile(r"(sous[- ]?)?(total|totaux)\b")
REMARK = re.compile(r"(note|nb|n\.b|source|remarque|attention|avertissement|lecture|\*|\(\d\)|\d\))")
# A single cell of as many words is a sentence, not the name of a thing.
SENTENCE = 8


def read_workbook(path: Path, money: Money, hidden: str) -> Taken:
    """Read a workbook: one sheet per table, by its name, else by its header. `hidden`: what becomes of
    hidden or struck lines, columns and cells (`ask`, `keep`, `drop`).

    Raises RefusedData for what is no readable workbook, and for one where no sheet is known.
    """
    language = money.language
    taken = Taken(language, path.name)
    for sheet in read_sheets(language, path):
        taken.places |= {(sheet.name, f"{letters(column)}{line}") for line, column in sheet.cells}
        if sheet.hidden:
            leave_out(sheet, taken)
            continue
        if is_manual(language, sheet):
            set_manual_aside(sheet, taken)
            continue
        table = table_of(language, sheet)
        if table is None:
            set_aside(sheet, taken, language.say("aside.sheet"))
        elif table in taken.where:
            other = taken.where[table].sheet
            taken.wrong(sheet.name, "A1", "", *language.advice("sheet.twice", other=other))
            set_aside(sheet, taken, language.say("sheet.twice", other=other), keep=False)
        else:
            _take(sheet, table, taken, money, hidden)
    if not taken.where and not taken.problems:
        names = ", ".join(schema["sheet"] for schema in schemas(language).values() if schema.get("light"))
        raise language.error(RefusedData, "workbook-nothing", where=path.name, known=names)
    return taken


@dataclass(frozen=True)
class _Grid:
    """The cells of a table's sheet, merged ones repeated; those that are dropped; the lines of its rows."""

    cells: Mapping[Place, Cell]
    dropped: set[Place]
    lines: tuple[int, ...]

    def cell(self, row: int, column: int) -> Cell | None:
        """The cell of a row; nothing where it was dropped."""
        place = self.lines[row], column
        return None if place in self.dropped else self.cells.get(place)

    def above(self, row: int, column: int) -> tuple[Cell | None, str]:
        """The nearest cell above that says something of its own, and where it stands."""
        for i in reversed(range(row)):
            cell = self.cell(i, column)
            if cell is not None and plain(clean(cell.value)) not in DITTO:
                return cell, f"{letters(column)}{self.lines[i]}"
        return None, ""


def _take(sheet: Sheet, table: str, taken: Taken, money: Money, hidden: str) -> None:
    language = taken.language
    header = header_of(language, sheet, table, near=True)
    if not header.line:
        needed = ", ".join(needed_columns(language, table).values())
        if sheet.cells:
            taken.wrong(sheet.name, "A1", "", *language.advice("sheet.no-header", columns=needed))
        taken.where[table] = Where(sheet.name, 1, (), {})
        set_aside(sheet, taken, language.say("aside.no-header"))
        return
    where = {name: heads[0].column for name, heads in header.heads.items()}
    read = {name: _column(table, name, header, taken, money, sheet) for name in where}
    _check_header(sheet, table, header, taken)
    kinds = {line: _kind(sheet, line, where) for line in sheet.by_line if line > header.line}
    lines = [line for line, kind in kinds.items() if not kind]
    taken.problems += hidden_problems(language, taken.workbook, sheet, header.line, lines, where, hidden)
    grid = _grid(sheet, header.line, where, read, lines, hidden, taken)
    taken.where[table] = Where(sheet.name, header.line, grid.lines, where)
    names = [name for name in columns(table) if name in where]
    rows = [
        [_text(taken, table, row, name, grid, read[name], money) for name in names]
        for row in range(len(grid.lines))
    ]
    taken.tables[table] = pd.DataFrame(rows, columns=names, dtype="str")
    taken.comments += comments(sheet, table, taken)
    account(sheet, table, header, kinds, grid.dropped, taken)


def _grid(
    sheet: Sheet,
    header: int,
    where: Mapping[str, int],
    read: Mapping[str, Column],
    lines: list[int],
    hidden: str,
    taken: Taken,
) -> _Grid:
    cells = _filled(sheet, header, {where[name]: column for name, column in read.items()}, taken)
    dropped = {place for place in cells if hidden != KEEP and is_dropped(sheet, place)}
    left = cells.keys() - dropped
    kept = [line for line in lines if any((line, column) in left for column in where.values())]
    return _Grid(cells, dropped, tuple(kept))


def _column(table: str, name: str, header: Header, taken: Taken, money: Money, sheet: Sheet) -> Column:
    """A column with the unit of its header; a unit that is not the column's is refused there, once."""
    field, head = fields(taken.language, table)[name], header.heads[name][0]
    wrong = None
    if head.unit and field["type"] in ("integer", "number"):
        wrong = misfit(head.unit, field, money)
    if wrong:
        title = clean(sheet.cells[header.line, head.column].value)
        taken.wrong(sheet.name, f"{letters(head.column)}{header.line}", title, wrong.wrong, wrong.next)
        taken.blamed.add((table, None, name))
    return Column(field, None if wrong else head.unit)


def _check_header(sheet: Sheet, table: str, header: Header, taken: Taken) -> None:
    """Two columns for one, and columns that are nowhere."""
    language = taken.language
    for name, heads in header.heads.items():
        for head in heads[1:]:
            value = clean(sheet.cells[header.line, head.column].value)
            cell = f"{letters(head.column)}{header.line}"
            taken.wrong(sheet.name, cell, value, *language.advice("sheet.column-twice"))
            taken.blamed.add((table, None, name))
    for name, title in needed_columns(language, table).items():
        if name not in header.heads:
            taken.wrong(sheet.name, f"A{header.line}", "", *language.advice("check.no-column", name=title))
            taken.blamed.add((table, None, name))


def _filled(sheet: Sheet, header: int, types: Mapping[int, Column], taken: Taken) -> dict[Place, Cell]:
    """The cells, those merged downwards repeated on each line; one figure for several lines is refused."""
    cells = dict(sheet.cells)
    tally = Tally(taken.language, taken.workbook)
    for first, last, left, _ in sheet.merged:
        top = sheet.cells.get((first, left))
        if first <= header or last == first or left not in types or top is None:
            continue
        if types[left].field["type"] in ("integer", "number"):
            taken.wrong(
                sheet.name,
                f"{letters(left)}{first}",
                clean(top.value),
                *taken.language.advice("sheet.merged"),
            )
        else:
            # A line with nothing of its own is no row.
            lines = sheet.lines_between(first, last)
            tally.add(len(lines), top.value)
            for line in lines:
                cells[line, left] = top
    return cells


def _kind(sheet: Sheet, line: int, where: Mapping[str, int]) -> str:
    """What a line below the header is: "" for a row of the table, else the key of why it is none."""
    words = {column: clean(cell.value) for column, cell in sheet.by_line[line].items()}
    words = {column: text for column, text in words.items() if text}
    inside = [words[column] for column in where.values() if column in words]
    if not inside:
        return "aside.outside"
    first, *after = words.values()
    if TOTALS.match(plain(first)) and all(re.fullmatch(r"[\d\s.,€%+\-−]*|=.*", text) for text in after):
        return "aside.total"
    if all(text.startswith(EXAMPLE) for text in inside):
        return "aside.example"
    return "aside.remark" if not after and _is_remark(sheet, line, first) else ""


def _is_remark(sheet: Sheet, line: int, text: str) -> bool:
    """Whether a cell alone on its line is a remark: across columns, marked as one, or a sentence."""
    return line in sheet.wide_lines or bool(REMARK.match(plain(text))) or len(text.split()) >= SENTENCE


def _text(taken: Taken, table: str, row: int, name: str, grid: _Grid, column: Column, money: Money) -> str:
    """What a cell puts in the table; what it says that the table cannot hold is a problem, or is kept."""
    where = taken.where[table]
    at = where.columns[name]
    cell = grid.cell(row, at)
    if cell is None:
        return ""
    place, value = where.cell(row, name), shown_words(cell)
    reading = _read(cell, grid, row, at, column, money)
    if reading.missing:
        # It says that nobody knows: the table stays empty, the word is kept.
        taken.keep(where.sheet, place, column.field["title"], value)
        taken.aside(where.sheet, place, value, taken.language.say("aside.missing"))
    elif value:
        taken.row_cell(table, row, name, value, reading)
    if reading.wrong:
        taken.wrong(where.sheet, place, value, reading.wrong, reading.next)
        taken.blamed.add((table, row, name))
    return reading.text


def _read(cell: Cell, grid: _Grid, row: int, at: int, column: Column, money: Money) -> Reading:
    """What a cell says; « idem » says what the cell above does, never a figure."""
    is_ditto = isinstance(cell.value, str) and plain(clean(cell.value)) in DITTO
    if not is_ditto or column.field["type"] in ("integer", "number") or column.field.get("verbatim"):
        return read_cell(cell, column, money)
    above, place = grid.above(row, at)
    if above is None:
        return refused(money.language, "cell.idem")
    reading = read_cell(above, column, money)
    return replace(reading, how=money.language.say("cell.idem-above", cell=place, words=shown_words(above)))
