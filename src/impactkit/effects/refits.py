"""The same gap found otherwise: other units, other periods, another scale, another model."""

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd

from impactkit.effects import placebo
from impactkit.effects.comparison import Case
from impactkit.effects.design import Array, Design, chosen, marks
from impactkit.effects.results import rounded
from impactkit.effects.weights import ridge_simplex

NEIGHBOURS = 30
COVID = ("2020", "2021")
# A weight below it moves nothing that is printed.
LIGHT = 1e-6


def gap_of(case: Case, design: Design) -> float:
    """The territory's gap in a variant of its design, told."""
    path, _ = case.compared(design)
    return case.printed(float(path[list(design.after)].mean()))


def without_each(case: Case) -> pd.DataFrame:
    """Each unit that weighs left out in turn, every weight fitted again: unit, estimate."""
    design = case.design
    _, found = case.compared()
    heavy = np.flatnonzero(found.values[0] > LIGHT)
    features = design.features(design.values, design.sizes, design.regions)
    own = design.features(case.own[None, :], np.array([case.size]), (case.region,))
    barred = np.repeat(design.barred((case.area,)), len(heavy), axis=0)
    barred[np.arange(len(heavy)), heavy] = True
    targets, ridge = np.repeat(own, len(heavy), axis=0), design.constants["ridge"]
    refits = ridge_simplex(features, targets, ridge=ridge, barred=barred, start=found.dual[0])
    paths = design.centred(case.own[None, :]) - refits.values @ design.centred(design.values)
    gaps = paths[:, list(design.after)].mean(axis=1)
    names = [design.units[at] for at in heavy]
    return pd.DataFrame({"unit": names, "estimate": rounded([case.printed(gap) for gap in gaps])})


def of_similar_size(case: Case) -> Design:
    """The design with the units nearest in size only."""
    return chosen(case.design, placebo.nearest(case.design.sizes, case.size))


def drift(case: Case, path: Array) -> float:
    """How far the gap would be after, on the scale of the design, had it gone on as a straight line fitted
    by least squares to the periods before.
    """
    before = np.array(case.design.before, dtype=np.float64)
    after = np.array(case.design.after, dtype=np.float64)
    slope, start = np.polyfit(before, path[list(case.design.before)], 1)
    return float(start + slope * after.mean())


def difference(case: Case) -> float:
    """A plain difference with the thirty units nearest in size, told."""
    design = case.design
    near = placebo.nearest(design.sizes, case.size, NEIGHBOURS)
    path = design.centred(case.own[None, :])[0] - design.centred(design.values)[near].mean(axis=0)
    return case.printed(float(path[list(design.after)].mean()))


def regression(case: Case) -> float:
    """The change since, beside what size, slope before and region predict by least squares, told."""
    design = case.design
    before, after = list(design.before), list(design.after)
    known = sorted(set(design.regions))[1:]

    def base(values: Array, sizes: Array, regions: tuple[str, ...]) -> Array:
        slope = values[:, before[-1]] - values[:, before[0]]
        return np.column_stack([np.ones(len(values)), sizes, slope, marks(regions, known)])

    change = design.centred(design.values)[:, after].mean(axis=1)
    line = np.linalg.lstsq(base(design.values, design.sizes, design.regions), change, rcond=None)[0]
    own = case.own[None, :]
    mine = base(own, np.array([case.size]), (case.region,))[0] @ line
    return case.printed(float(design.centred(own)[0, after].mean() - mine))


def other_scale(case: Case) -> float:
    """The same on another scale of the outcome, told: shares of the last value before instead of logs, logs
    instead of points.
    """
    design, last = case.design, case.design.before[-1]
    if design.scale == "log":
        values = np.exp(design.values - design.values[:, [last]])
        own = np.exp(case.own - case.own[last])
    else:
        values, own = np.log(design.values), np.log(case.own)
    # The constants of logs suit any share.
    shares = replace(design, values=values, scale="log")
    path, _ = placebo.compared(shares, own, case.size, case.region, case.area)
    after = list(design.after)
    if design.scale == "log":
        return float((path[after] / (own - path)[after]).mean())
    return float((case.own * (1 - np.exp(-path)))[after].mean() / case.share)


def structural(case: Case) -> float | None:
    """A local level and the mean of the comparable units, fitted before and carried on: gap after,
    told; None when the fit does not settle. By statsmodels' UnobservedComponents; Harvey, 1989. Its own
    interval is not that of one treated unit.
    """
    import warnings

    from statsmodels.tsa.statespace.structural import UnobservedComponents

    design = case.design
    start, after = design.before[-1] + 1, np.array(design.after)
    mean = design.values.mean(axis=0)
    model = UnobservedComponents(case.own[:start], level="llevel", exog=mean[:start, None])
    with warnings.catch_warnings():
        # What did not settle is told below, not on the reader's screen.
        warnings.simplefilter("ignore")
        fitted = model.fit(disp=False)
    if not fitted.mle_retvals["converged"]:
        return None
    ahead = fitted.forecast(len(case.own) - start, exog=mean[start:, None])
    return case.printed(float((case.own[after] - ahead[after - start]).mean()))


def curve(case: Case) -> pd.DataFrame:
    """Every combination of declared choices: before, after, pool, size, region, ridge, and the estimate."""
    design = case.design
    covid = tuple(at for at in design.after if design.periods[at][:4] not in COVID)
    years = sorted({design.periods[at][:4] for at in design.before})
    later = tuple(at for at in design.before if design.periods[at][:4] != years[0])
    choices = {
        "before": {"all": design.before, "later": later},
        "after": {"all": design.after, "no-covid": covid},
        "pool": {"all": design, "similar": of_similar_size(case)},
        "size": {"half": 0.5, "default": 1.0, "double": 2.0},
        "region": {"half": 0.5, "default": 1.0, "double": 2.0},
        "ridge": {"quarter": 0.25, "default": 1.0, "four": 4.0},
    }
    rows = []
    for names in itertools.product(*choices.values()):
        picked = dict(zip(choices, names, strict=True))
        before, after, pool, *factors = (choices[key][name] for key, name in picked.items())
        if len(before) < 2 or not after:
            continue
        times = tuple(zip(("size", "region", "ridge"), factors, strict=True))
        variant = replace(pool, before=before, after=after, times=times)
        rows.append(picked | {"estimate": gap_of(case, variant)})
    return pd.DataFrame(rows)
