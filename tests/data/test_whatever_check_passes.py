"""Ce que `check` passe, `load` et `run` le prennent : des tables où tout peut arriver."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st
from run_takes import refusal
from small_evaluation import ABOUT, written

from impactkit.data.tables import columns, fields, schemas
from impactkit.wording.language import FRENCH

PROJECT = {"project": "p", "territory": "a", "name": "P"}
HOSTILE = ["inf", "-1", "1e400", "1_000", "١٢٣", "1e308", "0", "2.5", "nan", "999999999999", "9" * 20]
HOSTILE += [
    "2019",
    "2019-13",
    "2019-02-30",
    "0000",
    "9999",
    "9999-12-31",
    "0001-01-01",
    "2019-Q1",
    "2019-Q5",
]
HOSTILE += ["", " ", "x", "a", "b", "p", "unit", "true", "false", "x\x00", "x\x85y", "\u202e", "é" * 300]
HOSTILE += [
    "{x}",
    "**",
    "$x$",
    "<b>",
    "|",
    "a|b",
    "=1+1",
    '"',
    "un\ndeux",
    "\ufeff",
    "count_jobs",
    "jobs",
    "_",
]


def _cell(field):
    """A sound cell, or anything."""
    sound = [field["example"]] if field.get("example") is not None else ["x"]
    sound += list(field["labels"]) or ["a", "p", "2019"]
    return st.one_of(st.sampled_from([str(text) for text in sound]), st.sampled_from(HOSTILE))


@st.composite
def tables(draw):
    """One table of a few rows in which a cell or two may hold anything, as the text of its file."""
    name = draw(st.sampled_from(sorted(set(schemas(FRENCH)) - {"territories", "leftovers"})))
    usual = {"territory": "a", "giver": "a", "receiver": "b", "project": "p", **ABOUT}
    rows = []
    for _ in range(draw(st.integers(1, 3))):
        row = {}
        for column, field in fields(FRENCH, name).items():
            required = field["constraints"].get("required")
            row[column] = usual.get(column, str(field.get("example", "x")) if required else "")
        for column in draw(st.lists(st.sampled_from(columns(name)), max_size=3)):
            row[column] = draw(_cell(fields(FRENCH, name)[column]))
        rows.append(row)
    file = io.StringIO()
    writer = csv.DictWriter(file, columns(name), lineterminator=draw(st.sampled_from(["\n", "\r\n"])))
    writer.writeheader()
    writer.writerows(rows)
    text = file.getvalue()
    first = columns(name)[0]
    header = draw(st.sampled_from(["", "", "", f"{first},", "inconnue,", f"{first}"]))
    text = (
        header + text if header.endswith(",") or not header else text.replace(columns(name)[-1], header, 1)
    )
    spoil = st.sampled_from(["", "", "", "\n\n", ",\n", "a,b\n", '"', "\x1b", "n" * 40_000])
    return name, draw(st.sampled_from(["", "", "\ufeff"])) + text + draw(spoil)


@given(tables())
def test_whatever_check_passes_load_and_run_take(tmp_path_factory, table):
    name, text = table
    ev = written(tmp_path_factory.mktemp("essai") / "essai", {"projects": [PROJECT]})
    (ev.folder / f"{name}.csv").write_text(text, "utf-8")
    refusal(ev.folder, most=2)
