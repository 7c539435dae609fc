"""Un seul sens du mot « nombre », pour `check` et pour `load` : ce que l’un passe, l’autre le lit."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from small_evaluation import written

import impactkit as ik
from impactkit.data.number_text import number_of

# What a spreadsheet, a script or another alphabet leaves in a cell.
NONE = [
    "inf",
    "-inf",
    "Infinity",
    "nan",
    "1e400",
    "-1e999",
    "1_000",
    "١٢٣",
    "１２",
    "²",
    "0x10",
    "1e16",
    "1 000",
]
NONE += ["true", "None", "1.2.3", "--1", "+", ".", "e5", "1e", "12€"]
NUMBERS = {"12": 12, " 12 ": 12, "+3": 3, "-0.5": -0.5, ".5": 0.5, "5.": 5, "1e3": 1000, "1E-2": 0.01}
FUNDING = "territory,payer,status,amount,as_of,source\na,Région,paid,{amount},2020,x\n"


def folder_with(small, amount):
    folder = small({}).folder
    (folder / "funding.csv").write_text(FUNDING.format(amount=amount), "utf-8")
    return folder


@pytest.mark.parametrize("amount", NONE)
def test_what_is_no_number_is_a_problem_and_never_a_figure(small, amount):
    folder = folder_with(small, amount)
    assert {(one.cell, one.value) for one in ik.check(folder)} == {("D2", amount)}
    with pytest.raises(ik.RefusedData, match="impactkit check"):
        ik.load(folder).territory("a")


@pytest.mark.parametrize("amount", NUMBERS)
def test_what_is_a_number_is_that_number(small, amount):
    folder = folder_with(small, amount)
    if NUMBERS[amount] >= 0:
        assert not ik.check(folder)
    assert ik.load(folder).territory("a").table("funding")["amount"].tolist() == [NUMBERS[amount]]


@pytest.mark.parametrize("value", [*NONE[:8], "1e16"])
def test_the_numbers_of_official_files_are_numbers(small, tmp_path, monkeypatch, value):
    monkeypatch.setenv("IMPACTKIT_SOURCES", str(tmp_path))
    text = f"code,year,jobs_private\n200068781,2017,1200\n200068781,2018,{value}\n"
    (tmp_path / "urssaf_emploi_prive_epci_2024.csv").write_text(text, "utf-8")
    perimeter = {"territory": "a", "family": "epci", "code": "200068781", "role": "perimeter"}
    ev = small({"perimeters": [perimeter]}, more='[[source]]\nkind = "urssaf-jobs"')
    with pytest.raises(ik.RefusedData, match="ligne 3"):
        ik.trajectory(ev.territory("a"), "count_jobs_private")


@given(st.text(alphabet="0123456789+-._eE ,١２²∞infaINFAT", max_size=8))
@example("1_0")
@example("1e309")
def test_what_check_passes_load_reads(tmp_path_factory, text):
    if any(letter in text for letter in ",") or not text.strip():
        return
    folder = written(tmp_path_factory.mktemp("essai") / "essai", {}).folder
    (folder / "funding.csv").write_text(FUNDING.format(amount=text), "utf-8")
    if not ik.check(folder):
        value = ik.load(folder).territory("a").table("funding")["amount"].tolist()
        assert value == [number_of(text)] == [float(text)]
