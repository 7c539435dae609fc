"""The workbook reader: what people fill, in the four formats that are read, taken into an evaluation."""

from __future__ import annotations

import shutil
import struct
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import edits
import heavy
from edits import Edit
from hypothesis import strategies as st
from judge import finite, must, outcome, readable, twice

import impactkit as ik
from impactkit.data.money import money_of
from impactkit.data.number_text import number_of
from impactkit.data.settings import read_settings
from impactkit.data.tables import as_csv, fields, read_text
from impactkit.data.workbook.compound import streams
from impactkit.data.workbook.opening import read_sheets
from impactkit.data.workbook.rows import read_workbook
from impactkit.data.workbook_write import write_workbook
from impactkit.wording.language import FRENCH

ROOT = Path(__file__).resolve().parents[1]
EVALUATION = ROOT / "tests" / "workbooks" / "evaluation"
BOOKS = (
    *sorted((ROOT / "tests" / "workbooks").glob("*.xlsx")),
    Path(__file__).parent / "samples" / "mixed.xlsx",
)
MIXED = Path(__file__).parent / "samples" / "mixed"
XLSX = {path.name: path.read_bytes() for path in BOOKS}
ODS = MIXED.with_suffix(".ods").read_bytes()
CSV = (
    "Territoire;Projet;Emplois;ETP;Insertion;Ambition;À la date du\n"
    "Val-d’Aubrelle;halle;3;2,5;oui;53;30/06/2021\n"
    "Val-d’Aubrelle;atelier-ecole;1 200;1,25;non;une dizaine;juin 2021\n"
    "Total;;1 203;;;;\n"
)
AS_OF = "2021-06-30"
SETTINGS = read_settings(FRENCH, EVALUATION / "evaluation.toml")
# What costs a second is done for one workbook in so many, by its bytes: always for the same ones.
ONE_IN = 8
# How Python writes what is no figure.
ODD = ("nan", "inf", "-inf", "+inf", "infinity", "-infinity")

record_edits = st.one_of(
    st.tuples(st.just("data"), edits.places, st.lists(edits.byte_edits, min_size=1, max_size=2)),
    st.tuples(st.just("data"), edits.places, st.lists(edits.byte_edits, min_size=1, max_size=2)),
    st.tuples(st.just("drop"), edits.places),
    st.tuples(st.just("again"), edits.places, st.sampled_from([1, 2, 300])),
    st.tuples(
        st.just("kind"),
        edits.places,
        st.sampled_from([0x203, 0x27E, 0xBD, 6, 0xFD, 0x205, 0x3C, 0x0A, 0x809]),
    ),
    st.tuples(st.just("swap"), edits.places, edits.places),
)
old = st.tuples(st.lists(record_edits, max_size=4), st.lists(edits.byte_edits, max_size=2))


def _records() -> list[tuple[int, bytes]]:
    stream, records, start = streams(MIXED.with_suffix(".xls").read_bytes())["Workbook"](), [], 0
    while start + 4 <= len(stream):
        kind, length = struct.unpack_from("<2H", stream, start)
        records.append((kind, stream[start + 4 : start + 4 + length]))
        start += 4 + length
    return records


RECORDS = _records()


def _of_records(edit: Edit, path: Path) -> None:
    """An old workbook whose records, then whose bytes are changed."""
    changes, flips = edit
    records = list(RECORDS)
    for kind, place, *more in changes:
        here = edits.at(records, place)
        number, data = records[here]
        if kind == "data":
            records[here] = (number, edits.of_bytes(data, more[0]))
        elif kind == "drop" and len(records) > 1:
            del records[here]
        elif kind == "again":
            records[here:here] = [records[here]] * more[0]
        elif kind == "kind":
            records[here] = (more[0], data)
        elif kind == "swap":
            other = edits.at(records, more[0])
            records[here], records[other] = records[other], records[here]
    stream = b"".join(heavy.record(number, data[:0xFFFF]) for number, data in records)
    heavy.compound(path, stream[:60_000])
    path.write_bytes(edits.of_bytes(path.read_bytes(), flips))


def xlsx(value: Any, folder: Path) -> None:
    name, edit = value
    _taken_in(folder, "classeur.xlsx", lambda path: path.write_bytes(edits.of_archive(XLSX[name], edit)))


def ods(value: Any, folder: Path) -> None:
    _taken_in(folder, "classeur.ods", lambda path: path.write_bytes(edits.of_archive(ODS, value)))


def xls(value: Any, folder: Path) -> None:
    _taken_in(folder, "classeur.xls", lambda path: _of_records(value, path))


def delimited(value: Any, folder: Path) -> None:
    _taken_in(folder, "emplois.csv", lambda path: path.write_bytes(edits.of_table(CSV, value, ";")))


def _taken_in(folder: Path, name: str, write: Callable[[Path], Any]) -> None:
    """A workbook read twice; one in so many, taken in, and what was written read back."""
    home, path = folder / "evaluation", folder / name
    write(path)
    sheets = twice(partial(read_sheets, FRENCH), path)
    taken = outcome(read_workbook, path, money_of(FRENCH, SETTINGS), "keep")
    must(sheets[0] == "value" or taken[0] == "refused", "unreadable, and read", sheets, taken)
    if taken[0] == "value":
        readable("\n".join(map(str, taken[1].problems)))
        for table, frame in taken[1].tables.items():
            _finite(table, frame)
    if zlib.crc32(path.read_bytes()) % ONE_IN:
        return
    shutil.copytree(EVALUATION, home)
    before = {file.name: file.read_bytes() for file in home.iterdir()}
    tried = outcome(ik.import_workbook, path, home, as_of=AS_OF, dry_run=True)
    must(before == {file.name: file.read_bytes() for file in home.iterdir()}, "a trial wrote something")
    if tried[0] == "refused":
        return
    words = readable(f"{tried[1]}\n{tried[1]._repr_html_()}\n{tried[1].receipt.text()}")
    entries = [(entry.sheet, entry.cell) for entry in tried[1].receipt.entries]
    must(len(entries) == len(set(entries)), "a cell with two fates", words)
    done = outcome(ik.import_workbook, path, home, as_of=AS_OF, hidden="keep")
    if done[0] == "value" and done[1].written:
        _sound(home, path, folder)
    else:
        must(before == {file.name: file.read_bytes() for file in home.iterdir()}, "half of an import")


def _finite(table: str, frame: Any) -> None:
    """No cell of a column of numbers says that it is infinite, or none."""
    for column, field in fields(FRENCH, table).items():
        if field["type"] in ("integer", "number") and column in frame:
            for cell in frame[column]:
                must(cell.strip().lower() not in ODD, "no figure", table, column, cell)


def _numbers(table: str, frame: Any) -> None:
    """What a column of numbers holds is a number that a table may hold."""
    for column, field in fields(FRENCH, table).items():
        if field["type"] in ("integer", "number") and column in frame:
            for cell in filter(None, frame[column]):
                number = number_of(cell)
                must(number is not None, "a word in a column of numbers", table, column, cell)
                finite(number, "", table, column)


def _sound(home: Path, path: Path, folder: Path) -> None:
    tables = {}
    for file in home.glob("*.csv"):
        frame = tables[file.stem] = read_text(FRENCH, file)
        must(as_csv(frame) == file.read_text("utf-8"), "a table that reads otherwise", file.name)
        _numbers(file.stem, frame)
    problems = ik.check(home)
    must(not problems, "taken in, and refused by check", str(problems))
    ik.load(home)
    again = ik.import_workbook(path, home, as_of=AS_OF, hidden="keep")
    must(not again.problems, "taken in once only", str(again.problems))
    must(not again.changes and not any(again.added.values()), "the same import twice adds", str(again))
    write_workbook(FRENCH, tables, folder / "back.xlsx")
    back = ik.import_workbook(folder / "back.xlsx", home, as_of=AS_OF)
    must(not back.problems, "written, and refused when read back", str(back.problems))
    must(not back.changes and not any(back.added.values()), "written, and read back otherwise", str(back))


INPUTS = {
    "xlsx": st.tuples(st.sampled_from(sorted(XLSX)), edits.archives),
    "ods": edits.archives,
    "xls": old,
    "csv": edits.tables,
}
