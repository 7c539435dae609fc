"""What a number is in a table, for `check` and `load` alike: ASCII digits, a decimal point, an exponent."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
# Beyond this a float no longer holds units.
LARGEST = 1e15
# Of a whole number in TOML, its sign included.
BITS = 64


def is_bounded(value: Any) -> bool:
    """Whether every whole number of a value, and of what it holds, has 64 bits at most: a much longer one
    cannot even be written down.
    """
    if isinstance(value, int):
        return value.bit_length() < BITS
    if isinstance(value, Mapping):
        value = [*value.keys(), *value.values()]
    if isinstance(value, list | tuple | set | frozenset):
        return all(map(is_bounded, value))
    return True


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
