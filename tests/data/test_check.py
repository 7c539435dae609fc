"""`check` says every problem at once, by file and cell, and what to do."""

import csv
import shutil

import pytest

import impactkit as ik


@pytest.fixture
def folder(repo, tmp_path):
    """A copy of the real evaluation, to spoil."""
    return shutil.copytree(repo / "data" / "french-impact", tmp_path / "essai")


def test_the_real_evaluation_has_nothing_to_correct(repo):
    assert not ik.check(repo / "data" / "french-impact")


def test_every_planted_mistake_is_said_with_its_cell(folder):
    jobs = folder / "jobs.csv"
    lines = jobs.read_text("utf-8").splitlines()
    lines += [
        "valence-roman,consigne,3,,true,2020,x,",
        "valence-romans,consigna,3,,true,2020,x,",
        "valence-romans,consigne,deux,,true,2020,x,",
        "valence-romans,consigne,3,,peut-être,2020-13,x,",
    ]
    n = len(lines)
    jobs.write_text("\n".join(lines) + "\n", "utf-8")
    perimeters = folder / "perimeters.csv"
    text = perimeters.read_text("utf-8").replace("200068781", "200068789")
    perimeters.write_text(text.replace("territory,family", "territory,familly", 1), "utf-8")
    found = {(one.file, one.cell): one for one in ik.check(folder)}
    assert "`valence-romans`" in found["jobs.csv", f"A{n - 3}"].next
    assert "`consigne`" in found["jobs.csv", f"B{n - 2}"].next
    assert found["jobs.csv", f"C{n - 1}"].value == "deux"
    assert found["jobs.csv", f"E{n}"].value == "peut-être"
    assert found["jobs.csv", f"F{n}"].value == "2020-13"
    assert "`family`" in found["perimeters.csv", "1"].next
    perimeters.write_text(text, "utf-8")
    code = next(one for one in ik.check(folder) if one.value == "200068789")
    assert code.file == "perimeters.csv" and code.territory == "valence-romans" and "200068781" in code.next
    assert code.cell.startswith("C")
    assert all(one.expected and one.next for one in found.values())


def test_one_territory_s_problems_alone(folder):
    text = (folder / "perimeters.csv").read_text("utf-8").replace("200068781", "200068789")
    (folder / "perimeters.csv").write_text(text, "utf-8")
    assert ik.check(folder, territory="valence-romans")
    assert not ik.check(folder, territory="mayotte")
    with pytest.raises(ik.UnknownName):
        ik.check(folder, territory="mayote")


def test_a_fact_without_date_or_source_is_refused(folder):
    (folder / "jobs.csv").write_text(
        "territory,project,actual,target,insertion,as_of,source,note\nvalence-romans,,2,,,,,\n", "utf-8"
    )
    assert {one.cell for one in ik.check(folder)} == {"B2", "F2", "G2"}


def test_a_table_of_territories_without_its_codes_is_said(folder):
    _replace(folder / "territories.csv", "territory,", "territoyre,")
    assert "`territory`" in next(one for one in ik.check(folder) if one.value == "territoyre").next


def test_a_year_that_is_too_great_is_said(repo, tmp_path):
    folder = shutil.copytree(repo / "data" / "demo", tmp_path / "essai")
    with (folder / "valuations.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    year = next(row["start"] for row in rows if row["start"])
    _replace(folder / "valuations.csv", f",{year},", ",2101,")
    assert [one.expected for one in ik.check(folder) if one.value == "2101"] == [
        "cette valeur est trop grande."
    ]


def test_a_quarter_is_a_period(repo, tmp_path):
    folder = shutil.copytree(repo / "data" / "demo", tmp_path / "essai")
    _replace(folder / "outcomes.csv", "U001,2014,", "U001,2014-Q1,")
    assert not ik.check(folder)


def _replace(file, was, becomes):
    text = file.read_text("utf-8")
    assert was in text
    file.write_text(text.replace(was, becomes, 1), "utf-8")


def test_a_perimeter_of_two_families_is_refused(folder):
    with (folder / "perimeters.csv").open("a", encoding="utf-8") as file:
        file.write("valence-romans,commune,26362,perimeter,2019,x,\n")
    found = ik.check(folder)
    assert len(found) == 1 and found[0].territory == "valence-romans" and "familles" in found[0].expected
