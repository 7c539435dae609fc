"""How far a value may be from what is printed: every range drawn, each at its ends, what would undo it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from impactkit.valuation.parameters import Project, Range

Array = NDArray[np.float64]
Sums = Callable[[Project, Callable[[Range], Any]], tuple[Any, Any]]
MIDDLE = (0.05, 0.95)


@dataclass(frozen=True, eq=False)
class Draws:
    """Discounted benefits and costs, draw by draw."""

    benefits: Array
    costs: Array
    seed: int

    @property
    def npv(self) -> tuple[float, float]:
        """Middle 90 % of the net present value."""
        return _middle(self.benefits - self.costs)

    @property
    def ratio(self) -> tuple[float, float] | None:
        """Middle 90 % of the ratio; None where costs may be nothing."""
        return _middle(self.benefits / self.costs) if (self.costs > 0).all() else None

    @property
    def median(self) -> float:
        """Median of the net present value."""
        return float(np.median(self.benefits - self.costs))

    @property
    def ratio_median(self) -> float | None:
        """Median of the ratio; None where costs may be nothing."""
        if not (self.costs > 0).all():
            return None
        ratios = self.benefits / self.costs
        return float(np.median(ratios))

    def above(self, npv: float) -> float | None:
        """Share of the draws below a net present value; None where all of them are one."""
        drawn = self.benefits - self.costs
        width = float(np.ptp(drawn))
        least = 1e-9 * (1 + abs(npv))
        if width <= least:
            return None
        return float((drawn < npv).mean())

    @property
    def positive(self) -> float:
        """Share of the draws with a positive net present value."""
        return float((self.benefits > self.costs).mean())

    @classmethod
    def together(cls, many: Sequence[Draws]) -> Draws:
        """Several of one seed, added draw by draw."""
        sums = (np.sum([getattr(one, name) for one in many], axis=0) for name in ("benefits", "costs"))
        return cls(*sums, many[0].seed)


def _middle(values: Array) -> tuple[float, float]:
    low, high = np.quantile(values, MIDDLE)
    return float(low), float(high)


def ranges(project: Project) -> Iterator[Range]:
    """Every range of a project, once each, in the order of its tables."""
    told = [project.rate]
    for one in project.benefits:
        told += [one.quantity, one.price, *one.adjustments.values()]
    every = (*project.costs, *project.reference_benefits, *project.reference_costs)
    yield from {id(one): one for one in (*told, *(cost.amount for cost in every))}.values()


def drawn(project: Project, sums: Sums, *, draws: int, seed: int) -> Draws:
    """Every range drawn from its triangle (low, value, high), independently; seeded."""
    chance = np.random.default_rng(seed)
    told: dict[int, float | Array] = {}
    for one in ranges(project):
        fixed = one.low == one.high
        told[id(one)] = one.value if fixed else chance.triangular(one.low, one.value, one.high, draws)
    benefits, costs = sums(project, lambda one: told[id(one)])
    return Draws(np.broadcast_to(benefits, draws), np.broadcast_to(costs, draws), seed)


def tornado(project: Project, sums: Sums) -> pd.DataFrame:
    """Net present value at each end of each range, the others as printed: what, low, high, at_low, at_high;
    the widest first, ranges of no width left out.
    """

    def npv(one: Range, end: float) -> float:
        benefits, costs = sums(project, lambda other: end if other is one else other.value)
        return float(benefits - costs)

    wide = [one for one in ranges(project) if one.low < one.high]
    rows = [(one.label, one.low, one.high, npv(one, one.low), npv(one, one.high)) for one in wide]
    found = pd.DataFrame(rows, columns=["what", "low", "high", "at_low", "at_high"])
    width = (found["at_high"] - found["at_low"]).abs()
    return found.loc[width.sort_values(ascending=False, kind="stable").index]


def break_even(project: Project, sums: Sums) -> float | None:
    """The deadweight, the same for every benefit, at which benefits equal costs; None when even none of it
    would not be enough, or when there is no cost to cover.
    """

    def at(share: float) -> float:
        more = {"deadweight": Range.of(share)}
        benefits = tuple(replace(one, adjustments={**one.adjustments, **more}) for one in project.benefits)
        found, costs = sums(replace(project, benefits=benefits), lambda one: one.value)
        return float(found - costs)

    # Linear in what is left once deadweight is taken away.
    none, whole = at(0.0), at(1.0)
    if none < 0 or whole >= 0 or none == whole:
        return None
    return none / (none - whole)
