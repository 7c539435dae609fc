"""Weighted comparisons on any panel: the kit's default, synthetic control, synthetic
difference-in-differences and the plain difference. For published studies, for checks, and for whoever
tests the kit from outside.

Sources: Abadie, Diamond and Hainmueller, J. Am. Stat. Assoc. 105 (2010), outcomes alone, exact optimum;
Arkhangelsky, Athey, Hirshberg, Imbens and Wager, Am. Econ. Rev. 111 (2021); Clarke, Pailañir, Athey and
Imbens (2023) for several dates of treatment.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

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

    >>> sold = [[10, 11, 14, 15], [20, 21, 22, 23], [30, 31, 32, 33], [40, 41, 42, 43]]
    >>> rows = [("abcd"[i], year, sold[i][year - 1]) for i in range(4) for year in (1, 2, 3, 4)]
    >>> frame = pd.DataFrame(rows, columns=["unit", "year", "sales"])
    >>> frame["since"] = frame["unit"].map({"a": 3}).fillna(0)
    >>> names = {"unit": "unit", "period": "year", "outcome": "sales", "first_treated": "since"}
    >>> panel = ik.Panel.from_frame(frame, **names)
    >>> ik.synthetic(panel, unit="a", objective="difference").estimate
    2.0
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
    rest = others.to_numpy(dtype=np.float64)
    gaps, weights = [], []
    for start in sorted(set(chosen.values())):
        at = list(wide.columns).index(start)
        _usable(wide, at, panel.outcome)
        mine = wide.loc[[name for name, date in chosen.items() if date == start]].to_numpy(dtype=np.float64)
        seen = mine.mean(axis=0)
        path = gaps_of(seen[None, :], rest, at, objective, count=len(mine), ridge=ridge)[0]
        gaps.append(path[at:].mean())
        weights.append(float(len(mine) * (len(wide.columns) - at)))
    found = float(np.average(gaps, weights=weights))
    p = floor = None
    if len(chosen) == 1:
        # Every never treated unit as if it had been treated, none drawn by lot.
        test = placebo.rank(found, everyone(rest, at, objective, ridge)) if len(rest) > 1 else None
        p, floor = (rounded(test.p), rounded(test.floor)) if test else (1.0, 1.0)
    if len(gaps) > 1:
        seen = path = np.full(len(wide.columns), np.nan)
    return Effect(
        *(panel.outcome, str(unit) if unit is not None else say("effect.all"), say("effect.estimand")),
        *(objective, "level", rounded(found), None, None, None, p, floor, len(chosen), len(others)),
        about={"gaps": tuple(rounded(gaps).tolist())},
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


def gaps_of(
    treated: Array,
    others: Array,
    start: int,
    objective: str,
    *,
    count: int = 1,
    ridge: float | None = None,
    barred: NDArray[np.intp] | None = None,
) -> Array:
    """Gap by period of each treated unit (rows), its mean after `start` the estimate: less the others by
    their weights, less what remains of the periods before by theirs. `count`: how many units each row is the
    mean of; `barred`: the unit that each may not be compared with.
    """
    before, own = others[:, :start], treated[:, :start]
    if objective == "difference":
        apart, times = np.ones((len(treated), len(others))), np.full(start, 1 / start)
        if barred is not None:
            apart[np.arange(len(treated)), barred] = 0.0
        units = apart / apart.sum(axis=1, keepdims=True)
    elif objective == "simplex":
        # On the scale of the data, so that the ridge is small whatever the unit of the outcome.
        rows, own = ((one - before.mean()) / (float(before.std()) or 1.0) for one in (before, own))
        units = ridge_simplex(rows, own, ridge=ridge or TINY, barred=barred).values
        times = np.zeros(start)
    else:
        noise = float(np.diff(before, axis=1).std(ddof=1))
        rows, own = ((one - one.mean(axis=1, keepdims=True)) / (noise or 1.0) for one in (before, own))
        # In units of the noise: zeta^2 times the periods before.
        spread = (count * (others.shape[1] - start)) ** 0.5 * start
        units = ridge_simplex(rows, own, ridge=spread if ridge is None else ridge, barred=barred).values
        times = _time_weights(before, others[:, start:].mean(axis=1), noise)
    gaps = treated - units @ others
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


def everyone(others: Array, start: int, objective: str, ridge: float | None = None) -> Array:
    """The gap after `start` of every unit as if it had been treated, each against all the others, in one
    batch. What is common to them (the scale, the time weights) is that of them all.
    """
    itself = np.arange(len(others))
    return gaps_of(others, others, start, objective, ridge=ridge, barred=itself)[:, start:].mean(axis=1)


def _default(panel: Panel, wide: pd.DataFrame, others: pd.DataFrame, chosen: dict[str, str]) -> Effect:
    if len(chosen) > 1:
        raise error(NotEnoughData, "effect-one", where=panel.outcome)
    name, start = next(iter(chosen.items()))
    at = list(wide.columns).index(start)
    positive = bool((wide.to_numpy(dtype=np.float64) > 0).all())
    table = np.log(wide) if positive else wide
    sizes = np.log(others.iloc[:, max(at - 1, 0)]) if positive else pd.Series(0.0, index=others.index)
    design = Design(
        *(tuple(map(str, others.index)), tuple(map(str, wide.columns))),
        table.loc[others.index].to_numpy(dtype=np.float64),
        *(tuple(range(at)), tuple(range(at, wide.shape[1])), sizes.to_numpy(dtype=np.float64)),
        *(("",) * len(others), "log" if positive else "points"),
    )
    own = table.loc[name].to_numpy(dtype=np.float64)
    checked(design, own, where=str(name))
    size = float(own[at - 1]) if positive else 0.0
    path, _ = placebo.compared(design, own, size, "")
    gap = float(path[at:].mean())
    gaps = placebo.enumerated(design).gaps
    test = placebo.rank(gap, gaps[placebo.nearest(design.sizes, size)])
    ends = (None, None) if test.half is None else (rounded(gap - test.half), rounded(gap + test.half))
    return Effect(
        *(panel.outcome, str(name), say("effect.estimand"), "default", "log" if positive else "level"),
        *(rounded(gap), None, *ends, rounded(test.p), rounded(test.floor), 1, len(others)),
        _table=pd.DataFrame({"period": design.periods, "seen": own, "expected": own - path, "gap": path}),
    )
