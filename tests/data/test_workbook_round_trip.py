"""Tables to a workbook and back, and a workbook to tables and back: nothing is lost, nothing is changed."""

import datetime as dt
import shutil
import tempfile
import unicodedata
from pathlib import Path

import openpyxl
import pandas as pd
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tiers import examples

import impactkit as ik
from impactkit.data.facts import identity
from impactkit.data.tables import columns, read_text, schemas
from impactkit.data.workbook.words import DITTO, NOT_SAID, plain
from impactkit.data.workbook_write import write_workbook
from impactkit.wording.language import FRENCH

# Each example writes and reads whole workbooks: shrinking one would take minutes.
SLOW = settings(
    max_examples=examples(20),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
PLACES = {"val-d-aubrelle": "Val d’Aubrelle", "haute-sorne": "Haute-Sorne", "trois-lacs": "Les Trois Lacs"}
PROJECTS = {"val-d-aubrelle": ["halle", "atelier"], "haute-sorne": ["verger"], "trois-lacs": []}
TOML = """title = "Essai"
programme = "Essai"
vintage = 2026
[[wave]]
id = "1"
name = "première vague"
labelled = "2019-02-25"
"""


def _said(text):
    """Words as a table holds them: composed, without spaces around, and not a way to say nothing."""
    words = " ".join(unicodedata.normalize("NFC", text).split())
    return "" if plain(words) in NOT_SAID | DITTO or words.startswith("ex. :") else words


LETTERS = st.characters(codec="utf-8", categories=("L", "N", "P", "Zs", "Sm", "Sc"), exclude_characters="|;")
WORDS = st.text(LETTERS, min_size=1, max_size=30).map(_said).filter(bool)
FORMS = ("%Y-%m-%d", "%Y-%m", "%Y")


def _dates(first, last):
    days = st.dates(min_value=dt.date(first, 1, 1), max_value=dt.date(last, 12, 31))
    return st.builds(lambda day, form: format(day, form), days, st.sampled_from(FORMS))


# What happened comes before the day of its row, and before today.
PAST, DATES = _dates(1901, 1950), _dates(1951, 2025)
ORDERED = {"until", "resolved", "incubated", "started", "scaled", "stopped"}


def _cell(table, one, place):
    name, rule = one["name"], one.get("constraints", {})
    required = rule.get("required", False)
    if name == "territory":
        values = st.just(place)
    elif name == "project":
        known = PROJECTS[place]
        values = st.sampled_from(known) if known else st.just("")
    elif name in ("challenge", "partners", "wave"):
        values = st.just("")
    elif one.get("labels"):
        codes = list(one["labels"])
        values = st.sampled_from(codes)
        if one.get("many"):
            values = st.lists(values, min_size=1, max_size=2, unique=True).map("|".join)
    elif one["type"] == "boolean":
        values = st.sampled_from(["true", "false"])
    elif one["type"] == "integer":
        values = st.integers(1, 10**6).map(str)
    elif one["type"] == "number":
        values = st.one_of(
            st.integers(0, 10**9).map(str),
            st.floats(0.001, 10**6).filter(lambda x: not x.is_integer()).map(repr),
        )
    elif "\\d{4}" in rule.get("pattern", ""):
        past = one.get("past") and name != "as_of"
        values = st.just("") if name in ORDERED else PAST if past else DATES
    else:
        values = WORDS
    return values if required else st.one_of(st.just(""), values)


TABLES = (
    "members",
    "jobs",
    "funding",
    "partnerships",
    "project_outcomes",
    "lessons",
    "unintended_effects",
)


@st.composite
def evaluations(draw):
    """Rows of several tables for three invented territories, as a folder would hold them."""
    tables = {}
    for table in TABLES:
        rows = []
        for _ in range(draw(st.integers(0, 3))):
            # A job or an outcome belongs to a project.
            needs = table in ("jobs", "project_outcomes")
            place = draw(st.sampled_from([code for code in PLACES if PROJECTS[code] or not needs]))
            rows.append(
                {one["name"]: draw(_cell(table, one, place)) for one in schemas(FRENCH)[table]["fields"]}
            )
        # Rows of one key are one row.
        unlike = {identity(table, row): row for row in rows}
        tables[table] = pd.DataFrame(list(unlike.values()), columns=list(columns(table)), dtype="str")
    return tables


def _folder(home):
    home.mkdir()
    (home / "evaluation.toml").write_text(TOML, "utf-8")
    lines = ["territory,name,wave,perimeter_kind,confidence"]
    lines += [f"{code},{name},1,none,low" for code, name in PLACES.items()]
    (home / "territories.csv").write_text("\n".join(lines) + "\n", "utf-8")
    lines = ["project,territory,name,as_of,source"]
    lines += [f"{code},{place},Projet {code},2020,x" for place, codes in PROJECTS.items() for code in codes]
    (home / "projects.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return home


def _tables(folder):
    found = {}
    for table in TABLES:
        file = folder / f"{table}.csv"
        frame = (
            read_text(FRENCH, file).fillna("")
            if file.is_file()
            else pd.DataFrame(columns=list(columns(table)))
        )
        found[table] = frame.reindex(columns=list(columns(table)), fill_value="").astype("str")
    return found


@SLOW
@given(evaluations())
def test_tables_workbook_tables_are_equal_cell_by_cell(tables):
    with tempfile.TemporaryDirectory() as aside:
        folder = _folder(Path(aside) / "essai")
        book = Path(aside) / "classeur.xlsx"
        write_workbook(
            FRENCH, {**tables, "territories": read_text(FRENCH, folder / "territories.csv")}, book
        )
        done = ik.import_workbook(book, folder, source="une source", as_of="2020")
        assert not done.problems, str(done)
        for table, frame in _tables(folder).items():
            given = tables[table].copy()
            assert frame.to_dict("records") == given.to_dict("records"), table
        assert done.leftovers == 0 and not (folder / "leftovers.csv").exists()
        # A second time there is nothing to add.
        again = ik.import_workbook(book, folder, source="une source", as_of="2020")
        assert not any(again.added.values()) and not again.changes


EXTRA = st.lists(WORDS.filter(lambda text: len(plain(text)) > 3), min_size=1, max_size=4)


@SLOW
@given(evaluations(), EXTRA, WORDS)
def test_workbook_tables_workbook_keeps_every_value(tables, extra, told):
    with tempfile.TemporaryDirectory() as aside:
        folder = _folder(Path(aside) / "essai")
        book = Path(aside) / "classeur.xlsx"
        write_workbook(
            FRENCH, {**tables, "territories": read_text(FRENCH, folder / "territories.csv")}, book
        )
        opened = openpyxl.load_workbook(book)
        sheet = opened["Financements"]
        spare = sheet.max_column + 1
        sheet.cell(1, spare, "Téléphone du trésorier")
        for line, words in enumerate(extra, start=2):
            cell = sheet.cell(line + len(tables["funding"]), spare, words)
            cell.data_type = "s"
        other = opened.create_sheet("Recettes de cuisine")
        other["B3"] = told
        other["B3"].data_type = "s"
        opened.save(book)
        done = ik.import_workbook(book, folder)
        assert not done.problems, str(done)
        back = ik.new_workbook(folder)
        written = openpyxl.load_workbook(back, read_only=True)
        assert _values(opened) <= _values(written)
        spared = [row[4] for row in written["Non repris"].iter_rows(values_only=True)]
        assert set(extra) | {told} <= set(spared)


def _values(book):
    """Every value of a workbook's visible sheets, headers and example lines apart."""
    found = set()
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        for line in sheet.iter_rows(min_row=2, values_only=True):
            told = {str(value) for value in line if value is not None}
            found |= {text for text in told if not text.startswith("ex. :")}
    return found


def test_the_real_evaluation_comes_back_byte_for_byte(repo, tmp_path):
    folder = shutil.copytree(repo / "data" / "french-impact", tmp_path / "copie")
    done = ik.import_workbook(ik.new_workbook(folder), folder)
    assert not done.problems and not done.changes and not any(done.added.values())
    for file in (repo / "data" / "french-impact").glob("*.csv"):
        assert (folder / file.name).read_bytes() == file.read_bytes()
    # And into a folder that has the territories alone, every row comes back.
    bare = tmp_path / "nue"
    bare.mkdir()
    shutil.copy(folder / "evaluation.toml", bare)
    done = ik.import_workbook(folder / "classeur.xlsx", bare)
    assert not done.problems, str(done)
    for file in (repo / "data" / "french-impact").glob("*.csv"):
        old, new = read_text(FRENCH, file).fillna(""), read_text(FRENCH, bare / file.name).fillna("")
        new = new.reindex(columns=old.columns, fill_value="")
        assert new.to_dict("records") == old.to_dict("records"), file
