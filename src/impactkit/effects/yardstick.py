"""What a gap is measured against: the gaps of comparable units at each look, and the distances beyond which
one is unusual among its neighbours in size, or passes once every test of its family is counted.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from impactkit.effects import placebo
from impactkit.effects.design import Array, Design
from impactkit.effects.looks import LEVEL, SAME, Schedule, boundaries, histories, schedule

# Kinds of units for which Student's tail tells how rare a gap is where ranks end; it does not for communes
# (1.8 % beyond its 1 %), and départements are too few to know (docs/statistics.md).
CALIBRATED = ("epci", "zone")
# Fewer units than this do not show a tail.
FEWEST_FOR_TAIL = 100


@dataclass(frozen=True, eq=False)
class Pool:
    """Comparable units: their gaps at each look (units x looks), log sizes, the scale of the gaps (log or
    points), the kind of unit, and the error that each look has spent.

    `fits`: at each look, what is usual at a size (see `placebo.usual`).
    """

    gaps: Array
    sizes: Array
    scale: str
    kind: str
    spent: tuple[float, ...]
    fits: tuple[placebo.Fit, ...]

    @cached_property
    def scaled(self) -> Array:
        """Distances to zero divided by what is usual at each size: units x looks."""
        columns = []
        for column, fit in enumerate(self.fits):
            usual = placebo.scale_at(fit, self.sizes)
            columns.append(np.abs(self.gaps[:, column]) / usual)
        return np.column_stack(columns)

    def without(self, row: int) -> "Pool":
        """The pool without one unit; what is usual at a size stays what it was."""
        rest = np.delete(np.arange(len(self.sizes)), row)
        return Pool(self.gaps[rest], self.sizes[rest], self.scale, self.kind, self.spent, self.fits)


@dataclass(frozen=True, eq=False)
class Yardstick:
    """The pool, seen from one size.

    `near`: the gaps at this look of the units that rank it; `half`: the distance beyond which a gap is
    unusual among them, None where none can be; `spread`: half the distance between the gaps that a fifth of
    them lie under and over; `usual`: what is usual at this size; `side`: see `placebo.side`.
    """

    pool: Pool
    near: Array
    half: float | None
    spread: float
    usual: float
    side: str

    @property
    def tested(self) -> bool:
        """Whether a gap of this size has a test at all: with the whole error, at the last look."""
        return len(self.near) >= placebo.FEWEST and self.side != "smallest"

    def rank(self, gap: float) -> placebo.Rank:
        """Where a gap stands among those near in size."""
        return placebo.rank(gap, self.near)

    def scaled(self, gap: float) -> float:
        """The distance of a gap to zero, divided by what is usual at this size."""
        return abs(gap) / self.usual

    def critical(self, tests: int, passed: int = 0) -> float | None:
        """The distance beyond which a gap passes in a family of so many tests, once so many have passed
        (Holm): on the ranks of the pool where they reach so far, else on Student's tail where it is
        calibrated, else None.
        """
        return self._beyond(self.rule(tests), 1 / (tests - passed))

    def selected(self, called: int, tests: int) -> float | None:
        """Half the width of an interval that stays right on average over the gaps that were called, so many
        of so many tests. Benjamini and Yekutieli, J. Am. Stat. Assoc. 100 (2005), at 1 - .05 called / tests.
        """
        counted = self._beyond(self.rule(tests), called / tests)
        return None if counted is None or self.half is None else max(self.half, counted)

    def _beyond(self, rule: str, share: float) -> float | None:
        if not rule:
            return None
        if rule == "tail":
            return _tail(self.pool.spent, share) * self.usual
        end = boundaries(self.pool.scaled, [level * share for level in self.pool.spent])[-1]
        return None if end is None else end * self.usual

    def rule(self, tests: int) -> str:
        """`rank`, `tail`, or "" where no gap, however large, could pass."""
        count = len(self.pool.sizes)
        if tests <= self.pool.spent[-1] * (count + 1) * (1 + SAME):
            return "rank"
        if self.pool.kind in CALIBRATED and count >= FEWEST_FOR_TAIL:
            return "tail"
        return ""

    def p(self, gap: float, rule: str) -> float:
        """p of a gap in its family, alone: by its rank among all the units, or by Student's tail."""
        distance = self.scaled(gap)
        if rule == "tail":
            from scipy.stats import t as student

            return float(2 * student.sf(distance, placebo.T5))
        present = self.pool.scaled[:, -1]
        as_large = int((present >= distance * (1 - SAME)).sum())
        return (1 + as_large) / (len(present) + 1)


def _tail(spent: tuple[float, ...], share: float) -> float:
    """Student's distance for a share of what this look adds to what the looks before it have spent."""
    from scipy.stats import t as student

    before = spent[-2] if len(spent) > 1 else 0.0
    return float(student.isf((spent[-1] - before) * share / 2, placebo.T5))


def pool_of(gaps: Array, sizes: Array, scale: str, kind: str, spent: tuple[float, ...]) -> Pool:
    """Gaps of comparable units (units x looks) with what is usual at each size fitted to them."""
    fits = tuple(placebo.usual(sizes, column, scale) for column in gaps.T)
    return Pool(gaps, sizes, scale, kind, spent, fits)


def seen_from(pool: Pool, size: float, among: int | None, power: float = 0.8) -> Yardstick:
    """The pool from one log size; `among`: how many units near in size rank it (None: all of them)."""
    near = placebo.nearest(pool.sizes, size, among)
    half = None
    if len(near) >= placebo.FEWEST:
        half = boundaries(np.abs(pool.gaps[near]), pool.spent)[-1]
    side = placebo.side(pool.sizes, size, near, pool.scale)
    present = pool.gaps[near, -1]
    spread = float(np.quantile(present, power) - np.quantile(present, 1 - power)) / 2
    usual = float(placebo.scale_at(pool.fits[-1], np.array([size]))[0])
    return Yardstick(pool, present, None if side == "smallest" else half, spread, usual, side)


@lru_cache(maxsize=32)
def pool_for(design: Design, kind: str, years: tuple[str, ...], level: float = LEVEL) -> Pool:
    """Every unit of a design as if it had been treated, at each look that its plan has had."""
    looks: Schedule = schedule(design, years)
    gaps = histories(design, placebo.enumerated(design).paths, looks)
    return pool_of(gaps, design.sizes, design.scale, kind, looks.spent(level))


def exaggeration(near: NDArray[np.float64], truth: float, beyond: float) -> float | None:
    """How many times too large a gap is on average, when the truth is `truth` and only gaps beyond this
    distance are retained; None where none would be. Gelman and Carlin, Perspect. Psychol. Sci. 9 (2014).
    """
    both = np.abs(np.concatenate([near + truth, near - truth]))
    retained = both[both > beyond]
    if not len(retained) or not truth:
        return None
    return float(retained.mean()) / truth
