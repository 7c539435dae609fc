"""Many territories, many outcomes: what remains when every test is counted."""

import numpy as np

from impactkit.effects import placebo
from impactkit.effects.comparison import Case
from impactkit.effects.design import Array


def benjamini_hochberg(p: Array) -> Array:
    """Adjusted p-values (false discovery rate), in the order given. J. R. Stat. Soc. B 57 (1995)."""
    values = np.asarray(p, dtype=np.float64)
    order = np.argsort(-values, kind="stable")
    ranked = values[order] * len(values) / np.arange(len(values), 0, -1)
    found = np.empty(len(values))
    found[order] = np.minimum(np.minimum.accumulate(ranked), 1.0)
    return found


def largest_of(own: Array, placebos: Array) -> Array:
    """p of each of several outcomes of one unit against the largest of all of them (Romano-Wolf, step-down,
    on the enumerated placebos: nothing is resampled). `own`: k studentised gaps; `placebos`: n x k.
    """
    own, placebos = np.abs(np.asarray(own)), np.abs(np.asarray(placebos))
    order = np.argsort(-own, kind="stable")
    found = np.empty(len(own))
    before = 0.0
    for step, at in enumerate(order):
        most = placebos[:, order[step:]].max(axis=1)
        p = (1 + int((most >= own[at] * (1 - 1e-12)).sum())) / (len(placebos) + 1)
        before = max(before, p)
        found[at] = before
    return found


def largest_across(cases: list[Case]) -> Array:
    """`largest_of` for several outcomes of one territory told for the same units: gaps divided by what is
    usual at their size, over the units that every outcome has.
    """
    shared = sorted(set.intersection(*(set(case.design.units) for case in cases)))
    own, others = [], []
    for case in cases:
        design = case.design
        gaps = placebo.enumerated(design).gaps
        fitted = placebo.usual(design, gaps)
        path, _ = case.compared()
        size = np.array([case.size])
        own.append(float(path[list(design.after)].mean() / placebo.scale_at(fitted, size)[0]))
        at = {unit: row for row, unit in enumerate(design.units)}
        scaled = gaps / placebo.scale_at(fitted, design.sizes)
        others.append(scaled[[at[unit] for unit in shared]])
    return largest_of(np.array(own), np.column_stack(others))
