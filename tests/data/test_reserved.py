"""A territory's code names a folder beside others: a name that is taken, or that a disk refuses, is said."""

import re

import openpyxl
import pytest

import impactkit as ik
from impactkit.data.reserved import instead, is_reserved

TAKEN = ("programme", "editions", "index", "changes", "history", "sha256sums")
DEVICES = ("con", "prn", "aux", "nul", "com1", "com7", "lpt9")
ODD = ("Programme", "EDITIONS", "SHA256SUMS", "CON", "Nul", "aux.txt", "index.html", ".failed", ".building")
FREE = ("programme-2", "console", "auxerre", "nulle-part", "com10", "les-editions", "compiegne", "indexe")


def written(small, code):
    """The folder of an evaluation whose second territory has this code."""
    folder = small({}).folder
    file = folder / "territories.csv"
    text = file.read_text("utf-8")
    assert text.count("\nb,") == 1
    file.write_text(text.replace("\nb,", f"\n{code},"), "utf-8")
    return folder


@pytest.mark.parametrize("code", [*TAKEN, *DEVICES])
def test_check_names_the_cell_and_proposes_a_code(small, code):
    folder = written(small, code)
    (problem,) = ik.check(folder)
    assert (problem.file, problem.cell, problem.value) == ("territories.csv", "A3", code)
    assert f"territoire-{code}" in problem.next
    # It is everyone's problem.
    assert list(ik.check(folder, territory="a")) == [problem]


@pytest.mark.parametrize("code", [*TAKEN, *DEVICES, *ODD])
def test_load_refuses(small, code):
    folder = written(small, code)
    with pytest.raises(ik.RefusedData) as caught:
        ik.load(folder)
    assert caught.value.where == "territories.csv, A3" and code in caught.value.what
    assert instead(code) in caught.value.next


@pytest.mark.parametrize("code", [".Failed", ".previous", "Con", "PROGRAMME"])
def test_what_is_ill_formed_too_is_said_as_reserved(small, code):
    problems = ik.check(written(small, code))
    assert any("réservé" in problem.expected for problem in problems if problem.cell == "A3")


@pytest.mark.parametrize("code", FREE)
def test_a_name_that_is_only_near_is_free(small, code):
    folder = written(small, code)
    assert not ik.check(folder)
    assert ik.load(folder).territory(code).code == code


@pytest.mark.parametrize("name", ["Com 1", "Le Programme", "Auxerre"])
def test_new_takes_what_is_only_near(tmp_path, name):
    assert ik.new_workbook(tmp_path / "essai", named=[name]).is_file()
    assert not ik.check(tmp_path / "essai")


@pytest.mark.parametrize("name", ["Programme", "Éditions", "Con", "Aux", "index", "LPT1=69123"])
def test_new_refuses_a_name_that_would_give_it(tmp_path, name):
    folder = tmp_path / "essai"
    with pytest.raises(ik.RefusedData) as caught:
        ik.new_workbook(folder, named=["Val fleuri", name])
    assert caught.value.where == name.partition("=")[0] and "territoire-" in caught.value.next
    assert not folder.exists()


@pytest.mark.parametrize(
    ("header", "row", "cell"),
    [
        (("Code", "Nom"), ("programme", "Val de Loire"), "A2"),
        (("Nom", "Code"), ("Val de Loire", "nul"), "B2"),
        # Nobody wrote a code: the name gives it.
        (("Nom",), ("Éditions",), "A2"),
        (("Vague", "Nom"), ("1", "Aux"), "B2"),
    ],
)
def test_the_import_refuses_at_its_cell(small, tmp_path, header, row, cell):
    folder = small({}).folder
    before = (folder / "territories.csv").read_bytes()
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Territoires"
    more = {"Vague": "1", "Nature du périmètre": "aucun périmètre établi", "Confiance": "faible"}
    for name in header:
        more.pop(name, None)
    sheet.append([*header, *more])
    sheet.append([*row, *more.values()])
    book.save(tmp_path / "classeur.xlsx")
    done = ik.import_workbook(tmp_path / "classeur.xlsx", folder, as_of="2024-06")
    problems = [problem for problem in done.problems if "réservé" in problem.expected]
    assert [(problem.file, problem.sheet, problem.cell) for problem in problems] == [
        ("classeur.xlsx", "Territoires", cell)
    ]
    assert "territoire-" in problems[0].next and not done.written
    assert (folder / "territories.csv").read_bytes() == before


def test_the_code_proposed_is_free_and_well_formed():
    assert instead("con", {"territoire-con", "territoire-con-2"}) == "territoire-con-3"
    for code in (*TAKEN, *DEVICES, *ODD):
        assert re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", instead(code)) and not is_reserved(instead(code))
