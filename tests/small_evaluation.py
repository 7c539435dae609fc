"""Small invented evaluations for tests: some rows in, an evaluation out."""

import csv
import dataclasses
import functools
import tempfile
from pathlib import Path
from types import MappingProxyType

import pandas as pd

import impactkit
from impactkit.data.tables import columns, typed
from impactkit.wording.language import FRENCH

ABOUT = {"as_of": "2021-06-30", "source": "Gazette d’essai"}
SMALL = """
title = "Pays d’essai"
programme = "Essai"
fictional = true
vintage = 2026
{more}
[[wave]]
id = "1"
name = "vague unique"
labelled = "2019-03-01"
"""


def written(folder: Path, tables, more=""):
    """A small evaluation in `folder`, read."""
    folder.mkdir(parents=True)
    (folder / "evaluation.toml").write_text(SMALL.format(more=more), "utf-8")
    usual = {"wave": "1", "perimeter_kind": "none", "confidence": "low"}
    places = [{"territory": code, "name": f"Val-{code}", **usual} for code in "abcd"]
    for name, rows in ({"territories": places} | tables).items():
        _write(folder / f"{name}.csv", name, rows)
    return impactkit.load(folder)


@functools.cache
def empty():
    """An evaluation of four territories of which nothing is known."""
    with tempfile.TemporaryDirectory() as aside:
        return written(Path(aside) / "vide", {})


def drawn(**tables):
    """The empty evaluation with rows in some tables, for generated cases: no file is written or read."""
    ev = empty()
    found = {name: typed(FRENCH, _text(name, rows), name)[0] for name, rows in tables.items()}
    digest = repr(sorted((name, list(map(repr, rows))) for name, rows in tables.items()))
    return dataclasses.replace(ev, _tables=MappingProxyType({**ev._tables, **found}), digest=digest)


def value(found, indicator, territory="a", group=""):
    """The row of one indicator, as a dictionary."""
    mine = found[
        (found["indicator"] == indicator) & (found["territory"] == territory) & (found["group"] == group)
    ]
    assert len(mine) == 1, (indicator, territory, group, found["indicator"].unique())
    return mine.iloc[0].to_dict()


def _text(name, rows):
    """Rows as the text of a table."""
    about = _about(name)
    cells = {column: [str((about | row).get(column, "")) for row in rows] for column in columns(name)}
    return pd.DataFrame(cells, dtype="str")


def _about(name):
    return {key: text for key, text in ABOUT.items() if key in columns(name)}


def _write(file, name, rows):
    about = _about(name)
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, columns(name), restval="")
        writer.writeheader()
        writer.writerows(about | row for row in rows)


def same_rows(first, second):
    """Whether two frames hold the same figures, whatever the order of their rows and of their sources."""
    key = ["territory", "indicator", "group", "period"]
    columns = [*key, "value", "low", "high", "n", "flag", "quality", "as_of"]
    first, second = (some[columns].sort_values(key).reset_index(drop=True) for some in (first, second))
    pd.testing.assert_frame_equal(first, second)
    return True
