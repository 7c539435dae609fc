"""Editions as looks: a report that is rebuilt tests again, and all its tests share one error of 5 %.

Lan and DeMets, Biometrika 70 (1983): a look at the share t of the planned horizon has spent `LEVEL` t^2 of
the error, whatever the number of looks before it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from impactkit.effects.design import Array, Design

LEVEL = 0.05
QUARTERS = 4
# Two numbers that differ by less are the same number, computed twice.
SAME = 1e-12


@dataclass(frozen=True)
class Look:
    """One reading of the results: its last period (a column of the design), the share of the planned horizon
    that has elapsed, its rank among the planned looks, whether it is one of them.
    """

    last: int
    elapsed: float
    rank: int = 1
    planned: bool = True


@dataclass(frozen=True)
class Schedule:
    """The looks so far, the present one last, and how many the plan foresees (1 without such a plan)."""

    looks: tuple[Look, ...]
    foreseen: int = 1

    @property
    def present(self) -> Look:
        """The look of this edition."""
        return self.looks[-1]

    def spent(self, level: float = LEVEL) -> tuple[float, ...]:
        """The error that each look has spent, those before it included."""
        return tuple(level * look.elapsed**2 for look in self.looks)


def schedule(design: Design, years: Sequence[str]) -> Schedule:
    """The looks of a design whose plan foresees one at the end of each of these years (none: this one is
    the only look, and spends everything). An edition that was not foreseen is counted by its time.
    """
    present = design.after[-1]
    if not years:
        return Schedule((Look(present, 1.0),))
    ends = [_last_column(design, year) for year in years]
    horizon = _horizon(design, years[-1])
    looks = []
    for rank, column in enumerate(ends, start=1):
        if column is not None and column < present:
            looks.append(Look(column, _elapsed(design, column, horizon), rank))
    planned = present in ends
    rank = ends.index(present) + 1 if planned else len(looks) + 1
    looks.append(Look(present, _elapsed(design, present, horizon), rank, planned))
    return Schedule(tuple(looks), len(years))


def boundaries(history: Array, spent: Sequence[float]) -> list[float | None]:
    """For each look, the smallest distance beyond which a unit crosses, so that the share of units that
    crossed at this look or an earlier one, (crossed + 1) / (units + 1), is at most what is spent; None where
    no distance can do it. `history`: units x looks, distances to zero.
    """
    count = len(history)
    crossed = np.zeros(count, dtype=bool)
    ends: list[float | None] = []
    for column, level in enumerate(spent):
        allowed = int(np.floor(level * (count + 1) + SAME)) - 1
        if allowed < 0:
            ends.append(None)
            continue
        still = np.sort(history[~crossed, column])[::-1]
        spare = allowed - int(crossed.sum())
        end = float(still[spare]) if spare < len(still) else 0.0
        crossed |= history[:, column] > end * (1 + SAME)
        ends.append(end)
    return ends


def histories(design: Design, paths: Array, looks: Schedule) -> Array:
    """The mean gap after, as it stood at each look: units x looks."""
    columns = []
    for look in looks.looks:
        after = [column for column in design.after if column <= look.last]
        columns.append(paths[:, after].mean(axis=1))
    return np.column_stack(columns)


def _last_column(design: Design, year: str) -> int | None:
    """The column that ends a year; None where the design does not hold the whole of it."""
    last = f"{year}-Q{QUARTERS}" if _quarterly(design) else year
    columns = [column for column in design.after if design.periods[column] == last]
    return columns[0] if columns else None


def _horizon(design: Design, last_year: str) -> int:
    """How many periods the plan covers, from the first one after to the end of its last year."""
    first = design.periods[design.after[0]]
    years = int(last_year) - int(first[:4]) + 1
    if not _quarterly(design):
        return years
    return years * QUARTERS - (int(first[-1]) - 1)


def _elapsed(design: Design, column: int, horizon: int) -> float:
    passed = sum(1 for after in design.after if after <= column)
    return min(1.0, passed / max(horizon, 1))


def _quarterly(design: Design) -> bool:
    return "-Q" in design.periods[design.after[0]]
