"""The treated units of a panel and those that they are compared with: what cannot be compared is refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from impactkit.data.panel import Panel
from impactkit.effects.design import HAIR, Array
from impactkit.effects.timing import timing_of
from impactkit.errors import NotEnoughData
from impactkit.wording.language import Language

NAMED = 5


@dataclass(frozen=True, eq=False)
class Treated:
    """The treated units that are compared (the position at which each is treated), among every unit of the
    `table` (by period), with those that never were.
    """

    table: pd.DataFrame
    chosen: Mapping[Any, int]
    others: pd.DataFrame


def treated_of(panel: Panel, unit: str | None) -> Treated:
    """Raises UnknownName for a unit that is not treated, NotEnoughData for what cannot be compared."""
    language = panel.language
    table = panel.wide.sort_index()
    timing = timing_of(panel, tuple(table.columns))
    starts = {name: at for name, at in timing.starts.items() if name in table.index}
    named = {str(name): name for name in starts}
    if unit is not None and str(unit) not in named:
        raise language.unknown("noun.unit-of-panel", str(unit), named)
    if not starts:
        raise language.error(NotEnoughData, "effect-untreated", where=panel.outcome)
    last = len(timing.periods) - 1
    wanted = starts if unit is None else {named[str(unit)]: starts[named[str(unit)]]}
    chosen = {name: at for name, at in wanted.items() if at <= last}
    if not chosen:
        raise language.error(NotEnoughData, "effect-after", where=panel.outcome)
    others = table[~table.index.isin(starts)]
    _usable(language, table.loc[list(chosen)], others, min(chosen.values()), panel.outcome)
    return Treated(table, chosen, others)


def _usable(language: Language, treated: pd.DataFrame, others: pd.DataFrame, start: int, where: str) -> None:
    """Raises NotEnoughData for too few periods or units, a missing value, or paths that never move."""
    if start < 2:
        raise language.error(NotEnoughData, "effect-before", where=where, count=start)
    if len(others) < 2:
        raise language.error(NotEnoughData, "effect-alone", where=where)
    for name, values in treated.iterrows():
        absent = values.index[values.isna()]
        if len(absent):
            periods = ", ".join(map(str, absent[:NAMED]))
            raise language.error(NotEnoughData, "effect-missing", where=str(name), periods=periods)
    absent = others.index[others.isna().any(axis=1)]
    if len(absent):
        units = ", ".join(map(str, absent[:NAMED]))
        raise language.error(NotEnoughData, "effect-missing-units", where=where, units=units)
    moves = np.ptp(np.vstack([treated, others]), axis=1)
    if moves.max() == 0:
        raise language.error(NotEnoughData, "effect-constant", where=where)


def inside(language: Language, names: pd.Index, seen: Array, case: Treated, start: int) -> None:
    """Raises NotEnoughData where, at a period before, the treated stand above or below every other: no mean
    of the others reaches them.
    """
    before = case.others.iloc[:, :start]
    beyond = HAIR * np.abs(before.to_numpy()).max()
    above = seen[:start] > before.max() + beyond
    below = seen[:start] < before.min() - beyond
    periods = [str(period) for period in before.columns[above | below]]
    if periods:
        texts = ", ".join(map(str, names[:NAMED]))
        raise language.error(NotEnoughData, "effect-hull", unit=texts, periods=", ".join(periods[:NAMED]))


def even(gaps: Any, case: Treated) -> Any:
    """Gaps, those that are but the last bits of a sum being zero."""
    largest = np.abs(case.others.to_numpy()).max()
    return np.where(np.abs(gaps) <= HAIR * largest, 0.0, gaps)
