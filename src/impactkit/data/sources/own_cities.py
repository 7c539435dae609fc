"""Arrondissements of Paris, Lyon and Marseille in a table of one's own: their city, or refused."""

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from impactkit.data.sources import code_repair
from impactkit.data.sources.column import Wrong, Wrongs, at
from impactkit.wording.language import Language

KEY = ["unit", "period"]


@dataclass(frozen=True)
class Whole:
    """Rows whose arrondissements are told as their city, and what is wrong with those that cannot be."""

    rows: pd.DataFrame
    wrong: Wrongs


def with_cities(language: Language, rows: pd.DataFrame, *, adds_up: bool, absent: bool) -> Whole:
    """Rows (unit, period, value, flag) with cities in place of their arrondissements. Wrong are those of a
    rate, of a city that is already there, of a city without all its parts.

    `absent`: whether a part that is not listed stands for a number.
    """
    parts = rows[rows["unit"].isin(code_repair.city_by_part())]
    if parts.empty:
        return Whole(rows, {})
    others = rows.drop(index=parts.index)
    city = parts["unit"].map(code_repair.city_of)
    listed = set(zip(others["unit"], others["period"], strict=True))
    wrong: Wrongs = {}
    for (code, period), group in parts.groupby([city, parts["period"]]):
        refusal = None
        if not adds_up:
            refusal = language.advice("own.city.rate", city=code, period=period)
        elif (code, period) in listed:
            refusal = language.advice("own.city.twice", city=code, period=period)
        elif not absent:
            refusal = _incomplete(language, str(code), str(period), set(group["unit"]))
        if refusal:
            wrong |= at(group.index, refusal)
    values = parts.assign(unit=city).groupby(KEY, as_index=False)["value"]
    summed = values.sum(skipna=False).assign(flag="")
    return Whole(pd.concat([others, summed], ignore_index=True), wrong)


def _incomplete(language: Language, city: str, period: str, units: Collection[str]) -> Wrong | None:
    """What is said of a city without all its arrondissements; None when they are all there."""
    missing = [part for part in code_repair.CITIES[city] if part not in units]
    if not missing:
        return None
    return language.advice("own.city.parts", city=city, period=period, parts=", ".join(missing))
