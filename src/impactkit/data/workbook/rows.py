"""From sheets to rows of the tables: every cell is a row's, or set aside with a reason."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from impactkit.data.money import Money
from impactkit.data.tables import columns, fields, letters, schemas
from impactkit.data.workbook.cells import Column, read_cell, shown_words
from impactkit.data.workbook.figures import misfit
from impactkit.data.workbook.headers import Header, header_of, nearest_column, needed_columns, table_of
from impactkit.data.workbook.hidden import KEEP, hidden_problems, is_dropped
from impactkit.data.workbook.opening import LISTS, read_sheets
from impactkit.data.workbook.sheet import Cell, Place, Sheet
from impactkit.data.workbook.taken import Taken, Where
from impactkit.data.workbook.words import EXAMPLE, clean, plain
from impactkit.errors import RefusedData
from impactkit.wording.catalogue import advice, error, say

TOTALS = re.compile(r"(sous[- ]?)?(total|totaux)\b")
REMARK = re.compile(r"(note|nb|n\.b|source|remarque|attention|avertissement|lecture|\*|\(\d\)|\d\))")
# A single cell of as many words is a sentence, not the name of a thing.
SENTENCE = 8


def read_workbook(path: Path, money: Money, hidden: str) -> Taken:
    """Read a workbook: one sheet per table, by its name, else by its header. `hidden`: what becomes of
    hidden or struck lines, columns and cells (`ask`, `keep`, `drop`).

    Raises RefusedData for what is no readable workbook, and for one where no sheet is known.
    """
    taken = Taken(path.name)
    for sheet in read_sheets(path):
        taken.places |= {(sheet.name, f"{letters(column)}{line}") for line, column in sheet.cells}
        table = None if sheet.hidden else table_of(sheet)
        if sheet.hidden:
            _leave_out(sheet, taken)
        elif table is None:
            _set_aside(sheet, sheet.cells, taken, say("aside.sheet"))
            taken.comments += _lost_comments(sheet)
        elif table in taken.where:
            other = taken.where[table].sheet
            taken.wrong(sheet.name, "A1", "", *advice("sheet.twice", other=other))
            _set_aside(sheet, sheet.cells, taken, say("sheet.twice", other=other), keep=False)
        else:
            _take(sheet, table, taken, money, hidden)
    if not taken.where and not taken.problems:
        known = ", ".join(schema["sheet"] for schema in schemas().values() if schema.get("light"))
        raise error(RefusedData, "workbook-nothing", where=path.name, known=known)
    return taken


def _leave_out(sheet: Sheet, taken: Taken) -> None:
    """A hidden sheet is no one's word; the lists of the kit's own workbook are nobody's loss."""
    why = say("aside.lists" if sheet.name == LISTS else "aside.hidden-sheet")
    _set_aside(sheet, sheet.cells, taken, why, keep=False)
    if sheet.name != LISTS and sheet.cells:
        taken.remarks.append(
            say("receipt.hidden-sheet", sheet=sheet.name, n=len(sheet.cells), count=len(sheet.cells))
        )


def _take(sheet: Sheet, table: str, taken: Taken, money: Money, hidden: str) -> None:
    header = header_of(sheet, table, near=True)
    if not header.line:
        needed = ", ".join(needed_columns(table).values())
        if sheet.cells:
            taken.wrong(sheet.name, "A1", "", *advice("sheet.no-header", columns=needed))
        taken.where[table] = Where(sheet.name, 1, (), {})
        _set_aside(sheet, sheet.cells, taken, say("aside.no-header"))
        return
    where = {name: heads[0].column for name, heads in header.heads.items()}
    read = {name: _column(table, name, header, taken, money, sheet) for name in where}
    _check_header(sheet, table, header, taken)
    cells = _filled(sheet, header.line, {where[name]: column for name, column in read.items()}, taken)
    kinds = {line: _kind(sheet, line, where) for line in sheet.by_line if line > header.line}
    lines = [line for line, kind in kinds.items() if not kind]
    taken.problems += hidden_problems(taken.workbook, sheet, header.line, lines, where, hidden)
    dropped = {place for place in cells if hidden != KEEP and is_dropped(sheet, place)}
    lines = [
        line
        for line in lines
        if any((line, at) in cells and (line, at) not in dropped for at in where.values())
    ]
    taken.where[table] = Where(sheet.name, header.line, tuple(lines), where)
    names = [name for name in columns(table) if name in where]
    rows = []
    for row, line in enumerate(lines):
        places = {name: (line, where[name]) for name in names}
        texts = [
            _text(taken, table, row, name, None if place in dropped else cells.get(place), read[name], money)
            for name, place in places.items()
        ]
        rows.append(texts)
    taken.tables[table] = pd.DataFrame(rows, columns=names, dtype="str")
    taken.comments += _comments(sheet, table, taken)
    _account(sheet, table, header, kinds, dropped, taken)


def _column(table: str, name: str, header: Header, taken: Taken, money: Money, sheet: Sheet) -> Column:
    """A column with the unit of its header; a unit that is not the column's is refused there, once."""
    field, head = fields(table)[name], header.heads[name][0]
    wrong = None
    if head.unit and field["type"] in ("integer", "number"):
        wrong = misfit(head.unit, field, money)
    if wrong:
        cell = f"{letters(head.column)}{header.line}"
        taken.wrong(
            sheet.name, cell, clean(sheet.cells[header.line, head.column].value), wrong.wrong, wrong.next
        )
        taken.blamed.add((table, None, name))
    return Column(field, None if wrong else head.unit)


def _check_header(sheet: Sheet, table: str, header: Header, taken: Taken) -> None:
    """Two columns for one, and columns that are nowhere."""
    for name, heads in header.heads.items():
        for head in heads[1:]:
            value = clean(sheet.cells[header.line, head.column].value)
            cell = f"{letters(head.column)}{header.line}"
            taken.wrong(sheet.name, cell, value, *advice("sheet.column-twice"))
            taken.blamed.add((table, None, name))
    for name, title in needed_columns(table).items():
        if name not in header.heads:
            taken.wrong(sheet.name, f"A{header.line}", "", *advice("check.no-column", name=title))
            taken.blamed.add((table, None, name))


def _filled(sheet: Sheet, header: int, types: Mapping[int, Column], taken: Taken) -> dict[Place, Cell]:
    """The cells, those merged downwards repeated on each line; one figure for several lines is refused."""
    cells = dict(sheet.cells)
    for first, last, left, _ in sheet.merged:
        top = sheet.cells.get((first, left))
        if first <= header or last == first or left not in types or top is None:
            continue
        if types[left].field["type"] in ("integer", "number"):
            taken.wrong(sheet.name, f"{letters(left)}{first}", clean(top.value), *advice("sheet.merged"))
        else:
            cells |= {(line, left): top for line in range(first, last + 1)}
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
    is_wide = any(top <= line <= bottom and left < right for top, bottom, left, right in sheet.merged)
    return is_wide or bool(REMARK.match(plain(text))) or len(text.split()) >= SENTENCE


def _text(
    taken: Taken, table: str, row: int, name: str, cell: Cell | None, column: Column, money: Money
) -> str:
    """What a cell puts in the table; what it says that the table cannot hold is a problem, or is kept."""
    if cell is None:
        return ""
    where, value = taken.where[table], shown_words(cell)
    reading, place = read_cell(cell, column, money), taken.where[table].cell(row, name)
    if reading.missing:
        # It says that nobody knows: the table stays empty, the word is kept.
        taken.keep(where.sheet, place, column.field["title"], value)
        taken.aside(where.sheet, place, value, say("aside.missing"))
    elif reading.wrong:
        taken.wrong(where.sheet, place, value, reading.wrong, reading.next)
        taken.blamed.add((table, row, name))
    if value and not reading.missing:
        taken.row_cell(table, row, name, value, reading)
    return reading.text


def _comments(sheet: Sheet, table: str, taken: Taken) -> Iterator[tuple[str, str, str, str]]:
    """Comments of cells: kept in the remark of their row, where the table has one; else said to be lost."""
    where, frame = taken.where[table], taken.tables[table]
    row_of = {line: row for row, line in enumerate(where.lines)}
    for (line, column), cell in sheet.cells.items():
        if not cell.comment or line == where.header:
            continue
        place, words = f"{letters(column)}{line}", " ".join(cell.comment.split())
        kept = line in row_of and "note" in columns(table)
        if kept:
            if "note" not in frame:
                frame["note"] = ""
            before = frame.at[row_of[line], "note"]
            text = say("comment.note", cell=place, words=words)
            frame.at[row_of[line], "note"] = f"{before} {text}".strip()
        yield sheet.name, place, words, say("comment.kept" if kept else "comment.lost")


def _lost_comments(sheet: Sheet) -> Iterator[tuple[str, str, str, str]]:
    """Comments of a sheet that is no table."""
    for (line, column), cell in sheet.cells.items():
        if cell.comment:
            words = " ".join(cell.comment.split())
            yield sheet.name, f"{letters(column)}{line}", words, say("comment.lost")


def _account(
    sheet: Sheet, table: str, header: Header, kinds: Mapping[int, str], dropped: set[Place], taken: Taken
) -> None:
    """Every cell that is no row's, with why; a column that no table has is named once more on the screen."""
    where = taken.where[table]
    heads = {head.column: head for heads in header.heads.values() for head in heads}
    lines, unknown = set(where.lines), dict[int, int]()
    for (line, column), cell in sheet.cells.items():
        words, place = shown_words(cell), f"{letters(column)}{line}"
        if line == header.line:
            taken.header(sheet.name, place, words, heads.get(column))
        elif (line, column) in dropped:
            taken.aside(sheet.name, place, words, say("aside.dropped"))
        elif line in lines and column in heads:
            continue
        elif line < header.line:
            _put_aside(taken, sheet, place, header.line, column, words, "aside.above")
        elif kind := kinds.get(line, ""):
            if kind == "aside.example" and not words.startswith(EXAMPLE):
                kind = "aside.outside"
            _put_aside(taken, sheet, place, header.line, column, words, kind)
        else:
            unknown[column] = unknown.get(column, 0) + 1
            _put_aside(taken, sheet, place, header.line, column, words, "aside.column")
    for column, count in unknown.items():
        _say_unknown(sheet, table, header.line, column, count, taken)


def _say_unknown(sheet: Sheet, table: str, line: int, column: int, count: int, taken: Taken) -> None:
    title = clean(sheet.cells[line, column].value) if (line, column) in sheet.cells else ""
    near = nearest_column(title, table) if title else ""
    hint = say("receipt.column.near", name=near) if near else ""
    about: dict[str, Any] = {"sheet": sheet.name, "cell": f"{letters(column)}{line}", "title": title}
    taken.remarks.append(f"{say('receipt.column', n=count, count=count, **about)} {hint}".strip())


def _put_aside(
    taken: Taken, sheet: Sheet, place: str, header: int, column: int, words: str, key: str
) -> None:
    head = sheet.cells.get((header, column), Cell(""))
    taken.aside(sheet.name, place, words, say(key))
    if key == "aside.remark":
        about = {"sheet": sheet.name, "cell": place, "words": words}
        taken.remarks.append(say("receipt.line", **about, why=say(key)))
    # The example line is no one's words.
    if words and not words.startswith(EXAMPLE):
        taken.keep(sheet.name, place, clean(head.value), words)


def _set_aside(
    sheet: Sheet, cells: Mapping[Place, Cell], taken: Taken, why: str, *, keep: bool = True
) -> None:
    """All of a sheet, cell by cell."""
    for (line, column), cell in cells.items():
        words, place = shown_words(cell), f"{letters(column)}{line}"
        taken.aside(sheet.name, place, words, why)
        if keep and words and not words.startswith(EXAMPLE):
            taken.keep(sheet.name, place, "", words)
