"""Indicators of the themes of a territory's challenges, and of no other: a value, or why it is missing."""

import pandas as pd

from impactkit.data import series
from impactkit.data.catalogue import catalogue, themed
from impactkit.data.evaluation import Evaluation
from impactkit.data.territories import Territory
from impactkit.indicators.figures import missing
from impactkit.indicators.measures import measure
from impactkit.indicators.rows import ORIGIN, Row, frame, row


def themes_of(place: Territory) -> list[str]:
    """The themes of the catalogue that a source gives to the territory's challenges, each once."""
    told = place.table("challenges")["themes"].str.split("|")
    return list(dict.fromkeys(theme for themes in told for theme in themes if theme in themed()))


@measure("themes")
def rows(ev: Evaluation) -> pd.DataFrame:
    """By territory, for each theme of its challenges, every indicator of the catalogue (data/reference):
    the latest value with group `theme=<theme>`, or an empty one with its reason.
    """
    themes = [(place, theme) for place in ev.territories for theme in themes_of(place)]
    return frame(_row(*one, told) for one in themes for told in catalogue(one[1]).to_dict("records"))


def _row(place: Territory, theme: str, told: Row) -> Row:
    found = series.of_territory(place, told["id"])
    known = found[found["value"].notna()] if len(found) else found
    group = f"theme={theme}"
    if known.empty:
        flag = missing(place, told["id"], found)
        return row(place.code, told["id"], None, told["unit"], group=group, flag=flag)
    last = known.sort_values("period").iloc[-1]
    about = {name: last[name] for name in ("period", "flag", "low", "high", *ORIGIN)}
    return row(place.code, told["id"], float(last["value"]), last["measure"], group=group, **about)
