"""What projects say they bring, by dimension, and what it costs them."""

import pandas as pd

from impactkit.data.evaluation import Evaluation
from impactkit.indicators.measures import measure
from impactkit.indicators.missing import why
from impactkit.indicators.rows import Row, frame, last_of, told_or

KEY = ["project", "dimension", "what"]


@measure("outcomes")
def rows(ev: Evaluation) -> pd.DataFrame:
    """Declared results of projects by territory: count_project_outcomes and amount_charges (euros borne by
    the projects for them), in all and by dimension (pedagogical, environmental, insertion, social_link,
    economic).

    The latest row of each project, dimension and result. Trap: results of different natures are counted,
    never added up; a charge that nobody told is missing; `n` is how many results have theirs told.
    """
    found: list[Row] = []
    for place in ev.territories:
        facts = last_of(place.table("project_outcomes"), KEY)
        code, missing, unit = place.code, why(ev, place.code, "projects"), "résultats déclarés"
        groups = [("", facts), *((f"dimension={name}", some) for name, some in facts.groupby("dimension"))]
        for group, some in groups:
            count = told_or(missing, code, "count_project_outcomes", len(some), unit, some, group=group)
            paid = some.dropna(subset=["charge"])
            value = paid["charge"].sum() if len(paid) else None
            about = {"group": group, "n": len(paid), "flag": "" if len(paid) else "missing:not-communicated"}
            found += [
                count,
                told_or(
                    missing, code, "amount_charges", value, ev.language.in_currency("euros"), some, **about
                ),
            ]
    return frame(found)
