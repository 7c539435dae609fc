"""Ce qui sort dans un CSV ou un classeur n'est jamais une formule, et se relit tel qu'il était."""

import ast
import csv
import datetime as dt
import io
import re

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import impactkit as ik
from impactkit.data import csv_text
from impactkit.data.csv_writing import neutral, original, text_of_frame, text_of_rows
from impactkit.data.tables import as_csv, read_text
from impactkit.data.withdrawal import withdraw, withdrawals
from impactkit.data.workbook_write import write_workbook
from impactkit.reports.editions import Move, read_moves, write_moves
from impactkit.wording.language import FRENCH

FORMULAS = (
    "=cmd|' /C calc'!A0",
    "+1+cmd|x",
    "-2+3",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "'=1",
    "＝1",
    "Halle;=cmd|x",
    'Halle\n=HYPERLINK("http://x")',
)
LIVE = re.compile(r"(\A|[;\n\r])[\s]*[=+\-@＝＋－＠]|\A[\t\r]")
NUMBERS = ("-3", "+4", "-3,5", "1e-5", "-12.5 %", "0", "-,5")


def cells_of(text):
    return [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_would_be_computed_is_marked_and_read_back(text):
    assert not LIVE.search(neutral(text))
    assert original(neutral(text)) == text


@pytest.mark.parametrize("text", [*NUMBERS, "Halle", "l'atelier", "a-b", "x = 3", "", "'", "- 3 a'b"[2:]])
def test_a_number_and_an_innocent_text_leave_as_they_are(text):
    assert neutral(text) == text == original(text)


@given(st.text(alphabet=" \t\r\n';=+-@a1,.%＝\u200b", max_size=12))
def test_every_text_comes_back_and_none_is_live(text):
    assert original(neutral(text)) == text
    written = neutral(text)
    assert written == text or not LIVE.search(written)


def test_a_table_keeps_its_numbers_and_comes_back(tmp_path):
    frame = pd.DataFrame({"nom": list(FORMULAS), "valeur": [-1.5] * len(FORMULAS)})
    frame["vide"] = [None] * len(FORMULAS)
    text = text_of_frame(frame)
    assert not any(LIVE.search(cell) for cell in cells_of(text) if cell != "-1.5")
    assert text.count("-1.5") == len(FORMULAS)
    file = tmp_path / "t.csv"
    file.write_bytes(text.encode())
    records = csv_text.strict(FRENCH, file).records()
    assert [row["nom"] for row in records] == list(FORMULAS)


def test_tables_come_back_as_they_were(tmp_path):
    frame = pd.DataFrame({"project": list(FORMULAS), "name": list(reversed(FORMULAS))}, dtype="str")
    (tmp_path / "t.csv").write_bytes(as_csv(frame).encode())
    assert read_text(FRENCH, tmp_path / "t.csv").equals(frame)
    assert as_csv(read_text(FRENCH, tmp_path / "t.csv")) == as_csv(frame)


def test_what_moved_is_no_formula_and_comes_back(tmp_path):
    names = list(Move.__dataclass_fields__)
    move = Move(**dict.fromkeys(names, "=1+1"))
    write_moves((move,), tmp_path)
    assert "'=1+1" in (tmp_path / "moves.csv").read_text("utf-8")
    assert read_moves(FRENCH, tmp_path) == (move,)


def test_receipts_and_withdrawals_are_no_formulas(small, tmp_path):
    usual = {"territory": "a", "source": "s", "as_of": "2020"}
    rows = [usual | {"name": "=cmd|x", "role": "member"}]
    ev = small({"members": rows})
    book = tmp_path / "Membres.csv"
    header = ["Territoire", "Nom", "Rôle", "Remarque"]
    book.write_text(text_of_rows(header, [["Val-a", "@SUM(1)", "membre", "+1+cmd|x"]]), "utf-8")
    done = ik.import_workbook(book, ev.folder, as_of="2020")
    assert done.written, str(done.problems)
    withdraw(FRENCH, ev.folder, "members", "a / @SUM(1)", by="=cmd|x", why="@SUM(1)")
    logs = [*(ev.folder / "receipts").glob("*.csv"), ev.folder / "withdrawn.csv", ev.folder / "members.csv"]
    assert len(logs) == 3
    for log in logs:
        cells = cells_of(log.read_text("utf-8"))
        assert not any(LIVE.search(cell) for cell in cells), log.name
    (back,) = withdrawals(FRENCH, ev.folder)
    assert (back.by, back.why, back.row["note"]) == ("=cmd|x", "@SUM(1)", "+1+cmd|x")


def test_no_cell_of_a_workbook_is_a_formula(tmp_path):
    names = [f'=HYPERLINK("http://x/{n}";"{n}")' for n in range(60)]
    territories = pd.DataFrame({"territory": [f"t{n}" for n in range(60)], "name": names}, dtype="str")
    projects = pd.DataFrame({"project": ["=1"], "territory": ["t1"], "name": ["+cmd|x"]}, dtype="str")
    path = tmp_path / "b.xlsx"
    write_workbook(FRENCH, {"territories": territories, "projects": projects}, path, title="=cmd|x")
    book = openpyxl.load_workbook(path)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    words = {cell.value: cell for cell in cells if isinstance(cell.value, str)}
    assert {*names} <= words.keys()
    assert all(cell.quotePrefix for text, cell in words.items() if text.startswith(("=", "+", "-", "@")))


def test_no_other_module_writes_a_csv_or_a_cell(repo):
    writers = {"to_csv", "writer", "DictWriter"}
    for path in (repo / "src" / "impactkit").rglob("*.py"):
        if path.stem == "csv_writing":
            continue
        calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
        names = {call.func.attr for call in calls if isinstance(call.func, ast.Attribute)}
        assert not names & writers, path.name
        assert not (names & {"append"} and "sheet.append" in path.read_text("utf-8")), path.name


def test_dates_and_numbers_of_a_workbook_stay_what_they_are(tmp_path):
    jobs = pd.DataFrame({"territory": ["a"], "actual": ["-3"], "as_of": ["2020-01-02"]}, dtype="str")
    path = tmp_path / "b.xlsx"
    write_workbook(FRENCH, {"jobs": jobs}, path)
    values = [
        cell.value for row in openpyxl.load_workbook(path)["Emplois"].iter_rows(min_row=2) for cell in row
    ]
    assert -3 in values and dt.datetime(2020, 1, 2) in values
