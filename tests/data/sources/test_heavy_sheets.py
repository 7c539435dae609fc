"""Un classeur publié qui deviendrait énorme une fois lu : refusé avant de l'être, en une phrase."""

import io
import zipfile

import openpyxl
import pytest

import impactkit as ik
from impactkit.data.sources import insee
from impactkit.reports import explain
from impactkit.wording.language import FRENCH

TITLES = ([["Titre"]] * 4) + [["Zone"]]
ROWS = [["ZE2020", "LIBZE2020", "2013-T4", "2014-T1"], ["0051", "A", 8.1, 8.2], ["0101", "B", None, 21.5]]


@pytest.fixture
def published(tmp_path):
    """Writes a workbook as INSEE does, some words of its sheet replaced by others."""

    def written(before=b"</sheetData>", after=b"</sheetData>", part="xl/worksheets/sheet1.xml"):
        book, file = openpyxl.Workbook(), io.BytesIO()
        book.active.title = "txcho_ze"
        for row in (*TITLES, *ROWS):
            book.active.append(row)
        book.save(file)
        path = tmp_path / "chomage-zone-t1-2003.xlsx"
        with zipfile.ZipFile(file) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
            for name in old.namelist():
                text = old.read(name)
                new.writestr(name, text.replace(before, after, 1) if name == part else text)
        return path

    return written


def refused(path):
    with pytest.raises(ik.RefusedData) as caught:
        insee.unemployment(FRENCH, path, {})
    assert caught.value.next and path.name in caught.value.where
    return caught.value.what


def test_a_workbook_as_it_is_published_is_read(published):
    (found,) = insee.unemployment(FRENCH, published(), {})
    assert found.frame.set_index(["unit", "period"]).loc[("0051", "2014-Q1"), "value"] == pytest.approx(
        0.082
    )


@pytest.mark.parametrize("place", [b"XFD1048576", b"A1048576", b"XFD5000", b"xfd5000", b" XFD5000 "])
@pytest.mark.parametrize("mark", [b'"', b"'"])
def test_one_cell_far_away_is_not_a_million_others(published, place, mark):
    cell = b"<row><c r=" + mark + place + mark + b"><v>1</v></c></row></sheetData>"
    assert "compterait plus" in refused(published(after=cell))


def test_more_cells_than_a_sheet_has_are_not_read(published):
    cells = b"<row>" + b"<c><v>1</v></c>" * 3_100_000 + b"</row></sheetData>"
    assert "compterait plus" in refused(published(after=cells))


def test_a_part_that_would_fill_the_memory_is_not_unpacked(published):
    assert "compterait plus" in refused(published(after=b" " * 310_000_000 + b"</sheetData>"))


@pytest.mark.parametrize("name", ["xl/sharedStrings.xml", "XL/SharedStrings.XML"])
def test_a_long_text_shown_by_many_cells_is_not_told_each_time(published, name):
    path = published(after=b"<row>" + b'<c t="s"><v>0</v></c>' * 500 + b"</row></sheetData>")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, "<sst><si><t>" + "mot " * 50_000 + "</t></si></sst>")
    assert "compterait plus" in refused(path)


def test_a_sheet_under_another_name_is_counted_too(published, tmp_path):
    path = published(after=b'<row><c r="XFD1048576"><v>1</v></c></row></sheetData>')
    moved = tmp_path / "moved" / path.name
    moved.parent.mkdir()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(moved, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name).replace(b"worksheets/sheet1.xml", b"ailleurs/une.xml")
            new.writestr(name.replace("worksheets/sheet1.xml", "ailleurs/une.xml"), text)
    assert "compterait plus" in refused(moved)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"<html></html>"])
def test_what_is_no_archive_has_no_sheet(tmp_path, content):
    path = tmp_path / "chomage-zone-t1-2003.xlsx"
    path.write_bytes(content)
    assert "classeur" in refused(path) or "txcho_ze" in refused(path)


def test_another_format_under_the_name_of_a_workbook_has_no_sheet(tmp_path):
    path = tmp_path / "chomage-zone-t1-2003.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<x/>")
    assert "classeur" in refused(path) or "txcho_ze" in refused(path)


def test_a_workbook_that_cannot_be_read_is_not_explained_by_a_trace(published):
    path = published(after=b'<row><c r="XFD1048576"><v>1</v></c></row></sheetData>')
    with pytest.raises(ik.RefusedData, match="cellules"):
        list(explain._cells(FRENCH, path))
    path.write_bytes(path.read_bytes()[:1_000])
    with pytest.raises(ik.RefusedData, match="table"):
        list(explain._cells(FRENCH, path))
