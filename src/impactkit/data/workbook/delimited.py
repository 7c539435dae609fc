"""Text tables (.csv, .tsv): comma, semicolon or tab; UTF-8, UTF-16 or the Windows page of Western Europe."""

import csv
import io
from collections import Counter
from pathlib import Path

from impactkit.data.workbook.sheet import Cell, Sheet

DELIMITERS = ";,\t|"
BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
# Lines in which the delimiter is looked for.
SAMPLE = 50


def read(path: Path) -> tuple[Sheet, ...]:
    """The one sheet of a text table, named as its file."""
    text = _decoded(path.read_bytes())
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    cells = {
        (line, column): Cell(words, "@")
        for line, row in enumerate(lines, start=1)
        for column, words in enumerate(row, start=1)
        if words.strip()
    }
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
    sample = "\n".join(text.splitlines()[:SAMPLE])

    def agreement(mark: str) -> tuple[int, int]:
        sizes = Counter(len(row) for row in csv.reader(io.StringIO(sample), delimiter=mark) if any(row))
        size, count = max(sizes.items(), key=lambda item: (item[0] > 1, item[1], item[0]), default=(1, 0))
        return (count if size > 1 else 0), size

    return max(DELIMITERS, key=agreement)
