"""What an estimate is, and one way to doubt it."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from impactkit.errors import Rich
from impactkit.wording.catalogue import cells, say
from impactkit.wording.numbers import number, percent

VERDICTS = {True: "passed", False: "failed", None: "silent"}


@dataclass(frozen=True, eq=False)
class Effect(Rich):
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

    def _told(self) -> tuple[tuple[str, str], ...]:
        ends = [sized(one, self.scale, sign=True) for one in (self.low, self.high) if one is not None]
        rank = (
            ""
            if self.p is None
            else say("shown.rank.p", p=number(self.p, 4), floor=number(self.p_floor or 0, 4))
        )
        return cells(
            unit=self.unit,
            outcome=self.outcome,
            gap=sized(self.estimate, self.scale, sign=True) + (f" [{' ; '.join(ends)}]" if ends else ""),
            rank=rank,
            among=number(self.n_comparison),
            refused=self.refused,
            warnings="\n".join(self.warnings),
            assumptions="\n".join(self.assumptions),
        )


@dataclass(frozen=True, eq=False)
class CheckResult(Rich):
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

    def __repr__(self) -> str:
        return f"CheckResult({self.name}: {VERDICTS[self.passed]})"

    def _told(self) -> tuple[tuple[str, ...], ...]:
        return (
            (
                say(f"effect.check.name.{self.name}"),
                say(f"effect.check.{VERDICTS[self.passed]}"),
                self.sentence,
            ),
        )


@dataclass(frozen=True)
class Detectability(Rich):
    """How large a gap must be, before any result: shares of the outcome (and people), or points.

    `unusual`: the gap that looks unusual with the asked power, in `people` too where the outcome counts
    some; `effect` and `effect_people`: the one that is called an effect with that power, once the `tests` of
    its family are counted, None where no gap could be (`impossible` says why); `half`: how closely a gap is
    known, half the width of its interval. All None when no test exists (`refused` says why). A smaller gap
    may be seen too, less often.
    """

    outcome: str
    unit: str
    scale: str
    unusual: float | None = None
    people: float | None = None
    effect: float | None = None
    effect_people: float | None = None
    half: float | None = None
    power: float = 0.8
    level: float = 0.05
    tests: int = 1
    n_comparison: int = 0
    refused: str = ""
    impossible: str = ""

    def __repr__(self) -> str:
        unusual = "-" if self.unusual is None else f"{self.unusual:.4g}"
        effect = "-" if self.effect is None else f"{self.effect:.4g}"
        sizes = f"unusual={unusual}, effect={effect}"
        return f"Detectability({self.outcome}, {self.unit}: {sizes}, power={self.power:g})"

    def _told(self) -> tuple[tuple[str, str], ...]:
        people = "" if self.people is None else number(round(self.people))
        sizes = {"least": sized(self.unusual, self.scale), "people": people}
        sizes |= {"least_effect": sized(self.effect, self.scale), "power": percent(self.power, 0)}
        about = {"among": number(self.n_comparison), "tests": number(self.tests)}
        refused = self.refused or self.impossible
        return cells(unit=self.unit, outcome=self.outcome, **sizes, **about, refused=refused)


def sized(value: float | None, scale: str, *, sign: bool = False) -> str:
    """A gap in words on its scale; "" for none."""
    if value is None:
        return ""
    if scale == "points":
        return number(value, 1, sign=sign) + " " + say("unit.points", n=abs(value))
    return percent(value, sign=sign) if scale == "percent" else number(value, 2, sign=sign)


def rounded(values: Any) -> Any:
    """Ten significant digits: the last bits of a sum depend on the machine. None stays None."""
    if values is None:
        return None
    array = np.asarray(values, dtype=np.float64)
    found = np.array([float(f"{one:.10g}") for one in array.ravel()]).reshape(array.shape)
    return found if found.ndim else float(found)
