"""When the units of a panel were treated, as positions among its periods: years two apart, quarters and days
are all one step from one period to the next.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from impactkit.data.moments import DAY, moment_of
from impactkit.data.panel import Panel
from impactkit.effects.design import Array
from impactkit.errors import NotEnoughData

FAR = 1e6


@dataclass(frozen=True, eq=False)
class Timing:
    """Periods in order; `counts`: where each stands on its calendar (years, quarters, months: for days, its
    position); `starts`: the position at which each treated unit is, the number of periods or more where
    that is after the last one.
    """

    periods: tuple[Any, ...]
    counts: Array
    starts: Mapping[Any, int]

    @property
    def known(self) -> dict[Any, int]:
        """Those that were treated within the periods."""
        return {unit: at for unit, at in self.starts.items() if at < len(self.periods)}


def timing_of(panel: Panel, periods: Sequence[Any]) -> Timing:
    """Raises NotEnoughData for a date of treatment that is none of the periods, though between two."""
    moments = [moment_of(period) for period in periods]
    known = [moment for moment in moments if moment is not None]
    if len(known) < len(moments):
        raise panel.language.error(
            NotEnoughData, "effect-periods", where=panel.outcome, periods=_listed(periods)
        )
    counts = np.array([moment.count for moment in known])
    starts = {}
    for unit, date in panel.first_treated.items():
        moment = moment_of(date)
        at = None if moment is None else _position(counts, moment.count)
        if at is None:
            holes = {"unit": unit, "date": date, "periods": _listed(periods)}
            raise panel.language.error(NotEnoughData, "effect-date-absent", where=panel.outcome, **holes)
        starts[unit] = at
    # A month has 28 days or 31: from one to the next is one step all the same.
    if known and known[0].calendar == DAY:
        counts = np.arange(len(counts), dtype=np.float64)
    return Timing(tuple(periods), counts, starts)


def _position(counts: Array, count: float) -> int | None:
    """Where a date stands among periods; None between two of them, or before the first."""
    if count > counts[-1]:
        step = float(np.median(np.diff(counts))) if len(counts) > 1 else 1.0
        beyond = min((count - counts[-1]) / step, FAR)
        return len(counts) - 1 + math.ceil(beyond)
    at = int(np.searchsorted(counts, count))
    return at if counts[at] == count else None


def _listed(periods: Sequence[Any]) -> str:
    texts = [str(period) for period in periods]
    if len(texts) <= 6:
        return ", ".join(texts)
    return ", ".join((*texts[:3], "…", *texts[-2:]))
