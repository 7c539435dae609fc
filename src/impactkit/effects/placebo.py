"""The same computation for every comparable unit as if it had been treated: the yardstick of a gap.

B: the rank of the treated unit's gap among the hundred units nearest in size: the printed p-value and
interval. S: gaps divided by what is usual at their size: for families of tests (`yardstick.py`).
"""

import functools
import math
from dataclasses import dataclass

import numpy as np

from impactkit.effects.design import CENTRE, Array, Design
from impactkit.effects.weights import Weights, ridge_simplex

NEAREST = 100
# Fewer units cannot give a p-value of 5 %.
FEWEST = 19
LARGEST = 20
# Below this share of larger units among the nearest, which move more, the interval is too wide, which is
# said; below this share of smaller ones the test finds too much, and is refused (docs/statistics.md).
ONE_SIDED = 0.1
T5 = 5.0


@dataclass(frozen=True, eq=False)
class Placebos:
    """Gaps of every comparable unit, each against the others: `paths` n x T, `gaps` their mean after."""

    paths: Array
    gaps: Array
    residual: float


@dataclass(frozen=True)
class Rank:
    """One unit's gap among the units nearest in size: p, the smallest p possible, the half-width in gap."""

    p: float
    floor: float
    half: float | None
    among: int
    spread: float


@dataclass(frozen=True)
class Fit:
    """How large a gap usually is: exp(level + slope (log size - log 4000)), no larger size than `capped`."""

    level: float
    slope: float
    capped: float


@functools.lru_cache(maxsize=32)
def enumerated(design: Design) -> Placebos:
    """Every comparable unit against all the others, none drawn by lot; kept by the design itself."""
    features = design.features(design.values, design.sizes, design.regions)
    barred = design.barred(design.areas or ("",) * len(features))
    np.fill_diagonal(barred, True)
    found = ridge_simplex(features, features, ridge=design.constants["ridge"], barred=barred)
    centred = design.centred(design.values)
    paths = centred - found.values @ centred
    return Placebos(paths, paths[:, list(design.after)].mean(axis=1), float(found.residual.max()))


def compared(design: Design, own: Array, size: float, region: str, area: str = "") -> tuple[Array, Weights]:
    """Gap of one unit (its values by period) from its weighted comparable units, and the weights."""
    feature = design.features(own[None, :], np.array([size]), (region,))
    units = design.features(design.values, design.sizes, design.regions)
    found = ridge_simplex(units, feature, ridge=design.constants["ridge"], barred=design.barred((area,)))
    gap = design.centred(own[None, :])[0] - found.values[0] @ design.centred(design.values)
    return gap, found


def among(scale: str) -> int | None:
    """How many units near in size rank a gap: None, all of them, for a rate, whose spread hardly changes
    with size.
    """
    return None if scale == "points" else NEAREST


def nearest(sizes: Array, size: float, count: int | None = NEAREST) -> np.ndarray:
    """Indices of the units nearest in log size (all of them when `count` is None), ties in their order."""
    order = np.argsort(np.abs(sizes - size), kind="stable")
    return order if count is None else order[: min(count, len(order))]


def side(sizes: Array, size: float, near: np.ndarray, scale: str) -> str:
    """`largest` or `smallest` where hardly any of the nearest units lies beyond this log size, else "".

    On the scale of points the spread does not depend on size: always "".
    """
    if scale == "points":
        return ""
    if float((sizes[near] > size).mean()) < ONE_SIDED:
        return "largest"
    return "smallest" if float((sizes[near] < size).mean()) < ONE_SIDED else ""


def rank(gap: float, placebos: np.ndarray, *, level: float = 0.05) -> Rank:
    """Where a gap stands among placebo gaps (absolute values), and the half-width that inverts the test."""
    away = np.sort(np.abs(placebos))
    among = len(away)
    # A gap that equals one of them to the last bits is as large.
    as_large = int((away >= abs(gap) * (1 - 1e-12)).sum())
    at = math.ceil((1 - level) * (among + 1)) - 1
    half = float(away[at]) if among >= 1 / level - 1 and at < among else None
    spread = float(np.quantile(placebos, 0.8) - np.quantile(placebos, 0.2))
    return Rank((1 + as_large) / (among + 1), 1 / (among + 1), half, among, spread)


def usual(sizes: Array, gaps: Array, scale: str) -> Fit:
    """How large a gap usually is at a size: exp(level + slope (log size - log 4000)), capped at the size of
    the twentieth largest unit, by maximum likelihood under Student's t with five degrees of freedom. In
    points the slope is zero: the spread of a rate does not depend on size.
    """
    capped = float(np.sort(sizes)[-min(LARGEST, len(sizes))])
    at = np.minimum(sizes, capped) - CENTRE
    base = np.column_stack([np.ones_like(at), at])
    if np.ptp(at) == 0 or scale == "points":
        base = base[:, :1]
    inverse = np.linalg.pinv(base)
    fitted = inverse @ np.log(np.abs(gaps) + 1e-4)
    for _ in range(50):
        quotient = (gaps / np.exp(base @ fitted)) ** 2
        weight = (T5 + 1) / (T5 + quotient)
        fitted = fitted + 0.7 * (inverse @ ((weight * quotient - 1) * 0.8))
    slope = float(fitted[1]) if len(fitted) > 1 else 0.0
    return Fit(float(fitted[0]), slope, capped)


def scale_at(fit: Fit, sizes: Array) -> Array:
    """The usual size of a gap at some log sizes (see `usual`)."""
    at = np.minimum(sizes, fit.capped) - CENTRE
    return np.exp(fit.level + fit.slope * at)
