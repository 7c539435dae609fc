"""How many labelled territories enter each figure of a programme, and why the others do not: one place."""

import functools
from collections import Counter
from dataclasses import dataclass

from impactkit.data import series
from impactkit.data.evaluation import Evaluation
from impactkit.data.outcome_names import named
from impactkit.data.territories import Territory
from impactkit.effects.comparison import NO_DESIGN, refused
from impactkit.effects.results import Effect
from impactkit.evidence.effect_rows import Row, row
from impactkit.evidence.estimated import effects_of
from impactkit.evidence.finding import Sentence, filled, joined, listed
from impactkit.indicators.comparable import family_of
from impactkit.wording.catalogue import Run, runs, say
from impactkit.wording.numbers import number


@dataclass(frozen=True)
class Counted:
    """One outcome: the labelled territories, those with a gap, of these the tested ones, those in the mean;
    how many are left out at the first step, by reason; the names that are not tested.
    """

    outcome: str
    labelled: int
    measured: int
    tested: int
    together: int
    reasons: tuple[tuple[str, int], ...]
    untested: tuple[str, ...]


@functools.lru_cache(maxsize=8)
def counted(ev: Evaluation, outcome: str, mean: Effect) -> Counted:
    """How many territories of a programme enter each figure of an outcome; `mean` is the programme's gap."""
    labelled = [place for place in ev.territories if place.status == "labelled"]
    effects = list(effects_of(ev, outcome))
    with_gap = {place.code for place, _ in effects}
    without = [place for place in labelled if place.code not in with_gap]
    reasons = Counter(_why_not(place, outcome) for place in without)
    untested = tuple(place.name for place, effect in effects if effect.p is None)
    return Counted(
        outcome,
        labelled=len(labelled),
        measured=len(effects),
        tested=len(effects) - len(untested),
        together=mean.n_treated if mean.estimate is not None else 0,
        reasons=tuple(reasons.most_common()),
        untested=untested,
    )


def _why_not(place: Territory, outcome: str) -> str:
    """Why a territory has no gap, in the few words that it shares with others."""
    if not place.perimeter and not place.units:
        return say("counted.no-perimeter")
    told = series.of_territory(place, outcome)
    if told.empty or told["value"].isna().all():
        return say("counted.no-series")
    family = family_of(place, outcome)
    if family in NO_DESIGN:
        return say("counted.no-design", families=say(f"noun.{family}", n=2))
    if family == "zone" and refused(place, outcome):
        return say("counted.zone")
    return say("counted.other")


def sentence(ev: Evaluation, outcome: str, mean: Effect) -> Sentence:
    """From the labelled territories to those of the mean, each step with its denominator and its reason."""
    count = counted(ev, outcome, mean)
    holes = {"all": number(count.labelled), "measured": number(count.measured), "outcome": named(outcome)}
    if count.labelled == count.tested == count.together:
        return runs("counted.all", **holes)
    parts = [runs("counted.measured", n=count.measured, **holes)]
    if count.reasons:
        parts.append(filled("counted.without", "reasons", listed(map(_reason, count.reasons), " ; ")))
    if count.untested:
        names = listed(Run(name) for name in count.untested)
        tested = {"n": count.tested, "tested": number(count.tested)}
        parts.append(filled("counted.tested", "names", names, **tested))
    if count.together:
        parts.append(runs("counted.together", n=count.together, together=number(count.together)))
    return joined(*parts)


def _reason(reason: tuple[str, int]) -> Sentence:
    why, count = reason
    return runs("counted.reason", why=why, count=number(count))


def rows(ev: Evaluation, outcome: str, mean: Effect) -> list[Row]:
    """These counts for effects.csv; `n`: the labelled territories."""
    count = counted(ev, outcome, mean)
    steps = {"measured": count.measured, "tested": count.tested, "together": count.together}
    steps |= {f"without: {why}": number for why, number in count.reasons}
    return [
        row(f"territories_{name}", "territoires", value, None, None, count.labelled)
        for name, value in steps.items()
    ]
