"""A workbook opens on a sheet that says how to fill it in, with the programme's own words and examples."""

import openpyxl
import pytest
from typed_book import folder_in, imported, table_of

import impactkit as ik

MANUAL = "Mode d’emploi"


@pytest.mark.parametrize("light", [True, False])
def test_the_first_sheet_says_how_to_fill_in_the_others(tmp_path, light):
    folder = folder_in(tmp_path / "essai")
    book = openpyxl.load_workbook(ik.new_workbook(folder, light=light))
    assert book.sheetnames[0] == MANUAL and book.active.title == MANUAL
    words = [str(cell.value) for line in book[MANUAL].iter_rows() for cell in line if cell.value]
    assert "Essai" in words[0]
    visible = [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"][1:]
    assert set(visible) <= set(words) and len(visible) == (4 if light else len(visible))


def test_it_is_no_fact_and_what_a_person_adds_there_is_kept(tmp_path):
    folder = folder_in(tmp_path / "essai")
    path = ik.new_workbook(folder)
    done = imported(folder, path)
    assert done.written and not done.leftovers and not any(done.added.values())
    book = openpyxl.load_workbook(path)
    book[MANUAL]["D4"] = "Je n’ai pas compris la feuille des projets"
    book.save(path)
    done = imported(folder, path)
    assert done.leftovers == 1 and "pas compris" in str(done)
    assert [row["value"] for row in table_of(folder, "leftovers")] == [
        "Je n’ai pas compris la feuille des projets"
    ]


@pytest.mark.parametrize("named", [["Kisumu", "Homa Bay"], ["Pays de Sorne"], ["Val fleuri", "Haut pays"]])
def test_the_examples_are_the_programme_s_own(tmp_path, named):
    path = ik.new_workbook(tmp_path / "essai", named=named, programme="Pactes")
    book = openpyxl.load_workbook(path)
    words = [
        text
        for sheet in book.worksheets
        for line in sheet.iter_rows(max_row=3)
        for cell in line
        for text in (str(cell.value or ""), cell.comment.text if cell.comment else "")
    ]
    for foreign in ("Valence", "Strasbourg", "Localtis", "Ecossolies", "French Impact", "Nantes"):
        assert not [text for text in words if foreign.lower() in text.lower()]
    assert f"ex. : {sorted(named)[0]}" in words
