"""Whose gaps rank that of a territory, in words; and by what a zone's gap was divided."""

from impactkit.data import series
from impactkit.data.territories import Territory
from impactkit.effects.comparables import Comparison, compared_with
from impactkit.effects.comparison import case_or_why
from impactkit.evidence.finding import Sentence
from impactkit.indicators.trajectory import is_rate


def sizes(place: Territory, outcome: str) -> dict[str, str] | None:
    """The smallest and the largest of the units that rank a gap, and what is counted, for a sentence; None
    where every unit does.
    """
    comparison = compared_with(place, outcome)
    if comparison is None or is_rate(outcome) or _is_everyone(comparison):
        return None
    ends = {
        "smallest": place.language.number(comparison.smallest),
        "largest": place.language.number(comparison.largest),
    }
    return ends | {"noun": noun(place, outcome)}


def noun(place: Territory, outcome: str) -> str:
    """What an outcome counts."""
    return str(series.of_territory(place, outcome)["measure"].iloc[-1])


def kind(place: Territory, outcome: str) -> str:
    """The units that rank a gap: those nearest in size, from which size to which, or all of them."""
    ends = sizes(place, outcome)
    return place.language.say("gap.every") if ends is None else place.language.say("gap.near", **ends)


def caption(place: Territory, outcome: str, **holes: str) -> Sentence:
    """What stands in grey behind a gap, and what the gap was divided by."""
    ends = sizes(place, outcome)
    if ends is None:
        return place.language.runs("chart.gap.caption.every", **holes)
    return place.language.runs("chart.gap.caption", **holes, **ends)


def divided(place: Territory, outcome: str) -> Sentence:
    """That the gap is that of a zone, divided by the share of it that lies in the territory; nothing where
    the figures are the territory's own.
    """
    case, _ = case_or_why(place, outcome)
    if case is None or case.share == 1.0:
        return ()
    return place.language.runs("gap.divided", share=place.language.percent(case.share))


def _is_everyone(comparison: Comparison) -> bool:
    return comparison.near == comparison.pool
