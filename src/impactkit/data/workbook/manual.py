"""« Mode d'emploi », the sheet on which a workbook opens: how to fill it in, and what each sheet is for."""

import re
from collections.abc import Sequence
from typing import Any

from impactkit.data.tables import schemas
from impactkit.data.workbook.cells import shown_words
from impactkit.data.workbook.sheet import Cell, Sheet
from impactkit.data.workbook.words import plain
from impactkit.wording.language import Language

RULES = ("rows", "empty", "dates", "units", "source", "example", "correct", "hidden", "columns", "send")
NARROW, WIDE = 28, 96
# What a spreadsheet takes for the start of a formula.
STARTS = re.compile(r"\s*[=+\-@]")


def is_manual(language: Language, sheet: Sheet) -> bool:
    """Whether a sheet is the one that says how to fill in the others."""
    return plain(sheet.name) == plain(language.say("manual.sheet"))


def is_ours(language: Language, cell: Cell) -> bool:
    """Whether the kit itself wrote a cell of that sheet; what a person added there is that person's."""
    words, title = plain(shown_words(cell)), plain(language.say("manual.title", title=""))
    every = {language.say("manual.sheets"), *_rules(language)}
    for schema in schemas(language).values():
        every |= {schema["sheet"], schema["description"]}
    return words.startswith(title) or words in set(map(plain, every))


def put_words(cell: Any, words: str) -> None:
    """Words in a cell (openpyxl), as all cells of words are: never a formula, even once it is edited;
    what a workbook cannot hold is marked as lost.
    """
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if not words:
        return
    cell.value = ILLEGAL_CHARACTERS_RE.sub("\ufffd", words)
    cell.data_type = "s"
    # As if an apostrophe had been typed before: opening the cell to change it computes nothing.
    cell.quotePrefix = bool(STARTS.match(words))


def write_manual(language: Language, book: Any, tables: Sequence[str], title: str) -> None:
    """Add the sheet to a workbook (openpyxl), before the others; `tables` are those that it holds."""
    from openpyxl.styles import Alignment, Font

    sheet = book.create_sheet(language.say("manual.sheet"), 0)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = NARROW, WIDE
    lines = [(language.say("manual.title", title=title), "")]
    lines += [("", rule) for rule in _rules(language)]
    lines.append((language.say("manual.sheets"), ""))
    middle = len(lines)
    lines += [
        (schemas(language)[table]["sheet"], schemas(language)[table]["description"]) for table in tables
    ]
    for number, line in enumerate(lines, start=1):
        for column, words in enumerate(line, start=1):
            put_words(sheet.cell(number, column), words)
    sheet["A1"].font = Font(bold=True, size=14)
    sheet.cell(middle, 1).font = Font(bold=True)
    for line in sheet.iter_rows(min_row=2):
        for cell in line:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    book.active = 0


def _rules(language: Language) -> list[str]:
    return [
        language.say(f"manual.{rule}", currency=language.currency_words(language.currency)) for rule in RULES
    ]
