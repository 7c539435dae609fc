"""CSV as text, read strictly: a row is as long as the header, a cell holds what a spreadsheet could show.

Every CSV that people give to the kit is read here. Line 1 is the header, as in a spreadsheet: a cell that
holds a line break does not move the lines below it.
"""

import csv
import io
import itertools
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from impactkit.data.csv_writing import MARKED, original
from impactkit.data.unpacking import MOST_VALUES, TooMuch, whole
from impactkit.errors import RefusedData
from impactkit.wording.language import Language

# What one cell of a spreadsheet holds.
MOST_CHARACTERS = 32_767
# Lines as they end in a file: what else Python calls the end of a line is a letter of a cell.
LINE = re.compile("[^\\r\\n]*(?:\\r\\n|\\r|\\n)|[^\\r\\n]+")
# How many lines a refusal names.
MOST_NAMED = 20
# Shown by nothing, refused by workbooks and pages; a tab and a line break are text.
INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
COMMA, SEMICOLON = ",", ";"
Row = Sequence[str]


@dataclass(frozen=True)
class Most:
    """What a file may hold: bytes (0: as many as any published table), cells, columns."""

    size: int
    cells: int
    columns: int


PUBLISHED = Most(0, MOST_VALUES, 20_000)
# A table of an evaluation has some twenty columns; two hundred thousand projects are within these.
OWN = Most(100_000_000, 6_000_000, 500)


@dataclass(frozen=True)
class LineFault:
    """What is wrong with a line: its number, what is found there, and the sentence that says so."""

    line: int
    value: str
    expected: str


@dataclass(frozen=True)
class CsvText:
    """A CSV as it stands: row `n` is on line `n + 2`, an empty line between others is a row without cells.

    `faults`: what keeps it from being read for sure, by line.
    """

    name: str
    header: Row
    rows: Sequence[Row]
    faults: Sequence[LineFault]

    def full_rows(self) -> list[Row]:
        """The rows, each with as many cells as the header."""
        width = len(self.header)
        nothing = [""] * width
        rows: list[Row] = []
        for row in self.rows:
            if len(row) != width:
                row = [*row, *nothing][:width]
            rows.append(row)
        return rows

    def records(self) -> list[dict[str, str]]:
        """The rows by column; empty lines are none."""
        records = []
        for row in self.full_rows():
            if not is_blank(row):
                record = zip(self.header, row, strict=True)
                records.append(dict(record))
        return records


def is_blank(row: Row) -> bool:
    """Whether a row holds nothing but spaces."""
    return not any(map(str.strip, row))


def strict(
    language: Language,
    path: Path,
    *,
    separator: str = "",
    unreadable: str = "unreadable-csv",
    most: Most = PUBLISHED,
) -> CsvText:
    """A CSV without fault. Raises RefusedData naming every line that has one, or saying why the file is no
    CSV (`error.<unreadable>`).

    `separator`: a comma or a semicolon, whichever the header has more of when it is not said.
    """
    csv_text = parsed(language, path, separator=separator, unreadable=unreadable, most=most)
    return sound(language, csv_text)


def parsed(
    language: Language,
    path: Path,
    *,
    separator: str = "",
    unreadable: str = "unreadable-csv",
    most: Most = PUBLISHED,
) -> CsvText:
    """A CSV, its faults beside it. Raises RefusedData for what cannot be decoded, holds nothing, or more
    than it may.
    """
    try:
        content = whole(language, path, most.size) if most.size else whole(language, path)
    except (TooMuch, OSError, EOFError, zlib.error) as cause:
        raise language.error(RefusedData, unreadable, where=path.name, cause=cause) from cause
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as cause:
        foreign = language.say("csv.not-utf8", lines=_foreign_lines(content))
        raise language.error(RefusedData, unreadable, where=path.name, cause=foreign) from cause
    return of_text(language, text, path.name, separator=separator, unreadable=unreadable, most=most)


def _foreign_lines(content: bytes) -> str:
    """The numbers of the lines that are not in UTF-8, the first of them."""
    numbers: list[str] = []
    for place, line in enumerate(content.split(b"\n"), start=1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            numbers.append(str(place))
        if len(numbers) > MOST_NAMED:
            return ", ".join([*numbers[:MOST_NAMED], "…"])
    return ", ".join(numbers)


def of_text(
    language: Language,
    text: str,
    name: str,
    *,
    separator: str = "",
    unreadable: str = "unreadable-csv",
    most: Most = PUBLISHED,
) -> CsvText:
    """The same, of the text of a file. Raises RefusedData when it has no header, or too much."""
    separator = separator or _separator(text)
    if sum(text.count(mark) for mark in (separator, "\n", "\r")) > most.cells:
        cause = language.say("csv.cells", most=language.number(most.cells))
        raise language.error(RefusedData, unreadable, where=name, cause=cause)
    rows, faults = _split(language, text, separator)
    if MARKED.search(text):
        rows = [[original(cell) for cell in row] for row in rows]
    while rows and is_blank(rows[-1]):
        rows.pop()
    if not rows or is_blank(rows[0]):
        raise language.error(RefusedData, unreadable, where=name, cause=language.say("csv.empty"))
    header = rows.pop(0)
    if len(header) > most.columns:
        cause = language.say("csv.columns", most=language.number(most.columns))
        raise language.error(RefusedData, unreadable, where=name, cause=cause)
    unquoted = {fault.line for fault in faults}
    faults += _twice(language, header)
    faults += _lengths(language, header, rows, unquoted)
    if INVISIBLE.search(text) or max(map(len, itertools.chain(*rows)), default=0) > MOST_CHARACTERS:
        faults += _cells(language, [header, *rows])
    faults.sort(key=lambda fault: fault.line)
    return CsvText(name, header, rows, faults)


def sound(language: Language, csv_text: CsvText) -> CsvText:
    """The same, when it has no fault. Raises RefusedData with every line that has one."""
    faults = csv_text.faults
    if not faults:
        return csv_text
    lines = [_line(language, fault) for fault in faults[:MOST_NAMED]]
    if len(faults) > MOST_NAMED:
        lines.append("…")
    count = len({fault.line for fault in faults})
    named = "\n".join(lines)
    raise language.error(RefusedData, "csv-lines", where=csv_text.name, n=count, count=count, lines=named)


def _line(language: Language, fault: LineFault) -> str:
    value = f" « {fault.value} »" if fault.value else ""
    return language.say("csv.line", line=fault.line, value=value, wrong=fault.expected)


def _separator(text: str) -> str:
    header, _, _ = text.partition("\n")
    return SEMICOLON if header.count(SEMICOLON) > header.count(COMMA) else COMMA


def _split(language: Language, text: str, separator: str) -> tuple[list[Row], list[LineFault]]:
    """The rows of a text, and the lines whose quotation marks are wrong."""
    lines = io.StringIO(text, newline="")
    try:
        return list(csv.reader(lines, delimiter=separator, strict=True)), []
    except csv.Error:
        # Line by line, then, which takes longer.
        rows: list[Row] = []
        faults: list[LineFault] = []
        for cells, wrong in _lines(language, text, separator):
            rows.append(cells)
            if wrong:
                faults.append(LineFault(len(rows), "", wrong))
        return rows, faults


def _lines(language: Language, text: str, separator: str) -> Iterator[tuple[Row, str]]:
    """The cells of each line, and what is wrong with its quotation marks."""
    # One line at a time: a file in memory would take four bytes a letter.
    lines = (match[0] for match in LINE.finditer(text))
    reader = csv.reader(lines, delimiter=separator, strict=True)
    while True:
        try:
            yield next(reader), ""
        except StopIteration:
            return
        except csv.Error as cause:
            yield (), _misread(language, str(cause))


def _misread(language: Language, cause: str) -> str:
    # The library counts what one field may hold long after a spreadsheet would have cut it.
    if "limit" in cause:
        return language.say("csv.long-cell", most=MOST_CHARACTERS)
    return language.say("csv.quotes")


def _twice(language: Language, header: Row) -> Iterator[LineFault]:
    names = Counter(name.strip() for name in header)
    for name, count in names.items():
        if name and count > 1:
            yield LineFault(1, name, language.say("csv.twice"))


def _lengths(
    language: Language, header: Row, rows: Sequence[Row], unquoted: set[int]
) -> Iterator[LineFault]:
    expected = len(header)
    if set(map(len, rows)) <= {expected}:
        return
    for line, row in enumerate(rows, start=2):
        count = len(row)
        if count == expected or line in unquoted or is_blank(row):
            continue
        wrong = language.say("csv.length", n=count, count=count, expected=expected)
        yield LineFault(line, "", wrong)


def _cells(language: Language, rows: Sequence[Row]) -> Iterator[LineFault]:
    for line, row in enumerate(rows, start=1):
        for cell in row:
            for value, wrong in cell_faults(language, cell):
                yield LineFault(line, value, wrong)


def cell_faults(language: Language, cell: str) -> Iterator[tuple[str, str]]:
    """What keeps a cell from being shown, in a sentence, beside how the cell begins."""
    start = INVISIBLE.sub("�", cell[:20])
    if len(cell) > MOST_CHARACTERS:
        yield f"{start}…", language.say("csv.long-cell", most=MOST_CHARACTERS)
    if invisible := INVISIBLE.search(cell):
        yield start, language.say("csv.invisible", code=f"U+{ord(invisible[0]):04X}")
