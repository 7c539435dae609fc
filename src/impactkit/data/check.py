"""`check`: every problem of an evaluation's tables at once, by file and cell, with what to do.

First each table against its Table Schema (frictionless), then what only the whole can tell: codes that refer
to one another, official codes that exist, dates that are dates.
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from impactkit.data import geography
from impactkit.data.evaluation import Evaluation, load
from impactkit.data.folders import find
from impactkit.data.tables import columns, schemas
from impactkit.errors import Problem, Problems, UnknownName
from impactkit.wording.catalogue import has, say

MOST = 10_000
PLACES = ("territory", "giver", "receiver")


def check(folder: str | Path, *, territory: str | None = None) -> Problems:
    """Every problem of an evaluation's folder; with `territory`, those of its rows and those of nobody's.

    What cannot even be opened (no evaluation.toml, a file that is no CSV, an unknown key) raises RefusedData
    or UnknownName; a territory that does not exist raises UnknownName.
    """
    path = find(folder).resolve()
    found: list[Problem] = []
    for table in schemas():
        file = path / f"{table}.csv"
        if file.is_file():
            found += _against_schema(file, table)
    # Values that are not of their kind stop here: the cross-checks read typed tables.
    if not any(problem.expected == _expected("type-error", "number") for problem in found):
        ev = load(folder)
        if territory is not None:
            ev.territory(territory)
        found += [*_references(ev), *_official_codes(ev), *_dates(ev), *_unknown_reasons(ev)]
    return Problems(one for one in found if territory is None or one.territory in ("", territory))


def _against_schema(file: Path, table: str) -> Iterator[Problem]:
    from frictionless import Resource, Schema, system

    rows = _raw(file)
    for label in [name for name in rows.columns if name not in columns(table)]:
        near = difflib.get_close_matches(label, columns(table), n=1)
        yield _problem(
            file,
            "1",
            label,
            say("check.extra-column"),
            say("check.extra-column.near", name=near[0]) if near else say("check.extra-column.next"),
        )
    with system.use_context(trusted=True):
        # A table may leave columns out; columns too many were said above, in our own words.
        schema = Schema.from_descriptor({**schemas()[table], "fieldsMatch": "partial"})
        resource = Resource(path=str(file), schema=schema)
        report = resource.validate(limit_errors=MOST)
    fields = {field["name"]: field for field in schemas()[table]["fields"]}
    for error in report.flatten(["type", "rowNumber", "fieldName", "cell", "note"]):
        kind, row, name, cell, note = error
        if kind in ("extra-label", "incorrect-label", "missing-label") and name not in fields:
            continue
        field = fields.get(name or "", {"type": "string"})
        yield _problem(
            file,
            _cell(rows, row, name),
            cell or "",
            _expected(kind, field["type"], note, field),
            _next(kind, field),
            territory=_territory(rows, row),
        )


def _expected(kind: str, type_: str, note: str = "", field: dict[str, Any] | None = None) -> str:
    if kind == "type-error":
        return say("check.type-error", type=say(f"type.{'number' if type_ == 'integer' else type_}"))
    if kind == "constraint-error":
        constraint = note.split('"')[1] if '"' in note else ""
        allowed = ", ".join((field or {}).get("constraints", {}).get("enum", ()))
        return say(f"check.constraint.{constraint}", allowed=allowed)
    return say(f"check.{kind}") if has(f"check.{kind}") else say("check.other", note=note or kind)


def _next(kind: str, field: dict[str, Any]) -> str:
    if kind in ("type-error", "constraint-error") and field.get("example") is not None:
        return say("check.next.example", title=field.get("title", ""), example=field["example"])
    return say("check.next.row")


def _references(ev: Evaluation) -> Iterator[Problem]:
    codes = {place.code for place in ev.territories}
    waves = {wave.id for wave in ev.waves}
    projects = set(ev.table("projects")["project"])
    for table in ev.tables:
        frame = ev.table(table)
        for column, known in (*((place, codes) for place in PLACES), ("wave", waves), ("project", projects)):
            if column not in frame or table == "territories" and column == "territory":
                continue
            for row, value in enumerate(frame[column], start=2):
                if value and value not in known:
                    file = ev.folder / f"{table}.csv"
                    near = difflib.get_close_matches(value, known, n=1)
                    yield _problem(
                        file,
                        _address(frame, row, column),
                        value,
                        say(f"check.unknown.{_noun(column)}"),
                        say("check.unknown.near", name=near[0]) if near else say("check.unknown.next"),
                    )


def _official_codes(ev: Evaluation) -> Iterator[Problem]:
    frame = ev.table("perimeters")
    for row, one in enumerate(frame.itertuples(index=False), start=2):
        if one.family not in geography.FAMILIES or not one.code:
            continue
        try:
            geography.communes_of(one.family, one.code, vintage=ev.vintage)
        except UnknownName as error:
            yield _problem(
                ev.folder / "perimeters.csv",
                _address(frame, row, "code"),
                one.code,
                say("check.official-code", vintage=ev.vintage),
                error.next,
                territory=one.territory,
            )


def _dates(ev: Evaluation) -> Iterator[Problem]:
    for table in ev.tables:
        frame = ev.table(table)
        dated = [
            field["name"]
            for field in schemas()[table]["fields"]
            if field.get("constraints", {}).get("pattern", "").startswith("^\\d{4}(")
        ]
        for column in dated:
            for row, value in enumerate(frame[column], start=2):
                if value and not _is_date(value):
                    yield _problem(
                        ev.folder / f"{table}.csv",
                        _address(frame, row, column),
                        value,
                        say("check.date"),
                        say("check.date.next"),
                        territory=str(frame.get("territory", pd.Series(dtype=str)).get(row - 2, "")),
                    )


def _unknown_reasons(ev: Evaluation) -> Iterator[Problem]:
    frame = ev.table("unknowns")
    for row, one in enumerate(frame.itertuples(index=False), start=2):
        if one.reason == "not-found" and not one.searched_on:
            yield _problem(
                ev.folder / "unknowns.csv",
                _address(frame, row, "searched_on"),
                "",
                say("check.searched-on"),
                say("check.searched-on.next"),
                territory=one.territory,
            )


def _is_date(value: str) -> bool:
    try:
        dt.date.fromisoformat((value + "-01-01")[:10])
    except ValueError:
        return False
    return True


def _raw(file: Path) -> pd.DataFrame:
    from impactkit.data.tables import read_text

    return read_text(file)


def _problem(file: Path, cell: str, value: str, expected: str, next: str, *, territory: str = "") -> Problem:
    return Problem(file.name, "", cell, str(value), expected, next, territory)


def _cell(frame: pd.DataFrame, row: int | None, column: str | None) -> str:
    if row is None:
        return "1"
    return _address(frame, row, column) if column in frame else str(row)


def _address(frame: pd.DataFrame, row: int, column: str | None) -> str:
    """The cell as a spreadsheet names it: B4 (every table here has fewer than 26 columns)."""
    return f"{chr(ord('A') + list(frame.columns).index(column))}{row}"


def _territory(rows: pd.DataFrame, row: int | None) -> str:
    if row is None or "territory" not in rows or row - 2 >= len(rows):
        return ""
    return str(rows["territory"].iloc[row - 2])


def _noun(column: str) -> str:
    return "territory" if column in PLACES else column
