"""How far a figure may lie from the others without anything being out of the ordinary."""

import math
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

# Fewer units than this do not show what is ordinary.
ENOUGH = 20
# How many units of the nearest sizes tell what is ordinary at a size.
NEAREST = 100
Z95 = 1.959963984540054


@dataclass(frozen=True)
class Expected:
    """Where `share` of the units nearest in size lie: their median, its limits, their changes.

    `chosen`: whether they are a choice by size, or all the units that there are.
    """

    median: float
    low: float
    high: float
    share: float
    changes: tuple[float, ...] = field(repr=False)
    chosen: bool

    @property
    def n(self) -> int:
        """How many units tell the limits."""
        return len(self.changes)

    def as_far(self, value: float) -> int:
        """How many of these units lie as far from their median as a value does."""
        away = abs(value - self.median)
        return sum(abs(change - self.median) >= away for change in self.changes)


def wilson(share: float, n: float) -> tuple[float, float]:
    """95 % interval of a share seen on `n` people asked. Wilson, J. Am. Stat. Assoc. 22 (1927), by
    statsmodels. Raises ValueError for a share outside 0 to 1 or n under 1.
    """
    from statsmodels.stats.proportion import proportion_confint

    if not 0 <= share <= 1 or n < 1:
        raise ValueError(f"no interval for a share of {share} on {n}")
    low, high = proportion_confint(share * n, n, method="wilson")
    return float(low), float(high)


def byar(count: float) -> tuple[float, float]:
    """95 % interval of the number of events expected where `count` happened. Byar's approximation (Breslow
    and Day, Statistical Methods in Cancer Research II, IARC 1987, p. 69). Raises ValueError under 0.
    """
    if count < 0:
        raise ValueError(f"no interval for {count} events")
    more = count + 1
    low = count * (1 - 1 / (9 * count) - Z95 / (3 * count**0.5)) ** 3 if count else 0.0
    high = more * (1 - 1 / (9 * more) + Z95 / (3 * more**0.5)) ** 3
    return float(low), float(high)


def expected(
    values: pd.Series, sizes: pd.Series, at: float, *, share: float = 0.95, ranks: bool = False
) -> Expected | None:
    """Limits of the ordinary at a size, told by the hundred units nearest to it (all of them when they are
    fewer); None under 20 units, or for a size outside those of the units.

    Around their median, as far as the distance that `share` of one more unit would not exceed: the 96th of a
    hundred. `ranks`: from one rank to its mirror instead (the second smallest and the second largest of a
    hundred), for changes that a median does not halve evenly. Both count the unit that is asked about as one
    more exchangeable with them: among N, the rank r holds r / (N + 1).
    """
    known = pd.DataFrame({"value": values, "size": sizes}).dropna()
    known = known[known["size"] > 0]
    # Of a size that no unit has, the units tell nothing.
    if len(known) < ENOUGH or not known["size"].min() <= at <= known["size"].max():
        return None
    away = np.abs(np.log(known["size"].to_numpy()) - np.log(at))
    near = known["value"].to_numpy()[np.argsort(away, kind="stable")[:NEAREST]]
    median, count = float(np.median(near)), len(near) + 1
    if ranks:
        out = max(math.floor((1 - share) / 2 * count), 1)
        ordered = np.sort(near)
        low, high = float(ordered[out - 1]), float(ordered[-out])
    else:
        distances = np.sort(np.abs(near - median))
        half = float(distances[min(math.ceil(share * count), len(near)) - 1])
        low, high = median - half, median + half
    changes = tuple(float(change) for change in near)
    return Expected(median, low, high, share, changes, chosen=len(known) > NEAREST)
