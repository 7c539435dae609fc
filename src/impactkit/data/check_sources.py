"""The evaluator's own tables (`kind = "table"`), opened by the reader that figures come from."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from impactkit.data.sources import found, own
from impactkit.errors import Problem, RefusedData
from impactkit.wording.catalogue import say

Tables = Mapping[str, pd.DataFrame]


def examined(folder: Path, settings: Mapping[str, Any], tables: Tables) -> Iterator[Problem | str]:
    """Every problem of the files that evaluation.toml names, by cell, and what is to be known of them, in
    sentences: codes that were rewritten, a file that is not there yet.
    """
    listed = {
        "unit": _codes(tables, "units", "unit"),
        "territory": _codes(tables, "territories", "territory"),
    }
    for source in settings["source"]:
        if source["kind"] != "table":
            continue
        paths = [path for part in found.files(source, folder).values() for path in part]
        if not paths:
            yield say("source.absent", file=source["file"], indicator=source["indicator"])
        for path in paths:
            yield from _of_file(path, own.placed(source, listed, settings["vintage"]))


def _of_file(path: Path, settings: Mapping[str, Any]) -> Iterator[Problem | str]:
    try:
        reading = own.examined(path, settings)
    except RefusedData as wrong:
        yield Problem(path.name, "", "", "", wrong.what, wrong.next)
        return
    yield from reading.problems
    for figures in reading.figures:
        yield from figures.notes


def _codes(tables: Tables, table: str, column: str) -> list[str]:
    frame = tables.get(table, pd.DataFrame())
    return [code.strip() for code in frame[column]] if column in frame else []
