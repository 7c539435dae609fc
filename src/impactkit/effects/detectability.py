"""The smallest effect that could be seen at all: said before any result."""

import numpy as np

from impactkit.data.territories import Territory
from impactkit.effects import placebo
from impactkit.effects.comparison import Case, among, case_of, refused
from impactkit.effects.design import Design
from impactkit.effects.results import Detectability, rounded
from impactkit.effects.territory import untested
from impactkit.indicators.trajectory import is_rate


def detectable(place: Territory, outcome: str, *, power: float = 0.8, level: float = 0.05) -> Detectability:
    """The smallest effect that the printed test would see with this power, before any result is looked at.

    Drawn from the gaps of the comparable units at the same dates and horizon: nothing of the territory after
    the label is used. A share of the outcome (and people, for a count), or points. Raises like `effect`.

    >>> place = ik.load().territory("val-d-aubrelle")
    >>> round(ik.detectable(place, "count_jobs_private").effect, 3)
    0.017
    """
    scale = "points" if is_rate(outcome) else "percent"

    def told(effect: float | None, people: float | None, among: int, refused: str = "") -> Detectability:
        bounds = (rounded(effect), rounded(people), power, level)
        return Detectability(outcome, place.code, scale, *bounds, among, refused)

    if reason := refused(place, outcome):
        return told(None, None, 0, reason)
    case = case_of(place, outcome)
    least, test = least_seen(case.design, case, outcome, power, level)
    if least is None:
        return told(None, None, test.among, untested(test, "smallest" if test.half is not None else ""))
    people = None if scale == "points" else least * float(case.level[case.design.before[-1]])
    return told(least, people, test.among)


def least_seen(
    design: Design, case: Case, outcome: str, power: float = 0.8, level: float = 0.05
) -> tuple[float | None, placebo.Rank]:
    """The smallest effect seen in a design by a unit of this size (a share, or points of the territory), and
    the test itself; None where no such test holds.
    """
    gaps = placebo.enumerated(design).gaps
    rows = placebo.nearest(design, case.size, among(outcome))
    near = gaps[rows]
    test = placebo.rank(0.0, near, level=level)
    if test.half is None or placebo.side(design, case.size, rows) == "smallest":
        return None, test
    least = test.half + float(np.quantile(near, power) - np.quantile(near, 1 - power)) / 2
    return (float(np.exp(least) - 1) if design.scale == "log" else least / case.share), test
