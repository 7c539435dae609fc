"""Tables of an evaluation in every shape: encodings, separators, lines, cells; the lists beside them."""

from __future__ import annotations

import shutil
import zlib
from functools import partial
from pathlib import Path
from typing import Any

import edits
from hypothesis import strategies as st
from judge import finite, must, outcome, plain, readable, twice

import impactkit as ik
from impactkit.data import csv_text
from impactkit.data.csv_writing import neutral, original, text_of_rows
from impactkit.data.journal import reading
from impactkit.data.tables import as_csv, fields, read_text, read_typed, schemas
from impactkit.data.withdrawal import taken_back, withdrawals
from impactkit.reports.recipients import recipients
from impactkit.wording.language import FRENCH

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "data" / "demo"
SMALL = ROOT / "tests" / "workbooks" / "evaluation"
MOST = 5
# What costs a second is done for one table in so many, by its bytes: always for the same ones.
ONE_IN = 4
TABLES = {
    file.stem: "".join(file.read_text("utf-8").splitlines(keepends=True)[:MOST])
    for file in sorted(DEMO.glob("*.csv"))
}
BESIDE = {
    "recipients.csv": (
        "territory,address,name\nval-d-aubrelle,maire@exemple.fr,Mme le Maire\n"
        'haute-brume,"a@exemple.fr; b@exemple.fr",Bureau\nprogramme,Équipe <équipe@exemple.fr>,\n'
    ),
    "withdrawn.csv": (
        "date,by,why,table,key,column,row\n"
        '2024-01-02,Ada,erreur,projects,halle,,"{""project"": ""halle""}"\n'
        '2024-01-03,Ada,double,members,x,name,"{""territory"": ""a"", ""name"": ""x""}"\n'
    ),
    ".changes.journal": '["projects.csv", "receipts/2024-01-01-essai.csv"]',
}
INPUTS = st.tuples(st.sampled_from(sorted(TABLES)), edits.tables)
INPUTS_BESIDE = st.tuples(st.sampled_from(sorted(BESIDE)), edits.tables)


def check(value: Any, folder: Path) -> None:
    """A table read twice the same; written, it reads back; what `check` passes, `load` takes."""
    name, edit = value
    home = folder / "evaluation"
    shutil.copytree(SMALL, home)
    for other in ("territories", "projects"):
        (home / f"{other}.csv").write_text(TABLES[other], "utf-8")
    path = home / f"{name}.csv"
    path.write_bytes(edits.of_table(TABLES[name], edit))
    parsed = twice(partial(csv_text.parsed, FRENCH), path)
    _strict(path, parsed)
    typed = twice(partial(read_typed, FRENCH), path, name)
    if typed[0] == "value":
        _figures(name, *typed[1])
    problems = twice(ik.check, home)
    loaded = twice(ik.load, home)
    if problems[0] == "value":
        readable(f"{problems[1]}\n{problems[1]._repr_html_()}")
        if not problems[1]:
            must(loaded[0] == "value", "passed by check, refused by load", loaded)
            if zlib.crc32(path.read_bytes()) % ONE_IN == 0:
                _measured(loaded[1])


def _measured(ev: Any) -> None:
    """What is computed of tables without a problem is a figure, or says why there is none."""
    outcome(ik.knowledge, ev)
    rows = outcome(ik.indicators, ev)
    for row in rows[1].to_dict("records") if rows[0] == "value" else ():
        finite(row["value"], row["flag"], row["indicator"], row["territory"])
        for bound in ("low", "high"):
            finite(row[bound], "no interval", row["indicator"], bound)
    for place in ev.territories[:1]:
        told = outcome(ik.essentials, place)
        readable(str(told[1]))


def _strict(path: Path, parsed: tuple[str, Any]) -> None:
    """What is without fault is written and reads back."""
    text = twice(partial(read_text, FRENCH), path)
    if text[0] == "refused":
        return
    must(parsed[0] == "value", "no CSV, and read", parsed)
    frame = text[1]
    written = path.with_name("again.csv")
    written.write_text(as_csv(frame), "utf-8", newline="")
    back = read_text(FRENCH, written)
    must(plain(_without_end(frame)) == plain(_without_end(back)), "written, and read back otherwise")
    written.unlink()


def _without_end(frame: Any) -> list[list[str]]:
    """The rows up to the last that says something: spaces that end a table are no row."""
    rows = [list(map(str, frame.columns)), *frame.to_numpy().tolist()]
    while rows and csv_text.is_blank(rows[-1]):
        rows.pop()
    return rows


def _figures(name: str, frame: Any, wrong: Any) -> None:
    for column, field in fields(FRENCH, name).items():
        if field["type"] in ("integer", "number"):
            for number in frame[column]:
                finite(number, "empty or told", name, column)


def beside(value: Any, folder: Path) -> None:
    """The lists that stand beside the tables: who gets what, what was taken back, what was cut short."""
    name, edit = value
    home, victim = folder / "evaluation", folder / "victim"
    shutil.copytree(SMALL, home)
    victim.mkdir()
    (victim / "x").write_text("à garder", "utf-8")
    (victim / ".x.new").write_text("autre", "utf-8")
    ev = ik.load(home)
    (home / name).write_bytes(edits.of_table(BESIDE[name], edit))
    if name == "recipients.csv":
        people = twice(recipients, ev)
        for person in sum(people[1].values(), []) if people[0] == "value" else ():
            must(person.wrong or "@" in person.address, "no address", person)
            must(person.wrong or len(person.header.splitlines()) == 1, "a header of two lines", person)
            readable(person.wrong)
    elif name == "withdrawn.csv":
        for withdrawn in (
            twice(partial(withdrawals, FRENCH), home),
            twice(partial(taken_back, FRENCH), home),
        ):
            readable(str(withdrawn[1]))
    else:
        outcome(_read, home)
        must((victim / "x").read_text("utf-8") == "à garder", "another folder was changed")
        must((victim / ".x.new").is_file(), "another folder was changed")
        outcome(ik.check, home)


def _read(home: Path) -> None:
    with reading(FRENCH, home):
        return


INPUTS_CELLS = st.lists(st.lists(edits.letters, min_size=2, max_size=2), min_size=1, max_size=4)


def cells(value: Any, folder: Path) -> None:
    """Any text that leaves in a CSV comes back as it was, and no spreadsheet computes it."""
    rows = [[cell.encode("utf-8", "replace").decode() for cell in row] for row in value]
    for row in rows:
        for cell in row:
            must(original(neutral(cell)) == cell, "a cell that comes back otherwise", cell, neutral(cell))
    text = text_of_rows(["a", "b"], rows)
    (folder / "out.csv").write_text(text, "utf-8", newline="")
    parsed = outcome(partial(csv_text.parsed, FRENCH), folder / "out.csv", separator=",")
    must(parsed[0] == "value", "written, and no CSV", parsed)
    if not parsed[1].faults:
        kept = list(rows)
        while kept and csv_text.is_blank(kept[-1]):
            kept.pop()
        must([list(row) for row in parsed[1].full_rows()] == kept, "written, and read back otherwise", kept)


assert set(TABLES) <= set(schemas(FRENCH))
