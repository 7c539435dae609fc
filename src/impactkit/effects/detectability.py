"""How large a gap must be to look unusual, and to be called an effect: said before any result."""

from dataclasses import replace

from impactkit.data.analysis_plan import plan_of
from impactkit.data.territories import Territory
from impactkit.effects import placebo
from impactkit.effects.arguments import proportion
from impactkit.effects.comparison import Case, case_of, refused
from impactkit.effects.design import Design
from impactkit.effects.family import tests_of, yardstick
from impactkit.effects.looks import LEVEL
from impactkit.effects.results import Detectability, rounded
from impactkit.effects.territory import untested
from impactkit.effects.yardstick import pool_for, seen_from
from impactkit.indicators.trajectory import is_rate
from impactkit.wording.language import Language


def detectable(place: Territory, outcome: str, *, power: float = 0.8, level: float = LEVEL) -> Detectability:
    """The gap that looks unusual with this power, and the one that is called an effect once every test of
    the family is counted, before any result is looked at.

    Drawn from the gaps of the comparable units at the same dates and horizon: nothing of the territory after
    the label is used. Shares of the outcome (and people, for a count), or points. A smaller gap may be seen
    too, less often than that. Raises like `effect`.

    >>> place = ik.load().territory("val-d-aubrelle")
    >>> seen = ik.detectable(place, "count_jobs_private")
    >>> round(seen.unusual, 3), round(seen.effect, 3), seen.tests
    (0.017, 0.024, 10)
    """
    language = place.language
    power, level = proportion(language, power, "power"), proportion(language, level, "level")
    scale = "points" if is_rate(outcome) else "percent"
    silent = Detectability(language, outcome, place.code, scale, power=power, level=level)
    if reason := refused(place, outcome):
        return replace(silent, refused=reason)
    case, tests = case_of(place, outcome), tests_of(place, outcome)
    stick = yardstick(place, outcome, power=power, level=level)
    silent = replace(silent, tests=tests, n_comparison=len(stick.near))
    if stick.half is None:
        return replace(silent, refused=untested(place, outcome, stick))
    unusual = rounded(case.printed(stick.half + stick.spread))
    sure = replace(
        silent, half=rounded(case.printed(stick.half)), unusual=unusual, people=_people(case, unusual)
    )
    counted = stick.critical(tests)
    if counted is None:
        return replace(sure, impossible=_no_effect(language, len(stick.pool.sizes), tests))
    effect = rounded(case.printed(max(stick.half, counted) + stick.spread))
    return replace(sure, effect=effect, effect_people=_people(case, effect))


def least_seen(place: Territory, case: Case, design: Design) -> float | None:
    """The gap that looks unusual four times in five in a variant of a design; None where none does."""
    pool = pool_for(design, "", plan_of(place.evaluation).looks)
    stick = seen_from(pool, case.size, placebo.among(design.scale))
    return None if stick.half is None else case.printed(stick.half + stick.spread)


def _people(case: Case, gap: float) -> float | None:
    if case.design.scale == "points":
        return None
    return rounded(gap * float(case.level[case.design.before[-1]]))


def _no_effect(language: Language, units: int, tests: int) -> str:
    floor = language.percent(tests / (units + tests))
    return language.say(
        "detect.family", n=tests, tests=language.number(tests), units=language.number(units), floor=floor
    )
