"""evaluation.toml: keys, values and bytes changed, read as a run reads it."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import tomllib
from functools import partial
from pathlib import Path
from typing import Any

import edits
from hypothesis import strategies as st
from judge import must, outcome, plain, readable, twice

import impactkit as ik
from impactkit.data.notebook_parameters import checked, declared
from impactkit.data.settings import read_settings
from impactkit.wording.language import FRENCH

ROOT = Path(__file__).resolve().parents[1]
SMALL = ROOT / "tests" / "workbooks" / "evaluation"
SOURCES = """
title = "Pays d’essai"
programme = "Essai"
currency = "CHF"
vintage = 2024
[exchange]
rate = 0.95
source = "Banque d’essai"
as_of = "2024-06-30"
[report]
names = "initials"
face = "suivi"
parameters = { folder_of_maps = "cartes", most = 3, named = ["a", "b"] }
limits = { cell = 60, whole = 600, memory = 2000 }
[report.faces]
aubrelle = "connaissance"
[secrecy]
businesses = ["count_jobs"]
[codes.theme]
eau = "Eau"
air = "Air"
[[wave]]
id = "1"
name = "première vague"
labelled = 2019-02-25
[[source]]
kind = "table"
id = "shops"
file = "commerces.csv"
indicator = "count_shops"
family = "commune"
source = "Gazette"
columns = { unit = "code", period = "an", value = "n" }
decimal = ","
thousands = " "
vintage = 2024
breaks = ["2019"]
figure = "events"
absent = 0
[[source]]
kind = "melodi"
dataset = "DS_RP_POPULATION_PRINC"
indicator = "share_aged_65"
where = { AGE = "Y_GE65" }
over = { AGE = "_T" }
within = ["91"]
[[source]]
kind = "insee-unemployment"
"""
TEXTS = {
    "demo": (ROOT / "data" / "demo" / "evaluation.toml").read_text("utf-8"),
    "french-impact": (ROOT / "data" / "french-impact" / "evaluation.toml").read_text("utf-8"),
    "sources": SOURCES,
}
TREES = {name: tomllib.loads(text) for name, text in TEXTS.items()}

NOTEBOOK = {
    "cells": [
        {"cell_type": "markdown", "metadata": {}, "source": ["# Essai"]},
        {
            "cell_type": "code",
            "metadata": {"tags": ["parameters"]},
            "source": ['folder = "data"\n', "territory = 'a'\n", "most: int = 3\n", "shares = [0.5, 1]\n"],
        },
    ]
}
# Lines of Python, some of which are no name and value.
LINES = (
    "x = 1",
    "x = [",
    "x: int",
    "x, y = 1, 2",
    "x = f()",
    "x = -1",
    "x = 1e999",
    "x = " + "[" * 300,
    "é = 'é'",
)
LINES += (
    "x = '\\ud800'",
    "import os",
    "x = 1 if 1 else 2",
    "x = {'a': 1}",
    "class = 1",
    "x = 0x" + "f" * 5_000,
)
LINES += (
    "x = " + "-" * 5_000 + "1",
    "x = " + "(" * 150 + "1" + ")" * 150,
    "x = 1j",
    "x = ...",
    "\x0c",
    "\0",
)
INPUTS_NOTEBOOK = st.tuples(
    st.lists(edits.tree_edits, max_size=3),
    st.lists(st.sampled_from(LINES), max_size=2),
    st.lists(edits.raw_edits, max_size=1),
    st.dictionaries(st.sampled_from(["territory", "most", "shares", "x", "é"]), edits.values, max_size=2),
)
# Values that TOML alone has.
DAYS = (dt.date(2019, 2, 25), dt.datetime(2019, 2, 25, 10, 0), dt.time(10, 0), dt.date(1, 1, 1))
MORE = st.sampled_from([edits.HUGE, *DAYS])
INPUTS = st.tuples(
    st.sampled_from(sorted(TEXTS)),
    st.lists(st.one_of(edits.tree_edits, st.tuples(st.just("set"), edits.places, MORE)), max_size=4),
    st.lists(edits.raw_edits, max_size=1),
    st.lists(edits.byte_edits, max_size=1),
)


def check(value: Any, folder: Path) -> None:
    """The settings read twice the same; what `check` passes, `load` takes."""
    name, tree, raw, flips = value
    home = folder / "evaluation"
    shutil.copytree(SMALL, home)
    changed = edits.of_tree(TREES[name], tree)
    text = edits.toml(changed) if tree and isinstance(changed, dict) else TEXTS[name]
    content = edits.of_text(text, raw).encode("utf-8", "replace")
    path = home / "evaluation.toml"
    path.write_bytes(edits.of_bytes(content, flips))
    settings = twice(partial(read_settings, FRENCH), path)
    problems = outcome(ik.check, home)
    loaded = twice(ik.load, home)
    if settings[0] == "refused":
        must(problems[0] == loaded[0] == "refused", "refused settings, and read", settings, problems, loaded)
        return
    if problems[0] == "value":
        readable(f"{problems[1]}\n{problems[1]._repr_html_()}")
    if problems[0] == "value" and not problems[1]:
        must(loaded[0] == "value", "passed by check, refused by load", loaded)
    if loaded[0] == "value":
        ev = loaded[1]
        readable(f"{ev!r}\n{ev._repr_html_()}")
        must(plain(ev.title) == plain(settings[1]["title"]), "another title", ev.title)
        for table in (ev.rates, ev.exchange if hasattr(ev, "exchange") else {}):
            readable(str(dict(table)))


def notebook(value: Any, folder: Path) -> None:
    """The parameters of a notebook: read, held to what is given, or refused."""
    changes, lines, raw, given = value
    tree = edits.of_tree(NOTEBOOK, changes)
    cells = tree.get("cells") if isinstance(tree, dict) else None
    if isinstance(cells, list) and cells and isinstance(cells[-1], dict):
        source = cells[-1].get("source")
        cells[-1]["source"] = (
            [*source, *(f"{line}\n" for line in lines)] if isinstance(source, list) else source
        )
    path = folder / "carnet.ipynb"
    text = edits.of_text(json.dumps(tree), raw)
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    twice(partial(declared, FRENCH), path)
    twice(partial(checked, FRENCH), path, given)
