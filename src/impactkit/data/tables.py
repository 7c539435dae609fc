"""CSV tables of an evaluation, read as their Table Schema says: text stays text, empty stays empty."""

import functools
import json
import os
from pathlib import Path
from typing import Any

import pandas as pd

from impactkit.data import csv_text
from impactkit.data.csv_text import CsvText
from impactkit.data.csv_writing import text_of_frame
from impactkit.data.folders import schemas_folder
from impactkit.data.number_text import numbers_of
from impactkit.errors import RefusedData
from impactkit.wording.currency import EURO
from impactkit.wording.language import FRENCH, Language

Schema = dict[str, Any]
# Columns that name a territory.
PLACES = ("territory", "giver", "receiver")


# Lists of codes that an evaluation may write itself ([codes]): nothing is computed from what they hold.
LISTS = (
    *("theme", "partnership", "member", "payer", "purpose"),
    *("dimension", "beneficiary", "support", "challenge"),
)


@functools.lru_cache(maxsize=8)
def schemas(language: Language) -> dict[str, Schema]:
    """Every Table Schema, by table name: as it ships, with the lists and in the currency of an evaluation.
    Every field has its `labels` and `constraints`.
    """
    files = sorted(schemas_folder().glob("*.schema.json"))
    shipped = {file.name.removesuffix(".schema.json"): json.loads(file.read_text("utf-8")) for file in files}
    if language.currency != EURO:
        shipped = {name: _in_currency(language, schema) for name, schema in shipped.items()}
    for schema in shipped.values():
        schema["fields"] = [_field(language, field) for field in schema["fields"]]
    return shipped


def _field(language: Language, shipped: Schema) -> Schema:
    """A field with its labels and constraints, those of the evaluation's own list where it has one."""
    field = {"labels": {}, "constraints": {}, **shipped}
    words = dict(dict(language.codes).get(field.get("list", ""), ()))
    if not words:
        return field
    codes = "|".join(words)
    rule = {"pattern": f"^({codes})(\\|({codes}))*$"} if field.get("many") else {"enum": list(words)}
    constraints = field["constraints"] | rule
    return field | {"labels": words, "example": next(iter(words)), "constraints": constraints}


def _in_currency(language: Language, text: Any) -> Any:
    """What a schema says of euros, said of the evaluation's currency; names and codes stay as they are."""
    if isinstance(text, str):
        return language.in_currency(text)
    if isinstance(text, list):
        return [_in_currency(language, part) for part in text]
    if not isinstance(text, dict):
        return text
    kept = ("name", "constraints", "$schema")
    return {key: part if key in kept else _in_currency(language, part) for key, part in text.items()}


def table_names() -> tuple[str, ...]:
    """Names of the tables, in their order."""
    return tuple(schemas(FRENCH))


def shape(table: str) -> Schema:
    """The schema of a table as it ships: its keys and types."""
    return schemas(FRENCH)[table]


def field_of(table: str, column: str) -> Schema:
    """A column as it ships: its type, its rule, whether its cells are codes."""
    return fields(FRENCH, table)[column]


def fields(language: Language, table: str) -> dict[str, Schema]:
    """The fields of `table` by name, in order; none for what is no table."""
    schema = schemas(language).get(table, {"fields": ()})
    return {field["name"]: field for field in schema["fields"]}


def columns(table: str) -> tuple[str, ...]:
    """Names of the columns of `table`, in order."""
    return tuple(fields(FRENCH, table))


def labels(language: Language, table: str, column: str) -> dict[str, str]:
    """The codes of a column and what they are called; empty for a column without codes."""
    return dict(fields(language, table).get(column, {}).get("labels", {}))


def list_labels(name: str) -> dict[str, str]:
    """The codes of a list as it ships, and what they are called."""
    every = [field for schema in schemas(FRENCH).values() for field in schema["fields"]]
    return dict(next(field["labels"] for field in every if field.get("list") == name))


def letters(column: int) -> str:
    """A column as a spreadsheet names it: the first is A, the 27th AA."""
    return letters((column - 1) // 26) + chr(ord("A") + (column - 1) % 26) if column else ""


def read_text(language: Language, path: Path) -> pd.DataFrame:
    """One CSV file (UTF-8, comma) as text, its columns and rows as they stand. Raises RefusedData when it is
    unreadable, or a row is not as long as the header.
    """
    return frame_of(csv_text.strict(language, path, separator=",", most=csv_text.OWN))


def frame_of(table: CsvText) -> pd.DataFrame:
    """The rows of a CSV as text; of two columns of one name, the first."""
    frame = pd.DataFrame(table.full_rows(), columns=list(table.header), dtype="str")
    return frame.loc[:, ~frame.columns.duplicated()]


def read_folder(language: Language, folder: Path) -> dict[str, pd.DataFrame]:
    """The tables of a folder as text, as `read_text` reads them, by name. Raises RefusedData."""
    return {name: read_text(language, file) for name, file in table_files(language, folder).items()}


def table_files(language: Language, folder: Path) -> dict[str, Path]:
    """The files of the tables that a folder holds, by name. Raises RefusedData for what bears the name of a
    table and is no file: a table left out unsaid would be missing from every report.
    """
    files = {}
    for name in table_names():
        file = folder / f"{name}.csv"
        if file.is_file():
            files[name] = file
        elif os.path.lexists(file):
            raise language.error(RefusedData, "table-no-file", where=file.name)
    return files


def read_typed(language: Language, path: Path, table: str) -> tuple[pd.DataFrame, dict[str, str]]:
    """One CSV file as a frame with every column of its schema: "" for an empty text, NaN for no number.

    A cell that should hold a number and does not is NaN too, and told beside the frame: its column, by
    territory ("" for a table that has none). Raises RefusedData when the file is unreadable.
    """
    frame = read_text(language, path)
    frame = frame[(frame != "").any(axis=1)].reset_index(drop=True)
    return typed(language, frame.reindex(columns=list(columns(table)), fill_value=""), table)


def typed(language: Language, frame: pd.DataFrame, table: str) -> tuple[pd.DataFrame, dict[str, str]]:
    """What `read_typed` gives, of the text of a table."""
    # Of the frame's own column, each cell costs ten times that of a list.
    stripped = {name: pd.array(list(map(str.strip, frame[name].tolist())), dtype="str") for name in frame}
    frame = pd.DataFrame(stripped, index=frame.index)
    wrong: dict[str, str] = {}
    for name, field in fields(language, table).items():
        if field["type"] in ("integer", "number"):
            numbers = numbers_of(frame[name].tolist()).set_axis(frame.index)
            lost = frame[numbers.isna() & (frame[name] != "")]
            places = lost["territory"] if "territory" in lost else [""] * len(lost)
            wrong |= dict.fromkeys(places, field["title"])
            frame[name] = numbers
    return frame, wrong


def as_csv(frame: pd.DataFrame) -> str:
    """A table as its file holds it."""
    return text_of_frame(frame)
