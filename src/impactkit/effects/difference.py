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
    """
    for value, known, noun in (
        (control, CONTROLS, "noun.control"),
        (aggregate, AGGREGATES, "noun.aggregate"),
    ):
        if value not in known:
            raise UnknownName.among(say(noun), value, known)
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
    if not len(cells.effect):
        raise error(NotEnoughData, "effect-before", where=panel.outcome, count=1)
    table, whole, spread = _put_together(cells, group, aggregate)
    treated = int(np.isfinite(group).sum())
    sound = treated >= FEWEST
    if not sound:
        table["se"] = np.nan
    half = Z95 * spread
    return Effect(
        panel.outcome,
        say("effect.all"),
        say("effect.estimand.group"),
        f"group-time, {aggregate}",
        "level",
        rounded(whole),
        rounded(spread) if sound else None,
        rounded(whole - half) if sound else None,
        rounded(whole + half) if sound else None,
        None,
        None,
        treated,
        len(wide) - treated,
        refused="" if sound else say("effect.few-treated", count=treated),
        _table=table,
    )


def _cells(
    values: Array, group: Array, periods: Array, covariates: Array | None, control: str, anticipation: int
) -> Cells:
    groups = np.unique(group[np.isfinite(group)])
    found: list[tuple[float, float, float, Array]] = []
    for g in groups:
        start = int(np.searchsorted(periods, g)) - 1 - anticipation
        for at in range(1, len(periods)):
            after = periods[at] >= g - anticipation
            base = start if after else at - 1
            if base < 0:
                continue
            mine = group == g
            if control == "never":
                others = ~np.isfinite(group)
            else:
                latest = max(periods[at], periods[base]) + anticipation
                others = ~np.isfinite(group) | ((group > latest) & (group != g))
            if not others.any():
                continue
            used = mine | others
            effect, influence = _two_by_two(
                values[used, at] - values[used, base],
                mine[used].astype(np.float64),
                None if covariates is None else covariates[used],
            )
            whole = np.zeros(len(values))
            whole[used] = influence * (len(values) / used.sum())
            found.append((g, periods[at], effect, whole))
    if not found:
        return Cells(np.empty(0), np.empty(0), np.empty(0), np.empty((len(values), 0)))
    return Cells(
        np.array([one[0] for one in found]),
        np.array([one[1] for one in found]),
        np.array([one[2] for one in found]),
        np.column_stack([one[3] for one in found]),
    )


def _two_by_two(change: Array, treated: Array, covariates: Array | None) -> tuple[float, Array]:
    """One difference of changes and the influence of each unit on it; doubly robust with covariates."""
    if covariates is None:
        share = treated.mean()
        mine, others = change[treated == 1].mean(), change[treated == 0].mean()
        influence = treated / share * (change - mine) - (1 - treated) / (1 - share) * (change - others)
        return float(mine - others), influence
    base = np.column_stack([np.ones(len(change)), covariates])
    score = _logit(base, treated)
    chance = 1 / (1 + np.exp(-base @ score))
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
    two = (
        odds * (rest - others)
        + weigh @ (odds * (rest - others) * base.T).mean(axis=1)
        - fit @ (odds[:, None] * base).mean(axis=0)
    )
    return float(mine - others), one / treated.mean() - two / odds.mean()


def _logit(base: Array, treated: Array) -> Array:
    """Logistic regression by Newton's method, to the last digit that the data allow."""
    found = np.zeros(base.shape[1])
    for _ in range(60):
        chance = 1 / (1 + np.exp(-base @ found))
        weight = (chance * (1 - chance))[:, None]
        step = np.linalg.solve((base * weight).T @ base, base.T @ (treated - chance))
        found = found + step
        if np.abs(step).max() < 1e-12:
            break
    return found


def _put_together(cells: Cells, group: Array, aggregate: str) -> tuple[pd.DataFrame, float, float]:
    shares = {g: float((group == g).mean()) for g in np.unique(cells.group)}
    weight = np.array([shares[g] for g in cells.group])
    after = cells.period >= cells.group
    if aggregate == "simple":
        effect, influence = _mean(cells, after, weight, group)
        told = pd.DataFrame(
            {
                "group": cells.group,
                "period": cells.period,
                "estimate": rounded(cells.effect),
                "se": _se(cells.influence),
            }
        )
        return told, effect, float(_se(influence[:, None])[0])
    key = {"event": cells.period - cells.group, "group": cells.group, "calendar": cells.period}[aggregate]
    rows, parts, shares_of = [], [], []
    for value in np.unique(key):
        chosen = (key == value) & (after if aggregate != "event" else np.True_)
        if not chosen.any():
            continue
        effect, influence = _mean(cells, chosen, weight, group)
        rows.append({aggregate: value, "estimate": effect, "se": float(_se(influence[:, None])[0])})
        if aggregate != "event" or value >= 0:
            parts.append((effect, influence))
            shares_of.append(shares[value] if aggregate == "group" else 1.0)
    mix = np.array(shares_of) / np.sum(shares_of)
    whole = float(sum(m * effect for m, (effect, _) in zip(mix, parts, strict=True)))
    joint = sum(m * influence for m, (_, influence) in zip(mix, parts, strict=True))
    if aggregate == "group":
        # The sizes of the groups are themselves drawn.
        joint = joint + _size_influence(group, np.array([one["group"] for one in rows])) @ np.array(
            [effect for effect, _ in parts]
        )
    table = pd.DataFrame(rows).rename(columns={"event": "period", "calendar": "period"})
    return table, whole, float(_se(np.asarray(joint)[:, None])[0])


def _mean(cells: Cells, chosen: Any, weight: Array, group: Array) -> tuple[float, Array]:
    """Cells weighted by the size of their groups, with the influence of each unit on cells and sizes."""
    at = np.flatnonzero(chosen)
    told = weight[at] / weight[at].sum()
    effect = float(told @ cells.effect[at])
    influence = cells.influence[:, at] @ told
    drawn = _size_influence(group, cells.group[at])
    return effect, influence + drawn @ cells.effect[at]


def _size_influence(group: Array, of: Array) -> Array:
    """Influence of each unit on the share of each of several cells' groups among those of the cells."""
    mine = (group[:, None] == of[None, :]).astype(np.float64)
    share = mine.mean(axis=0)
    whole = share.sum()
    drift = mine - share
    return drift / whole - (share / whole**2) * drift.sum(axis=1, keepdims=True)


def _se(influence: Array) -> Array:
    """Standard errors of the columns of an influence function."""
    return np.asarray(rounded(np.sqrt((influence**2).sum(axis=0)) / len(influence)))
