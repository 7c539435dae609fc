"""The one shape of every number: the indicator row."""

import functools
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from impactkit.data.evaluation import Evaluation

# Cells by column: those of an indicator, or of a table that one is drawn from.
Row = dict[str, Any]
KEY = ["territory", "indicator", "group", "period"]
# Where a figure comes from.
ORIGIN = ("source", "as_of", "data_vintage", "geography_vintage")
_NUMBERS = ("value", "low", "high", "n")
COLUMNS = (*KEY, *_NUMBERS, "unit", "flag", "quality", *ORIGIN)
# Why a figure is not told where statistical secrecy hides it.
WITHHELD = "missing:withheld"


def row(territory: str, indicator: str, value: float | None, unit: str, **rest: Any) -> Row:
    """One row; `value` None needs a `flag` that says why. Other columns by name, empty when not given."""
    if value is None and not rest.get("flag"):
        raise ValueError(f"{indicator} of {territory}: a missing value needs its reason")
    return {"territory": territory, "indicator": indicator, "value": value, "unit": unit, **rest}


def frame(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Rows as a frame of the one shape: numbers as float64, everything else as text, missing text as ""."""
    held = list(rows)
    found = {}
    for name in COLUMNS:
        cells = [one.get(name) for one in held]
        if name in _NUMBERS:
            found[name] = pd.to_numeric(pd.Series(cells, dtype="object")).astype("float64")
        else:
            text = [cell if type(cell) is str else _text(cell) for cell in cells]
            found[name] = pd.array(text, dtype="str")
    return pd.DataFrame(found)


def shaped(rows: pd.DataFrame) -> pd.DataFrame:
    """A frame of rows in the one shape; as it is when it has it already."""
    if rows.dtypes.equals(_nothing().dtypes) and not rows.select_dtypes("str").isna().any(axis=None):
        return rows
    return frame(rows.to_dict("records"))


@functools.lru_cache(maxsize=1)
def _nothing() -> pd.DataFrame:
    return frame(())


def _text(cell: Any) -> str:
    return "" if cell is None or pd.isna(cell) else str(cell)


def programme(ev: Evaluation, table: str) -> pd.DataFrame:
    """Rows of a table that are the programme's: those of its labelled territories, not of its candidates."""
    facts, places = ev.table(table), ev.table("territories")
    candidates = places[places["status"] == "candidate"]["territory"]
    return facts[~facts["territory"].isin(candidates)]


def latest(dates: Iterable[str]) -> str:
    """The latest of some partial ISO dates; "" when there is none."""
    return max((date for date in dates if date), default="")


def sources(texts: Iterable[str]) -> str:
    """Several sources as one text, each once, in order."""
    return " ; ".join(dict.fromkeys(text for text in texts if text))


def told(
    code: str,
    indicator: str,
    value: float | None,
    unit: str,
    facts: pd.DataFrame,
    **rest: Any,
) -> Row:
    """One row drawn from declared facts: `period` and `as_of` are their latest date, `source` theirs, `n`
    how many they are unless it is given.
    """
    day = latest(facts["as_of"])
    about = {"n": len(facts), "period": day, "as_of": day, "source": sources(facts["source"])} | rest
    amount = value if value is None else float(value)
    return row(code, indicator, amount, unit, **about)


def told_or(
    missing: str,
    code: str,
    indicator: str,
    value: float | None,
    unit: str,
    facts: pd.DataFrame,
    **rest: Any,
) -> Row:
    """`told`; without any fact, the row empty with the flag `missing`, of the same group."""
    if len(facts):
        return told(code, indicator, value, unit, facts, **rest)
    return row(code, indicator, None, unit, group=rest.get("group", ""), flag=missing)


def last_of(facts: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """The latest row of each key, by `as_of`; rows of one date keep the order of the table."""
    if facts.empty:
        return facts
    return facts.sort_values("as_of", kind="stable").groupby(key, sort=False, dropna=False).tail(1)
