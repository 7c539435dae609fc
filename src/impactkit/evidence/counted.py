"""How many labelled territories enter each figure of a programme, and why the others do not: one place."""

import functools
from collections import Counter
from dataclasses import dataclass

from impactkit.data import series
from impactkit.data.evaluation import Evaluation
from impactkit.data.outcome_names import named
from impactkit.data.territories import Territory
from impactkit.effects.comparison import NO_DESIGN, refused
from impactkit.effects.results import ProgrammeEffect
from impactkit.evidence.effect_rows import Row, row
from impactkit.evidence.estimated import effects_of
from impactkit.evidence.finding import Sentence, filled, joined, listed
from impactkit.indicators.comparable import family_of
from impactkit.wording.catalogue import Run
from impactkit.wording.language import Language


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
def counted(ev: Evaluation, outcome: str, mean: ProgrammeEffect) -> Counted:
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
    language = place.language
    if not place.perimeter and not place.units:
        return language.say("counted.no-perimeter")
    told = series.of_territory(place, outcome)
    if told.empty or told["value"].isna().all():
        return language.say("counted.no-series")
    family = family_of(place, outcome)
    if family in NO_DESIGN:
        return language.say("counted.no-design", families=language.say(f"noun.{family}", n=2))
    if family == "zone" and refused(place, outcome):
        return language.say("counted.zone")
    return language.say("counted.other")


def sentence(ev: Evaluation, outcome: str, mean: ProgrammeEffect) -> Sentence:
    """From the labelled territories to those of the mean, each step with its denominator and its reason."""
    language = ev.language
    count = counted(ev, outcome, mean)
    holes = {
        "all": language.number(count.labelled),
        "measured": language.number(count.measured),
        "outcome": named(language, outcome),
    }
    if count.labelled == count.tested == count.together:
        return language.runs("counted.all", **holes)
    parts = [language.runs("counted.measured", n=count.measured, **holes)]
    if count.reasons:
        parts.append(
            filled(
                language,
                "counted.without",
                "reasons",
                listed(map(functools.partial(_reason, language), count.reasons), " ; "),
            )
        )
    if count.untested:
        names = listed(Run(name) for name in count.untested)
        tested = {"n": count.tested, "tested": language.number(count.tested)}
        parts.append(filled(language, "counted.tested", "names", names, **tested))
    if count.together:
        parts.append(
            language.runs("counted.together", n=count.together, together=language.number(count.together))
        )
    return joined(*parts)


def _reason(language: Language, reason: tuple[str, int]) -> Sentence:
    why, count = reason
    return language.runs("counted.reason", why=why, count=language.number(count))


def rows(ev: Evaluation, outcome: str, mean: ProgrammeEffect) -> list[Row]:
    """These counts for effects.csv; `n`: the labelled territories."""
    count = counted(ev, outcome, mean)
    steps = {"measured": count.measured, "tested": count.tested, "together": count.together}
    steps |= {f"without: {why}": number for why, number in count.reasons}
    return [
        row(f"territories_{name}", "territoires", value, None, None, count.labelled)
        for name, value in steps.items()
    ]
