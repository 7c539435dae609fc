"""Une ligne plus courte ou plus longue que son en-tête est refusée à sa ligne, dans tout CSV."""

import gzip
import sys

import pandas as pd
import pytest

import impactkit as ik
from impactkit.cli import main
from impactkit.data import csv_text
from impactkit.data.check_rules import faults
from impactkit.data.folders import reference_folder
from impactkit.reports.mail import send
from impactkit.wording.language import FRENCH

JOBS = "territory,project,actual,target,insertion,as_of,source,note\n"
GOOD = "a,p,2,,true,2020,x,\n"
PROJECT = {"project": "p", "territory": "a", "name": "P"}
# A line that is not like its header -> what is said of it.
WRONG_LINES = {
    "shorter": ("a,p,2\n", "3 cellules"),
    "longer": ("a,p,2,,true,2020,x,,4,5\n", "10 cellules"),
    "a decimal comma": ("a,p,2,5,,true,2020,x,\n", "9 cellules"),
    "a comma in words": ("a,p,2,,true,2020,Gazette, mars,\n", "9 cellules"),
    "quotes never closed": ('a,p,2,,true,2020,"x,\n', "guillemets"),
    "words after a quote": ('a,p,2,,true,2020,"x" y,\n', "guillemets"),
    "an invisible character": ("a,p,2,,true,2020,x\x00y,\n", "U+0000"),
    "another one": ("a,p,2,,true,2020,x\x1by,\n", "U+001B"),
    "a cell no spreadsheet holds": (f"a,p,2,,true,2020,x,{'n' * 32_768}\n", "32767"),
    "a cell no library reads": (f"a,p,2,,true,2020,x,{'n' * 140_000}\n", "32767"),
}


@pytest.mark.parametrize("wrong", WRONG_LINES)
def test_a_line_unlike_its_header_is_a_problem_at_its_line(small, wrong):
    line, words = WRONG_LINES[wrong]
    folder = small({"projects": [PROJECT]}).folder
    (folder / "jobs.csv").write_text(JOBS + GOOD + line, "utf-8")
    problems = ik.check(folder)
    assert [(one.file, one.cell) for one in problems] == [("jobs.csv", "3")]
    assert words in problems[0].expected and problems[0].next
    with pytest.raises(ik.RefusedData) as caught:
        ik.load(folder)
    assert caught.value.where == "jobs.csv" and "ligne 3" in caught.value.what and words in caught.value.what


def test_every_line_is_said_at_once_and_the_first_twenty_named(small):
    folder = small({"projects": [PROJECT]}).folder
    (folder / "jobs.csv").write_text(JOBS + GOOD + "a,p,2\n" * 30, "utf-8")
    assert [one.cell for one in ik.check(folder)] == [str(line) for line in range(3, 33)]
    with pytest.raises(ik.RefusedData) as caught:
        ik.load(folder)
    said = caught.value.what
    assert "30 lignes" in said and "ligne 22" in said and "ligne 23" not in said


def test_a_column_that_is_twice_is_a_problem(small):
    folder = small({"projects": [PROJECT]}).folder
    (folder / "jobs.csv").write_text(JOBS.replace("note", "source") + GOOD, "utf-8")
    assert [(one.cell, one.value) for one in ik.check(folder)] == [("1", "source")]
    with pytest.raises(ik.RefusedData, match="source"):
        ik.load(folder)


@pytest.mark.parametrize("end", ["\n", "\n\n\n", "", "\n,,,,,,,\n", "\r\n\r\n", "\n   \n"])
def test_empty_lines_at_the_end_are_nothing(small, end):
    folder = small({"projects": [PROJECT]}).folder
    (folder / "jobs.csv").write_text(JOBS + GOOD.strip() + end, "utf-8-sig")
    assert not ik.check(folder) and len(ik.load(folder).table("jobs")) == 1


def test_a_line_break_within_a_cell_moves_no_line(small):
    folder = small({"projects": [PROJECT]}).folder
    (folder / "jobs.csv").write_text(JOBS + 'a,p,2,,true,2020,x,"un\ndeux\ntrois"\na,p,2\n', "utf-8")
    assert [one.cell for one in ik.check(folder)] == ["3"]


@pytest.mark.parametrize(
    "line", ["200068781;2018\n", "200068781;2018;2;3\n", "2018;12\n", "200068781;2018;1;010\n"]
)
def test_the_files_of_sources_are_read_as_strictly(small, tmp_path, monkeypatch, line):
    monkeypatch.setenv("IMPACTKIT_SOURCES", str(tmp_path))
    text = "code;year;jobs_private\n200068781;2017;1200\n" + line
    with gzip.open(
        tmp_path / "urssaf_emploi_prive_communes_2024.csv.gz", "wt", encoding="utf-8-sig"
    ) as file:
        file.write(text)
    (tmp_path / "shops.csv").write_text(text, "utf-8")
    own = 'kind = "table"\nindicator = "count_shops"\nfamily = "epci"\nsource = "x"\nfile = "shops.csv"\n'
    own += 'columns = { unit = "code", period = "year", value = "jobs_private" }'
    perimeter = {"territory": "a", "family": "epci", "code": "200068781", "role": "perimeter"}
    for outcome, more in (("count_jobs_private", 'kind = "urssaf-jobs"'), ("count_shops", own)):
        ev = small({"perimeters": [perimeter]}, more=f"[[source]]\n{more}")
        with pytest.raises(ik.RefusedData, match=r"(ligne|,) 3\b"):
            ik.trajectory(ev.territory("a"), outcome)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("a\n", "1 cellule"),
        ("a;b@exemple.fr\n", "1 cellule"),
        ("a,b@exemple.fr,c@exemple.fr\n", "3 cellules"),
        ('a,"b@exemple.fr\n', "guillemets"),
    ],
)
def test_recipients_are_refused_at_their_line(small, tmp_path, monkeypatch, capsys, line, words):
    ev = small({})
    (tmp_path / "reports" / ev.name).mkdir(parents=True)
    (ev.folder / "recipients.csv").write_text("territory,address\nb,b@exemple.fr\n" + line, "utf-8")
    with pytest.raises(ik.RefusedData, match="ligne 3") as caught:
        send(ev.folder, reports=tmp_path / "reports")
    assert words in caught.value.what
    typed = ["impactkit", "publish", str(ev.folder), "--mail", "--reports", str(tmp_path / "reports")]
    monkeypatch.setattr(sys, "argv", typed)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2 and "ligne 3" in capsys.readouterr().err


def test_a_file_of_a_hundred_thousand_rows_is_read_whole(small):
    folder = small({"projects": [PROJECT]}).folder
    (folder / "own.csv").write_text("unit,period,value\n" + "59512,2020,2\n" * 100_000 + "1\n", "utf-8")
    table = csv_text.parsed(FRENCH, folder / "own.csv")
    assert len(table.rows) == 100_001 and [fault.line for fault in table.faults] == [100_002]


@pytest.mark.parametrize("file", sorted(reference_folder().glob("*.csv*")), ids=lambda file: file.name)
def test_what_ships_is_read_strictly(file):
    assert csv_text.strict(FRENCH, file, separator=",").rows


@pytest.mark.parametrize(
    ("note", "words"), [("n" * 32_768, "32767"), ("a\x07b", "U+0007"), ("\ud800", "U+D800")]
)
def test_what_comes_from_a_workbook_is_held_to_the_same(note, words):
    row = {"territory": "a", "kind": "lesson", "lesson": "x", "as_of": "2020", "source": "x", "note": note}
    tables = {"lessons": pd.DataFrame([row], dtype="str")}
    found = [
        fault for fault in faults(FRENCH, tables, {"wave": [], "vintage": 2026}) if fault.column == "note"
    ]
    assert [fault.row for fault in found] == [0] and words in found[0].expected
