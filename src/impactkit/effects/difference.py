"""Group-time effects of a programme: units treated at several dates, compared with units not (yet) treated.

Source: Callaway and Sant'Anna, J. Econometrics 225 (2021). Standard errors from influence functions, which
suppose many treated units: below five in a group they are refused.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from impactkit.data.panel import Panel
from impactkit.effects.adjusted import covariates_of, difference_of
from impactkit.effects.arguments import whole_number
from impactkit.effects.design import HAIR, Array
from impactkit.effects.results import GroupTimeEffect, rounded
from impactkit.effects.sample import Sample, sample_of
from impactkit.errors import NotEnoughData
from impactkit.wording.language import Language

AGGREGATES = ("simple", "event", "group", "calendar")
CONTROLS = ("never", "not-yet")
FEWEST = 5
Z95 = 1.959963984540054


@dataclass(frozen=True, eq=False)
class Cells:
    """Effects by group and period (positions), how many units each is compared with, and the influence of
    each unit on each (n x cells).
    """

    group: Array
    period: Array
    effect: Array
    others: Array
    influence: Array

    @property
    def after(self) -> NDArray[np.bool_]:
        """Which cells come after their group's treatment."""
        return self.period >= self.group


def group_time(
    panel: Panel,
    *,
    control: str = "never",
    covariates: pd.DataFrame | None = None,
    aggregate: str = "simple",
    anticipation: int = 0,
) -> GroupTimeEffect:
    """Average effect on the treated, by the date at which they were treated, then put together.

    `control`: `never` treated units, or also those `not-yet` treated. `covariates`: a frame of numbers by
    unit (index), fixed in time; comparison is then doubly robust. `aggregate`: `simple` (every group and
    period after, weighted by group size), `event` (by time since treatment), `group`, `calendar`. `.table`:
    period (or event time), estimate, se; the effect before treatment is against the period just before.
    `anticipation`: periods of the panel before treatment that may already be affected (of years two apart,
    one is two years).

    Units with a missing value are left out, and groups that no period comes before: `warnings` says which.
    The estimate is in the outcome's unit. Standard errors are None with fewer than five treated or
    comparison units. Raises UnknownName for an option, RefusedData for covariates that cannot be used
    (missing, constant, told by one another), NotEnoughData for no treated unit, fewer than two comparison
    units, no period before, a date of treatment between two periods, covariates that tell the treated from
    the others.

    >>> sold = [[10, 11, 14, 15], [20, 21, 22, 23], [30, 31, 32, 33], [40, 41, 42, 43]]
    >>> rows = [("abcd"[i], year, sold[i][year - 1]) for i in range(4) for year in (1, 2, 3, 4)]
    >>> frame = pd.DataFrame(rows, columns=["unit", "year", "sales"])
    >>> frame["since"] = frame["unit"].map({"a": 3}).fillna(0)
    >>> names = {"unit": "unit", "period": "year", "outcome": "sales", "first_treated": "since"}
    >>> panel = ik.Panel.from_frame(frame, **names)
    >>> ik.group_time(panel).estimate
    2.0
    """
    language = panel.language
    _options(language, control, aggregate)
    anticipation = whole_number(language, anticipation, "anticipation")
    sample = sample_of(panel, control=control, anticipation=anticipation)
    columns = None if covariates is None else covariates_of(language, covariates, sample.units)
    cells = _cells(language, sample, columns, control, anticipation)
    table, whole, spread = _put_together(cells, sample, aggregate)
    if abs(whole) <= HAIR * np.abs(sample.values).max():
        whole = 0.0
    treated = np.isfinite(sample.group) & (sample.group < len(sample.timing.periods))
    refused = _untested(language, int(treated.sum()), cells, spread, sample)
    return GroupTimeEffect(
        language=language,
        outcome=panel.outcome,
        unit=language.say("effect.all"),
        estimand=language.say("effect.estimand.group"),
        method=f"group-time, {aggregate}",
        scale="level",
        estimate=rounded(whole),
        se=None if refused else rounded(spread),
        low=None if refused else rounded(whole - Z95 * spread),
        high=None if refused else rounded(whole + Z95 * spread),
        n_treated=int(treated.sum()),
        n_comparison=int((~treated).sum()),
        refused=refused,
        warnings=sample.left_out,
        aggregate=aggregate,
        _table=table.assign(se=np.nan) if refused else table,
    )


def _options(language: Language, control: str, aggregate: str) -> None:
    for value, known, noun in ((control, CONTROLS, "control"), (aggregate, AGGREGATES, "aggregate")):
        if value not in known:
            raise language.unknown(f"noun.{noun}", value, known)


def _untested(language: Language, treated: int, cells: Cells, spread: float, sample: Sample) -> str:
    """Why no usual standard error holds; "" when it does."""
    if treated < FEWEST:
        return language.say("effect.few-treated", count=treated)
    others = int(cells.others[cells.after].min())
    if others < FEWEST:
        return language.say("effect.few-others", count=others)
    if spread <= HAIR * np.abs(sample.values).max():
        return language.say("effect.no-spread")
    return ""


def _cells(
    language: Language, sample: Sample, covariates: Array | None, control: str, anticipation: int
) -> Cells:
    """Every group at every period after the first that somebody can be compared at. Raises NotEnoughData
    where no group has one after its treatment.
    """
    group, count = sample.group, len(sample.timing.periods)
    rows: list[tuple[float, float, float, int]] = []
    influences = []
    for own in np.unique(group[group < count]).astype(int):
        for at in range(1, count):
            # Before its treatment, each period against the one just before.
            base = own - 1 - anticipation if at >= own else at - 1
            treated = group == own
            others = _others(group, own, max(at, base) + anticipation, control)
            if others.sum() < 2:
                continue
            used = treated | others
            change = sample.values[used, at] - sample.values[used, base]
            columns = None if covariates is None else covariates[used]
            marks = treated[used].astype(np.float64)
            effect, influence = difference_of(language, change, marks, columns, sample.where)
            padded = np.zeros(len(group))
            padded[used] = influence * (len(group) / used.sum())
            rows.append((own, at, effect, int(others.sum())))
            influences.append(padded)
    cells = Cells(*np.array(rows).reshape(-1, 4).T, np.array(influences).reshape(-1, len(group)).T)
    if not cells.after.any():
        raise language.error(NotEnoughData, "effect-alone", where=sample.where)
    return cells


def _others(group: Array, own: int, latest: int, control: str) -> NDArray[np.bool_]:
    """Units that a group is compared with: the never treated, and those treated, anticipation included,
    later still.
    """
    never = ~np.isfinite(group)
    if control == "never":
        return never
    return never | ((group > latest) & (group != own))


def _put_together(cells: Cells, sample: Sample, aggregate: str) -> tuple[pd.DataFrame, float, float]:
    if aggregate == "simple":
        effect, influence = _mean(cells, cells.after, sample.group)
        return _simple(cells, sample), effect, _se(influence)
    counts = sample.timing.counts
    starts, periods = cells.group.astype(int), cells.period.astype(int)
    since = counts[periods] - counts[starts]
    key = {"event": since, "group": cells.group, "calendar": cells.period}[aggregate]
    rows: list[tuple[float, float, float]] = []
    parts = []
    for value in np.unique(key):
        chosen = (key == value) & (cells.after | (aggregate == "event"))
        if not chosen.any():
            continue
        effect, influence = _mean(cells, chosen, sample.group)
        rows.append((value, rounded(effect), _row_se(influence, np.unique(cells.group[chosen]), sample)))
        if aggregate != "event" or value >= 0:
            parts.append((value, effect, influence))
    values, effects, influences = map(np.array, zip(*parts, strict=True))
    sizes = (sample.group[:, None] == values).sum(axis=0) if aggregate == "group" else np.ones(len(values))
    mix = sizes / sizes.sum()
    joint = mix @ influences
    if aggregate == "group":
        # The sizes of the groups are themselves drawn.
        joint = joint + _size_influence(sample.group, values) @ effects
    table = pd.DataFrame(rows, columns=["group" if aggregate == "group" else "period", "estimate", "se"])
    if aggregate != "event":
        table.isetitem(0, _labels(table.iloc[:, 0], sample))
    return table, float(mix @ effects), _se(joint)


def _simple(cells: Cells, sample: Sample) -> pd.DataFrame:
    columns = {"group": _labels(cells.group, sample), "period": _labels(cells.period, sample)}
    pairs = zip(cells.influence.T, cells.group, strict=True)
    errors = [_row_se(influence, [own], sample) for influence, own in pairs]
    return pd.DataFrame(columns | {"estimate": rounded(cells.effect), "se": errors})


def _labels(positions: Any, sample: Sample) -> Any:
    """Periods as the panel writes them: numbers as numbers."""
    labels = pd.Series(sample.timing.periods)
    if pd.api.types.is_numeric_dtype(labels):
        labels = labels.astype("float64")
    return labels.iloc[np.asarray(positions, dtype=int)].to_numpy()


def _row_se(influence: Array, groups: Any, sample: Sample) -> float:
    """The standard error of a row; none where fewer than five treated units make it."""
    treated = int(np.isin(sample.group, groups).sum())
    return _se(influence) if treated >= FEWEST else np.nan


def _mean(cells: Cells, chosen: Any, group: Array) -> tuple[float, Array]:
    """Cells weighted by the size of their groups, with the influence of each unit on cells and sizes."""
    at = np.flatnonzero(chosen)
    sizes = (group[:, None] == cells.group[at]).sum(axis=0)
    told, effects = sizes / sizes.sum(), cells.effect[at]
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
