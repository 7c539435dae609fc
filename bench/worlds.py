"""Worlds where the label changed nothing, and what each test says of them. For `calibration.py`, and in
small for the tests.

A world: units of lognormal sizes in thirteen regions, ten years (five before, five after, the year of the
label left out). Every region and every unit walks at random, a unit by Student's t with five degrees of
freedom, the more the smaller it is: exp(-3.18 - .20 (log size - log 4000)), as private jobs do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impactkit.effects import placebo
from impactkit.effects.design import CENTRE, Array, Design, chosen
from impactkit.effects.family import step_down
from impactkit.effects.pooled import pooled
from impactkit.effects.yardstick import Yardstick, pool_for, seen_from

YEARS, BEFORE, AFTER, REGIONS = 11, tuple(range(5)), tuple(range(6, 11)), 13
# Of what is usual for the mean gap after, the share that one yearly step has.
STEP, REGION_STEP = 0.45, 0.01
LEVEL, OUTCOMES = 0.05, 2


@dataclass(frozen=True)
class Cell:
    """A share among `count` trials, and its standard error, in percent."""

    count: int
    hits: int

    @property
    def percent(self) -> float:
        return 100 * self.hits / self.count if self.count else float("nan")

    @property
    def error(self) -> float:
        share = max(self.hits, 1) / max(self.count, 1)
        return 100 * float(np.sqrt(share * (1 - share) / max(self.count, 1)))


@dataclass(frozen=True)
class Said:
    """What was said of one treated unit: p of B and S, the gap, its half-width, the smallest effect seen;
    where it stands in its yardstick (`placebo.side`); p by what is refused.
    """

    size: float
    gap: float
    b: float
    s: float
    half: float
    least: float
    side: str
    plain: float
    rmspe: float
    own: float
    clustered: float


@dataclass(frozen=True)
class Together:
    """What was said of a programme: p, whether the meta-analysis leaves zero out; of its territories,
    whether one at least was said to be an effect; how often a mean gap as small as the printed ones would
    have been unusual, and an effect (upwards and downwards).
    """

    p: float
    outside: bool
    effect: bool
    unusual: tuple[bool, bool]
    counted: tuple[bool, bool]


def usual(sizes: Array) -> Array:
    return np.exp(-3.18 - 0.20 * (sizes - CENTRE))


def world(count: int, chance: np.random.Generator) -> Design:
    """All the units of a world, treated ones included, as one design."""
    sizes = np.sort(chance.normal(np.log(6000), 1.2, count))
    regions = chance.integers(0, REGIONS, count)
    own = chance.standard_t(5, (count, YEARS)) * (usual(sizes) * STEP)[:, None]
    shared = chance.normal(0, REGION_STEP, (REGIONS, YEARS))
    values = sizes[:, None] + np.cumsum(own + shared[regions], axis=1)
    names = tuple(f"u{at}" for at in range(count))
    periods = tuple(str(2014 + at) for at in range(YEARS))
    told = tuple(f"r{region}" for region in regions)
    return Design(names, periods, values, BEFORE, AFTER, values[:, BEFORE[-1]], told, "log")


def without(design: Design, at: np.ndarray) -> Design:
    """The design without some units: those that are treated."""
    return chosen(design, np.setdiff1d(np.arange(len(design.units)), at))


def drawn(design: Design, count: int, chance: np.random.Generator, *, large: bool) -> np.ndarray:
    """Rows of the units that are labelled: any, or of the largest fifth, as the real ones are."""
    every = np.argsort(design.sizes, kind="stable")
    among = every[-max(len(every) // 5, 2 * count) :] if large else every
    return np.sort(chance.choice(among, count, replace=False))


def tried(design: Design, at: np.ndarray, *, among: int | None = placebo.NEAREST) -> list[Said]:
    """Every test of one territory on the units `at`, in which nothing was done; none of them is compared
    with another.
    """
    pool = without(design, at)
    every = placebo.enumerated(pool)
    after, before = list(pool.after), list(pool.before)
    change = pool.centred(pool.values)[:, after].mean(axis=1)
    ratios, quiet = _ratio(every.paths, before, after), _quiet(every.paths, before)
    found = []
    for one in at:
        own, size = design.values[one], float(design.sizes[one])
        path, _ = placebo.compared(pool, own, size, design.regions[one])
        gap = float(path[after].mean())
        stick = _stick(pool, size, among)
        test = stick.rank(gap)
        mine = float(pool.centred(own[None, :])[0][after].mean())
        away = (mine - change.mean()) / (change.std() / np.sqrt(len(change)))
        found.append(
            Said(
                size,
                gap,
                test.p,
                stick.p(gap, "rank"),
                float(test.half or np.nan),
                float(test.half or np.nan) + test.spread / 2,
                stick.side,
                placebo.rank(mine - change.mean(), change - change.mean()).p,
                placebo.rank(float(_ratio(path[None, :], before, after)[0]), ratios).p,
                placebo.rank(gap / float(_quiet(path[None, :], before)[0]), every.gaps / quiet).p,
                float(abs(away) <= 1.96),
            )
        )
    return found


def together(design: Design, at: np.ndarray, said: list[Said], *, draws: int) -> Together:
    """The programme's own test on the same units."""
    pool = without(design, at)
    regions = tuple(design.regions[one] for one in at)
    gaps = np.array([one.gap for one in said])
    found = pooled(pool, gaps, design.sizes[at], regions, draws=draws, tests=OUTCOMES)
    low, high = found.meta[1:] if found.meta else (-np.inf, np.inf)
    units = {design.units[row]: one for row, one in zip(at, said, strict=True)}
    sticks = {unit: _stick(pool, one.size) for unit, one in units.items()}
    family = step_down(sticks, {unit: one.gap for unit, one in units.items()})
    effect = any(one.b <= LEVEL and family[unit].passed for unit, one in units.items())
    unusual = _both_ways(found.estimate, found.detectable, found.half)
    counted = _both_ways(found.estimate, found.detectable_effect, found.counted)
    return Together(float(found.p or np.nan), not low <= 0 <= high, effect, unusual, counted)


def _stick(pool: Design, size: float, among: int | None = placebo.NEAREST) -> Yardstick:
    return seen_from(pool_for(pool, "", ()), size, among)


def _both_ways(estimate: float, effect: float | None, beyond: float | None) -> tuple[bool, bool]:
    """Whether an effect of this size, added and taken off, would go beyond."""
    assert effect is not None and beyond is not None
    return abs(estimate + effect) > beyond, abs(estimate - effect) > beyond


def _ratio(paths: Array, before: list[int], after: list[int]) -> Array:
    """Root mean squared gap after over that before: the usual statistic of synthetic control."""
    return np.sqrt((paths[:, after] ** 2).mean(axis=1) / (paths[:, before] ** 2).mean(axis=1))


def _quiet(paths: Array, before: list[int]) -> Array:
    """How much the gap of a unit moved from year to year before."""
    return np.diff(paths[:, before], axis=1).std(axis=1)


def rejected(p: list[float]) -> Cell:
    """Rejections at 5 % of some p-values."""
    return Cell(len(p), int((np.array(p) <= LEVEL * (1 + 1e-12)).sum()))
