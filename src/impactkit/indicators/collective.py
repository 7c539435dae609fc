"""The collective: who is in it, as far as a source says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from impactkit.indicators.rows import frame, latest, row, sources

if TYPE_CHECKING:
    from impactkit.data.evaluation import Evaluation


def rows(ev: Evaluation) -> pd.DataFrame:
    """`count_members` by territory (the size that a source announces for the whole collective, on a row of
    role `whole`) and `count_members_named` (the members named one by one).

    Trap: named members are a floor; without an announced size the size is missing, never their number.
    """
    found = []
    for place in ev.territories:
        members = place.table("members")
        whole = members[(members["role"] == "whole")].dropna(subset=["count"]).sort_values("as_of").tail(1)
        named = members[members["role"] != "whole"]
        for indicator, known, value in (
            ("count_members", whole, whole["count"].sum()),
            ("count_members_named", named, len(named)),
        ):
            if len(known):
                found.append(
                    row(
                        place.code,
                        indicator,
                        float(value),
                        "membres",
                        n=len(known),
                        period=latest(known["as_of"]),
                        as_of=latest(known["as_of"]),
                        source=sources(known["source"]),
                    )
                )
            else:
                found.append(row(place.code, indicator, None, "membres", flag="missing:not-found"))
    return frame(found)
