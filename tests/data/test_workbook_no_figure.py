"""Numbers that are none, in a cell of a workbook: errors of the spreadsheet, whatever reader finds them."""

import io
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest
from typed_book import JOBS, PLACE, folder_in, imported, table_of

import impactkit as ik
from impactkit.data.workbook.formats import Seen, seen
from impactkit.data.workbook.opening import read_sheets
from impactkit.wording.language import FRENCH

sys.path.insert(0, str(Path(__file__).parents[1] / "workbooks"))
import heavy  # noqa: E402

NONE = ["NaN", "INF", "-inf", "1e999", "1e150", "-1e150", "9" * 400]
DAY = "2021-06-30"


def in_xlsx(path, figure):
    """A line of jobs whose count is written so in the XML."""
    book = openpyxl.Workbook()
    book.active.title = "Emplois"
    for line in (JOBS, [PLACE, "halle", 4242, 2.5, None, DAY]):
        book.active.append(line)
    file = io.BytesIO()
    book.save(file)
    with zipfile.ZipFile(file) as before, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            after.writestr(name, before.read(name).replace(b"<v>4242</v>", f"<v>{figure}</v>".encode()))
    return path


def in_ods(path, figure):
    cell = f'<table:table-cell office:value-type="float" office:value="{figure}"/>'
    row = "<table:table-row>{}</table:table-row>"
    lines = "".join(map(heavy.words, JOBS)), heavy.words(PLACE) + heavy.words("halle") + cell
    heavy.ods(path, "".join(map(row.format, lines)).replace("Projets", "Emplois"))
    return path


@pytest.mark.parametrize("figure", NONE)
def test_a_number_that_is_none_is_an_error_in_an_opendocument(tmp_path, figure):
    (sheet,) = read_sheets(FRENCH, in_ods(tmp_path / "classeur.ods", figure))
    assert (sheet.cells[2, 3].wrong, sheet.cells[2, 3].value) == ("broken", "#NUM!")


@pytest.mark.parametrize("figure", [text for text in NONE if text[-1].isdigit()])
def test_a_number_that_is_none_is_an_error_of_the_spreadsheet(tmp_path, figure):
    folder = folder_in(tmp_path / "essai")
    done = imported(folder, in_xlsx(tmp_path / "classeur.xlsx", figure))
    assert [problem.cell for problem in done.problems] == ["C2"] and not done.written
    assert "tableur" in str(done.problems) and not table_of(folder, "jobs")


@pytest.mark.parametrize("figure", [text for text in NONE if not text[-1].isdigit()])
def test_a_word_where_a_workbook_holds_numbers_is_refused_with_it(tmp_path, figure):
    with pytest.raises(ik.RefusedData):
        read_sheets(FRENCH, in_xlsx(tmp_path / "classeur.xlsx", figure))


def test_a_number_that_is_one_is_read(tmp_path):
    folder = folder_in(tmp_path / "essai")
    assert imported(folder, in_xlsx(tmp_path / "classeur.xlsx", "12")).written
    assert table_of(folder, "jobs")[0]["actual"] == "12"


def test_a_text_of_four_hundred_digits_is_no_number(tmp_path):
    path = tmp_path / "emplois.csv"
    path.write_text(f"{';'.join(JOBS)}\n{PLACE};halle;{'9' * 400};2;;{DAY}\n", "utf-8")
    done = imported(folder_in(tmp_path / "essai"), path)
    assert [problem.cell for problem in done.problems] == ["C2"] and "nombre" in str(done.problems)


@pytest.mark.parametrize("form", ["0" + "%" * 400, "0" + "," * 400, "0" + "%" * 200, "0" + "," * 200])
def test_a_format_that_nobody_wrote_shows_no_figure(form):
    assert seen(12.0, form) in (Seen(12.0), Seen(None, "%" * form.count("%")), Seen(None))
