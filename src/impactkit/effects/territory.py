"""One territory: the gap between what was seen and what comparable units lead to expect."""

import numpy as np
import pandas as pd

from impactkit.data.territories import Territory
from impactkit.effects import placebo
from impactkit.effects.comparables import compared_with, comparison_warnings
from impactkit.effects.comparison import Case, case_of, refused
from impactkit.effects.design import Array
from impactkit.effects.family import looks_of, yardstick
from impactkit.effects.results import TerritoryEffect, rounded
from impactkit.effects.yardstick import Yardstick

# Ends of what 95 % of the placebos are, at each period.
OUTER = (0.025, 0.975)
# What the estimate supposes, by the names of its sentences.
ASSUMED = ("alone", "path", "exchange")


def effect(place: Territory, outcome: str) -> TerritoryEffect:
    """The gap after the label between a territory and comparable ones, and where it stands among theirs.

    Default of docs/statistics.md: weights of comparable units on the path before, the size and the region;
    the gap is their difference since, averaged over the declared periods; the same is computed for every
    comparable unit, none drawn by lot, and p is the rank of the gap among the hundred nearest in size (all
    of them for a rate by employment zone). Percent of what was expected for a count, points for a rate; a
    zone's gap is divided by the share of the zone that lies in the territory.

    Where no design stands (a region, no perimeter, under half a zone) the effect has no estimate and says
    why. Raises UnknownName for an outcome that does not exist, NotEnoughData for one that is not imported
    yet, or a series that cannot be used.

    >>> place = ik.load().territory("val-d-aubrelle")
    >>> effect = ik.effect(place, "count_jobs_private")
    >>> round(effect.estimate, 3), round(effect.low, 3), round(effect.high, 3), effect.scale
    (0.155, 0.141, 0.17, 'percent')
    """
    language = place.language
    reason = refused(place, outcome)
    if reason:
        return TerritoryEffect(
            language=language,
            outcome=outcome,
            unit=place.code,
            estimand=language.say("effect.estimand"),
            method="default",
            scale="",
            refused=reason,
            place=place,
        )
    return _measured(place, outcome, case_of(place, outcome), yardstick(place, outcome))


def _measured(place: Territory, outcome: str, case: Case, stick: Yardstick) -> TerritoryEffect:
    language, design = place.language, case.design
    path, weights = case.compared(design)
    after = list(design.after)
    gap = float(path[after].mean())
    test = stick.rank(gap)
    few = untested(place, outcome, stick)
    low, high = _interval(case, stick, gap) if not few else (None, None)
    comparison = compared_with(place, outcome)
    assert comparison is not None
    return TerritoryEffect(
        language=language,
        outcome=outcome,
        unit=place.code,
        estimand=language.say("effect.estimand"),
        method="default",
        scale="percent" if design.scale == "log" else "points",
        estimate=rounded(case.printed(gap)),
        low=low,
        high=high,
        p=None if few else rounded(test.p),
        p_floor=rounded(test.floor),
        n_comparison=len(design.units),
        refused=few,
        warnings=comparison_warnings(language, comparison),
        assumptions=tuple(language.say(f"effect.assumption.{name}") for name in ASSUMED),
        place=place,
        gap=rounded(gap),
        share=case.share,
        people=_people(case, gap),
        periods=(design.periods[after[0]], design.periods[after[-1]]),
        weights=dict(zip(design.units, rounded(weights.values[0]), strict=True)),
        residual=float(weights.residual[0]),
        comparison=comparison,
        among=test.among,
        as_large=round(test.p * (test.among + 1)) - 1,
        placebos=_placebos(case),
        prudent=stick.side == "largest",
        _table=_by_period(case, path),
    )


def _interval(case: Case, stick: Yardstick, gap: float) -> tuple[float | None, float | None]:
    """The ends of the gaps that the test would not tell from this one, as they are printed."""
    if stick.half is None:
        return None, None
    return rounded(case.printed(gap - stick.half)), rounded(case.printed(gap + stick.half))


def _people(case: Case, gap: float) -> float | None:
    """A gap in the outcome's own unit, on average after the label; None for a rate."""
    if case.design.scale != "log":
        return None
    expected = case.level * (1 - np.exp(-gap))
    people: float = rounded(float(np.mean(expected[list(case.design.after)])))
    return people


def _placebos(case: Case) -> tuple[float, float]:
    """Between which ends most gaps of the units that rank this one are, in the last period."""
    design = case.design
    near = placebo.nearest(design.sizes, case.size, placebo.among(design.scale))
    low, high = np.quantile(placebo.enumerated(design).paths[near, -1], OUTER)
    return rounded(case.printed(low)), rounded(case.printed(high))


def _by_period(case: Case, path: Array) -> pd.DataFrame:
    """What was seen, what was expected and the gap, period by period."""
    log = case.design.scale == "log"
    expected = np.exp(case.own - path) if log else case.own - path
    columns = {
        "period": case.design.periods,
        "seen": case.level if log else case.own,
        "expected": rounded(expected),
        "gap": rounded(path),
    }
    return pd.DataFrame(columns)


def untested(place: Territory, outcome: str, stick: Yardstick) -> str:
    """Why nothing is tested at this size and at this look; "" when something is."""
    language = place.language
    among = len(stick.near)
    if among < placebo.FEWEST:
        return language.say("effect.few", count=among, floor=language.percent(1 / (among + 1)))
    if stick.side == "smallest":
        return language.say("effect.smallest")
    if stick.half is not None:
        return ""
    looks = looks_of(place, outcome)
    spent = language.percent(stick.pool.spent[-1], 2)
    rank, foreseen = language.number(looks.present.rank), language.number(looks.foreseen)
    return language.say("effect.early", rank=rank, foreseen=foreseen, spent=spent)
