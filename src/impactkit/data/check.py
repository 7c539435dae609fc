"""`check`: every problem of an evaluation's tables at once, by file and cell, with what to do.

First each table against its Table Schema (frictionless), then what only the whole can tell: codes that refer
to one another, official codes that exist, dates that are dates.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from impactkit.data import geography
from impactkit.data.evaluation import settings_of
from impactkit.data.folders import find
from impactkit.data.tables import columns, read_text, schemas
from impactkit.errors import Problem, Problems, UnknownName
from impactkit.wording.catalogue import has, say

Tables = Mapping[str, pd.DataFrame]

MOST = 10_000
DATED = "^\\d{4}("
PLACES = ("territory", "giver", "receiver")


def check(folder: str | Path, *, territory: str | None = None) -> Problems:
    """Every problem of an evaluation's folder; with `territory`, those of its rows and those of nobody's.

    What cannot even be opened (no evaluation.toml, a file that is no CSV, an unknown key) raises RefusedData
    or UnknownName; a territory that does not exist raises UnknownName.
    """
    path = find(folder).resolve()
    settings = settings_of(path, str(folder))
    files = {name: path / f"{name}.csv" for name in schemas() if (path / f"{name}.csv").is_file()}
    # As text: a figure that is none in one cell must not hide what is wrong in another.
    tables = {name: read_text(file).fillna("") for name, file in files.items()}
    codes = set(tables["territories"]["territory"]) if "territories" in tables else set()
    if territory is not None and territory not in codes:
        raise UnknownName.among(say("noun.territory"), territory, codes, where=path.name)
    found: list[Problem] = []
    for name, file in files.items():
        found += _against_schema(file, name, tables[name])
        found += _dates(file.name, name, tables[name])
    found += _references(tables, codes, {wave["id"] for wave in settings["wave"]})
    found += _official_codes(tables, settings["vintage"])
    found += _families(tables)
    found += _unknown_reasons(tables)
    return Problems(one for one in found if territory is None or one.territory in ("", territory))


def _against_schema(file: Path, table: str, rows: pd.DataFrame) -> Iterator[Problem]:
    from frictionless import Resource, Schema, system

    yield from _header(file.name, table, list(rows.columns))
    with system.use_context(trusted=True):
        # What is wrong in the header was said above, in our own words.
        schema = Schema.from_descriptor({**schemas()[table], "fieldsMatch": "partial"})
        resource = Resource(path=str(file), schema=schema)
        report = resource.validate(limit_errors=MOST)
    fields = {field["name"]: field for field in schemas()[table]["fields"]}
    for error in report.flatten(["type", "rowNumber", "fieldName", "cell", "note"]):
        kind, row, name, cell, note = error
        if kind.endswith("-label"):
            continue
        field = fields.get(name or "", {"type": "string"})
        yield _problem(
            file.name,
            _cell(rows, row, name),
            cell or "",
            _expected(kind, field["type"], note, field),
            _next(kind, field),
            territory=_territory(rows, row),
        )


def _header(file: str, table: str, found: list[str]) -> Iterator[Problem]:
    """Columns that do not exist, with the nearest that does; required columns that are nowhere."""
    nearest = {label: difflib.get_close_matches(label, columns(table), n=1) for label in found}
    for label, near in nearest.items():
        if label not in columns(table):
            mended = say("check.extra-column.near", name=near[0]) if near else say("check.extra-column.next")
            yield _problem(file, "1", label, say("check.extra-column"), mended)
    taken = {name for near in nearest.values() for name in near}
    for field in schemas()[table]["fields"]:
        if field.get("constraints", {}).get("required") and field["name"] not in taken:
            yield _problem(
                file, "1", "", say("check.no-column", name=field["name"]), say("check.no-column.next")
            )


def _expected(kind: str, type_: str, note: str, field: dict[str, Any]) -> str:
    if kind == "type-error":
        return say("check.type-error", type=say(f"type.{'number' if type_ == 'integer' else type_}"))
    if kind == "constraint-error":
        constraint = note.split('"')[1] if '"' in note else ""
        allowed = ", ".join(field.get("constraints", {}).get("enum", ()))
        return say(f"check.constraint.{constraint}", allowed=allowed)
    return say(f"check.{kind}") if has(f"check.{kind}") else say("check.other", note=note or kind)


def _next(kind: str, field: dict[str, Any]) -> str:
    if kind in ("type-error", "constraint-error") and field.get("example") is not None:
        return say("check.next.example", title=field.get("title", ""), example=field["example"])
    return say("check.next.row")


def _references(tables: Tables, codes: set[str], waves: set[str]) -> Iterator[Problem]:
    projects = set(tables["projects"]["project"]) if "projects" in tables else set()
    known = {**dict.fromkeys(PLACES, codes), "wave": waves, "project": projects}
    own = {"territories": "territory", "projects": "project"}
    for table, frame in tables.items():
        for column in [name for name in known if name in frame and name != own.get(table)]:
            for row, value in enumerate(frame[column], start=2):
                if value and value not in known[column]:
                    near = difflib.get_close_matches(value, known[column], n=1)
                    yield _problem(
                        f"{table}.csv",
                        _address(frame, row, column),
                        value,
                        say(f"check.unknown.{_noun(column)}"),
                        say("check.unknown.near", name=near[0]) if near else say("check.unknown.next"),
                        territory="" if column in PLACES else _territory(frame, row),
                    )


def _official_codes(tables: Tables, vintage: int) -> Iterator[Problem]:
    frame = tables.get("perimeters")
    if frame is None or not {"family", "code"} <= set(frame):
        return
    for row, (family, code) in enumerate(zip(frame["family"], frame["code"], strict=True), start=2):
        if family not in geography.FAMILIES or not code:
            continue
        try:
            geography.communes_of(family, code, vintage=vintage)
        except UnknownName as unknown:
            said = say("check.official-code", vintage=vintage)
            address = _address(frame, row, "code")
            yield _problem(
                "perimeters.csv", address, code, said, unknown.next, territory=_territory(frame, row)
            )


def _families(tables: Tables) -> Iterator[Problem]:
    frame = tables.get("perimeters")
    if frame is None or not {"territory", "family", "role"} <= set(frame):
        return
    first: dict[str, str] = {}
    for row, (code, family, role) in enumerate(
        zip(frame["territory"], frame["family"], frame["role"], strict=True), start=2
    ):
        if role == "perimeter" and first.setdefault(code, family) != family:
            said, mended = say("check.families"), say("check.families.next")
            yield _problem(
                "perimeters.csv", _address(frame, row, "family"), family, said, mended, territory=code
            )


def _dates(file: str, table: str, frame: pd.DataFrame) -> Iterator[Problem]:
    for field in schemas()[table]["fields"]:
        name, pattern = field["name"], field.get("constraints", {}).get("pattern", "")
        if not pattern.startswith(DATED) or name not in frame:
            continue
        for row, value in enumerate(frame[name], start=2):
            # What has not the form of a date was said by the schema.
            if re.fullmatch(pattern, value) and not _is_date(value):
                said, mended = say("check.date"), say("check.date.next")
                yield _problem(
                    file, _address(frame, row, name), value, said, mended, territory=_territory(frame, row)
                )


def _unknown_reasons(tables: Tables) -> Iterator[Problem]:
    frame = tables.get("unknowns")
    if frame is None or not {"reason", "searched_on"} <= set(frame):
        return
    for row, (reason, day) in enumerate(zip(frame["reason"], frame["searched_on"], strict=True), start=2):
        if reason == "not-found" and not day:
            said, mended = say("check.searched-on"), say("check.searched-on.next")
            address = _address(frame, row, "searched_on")
            yield _problem("unknowns.csv", address, "", said, mended, territory=_territory(frame, row))


def _is_date(value: str) -> bool:
    try:
        dt.date.fromisoformat((value + "-01-01")[:10])
    except ValueError:
        return False
    return True


def _problem(file: str, cell: str, value: str, expected: str, next: str, *, territory: str = "") -> Problem:
    return Problem(file, "", cell, str(value), expected, next, territory)


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
