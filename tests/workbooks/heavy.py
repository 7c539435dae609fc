"""Small files that would become large: each workbook is written by hand, as no spreadsheet would."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
DOCUMENT = "urn:oasis:names:tc:opendocument:xmlns"
MILLION = 1_000_000

WORKBOOK = (
    f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>'
    '<sheet name="Projets" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
RELATIONS = (
    f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{LINKS}/{{kind}}" '
    'Target="{target}"/>{more}</Relationships>'
)
PART = '<Override PartName="/xl/{name}.xml" ContentType="{types}.{kind}+xml"/>'
HEADER = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>Projet</t></is></c>'
    '<c r="B1" t="inlineStr"><is><t>Territoire</t></is></c></row>'
)


def xlsx(path: Path, rows: str, *, after: str = "", before: str = "", parts: dict[str, str] | None = None):
    """A workbook of one sheet whose XML is written here."""
    parts = parts or {}
    kinds = {"sheet": "worksheet", "styles": "styles", "sharedStrings": "sharedStrings"}
    names = {"worksheets/sheet1": "worksheet"} | {name: kinds[name] for name in parts}
    listed = "".join(PART.format(name=name, types=TYPES, kind=kind) for name, kind in names.items())
    listed += PART.format(name="workbook", types=TYPES, kind="sheet.main")
    more = "".join(
        f'<Relationship Id="r{name}" Type="{LINKS}/{name}" Target="{name}.xml"/>' for name in parts
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{PACKAGE}/content-types">{listed}</Types>')
        first = RELATIONS.format(kind="officeDocument", target="xl/workbook.xml", more="")
        archive.writestr("_rels/.rels", first)
        archive.writestr("xl/workbook.xml", WORKBOOK)
        second = RELATIONS.format(kind="worksheet", target="worksheets/sheet1.xml", more=more)
        archive.writestr("xl/_rels/workbook.xml.rels", second)
        for name, text in parts.items():
            archive.writestr(f"xl/{name}.xml", text)
        sheet = f'<worksheet xmlns="{MAIN}">{before}<sheetData>{HEADER}{rows}</sheetData>{after}</worksheet>'
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
    return path


def ods(path: Path, rows: str, *, styles: str = ""):
    """An OpenDocument workbook of one sheet whose XML is written here."""
    names = " ".join(
        f'xmlns:{name}="{DOCUMENT}:{name}:1.0"' for name in ("office", "table", "text", "style")
    )
    names += f' xmlns:number="{DOCUMENT}:datastyle:1.0"'
    body = f'<office:spreadsheet><table:table table:name="Projets">{rows}</table:table></office:spreadsheet>'
    automatic = f"<office:automatic-styles>{styles}</office:automatic-styles>"
    content = (
        f"<office:document-content {names}>{automatic}<office:body>{body}</office:body>"
        "</office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
    return path


def words(text: str, more: str = "") -> str:
    """A cell of an OpenDocument sheet."""
    return f'<table:table-cell office:value-type="string" {more}><text:p>{text}</text:p></table:table-cell>'


def compound(path: Path, stream: bytes, *, loop: bool = False, far: bool = False):
    """A compound file ([MS-CFB]) that holds one stream, Workbook; `loop`: its chain comes back on itself;
    `far`: its list of tables does.
    """
    size, free, end = 512, 0xFFFFFFFF, 0xFFFFFFFE
    stream = stream.ljust(4096, b"\0")
    count = -(-len(stream) // size)
    # Sector 0: the table; 1: the folder; then the stream.
    links = [0xFFFFFFFD, end] + [number + 3 for number in range(count)]
    links[-1] = 2 if loop else end
    tables = -(-len(links) // 128)
    assert tables == 1, "one sector of links is enough here"
    links += [free] * (128 - len(links))
    more, first_more = (1, 0) if far else (0, end)
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6)
    head += bytes(6) + struct.pack("<9I", 0, 1, 1, 0, 4096, end, 0, first_more, more * 0x7FFFFFFF)
    head += struct.pack("<109I", 0, *[free] * 108)
    folder = _entry("Root Entry", 5, end, 0) + _entry("Workbook", 2, 2, len(stream)) + bytes(256)
    path.write_bytes(head + struct.pack("<128I", *links) + folder + stream)
    return path


def _entry(name: str, kind: int, start: int, length: int) -> bytes:
    text = name.encode("utf-16-le")
    child = 1 if kind == 5 else 0xFFFFFFFF
    head = text.ljust(64, b"\0") + struct.pack(
        "<HBB3I", len(text) + 2, kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child
    )
    return head + bytes(36) + struct.pack("<2I", start, length) + bytes(4)


def record(kind: int, data: bytes) -> bytes:
    """One record of an old workbook ([MS-XLS])."""
    return struct.pack("<2H", kind, len(data)) + data


def xls_stream(records: bytes) -> bytes:
    """The stream of an old workbook with one sheet, whose records are given."""
    opening, closing = record(0x809, struct.pack("<8H", 0x600, 5, 0, 0, 0, 0, 0, 0)), record(0x0A, b"")
    name = b"Projets"
    length = len(opening) + 4 + 8 + len(name) + len(closing)
    sheet = record(0x85, struct.pack("<IHBB", length, 0, len(name), 0) + name)
    page = record(0x809, struct.pack("<8H", 0x600, 16, 0, 0, 0, 0, 0, 0))
    return opening + sheet + closing + page + records + closing


def _styles(count: int) -> str:
    looks = '<xf numFmtId="0" fontId="0" fillId="0" borderId="0"><alignment/></xf>' * count
    kinds = "<fonts><font/></fonts><fills><fill/></fills><borders><border/></borders>"
    return f'<styleSheet xmlns="{MAIN}">{kinds}<cellXfs>{looks}</cellXfs></styleSheet>'


def _shared(text: str) -> str:
    return f'<sst xmlns="{MAIN}"><si><t>{text}</t></si></sst>'


def _cells(count: int, what: str) -> str:
    return "".join(f'<row r="{n}">{what}</row>' for n in range(2, count + 2))


def heavy_xlsx() -> Iterator[tuple[str, Callable[[Path], Path]]]:
    """Attacks by name, each with how its file is written."""
    corner = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    wide = "".join(f'<c t="inlineStr"><is><t>titre {n}</t></is></c>' for n in range(16_000))
    nested = "<r><t>a</t></r>" * 300_000
    rules = '<dataValidation type="list" sqref="A1"><formula1>"a"</formula1></dataValidation>' * 100_000
    formula = '<f t="shared" ref="A2:A99999" si="0">' + "+".join(["B2"] * 2_500) + "</f><v>1</v>"
    again = "".join(
        f'<row r="{n}"><c r="A{n}"><f t="shared" si="0"/><v>1</v></c></row>' for n in range(3, 9_000)
    )
    text = _shared("mot " * 8_000)
    merges = "".join(f'<mergeCell ref="A2:A{1_000_000 + n}"/>' for n in range(40))
    yield "corner", lambda p: xlsx(p, corner)
    yield "merged", lambda p: xlsx(p, "", after='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>')
    yield "merges", lambda p: xlsx(p, _cells(9, ""), after=f"<mergeCells>{merges}</mergeCells>")
    yield "rows", lambda p: xlsx(p, "<row/>" * MILLION)
    yield "cells", lambda p: xlsx(p, "<row><c><v>1</v></c></row>" * MILLION)
    yield (
        "linked",
        lambda p: xlsx(
            p, "", after='<hyperlinks><hyperlink ref="A1:XFD1048576" location="A1"/></hyperlinks>'
        ),
    )
    yield "columns", lambda p: xlsx(p, "", before='<cols><col min="1" max="9999999999" hidden="1"/></cols>')
    yield "titles", lambda p: xlsx(p, f'<row r="2">{wide}</row>' * 1)
    yield "runs", lambda p: xlsx(p, f'<row r="2"><c r="A2" t="inlineStr"><is>{nested}</is></c></row>')
    yield "rules", lambda p: xlsx(p, "", after=f"<dataValidations>{rules}</dataValidations>")
    yield "formulas", lambda p: xlsx(p, f'<row r="2"><c r="A2">{formula}</c></row>{again}')
    yield "styles", lambda p: xlsx(p, "", parts={"styles": _styles(400_000)})
    yield "shared", lambda p: xlsx(p, _cells(20_000, '<c t="s"><v>0</v></c>'), parts={"sharedStrings": text})
    yield (
        "title",
        lambda p: xlsx(p, f'<row r="2"><c r="A2" t="inlineStr"><is><t>{"a " * 16_000}</t></is></c></row>'),
    )
    yield "deep", lambda p: xlsx(p, "<a>" * 200_000 + "</a>" * 200_000)


def heavy_ods() -> Iterator[tuple[str, Callable[[Path], Path]]]:
    """The same for OpenDocument, where emptiness and likeness are told by a number."""
    row = "<table:table-row {}>{}</table:table-row>"
    many = 'table:number-rows-repeated="99999"'
    across = 'table:number-columns-repeated="16384"'
    hidden = row.format(f'{many} table:visibility="collapse"', "<table:table-cell/>")
    spanned = 'table:number-columns-spanned="16384" table:number-rows-spanned="1048576"'
    digits = '<number:number-style style:name="N1"><number:number {}/></number:number-style>'
    column = '<table:table-column table:number-columns-repeated="99999" table:visibility="collapse"/>'
    yield "repeated", lambda p: ods(p, row.format(many, words("a", across)))
    yield "lines", lambda p: ods(p, "".join(row.format(many, words("a")) for _ in range(60)))
    yield "hidden", lambda p: ods(p, hidden * 300)
    yield "unseen", lambda p: ods(p, column * 300 + row.format("", words("a")))
    yield "spanned", lambda p: ods(p, row.format("", words("a", spanned)) * 3)
    yield "spaces", lambda p: ods(p, row.format("", words('<text:s text:c="3000000000"/>')))
    yield "digits", lambda p: ods(p, "", styles=digits.format('number:decimal-places="3000000000"'))
    yield "whole", lambda p: ods(p, "", styles=digits.format('number:min-integer-digits="3000000000"'))
    yield "factor", lambda p: ods(p, "", styles=digits.format('number:display-factor="inf"'))
    yield "deep", lambda p: ods(p, row.format("", words("<text:span>" * 5_000 + "</text:span>" * 5_000)))
    yield "elements", lambda p: ods(p, row.format("", "<table:table-cell/>") * MILLION)


def heavy_others() -> Iterator[tuple[str, Callable[[Path], Path]]]:
    """Old workbooks and text tables."""
    number = struct.pack("<d", 1.0)
    corners = [record(0x203, struct.pack("<3H", *place, 0) + number) for place in ((0, 0), (65_535, 255))]
    unseen = record(0x7D, struct.pack("<6H", 0, 65_535, 0, 0, 1, 0)) * 3_000
    yield "corners.xls", lambda p: compound(p, xls_stream(b"".join(corners)))
    yield "columns.xls", lambda p: compound(p, xls_stream(unseen))
    yield "loop.xls", lambda p: compound(p, xls_stream(b""), loop=True)
    yield "tables.xls", lambda p: compound(p, xls_stream(b""), far=True)
    yield "cells.csv", lambda p: _text(p, "a;b\n" + "1;2\n" * MILLION)
    yield "wide.csv", lambda p: _text(p, ";" * 15_000_000)
    yield "field.csv", lambda p: _text(p, "a;b\n" + "x" * 400_000 + ";1\n")
    yield "lines.csv", lambda p: _text(p, "\n" * 15_000_000 + "é")


def _text(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def attacks() -> dict[str, Callable[[Path], Path]]:
    """Every attack by the name of its file."""
    found = {f"{name}.xlsx": make for name, make in heavy_xlsx()}
    found |= {f"{name}.ods": make for name, make in heavy_ods()}
    return found | dict(heavy_others())
