"""Office Open XML workbooks (.xlsx, .xlsm), of the Transitional or the Strict kind."""

import io
import zipfile
from pathlib import Path
from typing import Any

from impactkit.data.workbook.bounds import LAST_COLUMN, Tally
from impactkit.data.workbook.sheet import Cell, Place, Sheet, sound
from impactkit.errors import RefusedData
from impactkit.wording.language import Language

# Names of Strict Open XML (ISO/IEC 29500-1) and those that readers know: the same contents under both.
STRICT = b"http://purl.oclc.org/ooxml/"
NAMES = {
    b"spreadsheetml/main": b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    b"drawingml/main": b"http://schemas.openxmlformats.org/drawingml/2006/main",
    b"officeDocument/": b"http://schemas.openxmlformats.org/officeDocument/2006/",
    b"package/": b"http://schemas.openxmlformats.org/package/2006/",
}


def read(language: Language, path: Path) -> tuple[Sheet, ...]:
    """The sheets of a workbook; formulas by the results that are kept with them. Raises RefusedData where
    the parser is not the one that refuses entities: openpyxl chooses in silence.
    """
    import openpyxl

    if not openpyxl.DEFUSEDXML:
        raise language.error(RefusedData, "workbook-undefended", where=path.name)
    content = _transitional(path)
    book = openpyxl.load_workbook(content, rich_text=True, keep_links=False)
    formulas = any(cell.data_type == "f" for sheet in book.worksheets for cell in sheet._cells.values())
    content.seek(0)
    values = openpyxl.load_workbook(content, data_only=True, keep_links=False) if formulas else book
    tally = Tally(language, path.name)
    return tuple(_sheet(sheet, values[sheet.title], tally) for sheet in book.worksheets)


def _transitional(path: Path) -> io.BytesIO:
    """The file; one of the Strict kind under the names that readers know."""
    content = path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if STRICT not in archive.read("xl/workbook.xml"):
            return io.BytesIO(content)
        renamed = io.BytesIO()
        with zipfile.ZipFile(renamed, "w", zipfile.ZIP_DEFLATED) as copy:
            for info in archive.infolist():
                part = archive.read(info)
                for strict, usual in NAMES.items() if STRICT in part else ():
                    part = part.replace(STRICT + strict, usual)
                copy.writestr(info.filename, part)
    renamed.seek(0)
    return renamed


def _sheet(sheet: Any, values: Any, tally: Tally) -> Sheet:
    ranges = sorted(sheet.merged_cells.ranges, key=lambda area: (area.min_row, area.min_col))
    return Sheet(
        sheet.title,
        _cells(sheet, values, tally),
        tuple((area.min_row, area.max_row, area.min_col, area.max_col) for area in ranges),
        sheet.sheet_state != "visible",
        frozenset(line for line, size in sheet.row_dimensions.items() if _unseen(size, size.ht)),
        frozenset(_hidden_columns(sheet)),
    )


def _unseen(dimension: Any, length: float | None) -> bool:
    return bool(dimension.hidden) or length == 0


def _hidden_columns(sheet: Any) -> list[int]:
    return [
        column
        for size in sheet.column_dimensions.values()
        if _unseen(size, size.width)
        for column in range(size.min or 1, min(size.max or size.min or 1, LAST_COLUMN) + 1)
    ]


def _cells(sheet: Any, values: Any, tally: Tally) -> dict[Place, Cell]:
    cells: dict[Place, Cell] = {}
    # The cells that exist: a sheet may claim a million lines, and hold ten.
    for place in sorted(sheet._cells):
        cell = sheet._cells[place]
        if cell.value is None:
            continue
        value, kind = cell.value, cell.data_type
        if kind == "f":
            result = values._cells.get(place)
            value, kind = (result.value, result.data_type) if result is not None else (None, "n")
        wrong = "uncomputed" if value is None else "broken" if kind == "e" else ""
        if value is None:
            value = str(getattr(cell.value, "text", cell.value))
        comment = cell.comment.text if cell.comment else ""
        plain_value, wrong = sound(str(value) if isinstance(value, list) else value, wrong)
        tally.add(1, plain_value)
        cells[place] = Cell(plain_value, cell.number_format, wrong, comment, _is_struck(cell))
    return cells


def _is_struck(cell: Any) -> bool:
    """Whether the cell, or a part of its text, is struck through."""
    parts = cell.value if isinstance(cell.value, list) else ()
    struck = any(getattr(getattr(part, "font", None), "strike", False) for part in parts)
    return struck or bool(cell.has_style and cell.font.strike)
