"""The units of a panel that a comparison of several dates of treatment can use, and which are left out."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from impactkit.data.panel import Panel
from impactkit.effects.design import Array
from impactkit.effects.timing import Timing, timing_of
from impactkit.errors import ImpactkitError, NotEnoughData
from impactkit.wording.language import Language

NAMED = 5


@dataclass(frozen=True, eq=False)
class Sample:
    """Units with every value (rows) by period; `group`: the position at which each is treated, infinite for
    those that never are; `left_out`: in sentences, groups that could not be used.
    """

    where: str
    values: Array
    group: Array
    units: pd.Index
    timing: Timing
    left_out: tuple[str, ...]

    @property
    def never(self) -> Any:
        """Which units are never treated."""
        return ~np.isfinite(self.group)


def sample_of(panel: Panel, *, control: str, anticipation: int) -> Sample:
    """Raises NotEnoughData, saying why nobody is left among the treated or the others."""
    language = panel.language
    where, table = panel.outcome, panel.wide
    timing = timing_of(panel, tuple(table.columns))
    group = _groups(timing, table.index, anticipation)
    last = len(timing.periods) - 1
    if not (group <= last).any():
        key = "effect-after" if timing.starts else "effect-untreated"
        raise language.error(NotEnoughData, key, where=where)
    early = group - 1 - anticipation < 0
    complete = table.notna().all(axis=1)
    kept = complete & ~early
    if not (group[complete] <= last).any():
        raise _missing(language, "effect-emptied", where, table[group <= last])
    if not (group[kept] <= last).any():
        count = int(group[complete & (group <= last)].max())
        holes = {"anticipation": anticipation, "count": count}
        raise language.error(NotEnoughData, "effect-anticipation", where=where, **holes)
    if control == "never":
        _compared(language, where, table[np.isinf(group)])
    values = table[kept].to_numpy(dtype=np.float64)
    if np.ptp(values, axis=1).max() == 0:
        raise language.error(NotEnoughData, "effect-constant", where=where)
    sentences = _left_out(language, timing, group, early, complete)
    return Sample(where, values, group[kept].to_numpy(), table.index[kept], timing, sentences)


def _groups(timing: Timing, units: pd.Index, anticipation: int) -> "pd.Series[float]":
    """The position at which each unit is treated; infinite for what begins, anticipation included, after the
    last period: nothing is seen of it.
    """
    starts = pd.Series(timing.starts, dtype="float64").reindex(units)
    group = starts.fillna(np.inf)
    unseen = group - anticipation >= len(timing.periods)
    return group.mask(unseen, np.inf)


def _compared(language: Language, where: str, others: pd.DataFrame) -> None:
    """Raises NotEnoughData for fewer than two units that were never treated and have every value."""
    if len(others) < 2:
        raise language.error(NotEnoughData, "effect-alone", where=where)
    if others.notna().all(axis=1).sum() < 2:
        raise _missing(language, "effect-emptied-others", where, others)


def _missing(language: Language, key: str, where: str, table: pd.DataFrame) -> ImpactkitError:
    """Units that a missing value leaves out, each with its first period without one."""
    places = []
    for unit, values in table[table.isna().any(axis=1)].iterrows():
        period = values.index[values.isna()][0]
        places.append(f"{unit} ({period})")
    units = ", ".join(places[:NAMED])
    return language.error(
        NotEnoughData, key, where=where, units=units + (", …" if len(places) > NAMED else "")
    )


def _left_out(language: Language, timing: Timing, group: Any, early: Any, complete: Any) -> tuple[str, ...]:
    """What a reader must know of the sample: groups that no period comes before, or that missing values
    empty, and how many units they leave out.
    """
    sentences = []
    for at in np.unique(group[np.isfinite(group)]).astype(int):
        if at >= len(timing.periods):
            continue
        period = timing.periods[at]
        if early[group == at].any():
            sentences.append(language.say("effect.left.early", period=period))
        elif not complete[group == at].any():
            sentences.append(language.say("effect.left.empty", period=period))
    count = int((~complete).sum())
    if count:
        sentences.append(language.say("effect.left.units", n=count, count=count))
    return tuple(sentences)
