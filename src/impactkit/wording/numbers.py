"""The one formatter of numbers and dates: tables, charts and sentences print a figure the same way."""

import datetime as dt
import math

from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal

from impactkit.wording.catalogue import FIRST

NARROW = "\u202f"
MINUS = "\u2212"


def number(x: float, decimals: int = 0, *, sign: bool = False, code: str = FIRST) -> str:
    """`1234567.8` gives « 1 234 568 » (U+202F between thousands, true minus); ties go away from zero.

    Raises ValueError for a value that is not a number: what is missing is said in words, never printed.
    """
    if x is None or not math.isfinite(x):
        raise ValueError("a missing value has no figure: say its reason instead")
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    # Rounded first: a value that rounds to nothing must not keep its minus.
    shown = rounded(float(x), decimals)
    text = format_decimal(abs(shown), format=pattern, locale=code, decimal_quantization=False)
    text = text.replace("\u00a0", NARROW)
    mark = MINUS if shown < 0 else "+" if sign and shown > 0 else ""
    return mark + text


def date(iso: str, *, code: str = FIRST) -> str:
    """An ISO date, month or year as words: `2019-02-25` « 25 février 2019 », `2019-12` « décembre 2019 »."""
    parts = iso.split("-")
    if len(parts) == 1:
        return iso
    day = dt.date(int(parts[0]), int(parts[1]), int(parts[2]) if len(parts) == 3 else 1)
    if len(parts) == 2:
        return format_skeleton("yMMMM", day, locale=code)
    text = format_date(day, "long", locale=code)
    return "1er" + text[1:] if code == FIRST and day.day == 1 else text


def rounded(x: float, decimals: int) -> float:
    """`x` as it is printed: ties go away from zero."""
    scale = 10.0**decimals
    # The repr of a float is what a person reads: 2.675 is meant as 2.675, not as the binary number below it.
    scaled = float(f"{abs(x) * scale:.9f}")
    return math.copysign(math.floor(scaled + 0.5) / scale, x)
