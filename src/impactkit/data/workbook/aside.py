"""Cells that are no value of a table: set aside with a reason, named, and kept in leftovers."""

from collections.abc import Iterator, Mapping

from impactkit.data.tables import columns, letters
from impactkit.data.workbook.cells import shown_words
from impactkit.data.workbook.headers import Header, nearest_column
from impactkit.data.workbook.manual import is_ours
from impactkit.data.workbook.opening import LISTS
from impactkit.data.workbook.sheet import Cell, Place, Sheet
from impactkit.data.workbook.taken import Taken
from impactkit.data.workbook.words import EXAMPLE, clean


def leave_out(sheet: Sheet, taken: Taken) -> None:
    """A hidden sheet is no one's word; the lists of the kit's own workbook are nobody's loss."""
    is_list = sheet.name == LISTS
    set_aside(
        sheet, taken, taken.language.say("aside.lists" if is_list else "aside.hidden-sheet"), keep=False
    )
    if sheet.cells and not is_list:
        count = len(sheet.cells)
        taken.remarks.append(
            taken.language.say("receipt.hidden-sheet", sheet=sheet.name, n=count, count=count)
        )


def set_manual_aside(sheet: Sheet, taken: Taken) -> None:
    """The sheet that says how to fill in the others: what a person added to it is kept, and named."""
    for (line, column), cell in sheet.cells.items():
        words, place = shown_words(cell), f"{letters(column)}{line}"
        if is_ours(taken.language, cell):
            taken.aside(sheet.name, place, words, taken.language.say("aside.manual"))
        elif words:
            _put(taken, sheet, (line, column), 0, words, "aside.remark")


def set_aside(sheet: Sheet, taken: Taken, why: str, *, keep: bool = True) -> None:
    """All of a sheet, cell by cell."""
    for (line, column), cell in sheet.cells.items():
        words, place = shown_words(cell), f"{letters(column)}{line}"
        taken.aside(sheet.name, place, words, why)
        if keep and words and not words.startswith(EXAMPLE):
            taken.keep(sheet.name, place, "", words)
        if keep and cell.comment:
            comment = " ".join(cell.comment.split())
            taken.comments.append((sheet.name, place, comment, taken.language.say("comment.lost")))


def account(
    sheet: Sheet, table: str, header: Header, kinds: Mapping[int, str], dropped: set[Place], taken: Taken
) -> None:
    """Every cell of a table's sheet that is no row's: its title, or why it is left; a column that no table
    has is named once more, for the screen. `kinds`: why each line below the header is no row ("" for one).
    """
    heads = {head.column: head for heads in header.heads.values() for head in heads}
    lines = set(taken.where[table].lines)
    unknown: dict[int, int] = {}
    for (line, column), cell in sheet.cells.items():
        words, place = shown_words(cell), f"{letters(column)}{line}"
        if line == header.line:
            taken.header(sheet.name, place, words, heads.get(column))
        elif (line, column) in dropped:
            taken.aside(sheet.name, place, words, taken.language.say("aside.dropped"))
        elif line not in lines or column not in heads:
            kind = "aside.above" if line < header.line else kinds.get(line) or "aside.column"
            if kind == "aside.example" and not words.startswith(EXAMPLE):
                kind = "aside.outside"
            _put(taken, sheet, (line, column), header.line, words, kind)
            if kind == "aside.column":
                unknown[column] = unknown.get(column, 0) + 1
    for column, count in unknown.items():
        _name_unknown(sheet, table, (header.line, column), count, taken)


def _put(taken: Taken, sheet: Sheet, at: Place, header: int, words: str, kind: str) -> None:
    language = taken.language
    line, column = at
    place = f"{letters(column)}{line}"
    taken.aside(sheet.name, place, words, language.say(kind))
    if kind == "aside.remark":
        place_of = {"sheet": sheet.name, "cell": place, "words": words, "why": language.say(kind)}
        taken.remarks.append(language.say("receipt.line", n=None, **place_of))
    # The example line is no one's words.
    if words and not words.startswith(EXAMPLE):
        title = sheet.cells.get((header, column), Cell(""))
        taken.keep(sheet.name, place, clean(title.value), words)


def _name_unknown(sheet: Sheet, table: str, at: Place, count: int, taken: Taken) -> None:
    language = taken.language
    line, column = at
    title = clean(sheet.cells[at].value) if at in sheet.cells else ""
    near = nearest_column(language, title, table) if title else ""
    hint = language.say("receipt.column.near", name=near) if near else ""
    place = f"{letters(column)}{line}"
    words = language.say("receipt.column", n=count, count=count, sheet=sheet.name, cell=place, title=title)
    taken.remarks.append(f"{words} {hint}".strip())


def comments(sheet: Sheet, table: str, taken: Taken) -> Iterator[tuple[str, str, str, str]]:
    """Comments of cells: kept in the remark of their row, where the table has one; else said to be lost."""
    where, frame = taken.where[table], taken.tables[table]
    row_of = {line: row for row, line in enumerate(where.lines)}
    for (line, column), cell in sheet.cells.items():
        if not cell.comment or line == where.header:
            continue
        place, words = f"{letters(column)}{line}", " ".join(cell.comment.split())
        is_kept = line in row_of and "note" in columns(table)
        if is_kept:
            if "note" not in frame:
                frame["note"] = ""
            before = frame.at[row_of[line], "note"]
            text = taken.language.say("comment.note", cell=place, words=words)
            frame.at[row_of[line], "note"] = f"{before} {text}".strip()
        yield sheet.name, place, words, taken.language.say("comment.kept" if is_kept else "comment.lost")
