"""Opening a workbook that somebody sent; what is none is refused in one sentence, before it is read."""

import functools
import itertools
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from impactkit.errors import RefusedData
from impactkit.wording.catalogue import error

# The name of the sheet that only feeds drop-down lists.
LISTS = "listes"
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
LARGEST = 200_000_000
# What a reader meets in a file that only looks like a workbook.
UNREADABLE = (zipfile.BadZipFile, KeyError, ValueError, TypeError, OSError, SyntaxError)


@dataclass(frozen=True)
class Cell:
    """A cell with something in it: its value, how it is shown; `wrong` when it has no value to read: of a
    formula that was never computed (`uncomputed`), or whose result is an error (`broken`).
    """

    value: Any
    shown: str = ""
    wrong: str = ""


@dataclass(frozen=True)
class Sheet:
    """A sheet: its cells by (line, column), from 1, in the order of reading; its merged ranges (first, last
    line; columns too).
    """

    name: str
    cells: dict[tuple[int, int], Cell]
    merged: tuple[tuple[int, int, int, int], ...]

    @functools.cached_property
    def by_line(self) -> dict[int, dict[int, Cell]]:
        """Lines that hold something, in order, and their cells from left to right."""
        lines = itertools.groupby(self.cells.items(), lambda one: one[0][0])
        return {line: {place[1]: cell for place, cell in cells} for line, cells in lines}


def read_sheets(path: Path) -> tuple[Sheet, ...]:
    """The visible sheets of a workbook (.xlsx, .xlsm).

    Raises RefusedData, in one sentence, for no file, another format, a password, or contents beyond 200 MB
    once unpacked.
    """
    if wrong := _wrong(path):
        raise error(RefusedData, f"workbook-{wrong}", where=path.name, most=LARGEST // 1_000_000)
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        values = openpyxl.load_workbook(path, data_only=True)
        formulas = openpyxl.load_workbook(path)
    except (InvalidFileException, *UNREADABLE) as cause:
        raise error(RefusedData, "workbook-unreadable", where=path.name) from cause
    return tuple(
        Sheet(sheet.title, _cells(sheet, formulas[sheet.title]), _merged(sheet))
        for sheet in values.worksheets
        if not (sheet.sheet_state != "visible" and sheet.title == LISTS)
    )


def _cells(values: Any, formulas: Any) -> dict[tuple[int, int], Cell]:
    found = {}
    for cell in itertools.chain.from_iterable(values.iter_rows()):
        if cell.value is not None:
            wrong = "broken" if cell.data_type == "e" else ""
            found[cell.row, cell.column] = Cell(cell.value, cell.number_format, wrong)
    for cell in itertools.chain.from_iterable(formulas.iter_rows()):
        if cell.data_type == "f" and (cell.row, cell.column) not in found:
            words = str(getattr(cell.value, "text", cell.value))
            found[cell.row, cell.column] = Cell(words, wrong="uncomputed")
    return {place: found[place] for place in sorted(found)}


def _merged(sheet: Any) -> tuple[tuple[int, int, int, int], ...]:
    ranges = sorted(sheet.merged_cells.ranges, key=lambda one: (one.min_row, one.min_col))
    return tuple((one.min_row, one.max_row, one.min_col, one.max_col) for one in ranges)


def _wrong(path: Path) -> str:
    """Why a file is no workbook that can be opened; "" when it is one."""
    if not path.is_file():
        return "absent"
    with path.open("rb") as file:
        head = file.read(8)
    if head == OLE:
        # A password wraps the workbook in the container that old .xls files use.
        return "locked" if "EncryptedPackage".encode("utf-16-le") in path.read_bytes() else "old"
    if not zipfile.is_zipfile(path):
        return "other" if head else "empty"
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        if "mimetype" in names and "content.xml" in names:
            return "ods"
        if sum(info.file_size for info in archive.infolist()) > LARGEST:
            return "bomb"
        return "" if "xl/workbook.xml" in names else "other"
