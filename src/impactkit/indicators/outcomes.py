"""What projects say they bring, by dimension, and what it costs them."""

from typing import Any

import pandas as pd

from impactkit.data.evaluation import Evaluation
from impactkit.indicators.missing import why
from impactkit.indicators.rows import frame, last_of, row, told

KEY = ["project", "dimension", "what"]


def rows(ev: Evaluation) -> pd.DataFrame:
    """Declared results of projects by territory: count_project_outcomes and amount_charges (euros borne by
    the projects for them), in all and by dimension (pedagogical, environmental, insertion, social_link,
    economic).

    The latest row of each project, dimension and result. Trap: results of different natures are counted,
    never added up; a charge that nobody told is missing; `n` is how many results have theirs told.
    """
    found: list[dict[str, Any]] = []
    for place in ev.territories:
        facts = last_of(place.table("project_outcomes"), KEY)
        if facts.empty:
            flag = why(ev, place.code, "projects")
            found += [
                row(place.code, "count_project_outcomes", None, "résultats déclarés", flag=flag),
                row(place.code, "amount_charges", None, "euros", flag=flag),
            ]
            continue
        groups = [("", facts), *((f"dimension={name}", some) for name, some in facts.groupby("dimension"))]
        for group, some in groups:
            about = {"group": group}
            found.append(
                told(place.code, "count_project_outcomes", len(some), "résultats déclarés", some, **about)
            )
            paid = some.dropna(subset=["charge"])
            value = float(paid["charge"].sum()) if len(paid) else None
            about |= {"flag": "" if len(paid) else "missing:not-communicated"}
            found.append(told(place.code, "amount_charges", value, "euros", some, n=len(paid), **about))
    return frame(found)
