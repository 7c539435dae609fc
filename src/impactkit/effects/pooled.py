"""Programmes that were none: comparable units of the same sizes and regions, drawn together, as a yardstick
for the mean gap of all treated units. Numbers only: `programme.py` says them.
"""

import functools
import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from impactkit.effects import placebo
from impactkit.effects.design import Array, Design
from impactkit.effects.looks import LEVEL, SAME, boundaries, schedule
from impactkit.effects.weights import ridge_simplex
from impactkit.effects.yardstick import pool_for, seen_from

Picks = NDArray[np.intp]

DRAWS, SEED = 10_000, 20190214
POWER = 0.8
# The middle 95 % of a normal distribution.
NORMAL = 1.959963984540054
# The forty of its region nearest in size, for each treated unit: with ten, 10,000 draws know no more than
# ten gaps. Gaps not divided by what is usual at a size, or not widened (`_leaning`), lose the size of the
# test: docs/statistics.md.
NEAR, ENOUGH = 40, 10
# Programmes on which it is measured how much their units lean on one another.
TRIED, MOST_CELLS = 400, 2_000_000


@dataclass(frozen=True, eq=False)
class Pooled:
    """The mean gap of k treated units and its yardstick, on the scale of the design (logs, or points).

    `estimate`: mean weighted by precision (`shares`, k, adding up to one, as 1 / `scale`^2; `scale`: what is
    usual at the size of each). `low`, `high`: the interval that inverts the test, `half` its half-width;
    `p`: rank of the estimate among the placebo programmes (distance to zero), `floor` the smallest that it
    can be; `spread`: their standard deviation, `centre` their mean; `detectable`: the smallest effect seen
    with 80 % power. None without such a test: under two treated units, or too few units to draw from.

    `counted`: the distance beyond which the mean passes once every outcome of the plan is counted
    (Bonferroni), and `detectable_effect` the smallest mean that does so with 80 % power.

    `q` on k - 1 degrees of freedom, `i2`, `tau`: how much gaps differ from one another beyond what is usual;
    `meta`: mean of a random-effects meta-analysis with its 95 % interval; `prediction`: where the gap of one
    more unit would lie, of the log size `one_more` and whole (None under three, or without a test).
    """

    estimate: float
    shares: Array
    scale: Array
    q: float | None = None
    i2: float | None = None
    tau: float | None = None
    meta: tuple[float, float, float] | None = None
    prediction: tuple[float, float] | None = None
    draws: int = 0
    low: float | None = None
    high: float | None = None
    p: float | None = None
    floor: float | None = None
    half: float | None = None
    spread: float | None = None
    centre: float | None = None
    detectable: float | None = None
    counted: float | None = None
    detectable_effect: float | None = None
    one_more: float | None = None


def pooled(
    design: Design,
    own: Array,
    sizes: Array,
    regions: tuple[str, ...],
    *,
    held: Array | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
    tests: int = 1,
    years: tuple[str, ...] = (),
) -> Pooled:
    """Mean of the gaps `own` (k >= 1, on the scale of the design) of treated units of these log sizes and
    regions, weighted by 1 / s(size)^2, s being what is usual at a size, among placebo programmes.

    `held`: the share of its unit that each territory holds (a zone); gap and s are divided by it. A placebo
    programme draws one comparable unit for each treated one (`drawn`); each gap is divided by what is usual
    at its own size and multiplied by what is usual at that of the treated unit. Deterministic, whatever the
    order of the treated units. `tests`: how many outcomes are tested so; `years`: see `looks.schedule`.
    """
    held = np.ones(len(own)) if held is None else held
    looks = schedule(design, years)
    every = pool_for(design, "", years)
    scaled = np.column_stack(
        [
            gaps / placebo.scale_at(fit, design.sizes)
            for gaps, fit in zip(every.gaps.T, every.fits, strict=True)
        ]
    )
    scale = placebo.scale_at(every.fits[-1], sizes) / held
    shares = scale**-2 / (scale**-2).sum()
    estimate = math.fsum(shares * own / held)
    # s is the scale of a Student's t, under its standard deviation: as an error it would make Q reject up to
    # 19 % of true nulls (7 % with the deviation).
    errors = scale * float(np.sqrt((scaled[:, -1] ** 2).mean()))
    mean = Pooled(estimate, shares, scale, **_varied(own / held, errors))
    if (picks := drawn(design, sizes, regions, draws=draws, seed=seed)) is None:
        return mean
    usual = placebo.scale_at(every.fits[-1], design.sizes)
    lean = _leaning(design, picks, every.gaps[:, -1], usual, shares * scale)
    means = np.einsum("dkl,k->dl", scaled[picks], shares * scale) * lean
    present = means[:, -1]
    away = np.abs(means)
    half = boundaries(away, looks.spent())[-1]
    counted = boundaries(away, looks.spent(LEVEL / tests))[-1]
    # Units are few where pools are small: no p under one over the number of programmes that could be drawn.
    floor = max(1 / (draws + 1), 1 / (1 + _possible(picks)))
    as_large = int((away[:, -1] >= abs(estimate) * (1 - SAME)).sum())
    p = max((1 + as_large) / (draws + 1), floor)
    mean = replace(
        mean,
        draws=draws,
        p=p,
        floor=floor,
        spread=float(present.std()),
        centre=float(present.mean()),
    )
    if half is None or floor > looks.spent()[-1]:
        return mean
    ordinary = float(np.quantile(present, POWER) - np.quantile(present, 1 - POWER)) / 2
    size = float(np.median(sizes))
    mean = replace(
        mean,
        low=estimate - half,
        high=estimate + half,
        half=half,
        detectable=half + ordinary,
        one_more=size,
        prediction=_one_more(mean, seen_from(every, size, placebo.among(design.scale)).half, len(own)),
    )
    if counted is None or floor > looks.spent(LEVEL / tests)[-1]:
        return mean
    return replace(mean, counted=counted, detectable_effect=counted + ordinary)


def _one_more(mean: Pooled, half: float | None, count: int) -> tuple[float, float] | None:
    """Where the gap of one more unit would lie: what it would be without the programme (`half`, at its
    size), and how uncertain the mean and the differences between units are. Higgins, Thompson and
    Spiegelhalter, J. R. Stat. Soc. A 172 (2009), with the placebos' own distance in place of a standard
    error.
    """
    if half is None or count < 3 or mean.meta is None or mean.tau is None:
        return None
    from scipy.stats import t as student

    centre, low, high = mean.meta
    error = (high - low) / (2 * NORMAL)
    times = float(student.ppf(1 - LEVEL / 2, count - 2))
    wide = math.hypot(half, times * math.hypot(mean.tau, error))
    return centre - wide, centre + wide


def drawn(
    design: Design,
    sizes: Array,
    regions: tuple[str, ...],
    *,
    near: int = NEAR,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Picks | None:
    """Placebo programmes (draws x k, rows of the design): for each treated unit a comparable one among the
    `near` of its region nearest in size, or the twice as many nearest anywhere where its region has too few;
    none twice in a programme. None under two treated units, or where comparable units are fewer than
    `placebo.FEWEST` or twice the treated.
    """
    count = len(sizes)
    if count < 2 or len(design.units) < max(placebo.FEWEST, 2 * count):
        return None
    every = [_pool(design, float(sizes[at]), regions[at], regions, near) for at in range(count)]
    # The same programmes whatever the order of the treated; narrow pools first, so that none is ever empty.
    order = sorted(range(count), key=lambda at: (len(every[at]), float(sizes[at]), regions[at]))
    pools = [every[at] for at in order]
    widths = np.array([len(pool) for pool in pools])
    table = np.array([np.pad(pool, (0, widths.max() - len(pool))) for pool in pools], dtype=np.intp)
    chance = np.random.default_rng(seed)
    slots = np.arange(count)[:, None]
    picks = table[slots, (chance.random((count, draws)) * widths[:, None]).astype(np.intp)]
    for slot in range(count):
        meets = [one for one in range(slot) if not set(pools[one]).isdisjoint(pools[slot])]
        taken = picks[meets]
        again = np.flatnonzero((taken == picks[slot]).any(axis=0))
        while len(again):
            picks[slot, again] = table[slot, (chance.random(len(again)) * widths[slot]).astype(np.intp)]
            again = again[(taken[:, again] == picks[slot, again]).any(axis=0)]
    found = np.empty((draws, count), dtype=np.intp)
    found[:, order] = picks.T
    return found


def _pool(design: Design, size: float, region: str, regions: tuple[str, ...], near: int) -> Picks:
    """The units that a slot draws from: at least twice as many as the slots that may draw from them, so that
    drawing again soon ends.
    """
    order = np.argsort(np.abs(design.sizes - size), kind="stable")
    here = order[np.array(design.regions)[order] == region] if region else order[:0]
    if len(here) >= max(ENOUGH, 2 * regions.count(region)):
        return here[: max(near, 2 * regions.count(region))]
    return order[: 2 * max(near, len(regions))]


def _possible(picks: Picks) -> int:
    """How many programmes could be drawn, as far as it may matter: of the first four slots."""
    return math.prod(len(np.unique(picks[:, slot])) for slot in range(min(4, picks.shape[1])))


def _leaning(design: Design, picks: Picks, gaps: Array, usual: Array, loads: Array) -> float:
    """By how much placebo programmes are widened: their units stand in one another's comparison, where
    treated units never do, and so part of what they vary together is lost.

    On the first programmes drawn, each unit is replaced in the comparison of the others by its own
    comparison: (1 - W) g' = g over the programme, W its weights. That is, within 2 %, what fitting every
    weight again without them gives.
    """
    sample = picks[: max(1, min(TRIED, MOST_CELLS // picks.shape[1] ** 2))]
    rows = np.unique(sample)
    at = np.searchsorted(rows, sample)
    block = _weights(design, tuple(rows.tolist()))[at[:, :, None], at[:, None, :]]
    alone = np.linalg.solve(np.eye(picks.shape[1]) - block, gaps[sample][:, :, None])[:, :, 0]
    before, after = ((one / usual[sample]) @ loads for one in (gaps[sample], alone))
    # Never narrower: what is shared adds to the spread.
    return max(1.0, float(after.std() / before.std())) if before.std() else 1.0


@functools.lru_cache(maxsize=16)
def _weights(design: Design, rows: tuple[int, ...]) -> Array:
    """Weight of each of some units in the comparison of each of them."""
    features, at = design.features(design.values, design.sizes, design.regions), list(rows)
    barred = design.barred(tuple(design.areas[one] for one in at) if design.areas else ("",) * len(at))
    barred[np.arange(len(at)), at] = True
    found = ridge_simplex(features, features[at], ridge=design.constants["ridge"], barred=barred)
    return found.values[:, at]


def _varied(gaps: Array, errors: Array) -> dict[str, Any]:
    """Q, I2, tau, the random-effects mean with its interval (none under two units). The standard errors are
    those of placebos at each size: no territory has its own. Paule and Mandel, J. Res. Natl. Bur. Stand. 87
    (1982), by statsmodels.
    """
    if (count := len(gaps)) < 2:
        return {}
    from statsmodels.stats.meta_analysis import combine_effects

    # Of gaps that are all the same Q is zero, and so is I2: told below.
    with np.errstate(divide="ignore", invalid="ignore"):
        fitted = combine_effects(gaps, errors**2, method_re="pm")
    q, tau = float(fitted.q), math.sqrt(max(float(fitted.tau2), 0.0))
    mean, error = float(fitted.mean_effect_re), float(fitted.sd_eff_w_re)
    varied = {"q": q, "i2": max(0.0, 1 - (count - 1) / q) if q > 0 else 0.0, "tau": tau}
    return varied | {"meta": (mean, mean - NORMAL * error, mean + NORMAL * error)}
