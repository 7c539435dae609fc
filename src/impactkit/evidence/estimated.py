"""What is estimated for a territory, and the one decision about each gap: what may be said of it follows
from the test, the family of tests, the looks, the comparison, the checks and the other programmes.
"""

import functools
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from impactkit.data import official
from impactkit.data.analysis_plan import plan_of
from impactkit.data.evaluation import Evaluation
from impactkit.data.territories import Territory
from impactkit.effects.checks import doubts
from impactkit.effects.comparison import case_of
from impactkit.effects.decision import Decision, Obstacle, decide
from impactkit.effects.detectability import detectable
from impactkit.effects.family import FamilyTest, family_test, tested, yardstick
from impactkit.effects.programmes import unseparated
from impactkit.effects.results import CheckResult, Detectability, TerritoryEffect, rounded
from impactkit.effects.territory import effect
from impactkit.effects.yardstick import Yardstick, exaggeration
from impactkit.errors import NotEnoughData
from impactkit.evidence.level import rule
from impactkit.indicators.comparable import family_of

# True effects, as shares of the gap that looks unusual four times in five, at which an exaggeration is told.
TRUTHS = (0.5, 0.75, 1.0)


@dataclass(frozen=True, eq=False)
class Estimated:
    """One outcome of one territory: what could be seen, the gap, its test in its family, the checks, the
    other programmes that are not separated from the label, and the decision.
    """

    effect: TerritoryEffect
    seen: Detectability
    family: FamilyTest | None
    checks: tuple[CheckResult, ...]
    programmes: tuple[str, ...]
    decision: Decision | None

    @property
    def adjusted(self) -> float | None:
        """p once every test of the family is counted; None where nothing is tested."""
        return None if self.family is None else self.family.adjusted

    @property
    def curve(self) -> pd.DataFrame:
        """Every combination of declared choices, with its estimate."""
        return next((check.detail for check in self.checks if check.name == "curve"), pd.DataFrame())

    @property
    def state(self) -> str:
        """refused (no estimate), else the verdict: impossible, ordinary, unusual, effect."""
        return "refused" if self.decision is None else self.decision.verdict

    @property
    def rule(self) -> str:
        """The key of the sentence that the gap has earned (see `level.rule`)."""
        return rule("estimated", verdict=self.state)

    @property
    def forbidden(self) -> tuple[str, ...]:
        """Why no gap, however large, could be called an effect here, as it is known before any result."""
        return (*filter(None, (self.seen.impossible,)), *self.effect.warnings, *_not_separated(self))


def outcomes(ev: Evaluation) -> list[str]:
    """The outcomes of the analysis plan that a source holds, the primary one first; without a plan, private
    jobs.
    """
    return [name for name in plan_of(ev).outcomes if official.imported(ev, name)]


@functools.lru_cache(maxsize=128)
def estimated(place: Territory, outcome: str) -> Estimated | None:
    """Everything about one outcome of one territory; None when its series cannot be used at all."""
    try:
        gap, seen = effect(place, outcome), detectable(place, outcome)
    except NotEnoughData:
        # The series has a hole: the figures say so where they are printed.
        return None
    if gap.estimate is None:
        return Estimated(gap, seen, None, (), (), None)
    checks, last = doubts(gap), gap.periods[1]
    programmes = unseparated(place, case_of(place, outcome).design.units, last)
    counted = family_test(place, outcome)
    decision = _decided(gap, seen, counted, checks, programmes)
    return Estimated(gap, seen, counted, checks, programmes, decision)


def _decided(
    gap: TerritoryEffect,
    seen: Detectability,
    counted: FamilyTest | None,
    checks: tuple[CheckResult, ...],
    programmes: tuple[str, ...],
) -> Decision:
    silent = [Obstacle("test", gap.refused), Obstacle("family", seen.impossible)]
    beyond = None
    if gap.low is not None and gap.high is not None:
        beyond = not gap.low <= 0 <= gap.high
    counts = counted is not None and not seen.impossible
    return decide(
        unusual=beyond,
        passed=counted.passed if counts and counted is not None else None,
        silent=[obstacle for obstacle in silent if obstacle.sentence],
        family=gap.language.say("obstacle.family", n=seen.tests, tests=gap.language.number(seen.tests)),
        comparison=gap.warnings,
        checks=[check.sentence for check in checks if check.passed is False],
        programmes=programmes,
    )


def of_outcome(place: Territory, outcome: str | None = None) -> tuple[str, Estimated | None]:
    """An outcome, the plan's first unless named, and everything about it; ("", None) without any."""
    name = outcome or next(iter(outcomes(place.evaluation)), "")
    return name, estimated(place, name) if name else None


def effects_of(ev: Evaluation, outcome: str) -> Iterator[tuple[Territory, TerritoryEffect]]:
    """The labelled territories whose gap is estimated, in their order, each with it."""
    for place in [place for place in ev.territories if place.status == "labelled"]:
        try:
            gap = effect(place, outcome)
        except NotEnoughData:
            continue
        if gap.estimate is not None:
            yield place, gap


@dataclass(frozen=True)
class Selection:
    """What being retained does to a gap that is called an effect.

    `called` of `tests`: how many gaps of the family are; `low`, `high`: an interval that stays right on
    average over those that are called; `exaggerations`: true effect (as the page prints gaps), how many
    times too large a retained gap is then on average.
    """

    called: int
    tests: int
    low: float
    high: float
    exaggerations: tuple[tuple[float, float], ...]


def selection(place: Territory, outcome: str) -> Selection | None:
    """What selection does to an effect; None where none is called."""
    whole = estimated(place, outcome)
    if whole is None or whole.state != "effect":
        return None
    family = tested(place.evaluation, outcome, family_of(place, outcome))
    called = sum(_is_effect(other, outcome) for other in family)
    stick, case = yardstick(place, outcome), case_of(place, outcome)
    half, end = stick.selected(called, len(family)), stick.critical(len(family))
    assert half is not None and end is not None and stick.half is not None
    ends = (case.printed((whole.effect.gap or 0.0) + way * half) for way in (-1, 1))
    times = [
        (case.printed(truth), many)
        for truth, many in _exaggerations(stick, max(stick.half, end))
        if many is not None
    ]
    low, high = ends
    return Selection(called, len(family), rounded(low), rounded(high), tuple(times))


def _exaggerations(stick: Yardstick, beyond: float) -> list[tuple[float, float | None]]:
    unusual = (stick.half or 0.0) + stick.spread
    truths = [share * unusual for share in TRUTHS]
    return [(truth, exaggeration(stick.near, truth, beyond)) for truth in truths]


def _is_effect(place: Territory, outcome: str) -> bool:
    counted = family_test(place, outcome)
    if counted is None or not counted.passed:
        return False
    whole = estimated(place, outcome)
    return whole is not None and whole.state == "effect"


def _not_separated(whole: Estimated) -> tuple[str, ...]:
    count = len(whole.programmes)
    return (
        (
            whole.effect.language.say(
                "obstacle.programmes", n=count, count=whole.effect.language.number(count)
            ),
        )
        if count
        else ()
    )
