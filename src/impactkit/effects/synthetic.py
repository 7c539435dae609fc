"""Weighted comparisons on any panel: the kit's default, synthetic control, synthetic
difference-in-differences and the plain difference. For published studies, for checks, and for whoever
tests the kit from outside.

Sources: Abadie, Diamond and Hainmueller, J. Am. Stat. Assoc. 105 (2010), outcomes alone, exact optimum;
Arkhangelsky, Athey, Hirshberg, Imbens and Wager, Am. Econ. Rev. 111 (2021); Clarke, Pailañir, Athey and
Imbens (2023) for several dates of treatment.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from impactkit.data.panel import Panel
from impactkit.effects import placebo
from impactkit.effects.design import HAIR, Array, Design, checked
from impactkit.effects.results import SyntheticEffect, rounded
from impactkit.effects.treated import Treated, even, inside, treated_of
from impactkit.effects.weights import ridge_simplex
from impactkit.errors import NotEnoughData, RefusedData
from impactkit.wording.language import Language

# Small beside any data: the optimum without a ridge, and of several the one of least norm.
TINY = 1e-9
HUGE = 1e9
# How far from an optimum, in units of the features, weights may stop.
SETTLED = 1e-7
OBJECTIVES = ("default", "simplex", "synthetic-did", "difference")


def synthetic(
    panel: Panel, *, unit: str | None = None, objective: str = "default", ridge: float | None = None
) -> SyntheticEffect:
    """The gap of one treated unit, or of all of them (`unit` None), from the never treated.

    `objective`: `default` (the kit's: path before, centred, and log size; logs where every value is
    positive), `simplex` (synthetic control on outcomes alone, in levels, no intercept, no ridge),
    `synthetic-did`, `difference` (of means: no ridge). `ridge`, from 1e-9 to 1e9, replaces that of the
    objective. The estimate is on the
    scale of the outcome (`level`), of logs for the default on positive outcomes. With one treated unit p is
    its rank among all the never treated, enumerated; there is no standard error.

    Raises UnknownName for a unit or an objective, RefusedData for a ridge, NotEnoughData in one sentence for
    what cannot be used: fewer than two periods before or two other units, a date of treatment between two
    periods, a missing value, a treated unit above or below all the others (`simplex`).

    >>> sold = [[10, 11, 14, 15], [20, 21, 22, 23], [30, 31, 32, 33], [40, 41, 42, 43]]
    >>> rows = [("abcd"[i], year, sold[i][year - 1]) for i in range(4) for year in (1, 2, 3, 4)]
    >>> frame = pd.DataFrame(rows, columns=["unit", "year", "sales"])
    >>> frame["since"] = frame["unit"].map({"a": 3}).fillna(0)
    >>> names = {"unit": "unit", "period": "year", "outcome": "sales", "first_treated": "since"}
    >>> panel = ik.Panel.from_frame(frame, **names)
    >>> ik.synthetic(panel, unit="a", objective="difference").estimate
    2.0
    """
    language = panel.language
    if objective not in OBJECTIVES:
        raise language.unknown("noun.objective", objective, OBJECTIVES)
    _positive(language, ridge)
    case = treated_of(panel, unit)
    if objective == "default":
        return _default(panel, case, ridge)
    others = case.others.to_numpy(dtype=np.float64)
    gaps, weights, paths = [], [], []
    for start in sorted(set(case.chosen.values())):
        own = case.table.loc[[name for name, at in case.chosen.items() if at == start]]
        seen = own.to_numpy(dtype=np.float64).mean(axis=0)
        if objective == "simplex":
            inside(language, own.index, seen, case, start)
        path = gaps_of(language, seen[None, :], others, start, objective, count=len(own), ridge=ridge)[0]
        gaps.append(even(path[start:].mean(), case))
        weights.append(float(len(own) * (len(seen) - start)))
        paths.append((seen, path))
    gap = float(np.average(gaps, weights=weights))
    p = floor = None
    if len(case.chosen) == 1:
        # Every never treated unit as if it had been treated, none drawn by lot.
        placebos = even(everyone(language, others, start, objective, ridge), case)
        test = placebo.rank(gap, placebos)
        p, floor = rounded(test.p), rounded(test.floor)
    seen, path = paths[0] if len(paths) == 1 else np.full((2, case.table.shape[1]), np.nan)
    return SyntheticEffect(
        language=language,
        outcome=panel.outcome,
        unit=str(unit) if unit is not None else language.say("effect.all"),
        estimand=language.say("effect.estimand"),
        method=objective,
        scale="level",
        estimate=rounded(gap),
        p=p,
        p_floor=floor,
        n_treated=len(case.chosen),
        n_comparison=len(others),
        gaps=tuple(rounded(gaps).tolist()),
        _table=pd.DataFrame(
            {"period": case.table.columns, "seen": seen, "expected": seen - path, "gap": path}
        ),
    )


def _positive(language: Language, ridge: float | None) -> None:
    """Raises RefusedData for a ridge that is no number, or beside which weights are lost in rounding."""
    if ridge is None:
        return
    is_number = isinstance(ridge, int | float | np.integer | np.floating) and not isinstance(ridge, bool)
    if not is_number or not TINY <= ridge <= HUGE:
        raise language.error(RefusedData, "effect-ridge", ridge=ridge, least=f"{TINY:g}", most=f"{HUGE:g}")


def gaps_of(
    language: Language,
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
        units = _exact(language, rows, own, TINY if ridge is None else ridge, barred)
        times = np.zeros(start)
    else:
        noise = float(np.diff(before, axis=1).std(ddof=1))
        rows, own = ((one - one.mean(axis=1, keepdims=True)) / (noise or 1.0) for one in (before, own))
        # In units of the noise: zeta^2 times the periods before.
        spread = (count * (others.shape[1] - start)) ** 0.5 * start
        units = _exact(language, rows, own, spread if ridge is None else ridge, barred)
        times = _time_weights(language, before, others[:, start:].mean(axis=1), noise)
    gaps = treated - units @ others
    return gaps - (gaps[:, :start] @ times)[:, None]


def _time_weights(language: Language, before: Array, after: Array, noise: float) -> Array:
    """Weights of the periods before by which the units' own means after are best told."""
    rows = np.column_stack([before, after])
    rows = rows - rows.mean(axis=0)
    scale = float(rows.std()) or 1.0
    rows = rows / scale
    # Many units, few periods: the same problem in the dimension of the periods.
    short = np.linalg.qr(rows, mode="r")
    penalty = max((1e-6 * noise / scale) ** 2 * len(before), TINY)
    return _exact(language, short[:, :-1].T, short[:, -1][None, :], penalty)[0]


def _exact(
    language: Language, units: Array, targets: Array, ridge: float, barred: NDArray[np.intp] | None = None
) -> Array:
    """Weights of the units (rows of features) for each target. Raises NotEnoughData where the solver stopped
    before an answer.
    """
    weights = ridge_simplex(units, targets, ridge=ridge, barred=barred)
    if not weights.residual.max() <= SETTLED * max(1.0, np.abs(units).max()):
        raise language.error(NotEnoughData, "effect-unsettled")
    return weights.values


def everyone(
    language: Language, others: Array, start: int, objective: str, ridge: float | None = None
) -> Array:
    """The gap after `start` of every unit as if it had been treated, each against all the others, in one
    batch. What is common to them (the scale, the time weights) is that of them all.
    """
    itself = np.arange(len(others))
    return gaps_of(language, others, others, start, objective, ridge=ridge, barred=itself)[:, start:].mean(
        axis=1
    )


def _default(panel: Panel, case: Treated, ridge: float | None) -> SyntheticEffect:
    language = panel.language
    if len(case.chosen) > 1:
        raise language.error(NotEnoughData, "effect-one", where=panel.outcome)
    name, at = next(iter(case.chosen.items()))
    values = pd.concat([case.table.loc[[name]], case.others])
    positive = bool((values.to_numpy(dtype=np.float64) > 0).all())
    table = np.log(values) if positive else values
    design = _design(table.iloc[1:], at, positive, ridge)
    own = table.iloc[0].to_numpy(dtype=np.float64)
    checked(language, design, own, where=str(name))
    size = float(own[at - 1]) if positive else 0.0
    path, weights = placebo.compared(design, own, size, "")
    every = placebo.enumerated(design)
    largest = np.abs(table.to_numpy()).max()
    if not max(float(weights.residual[0]), every.residual) <= SETTLED * max(1.0, largest):
        raise language.error(NotEnoughData, "effect-unsettled", where=str(name))
    gap = float(path[at:].mean())
    test = placebo.rank(gap, every.gaps[placebo.nearest(design.sizes, size)])
    if test.half is not None and test.half <= HAIR * largest:
        raise language.error(NotEnoughData, "effect-alike", where=str(name))
    return SyntheticEffect(
        language=language,
        outcome=panel.outcome,
        unit=str(name),
        estimand=language.say("effect.estimand"),
        method="default",
        scale="log" if positive else "level",
        estimate=rounded(gap),
        low=None if test.half is None else rounded(gap - test.half),
        high=None if test.half is None else rounded(gap + test.half),
        p=rounded(test.p),
        p_floor=rounded(test.floor),
        n_comparison=len(case.others),
        _table=pd.DataFrame({"period": design.periods, "seen": own, "expected": own - path, "gap": path}),
    )


def _design(table: pd.DataFrame, at: int, positive: bool, ridge: float | None) -> Design:
    """The comparable units as the kit's default takes them, treated from a position on."""
    sizes = table.iloc[:, at - 1] if positive else pd.Series(0.0, index=table.index)
    scale = "log" if positive else "points"
    design = Design(
        *(tuple(map(str, table.index)), tuple(map(str, table.columns))),
        table.to_numpy(dtype=np.float64),
        *(tuple(range(at)), tuple(range(at, table.shape[1])), sizes.to_numpy(dtype=np.float64)),
        *(("",) * len(table), scale),
    )
    if ridge is None:
        return design
    return replace(design, times=(("ridge", ridge / design.constants["ridge"]),))
