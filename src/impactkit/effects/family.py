"""Many territories, one outcome: which gaps remain when every test of a family is counted.

A family is one outcome over one kind of unit; the step-down of Holm, Scand. J. Stat. 6 (1979), on the
rank of each gap divided by what is usual at its size, or on Student's tail (see `yardstick.Yardstick.rule`).
"""

import functools
from dataclasses import dataclass

from impactkit.data.analysis_plan import plan_of
from impactkit.data.evaluation import Evaluation
from impactkit.data.territories import Territory
from impactkit.effects import placebo
from impactkit.effects.comparison import case_of, case_or_why
from impactkit.effects.looks import LEVEL, SAME, Schedule, schedule
from impactkit.effects.yardstick import Yardstick, pool_for, seen_from
from impactkit.indicators.comparable import family_of


@dataclass(frozen=True)
class FamilyTest:
    """One gap among the tests of its family.

    `tests`: how many there are; `rule`: `rank`, `tail`, or "" where no gap could pass; `p` alone and
    `adjusted` for all of them; `passed`: whether the gap is beyond what its step of the family asks at this
    look.
    """

    tests: int
    rule: str
    p: float
    adjusted: float
    passed: bool


def yardstick(
    place: Territory,
    outcome: str,
    *,
    power: float = 0.8,
    level: float = LEVEL,
) -> Yardstick:
    """What the gap of a territory is measured against. Raises like `case_of`."""
    case = case_of(place, outcome)
    years = plan_of(place.evaluation).looks
    pool = pool_for(case.design, family_of(place, outcome), years, level)
    return seen_from(pool, case.size, placebo.among(case.design.scale), power)


def looks_of(place: Territory, outcome: str) -> Schedule:
    """The looks that the results of a territory have had, this edition's last."""
    return schedule(case_of(place, outcome).design, plan_of(place.evaluation).looks)


@functools.lru_cache(maxsize=32)
def tested(ev: Evaluation, outcome: str, kind: str) -> tuple[Territory, ...]:
    """The labelled territories of a kind that have a test, known before any result."""
    members = []
    for place in ev.territories:
        if place.status != "labelled" or not (place.perimeter or place.units):
            continue
        if family_of(place, outcome) != kind:
            continue
        case, _ = case_or_why(place, outcome)
        if case is not None and yardstick(place, outcome).tested:
            members.append(place)
    return tuple(members)


def tests_of(place: Territory, outcome: str) -> int:
    """How many tests the family of a territory has, its own among them."""
    return max(1, len(tested(place.evaluation, outcome, family_of(place, outcome))))


def family_test(place: Territory, outcome: str) -> FamilyTest | None:
    """A territory's gap in its family; None where it has no test."""
    return _family(place.evaluation, outcome, family_of(place, outcome)).get(place.code)


@functools.lru_cache(maxsize=32)
def _family(ev: Evaluation, outcome: str, kind: str) -> dict[str, FamilyTest]:
    places = tested(ev, outcome, kind)
    sticks = {place.code: yardstick(place, outcome) for place in places}
    gaps = {place.code: _gap(place, outcome) for place in places}
    return step_down(sticks, gaps)


def step_down(sticks: dict[str, Yardstick], gaps: dict[str, float]) -> dict[str, FamilyTest]:
    """Holm's step-down: the most unusual gap is asked for most; the first that fails stops the rest."""
    tests = len(gaps)
    rules = {code: stick.rule(tests) for code, stick in sticks.items()}
    alone = {code: sticks[code].p(gaps[code], rules[code]) for code in gaps}
    order = sorted(gaps, key=lambda code: (alone[code], code))
    family = {}
    least, passing = 0.0, True
    for step, code in enumerate(order):
        end = sticks[code].critical(tests, passed=step)
        passing = passing and end is not None and abs(gaps[code]) > end * (1 + SAME)
        least = min(1.0, max(least, alone[code] * (tests - step)))
        family[code] = FamilyTest(tests, rules[code], alone[code], least, passing)
    return family


def _gap(place: Territory, outcome: str) -> float:
    case = case_of(place, outcome)
    path, _ = case.compared()
    return float(path[list(case.design.after)].mean())
