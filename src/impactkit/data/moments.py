"""Where a period stands in time: years, quarters, months and days as people write them, or plain numbers."""

from __future__ import annotations

import datetime as dt
import math
import numbers
import re
from dataclasses import dataclass
from typing import Any

import pandas as pd

from impactkit.data.sources import period_text

NUMBER, DAY = "number", "day"
_DIGITS = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True)
class Moment:
    """A period on its own calendar: counted in years (or any number), quarters, months or days."""

    calendar: str
    count: float


def moment_of(period: Any) -> Moment | None:
    """Where a period stands; None for what is none (a word, a missing value, an infinite number)."""
    if isinstance(period, str):
        return _written(period)
    if isinstance(period, pd.Period):
        return Moment(period.freqstr, float(period.ordinal))
    if pd.isna(period) or isinstance(period, bool):
        return None
    if isinstance(period, numbers.Real):
        count = float(period)
        return Moment(NUMBER, count) if math.isfinite(count) else None
    if isinstance(period, dt.date):
        return Moment(DAY, float(period.toordinal()))
    return None


def _written(text: str) -> Moment | None:
    plain = text.strip()
    period = period_text.period_of(plain)
    if period is None:
        return Moment(NUMBER, float(plain)) if _DIGITS.fullmatch(plain) else None
    year = int(period.text[:4])
    if period.frequency == period_text.YEAR:
        return Moment(NUMBER, float(year))
    if period.frequency == period_text.DAY:
        day = dt.date.fromisoformat(period.text)
        return Moment(DAY, float(day.toordinal()))
    part = int(period.text[-1]) if period.frequency == period_text.QUARTER else int(period.text[5:7])
    parts = 4 if period.frequency == period_text.QUARTER else 12
    return Moment(period.frequency, float(year * parts + part))


def in_order(periods: Any) -> list[Any]:
    """Periods from the first to the last; as they come where one of them is no period."""
    counts: dict[Any, float] = {}
    for period in periods:
        moment = moment_of(period)
        if moment is None:
            return list(periods)
        counts[period] = moment.count
    return sorted(counts, key=counts.__getitem__)
