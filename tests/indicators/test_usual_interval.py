"""Why no report prints an interval on one treated territory."""

import numpy as np
import pandas as pd
from statsmodels.regression.linear_model import OLS
from statsmodels.tools import add_constant

import impactkit as ik
from impactkit.data.perimeters import reference

ENOUGH, LEVEL = 8, 0.05


def _growth(population):
    """Growth 2016-19 and 2019-22 of every EPCI of the list."""
    return np.log(population[2019] / population[2016]), np.log(population[2022] / population[2019])


def _clustered_p(early, late):
    """Two periods, one treated unit (the first), standard errors clustered by unit: the usual p-value."""
    n = len(early)
    treated, post = np.tile(np.arange(n) == 0, 2).astype(float), np.repeat([0.0, 1.0], n)
    design = add_constant(np.column_stack([treated, post, treated * post]))
    fit = OLS(np.concatenate([early, late]), design).fit(
        cov_type="cluster", cov_kwds={"groups": np.tile(np.arange(n), 2)}
    )
    return fit.pvalues[3]


def _enumerated_p(early, late):
    """The same gap for every unit as if it were the labelled one: how many are at least as large."""
    change = np.asarray(late - early)
    n = len(change)
    gaps = np.abs(change - (change.sum() - change) / (n - 1))
    return (gaps >= gaps[0]).mean()


def test_usual_interval_would_mislead(french_impact):
    listed = reference("epci_population").pivot_table(index="epci", columns="pop_year", values="population")
    listed = listed[[2016, 2019, 2022]].dropna()
    labelled = {part.code for place in french_impact.territories for part in place.perimeter}
    usual, enumerated, able = [], [], 0
    for place in french_impact.territories:
        if place.family != "epci" or len(place.perimeter) != 1:
            continue
        own = listed.loc[place.perimeter[0].code]
        pool = listed[~listed.index.isin(labelled) & listed[2019].between(own[2019] / 2, own[2019] * 2)]
        if len(pool) >= ENOUGH:
            early, late = _growth(pd.concat([own.to_frame().T, pool]))
            usual.append(_clustered_p(early.to_numpy(), late.to_numpy()) < LEVEL)
            enumerated.append(_enumerated_p(early, late) <= LEVEL)
            able += 1 / len(early) <= LEVEL
    assert (sum(usual), len(usual)) == (12, 14)
    assert sum(enumerated) == 0
    # Nantes and Toulouse have too few neighbours for a rank to reach 5 %, whatever their figures.
    assert able == 12


def test_no_interval_stands_beside_the_territory_s_own_figures(french_impact):
    rows = ik.indicators(french_impact, measure="context")
    own = rows[rows["group"] == ""]
    assert own["low"].isna().all() and own["high"].isna().all()
