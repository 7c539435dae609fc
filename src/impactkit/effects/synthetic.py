"""Weighted comparisons on any panel: the kit's default, synthetic control, synthetic
difference-in-differences and the plain difference. For published studies, for checks, and for whoever
tests the kit from outside.

Sources: Abadie, Diamond and Hainmueller, J. Am. Stat. Assoc. 105 (2010), outcomes alone, exact optimum;
Arkhangelsky, Athey, Hirshberg, Imbens and Wager, Am. Econ. Rev. 111 (2021); Clarke, Pailañir, Athey and
Imbens (2023) for several dates of treatment.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from impactkit.data.panel import Panel
from impactkit.effects import placebo
from impactkit.effects.design import Array, Design, checked
from impactkit.effects.results import Effect, rounded
from impactkit.effects.weights import ridge_simplex
from impactkit.errors import NotEnoughData, UnknownName
from impactkit.wording.catalogue import error, say

# Small beside any data: the optimum without a ridge, and of several the one of least norm.
TINY = 1e-9
OBJECTIVES = ("default", "simplex", "synthetic-did", "difference")


@dataclass(frozen=True)
class Block:
    """Units treated at one date, averaged, among those never treated: rows are units, columns periods."""

    treated: Array
    others: Array
    start: int
    count: int


def synthetic(
    panel: Panel, *, unit: str | None = None, objective: str = "default", ridge: float | None = None
) -> Effect:
    """The gap of one treated unit, or of all of them (`unit` None), from the never treated.

    `objective`: `default` (the kit's: path before, centred, and log size; logs where every value is
    positive), `simplex` (synthetic control on outcomes alone, in levels, no intercept, no ridge),
    `synthetic-did`, `difference` (of means). `ridge` replaces that of the objective. The estimate is on the
    scale of the outcome (`level`), of logs for the default on positive outcomes. With one treated unit p is
    its rank among all the never treated, enumerated; there is no standard error.

    Raises UnknownName for a unit or an objective, NotEnoughData in one sentence for what cannot be used.
    """
    if objective not in OBJECTIVES:
        raise UnknownName.among(say("noun.objective"), objective, OBJECTIVES)
    wide = panel.wide.sort_index()
    first = {name: start for name, start in panel.first_treated.items() if name in wide.index}
    if unit is not None and unit not in first:
        raise UnknownName.among(say("noun.unit-of-panel"), str(unit), map(str, first))
    if not first:
        raise error(NotEnoughData, "effect-untreated", where=panel.outcome)
    chosen = {unit: first[unit]} if unit is not None else first
    others = wide[~wide.index.isin(first)]
    if others.empty:
        raise error(NotEnoughData, "effect-alone", where=panel.outcome)
    if objective == "default":
        return _default(panel, wide, others, chosen)
    estimate = _ESTIMATORS[objective]
    blocks = []
    for start in sorted(set(chosen.values())):
        at = list(wide.columns).index(start)
        _usable(wide, at, panel.outcome)
        mine = wide.loc[[name for name, date in chosen.items() if date == start]].to_numpy(dtype=np.float64)
        blocks.append(Block(mine.mean(axis=0), others.to_numpy(dtype=np.float64), at, len(mine)))
    periods = np.array(
        [block.count * (len(wide.columns) - block.start) for block in blocks], dtype=np.float64
    )
    gaps = [estimate(block.treated, block.others, block.start, block.count, ridge) for block in blocks]
    found = float(
        np.average(
            [gap[block.start :].mean() for gap, block in zip(gaps, blocks, strict=True)], weights=periods
        )
    )
    p = floor = None
    if len(blocks) == 1 and blocks[0].count == 1:
        p, floor = _ranked(found, blocks[0], objective, ridge)
    path = gaps[0] if len(gaps) == 1 else np.full(len(wide.columns), np.nan)
    seen = blocks[0].treated if len(gaps) == 1 else np.full(len(wide.columns), np.nan)
    return Effect(
        panel.outcome,
        str(unit) if unit is not None else say("effect.all"),
        say("effect.estimand"),
        objective,
        "level",
        rounded(found),
        None,
        None,
        None,
        p,
        floor,
        len(chosen),
        len(others),
        about={
            "gaps": tuple(
                rounded(gap[block.start :].mean()) for gap, block in zip(gaps, blocks, strict=True)
            )
        },
        _table=pd.DataFrame({"period": wide.columns, "seen": seen, "expected": seen - path, "gap": path}),
    )


def _usable(wide: pd.DataFrame, at: int, where: str) -> None:
    if at < 2:
        raise error(NotEnoughData, "effect-before", where=where, count=at)
    values = wide.to_numpy(dtype=np.float64)
    if not np.isfinite(values).all():
        holes = wide.index[~np.isfinite(values).all(axis=1)]
        raise error(NotEnoughData, "effect-missing-units", where=where, units=", ".join(map(str, holes[:5])))
    if np.ptp(values) == 0:
        raise error(NotEnoughData, "effect-constant", where=where)


def _difference(treated: Array, others: Array, start: int, count: int, ridge: float | None) -> Array:
    gap = treated - others.mean(axis=0)
    return gap - gap[:start].mean()


def _simplex(treated: Array, others: Array, start: int, count: int, ridge: float | None) -> Array:
    before = others[:, :start]
    # On the scale of the data, so that the ridge is small whatever the unit of the outcome.
    spread = float(before.std()) or 1.0
    own = (treated[None, :start] - before.mean()) / spread
    found = ridge_simplex((before - before.mean()) / spread, own, ridge=ridge or TINY)
    return treated - found.values[0] @ others


def _synthetic_did(treated: Array, others: Array, start: int, count: int, ridge: float | None) -> Array:
    return synthetic_dids(treated[None, :], others, start, count, ridge)[0]


def synthetic_dids(
    treated: Array, others: Array, start: int, count: int = 1, ridge: float | None = None
) -> Array:
    """Gap by period of each treated unit (rows), its mean after the estimate: unit weights, then time
    weights (the same for all), then a difference. `count`: how many units each row is the mean of.
    """
    before, after = others[:, :start], others.shape[1] - start
    noise = float(np.diff(before, axis=1).std(ddof=1))
    zeta = (count * after) ** 0.25 * noise
    centred = before - before.mean(axis=1, keepdims=True)
    own = treated[:, :start] - treated[:, :start].mean(axis=1, keepdims=True)
    scale = noise or 1.0
    penalty = ridge if ridge is not None else zeta**2 * start / scale**2
    units = ridge_simplex(centred / scale, own / scale, ridge=penalty).values
    gaps = treated - units @ others
    times = _time_weights(before, others[:, start:].mean(axis=1), noise)
    return gaps - (gaps[:, :start] @ times)[:, None]


def _time_weights(before: Array, after: Array, noise: float) -> Array:
    """Weights of the periods before by which the units' own means after are best told."""
    rows = np.column_stack([before, after])
    rows = rows - rows.mean(axis=0)
    scale = float(rows.std()) or 1.0
    rows = rows / scale
    # Many units, few periods: the same problem in the dimension of the periods.
    short = np.linalg.qr(rows, mode="r")
    penalty = max((1e-6 * noise / scale) ** 2 * len(before), TINY)
    return ridge_simplex(short[:, :-1].T, short[:, -1][None, :], ridge=penalty).values[0]


Estimator = Callable[[Array, Array, int, int, float | None], Array]
_ESTIMATORS: dict[str, Estimator] = {
    "difference": _difference,
    "simplex": _simplex,
    "synthetic-did": _synthetic_did,
}


def everyone(others: Array, start: int, objective: str, ridge: float | None = None) -> Array:
    """The gap after `start` of every unit as if it had been treated, each against all the others, in one
    batch. What is common to them (the scale, the time weights) is that of them all.
    """
    after = others[:, start:].mean(axis=1)
    if objective == "difference":
        change = after - others[:, :start].mean(axis=1)
        return change - (change.sum() - change) / (len(others) - 1)
    before = others[:, :start]
    itself = np.arange(len(others))
    if objective == "simplex":
        rows = (before - before.mean()) / (float(before.std()) or 1.0)
        weights = ridge_simplex(rows, rows, ridge=ridge or TINY, barred=itself).values
        return after - weights @ after
    noise = float(np.diff(before, axis=1).std(ddof=1))
    rows = (before - before.mean(axis=1, keepdims=True)) / (noise or 1.0)
    penalty = ridge if ridge is not None else (others.shape[1] - start) ** 0.5 * start
    weights = ridge_simplex(rows, rows, ridge=penalty, barred=itself).values
    change = after - before @ _time_weights(before, after, noise)
    return change - weights @ change


def _ranked(found: float, block: Block, objective: str, ridge: float | None) -> tuple[float, float]:
    """Every never treated unit as if it had been treated, none drawn by lot."""
    if len(block.others) < 2:
        return 1.0, 1.0
    test = placebo.rank(found, everyone(block.others, block.start, objective, ridge))
    return rounded(test.p), rounded(test.floor)


def _default(panel: Panel, wide: pd.DataFrame, others: pd.DataFrame, chosen: dict[str, str]) -> Effect:
    starts = set(chosen.values())
    if len(starts) > 1 or len(chosen) > 1:
        raise error(NotEnoughData, "effect-one", where=panel.outcome)
    name, start = next(iter(chosen.items()))
    at = list(wide.columns).index(start)
    positive = bool((wide.to_numpy(dtype=np.float64) > 0).all())
    table = np.log(wide) if positive else wide
    sizes = np.log(others.iloc[:, max(at - 1, 0)]) if positive else pd.Series(0.0, index=others.index)
    design = Design(
        tuple(map(str, others.index)),
        tuple(map(str, wide.columns)),
        table.loc[others.index].to_numpy(dtype=np.float64),
        tuple(range(at)),
        tuple(range(at, wide.shape[1])),
        sizes.to_numpy(dtype=np.float64),
        ("",) * len(others),
        "log" if positive else "points",
    )
    own = table.loc[name].to_numpy(dtype=np.float64)
    checked(design, own, where=str(name))
    size = float(own[at - 1]) if positive else 0.0
    path, _ = placebo.compared(design, own, size, "")
    gap = float(path[at:].mean())
    gaps = placebo.enumerated(design).gaps
    test = placebo.rank(gap, gaps[placebo.nearest(design, size)])
    half = test.half
    return Effect(
        panel.outcome,
        str(name),
        say("effect.estimand"),
        "default",
        "log" if positive else "level",
        rounded(gap),
        None,
        None if half is None else rounded(gap - half),
        None if half is None else rounded(gap + half),
        rounded(test.p),
        rounded(test.floor),
        1,
        len(others),
        _table=pd.DataFrame({"period": design.periods, "seen": own, "expected": own - path, "gap": path}),
    )
