"""Sentences on official figures: population as context, the territory among comparable ones, and what is not
covered.
"""

import pandas as pd

from impactkit.data.territories import Territory
from impactkit.evidence.finding import Sentence, joined
from impactkit.evidence.picked import MEDIAN, as_text, picked
from impactkit.indicators.comparable import elsewhere, last_before
from impactkit.wording.numbers import rounded


def population(place: Territory) -> Sentence:
    """The latest population; for a single census, that no change is computed; without perimeter, that
    nothing is.
    """
    language = place.language
    figures = picked(place)
    if (latest := figures.of("count_population")) is None:
        return language.runs("population.units" if place.units else "population.none")
    count = as_text(language, latest["value"], "habitants")
    if figures.of("rate_population_change") is None:
        return language.runs("population.single", count=count, year=latest["period"])
    return language.runs(
        "population.latest", count=count, year=latest["period"], vintage=latest["geography_vintage"]
    )


def change(place: Territory, *, short: bool = False) -> Sentence:
    """How the population moved, without any reading of it; empty when no change can be told. `short` leaves
    the warning to the sentence before.
    """
    language = place.language
    if (moved := picked(place).of("rate_population_change")) is None:
        return ()
    first, last = moved["period"].split("/")
    told = {"first": first, "last": last, "change": language.percent(abs(moved["value"]))}
    said = language.runs(f"change.{direction(moved['value'])}", **told)
    return said if short else joined(said, language.runs("official.alone"))


def among(place: Territory) -> Sentence:
    """The rank in words among comparable territories: in, above or below the middle half; under eight, no
    rank.
    """
    language = place.language
    figures = picked(place)
    moved, count = figures.of("rate_population_change"), figures.of("count_comparable")
    if moved is None or count is None:
        return ()
    n = round(count["value"])
    if (half := figures.of("rate_population_change", group=MEDIAN)) is not None:
        ends = {end: language.percent(half[end], sign=True) for end in ("low", "high")}
        key = f"among.{position(moved['value'], half)}"
        return language.runs(
            key, family=language.say(f"noun.{place.family}", n=n), count=language.number(n), **ends
        )
    if n == 0:
        return language.runs("among.none", none=language.say(f"family.none.{place.family}"))
    return language.runs(
        "among.few", n=n, count=language.number(n), family=language.say(f"noun.{place.family}", n=n)
    )


def median(place: Territory) -> Sentence:
    """The median of the comparable territories; empty under eight of them."""
    half = picked(place).of("rate_population_change", group=MEDIAN)
    return (
        ()
        if half is None
        else place.language.runs("among.median", median=place.language.percent(half["value"], sign=True))
    )


def position(value: float, half: pd.Series, scale: float = 100) -> str:
    """Where a value stands by two limits, on the figures as printed: below, inside or above."""
    shown, low, high = (rounded(x * scale, 1) for x in (value, half["low"], half["high"]))
    return "below" if shown < low else "above" if shown > high else "inside"


def direction(value: float, scale: float = 100) -> str:
    """Whether a change, as it is printed, goes up, down or nowhere."""
    shown = rounded(value * scale, 1)
    return "up" if shown > 0 else "down" if shown < 0 else "flat"


def rule(place: Territory) -> Sentence:
    """How the comparable territories were chosen; empty when nothing is compared."""
    language = place.language
    if picked(place).of("count_comparable") is None:
        return ()
    families = language.say(f"noun.{place.family}", n=2)
    chosen = language.runs("method.comparable", families=families, year=str(last_before(place)))
    return joined(chosen, language.runs("method.overseas") if elsewhere(place, place.family) else ())


def what_it_is(place: Territory) -> Sentence:
    """What municipal population is, and why a change is only read over five years or more."""
    language = place.language
    if picked(place).of("rate_population_change") is None:
        return language.runs("method.population.single") if place.perimeter else ()
    vintage = str(place.evaluation.vintage)
    return joined(language.runs("method.population", vintage=vintage), language.runs("method.five-years"))
