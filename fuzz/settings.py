"""evaluation.toml: keys, values and bytes changed, read as a run reads it."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path
from typing import Any

import edits
from hypothesis import strategies as st
from judge import must, outcome, plain, readable, twice

import impactkit as ik
from impactkit.data.settings import read_settings

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

INPUTS = st.tuples(
    st.sampled_from(sorted(TEXTS)),
    st.lists(edits.tree_edits, max_size=4),
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
    settings = twice(read_settings, path)
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
