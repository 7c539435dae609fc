"""What a published workbook may become once opened, counted before its reader sees it.

That reader makes every cell between the first and the last, and a copy of a shared text for each cell that
shows it.
"""

import contextlib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.parsers import expat

from impactkit.data.unpacking import DAMAGED
from impactkit.data.workbook.bounds import CHUNK, MILLION, parser_of
from impactkit.errors import ImpactkitError, RefusedData
from impactkit.wording.language import Language

# Cells of one sheet from its corner on, elements of all parts, letters as they are shown, bytes unpacked: of
# the largest that INSEE publishes, ten times what it has.
MOST_CELLS, MOST_ELEMENTS = 3 * MILLION, 6 * MILLION
MOST_LETTERS, MOST_UNPACKED = 60 * MILLION, 300 * MILLION
LETTERS, DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"


def check_book(language: Language, path: Path) -> None:
    """Raises RefusedData for an .xlsx that would become too large, ValueError for what is no .xlsx."""
    try:
        with zipfile.ZipFile(path) as archive:
            _check_parts(language, archive, path)
    except (*DAMAGED, expat.ExpatError) as cause:
        raise ValueError(language.say("source.no-workbook")) from cause


@contextlib.contextmanager
def reader_of_values(language: Language) -> Iterator[None]:
    """Within, a fault of the reader that is written in Rust, no Exception of Python's, raises ValueError."""
    try:
        yield
    except BaseException as cause:
        if type(cause).__name__ != "PanicException":
            raise
        raise ValueError(language.say("source.no-workbook")) from cause


def _check_parts(language: Language, archive: zipfile.ZipFile, path: Path) -> None:
    parts = archive.infolist()
    if sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise _too_large(language, path)
    count = _Count()
    for part in parts:
        if part.filename.lower().endswith((".xml", ".rels")):
            _read_part(language, archive, part, count, path)
    if sum(map(count.letters_of, count.texts_shown)) + count.letters > MOST_LETTERS:
        raise _too_large(language, path)


def _read_part(
    language: Language, archive: zipfile.ZipFile, part: zipfile.ZipInfo, count: "_Count", path: Path
) -> None:
    count.part_begins()
    parser = parser_of(count)
    with archive.open(part) as file:
        while block := file.read(CHUNK):
            parser.Parse(block, False)
            if count.elements > MOST_ELEMENTS or count.letters > MOST_LETTERS:
                raise _too_large(language, path)
        parser.Parse(b"", True)
    if count.area() > MOST_CELLS:
        raise _too_large(language, path)


def _too_large(language: Language, path: Path) -> ImpactkitError:
    return language.error(RefusedData, "source-large", where=path.name, most=language.number(MOST_CELLS))


@dataclass
class _Count:
    """What the parts of a workbook would make: elements and letters of all, the cells of the part being
    read, the letters of each shared text, which of them are shown.
    """

    elements: int = 0
    letters: int = 0
    shared: list[int] = field(default_factory=list)
    texts_shown: list[str] = field(default_factory=list)
    rows: set[str] = field(default_factory=set)
    lines: set[str] = field(default_factory=set)
    columns: set[str] = field(default_factory=set)
    unplaced: int = 0
    inside: str = ""
    is_shared: bool = False

    def part_begins(self) -> None:
        """Another part: its cells are counted from none."""
        self.rows, self.lines, self.columns, self.unplaced = set(), set(), set(), 0
        self.inside = ""

    def start(self, name: str, attributes: dict[str, Any]) -> None:
        """An element begins."""
        self.elements += 1
        local = name.rpartition(":")[2]
        self.inside = local
        if local == "c":
            place = attributes.get("r", "").strip().upper()
            self.unplaced += not place
            self.lines.add(place.lstrip(LETTERS))
            self.columns.add(place.rstrip(DIGITS))
            self.is_shared = attributes.get("t") == "s"
        elif local == "row":
            self.rows.add(attributes.get("r", "").strip())
        elif local == "si":
            self.shared.append(0)

    def end(self, name: str) -> None:
        """An element ends: what follows is not its own."""
        self.inside = ""

    def text(self, words: str) -> None:
        """Text of an element."""
        if self.inside == "v" and self.is_shared:
            self.texts_shown.append(words)
        elif self.inside == "t" and self.shared:
            self.shared[-1] += len(words)
        else:
            self.letters += len(words)

    def area(self) -> int:
        """The cells from the corner to the last one of this part; one without a place follows others."""
        named = self.lines | self.rows if self.unplaced else self.lines
        lines = max((int(line) for line in named if line.isdecimal()), default=0)
        columns = max((_column(letters) for letters in self.columns), default=0)
        return (lines + self.unplaced) * (columns + self.unplaced)

    def letters_of(self, text: str) -> int:
        """The letters of the shared text of this number."""
        text = text.strip()
        at = int(text) if text.isdecimal() else -1
        return self.shared[at] if 0 <= at < len(self.shared) else 0


def _column(letters: str) -> int:
    number_of_column = 0
    for letter in letters[:4]:
        number_of_column = number_of_column * 26 + LETTERS.find(letter) + 1
    return number_of_column
