"""What an estimate is, and one way to doubt it."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd


@dataclass(frozen=True, eq=False)
class Effect:
    """An estimated gap between what was seen and what comparable units would lead to expect.

    `estimate`, `low`, `high`: on the scale that `scale` names (`percent`: a share of what was expected;
    `points`; `level`: the outcome's own unit); None where refused. `se` is None when no standard error holds
    (one treated unit has none). `p` is a rank among units enumerated as if they had been
    treated, and `p_floor` the smallest that it can be. `.table`: period (or event time), gap, and what was
    expected. `refused`: why nothing is tested, "" otherwise. `warnings`: what weakens the comparison.

    >>> place = ik.load().territory("val-d-aubrelle")
    >>> effect = ik.effect(place, "count_jobs_private")
    >>> round(effect.estimate, 3), round(effect.p, 4), effect.n_comparison
    (0.155, 0.0099, 333)
    """

    outcome: str
    unit: str
    estimand: str
    method: str
    scale: str
    estimate: float | None = None
    se: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    p_floor: float | None = None
    n_treated: int = 1
    n_comparison: int = 0
    refused: str = ""
    warnings: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    about: dict[str, Any] = field(default_factory=dict)
    _table: pd.DataFrame = field(repr=False, default_factory=pd.DataFrame)

    @property
    def table(self) -> pd.DataFrame:
        """Period by period, as a copy."""
        return self._table.copy()

    def __repr__(self) -> str:
        if self.estimate is None:
            return f"Effect({self.outcome}, {self.unit}: {self.refused})"
        ends = f" [{self.low:.4g}, {self.high:.4g}]" if self.low is not None else ""
        p = self.p if self.p is not None else "-"
        return f"Effect({self.outcome}, {self.unit}: {self.estimate:.6g}{ends}, p={p})"


@dataclass(frozen=True, eq=False)
class CheckResult:
    """One way to doubt an effect: `passed` (None when it cannot tell), in one sentence, with its figures."""

    name: str
    passed: bool | None
    sentence: str
    _table: pd.DataFrame = field(repr=False, default_factory=pd.DataFrame)
    # What lies behind the figures, where a drawing needs it.
    detail: pd.DataFrame = field(repr=False, default_factory=pd.DataFrame)

    @property
    def table(self) -> pd.DataFrame:
        """The figures of the check, as a copy."""
        return self._table.copy()


@dataclass(frozen=True)
class Detectability:
    """The smallest effect that the printed test sees with the asked power: a share (or points), and people.

    `effect` is None when no 5 % test exists (`refused` says why); `people` when the outcome counts none.
    """

    outcome: str
    unit: str
    scale: str
    effect: float | None
    people: float | None
    power: float
    level: float
    n_comparison: int
    refused: str = ""


def rounded(values: Any) -> Any:
    """Ten significant digits: the last bits of a sum depend on the machine. None stays None."""
    if values is None:
        return None
    array = np.asarray(values, dtype=np.float64)
    found = np.array([float(f"{one:.10g}") for one in array.ravel()]).reshape(array.shape)
    return found if found.ndim else float(found)
