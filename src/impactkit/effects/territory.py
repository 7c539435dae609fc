"""One territory: the gap between what was seen and what comparable units lead to expect."""

from dataclasses import asdict

import numpy as np
import pandas as pd

from impactkit.data.territories import Territory
from impactkit.effects import placebo
from impactkit.effects.comparables import compared_with, comparison_warnings
from impactkit.effects.comparison import case_of, refused
from impactkit.effects.family import looks_of, yardstick
from impactkit.effects.results import Effect, rounded
from impactkit.effects.yardstick import Yardstick
from impactkit.wording.catalogue import say
from impactkit.wording.numbers import number, percent

# Ends of what 95 % of the placebos are, at each period.
OUTER = (0.025, 0.975)


def effect(place: Territory, outcome: str) -> Effect:
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
    reason = refused(place, outcome)
    if reason:
        return Effect(outcome, place.code, say("effect.estimand"), "default", "", refused=reason)
    case = case_of(place, outcome)
    design = case.design
    stick = yardstick(place, outcome)
    path, found = case.compared(design)
    gap = float(path[list(design.after)].mean())
    test = stick.rank(gap)
    log = design.scale == "log"

    def printed(value: float) -> float:
        return rounded(np.exp(value) - 1) if log else rounded(value / case.share)

    few = untested(place, outcome, stick)
    low = high = None
    if not few and stick.half is not None:
        low, high = printed(gap - stick.half), printed(gap + stick.half)
    expected = np.exp(case.own - path) if log else case.own - path
    seen = case.level if log else case.own
    columns = {"period": design.periods, "seen": seen, "expected": rounded(expected), "gap": rounded(path)}
    people = float(np.mean((case.level * (1 - np.exp(-gap)))[list(design.after)])) if log else None
    quality = compared_with(place, outcome)
    assert quality is not None
    near = placebo.nearest(design.sizes, case.size, placebo.among(design.scale))
    every = placebo.enumerated(design)
    about = {
        "place": place,
        "gap": rounded(gap),
        "among": test.among,
        "as_large": round(test.p * (test.among + 1)) - 1,
        "people": rounded(people),
        "prudent": stick.side == "largest",
        "share": case.share,
        "comparison": {name: rounded(value) for name, value in asdict(quality).items()},
        "residual": float(found.residual[0]),
        "weights": dict(zip(design.units, rounded(found.values[0]), strict=True)),
        "placebos": tuple(printed(value) for value in np.quantile(every.paths[near, -1], OUTER)),
        "periods": (design.periods[design.after[0]], design.periods[design.after[-1]]),
    }
    return Effect(
        *(outcome, place.code, say("effect.estimand"), "default", "percent" if log else "points"),
        *(printed(gap), None, low, high, None if few else rounded(test.p), rounded(test.floor)),
        n_comparison=len(design.units),
        refused=few,
        warnings=comparison_warnings(quality),
        assumptions=tuple(say(f"effect.assumption.{name}") for name in ("alone", "path", "exchange")),
        about=about,
        _table=pd.DataFrame(columns),
    )


def untested(place: Territory, outcome: str, stick: Yardstick) -> str:
    """Why nothing is tested at this size and at this look; "" when something is."""
    among = len(stick.near)
    if among < placebo.FEWEST:
        return say("effect.few", count=among, floor=percent(1 / (among + 1)))
    if stick.side == "smallest":
        return say("effect.smallest")
    if stick.half is not None:
        return ""
    looks = looks_of(place, outcome)
    spent = percent(stick.pool.spent[-1], 2)
    rank, foreseen = number(looks.present.rank), number(looks.foreseen)
    return say("effect.early", rank=rank, foreseen=foreseen, spent=spent)
