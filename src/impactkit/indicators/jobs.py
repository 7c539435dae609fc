"""Jobs as they are declared by the projects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from impactkit.indicators.rows import frame, latest, row, sources

if TYPE_CHECKING:
    from impactkit.data.evaluation import Evaluation
    from impactkit.data.territories import Territory


def rows(ev: Evaluation) -> pd.DataFrame:
    """`count_jobs` by territory, in jobs (not full-time equivalents): sum over projects of the latest
    declared figure.

    Declared, not verified; a declared list is exhaustive, so there is no interval. Trap: the figures of two
    projects may have two dates; `as_of` is the latest. `n` is the number of projects counted.
    """
    found = []
    for place in ev.territories:
        last = latest_jobs(place)
        if len(last):
            found.append(
                row(
                    place.code,
                    "count_jobs",
                    float(last["actual"].sum()),
                    "emplois",
                    n=len(last),
                    period=latest(last["as_of"]),
                    as_of=latest(last["as_of"]),
                    source=sources(last["source"]),
                )
            )
        else:
            found.append(row(place.code, "count_jobs", None, "emplois", flag="missing:not-found"))
    return frame(found)


def latest_jobs(place: Territory) -> pd.DataFrame:
    """The latest row of `jobs` with a figure, for each project of a territory."""
    declared = place.table("jobs").dropna(subset=["actual"]).sort_values("as_of", kind="stable")
    return declared.groupby("project", sort=False).tail(1)
