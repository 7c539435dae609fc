"""How far trends may bend before an event study says nothing any more: the smoothness restriction.

Rambachan and Roth, Rev. Econ. Stud. 90 (2023), by diff-diff. Its version by relative magnitudes is not the
published method and is not offered.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from impactkit.effects.design import Array
from impactkit.effects.results import rounded
from impactkit.errors import NotEnoughData
from impactkit.wording.catalogue import error


def honest(
    beta_sigma: tuple[Array, Array], *, before: int, smoothness: Sequence[float] = (0.0,), at: int = 0
) -> pd.DataFrame:
    """Intervals (95 %) of one effect after treatment when the slope of the trend may change by `smoothness`
    from one period to the next.

    `beta_sigma`: coefficients of an event study (the `before` first ones before treatment, the period just
    before being the reference, at zero) and their covariance; `at`: which period after. Columns smoothness,
    low, high. Raises NotEnoughData with fewer than one period before or after, or a covariance that is none.

    >>> beta, sigma = np.array([0.0, 0.1, 1.0]), 0.01 * np.eye(3)
    >>> ik.honest((beta, sigma), before=2, smoothness=(0.0, 0.1)).round(2).values.tolist()
    [[0.0, 0.81, 1.23], [0.1, 0.73, 1.36]]
    """
    beta, sigma = (np.asarray(part, dtype=np.float64) for part in beta_sigma)
    after = len(beta) - before
    if before < 1 or not 0 <= at < after:
        raise error(NotEnoughData, "honest-periods", before=before, after=after)
    square = sigma.shape == (len(beta), len(beta))
    if not (square and np.allclose(sigma, sigma.T) and (np.diag(sigma) > 0).all()):
        raise error(NotEnoughData, "honest-covariance", size=len(beta))
    told = _event_study(beta, sigma, before)
    from diff_diff import HonestDiD

    target = np.eye(after)[at]
    rows = []
    for allowed in smoothness:
        found = HonestDiD(method="smoothness", M=float(allowed), l_vec=target).fit(told)
        rows.append((float(allowed), rounded(found.ci_lb), rounded(found.ci_ub)))
    return pd.DataFrame(rows, columns=["smoothness", "low", "high"])


def _event_study(beta: Array, sigma: Array, before: int) -> object:
    """Coefficients and covariance as diff-diff holds an event study, the reference at zero in its place."""
    from diff_diff import EventStudyResults

    times = np.r_[np.arange(-before - 1, 0), np.arange(len(beta) - before)]
    reference = times == -1
    nothing = np.full(len(times), np.nan)
    untold = dict.fromkeys(("t_stat", "p_value", "conf_int_lower", "conf_int_upper"), nothing)
    told = {"reference_period": -1, "reference_event_times": (-1,), "anticipation": 0}
    return EventStudyResults(
        event_time=times,
        att=np.insert(beta, before, 0.0),
        se=np.insert(np.sqrt(np.diag(sigma)), before, np.nan),
        is_reference=reference,
        n=np.where(reference, np.nan, 1.0),
        vcov=sigma,
        vcov_index=times[~reference],
        source="CallawaySantAnnaResults",
        base_period="universal",
        **untold,
        **told,
    )
