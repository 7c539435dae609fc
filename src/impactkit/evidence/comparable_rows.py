"""The tables of comparables of a territory, as comparables.csv beside its report."""

import pandas as pd

from impactkit.data.territories import Territory
from impactkit.effects.comparables import COLUMNS, comparables
from impactkit.evidence.estimated import outcomes
from impactkit.evidence.picked import picked
from impactkit.indicators.comparable import POPULATION

GROUP = "on="
MANY = 5_000


def rows(place: Territory) -> pd.DataFrame:
    """Who is compared with a territory, for every figure that is: see `effects.comparables`."""
    if not place.perimeter and not place.units:
        return pd.DataFrame(columns=COLUMNS)
    tables = [_shown(place, outcome) for outcome in compared_outcomes(place)]
    tables = [table for table in tables if len(table)]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=COLUMNS)


def compared_outcomes(place: Territory) -> list[str]:
    """The figures of a territory that are compared: those of the plan, and those whose comparable units are
    counted.
    """
    figures = picked(place)
    counted = figures.rows[figures.rows["indicator"] == "count_comparable"]["group"]
    names = [group.removeprefix(GROUP) or POPULATION for group in counted]
    return list(dict.fromkeys([*outcomes(place.evaluation), *names]))


def _shown(place: Territory, outcome: str) -> pd.DataFrame:
    table = comparables(place, outcome)
    if len(table) > MANY:
        # Of tens of thousands of communes, those that nothing compares say nothing.
        table = table[table["comparable"] | table["weight"].notna()].reset_index(drop=True)
    return table
