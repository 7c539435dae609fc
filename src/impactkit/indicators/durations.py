"""Durations of which some have not ended yet: the Kaplan-Meier curve and its median."""

from collections.abc import Sequence

import pandas as pd

ENOUGH = 5
CURVE = ["days", "at_risk", "ended", "share_left"]


def stated(facts: pd.DataFrame, column: str) -> pd.Series:
    """Dates of a column as sources say them: "" for what was deduced, of which no duration is told."""
    deduced = [column in names.split("|") for names in facts["deduced"]]
    return facts[column].where(~pd.Series(deduced, index=facts.index, dtype=bool), "")


def curve(days: Sequence[float], ended: Sequence[bool]) -> pd.DataFrame:
    """Kaplan-Meier curve, one row per day on which something ends: days, at_risk, ended, share_left.

    An unfinished duration counts among those at risk until the last day it was seen, then leaves. Source:
    Kaplan and Meier (1958), by statsmodels' SurvfuncRight.
    """
    if not any(ended):
        return pd.DataFrame(columns=CURVE)
    from statsmodels.duration.survfunc import SurvfuncRight

    found = SurvfuncRight(list(days), [int(end) for end in ended])
    columns = (found.surv_times, found.n_risk, found.n_events, found.surv_prob)
    return pd.DataFrame(dict(zip(CURVE, columns, strict=True)))


def median(days: Sequence[float], ended: Sequence[bool]) -> tuple[float | None, str]:
    """First day on which at most half are left, or None with its flag: `missing:too-few` durations (under
    five), `missing:not-yet` while more than half are left.

    Trap: the median of the durations that ended would be shorter, for it forgets those still running.
    """
    if len(days) < ENOUGH:
        return None, "missing:too-few"
    found = curve(days, ended)
    # The curve is a product of fractions: one half may come out a hair above.
    below = found[found["share_left"].astype(float) <= 0.5 + 1e-9]
    return (float(below["days"].iloc[0]), "") if len(below) else (None, "missing:not-yet")
