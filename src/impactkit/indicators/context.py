"""The six figures that set a territory in its context, each as a value or as the reason it is missing."""

import pandas as pd

from impactkit.data import official
from impactkit.data.evaluation import Evaluation
from impactkit.indicators import figures, population
from impactkit.indicators.measures import measure
from impactkit.indicators.rows import frame

SIX = ("count_population", *figures.MEASURES)


@measure("context")
def rows(ev: Evaluation, *, of: str = "") -> pd.DataFrame:
    """Municipal population, share aged 75 and over, private jobs, localised unemployment, poverty, ESS jobs,
    and what else the evaluation's own panel holds; `of`: the code of one territory alone.

    Each is a value or a row with its reason (`missing:not-imported` until a source was dropped or fetched).
    See `population.rows` and `figures.rows_of` for the rows of each.
    """
    asked = [place for place in ev.territories if of in ("", place.code)]
    told = dict.fromkeys([*figures.MEASURES, *_own(ev)])
    found = [one for place in asked for name in told for one in figures.rows_of(place, name)]
    return pd.concat([population.rows(ev, of=of), frame(found)], ignore_index=True)


def _own(ev: Evaluation) -> list[str]:
    """Indicators of the evaluation's own tables: its panel, and sources of kind `table`."""
    mine = [source["indicator"] for source in ev.sources if source["kind"] in ("table", "melodi")]
    panel = list(ev.table("outcomes")["indicator"].unique())
    held = official.indicators(ev)
    return [name for name in [*mine, *panel] if name in held]
