"""The evaluator's own tables (`kind = "table"`), opened by the reader that figures come from."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from impactkit.data.sources import found, own
from impactkit.errors import Problem, RefusedData
from impactkit.wording.language import Language

Settings = Mapping[str, Any]
Tables = Mapping[str, pd.DataFrame]
# The column of codes of each table of an evaluation's own.
CODES = {"unit": ("units", "unit"), "territory": ("territories", "territory")}


def examined(
    language: Language, folder: Path, settings: Settings, tables: Tables
) -> Iterator[Problem | str]:
    """Every problem of the files that evaluation.toml names, by cell, and what is to be known of them, in
    sentences: codes that were rewritten, a file that is not there yet.
    """
    listed = {family: _codes(tables, *place) for family, place in CODES.items()}
    for source in settings["source"]:
        if source["kind"] != "table":
            continue
        parts = found.files(language, source, folder)
        paths = parts.get("data", [])
        if not paths:
            yield language.say("source.absent", file=source["file"], indicator=source["indicator"])
        placed = own.placed(source, listed, settings["vintage"])
        for path in paths:
            yield from _of_file(language, path, placed)


def _of_file(language: Language, path: Path, settings: Settings) -> Iterator[Problem | str]:
    try:
        reading = own.examined(language, path, settings)
    except RefusedData as wrong:
        yield Problem(path.name, "", "", "", wrong.what, wrong.next)
        return
    yield from reading.problems
    for figures in reading.figures:
        yield from figures.notes


def _codes(tables: Tables, table: str, column: str) -> list[str]:
    frame = tables.get(table, pd.DataFrame())
    if column not in frame:
        return []
    return list(map(str.strip, frame[column]))
