"""Municipal population and its change, among comparable territories. It describes; it attributes nothing."""

from typing import Any

import pandas as pd

from impactkit.data import geography
from impactkit.data.evaluation import Evaluation
from impactkit.data.territories import Territory
from impactkit.indicators.comparable import ENOUGH, last_before, own_population
from impactkit.indicators.rows import frame, row
from impactkit.indicators.trajectory import BASE, middle, trajectory


def rows(ev: Evaluation, *, of: str = "") -> pd.DataFrame:
    """Population and its change among comparable territories, on the perimeters of the evaluation's vintage;
    `of`: the code of one territory alone.

    `count_units` and `count_communes` of the perimeter; `count_population` by year; `rate_population_change`
    (share, first to last year) with group `comparable=median` (low, high: the middle half; n: how many) when
    at least eight may be compared, otherwise one row per comparable unit; `index_population` (100 in the
    first year), own and median; `count_comparable`. A territory without perimeter or with one year only has
    these rows empty, with the reason.
    """
    asked = [place for place in ev.territories if of in ("", place.code)]
    return frame([one for place in asked for one in _rows_of(place)])


def _rows_of(place: Territory) -> list[dict[str, Any]]:
    vintage = place.evaluation.vintage
    about = {"source": geography.POPULATION_SOURCE, "geography_vintage": str(vintage)}
    if not place.perimeter:
        missing = {**about, "flag": "missing:no-perimeter"}
        return [
            row(place.code, "count_population", None, "habitants", **missing),
            row(place.code, "rate_population_change", None, "part", **missing),
        ]
    found = [
        row(
            place.code,
            "count_communes",
            float(len(place.communes)),
            "communes",
            source=geography.PERIMETER_SOURCE,
            geography_vintage=str(vintage),
            period=str(vintage),
        )
    ]
    found.append(
        {**found[0], "indicator": "count_units", "value": float(len(place.perimeter)), "unit": "unités"}
    )
    known = own_population(place)
    for year, value in known.items():
        # One figure alone is a census of its year, not a pool of five surveys.
        rolling = len(known) > 1
        found.append(
            row(
                place.code,
                "count_population",
                value,
                "habitants",
                period=str(year),
                flag="rolling" if rolling else "",
                data_vintage=str(year),
                as_of=f"{year}-01-01" if rolling else str(year),
                **about,
            )
        )
    path = trajectory(place)
    if path.empty:
        return [
            *found,
            row(place.code, "rate_population_change", None, "part", flag="missing:one-period", **about),
        ]
    return found + _compared(place, path, about)


def _compared(place: Territory, path: pd.DataFrame, about: dict[str, str]) -> list[dict[str, Any]]:
    first, last = int(path["period"].min()), int(path["period"].max())
    span = {"period": f"{first}/{last}", "data_vintage": str(last), **about}
    ends = path[path["period"] == last].set_index("unit")
    change = ends["index"] / BASE - 1
    others = change[ends["role"] == "comparable"]
    found = [
        row(place.code, "rate_population_change", float(change[place.code]), "part", flag="rolling", **span)
    ]
    if not last_before(place):
        missing = {**about, "flag": "missing:no-value"}
        return [*found, row(place.code, "count_comparable", None, "territoires", **missing)]
    found.append(
        row(
            place.code,
            "count_comparable",
            float(len(others)),
            "territoires",
            period=str(last_before(place)),
            **about,
        )
    )
    if len(others) < ENOUGH:
        return found + [
            row(
                place.code,
                "rate_population_change",
                float(value),
                "part",
                flag="rolling",
                group=f"comparable={unit}",
                **span,
            )
            for unit, value in others.items()
        ]
    low, median, high = middle(others)
    found.append(
        row(
            place.code,
            "rate_population_change",
            median,
            "part",
            group="comparable=median",
            low=low,
            high=high,
            n=len(others),
            flag="rolling",
            **span,
        )
    )
    for period, year in path.groupby("period"):
        dated = {"period": str(period), "data_vintage": str(period), "flag": "rolling", **about}
        mine = year[year["role"] == "territory"]["index"].iloc[0]
        low, median, high = middle(year[year["role"] == "comparable"]["index"])
        found.append(row(place.code, "index_population", float(mine), "indice", **dated))
        found.append(
            row(
                place.code,
                "index_population",
                median,
                "indice",
                group="comparable=median",
                low=low,
                high=high,
                n=len(others),
                **dated,
            )
        )
    return found
