"""Who a territory may be set beside: same family, similar size, untouched by the programme."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import pandas as pd

from impactkit.data import geography
from impactkit.data.territories import communes_of
from impactkit.errors import NotEnoughData, UnknownName
from impactkit.wording.catalogue import error

if TYPE_CHECKING:
    from impactkit.data.evaluation import Evaluation
    from impactkit.data.territories import Territory

ENOUGH = 8
OUTCOMES = ("count_population",)


def comparable(place: Territory, *, on: str = "count_population") -> pd.DataFrame:
    """Every unit of the territory's family, who may be compared with it, and why the others may not.

    Columns: unit, name, type, size (the value of `on` at the last date before the label), comparable (bool),
    reason: "" or labelled, nested (inside a labelled territory), overlapping (shares ground with one),
    candidate (ground of a candidate, or possible ground of one whose perimeter is not
    established), smaller (under half), larger (over
    double), no-value. Raises UnknownName for another indicator, NotEnoughData for a territory without
    perimeter.
    """
    if on not in OUTCOMES:
        raise UnknownName.among("l’indicateur", on, OUTCOMES)
    if not place.perimeter:
        raise error(NotEnoughData, "no-perimeter", where=place.name)
    vintage = place.evaluation.vintage
    units = geography.units(place.family, vintage=vintage).rename(columns={"code": "unit"})
    before = last_before(place)
    values = geography.unit_population(place.family, vintage=vintage)
    sizes = values[values["pop_year"] == before].set_index("unit")["population"]
    found = units[["unit", "name", "type"]].assign(size=units["unit"].map(sizes))
    found["reason"] = found["unit"].map(_touched(place.evaluation, place.family)).fillna("")
    own = own_population(place).get(before, float("nan"))
    for reason, which in (
        ("smaller", found["size"] < own / 2),
        ("larger", found["size"] > own * 2),
        ("no-value", found["size"].isna()),
    ):
        found.loc[which & (found["reason"] == ""), "reason"] = reason
    if pd.isna(own):
        found.loc[found["reason"] == "", "reason"] = "no-value"
    found["comparable"] = found["reason"] == ""
    return found[["unit", "name", "type", "size", "comparable", "reason"]]


def last_before(place: Territory) -> int:
    """The last year whose 1 January population precedes the label (the figure itself pools five yearly
    surveys).
    """
    label = place.labelled or place.wave.labelled
    return max((year for year in own_population(place) if f"{year}-01-01" <= label), default=0)


def own_population(place: Territory) -> dict[int, float]:
    """Municipal population of the territory by year, on the perimeter of the evaluation's vintage."""
    return own_populations(place.evaluation)[place.code]


@functools.lru_cache(maxsize=4)
def own_populations(ev: Evaluation) -> dict[str, dict[int, float]]:
    """`own_population` of every territory; empty without a perimeter. Read, never written into."""
    ground = [(commune, place.code) for place in ev.territories for commune in place.communes]
    known = geography.sums(pd.DataFrame(ground, columns=["commune", "unit"]), vintage=ev.vintage)
    found: dict[str, dict[int, float]] = {place.code: {} for place in ev.territories}
    for code, year, value, _ in known.dropna(subset=["population"]).itertuples(index=False):
        found[code][int(year)] = float(value)
    return found


@functools.lru_cache(maxsize=16)
def _touched(ev: Evaluation, family: str) -> dict[str, str]:
    """Units of a family that the programme touches: unit -> labelled, nested, overlapping or candidate."""
    members = geography.members(family, vintage=ev.vintage)
    inside = [place for place in ev.territories if place.status == "labelled"]
    labelled = frozenset().union(*(place.communes for place in inside))
    # Who asked for the label, or may lie on this ground, is no comparison either.
    possible = frozenset().union(
        *(communes_of(place.candidates, ev.vintage) for place in ev.territories),
        *(place.communes for place in ev.territories if place.status == "candidate"),
    )
    parts = {part.code for place in inside for part in place.perimeter if part.family == family}
    marks = members.assign(
        labelled=members["commune"].isin(labelled), possible=members["commune"].isin(possible)
    )
    shares = marks.groupby("unit")[["labelled", "possible"]].mean()
    found = {}
    for unit, share, maybe in shares.itertuples():
        if unit in parts:
            found[unit] = "labelled"
        elif share == 1:
            found[unit] = "nested"
        elif share > 0:
            found[unit] = "overlapping"
        elif maybe > 0:
            found[unit] = "candidate"
    return found
