"""Municipal population and its change, among comparable territories. It describes; it attributes nothing."""

import pandas as pd

from impactkit.data import geography
from impactkit.data.evaluation import Evaluation
from impactkit.data.territories import Territory
from impactkit.indicators.comparable import ENOUGH, last_before, own_population
from impactkit.indicators.rows import Row, frame, row
from impactkit.indicators.trajectory import BASE, median_of, trajectory

CHANGE = "rate_population_change"


def rows(ev: Evaluation, *, of: str = "") -> pd.DataFrame:
    """Population and its change among comparable territories, on the perimeters of the evaluation's vintage;
    `of`: the code of one territory alone.

    `count_units` and `count_communes` of the perimeter; `count_population` by year; `rate_population_change`
    (share, first to last year) with group `comparable=median` (low, high: the middle half; n: how many) when
    at least eight may be compared, otherwise one row per comparable unit; `index_population` (100 in the
    first year), own and, from eight on, median; `count_comparable`. A territory without perimeter or with
    one year only has these rows empty, with the reason.
    """
    asked = [place for place in ev.territories if of in ("", place.code)]
    return frame([one for place in asked for one in _rows_of(place)])


def _rows_of(place: Territory) -> list[Row]:
    vintage = str(place.evaluation.vintage)
    about: Row = {"source": geography.POPULATION_SOURCE, "geography_vintage": vintage}
    if not place.perimeter:
        missing = {**about, "flag": "missing:no-perimeter"}
        asked = (("count_population", "habitants"), (CHANGE, "part"))
        return [row(place.code, name, None, unit, **missing) for name, unit in asked]
    ground = {"source": geography.PERIMETER_SOURCE, "geography_vintage": vintage, "period": vintage}
    found = [
        row(place.code, "count_communes", float(len(place.communes)), "communes", **ground),
        row(place.code, "count_units", float(len(place.perimeter)), "unités", **ground),
    ]
    known = own_population(place)
    # One figure alone is a census of its year, not a pool of five surveys.
    rolling = len(known) > 1
    for year, value in known.items():
        dated = {"period": str(year), "data_vintage": str(year), "flag": "rolling" if rolling else ""}
        day = f"{year}-01-01" if rolling else str(year)
        found.append(row(place.code, "count_population", value, "habitants", as_of=day, **dated, **about))
    path = trajectory(place)
    if path.empty:
        return [*found, row(place.code, CHANGE, None, "part", flag="missing:one-period", **about)]
    return found + _compared(place, path, about)


def _compared(place: Territory, path: pd.DataFrame, about: Row) -> list[Row]:
    first, last = int(path["period"].min()), int(path["period"].max())
    span = {"period": f"{first}/{last}", "data_vintage": str(last), "flag": "rolling", **about}
    ends = path[path["period"] == last].set_index("unit")
    change = ends["index"] / BASE - 1
    others = change[ends["role"] == "comparable"]
    found = [row(place.code, CHANGE, float(change[place.code]), "part", **span)]
    before = last_before(place)
    count, flag = (float(len(others)), "") if before else (None, "missing:no-value")
    dated = {"period": before, "flag": flag, **about}
    found.append(row(place.code, "count_comparable", count, "territoires", **dated))
    if not before:
        return found
    if len(others) < ENOUGH:
        groups = {f"comparable={unit}": float(value) for unit, value in others.items()}
        found += [row(place.code, CHANGE, one, "part", group=name, **span) for name, one in groups.items()]
    else:
        found.append(row(place.code, CHANGE, unit="part", **median_of(others), **span))
    return found + _indices(place, path, span)


def _indices(place: Territory, path: pd.DataFrame, span: Row) -> list[Row]:
    """The index of each year; beside it the median of those that may be compared, from eight on."""
    found = []
    for period, year in path.groupby("period"):
        dated = span | {"period": str(period), "data_vintage": str(period)}
        own = year[year["role"] == "territory"]["index"].iloc[0]
        found.append(row(place.code, "index_population", float(own), "indice", **dated))
        others = year[year["role"] == "comparable"]["index"]
        if len(others) >= ENOUGH:
            found.append(row(place.code, "index_population", unit="indice", **median_of(others), **dated))
    return found
