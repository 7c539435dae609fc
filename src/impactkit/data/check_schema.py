"""Each table against its Table Schema (frictionless), in our own words."""

import difflib
from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd

from impactkit.data.check_rules import Fault, territory_of
from impactkit.data.tables import columns, schemas
from impactkit.wording.catalogue import has, say

MOST = 10_000


def header_faults(table: str, found: list[str]) -> Iterator[Fault]:
    """Columns that do not exist, with the nearest that does; required columns that are nowhere."""
    nearest = {label: difflib.get_close_matches(label, columns(table), n=1) for label in found}
    for label, near in nearest.items():
        if label not in columns(table):
            mended = say("check.extra-column.near", name=near[0]) if near else say("check.extra-column.next")
            yield Fault(table, None, "", label, say("check.extra-column"), mended)
    taken = {name for near in nearest.values() for name in near}
    for field in schemas()[table]["fields"]:
        if field.get("constraints", {}).get("required") and field["name"] not in taken:
            said = say("check.no-column", name=field["name"])
            yield Fault(table, None, "", "", said, say("check.no-column.next"))


def cell_faults(
    table: str,
    rows: pd.DataFrame,
    *,
    path: str = "",
    shown: Callable[[str, dict[str, Any]], str] = lambda text, _: text,
) -> Iterator[Fault]:
    """Cells that their schema refuses: of the file at `path`, else of the rows themselves (text).

    A file keeps its own mistakes of form (a cell too many, a blank line). `shown` puts the example of a
    column in the words of who wrote the cell.
    """
    from frictionless import Resource, Schema, system

    # What is wrong in the header is said by `header_faults`, in our own words.
    schema = Schema.from_descriptor({**schemas()[table], "fieldsMatch": "partial"})
    with system.use_context(trusted=True):
        if path:
            resource = Resource(path=path, schema=schema)
        else:
            resource = Resource(data=[list(rows.columns), *rows.to_numpy().tolist()], schema=schema)
        report = resource.validate(limit_errors=MOST)
    fields = {field["name"]: field for field in schemas()[table]["fields"]}
    for kind, number, name, cell, note in report.flatten(["type", "rowNumber", "fieldName", "cell", "note"]):
        if kind.endswith("-label") or (kind == "primary-key" and _told_by_cell(table)):
            continue
        field = fields.get(name or "", {"type": "string"})
        row = None if number is None else number - 2
        yield Fault(
            table,
            row,
            name or "",
            str(cell or ""),
            expected(kind, field["type"], note, field),
            next_step(kind, field, shown),
            territory_of(rows, row),
        )


def _told_by_cell(table: str) -> bool:
    """Whether a doubled or empty key is already said of its one cell."""
    key = schemas()[table].get("primaryKey", [])
    unique = {
        field["name"] for field in schemas()[table]["fields"] if field.get("constraints", {}).get("unique")
    }
    return {key} <= unique if isinstance(key, str) else len(key) == 1 and set(key) <= unique


def expected(kind: str, type_: str, note: str, field: dict[str, Any]) -> str:
    """What a cell should have held, in words."""
    if kind == "type-error":
        return say("check.type-error", type=say(f"type.{'number' if type_ == 'integer' else type_}"))
    if kind == "constraint-error":
        constraint = note.split('"')[1] if '"' in note else ""
        allowed = ", ".join(field.get("constraints", {}).get("enum", ()))
        return say(f"check.constraint.{constraint}", allowed=allowed)
    if kind == "unique-error":
        return say("check.primary-key")
    return say(f"check.{kind}") if has(f"check.{kind}") else say("check.other", note=note or kind)


def next_step(kind: str, field: dict[str, Any], shown: Callable[[str, dict[str, Any]], str]) -> str:
    """What to do about it."""
    if kind in ("type-error", "constraint-error") and field.get("example") is not None:
        example = shown(str(field["example"]), field)
        return say("check.next.example", title=field.get("title", ""), example=example)
    return say("check.next.row")
