"""Group-time effects of a programme: units treated at several dates, compared with units not (yet) treated.

Source: Callaway and Sant'Anna, J. Econometrics 225 (2021); the doubly robust estimator for panels of
Sant'Anna and Zhao, J. Econometrics 219 (2020). Standard errors from influence functions, which suppose many
treated units: below five in a group they are refused.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from impactkit.data.panel import Panel
from impactkit.effects.results import Effect, rounded
from impactkit.errors import NotEnoughData, UnknownName
from impactkit.wording.catalogue import error, say

Array = NDArray[np.float64]
AGGREGATES = ("simple", "event", "group", "calendar")
CONTROLS = ("never", "not-yet")
FEWEST = 5
Z95 = 1.959963984540054


@dataclass(frozen=True, eq=False)
class Cells:
    """Effects by group and period, and the influence of each unit on each (n x cells)."""

    group: Array
    period: Array
    effect: Array
    influence: Array


def group_time(
    panel: Panel,
    *,
    control: str = "never",
    covariates: pd.DataFrame | None = None,
    aggregate: str = "simple",
    anticipation: int = 0,
) -> Effect:
    """Average effect on the treated, by the date at which they were treated, then put together.

    `control`: `never` treated units, or also those `not-yet` treated. `covariates`: a frame of numbers by
    unit (index), fixed in time; comparison is then doubly robust. `aggregate`: `simple` (every group and
    period after, weighted by group size), `event` (by time since treatment), `group`, `calendar`. `.table`:
    period (or event time), estimate, se; the effect before treatment is against the period just before.
    `anticipation`: periods before treatment that may already be affected.

    Units with a missing value are left out. The estimate is in the outcome's unit. Standard errors are None
    with fewer than five treated units. Raises UnknownName for an option, NotEnoughData for no treated unit,
    no comparison unit or a single period before.

    >>> sold = [[10, 11, 14, 15], [20, 21, 22, 23], [30, 31, 32, 33], [40, 41, 42, 43]]
    >>> rows = [("abcd"[i], year, sold[i][year - 1]) for i in range(4) for year in (1, 2, 3, 4)]
    >>> frame = pd.DataFrame(rows, columns=["unit", "year", "sales"])
    >>> frame["since"] = frame["unit"].map({"a": 3}).fillna(0)
    >>> names = {"unit": "unit", "period": "year", "outcome": "sales", "first_treated": "since"}
    >>> panel = ik.Panel.from_frame(frame, **names)
    >>> ik.group_time(panel).estimate
    2.0
    """
    for value, known, noun in ((control, CONTROLS, "control"), (aggregate, AGGREGATES, "aggregate")):
        if value not in known:
            raise UnknownName.among(say(f"noun.{noun}"), value, known)
    wide = panel.wide.dropna()
    first = pd.Series(panel.first_treated, dtype="float64").reindex(wide.index)
    periods = wide.columns.to_numpy(dtype=np.float64)
    group = first.where(first <= periods.max()).to_numpy()
    if not np.isfinite(group).any():
        raise error(NotEnoughData, "effect-untreated", where=panel.outcome)
    if np.isfinite(group).all() and control == "never":
        raise error(NotEnoughData, "effect-alone", where=panel.outcome)
    told = None if covariates is None else covariates.reindex(wide.index).to_numpy(dtype=np.float64)
    cells = _cells(wide.to_numpy(dtype=np.float64), group, periods, told, control, anticipation)
    if cells is None:
        raise error(NotEnoughData, "effect-before", where=panel.outcome, count=1)
    table, whole, spread = _put_together(cells, group, aggregate)
    if (treated := int(np.isfinite(group).sum())) < FEWEST:
        table["se"] = np.nan
        errors, refused = (None, None, None), say("effect.few-treated", count=treated)
    else:
        errors, refused = rounded([spread, whole - Z95 * spread, whole + Z95 * spread]).tolist(), ""
    return Effect(
        *(panel.outcome, say("effect.all"), say("effect.estimand.group"), f"group-time, {aggregate}"),
        *("level", rounded(whole), *errors, None, None, treated, len(wide) - treated, refused),
        _table=table,
    )


def _cells(
    values: Array, group: Array, periods: Array, covariates: Array | None, control: str, anticipation: int
) -> Cells | None:
    never = ~np.isfinite(group)
    found: list[tuple[float, float, float, Array]] = []
    for g in np.unique(group[~never]):
        start = int(np.searchsorted(periods, g)) - 1 - anticipation
        for at in range(1, len(periods)):
            base = start if periods[at] >= g - anticipation else at - 1
            if base < 0:
                continue
            mine, others = group == g, never
            if control == "not-yet":
                latest = max(periods[at], periods[base]) + anticipation
                others = never | ((group > latest) & (group != g))
            if not others.any():
                continue
            used = mine | others
            change = values[used, at] - values[used, base]
            some = None if covariates is None else covariates[used]
            effect, influence = _two_by_two(change, mine[used].astype(np.float64), some)
            whole = np.zeros(len(values))
            whole[used] = influence * (len(values) / used.sum())
            found.append((g, periods[at], effect, whole))
    if not found:
        return None
    *told, influences = zip(*found, strict=True)
    return Cells(*map(np.array, told), np.column_stack(influences))


def _two_by_two(change: Array, treated: Array, covariates: Array | None) -> tuple[float, Array]:
    """One difference of changes and the influence of each unit on it; doubly robust with covariates."""
    if covariates is None:
        share = treated.mean()
        mine, others = change[treated == 1].mean(), change[treated == 0].mean()
        influence = treated / share * (change - mine) - (1 - treated) / (1 - share) * (change - others)
        return float(mine - others), influence
    from statsmodels.discrete.discrete_model import Logit

    base = np.column_stack([np.ones(len(change)), covariates])
    chance = Logit(treated, base).fit(tol=1e-12, maxiter=60, disp=False).predict()
    odds = chance / (1 - chance) * (1 - treated)
    left = treated == 0
    inverse = np.linalg.inv(base[left].T @ base[left] / len(change))
    line = inverse @ (base[left].T @ change[left] / len(change))
    rest = change - base @ line
    mine, others = (treated * rest).mean() / treated.mean(), (odds * rest).mean() / odds.mean()
    fit = (inverse @ ((1 - treated) * rest * base.T)).T
    hessian = np.linalg.inv((base * (chance * (1 - chance))[:, None]).T @ base / len(change))
    weigh = (hessian @ ((treated - chance) * base.T)).T
    one = treated * (rest - mine) - fit @ (treated[:, None] * base).mean(axis=0)
    away = odds * (rest - others)
    two = away + weigh @ (away * base.T).mean(axis=1) - fit @ (odds[:, None] * base).mean(axis=0)
    return float(mine - others), one / treated.mean() - two / odds.mean()


def _put_together(cells: Cells, group: Array, aggregate: str) -> tuple[pd.DataFrame, float, float]:
    shares = {g: float((group == g).mean()) for g in np.unique(cells.group)}
    weight = np.array([shares[g] for g in cells.group])
    after = cells.period >= cells.group
    if aggregate == "simple":
        effect, influence = _mean(cells, after, weight, group)
        told = {"group": cells.group, "period": cells.period, "estimate": rounded(cells.effect)}
        return pd.DataFrame(told | {"se": _se(cells.influence)}), effect, _se(influence)
    key = {"event": cells.period - cells.group, "group": cells.group, "calendar": cells.period}[aggregate]
    rows, parts, shares_of = [], [], []
    for value in np.unique(key):
        chosen = (key == value) & (after | (aggregate == "event"))
        if not chosen.any():
            continue
        effect, influence = _mean(cells, chosen, weight, group)
        rows.append({aggregate: value, "estimate": effect, "se": _se(influence)})
        if aggregate != "event" or value >= 0:
            parts.append((effect, influence))
            shares_of.append(shares[value] if aggregate == "group" else 1.0)
    mix = np.array(shares_of) / np.sum(shares_of)
    effects, influences = map(np.array, zip(*parts, strict=True))
    joint = mix @ influences
    if aggregate == "group":
        # The sizes of the groups are themselves drawn.
        joint = joint + _size_influence(group, np.array([one["group"] for one in rows])) @ effects
    table = pd.DataFrame(rows).rename(columns={"event": "period", "calendar": "period"})
    return table, float(mix @ effects), _se(joint)


def _mean(cells: Cells, chosen: Any, weight: Array, group: Array) -> tuple[float, Array]:
    """Cells weighted by the size of their groups, with the influence of each unit on cells and sizes."""
    at = np.flatnonzero(chosen)
    told, effects = weight[at] / weight[at].sum(), cells.effect[at]
    drawn = _size_influence(group, cells.group[at])
    return float(told @ effects), cells.influence[:, at] @ told + drawn @ effects


def _size_influence(group: Array, of: Array) -> Array:
    """Influence of each unit on the share of each of several cells' groups among those of the cells."""
    mine = (group[:, None] == of[None, :]).astype(np.float64)
    share = mine.mean(axis=0)
    whole = share.sum()
    drift = mine - share
    return drift / whole - (share / whole**2) * drift.sum(axis=1, keepdims=True)


def _se(influence: Array) -> Any:
    """Standard errors of the columns of an influence function (of one: a number)."""
    return rounded(np.sqrt((influence**2).sum(axis=0)) / len(influence))
