"""Figures of communes on any perimeters, at any vintage: mergers and splits followed or refused."""

import numpy as np
import pandas as pd

from impactkit.data.population import VINTAGES, at, block_of, blocks
from impactkit.data.sources.figures import Figures, departement_of

CHANGED, NOT_COVERED = "missing:perimeter-changed", "missing:not-covered"
NOT_PUBLISHED = "missing:not-published"


def totals(values: pd.DataFrame, members: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Sums of `columns` over the units of `members`, by period.

    values: commune, period and the columns, one row by commune and period; members: commune, unit, a commune
    in one unit at most. Answer: unit, period, the columns; a sum with one part missing is missing, and so is
    that of a unit of which a commune has no row for the period.
    """
    communes = pd.Index(members["commune"])
    units, unit_names = pd.factorize(members["unit"])
    at = communes.get_indexer(values["commune"].to_numpy())
    inside = at >= 0
    periods, period_names = pd.factorize(values["period"], sort=True)
    if not inside.all():
        at, periods, values = at[inside], periods[inside], values[inside]
    wide, cells = len(period_names), len(unit_names) * len(period_names)
    cell = units[at] * wide + periods
    seen = np.bincount(cell, minlength=cells)
    whole = np.repeat(np.bincount(units, minlength=len(unit_names)), wide)
    found = {
        "unit": np.repeat(np.asarray(unit_names, dtype=object), wide),
        "period": np.tile(np.asarray(period_names), len(unit_names)),
    }
    for column in columns:
        # What is missing makes its whole sum missing: NaN stays NaN in a sum.
        summed = np.bincount(cell, weights=values[column].to_numpy("float64"), minlength=cells)
        found[column] = np.where(seen == whole, summed, np.nan)
    return pd.DataFrame(found)


def from_communes(figures: Figures, members: pd.DataFrame, *, vintage: int) -> pd.DataFrame:
    """A count by commune summed over units of `vintage` (members: commune, unit): columns unit, period,
    value, flag.

    Communes that merged or split between the vintage of the figures and `vintage` count when the unit holds
    the whole of them, otherwise the unit is `missing:perimeter-changed`. A unit with a commune that the
    source does not cover is `missing:not-covered`.
    """
    tied = blocks(vintage, published(figures))
    ground = members.assign(block=block_of(members["commune"], tied))
    size = block_of(at("communes", vintage)["commune"], tied).value_counts()
    here = ground.groupby(["unit", "block"], as_index=False).agg(here=("commune", "size"))
    here["whole"] = here["here"] >= here["block"].map(size).fillna(1)
    cut = set(here[~here["whole"]]["unit"])
    outside = uncovered(ground, figures.missing)
    asked = here[~here["unit"].isin(cut | outside)]
    frame = figures.frame
    frame["commune"] = block_of(frame["unit"], tied)
    frame = frame[frame["commune"].isin(set(asked["block"]))]
    # With one value missing the sum is.
    parts = frame.groupby(["commune", "period"], as_index=False, sort=False)["value"].sum(skipna=False)
    parts = _filled(parts, asked, figures)
    told = totals(parts, asked.rename(columns={"block": "commune"})[["commune", "unit"]], ["value"])
    told["flag"] = np.where(told["value"].isna(), NOT_PUBLISHED, "")
    periods = sorted(figures.frame["period"].unique())
    why = dict.fromkeys(sorted(cut - outside), CHANGED) | dict.fromkeys(sorted(outside), NOT_COVERED)
    rows = [(unit, period, np.nan, reason) for unit, reason in why.items() for period in periods]
    refused = pd.DataFrame(rows, columns=["unit", "period", "value", "flag"])
    return pd.concat([told, refused], ignore_index=True) if why else told


def uncovered(members: pd.DataFrame, missing: tuple[str, ...]) -> set[str]:
    """The units of `members` (commune, unit) with a commune in one of the départements `missing`."""
    return set(members[members["commune"].map(departement_of).isin(missing)]["unit"]) if missing else set()


def published(figures: Figures) -> int:
    """The vintage of the communes that figures are published on, the nearest known when it is older."""
    asked = int(figures.geography_vintage or VINTAGES[-1])
    return min(max(asked, VINTAGES[0]), VINTAGES[-1])


def _filled(parts: pd.DataFrame, asked: pd.DataFrame, figures: Figures) -> pd.DataFrame:
    """A commune that is not listed has what the source says of such communes, when it says something."""
    if figures.absent is None or not len(asked):
        return parts
    periods = sorted(figures.frame["period"].unique())
    every = pd.MultiIndex.from_product([asked["block"].unique(), periods], names=["commune", "period"])
    # Listed and blank is not absent.
    return parts.set_index(["commune", "period"]).reindex(every, fill_value=figures.absent).reset_index()
