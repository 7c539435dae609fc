"""The one writer of CSV files: a text that a spreadsheet would compute leaves with an apostrophe before it.

`=`, `+`, `-`, `@`, a tab or a carriage return first in a cell make a formula of it, and so do the same
signs after a semicolon or a line break where a spreadsheet cuts cells there. A number stays a number. What
the kit reads back (`original`) is the text as it was.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

# The signs, and their full-width forms, which some spreadsheets take for the same.
SIGNS = "[=+\\-@\uff1d\uff0b\uff0d\uff20]"
NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?([ \u00a0\u202f]?%)?")
FIRST = re.compile(rf"\A('*)(?=[\s\ufeff\u200b]*{SIGNS}|[\t\r])")
INSIDE = re.compile(rf"([;\n\r][\s\ufeff\u200b]*)('*)(?={SIGNS})")
FIRST_MARKED = re.compile(rf"\A'('*)(?=[\s\ufeff\u200b]*{SIGNS}|[\t\r])")
INSIDE_MARKED = re.compile(rf"([;\n\r][\s\ufeff\u200b]*)'('*)(?={SIGNS})")
# The writer puts quotation marks around a cell that holds one of these letters, and only these.
ENDED = "\r\n"
# Whether a whole file may hold a mark.
MARKED = re.compile(rf"'[\s\ufeff\u200b]*({SIGNS}|[\t\r])")


def neutral(text: str) -> str:
    """A text as a cell of a CSV holds it.

    >>> neutral("=1+1"), neutral("-3,5"), neutral("Halle")
    ("'=1+1", '-3,5', 'Halle')
    """
    if NUMBER.fullmatch(text):
        return text
    first = FIRST.sub(r"'\1", text)
    return INSIDE.sub(r"\1'\2", first)


def original(text: str) -> str:
    """The text that `neutral` was given."""
    inside = INSIDE_MARKED.sub(r"\1\2", text)
    return FIRST_MARKED.sub(r"\1", inside)


def text_of_rows(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A CSV (UTF-8, comma) of a header and rows."""
    file = _Lines()
    writer = csv.writer(file, lineterminator=ENDED)
    for row in (header, *rows):
        writer.writerow([_cell(value) for value in row])
    return file.getvalue()


def text_of_frame(frame: pd.DataFrame) -> str:
    """The same of a table; its numbers are those of the table, empty where there is none."""
    safe = frame.rename(columns=_cell)
    for position, kind in enumerate(frame.dtypes):
        if not pd.api.types.is_numeric_dtype(kind):
            column = frame.iloc[:, position].astype("object")
            safe.isetitem(position, column.map(_cell))
    file = _Lines()
    safe.to_csv(file, index=False, lineterminator=ENDED)
    return file.getvalue()


class _Lines(io.StringIO):
    """Rows as they are written, each ended by a line feed alone."""

    def write(self, line: str) -> int:
        """Called once a row."""
        return super().write(line.removesuffix(ENDED) + "\n")


def _cell(value: Any) -> Any:
    return neutral(value) if isinstance(value, str) else value
