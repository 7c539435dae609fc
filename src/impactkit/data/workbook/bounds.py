"""What a workbook may become once opened, counted before and while it is read: never guessed from its size.

The file of a spreadsheet says « a million » in ten letters: repeats, ranges, shared texts and formulas are
counted as what they make.
"""

import re
import zipfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Any, Protocol
from xml.parsers import expat

from impactkit.errors import ImpactkitError, RefusedData
from impactkit.wording.language import Language

MILLION = 1_000_000
# Bytes of the file, of one of its parts once unpacked, of all of them.
MOST_FILE, MOST_PART, MOST_UNPACKED = 30 * MILLION, 50 * MILLION, 100 * MILLION
# Cells, empty ones too where a reader makes them; letters, a text counted each time it is shown.
MOST_CELLS, MOST_LETTERS = 60_000, 10 * MILLION
# Elements of the XML: those of rows cost the least; the others, and cells made by a range, more.
MOST_ELEMENTS, DEAR, FILLED = 300_000, 6, 3
# Records of an old workbook, read twice each.
MOST_RECORDS = MILLION
MOST_DEPTH = 200
# Sizes of a sheet (18.3.1.73 and 18.3.1.13 of ECMA-376, part 1).
LAST_LINE, LAST_COLUMN = 1_048_576, 16_384
CHUNK = 65_536
# Elements that stand for as many cells as their range has.
RANGES = {"mergeCell": "ref", "hyperlink": "ref"}
CORNER = re.compile(r"([A-Za-z]{0,3})([0-9]{0,7})")
IN_ROWS = frozenset({"row", "si", "table-row"})


@dataclass
class Tally:
    """Counts what a reader makes of a file, and refuses it beyond the limits."""

    language: Language
    where: str
    cells: int = 0
    letters: int = 0
    steps: int = 0

    def step(self) -> None:
        """One record of the file, whatever it says. Raises RefusedData beyond the limit."""
        self.steps += 1
        if self.steps > MOST_RECORDS:
            raise self.language.error(
                RefusedData, "workbook-elements", where=self.where, most=self.language.number(MOST_CELLS)
            )

    def add(self, cells: int, value: Any = "") -> None:
        """So many cells that hold a value. Raises RefusedData beyond what a workbook may hold."""
        language = self.language
        self.cells += cells
        if isinstance(value, str):
            self.letters += cells * len(value)
        if self.cells > MOST_CELLS:
            raise language.error(
                RefusedData, "workbook-cells", where=self.where, most=language.number(MOST_CELLS)
            )
        if self.letters > MOST_LETTERS:
            raise language.error(
                RefusedData, "workbook-letters", where=self.where, most=language.number(MOST_LETTERS)
            )


def check_size(language: Language, path: Path) -> None:
    """Raises RefusedData for a file larger than any workbook of an evaluation."""
    if path.stat().st_size > MOST_FILE:
        raise too_large(language, path, MOST_FILE)


def too_large(language: Language, path: Path, most: int) -> ImpactkitError:
    """The refusal of what would be larger than `most` bytes."""
    return language.error(RefusedData, "workbook-bomb", where=path.name, most=most // MILLION)


def check_parts(language: Language, path: Path) -> None:
    """Count the elements of every part of a zipped workbook, as often as another part calls for it.

    Raises RefusedData beyond the limits, ValueError for XML that declares entities or has no bottom.
    """
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        sizes = [part.file_size for part in parts]
        if sum(sizes) > MOST_UNPACKED or max(sizes, default=0) > MOST_PART:
            raise too_large(language, path, MOST_UNPACKED if sum(sizes) > MOST_UNPACKED else MOST_PART)
        scans = {}
        for part in parts:
            scans[part.filename] = _scanned(language, archive, part, path.name)
    calls: Counter[str] = Counter()
    for name, scan in scans.items():
        calls.update(_targets(name, scan))
    cost = sum(scan.cost * max(calls[name], 1) for name, scan in scans.items())
    _check_cost(language, cost, path.name)


def _check_cost(language: Language, cost: int, where: str) -> None:
    """Raises RefusedData for XML that would cost too much to read."""
    if cost > MOST_ELEMENTS:
        raise language.error(RefusedData, "workbook-elements", where=where, most=language.number(MOST_CELLS))


@dataclass
class _Scan:
    """What the XML of one part would cost to read."""

    language: Language
    where: str
    cost: int = 0
    depth: int = 0
    row_depth: int = 0
    inside: str = ""
    formula: int = 0
    targets: list[str] = field(default_factory=list)
    sheets: set[str] = field(default_factory=set)

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        local = name.rpartition(":")[2]
        self.inside = local
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise ValueError("XML without a bottom")
        if local in IN_ROWS and not self.row_depth:
            self.row_depth = self.depth
        self.cost += 1 if self.row_depth else DEAR
        self.cost += len(attributes) // 16
        if local in RANGES:
            self.cost += FILLED * _area(attributes.get(RANGES[local], ""))
        elif local == "f" and attributes.get("t") == "shared":
            # The first holds the text, which each of the others moves to its place.
            self.cost += self.formula
        elif local == "Relationship" and attributes.get("TargetMode") != "External":
            self.targets.append(attributes.get("Target", ""))
        elif local == "sheet":
            self._sheet(attributes)
        _check_cost(self.language, self.cost, self.where)

    def _sheet(self, attributes: Mapping[str, str]) -> None:
        for name, value in attributes.items():
            if name.endswith(":id"):
                if value in self.sheets:
                    raise ValueError("two sheets for one part")
                self.sheets.add(value)

    def end(self, name: str) -> None:
        """An element ends."""
        if self.depth == self.row_depth:
            self.row_depth = 0
        self.depth -= 1

    def text(self, words: str) -> None:
        """Text of an element; the longest stands for the formula that others share."""
        if self.inside == "f":
            self.formula = max(self.formula, len(words) // 4)


class Scan(Protocol):
    """What counts the elements and the texts of XML while it is read."""

    def start(self, name: str, attributes: dict[str, Any]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, words: str) -> None:
        """Text of an element."""


def parser_of(scan: Scan) -> expat.XMLParserType:
    """A parser that tells a scan what it reads. Raises ValueError for a declaration of entities."""
    parser = expat.ParserCreate()
    # Else a text would come in pieces.
    parser.buffer_text = True
    parser.buffer_size = CHUNK
    parser.StartElementHandler = scan.start
    parser.EndElementHandler = scan.end
    parser.CharacterDataHandler = scan.text
    parser.StartDoctypeDeclHandler = _declared
    return parser


def _declared(*_: Any) -> None:
    """A declaration of a document's type, where entities are: no workbook has one."""
    raise ValueError("a declaration of entities")


def _scanned(language: Language, archive: zipfile.ZipFile, part: zipfile.ZipInfo, where: str) -> _Scan:
    scan = _Scan(language, where)
    parser = parser_of(scan)
    with archive.open(part) as file:
        try:
            while block := file.read(CHUNK):
                parser.Parse(block, False)
        except expat.ExpatError:
            # An image, or what no reader of XML passes either: counted as far as it reads.
            return scan
    return scan


def _targets(name: str, scan: _Scan) -> list[str]:
    """The parts that a part of relations calls for, by their names in the archive."""
    folder = dirname(dirname(name))
    names = []
    for target in scan.targets:
        whole = target.lstrip("/") if target.startswith("/") else join(folder, target)
        names.append(normpath(whole))
    return names


def _area(text: str) -> int:
    """How many cells a range has (« A1:XFD1048576 »); one that does not read is for its reader."""
    corners = [CORNER.fullmatch(corner) for corner in text.replace("$", "").split(":")]
    if len(corners) != 2 or not all(corners):
        return 1
    columns = [_column(corner[1]) for corner in corners if corner]
    lines = [int(corner[2] or 0) for corner in corners if corner]
    # A range of whole lines or whole columns names no end.
    across = max(columns) - min(columns) + 1 if all(columns) else LAST_COLUMN
    down = max(lines) - min(lines) + 1 if all(lines) else LAST_LINE
    return across * down


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number
