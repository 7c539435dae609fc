"""What an estimate is, by the design that made it, and one way to doubt it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from impactkit.errors import Rich
from impactkit.wording.language import Language

if TYPE_CHECKING:
    from impactkit.data.territories import Territory
    from impactkit.effects.comparables import Comparison

VERDICTS = {True: "passed", False: "failed", None: "silent"}


@dataclass(frozen=True, eq=False, kw_only=True)
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

    language: Language
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
        language = self.language
        ends = [
            sized(language, one, self.scale, sign=True) for one in (self.low, self.high) if one is not None
        ]
        rank = (
            ""
            if self.p is None
            else language.say(
                "shown.rank.p", p=language.number(self.p, 4), floor=language.number(self.p_floor or 0, 4)
            )
        )
        return language.cells(
            unit=self.unit,
            outcome=self.outcome,
            gap=sized(language, self.estimate, self.scale, sign=True)
            + (f" [{' ; '.join(ends)}]" if ends else ""),
            rank=rank,
            among=language.number(self.n_comparison),
            refused=self.refused,
            warnings="\n".join(self.warnings),
            assumptions="\n".join(self.assumptions),
        )


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class TerritoryEffect(Effect):
    """The gap of one territory. What follows is None where no design stands.

    `gap`: the estimate before it is printed (logs, or points of the unit); `share`: the share of its zone
    that the territory holds (1 for a whole unit); `people`: the gap in the outcome's own unit, for a count;
    `periods`: the first and the last after the label; `weights`: by unit of the comparison; `residual`: how
    far the solver stopped from the exact weights; `comparison`: who is compared, and how well; `among`: how
    many units rank the gap, and `as_large`: how many of them have one at least as large; `placebos`: between
    which ends 95 % of theirs are; `prudent`: whether few of them are as large as the territory.
    """

    place: Territory
    gap: float | None = None
    share: float = 1.0
    people: float | None = None
    periods: tuple[str, str] = ("", "")
    weights: Mapping[str, float] = field(default_factory=dict)
    residual: float = 0.0
    comparison: Comparison | None = None
    among: int = 0
    as_large: int = 0
    placebos: tuple[float, float] | None = None
    prudent: bool = False


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class ProgrammeEffect(Effect):
    """The mean gap of a programme. None where a figure does not hold.

    `left_out`: why each territory that is not counted is not, by code; `weak`: how many have a weak
    comparison; `draws`: how many placebo programmes were drawn; `gap`, `spread`, `centre`, `tau`: logs or
    points; `off`: the centre over the spread; `half` and `counted`: how far the mean must be to be unusual,
    and to pass once the `tests` of the plan are counted; `detectable` and `detectable_effect`: the means
    that do so with 80 % power; `q` and `i2`: Cochran's and Higgins'; `meta`: mean, low, high; `prediction`:
    low, high for one more territory, whole, of the size `one_more`; `plain`: the difference to every unit,
    never without `size_bias`, what it is on average for placebo programmes.

    For yearly series, in logs or points: `event` (period since the label, estimate, se, size_bias: plain
    differences, to be read beside their bias; before the label, against the year before), `twfe` (two-way
    fixed effects), `bacon` (each comparison that they are made of, its estimate and its weight), `honest`
    (smoothness, low, high: the last period, when the slope may bend by none, half or all of the largest bend
    seen before).
    """

    left_out: Mapping[str, str] = field(default_factory=dict)
    weak: int = 0
    draws: int = 0
    gap: float | None = None
    spread: float | None = None
    centre: float | None = None
    off: float | None = None
    tau: float | None = None
    half: float | None = None
    counted: float | None = None
    tests: int = 1
    detectable: float | None = None
    detectable_effect: float | None = None
    q: float | None = None
    i2: float | None = None
    meta: tuple[float | None, ...] | None = None
    prediction: tuple[float | None, ...] | None = None
    one_more: float | None = None
    plain: float | None = None
    size_bias: float | None = None
    event: pd.DataFrame | None = None
    twfe: float | None = None
    bacon: pd.DataFrame | None = None
    honest: pd.DataFrame | None = None


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class SyntheticEffect(Effect):
    """The gap of treated units of a plain panel; `gaps`: by date of treatment, in its order."""

    gaps: tuple[float, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class GroupTimeEffect(Effect):
    """Effects by date of treatment and period, put together as `aggregate` says (simple, event, group,
    calendar); `.table` holds each.
    """

    aggregate: str = "simple"


@dataclass(frozen=True, eq=False)
class CheckResult(Rich):
    """One way to doubt an effect: `passed` (None when it cannot tell), in one sentence, with its figures."""

    language: Language
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
                self.language.say(f"effect.check.name.{self.name}"),
                self.language.say(f"effect.check.{VERDICTS[self.passed]}"),
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

    language: Language
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
        language = self.language
        people = "" if self.people is None else language.number(round(self.people))
        sizes = {"least": sized(language, self.unusual, self.scale), "people": people}
        sizes |= {
            "least_effect": sized(language, self.effect, self.scale),
            "power": language.percent(self.power, 0),
        }
        about = {"among": language.number(self.n_comparison), "tests": language.number(self.tests)}
        refused = self.refused or self.impossible
        return language.cells(unit=self.unit, outcome=self.outcome, **sizes, **about, refused=refused)


def sized(language: Language, value: float | None, scale: str, *, sign: bool = False) -> str:
    """A gap in words on its scale; "" for none."""
    if value is None:
        return ""
    if scale == "points":
        return language.number(value, 1, sign=sign) + " " + language.say("unit.points", n=abs(value))
    return language.percent(value, sign=sign) if scale == "percent" else language.number(value, 2, sign=sign)


def rounded(values: Any) -> Any:
    """Ten significant digits: the last bits of a sum depend on the machine. None stays None."""
    if values is None:
        return None
    array = np.asarray(values, dtype=np.float64)
    found = np.array([float(f"{one:.10g}") for one in array.ravel()]).reshape(array.shape)
    return found if found.ndim else float(found)
