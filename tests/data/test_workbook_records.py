"""Old workbooks and OpenDocument, record by record: what their formats say is what is read, at its place."""

import datetime as dt
import struct
import zipfile

import pytest
from workbooks.heavy import compound, ods, record, words

from impactkit.data.workbook import delimited, opendocument, xls
from impactkit.data.workbook.sheet import Cell
from impactkit.errors import RefusedData
from impactkit.wording.language import FRENCH

BOF, EOF, SHEET, FORMAT, XF, FONT = 0x809, 0x0A, 0x85, 0x41E, 0xE0, 0x31
NUMBER, RK, MULRK, FORMULA, LABEL, BOOLERR = 0x203, 0x27E, 0xBD, 0x06, 0x204, 0x205
ROW, COLUMNS, NOTE, OBJECT, TEXT, CONTINUED = 0x208, 0x7D, 0x1C, 0x5D, 0x1B6, 0x3C
DIVIDED_BY_ZERO = 7


def wide(text, count="<H"):
    """A text with its length, in one byte a letter where that is enough."""
    try:
        return struct.pack(count + "B", len(text), 0) + text.encode("latin-1")
    except UnicodeEncodeError:
        return struct.pack(count + "B", len(text), 1) + text.encode("utf-16-le")


def page(*records):
    return record(BOF, struct.pack("<8H", 0x600, 16, *[0] * 6)) + b"".join(records) + record(EOF, b"")


def book(path, sheets, general=()):
    """A workbook: the records of its sheets by name, and those that speak for all of them."""
    opening = record(BOF, struct.pack("<8H", 0x600, 5, *[0] * 6)) + b"".join(general)
    names = [wide(name, "<B") for name in sheets]
    length = len(opening) + sum(4 + 6 + len(name) for name in names) + len(record(EOF, b""))
    listed, pages = b"", b""
    for name, records in zip(names, sheets.values(), strict=True):
        listed += record(SHEET, struct.pack("<IBB", length + len(pages), 0, 0) + name)
        pages += page(*records)
    return compound(path, opening + listed + record(EOF, b"") + pages)


def at(line, column, style=0):
    return struct.pack("<3H", line - 1, column - 1, style)


def number(line, column, value, style=0):
    return record(NUMBER, at(line, column, style) + struct.pack("<d", value))


def small(value):
    return struct.pack("<I", value << 2 | 2)


def look(font, form):
    return record(XF, struct.pack("<2H", font, form) + bytes(16))


def font(struck=False):
    return record(FONT, struct.pack("<2H", 200, 8 if struck else 0) + bytes(10) + b"\x05\0Arial")


def row(line, flags):
    return record(ROW, struct.pack("<6HI", line - 1, 0, 9, 255, 0, 0, flags))


def column(first, last, flags):
    return record(COLUMNS, struct.pack("<6H", first - 1, last - 1, 2000, 0, flags, 0))


def note(line, column, identifier, text):
    """A comment: its object, the text of it, and the note that shows it."""
    flag, letters = wide(text)[2:3], wide(text)[3:]
    records = record(OBJECT, struct.pack("<4H", 0x15, 0x12, 0x19, identifier) + bytes(14))
    records += record(TEXT, bytes(10) + struct.pack("<2H", len(text), 16) + bytes(4))
    records += record(CONTINUED, flag + letters) + record(CONTINUED, bytes(16))
    return records + record(NOTE, struct.pack("<4H", line - 1, column - 1, 0, identifier) + wide("A"))


def test_values_stand_where_their_records_say(tmp_path):
    several = struct.pack("<2H", 2, 1) + b"".join(struct.pack("<H", 0) + small(n) for n in (7, 8, 9))
    records = [
        record(LABEL, at(1, 1) + wide("Projet")),
        record(LABEL, at(1, 3) + wide("Coût € Ω")),
        number(2, 1, 3.0),
        number(2, 2, 2.5),
        record(RK, at(2, 4) + small(12)),
        record(MULRK, several + struct.pack("<H", 3)),
        record(BOOLERR, at(4, 1) + b"\x01\x00"),
    ]
    (sheet,) = xls.read(FRENCH, book(tmp_path / "a.xls", {"Été": records}))
    assert sheet.name == "Été" and not sheet.hidden
    values = {place: cell.value for place, cell in sheet.cells.items()}
    assert values == {
        (1, 1): "Projet",
        (1, 3): "Coût € Ω",
        (2, 1): 3,
        (2, 2): 2.5,
        (2, 4): 12,
        (3, 2): 7,
        (3, 3): 8,
        (3, 4): 9,
        (4, 1): True,
    }
    assert isinstance(values[2, 1], int) and all(not cell.wrong for cell in sheet.cells.values())


def test_a_row_of_many_figures_is_one_record(tmp_path):
    figures = b"".join(struct.pack("<H", style % 3) + small(style) for style in range(14))
    several = record(MULRK, struct.pack("<2H", 0, 1) + figures + struct.pack("<H", 14))
    looks = [look(0, form) for form in (0, 1, 2)]
    (sheet,) = xls.read(FRENCH, book(tmp_path / "a.xls", {"a": [several]}, looks))
    assert [(place, cell.value) for place, cell in sheet.cells.items()] == [
        ((1, style + 2), style) for style in range(14)
    ]
    assert [cell.form for cell in sheet.cells.values()] == (["General", "0", "0.00"] * 5)[:14]


def test_an_error_is_no_value(tmp_path):
    results = {
        (1, 1): struct.pack("<d", 4.0),
        (1, 2): bytes([2, 0, DIVIDED_BY_ZERO, 0, 0, 0, 0xFF, 0xFF]),
        (1, 3): bytes([1, 0, 1, 0, 0, 0, 0xFF, 0xFF]),
    }
    records = [record(FORMULA, at(*place) + result + bytes(8)) for place, result in results.items()]
    records.append(record(BOOLERR, at(1, 4) + bytes([DIVIDED_BY_ZERO, 1])))
    records.append(record(BOOLERR, at(1, 5) + bytes([0, 0])))
    (sheet,) = xls.read(FRENCH, book(tmp_path / "a.xls", {"a": records}))
    wrong = {column: cell.wrong for (_, column), cell in sheet.cells.items()}
    assert wrong == {1: "", 2: "broken", 3: "", 4: "broken", 5: ""}
    assert [sheet.cells[1, column].value for column in (1, 3, 5)] == [4, True, False]


def test_a_style_gives_its_format_and_its_line_through(tmp_path):
    """The fonts are numbered 0, 1, 2, 3, 5, 6: there is no fourth."""
    fonts = [font(struck) for struck in (False, False, False, True, True, False)]
    forms = [record(FORMAT, struct.pack("<H", 164) + wide('0" k€"'))]
    looks = [look(0, 0), look(3, 164), look(5, 10), look(6, 49), look(2, 999), look(99, 2)]
    records = [number(1, place, 5, style=place - 1) for place in range(1, 8)]
    (sheet,) = xls.read(FRENCH, book(tmp_path / "a.xls", {"a": records}, (*fonts, *forms, *looks)))
    cells = [sheet.cells[1, place] for place in range(1, 8)]
    assert [cell.form for cell in cells] == ["General", '0" k€"', "0.00%", "@", "General", "0.00", ""]
    assert [cell.struck for cell in cells] == [False, True, True, False, False, False, False]


def test_formats_that_a_file_names_by_their_number(tmp_path):
    """18.8.30 of ECMA-376, part 1; the money of 37 to 40 is written without its sign."""
    named = {2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??"}
    named |= {14: "dd/mm/yyyy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy"}
    named |= {37: "#,##0;-#,##0", 38: "#,##0;-#,##0", 39: "#,##0.00;-#,##0.00", 40: "#,##0.00;-#,##0.00"}
    records = [number(1, column, 40_000, style) for style, column in enumerate(range(1, len(named) + 1))]
    (sheet,) = xls.read(FRENCH, book(tmp_path / "a.xls", {"a": records}, [look(0, form) for form in named]))
    assert [cell.form for cell in sheet.cells.values()] == list(named.values())


def test_what_is_hidden_and_what_is_remarked(tmp_path):
    records = [
        row(1, 0x100),
        row(2, 0x120),
        row(4, 0x20),
        row(5, 0x1F),
        column(2, 3, 1),
        column(5, 5, 0),
        column(256, 256, 1),
        number(1, 1, 1),
        number(9, 9, 1),
        note(1, 1, 1, "vu avec la trésorière"),
        note(9, 9, 7, "Ω à voir"),
        note(2, 2, 3, "cellule vide"),
    ]
    other = [number(1, 1, 2), row(3, 0x20)]
    first, second = xls.read(FRENCH, book(tmp_path / "a.xls", {"a": records, "b": other}))
    assert first.hidden_lines == {2, 4} and first.hidden_columns == {2, 3, 256}
    assert first.cells[1, 1].comment == "vu avec la trésorière" and first.cells[9, 9].comment == "Ω à voir"
    assert second.hidden_lines == {3} and not second.hidden_columns and second.cells[1, 1].comment == ""


def test_a_cell_may_be_the_last_of_an_old_sheet(tmp_path):
    (sheet,) = xls.read(
        FRENCH, book(tmp_path / "a.xls", {"a": [number(65_536, 1, 1), number(65_536, 30, 2)]})
    )
    assert {place: cell.value for place, cell in sheet.cells.items()} == {(65_536, 1): 1, (65_536, 30): 2}


def test_cells_too_far_apart_are_refused(tmp_path):
    """65,536 lines of 31 columns are more than two million cells, of 30 are fewer."""
    far = [number(1, 1, 1), number(65_536, 31, 1)]
    with pytest.raises(RefusedData):
        xls.read(FRENCH, book(tmp_path / "a.xls", {"a": far}))
    (sheet,) = xls.read(FRENCH, book(tmp_path / "b.xls", {"a": [number(2, 2, 1), number(65_536, 31, 1)]}))
    assert set(sheet.cells) == {(2, 2), (65_536, 31)}


def test_a_table_of_texts_larger_than_the_file_is_no_workbook(tmp_path):
    texts = record(0xFC, struct.pack("<2I", 1, 10**9))
    with pytest.raises(ValueError, match="texts"):
        xls.read(FRENCH, book(tmp_path / "a.xls", {"a": [number(1, 1, 1)]}, (texts,)))


ROWS = "<table:table-row{}>{}</table:table-row>"
STYLES = """
<number:number-style style:name="N1"><number:number number:decimal-places="1" number:min-integer-digits="1"
 number:display-factor="1000"/><number:text> k€</number:text></number:number-style>
<number:number-style style:name="N2"><number:number number:min-integer-digits="5"/></number:number-style>
<number:number-style style:name="N3"><number:number number:min-integer-digits="1"/></number:number-style>
<number:percentage-style style:name="N4"><number:number number:decimal-places="2"/>
<number:text> %</number:text></number:percentage-style>
<number:date-style style:name="N5"><number:day/><number:text>/</number:text><number:month/>
<number:text>/</number:text><number:year/></number:date-style>
<number:number-style style:name="N6P0"><number:number number:decimal-places="0"/></number:number-style>
<number:number-style style:name="N6"><number:text>-</number:text><number:number number:decimal-places="2"/>
<style:map style:apply-style-name="N6P0"/></number:number-style>
"""
LOOKS = {name: f"N{name[1:]}" for name in ("s1", "s2", "s3", "s4", "s5", "s6")}


def styled(name, form, parent="", struck=""):
    more = f' style:parent-style-name="{parent}"' if parent else ""
    data = f' style:data-style-name="{form}"' if form else ""
    line = f'<style:text-properties style:text-line-through-style="{struck}"/>' if struck else ""
    return f'<style:style style:name="{name}"{data}{more}>{line}</style:style>'


def figure(value, style="", kind="float", shown="x", more=""):
    look = f' table:style-name="{style}"' if style else ""
    held = "" if value is None else f' office:value="{value}"'
    head = f'<table:table-cell office:value-type="{kind}"{held}{look} {more}>'
    return f"{head}<text:p>{shown}</text:p></table:table-cell>"


def of(tmp_path, rows, styles="", before=""):
    (sheet,) = opendocument.read(FRENCH, ods(tmp_path / "a.ods", before + rows, styles=styles))
    return sheet


def test_formats_are_written_as_those_of_office_open_xml(tmp_path):
    styles = STYLES + "".join(styled(name, form) for name, form in LOOKS.items())
    styles += styled("child", "", parent="s1") + styled("plain", "")
    names = [*LOOKS, "child", "plain", "nowhere"]
    sheet = of(tmp_path, ROWS.format("", "".join(figure(1, name) for name in names)), styles)
    assert [sheet.cells[1, place].form for place in range(1, 10)] == [
        '0.0," k€"',
        "00000",
        "General",
        '0.00%" "',
        'dd"/"mm"/"yyyy',
        '0;"-"0.00',
        '0.0," k€"',
        "",
        "",
    ]


def test_what_is_struck_is_struck_by_itself_or_by_its_parent(tmp_path):
    styles = styled("cut", "", struck="solid") + styled("whole", "", struck="none")
    styles += styled("under", "", parent="cut") + styled("freed", "", parent="cut", struck="none")
    cells = [figure(1, name) for name in ("cut", "whole", "under", "freed")]
    span = '<text:span text:style-name="cut">mot</text:span>'
    cells += [words(span), words('<text:span text:style-name="whole">mot</text:span>')]
    sheet = of(tmp_path, ROWS.format("", "".join(cells)), styles)
    assert [sheet.cells[1, at].struck for at in range(1, 7)] == [True, False, True, False, True, False]


def test_rows_and_cells_repeat_as_often_as_they_say(tmp_path):
    twice, three = ' table:number-rows-repeated="2"', 'table:number-columns-repeated="3"'
    gap = f"<table:table-cell {three}/>"
    rows = ROWS.format("", words("a") + gap + words("b"))
    rows += ROWS.format(' table:number-rows-repeated="3"', "<table:table-cell/>")
    rows += ROWS.format(twice, words("c", three) + words("d"))
    rows += ROWS.format("", "<table:covered-table-cell/>" + words("e"))
    sheet = of(tmp_path, rows)
    values = {place: cell.value for place, cell in sheet.cells.items()}
    again = {(line, column): "c" for line in (5, 6) for column in (1, 2, 3)}
    assert values == {(1, 1): "a", (1, 5): "b", (5, 4): "d", (6, 4): "d", (7, 2): "e"} | again


def test_what_spans_is_merged_and_what_is_hidden_is_said(tmp_path):
    def spans(down, across):
        return f'table:number-rows-spanned="{down}" table:number-columns-spanned="{across}"'

    collapsed = ' table:visibility="collapse"'
    rows = ROWS.format("", words("a", spans(2, 1)) + words("b", spans(1, 3)) + words("c", spans(1, 1)))
    rows += ROWS.format(collapsed + ' table:number-rows-repeated="2"', words("d"))
    rows += ROWS.format(' table:visibility="filter"', words("e"))
    rows += ROWS.format(' table:visibility="visible"', words("f"))
    columns = "<table:table-column/>"
    columns += f'<table:table-column table:number-columns-repeated="2"{collapsed}/>'
    columns += '<table:table-column/><table:table-column table:visibility="filter"/>'
    sheet = of(tmp_path, rows, before=columns)
    assert sheet.merged == ((1, 1, 2, 4), (1, 2, 1, 1))
    assert sheet.hidden_lines == {2, 3, 4} and sheet.hidden_columns == {2, 3, 5}


def test_the_last_column_of_all_may_be_hidden(tmp_path):
    columns = '<table:table-column table:number-columns-repeated="16383"/>'
    columns += '<table:table-column table:number-columns-repeated="9" table:visibility="collapse"/>'
    assert of(tmp_path, ROWS.format("", words("a")), before=columns).hidden_columns == {16_384}


def test_each_kind_of_value_is_what_it_is(tmp_path):
    def dated(day):
        return f'<table:table-cell office:value-type="date" office:date-value="{day}"><text:p>x</text:p>'

    formula = 'table:formula="of:=1/0"'
    cells = [
        figure(12),
        figure(12.5, kind="currency"),
        figure(0.8, kind="percentage"),
        figure(0, shown="#DIV/0!", more=formula),
        figure(0, shown="Err:502", more=formula),
        figure(None, shown="", more=formula),
        dated("2021-06-30") + "</table:table-cell>",
        '<table:table-cell office:value-type="boolean" office:boolean-value="true"><text:p>VRAI</text:p>'
        "</table:table-cell>",
        '<table:table-cell office:value-type="boolean" office:boolean-value="false"><text:p>FAUX</text:p>'
        "</table:table-cell>",
        f'<table:table-cell {formula}><text:p>#NOM ?</text:p></table:table-cell>',
        f"<table:table-cell {formula}/>",
        words("deux</text:p><text:p>lignes"),
        words("a<text:s text:c='3'/>b<text:tab/>c<text:line-break/>d"),
        words("vu</text:p><office:annotation><text:p>par</text:p><text:p>Anne</text:p></office:annotation>"
              "<text:p>ici"),
    ]  # fmt: skip
    sheet = of(tmp_path, ROWS.format("", "".join(cells)))
    assert [sheet.cells[1, at] for at in range(1, 15)] == [
        Cell(12),
        Cell(12.5),
        Cell(0.8),
        Cell("#DIV/0!", wrong="broken"),
        Cell("Err:502", wrong="broken"),
        Cell("of:=1/0", wrong="uncomputed"),
        Cell(dt.datetime(2021, 6, 30)),
        Cell(True),
        Cell(False),
        Cell("#NOM ?", wrong="broken"),
        Cell("of:=1/0", wrong="uncomputed"),
        Cell("deux\nlignes"),
        Cell("a   b c d"),
        Cell("vu\nici", comment="par Anne"),
    ]
    assert isinstance(sheet.cells[1, 1].value, int)


def test_a_hidden_table_is_hidden(tmp_path):
    table = '<style:style style:name="t"><style:table-properties table:display="{}"/></style:style>'
    for shown, hidden in (("true", False), ("false", True)):
        path = ods(tmp_path / f"{shown}.ods", ROWS.format("", words("a")), styles=table.format(shown))
        content = "content.xml"
        with zipfile.ZipFile(path) as archive:
            text = (
                archive.read(content).decode().replace("<table:table ", '<table:table table:style-name="t" ')
            )
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(content, text)
        (sheet,) = opendocument.read(FRENCH, path)
        assert sheet.hidden == hidden and sheet.name == "Projets"


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("a;b\n1,5;2,5\n3,5;4,5\n", ";"),
        ("a,b\n1.5,2\n", ","),
        ("a\tb, c\n1\t2\n", "\t"),
        ("a|b\n1|2\n", "|"),
        # One line in three has another number of cells: most agree.
        ("titre\na;b;c\n1;2;3\n4;5;6\n", ";"),
        # Titles are many, but they are cut by no mark.
        ("titre\nnote\nfin\na,b\n1,2\n", ","),
        # As many lines agree: the mark that cuts them into more cells.
        ("a;b;c,d\n1;2;3,4\n", ";"),
        # A single column.
        ("a\nb c\nd\n", ";"),
        # As many lines of two cells as of three: the wider, which is more than what the semicolon cuts.
        ("1,2;x\n1,2;x\n1,2,3\n1,2,3\n", ","),
        # More lines agree on the comma; two on the semicolon.
        ("a,b\nc,d\ne,f;g;h\ni;j;k\n", ","),
    ],
)
def test_the_mark_is_the_one_that_cuts_most_lines_alike(tmp_path, text, mark):
    path = tmp_path / "a.csv"
    path.write_text(text, "utf-8")
    (sheet,) = delimited.read(FRENCH, path)
    lines = [line.split(mark) for line in text.splitlines()]
    assert {place: cell.value for place, cell in sheet.cells.items()} == {
        (line, column): words for line, row in enumerate(lines, 1) for column, words in enumerate(row, 1)
    }
