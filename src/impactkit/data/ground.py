"""Figures of communes on any perimeters, at any vintage: mergers and splits followed or refused."""

import numpy as np
import pandas as pd

from impactkit.data.perimeters import VINTAGES, at, block_of, blocks, shares, tied_to
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
    the whole of them, and the figures tell each of them; a unit that holds a part of them, or a commune of
    which the figures do not tell the ground, is `missing:perimeter-changed`. A unit with a commune that the
    source does not cover is `missing:not-covered`.
    """
    published, outside = vintage_of(figures), uncovered(members, figures.missing)
    inside, cut = _on_ground_of(figures, members, vintage, published)
    inside = inside[~inside["unit"].isin(outside)]
    # With one value missing the sum is.
    summed = totals(_filled(inside, figures), inside, ["value"])
    summed["flag"] = np.where(summed["value"].isna(), NOT_PUBLISHED, "")
    periods = sorted(figures.frame["period"].unique())
    why = dict.fromkeys(sorted(cut - outside), CHANGED) | dict.fromkeys(sorted(outside), NOT_COVERED)
    rows = [(unit, period, np.nan, reason) for unit, reason in why.items() for period in periods]
    refused = pd.DataFrame(rows, columns=["unit", "period", "value", "flag"])
    return pd.concat([summed, refused], ignore_index=True) if why else summed


def _on_ground_of(
    figures: Figures, members: pd.DataFrame, vintage: int, published: int
) -> tuple[pd.DataFrame, set[str]]:
    """The communes of the figures in each unit that holds them whole, and the units that do not."""
    if published not in VINTAGES:
        return members[:0], set(members["unit"])
    held = shares(members, vintage, published)
    cut = set(held[~held["entire"]]["unit"])
    cut |= set(members[members["commune"].isin(doubtful(figures))]["unit"])
    entire = held[~held["unit"].isin(cut)]
    communes = at("communes", published)[["commune"]]
    block = block_of(communes["commune"], blocks(vintage, published))
    unit = block.map(entire.set_index("block")["unit"])
    return communes.assign(unit=unit).dropna(), cut


def doubtful(figures: Figures) -> set[str]:
    """Communes of which the figures do not tell the ground: they have a code that is none at their vintage,
    of a commune that merged with these, split from them or changed its code.
    """
    return tied_to(figures.strays)


def uncovered(members: pd.DataFrame, missing: tuple[str, ...]) -> set[str]:
    """The units of `members` (commune, unit) with a commune in one of the départements `missing`."""
    return set(members[members["commune"].map(departement_of).isin(missing)]["unit"]) if missing else set()


def vintage_of(figures: Figures) -> int:
    """The vintage of the perimeters that figures are published on; the registry may not hold it."""
    return int(figures.geography_vintage or VINTAGES[-1])


def _filled(inside: pd.DataFrame, figures: Figures) -> pd.DataFrame:
    """The values of communes. One that is not listed has what the source says of such communes, when it says
    something.
    """
    values = figures.frame.rename(columns={"unit": "commune"})
    if figures.absent is None or not len(inside):
        return values
    periods = sorted(values["period"].unique())
    every = pd.MultiIndex.from_product([inside["commune"], periods], names=["commune", "period"])
    # Listed and blank is not absent.
    by_commune = values.set_index(["commune", "period"])[["value"]]
    return by_commune.reindex(every, fill_value=figures.absent).reset_index()
