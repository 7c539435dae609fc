"""Workbooks of Excel 97-2003 (.xls): values by calamine; formats, hidden lines and errors by their records.

Records are those of [MS-XLS] (BIFF8), in a compound file of [MS-CFB].
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from impactkit.data.workbook.bounds import Tally
from impactkit.data.workbook.compound import streams
from impactkit.data.workbook.sheet import Cell, Place, Sheet, sound
from impactkit.errors import RefusedData
from impactkit.wording.language import Language

BOF, EOF, SHEET, FORMAT, XF, FONT = 0x809, 0x0A, 0x85, 0x41E, 0xE0, 0x31
NUMBER, RK, MULRK, FORMULA, LABEL, SHARED, BOOLERR = 0x203, 0x27E, 0xBD, 0x06, 0x204, 0xFD, 0x205
ROW, COLUMNS, NOTE, OBJECT, TEXT, CONTINUED = 0x208, 0x7D, 0x1C, 0x5D, 0x1B6, 0x3C
SINGLE = (NUMBER, RK, FORMULA, LABEL, SHARED, BOOLERR)
TEXTS = 0xFC
MOST_SHEETS, LAST_OLD_COLUMN = 255, 256
# The reader of values makes every cell between the first and the last, 24 bytes each.
MOST_BETWEEN = 2_000_000
# Formats that a file names by number without writing them (18.8.30 of ECMA-376, part 1).
BUILT_IN = {0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00"}
BUILT_IN |= {
    12: "# ?/?",
    13: "# ??/??",
    14: "dd/mm/yyyy",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    49: "@",
}
BUILT_IN |= {37: "#,##0;-#,##0", 38: "#,##0;-#,##0", 39: "#,##0.00;-#,##0.00", 40: "#,##0.00;-#,##0.00"}


@dataclass
class _Looks:
    """What the records of a sheet say beside its values: places of cells; formats, comments, struck cells
    and errors by place; hidden lines and columns.
    """

    places: list[Place] = field(default_factory=list)
    formats: dict[Place, str] = field(default_factory=dict)
    struck: set[Place] = field(default_factory=set)
    errors: set[Place] = field(default_factory=set)
    comments: dict[Place, str] = field(default_factory=dict)
    hidden_lines: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)


def read(language: Language, path: Path) -> tuple[Sheet, ...]:
    """The sheets. Raises RefusedData for a workbook older than Excel 97, ValueError for a broken one."""
    from python_calamine import SheetVisibleEnum

    try:
        known = streams(path.read_bytes())
        if "Workbook" not in known:
            kind = "workbook-old" if "Book" in known else "workbook-other"
            raise language.error(RefusedData, kind, where=path.name)
        looks = _looks(known["Workbook"](), Tally(language, path.name))
    except struct.error as cause:
        raise ValueError("a broken compound file") from cause
    for seen in looks.values():
        _check_extent(language, seen, path.name)
    book = _values(path)
    tally = Tally(language, path.name)
    sheets = []
    for entry in book.sheets_metadata:
        sheet = book.get_sheet_by_name(entry.name)
        seen = looks.get(entry.name, _Looks())
        ranges = sheet.merged_cell_ranges or []
        merged = [(top + 1, bottom + 1, left + 1, right + 1) for (top, left), (bottom, right) in ranges]
        sheets.append(
            Sheet(
                entry.name,
                _cells(sheet, seen, tally),
                tuple(sorted(merged)),
                entry.visible != SheetVisibleEnum.Visible,
                frozenset(seen.hidden_lines),
                frozenset(seen.hidden_columns),
            )
        )
    return tuple(sheets)


def _check_extent(language: Language, looks: _Looks, where: str) -> None:
    """Raises RefusedData for cells so far apart that all those between them would be too many."""
    if not looks.places:
        return
    lines = [line for line, _ in looks.places]
    columns = [column for _, column in looks.places]
    between = (max(lines) - min(lines) + 1) * (max(columns) - min(columns) + 1)
    if between > MOST_BETWEEN:
        raise language.error(RefusedData, "workbook-cells", where=where, most=language.number(MOST_BETWEEN))


def _values(path: Path) -> Any:
    """The workbook as the reader of values sees it. Raises ValueError for what it cannot read."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        return CalamineWorkbook.from_path(str(path))
    except CalamineError as cause:
        raise ValueError("a broken workbook") from cause
    except BaseException as cause:
        # A fault of the reader, written in Rust, is no Exception of Python's.
        if type(cause).__name__ != "PanicException":
            raise
        raise ValueError("a broken workbook") from cause


def _cells(sheet: Any, looks: _Looks, tally: Tally) -> dict[Place, Cell]:
    if sheet.start is None:
        return {}
    cells = {}
    for line, row in enumerate(sheet.to_python(skip_empty_area=False), start=1):
        for column, value in enumerate(row, start=1):
            place = line, column
            wrong = "broken" if place in looks.errors else ""
            if value == "" and not wrong:
                continue
            value, wrong = sound(value, wrong)
            if isinstance(value, float) and value.is_integer():
                value = int(value)
            tally.add(1, value)
            form, comment = looks.formats.get(place, ""), looks.comments.get(place, "")
            cells[place] = Cell(value if value != "" else "#", form, wrong, comment, place in looks.struck)
    return cells


def _records(stream: bytes, tally: Tally, at: int = 0) -> Iterator[tuple[int, bytes]]:
    while at + 4 <= len(stream):
        tally.step()
        kind, length = struct.unpack_from("<2H", stream, at)
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _looks(stream: bytes, tally: Tally) -> dict[str, _Looks]:
    """What each sheet looks like, by its name."""
    written, styles, struck_fonts = dict(BUILT_IN), list[tuple[int, int]](), list[bool]()
    starts: dict[str, int] = {}
    for kind, data in _records(stream, tally):
        if kind == FORMAT:
            written[struct.unpack_from("<H", data)[0]] = _text(data, 2, wide_length=True)
        elif kind == XF:
            font, form = struct.unpack_from("<2H", data)
            styles.append((font, form))
        elif kind == FONT:
            struck_fonts.append(bool(struct.unpack_from("<H", data, 2)[0] & 0x08))
        elif kind == SHEET:
            starts[_text(data, 6, wide_length=False)] = struct.unpack_from("<I", data)[0]
        elif kind == TEXTS and struct.unpack_from("<I", data, 4)[0] > len(stream):
            raise ValueError("more texts than the file holds")
        elif kind == EOF:
            break
    if len(starts) > MOST_SHEETS:
        raise ValueError("more sheets than a workbook has")
    forms = [written.get(form, "General") for _, form in styles]
    # The fonts are numbered without a fourth one.
    struck = [_is_struck(struck_fonts, font) for font, _ in styles]
    return {name: _of_sheet(stream, start, forms, struck, tally) for name, start in starts.items()}


def _is_struck(fonts: list[bool], number: int) -> bool:
    place = number if number < 4 else number - 1
    return place < len(fonts) and fonts[place]


def _text(data: bytes, at: int, *, wide_length: bool) -> str:
    length = struct.unpack_from("<H" if wide_length else "<B", data, at)[0]
    at += 2 if wide_length else 1
    wide, at = data[at] & 1, at + 1
    return data[at : at + length * (2 if wide else 1)].decode("utf-16-le" if wide else "latin-1")


def _of_sheet(stream: bytes, start: int, forms: list[str], struck: list[bool], tally: Tally) -> _Looks:
    looks = _Looks()
    looks.comments = _comments(stream, start, tally)
    for kind, data in _records(stream, tally, start):
        if kind == EOF:
            break
        if kind == ROW:
            line, flags = struct.unpack_from("<H", data)[0], struct.unpack_from("<H", data, 12)[0]
            if flags & 0x20:
                looks.hidden_lines.add(line + 1)
        elif kind == COLUMNS:
            first, last, _, _, flags = struct.unpack_from("<5H", data)
            if flags & 1:
                looks.hidden_columns |= set(range(first + 1, min(last + 2, LAST_OLD_COLUMN + 1)))
        for place, style in _styled(kind, data):
            tally.add(1)
            looks.places.append(place)
            if style < len(forms):
                looks.formats[place] = forms[style]
                looks.struck |= {place} if struck[style] else set()
            if (
                kind == BOOLERR
                and data[7]
                or kind == FORMULA
                and data[12:14] == b"\xff\xff"
                and data[6] == 2
            ):
                looks.errors.add(place)
    return looks


def _styled(kind: int, data: bytes) -> Iterator[tuple[Place, int]]:
    """Places of a record and the number of their style."""
    if kind in SINGLE:
        line, column, style = struct.unpack_from("<3H", data)
        yield (line + 1, column + 1), style
    elif kind == MULRK:
        line, first = struct.unpack_from("<2H", data)
        for i in range((len(data) - 6) // 6):
            yield (line + 1, first + i + 1), struct.unpack_from("<H", data, 4 + i * 6)[0]


def _comments(stream: bytes, start: int, tally: Tally) -> dict[Place, str]:
    """Comments by place: a note names the object whose text, told before it, it shows."""
    texts: dict[int, str] = {}
    comments: dict[Place, str] = {}
    number, waiting = 0, 0
    for kind, data in _records(stream, tally, start):
        if kind == EOF:
            break
        if kind == OBJECT:
            number = struct.unpack_from("<H", data, 6)[0]
        elif kind == TEXT:
            waiting = struct.unpack_from("<H", data, 10)[0]
        elif kind == CONTINUED and waiting:
            wide = data[0] & 1
            texts[number] = data[1 : 1 + waiting * (1 + wide)].decode("utf-16-le" if wide else "latin-1")
            waiting = 0
        elif kind == NOTE:
            line, column, _, number_of_text = struct.unpack_from("<4H", data)
            comments[line + 1, column + 1] = texts.get(number_of_text, "")
    return comments
