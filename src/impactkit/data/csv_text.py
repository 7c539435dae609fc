"""CSV as text, read strictly: a row is as long as the header, a cell holds what a spreadsheet could show.

Every CSV that people give to the kit is read here. Line 1 is the header, as in a spreadsheet: a cell that
holds a line break does not move the lines below it.
"""

import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from impactkit.errors import RefusedData
from impactkit.wording.catalogue import error, say

# What one cell of a spreadsheet holds.
MOST_CHARACTERS = 32_767
# How many lines a refusal names.
MOST_NAMED = 20
# Shown by nothing, refused by workbooks and pages; a tab and a line break are text.
INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


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
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    faults: tuple[LineFault, ...]

    def full_rows(self) -> list[tuple[str, ...]]:
        """The rows, each with as many cells as the header."""
        width = len(self.header)
        nothing = ("",) * width
        return [row if len(row) == width else (*row, *nothing)[:width] for row in self.rows]

    def records(self) -> list[dict[str, str]]:
        """The rows by column; empty lines are none."""
        return [
            dict(zip(self.header, row, strict=True)) for row in self.full_rows() if any(map(str.strip, row))
        ]


def strict(path: Path, *, separator: str = "", unreadable: str = "unreadable-csv") -> CsvText:
    """A CSV without fault. Raises RefusedData naming every line that has one, or saying why the file is no
    CSV (`error.<unreadable>`).

    `separator`: a comma or a semicolon, whichever the header has more of when it is not said.
    """
    return sound(parsed(path, separator=separator, unreadable=unreadable))


def parsed(path: Path, *, separator: str = "", unreadable: str = "unreadable-csv") -> CsvText:
    """A CSV, its faults beside it. Raises RefusedData for what cannot be decoded, or holds nothing."""
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rb") as file:
            text = file.read().decode("utf-8-sig")
    except (UnicodeDecodeError, OSError, EOFError, zlib.error) as cause:
        raise error(RefusedData, unreadable, where=path.name, cause=cause) from cause
    return of_text(text, path.name, separator=separator, unreadable=unreadable)


def of_text(text: str, name: str, *, separator: str = "", unreadable: str = "unreadable-csv") -> CsvText:
    """The same, of the text of a file. Raises RefusedData when it has no header."""
    start = text[: text.find("\n") + 1] or text
    separator = separator or (";" if start.count(";") > start.count(",") else ",")
    rows: list[tuple[str, ...]] = []
    faults: list[LineFault] = []
    for line, (cells, wrong) in enumerate(_lines(text, separator), start=1):
        rows.append(cells)
        if wrong:
            faults.append(LineFault(line, "", wrong))
    while rows and not any(map(str.strip, rows[-1])):
        rows.pop()
    if not rows or not any(map(str.strip, rows[0])):
        raise error(RefusedData, unreadable, where=name, cause=say("csv.empty"))
    header, *others = rows
    lines = {fault.line for fault in faults}
    faults += _twice(header)
    faults += _lengths(header, others, lines)
    if INVISIBLE.search(text) or len(text) > MOST_CHARACTERS:
        faults += _cells(rows)
    faults.sort(key=lambda fault: fault.line)
    return CsvText(name, tuple(header), tuple(others), tuple(faults))


def sound(csv_text: CsvText) -> CsvText:
    """The same, when it has no fault. Raises RefusedData with every line that has one."""
    if not csv_text.faults:
        return csv_text
    lines = [_line(fault) for fault in csv_text.faults[:MOST_NAMED]]
    if len(csv_text.faults) > MOST_NAMED:
        lines.append("…")
    count = len({fault.line for fault in csv_text.faults})
    raise error(RefusedData, "csv-lines", where=csv_text.name, n=count, count=count, lines="\n".join(lines))


def _line(fault: LineFault) -> str:
    value = f" « {fault.value} »" if fault.value else ""
    return say("csv.line", line=fault.line, value=value, wrong=fault.expected)


def _lines(text: str, separator: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """The cells of each line, and what is wrong with its quotation marks."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        try:
            yield tuple(next(reader)), ""
        except StopIteration:
            return
        except csv.Error as cause:
            # The library counts what one field may hold long after a spreadsheet would have cut it.
            long = "limit" in str(cause)
            yield (), say("csv.long-cell", most=MOST_CHARACTERS) if long else say("csv.quotes")


def _twice(header: tuple[str, ...]) -> Iterator[LineFault]:
    names = [name.strip() for name in header]
    for name in dict.fromkeys(names):
        if name and names.count(name) > 1:
            yield LineFault(1, name, say("csv.twice"))


def _lengths(header: tuple[str, ...], rows: list[tuple[str, ...]], faulty: set[int]) -> Iterator[LineFault]:
    width = len(header)
    for line, row in enumerate(rows, start=2):
        if len(row) != width and line not in faulty and any(map(str.strip, row)):
            yield LineFault(line, "", say("csv.length", n=len(row), count=len(row), expected=width))


def _cells(rows: list[tuple[str, ...]]) -> Iterator[LineFault]:
    for line, row in enumerate(rows, start=1):
        for cell in row:
            if len(cell) > MOST_CHARACTERS:
                yield LineFault(line, cell[:20] + "…", say("csv.long-cell", most=MOST_CHARACTERS))
            if invisible := INVISIBLE.search(cell):
                value = INVISIBLE.sub("�", cell)[:20]
                code = f"U+{ord(invisible[0]):04X}"
                yield LineFault(line, value, say("csv.invisible", code=code))
