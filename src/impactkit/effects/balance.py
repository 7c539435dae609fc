"""How alike a territory and its comparison are before the label, and who has a comparison at all."""

import numpy as np
import pandas as pd

from impactkit.data import official
from impactkit.data.analysis_plan import plan_of
from impactkit.data.evaluation import Evaluation
from impactkit.data.territories import Territory
from impactkit.effects.comparables import mean_sizes
from impactkit.effects.comparison import case_of, case_or_why, refused
from impactkit.effects.results import rounded
from impactkit.indicators.comparable import family_of


def balance(place: Territory, outcome: str) -> pd.DataFrame:
    """Before the label: size, level, change over the years before, share in the same region; of the
    territory, of its weighted comparison, of every unit of its pool. Mean sizes are geometric.

    Columns quantity, own, weighted, every, unit (as a row of indicators names it). Empty without a design;
    raises like `effect`.
    """
    columns = ["quantity", "own", "weighted", "every", "unit"]
    if refused(place, outcome):
        return pd.DataFrame(columns=columns)
    case = case_of(place, outcome)
    design, weights = case.design, case.compared()[1].values[0]
    first, last = design.before[0], design.before[-1]
    log = design.scale == "log"
    alike = np.array([bool(case.region) and region == case.region for region in design.regions], dtype=float)
    rows = [("size", *map(rounded, mean_sizes(place, outcome)), "emplois" if log else "unités")]
    told = {}
    moved = [one[..., last] - one[..., first] for one in (case.own, design.values)]
    if log:
        told["change"] = (*map(np.expm1, moved), "part")
    else:
        told["level"] = (case.own[last] / 100, design.values[:, last] / 100, "part")
        told["change"] = (*moved, "points")
    told["region"] = (1.0 if case.region else np.nan, alike, "part")
    for name, (own, others, unit) in told.items():
        rows.append((name, *map(rounded, (own, weights @ others, others.mean())), unit))
    return pd.DataFrame(rows, columns=columns)


def designs(ev: Evaluation) -> pd.DataFrame:
    """Which unit each territory is compared with, for each outcome of the plan: columns territory, outcome,
    family, units (how many may be compared), reason (why there is none, "" otherwise).
    """
    rows = []
    for outcome in plan_of(ev).outcomes:
        for place in ev.territories:
            if official.imported(ev, outcome):
                case, why = case_or_why(place, outcome)
                family = family_of(place, outcome) if place.perimeter or place.units else ""
                rows.append((place.code, outcome, family, len(case.design.units) if case else 0, why))
    return pd.DataFrame(rows, columns=["territory", "outcome", "family", "units", "reason"])
