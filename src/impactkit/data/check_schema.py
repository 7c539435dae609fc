"""Each table against its Table Schema (frictionless), in our own words."""

import difflib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from impactkit.data import light
from impactkit.data.tables import Schema, columns, fields, schemas, shape
from impactkit.wording.catalogue import has
from impactkit.wording.language import Language

# So many problems of a table are said; beyond, that there are more.
MOST = 10_000
# So many pairs of names are compared for the wrong ones of a column; beyond, none is offered.
MOST_COMPARED = 500_000
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


def nearest(language: Language, value: str, known: Iterable[str]) -> str:
    """What to do about a name that is none: the nearest one is offered."""
    found = difflib.get_close_matches(value, known, n=1)
    return language.say("check.unknown.near", name=found[0]) if found else language.say("check.unknown.next")


class Offers:
    """What to do about names that are none: the nearest of `known` is offered, sought once for each."""

    def __init__(self, language: Language, known: Iterable[str]) -> None:
        self.language = language
        self._known, self._compared = tuple(known), 0
        self._words: dict[str, str] = {}

    def next(self, value: str) -> str:
        """What to do about one of them."""
        if value not in self._words:
            self._compared += len(self._known)
            near = self._compared <= MOST_COMPARED or self._compared == len(self._known)
            self._words[value] = nearest(self.language, value, self._known if near else ())
        return self._words[value]


def header_faults(language: Language, table: str, found: list[str]) -> Iterator[Fault]:
    """Columns that do not exist, with the nearest that does; required columns that are nowhere."""
    meant = {label: difflib.get_close_matches(label, columns(table), n=1) for label in found}
    for label, near in meant.items():
        if label not in columns(table):
            mended = (
                language.say("check.extra-column.near", name=near[0])
                if near
                else language.say("check.extra-column.next")
            )
            yield Fault(table, None, "", label, language.say("check.extra-column"), mended)
    taken = {name for near in meant.values() for name in near}
    for name, field in fields(language, table).items():
        if field["constraints"].get("required") and name not in taken:
            yield Fault(table, None, "", "", *language.advice("check.no-column", name=name))


def cell_faults(
    language: Language, table: str, rows: pd.DataFrame, *, shown: Shown = lambda text, _: text
) -> Iterator[Fault]:
    """Cells of rows (text) that their schema refuses. `shown` puts the example of a column in the words of
    who wrote the cell.
    """
    if rows.empty:
        return
    light.jsonschema()
    from frictionless import Resource, Schema, system

    schema = Schema.from_descriptor(_form(language, table))
    suspects = _suspects(schema, rows)
    if not suspects:
        return
    data = [list(rows.columns), *rows.iloc[suspects].to_numpy().tolist()]
    with system.use_context(trusted=True):
        report = Resource(schema=schema, data=data).validate(limit_errors=MOST)
    # A key of one column is said of its cell: it is unique.
    twice = "primary-key" if isinstance(shape(table).get("primaryKey"), str) else ""
    for kind, number, name, cell, note in report.flatten(["type", "rowNumber", "fieldName", "cell", "note"]):
        if not kind.endswith("-label") and kind != twice:
            field = fields(language, table).get(name or "", {"type": "string", "constraints": {}})
            row = None if number is None else suspects[number - 2]
            said = expected(language, kind, note, field), next_step(language, kind, field, shown)
            yield Fault(table, row, name or "", str(cell or ""), *said, territory_of(rows, row))


def _suspects(schema: Any, rows: pd.DataFrame) -> list[int]:
    """The rows with a cell that the schema refuses, or a key that another row has too.

    No other needs to be read with it; each text of a column is tried once.
    """
    suspects = set[int]()
    values: dict[str, list[Any]] = {}
    for field in (field for field in schema.fields if field.name in rows):
        cells, is_key = rows[field.name].tolist(), field.name in schema.primary_key
        is_unique = bool(field.constraints.get("unique"))
        if field.type == "string" and not is_key and field.constraints.keys() <= {"required"}:
            # Any text will do, but none.
            is_needed = field.required
            refused = {""} if is_needed else set()
        else:
            read = field.create_cell_reader()
            readings = {cell: read(cell) for cell in dict.fromkeys(cells)}
            refused = {cell for cell, (_, notes) in readings.items() if notes}
        if refused:
            suspects.update(row for row, cell in enumerate(cells) if cell in refused)
        if is_key or is_unique:
            values[field.name] = [readings[cell][0] for cell in cells]
    keys = [[values[name]] for name in values if schema.get_field(name).constraints.get("unique")]
    if schema.primary_key and set(schema.primary_key) <= values.keys():
        keys.append([values[name] for name in schema.primary_key])
    for columns_of_key in keys:
        suspects |= _shared(list(zip(*columns_of_key, strict=True)))
    return sorted(suspects)


def _shared(keys: list[tuple[Any, ...]]) -> set[int]:
    """The rows whose key is not theirs alone."""
    counts = Counter(keys)
    if len(counts) == len(keys):
        return set()
    rows = enumerate(keys)
    return {row for row, key in rows if counts[key] > 1}


def _form(language: Language, table: str) -> dict[str, Any]:
    """What the schema of a table says of the form of its cells. What it says to people is left out, which
    frictionless would read and copy again for each column. What is wrong in the header is said by
    `header_faults`, in our own words.
    """
    schema = schemas(language)[table]
    cells = [{key: field[key] for key in ("name", "type", "constraints")} for field in schema["fields"]]
    form: Schema = {"fields": cells, "fieldsMatch": "partial"}
    for key in ("missingValues", "primaryKey"):
        if key in schema:
            form[key] = schema[key]
    return form


def expected(language: Language, kind: str, note: str, field: dict[str, Any]) -> str:
    """What a cell should have held, in words."""
    if kind == "type-error":
        return language.say(
            "check.type-error", type=language.say(f"type.{field['type'].replace('integer', 'number')}")
        )
    if kind == "constraint-error":
        constraint = note.split('"')[1] if '"' in note else ""
        return language.say(
            f"check.constraint.{constraint}", allowed=", ".join(field["constraints"].get("enum", ()))
        )
    key = "check.primary-key" if kind == "unique-error" else f"check.{kind}"
    return language.say(key) if has(key) else language.say("check.other", note=note or kind)


def next_step(language: Language, kind: str, field: dict[str, Any], shown: Shown) -> str:
    """What to do about it."""
    if kind in ("type-error", "constraint-error") and field.get("example") is not None:
        example = shown(str(field["example"]), field)
        return language.say("check.next.example", title=field.get("title", ""), example=example)
    return language.say("check.next.row")
