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
from impactkit.effects.weights import ridge_simplex

Picks = NDArray[np.intp]

DRAWS, SEED = 10_000, 20190214
LEVEL, POWER = 0.05, 0.8
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

    `q` on k - 1 degrees of freedom, `i2`, `tau`: how much gaps differ from one another beyond what is usual;
    `meta`: mean of a random-effects meta-analysis with its 95 % interval; `prediction`: where the gap of one
    more unit would lie (None under three).
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


def pooled(
    design: Design,
    own: Array,
    sizes: Array,
    regions: tuple[str, ...],
    *,
    held: Array | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Pooled:
    """Mean of the gaps `own` (k >= 1, on the scale of the design) of treated units of these log sizes and
    regions, weighted by 1 / s(size)^2, s being what is usual at a size, among placebo programmes.

    `held`: the share of its unit that each territory holds (a zone); gap and s are divided by it. A placebo
    programme draws one comparable unit for each treated one (`drawn`); each gap is divided by what is usual
    at its own size and multiplied by what is usual at that of the treated unit. Deterministic, whatever the
    order of the treated units.
    """
    held = np.ones(len(own)) if held is None else held
    gaps = placebo.enumerated(design).gaps
    fitted = _fitted(design, gaps)
    scale = placebo.scale_at(fitted, sizes) / held
    shares = scale**-2 / (scale**-2).sum()
    estimate = math.fsum(shares * own / held)
    usual = placebo.scale_at(fitted, design.sizes)
    # s is the scale of a Student's t, under its standard deviation: as an error it would make Q reject up to
    # 19 % of true nulls (7 % with the deviation).
    errors = scale * float(np.sqrt(((gaps / usual) ** 2).mean()))
    found = Pooled(estimate, shares, scale, **_varied(own / held, errors))
    if (picks := drawn(design, sizes, regions, draws=draws, seed=seed)) is None:
        return found
    lean = _leaning(design, picks, gaps, usual, shares * scale)
    means = (gaps / usual)[picks] @ (shares * scale) * lean
    away = np.sort(np.abs(means))
    half = float(away[math.ceil((1 - LEVEL) * (draws + 1)) - 1])
    # Units are few where pools are small: no p under one over the number of programmes that could be drawn.
    floor = max(1 / (draws + 1), 1 / (1 + _possible(picks)))
    as_large = int((away >= abs(estimate) * (1 - 1e-12)).sum())
    ordinary = float(np.quantile(means, POWER) - np.quantile(means, 1 - POWER)) / 2
    ends = {"low": estimate - half, "high": estimate + half, "half": half, "detectable": half + ordinary}
    p = max((1 + as_large) / (draws + 1), floor)
    spread, centre = float(means.std()), float(means.mean())
    return replace(found, draws=draws, p=p, floor=floor, spread=spread, centre=centre, **ends)


def _fitted(design: Design, gaps: Array) -> tuple[float, float, float]:
    # The spread of a rate hardly changes with size (see `comparison.among`): one scale for all.
    alike = replace(design, sizes=np.zeros_like(design.sizes)) if design.scale == "points" else design
    return placebo.usual(alike, gaps)


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
    """Q, I2, tau, the random-effects mean with its interval, the prediction interval (none under two units,
    the last under three). The standard errors are those of placebos at each size: no territory has its own.

    Paule and Mandel, J. Res. Natl. Bur. Stand. 87 (1982), by statsmodels; Higgins, Thompson and
    Spiegelhalter, J. R. Stat. Soc. A 172 (2009) for the prediction interval (t with k - 2 df).
    """
    if (count := len(gaps)) < 2:
        return {}
    from scipy.stats import norm
    from scipy.stats import t as student
    from statsmodels.stats.meta_analysis import combine_effects

    found = combine_effects(gaps, errors**2, method_re="pm")
    q, tau = float(found.q), math.sqrt(max(float(found.tau2), 0.0))
    mean, se = float(found.mean_effect_re), float(found.sd_eff_w_re)
    half = float(norm.ppf(1 - LEVEL / 2)) * se
    told = {"q": q, "i2": max(0.0, 1 - (count - 1) / q) if q > 0 else 0.0, "tau": tau}
    told["meta"] = (mean, mean - half, mean + half)
    if count > 2:
        wide = float(student.ppf(1 - LEVEL / 2, count - 2)) * math.hypot(tau, se)
        told["prediction"] = (mean - wide, mean + wide)
    return told
