"""Lines, columns and cells that are hidden, or struck through: asked about, never guessed."""

from collections.abc import Iterator, Mapping, Sequence

from impactkit.data.tables import letters
from impactkit.data.workbook.cells import shown_words
from impactkit.data.workbook.sheet import Place, Sheet
from impactkit.errors import Problem
from impactkit.wording.language import Language

ASK, KEEP, DROP = "ask", "keep", "drop"
CHOICES = (ASK, KEEP, DROP)


def checked(language: Language, choice: str) -> str:
    """The choice itself. Raises UnknownName for another word."""
    if choice not in CHOICES:
        raise language.unknown("noun.hidden", choice, CHOICES)
    return choice


def is_dropped(sheet: Sheet, place: Place) -> bool:
    """Whether a cell is hidden or struck through."""
    line, column = place
    cell = sheet.cells.get(place)
    return line in sheet.hidden_lines or column in sheet.hidden_columns or bool(cell and cell.struck)


def hidden_problems(
    language: Language,
    book: str,
    sheet: Sheet,
    header: int,
    lines: Sequence[int],
    where: Mapping[str, int],
    hidden: str,
) -> Iterator[Problem]:
    """One question for each block of hidden lines, each hidden column, each struck cell or line."""
    if hidden != ASK:
        return
    for first, last in _blocks([line for line in lines if line in sheet.hidden_lines]):
        cell = f"A{first}" if first == last else f"A{first}:A{last}"
        yield Problem(book, sheet.name, cell, _first_words(sheet, first), *language.advice("hidden.line"))
    seen = [line for line in lines if line not in sheet.hidden_lines]
    for column in sorted({*where.values()} & sheet.hidden_columns):
        title = shown_words(sheet.cells[header, column])
        yield Problem(
            book, sheet.name, f"{letters(column)}{header}", title, *language.advice("hidden.column")
        )
    for line in seen:
        cells = {at: cell for at, cell in sheet.by_line[line].items() if at in where.values()}
        struck = [at for at, cell in cells.items() if cell.struck]
        if struck and len(struck) == len(cells):
            yield Problem(
                book, sheet.name, f"A{line}", _first_words(sheet, line), *language.advice("hidden.struck")
            )
            continue
        for at in struck:
            words = shown_words(cells[at])
            yield Problem(book, sheet.name, f"{letters(at)}{line}", words, *language.advice("hidden.struck"))


def _first_words(sheet: Sheet, line: int) -> str:
    return shown_words(next(iter(sheet.by_line[line].values())))


def _blocks(lines: Sequence[int]) -> Iterator[tuple[int, int]]:
    """First and last of each run of lines that follow one another."""
    start = previous = None
    for line in lines:
        if previous is not None and line != previous + 1:
            yield start or previous, previous
            start = line
        start, previous = start or line, line
    if previous is not None:
        yield start or previous, previous
