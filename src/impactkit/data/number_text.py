"""What a number is in a table, for `check` and `load` alike: ASCII digits, a decimal point, an exponent."""

import re
from collections.abc import Iterable

import pandas as pd

NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
# Beyond this a float no longer holds units.
LARGEST = 1e15


def number_of(text: str) -> float | None:
    """The number that a text says, without spaces around; None for any other text, an infinite number or one
    too large to hold its units.
    """
    plain = text.strip()
    if not NUMBER.fullmatch(plain):
        return None
    value = float(plain)
    return value if abs(value) < LARGEST else None


def numbers_of(texts: Iterable[str]) -> "pd.Series[float]":
    """Each text as a number; NaN where it says none."""
    return pd.Series([number_of(text) for text in texts], dtype="float64")
