"""What a published workbook becomes once it is read, counted before: its reader makes every cell between the
first and the last, and a text anew for each cell that shows it.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from impactkit.data.unpacking import BLOCK, TooMuch
from impactkit.wording.catalogue import say
from impactkit.wording.numbers import number

MILLION = 1_000_000
# Bytes of all the parts once unpacked; cells of a sheet, those between others too; letters of its texts,
# each counted as often as it may be shown. INSEE's largest has a fifth of that.
MOST_UNPACKED, MOST_CELLS, MOST_LETTERS = 150 * MILLION, 2 * MILLION, 300 * MILLION
# Names of parts, whatever their capitals.
TEXTS, BOOK = "xl/sharedstrings.xml", "xl/workbook.xml"
PLACE = re.compile(rb"""(?<![:\w])r\s*=\s*["']\s*([A-Za-z]{0,3})([0-9]{0,9})\s*["']""")
CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
SHOWN = re.compile(rb"""\bt\s*=\s*["']s["']""")
TEXT_END = re.compile(rb"</(?:\w+:)?si>")
# No reference is longer: what a block cuts in two stands whole with the next.
OVERLAP = 64


@dataclass
class _Extent:
    """How far the cells of a sheet go, how many there are, and how many show a shared text."""

    lines: int = 0
    columns: int = 0
    cells: int = 0
    shown: int = 0

    def add(self, block: bytes) -> None:
        """What a block of the sheet holds. Raises TooMuch for more cells than a sheet may have."""
        for letters, digits in PLACE.findall(block):
            self.lines = max(self.lines, int(digits or 0))
            self.columns = max(self.columns, _column(letters))
        self.cells += len(CELL.findall(block))
        self.shown += len(SHOWN.findall(block))
        if max(self.cells, self.lines * self.columns) > MOST_CELLS:
            raise TooMuch(say("source.cells", most=number(MOST_CELLS)))


def check(path: Path) -> None:
    """Raises TooMuch for a workbook that would cost more than a published one, ValueError for what is none;
    others of DAMAGED for one that cannot be unpacked.
    """
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        if BOOK not in [part.filename.lower() for part in parts]:
            raise ValueError("no workbook")
        if sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise TooMuch(say("csv.large", most=MOST_UNPACKED // MILLION))
        shown = longest = 0
        for part in parts:
            # Each is unpacked whole: one that holds more than it says is damaged. Any may be a sheet.
            if part.filename.lower() == TEXTS:
                longest = max(longest, _longest(archive, part))
            else:
                shown = max(shown, _extent(archive, part).shown)
    if shown * longest > MOST_LETTERS:
        raise TooMuch(say("source.letters", most=number(MOST_LETTERS)))


def _extent(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> _Extent:
    extent, tail = _Extent(), b""
    for block in _blocks(archive, part):
        extent.add(tail + block)
        tail = block[-OVERLAP:]
    return extent


def _longest(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> int:
    """Bytes of the longest shared text, its marks included."""
    longest = length = 0
    tail = b""
    for block in _blocks(archive, part):
        *ended, tail = TEXT_END.split(tail + block)
        for text in ended:
            longest = max(longest, length + len(text))
            length = 0
        # Of a text that goes on, only the end may hold a mark.
        length += max(len(tail) - OVERLAP, 0)
        tail = tail[-OVERLAP:]
    return max(longest, length + len(tail))


def _blocks(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(part) as file:
        while block := file.read(BLOCK):
            yield block


def _column(letters: bytes) -> int:
    place = 0
    for letter in letters.upper():
        place = place * 26 + letter - 64
    return place
