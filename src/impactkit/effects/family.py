"""Many territories, many outcomes: what remains when every test is counted."""

import numpy as np

from impactkit.effects import placebo
from impactkit.effects.comparison import Case
from impactkit.effects.design import Array


def benjamini_hochberg(p: Array) -> Array:
    """Adjusted p-values (false discovery rate), in the order given. J. R. Stat. Soc. B 57 (1995)."""
    from scipy.stats import false_discovery_control

    return false_discovery_control(np.asarray(p, dtype=np.float64))


def largest_of(own: Array, placebos: Array) -> Array:
    """p of each of several outcomes of one unit against the largest of all of them (Romano-Wolf, step-down,
    on the enumerated placebos: nothing is resampled). `own`: k studentised gaps; `placebos`: n x k.
    """
    own, placebos = np.abs(np.asarray(own)), np.abs(np.asarray(placebos))
    order = np.argsort(-own, kind="stable")
    rest = [placebos[:, order[step:]].max(axis=1) >= own[at] * (1 - 1e-12) for step, at in enumerate(order)]
    found = np.empty(len(own))
    found[order] = np.maximum.accumulate([(1 + int(one.sum())) / (len(placebos) + 1) for one in rest])
    return found


def largest_across(cases: list[Case]) -> Array:
    """`largest_of` for several outcomes of one territory told for the same units: gaps divided by what is
    usual at their size, over the units that every outcome has.
    """
    shared = sorted(set.intersection(*(set(case.design.units) for case in cases)))
    own, others = [], []
    for case in cases:
        design, (path, _) = case.design, case.compared()
        gaps = placebo.enumerated(design).gaps
        fitted = placebo.usual(design, gaps)
        scale = placebo.scale_at(fitted, np.array([case.size]))[0]
        own.append(float(path[list(design.after)].mean() / scale))
        at = {unit: row for row, unit in enumerate(design.units)}
        others.append((gaps / placebo.scale_at(fitted, design.sizes))[[at[unit] for unit in shared]])
    return largest_of(np.array(own), np.column_stack(others))
