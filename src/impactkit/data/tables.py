"""CSV tables of an evaluation, read as their Table Schema says: text stays text, empty stays empty."""

import functools
import json
from pathlib import Path
from typing import Any

import pandas as pd

from impactkit.data.folders import schemas_folder
from impactkit.errors import RefusedData
from impactkit.wording.catalogue import error

Schema = dict[str, Any]


@functools.lru_cache(maxsize=1)
def schemas() -> dict[str, Schema]:
    """Every Table Schema that ships, by table name."""
    files = sorted(schemas_folder().glob("*.schema.json"))
    return {file.name.removesuffix(".schema.json"): json.loads(file.read_text("utf-8")) for file in files}


def columns(table: str) -> tuple[str, ...]:
    """Names of the columns of `table`, in order."""
    return tuple(field["name"] for field in schemas()[table]["fields"])


def labels(table: str, column: str) -> dict[str, str]:
    """The codes of a column and what they are called; empty for a column without codes."""
    return _labels().get((table, column), {})


@functools.lru_cache(maxsize=1)
def _labels() -> dict[tuple[str, str], dict[str, str]]:
    return {
        (table, field["name"]): field.get("labels", {})
        for table, schema in schemas().items()
        for field in schema["fields"]
    }


def address(line: int, column: int) -> str:
    """A cell as a spreadsheet names it: line 4, second column (1) is B4."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{line}"


def read_text(path: Path) -> pd.DataFrame:
    """One CSV file (UTF-8, comma) as text, its columns and rows as they stand; RefusedData when it is
    unreadable.
    """
    try:
        return pd.read_csv(
            path, dtype=str, keep_default_na=False, encoding="utf-8-sig", skip_blank_lines=False
        )
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as cause:
        raise error(RefusedData, "unreadable-csv", where=path.name, cause=cause) from cause


def read_table(path: Path, table: str) -> pd.DataFrame:
    """One CSV file as a frame with every column of its schema; raises RefusedData when it is unreadable.

    Text columns hold "" where the cell is empty; numbers hold NaN.
    """
    frame, wrong = read_typed(path, table)
    if wrong:
        raise error(RefusedData, "not-numbers", where=path.name, column=wrong.popitem()[1])
    return frame


def read_typed(path: Path, table: str) -> tuple[pd.DataFrame, dict[str, str]]:
    """As `read_table`; a cell that should hold a number and does not is NaN, and told beside the frame: its
    column, by territory ("" for a table that has none).
    """
    frame = read_text(path).fillna("")
    frame = frame[(frame != "").any(axis=1)].reset_index(drop=True)
    frame = frame.reindex(columns=list(columns(table)), fill_value="").apply(lambda cells: cells.str.strip())
    wrong: dict[str, str] = {}
    for field in schemas()[table]["fields"]:
        if field["type"] in ("integer", "number"):
            cells = frame[field["name"]]
            numbers = pd.to_numeric(cells.replace("", None), errors="coerce").astype(float)
            lost = frame[numbers.isna() & (cells != "")]
            wrong |= dict.fromkeys(
                lost["territory"] if "territory" in lost else [""] * len(lost), field["title"]
            )
            frame[field["name"]] = numbers
    return frame, wrong


@functools.lru_cache(maxsize=64)
def empty_table(table: str) -> pd.DataFrame:
    """A frame with the columns of `table` and no row; read, never written into."""
    return pd.DataFrame({name: pd.Series(dtype=str) for name in columns(table)})
