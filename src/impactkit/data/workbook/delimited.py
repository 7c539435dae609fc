"""Text tables (.csv, .tsv): comma, semicolon or tab; UTF-8, UTF-16 or the Windows page of Western Europe."""

import csv
import io
from collections import Counter
from pathlib import Path

from impactkit.data.csv_writing import original
from impactkit.data.workbook.bounds import Tally, too_large
from impactkit.data.workbook.sheet import Cell, Place, Sheet
from impactkit.wording.language import Language

DELIMITERS = ";,\t|"
BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
# Lines, and letters, in which the delimiter is looked for.
SAMPLE, SAMPLE_LETTERS = 50, 100_000
# Bytes: a letter may take four once it is read.
MOST_TEXT = 20_000_000


def read(language: Language, path: Path) -> tuple[Sheet, ...]:
    """The one sheet of a text table, named as its file."""
    if path.stat().st_size > MOST_TEXT:
        raise too_large(language, path, MOST_TEXT)
    text = _decoded(path.read_bytes())
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    tally = Tally(language, path.name)
    cells: dict[Place, Cell] = {}
    for line, row in enumerate(lines, start=1):
        for column, words in enumerate(row, start=1):
            if words.strip():
                tally.add(1, words)
                cells[line, column] = Cell(original(words), "@")
    return (Sheet(path.stem, cells),)


def _decoded(content: bytes) -> str:
    for bom, encoding in BOMS.items():
        if content.startswith(bom):
            return content.decode(encoding)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        # Old spreadsheets in French write this page, where every byte but five is a letter.
        return content.decode("cp1252")


def _delimiter(text: str) -> str:
    """The mark that cuts most lines into the same number of cells, two at least."""
    sample = "\n".join(text[:SAMPLE_LETTERS].splitlines()[:SAMPLE])

    def agreement(mark: str) -> tuple[int, int]:
        sizes = Counter(len(row) for row in csv.reader(io.StringIO(sample), delimiter=mark) if any(row))
        size, count = max(sizes.items(), key=lambda item: (item[0] > 1, item[1], item[0]), default=(1, 0))
        return (count if size > 1 else 0), size

    return max(DELIMITERS, key=agreement)
