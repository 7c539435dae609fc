"""Opening a workbook that somebody sent; what is none is refused in one sentence, before it is read."""

import functools
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from impactkit.errors import RefusedData
from impactkit.wording.catalogue import error

# The name of the sheet that only feeds drop-down lists.
LISTS = "listes"
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
LARGEST = 200_000_000


@dataclass(frozen=True)
class Cell:
    """A cell with something in it: its value, how it is shown; a formula that was never computed, or whose
    result is an error, has no value to read.
    """

    value: Any
    shown: str = ""
    uncomputed: bool = False
    broken: bool = False


@dataclass(frozen=True)
class Sheet:
    """A sheet: its cells by (line, column), from 1; its merged ranges (first, last line; columns too)."""

    name: str
    cells: dict[tuple[int, int], Cell]
    merged: tuple[tuple[int, int, int, int], ...]

    @functools.cached_property
    def by_line(self) -> dict[int, dict[int, Cell]]:
        """Lines that hold something, in order, and their cells from left to right."""
        found: dict[int, dict[int, Cell]] = {}
        for (line, column), cell in sorted(self.cells.items(), key=lambda one: one[0]):
            found.setdefault(line, {})[column] = cell
        return found


def read_sheets(path: Path) -> tuple[Sheet, ...]:
    """The visible sheets of a workbook (.xlsx, .xlsm).

    Raises RefusedData, in one sentence, for no file, another format, a password, or contents beyond 200 MB
    once unpacked.
    """
    _refuse_what_is_none(path)
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        values = openpyxl.load_workbook(path, data_only=True)
        formulas = openpyxl.load_workbook(path)
    except (
        InvalidFileException,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        TypeError,
        OSError,
        SyntaxError,
    ) as cause:
        raise error(RefusedData, "workbook-unreadable", where=path.name) from cause
    return tuple(
        Sheet(sheet.title, dict(_cells(sheet, formulas[sheet.title])), _merged(sheet))
        for sheet in values.worksheets
        if not (sheet.sheet_state != "visible" and sheet.title == LISTS)
    )


def _cells(values: Any, formulas: Any) -> Iterator[tuple[tuple[int, int], Cell]]:
    for line in values.iter_rows():
        for cell in line:
            if cell.value is not None:
                broken = cell.data_type == "e"
                yield (cell.row, cell.column), Cell(cell.value, cell.number_format, broken=broken)
    for line in formulas.iter_rows():
        for cell in line:
            place = (cell.row, cell.column)
            if cell.data_type == "f" and values.cell(*place).value is None:
                yield place, Cell(_formula(cell.value), uncomputed=True)


def _formula(value: Any) -> str:
    return str(getattr(value, "text", value))


def _merged(sheet: Any) -> tuple[tuple[int, int, int, int], ...]:
    ranges = sorted(sheet.merged_cells.ranges, key=lambda one: (one.min_row, one.min_col))
    return tuple((one.min_row, one.max_row, one.min_col, one.max_col) for one in ranges)


def _refuse_what_is_none(path: Path) -> None:
    if not path.is_file():
        raise error(RefusedData, "workbook-absent", where=path.name)
    with path.open("rb") as file:
        head = file.read(8)
    if not head:
        raise error(RefusedData, "workbook-empty", where=path.name)
    if head == OLE:
        # A password wraps the workbook in the container that old .xls files use.
        locked = "EncryptedPackage".encode("utf-16-le") in path.read_bytes()
        raise error(RefusedData, "workbook-locked" if locked else "workbook-old", where=path.name)
    if not zipfile.is_zipfile(path):
        raise error(RefusedData, "workbook-other", where=path.name)
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        if "mimetype" in names and "content.xml" in names:
            raise error(RefusedData, "workbook-ods", where=path.name)
        if sum(info.file_size for info in archive.infolist()) > LARGEST:
            raise error(RefusedData, "workbook-bomb", where=path.name, most=LARGEST // 1_000_000)
        if "xl/workbook.xml" not in names:
            raise error(RefusedData, "workbook-other", where=path.name)
