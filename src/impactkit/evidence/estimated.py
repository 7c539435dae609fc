"""What the method can see, and what may be said of a gap: the sentence follows from the test, the family of
tests, the warnings and the checks, never from the wish.
"""

import functools
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from impactkit.data import official, series
from impactkit.data.analysis_plan import plan_of
from impactkit.data.catalogue import catalogue
from impactkit.data.evaluation import Evaluation
from impactkit.data.territories import Territory
from impactkit.effects.checks import doubts
from impactkit.effects.comparison import case_of
from impactkit.effects.detectability import detectable
from impactkit.effects.family import benjamini_hochberg, largest_across
from impactkit.effects.results import CheckResult, Detectability, Effect
from impactkit.effects.territory import effect
from impactkit.errors import NotEnoughData
from impactkit.evidence.finding import Sentence, joined
from impactkit.evidence.level import rule
from impactkit.evidence.picked import measured
from impactkit.indicators.comparable import family_of
from impactkit.indicators.jobs import latest_jobs
from impactkit.wording.catalogue import Declared, has, runs, say
from impactkit.wording.numbers import number, percent

JOBS = "count_jobs_private"
ABOUT = {"dizaine": 10, "douzaine": 12, "quinzaine": 15, "vingtaine": 20, "trentaine": 30, "quarantaine": 40}
ABOUT |= {"cinquantaine": 50, "soixantaine": 60, "centaine": 100}


@dataclass(frozen=True, eq=False)
class Estimated:
    """One outcome of one territory: what could be seen, the gap, its p among all territories, the checks."""

    effect: Effect
    seen: Detectability
    adjusted: float | None
    checks: tuple[CheckResult, ...]

    @property
    def curve(self) -> pd.DataFrame:
        """Every combination of declared choices, with its estimate."""
        return next((check.detail for check in self.checks if check.name == "curve"), pd.DataFrame())

    @property
    def rule(self) -> str:
        """The key of the sentence that the gap has earned (see `level.rule`)."""
        found, seen = self.effect, self.seen.effect
        doubted = bool(found.warnings) or any(check.passed is False for check in self.checks)
        small = seen is not None and abs(found.estimate or 0.0) < seen
        return rule("estimated", p=found.p, adjusted=self.adjusted, small=small, doubted=doubted)

    @property
    def state(self) -> str:
        """refused, few, ordinary, weak (a warning or a check stands in the way) or estimated."""
        if self.effect.estimate is None:
            return "refused"
        return self.rule.removeprefix("claim.").replace("exaggerated", "estimated")


def outcomes(ev: Evaluation) -> list[str]:
    """The outcomes of the analysis plan that a source holds, the primary one first; without a plan, private
    jobs.
    """
    return [name for name in plan_of(ev).outcomes if official.imported(ev, name)]


def named(outcome: str) -> str:
    """An outcome in a sentence: with its article where the kit knows it, else its label in the catalogue."""
    if has(f"outcome.{outcome}"):
        return say(f"outcome.{outcome}")
    return f"« {catalogue().set_index('id')['label_fr'].get(outcome, outcome)} »"


@functools.lru_cache(maxsize=128)
def estimated(place: Territory, outcome: str) -> Estimated | None:
    """Everything about one outcome of one territory; None when its series cannot be used at all."""
    try:
        found, seen = effect(place, outcome), detectable(place, outcome)
    except NotEnoughData:
        # The series has a hole: the figures say so where they are printed.
        return None
    return Estimated(found, seen, adjusted(place, outcome), doubts(found))


def of_outcome(place: Territory, outcome: str | None = None) -> tuple[str, Estimated | None]:
    """An outcome, the plan's first unless named, and everything about it; ("", None) without any."""
    name = outcome or next(iter(outcomes(place.evaluation)), "")
    return name, estimated(place, name) if name else None


def adjusted(place: Territory, outcome: str) -> float | None:
    """p of one outcome once every test is counted: over the territories, and for an outcome that is not the
    primary one also over the outcomes of the territory. None where nothing is tested.
    """
    over = _family(place.evaluation, outcome).get(place.code)
    if over is None or outcome == outcomes(place.evaluation)[0]:
        return over
    return max(over, _across(place)[outcome])


@functools.lru_cache(maxsize=64)
def _across(place: Territory) -> dict[str, float]:
    """p of each outcome of a territory against the largest of those told for the same units; kinds of units
    count as so many families (Bonferroni).
    """
    tested = [name for name in outcomes(place.evaluation) if place.code in _family(place.evaluation, name)]
    kinds: dict[str, list[str]] = {}
    for name in tested:
        kinds.setdefault(family_of(place, name), []).append(name)
    found = {}
    for names in kinds.values():
        held = largest_across([case_of(place, name) for name in names])
        found |= {name: min(1.0, len(kinds) * p) for name, p in zip(names, held, strict=True)}
    return found


@functools.lru_cache(maxsize=16)
def _family(ev: Evaluation, outcome: str) -> dict[str, float]:
    """p adjusted for the number of territories tested (Benjamini-Hochberg on S)."""
    tested = [(place.code, found) for place, found in effects_of(ev, outcome) if found.p is not None]
    raw = [float(found.about["p_family"]) for _, found in tested]
    return dict(zip([code for code, _ in tested], map(float, benjamini_hochberg(raw)), strict=True))


def effects_of(ev: Evaluation, outcome: str) -> Iterator[tuple[Territory, Effect]]:
    """The labelled territories whose gap is estimated, in their order, each with it."""
    for place in [place for place in ev.territories if place.status == "labelled"]:
        try:
            found = effect(place, outcome)
        except NotEnoughData:
            continue
        if found.estimate is not None:
            yield place, found


def tests(ev: Evaluation, outcome: str) -> int:
    """How many territories are tested on an outcome."""
    return len(_family(ev, outcome))


def detectability(place: Territory, outcome: str) -> Sentence:
    """What the method could see, said before any result, beside the declared ambition; why it could not."""
    if (told := estimated(place, outcome)) is None:
        return ()
    if told.seen.effect is None:
        return runs("detect.none", reason=told.seen.refused or told.effect.refused)
    if told.seen.scale == "points":
        return runs("detect.points", outcome=named(outcome), least=measured(told.seen.effect, "points"))
    assert told.seen.people is not None
    noun = str(series.of_territory(place, outcome)["measure"].iloc[-1])
    people = number(hundreds(told.seen.people))
    first = runs("detect.people", people=people, noun=noun, least=percent(told.seen.effect))
    return joined(first, _ambition(place, told.seen.people) if outcome == JOBS else ())


def _ambition(place: Territory, least: float) -> Sentence:
    """The jobs that its projects hope for, when together they are far fewer than what could be seen."""
    last = latest_jobs(place)
    targets = [str(target) for target in last["target"] if target] if len(last) else []
    told = [size for size in map(_order, targets) if size is not None]
    if not targets or len(told) < len(targets) or sum(told) > least / 2:
        return runs("detect.smaller")
    if len(targets) > 1:
        return runs("detect.ambitions")
    return runs("detect.ambition", target=Declared(targets[0]))


def _order(target: str) -> float | None:
    """The order of magnitude of a target, in digits or in the French words for about so many."""
    if target.isdigit():
        return float(target)
    found = [size for word, size in ABOUT.items() if word in target]
    return float(found[0]) if len(found) == 1 and not any(one.isdigit() for one in target) else None


def gap(place: Territory, outcome: str) -> Sentence:
    """What may be said of the gap: nothing that can be told from the ordinary, or what stands in the way, or
    an estimate that passed every test. Empty where nothing is estimated.
    """
    told = estimated(place, outcome)
    if told is None or told.state == "refused":
        return ()
    found = told.effect
    size = functools.partial(measured, unit=found.scale, sign=True)
    holes = {"estimate": size(found.estimate)}
    if told.state == "few":
        return runs("gap.few", **holes)
    large, among = int(found.about["as_large"]), int(found.about["among"])
    first, last = (period[:4] for period in found.about["periods"])
    holes |= {"low": size(found.low), "high": size(found.high), "first": first, "last": last}
    kind = say("gap.near" if found.scale == "percent" else "gap.every")
    holes |= {"count": number(large), "all": number(among), "kind": kind, "outcome": named(outcome)}
    if told.state == "weak":
        why = [*found.warnings, *(check.sentence for check in told.checks if check.passed is False)]
        return runs("gap.weak", why="\u202f; ".join(_small(one) for one in why), **holes)
    key = f"gap.{told.state}" + {0: ".none", 1: ".one"}.get(large, "")
    larger = runs("gap.exaggerated") if told.rule == "claim.exaggerated" else ()
    return joined(runs(key, **holes), larger, _warned(found) if told.state == "ordinary" else ())


def _warned(found: Effect) -> Sentence:
    warned = runs("gap.warned", why="\u202f; ".join(found.warnings)) if found.warnings else ()
    return joined(warned, runs("gap.prudent") if found.about["prudent"] else ())


def counted(place: Territory, outcome: str) -> Sentence:
    """How many tests were made, so that one in twenty is not taken for news."""
    told = estimated(place, outcome)
    if told is None or told.effect.p is None:
        return ()
    many = tests(place.evaluation, outcome)
    return runs("gap.tests", n=many, count=number(many))


def hundreds(people: float) -> float:
    """A threshold is an order of magnitude: three figures at most, never a person more or less."""
    step = 10 ** max(len(str(int(people))) - 3, 0)
    return round(people / step) * step


def _small(sentence: str) -> str:
    return (sentence[0].lower() + sentence[1:]).rstrip(".")
