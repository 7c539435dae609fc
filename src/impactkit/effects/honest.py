"""How far trends may bend before an event study says nothing any more: the smoothness restriction.

Rambachan and Roth, Rev. Econ. Stud. 90 (2023), by diff-diff. Its version by relative magnitudes is not the
published method and is not offered.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from impactkit.effects.arguments import whole_number
from impactkit.effects.design import Array
from impactkit.effects.results import rounded
from impactkit.errors import NotEnoughData, RefusedData
from impactkit.wording.language import FRENCH, Language

# Of the largest variance: what rounding leaves between a covariance and its mirror.
SYMMETRIC = 1e-8
# Of correlations: below it one coefficient is told by the others.
SINGULAR = 1e-10


def honest(
    beta_sigma: tuple[Array, Array], *, before: int, smoothness: Sequence[float] = (0.0,), at: int = 0
) -> pd.DataFrame:
    """Intervals (95 %) of one effect after treatment when the slope of the trend may change by `smoothness`
    from one period to the next.

    `beta_sigma`: coefficients of an event study (the `before` first ones before treatment, the period just
    before being the reference, at zero) and their covariance; `at`: which period after. Columns smoothness,
    low, high. Raises NotEnoughData with fewer than one period before or after, or a covariance that is none,
    or singular, RefusedData for coefficients or a smoothness that are no finite numbers.

    >>> beta, sigma = np.array([0.0, 0.1, 1.0]), 0.01 * np.eye(3)
    >>> ik.honest((beta, sigma), before=2, smoothness=(0.0, 0.1)).round(2).values.tolist()
    [[0.0, 0.81, 1.23], [0.1, 0.73, 1.36]]
    """
    beta, sigma = _numbers(FRENCH, beta_sigma)
    before, at = whole_number(FRENCH, before, "before"), whole_number(FRENCH, at, "at")
    after = len(beta) - before
    if before < 1 or at >= after:
        raise FRENCH.error(NotEnoughData, "honest-periods", before=before, after=max(after, 0))
    _covariance(FRENCH, sigma, len(beta))
    values = smoothness if np.iterable(smoothness) else [smoothness]
    widths = [_width(FRENCH, value) for value in values]
    study = _event_study(beta, sigma, before)
    rows = [_interval(FRENCH, study, np.eye(after)[at], width) for width in widths]
    return pd.DataFrame(rows, columns=["smoothness", "low", "high"])


def _numbers(language: Language, beta_sigma: tuple[Array, Array]) -> tuple[Array, Array]:
    """Coefficients and covariance as numbers. Raises RefusedData for what is none, or missing."""
    try:
        beta, sigma = (np.asarray(part, dtype=np.float64) for part in beta_sigma)
    except (TypeError, ValueError):
        raise language.error(RefusedData, "honest-numbers") from None
    if beta.ndim != 1 or not np.isfinite(beta).all():
        raise language.error(RefusedData, "honest-numbers")
    return beta, sigma


def _covariance(language: Language, sigma: Array, size: int) -> None:
    """Raises NotEnoughData for what is no covariance of so many coefficients, or a singular one."""
    if sigma.shape != (size, size):
        raise language.error(NotEnoughData, "honest-covariance", size=size)
    if not np.isfinite(sigma).all():
        raise language.error(NotEnoughData, "honest-missing")
    spread = np.diag(sigma)
    if not (spread > 0).all() or np.abs(sigma - sigma.T).max() > SYMMETRIC * spread.max():
        raise language.error(NotEnoughData, "honest-covariance", size=size)
    root = np.sqrt(spread)
    least = np.linalg.eigvalsh(sigma / root / root[:, None])[0]
    if least <= SINGULAR:
        raise language.error(NotEnoughData, "honest-singular")


def _width(language: Language, value: Any) -> float:
    """A change of slope. Raises RefusedData for what is no number, negative or infinite."""
    try:
        width = float(value)
    except (TypeError, ValueError):
        width = np.nan
    if not 0 <= width < np.inf:
        raise language.error(RefusedData, "honest-smoothness", value=value)
    return width


def _interval(language: Language, study: Any, target: Array, width: float) -> tuple[float, float, float]:
    """The change of slope, and the interval that it leaves. Raises NotEnoughData for one without ends, or
    without width.
    """
    from diff_diff import HonestDiD

    try:
        bounds = HonestDiD(method="smoothness", M=width, l_vec=target).fit(study)
    except (ValueError, np.linalg.LinAlgError):
        raise language.error(NotEnoughData, "honest-singular") from None
    low, high = rounded(bounds.ci_lb), rounded(bounds.ci_ub)
    if not -np.inf < low < high < np.inf:
        raise language.error(NotEnoughData, "honest-nothing", value=width)
    return width, low, high


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
