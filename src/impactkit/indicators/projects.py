"""Projects as they are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from impactkit.indicators.rows import frame, latest, row, sources

if TYPE_CHECKING:
    from impactkit.data.evaluation import Evaluation


def rows(ev: Evaluation) -> pd.DataFrame:
    """`count_projects` by territory: the projects that a source names.

    Trap: a floor, not a total, unless the collective itself sent the list; no project known is missing,
    never zero.
    """
    return counted(ev, table="projects", indicator="count_projects", unit="projets")


def counted(ev: Evaluation, *, table: str, indicator: str, unit: str) -> pd.DataFrame:
    """How many sourced rows of `table` each territory has; none is missing with its reason, never zero."""
    found = []
    for place in ev.territories:
        known = place.table(table)
        if len(known):
            found.append(
                row(
                    place.code,
                    indicator,
                    float(len(known)),
                    unit,
                    n=len(known),
                    period=latest(known["as_of"]),
                    as_of=latest(known["as_of"]),
                    source=sources(known["source"]),
                )
            )
        else:
            found.append(row(place.code, indicator, None, unit, flag="missing:not-found"))
    return frame(found)
