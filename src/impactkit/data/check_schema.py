"""Each table against its Table Schema (frictionless), in our own words."""

import difflib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from impactkit.data import light
from impactkit.data.tables import Schema, columns, fields, schemas
from impactkit.wording.catalogue import advice, has, say

MOST = 10_000
# A value of a field, as who wrote the cell would write it.
Shown = Callable[[str, dict[str, Any]], str]


@dataclass(frozen=True)
class Fault:
    """One thing to mend: its table, row (0 is the first below the header; None is the header) and column."""

    table: str
    row: int | None
    column: str
    value: str
    expected: str
    next: str
    territory: str = ""


def territory_of(frame: pd.DataFrame, row: int | None) -> str:
    """Whose row it is; "" when the table does not say."""
    if row is None or "territory" not in frame or not 0 <= row < len(frame):
        return ""
    return str(frame["territory"].iloc[row])


def nearest(value: str, known: Iterable[str]) -> str:
    """What to do about a name that is none: the nearest one is offered."""
    found = difflib.get_close_matches(value, known, n=1)
    return say("check.unknown.near", name=found[0]) if found else say("check.unknown.next")


def header_faults(table: str, found: list[str]) -> Iterator[Fault]:
    """Columns that do not exist, with the nearest that does; required columns that are nowhere."""
    meant = {label: difflib.get_close_matches(label, columns(table), n=1) for label in found}
    for label, near in meant.items():
        if label not in columns(table):
            mended = say("check.extra-column.near", name=near[0]) if near else say("check.extra-column.next")
            yield Fault(table, None, "", label, say("check.extra-column"), mended)
    taken = {name for near in meant.values() for name in near}
    for name, field in fields(table).items():
        if field["constraints"].get("required") and name not in taken:
            yield Fault(table, None, "", "", *advice("check.no-column", name=name))


def cell_faults(
    table: str, rows: pd.DataFrame, *, path: str = "", shown: Shown = lambda text, _: text
) -> Iterator[Fault]:
    """Cells that their schema refuses: of the file at `path`, else of the rows themselves (text).

    A file keeps its own mistakes of form (a cell too many, a blank line). `shown` puts the example of a
    column in the words of who wrote the cell.
    """
    if rows.empty and not path:
        return
    light.jsonschema()
    from frictionless import Resource, Schema, system

    schema = Schema.from_descriptor(_form(table))
    told = {"path": path} if path else {"data": [list(rows.columns), *rows.to_numpy().tolist()]}
    with system.use_context(trusted=True):
        report = Resource(schema=schema, **told).validate(limit_errors=MOST)
    # A key of one column is said of its cell: it is unique.
    twice = "primary-key" if isinstance(schemas()[table].get("primaryKey"), str) else ""
    for kind, number, name, cell, note in report.flatten(["type", "rowNumber", "fieldName", "cell", "note"]):
        if not kind.endswith("-label") and kind != twice:
            field = fields(table).get(name or "", {"type": "string", "constraints": {}})
            row = None if number is None else number - 2
            said = expected(kind, note, field), next_step(kind, field, shown)
            yield Fault(table, row, name or "", str(cell or ""), *said, territory_of(rows, row))


def _form(table: str) -> dict[str, Any]:
    """What the schema of a table says of the form of its cells. What it says to people is left out, which
    frictionless would read and copy again for each column. What is wrong in the header is said by
    `header_faults`, in our own words.
    """
    schema = schemas()[table]
    cells = [{key: field[key] for key in ("name", "type", "constraints")} for field in schema["fields"]]
    form: Schema = {"fields": cells, "fieldsMatch": "partial"}
    for key in ("missingValues", "primaryKey"):
        if key in schema:
            form[key] = schema[key]
    return form


def expected(kind: str, note: str, field: dict[str, Any]) -> str:
    """What a cell should have held, in words."""
    if kind == "type-error":
        return say("check.type-error", type=say(f"type.{field['type'].replace('integer', 'number')}"))
    if kind == "constraint-error":
        constraint = note.split('"')[1] if '"' in note else ""
        return say(f"check.constraint.{constraint}", allowed=", ".join(field["constraints"].get("enum", ())))
    key = "check.primary-key" if kind == "unique-error" else f"check.{kind}"
    return say(key) if has(key) else say("check.other", note=note or kind)


def next_step(kind: str, field: dict[str, Any], shown: Shown) -> str:
    """What to do about it."""
    if kind in ("type-error", "constraint-error") and field.get("example") is not None:
        example = shown(str(field["example"]), field)
        return say("check.next.example", title=field.get("title", ""), example=example)
    return say("check.next.row")
