"""The same facts again change nothing; a correction replaces, a conflict is refused, a withdrawal stays."""

import csv
import json
import shutil
import sys

import pytest
from typed_book import JOBS, PLACE, SHEETS, book_in, changed, folder_in, imported, table_of, tables

import impactkit as ik
from impactkit.data.withdrawal import withdraw
from impactkit.wording.language import FRENCH


@pytest.fixture
def home(tmp_path):
    return folder_in(tmp_path / "essai")


def test_imported_again_nothing_changes_whatever_the_name_of_the_file(home, tmp_path):
    first = imported(home, book_in(tmp_path / "premier.xlsx", SHEETS))
    assert first.written and sum(first.added.values()) == 8, str(first)
    before = tables(home)
    for name in ("premier.xlsx", "second.xlsx", "Classeur final (2).xlsx"):
        again = imported(home, book_in(tmp_path / name, SHEETS))
        assert again.written and not again.changes and not any(again.added.values()), str(again)
        assert tables(home) == before
        fates = again.receipt.counts
        assert set(fates) == {"header", "same", "aside"} and fates["same"] > 20


@pytest.mark.parametrize(
    ("cell", "value", "table", "column", "text"),
    [
        ("Financements_D2", 1500, "funding", "amount", "1500"),
        ("Emplois_C2", 5, "jobs", "actual", "5"),
        ("Partenariats_D2", "2 k€", "partnerships", "cash", "2000"),
        ("Partenariats_E2", 12.5, "partnerships", "hours", "12.5"),
        ("Emplois_E2", "une douzaine", "jobs", "target", "une douzaine"),
    ],
)
def test_a_correction_replaces_its_fact_and_says_so(home, tmp_path, cell, value, table, column, text):
    imported(home, book_in(tmp_path / "premier.xlsx", SHEETS))
    count = len(table_of(home, table))
    done = imported(home, book_in(tmp_path / "corrige.xlsx", changed(**{cell: value})))
    assert done.written and not any(done.added.values()), str(done)
    rows = table_of(home, table)
    assert len(rows) == count and [row[column] for row in rows].count(text) == 1
    assert [change.becomes for change in done.changes if change.column == column] == [text]
    # The row now comes from the workbook that corrected it.
    assert [change.becomes for change in done.changes if change.column == "source"] == [
        "classeur « corrige.xlsx »".replace(" »", "\u202f»").replace("« ", "«\u202f")
    ]
    entry = next(one for one in done.receipt.entries if f"{one.sheet}_{one.cell}" == cell)
    assert entry.fate == "replaced" and entry.becomes == text


@pytest.mark.parametrize(
    ("title", "line", "cells"),
    [
        ("Emplois", [PLACE, "halle", 5, 2.5, "dix", "2021-06-30"], {"C2", "C4"}),
        ("Emplois", [PLACE, "atelier", 1, 3, None, "2021-06-30"], {"D3", "D4"}),
        ("Financements", [PLACE, "Région", "versé", 1500, "2021-06-30"], {"D2", "D3"}),
        ("Partenariats", [PLACE, "Scieries", "achat", 600, 20, "2021-06-30"], {"D2", "D3", "E2", "E3"}),
    ],
)
def test_two_figures_for_one_fact_are_a_problem_at_both_cells(home, tmp_path, title, line, cells):
    sheets = {**SHEETS, title: [*SHEETS[title], line]}
    done = imported(home, book_in(tmp_path / "double.xlsx", sheets))
    assert {one.cell for one in done.problems if one.sheet == title} == cells, str(done)
    assert len(done.problems) == len(cells) and not done.written


@pytest.mark.parametrize(
    ("title", "line"),
    [
        ("Emplois", [PLACE, "halle", 3, 2.5, "dix", "2021-06-30"]),
        ("Financements", [PLACE, "Région", "versé", 1000, "2021-06-30"]),
        ("Enseignements", [PLACE, "enseignement", "Le temps manque"]),
    ],
)
def test_a_row_written_twice_is_one_and_told(home, tmp_path, title, line):
    done = imported(home, book_in(tmp_path / "double.xlsx", {**SHEETS, title: [*SHEETS[title], line]}))
    assert (
        done.written
        and done.added == imported(folder_in(home.parent / "b"), book_in(tmp_path / "x.xlsx", SHEETS)).added
    )
    last = len(SHEETS[title]) + 1
    told = [one for one in done.receipt.entries if one.sheet == title and one.cell.endswith(str(last))]
    assert told and {one.fate for one in told} == {"aside"}


def test_two_members_of_one_name_are_one_member_or_a_question(home, tmp_path):
    head = ["Territoire", "Nom", "Type", "Rôle"]
    same = [head, [PLACE, "Forge", "association", "membre"], [PLACE, "Forge", "association", "membre"]]
    done = imported(home, book_in(tmp_path / "a.xlsx", {"Membres": same}))
    assert done.written and len(table_of(home, "members")) == 1
    other = [head, [PLACE, "Lavoir", "association", "membre"], [PLACE, "Lavoir", "entreprise", "membre"]]
    done = imported(home, book_in(tmp_path / "b.xlsx", {"Membres": other}))
    assert {one.cell for one in done.problems} == {"C2", "C3"}


@pytest.mark.parametrize("name", ["Atelier partagé", "Garage solidaire", "Épicerie"])
def test_two_projects_of_one_name_are_told_with_a_code(home, tmp_path, name):
    head = ["Territoire", "Projet", "Avancement", "Coût annuel"]
    rows = [head, [PLACE, name, "idée", 100], [PLACE, name, "lancé", 200]]
    done = imported(home, book_in(tmp_path / "a.xlsx", {"Projets": rows}))
    assert {one.cell for one in done.problems} == {"B2", "B3"}, str(done)
    assert all("-2" in one.next and "Code du projet" in one.next for one in done.problems)


def test_a_cell_emptied_and_a_row_deleted_are_told_and_kept(home, tmp_path):
    imported(home, book_in(tmp_path / "premier.xlsx", SHEETS))
    before = tables(home)
    sheets = changed(Emplois_D2=None, Partenariats_E2=None)
    sheets["Emplois"] = sheets["Emplois"][:2]
    sheets["Financements"] = sheets["Financements"][:1]
    done = imported(home, book_in(tmp_path / "premier.xlsx", sheets))
    kept = {(one.table, one.column) for one in done.receipt.kept}
    assert {("jobs", "fte"), ("partnerships", "hours"), ("jobs", ""), ("funding", "")} <= kept
    text = str(done)
    assert "aubrelle / atelier / 2021-06-30" in text and "withdraw" in text and "ETP" in text
    assert tables(home) == before


def test_a_workbook_of_another_territory_says_nothing_of_this_one(home, tmp_path):
    imported(home, book_in(tmp_path / "premier.xlsx", SHEETS))
    rows = [["Territoire", "Nom", "Rôle"], ["Haute-Sorne", "Forge", "membre"]]
    done = imported(home, book_in(tmp_path / "autre.xlsx", {"Membres": rows, "Emplois": [JOBS]}))
    assert done.written and not done.receipt.kept


def test_a_fact_withdrawn_is_logged_and_does_not_come_back(home, tmp_path):
    path = book_in(tmp_path / "premier.xlsx", SHEETS)
    imported(home, path)
    withdraw(FRENCH, home, "jobs", "aubrelle / halle / 2021-06-30", by="A. Martin", why="compté deux fois")
    assert [row["project"] for row in table_of(home, "jobs")] == ["atelier"]
    with (home / "withdrawn.csv").open(encoding="utf-8") as file:
        logged = list(csv.DictReader(file))
    assert logged[0]["by"] == "A. Martin" and logged[0]["why"] == "compté deux fois" and logged[0]["date"]
    assert json.loads(logged[0]["row"])["actual"] == "3"
    again = imported(home, path)
    assert again.written and not any(again.added.values())
    assert "A. Martin" in str(again) and again.receipt.counts["retracted"] == 6
    assert [row["project"] for row in table_of(home, "jobs")] == ["atelier"]
    # Another figure is another statement: it is taken.
    other = imported(home, book_in(tmp_path / "corrige.xlsx", changed(Emplois_C2=4)))
    assert other.added["jobs"] == 1 and not ik.check(home)


def test_one_cell_withdrawn_does_not_come_back_either(home, tmp_path):
    path = book_in(tmp_path / "premier.xlsx", SHEETS)
    imported(home, path)
    key = "aubrelle / halle / 2021-06-30"
    withdraw(FRENCH, home, "jobs", key, by="A. Martin", why="faux", column="fte")
    assert table_of(home, "jobs")[0]["fte"] == "" and table_of(home, "jobs")[0]["actual"] == "3"
    again = imported(home, path)
    assert not again.changes and again.receipt.counts["retracted"] == 1 and "faux" in str(again)
    done = imported(home, book_in(tmp_path / "b.xlsx", changed(Emplois_D2=2)))
    assert [one.becomes for one in done.changes if one.column == "fte"] == ["2"]


def test_a_withdrawal_is_refused_without_a_name_a_key_or_while_it_is_needed(home, tmp_path):
    imported(home, book_in(tmp_path / "premier.xlsx", SHEETS))
    before = tables(home)
    with pytest.raises(ik.UnknownName, match="atelier"):
        withdraw(FRENCH, home, "jobs", "aubrelle / ateliers / 2021-06-30", by="A", why="b")
    with pytest.raises(ik.UnknownName, match="jobs"):
        withdraw(FRENCH, home, "job", "x", by="A", why="b")
    with pytest.raises(ik.RefusedData, match="nom et une raison"):
        withdraw(FRENCH, home, "jobs", "aubrelle / halle / 2021-06-30", by=" ", why="b")
    with pytest.raises(ik.RefusedData, match="halle"):
        withdraw(FRENCH, home, "projects", "halle", by="A", why="b")
    with pytest.raises(ik.RefusedData):
        withdraw(FRENCH, home, "jobs", "aubrelle / halle / 2021-06-30", by="A", why="b", column="project")
    assert tables(home) == before


def test_the_command_withdraws(home, tmp_path, repo, processes):
    imported(home, book_in(tmp_path / "premier.xlsx", SHEETS))
    words = ["withdraw", home, "jobs", "aubrelle / halle / 2021-06-30", "--by", "A. Martin", "--why", "faux"]
    command = [sys.executable, "-m", "impactkit", *map(str, words)]
    done = processes.run(command, capture_output=True, text=True, cwd=repo)
    assert done.returncode == 0 and "withdrawn.csv" in done.stdout, done.stderr
    again = processes.run(command, capture_output=True, text=True, cwd=repo)
    assert again.returncode == 2 and "Traceback" not in again.stderr


def test_the_kit_s_own_workbook_imported_again_changes_nothing(repo, tmp_path):
    folder = shutil.copytree(
        repo / "data" / "demo", tmp_path / "copie", ignore=shutil.ignore_patterns("workbooks")
    )
    before = tables(folder)
    done = ik.import_workbook(ik.new_workbook(folder), folder)
    assert done.written and not done.changes and not done.receipt.kept, str(done)[:2000]
    assert tables(folder) == before


def test_lines_that_a_hand_wrote_twice_in_a_table_come_back_as_they_are(home, tmp_path):
    line = "aubrelle,Région,paid,{amount},2021-06-30,Gazette,{note}"
    lines = ["territory,payer,status,amount,as_of,source,note", line.format(amount=1000, note="un")]
    lines += [line.format(amount=400, note="deux"), line.format(amount=400, note="deux")]
    (home / "funding.csv").write_text("\n".join(lines) + "\n", "utf-8")
    before = tables(home)
    done = ik.import_workbook(ik.new_workbook(home), home)
    assert done.written and not done.changes and not any(done.added.values()), str(done)
    assert not done.receipt.kept and tables(home) == before
