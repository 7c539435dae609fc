"""The territory among comparable ones, period by period. It describes; it attributes nothing."""

import functools
from typing import Any

import pandas as pd

from impactkit.data import geography, series
from impactkit.data.dates import last_day
from impactkit.data.evaluation import Evaluation
from impactkit.data.outcome_names import must_exist
from impactkit.data.territories import Territory
from impactkit.indicators.comparable import POPULATION, comparable, family_of

BASE = 100.0
# A figure pools five yearly surveys: closer dates would share some.
APART = 5
# How a year is written: 2019.
YEAR = 4
SHAPE = ["unit", "name", "role", "period", "value", "index"]


def trajectory(place: Territory, outcome: str = POPULATION) -> pd.DataFrame:
    """The territory among comparable ones, on fixed perimeters: columns unit, name, role (territory or
    comparable), period (years; a rate by quarter is its mean over four), value, index (100 at the base).

    The base is the first year for a population, otherwise the last one before the label; a rate has no
    index. Comparable units without a value at each period of the territory are left out. Of a five-year
    rolling figure only dates five years apart or more are compared, and nothing is drawn across a break:
    without them, without a perimeter, or while nothing is imported, the frame has no row. Raises UnknownName
    for an indicator that does not exist.

    >>> place = ik.load().territory("val-d-aubrelle")
    >>> path = ik.trajectory(place, "count_jobs_private")
    >>> path[path["role"] == "territory"][["period", "index"]].round(1).tail(2).values.tolist()
    [[2023.0, 121.4], [2024.0, 122.6]]
    """
    must_exist(place.evaluation, outcome)
    return _trajectory(place, outcome).copy()


def areas(place: Territory, outcome: str) -> pd.DataFrame:
    """The same columns for the territory's region (none when it is one, or lies in several) and the nation:
    roles region and nation.
    """
    ev, own = place.evaluation, annual(series.of_territory(place, outcome))
    if own.empty or place.units or not place.communes:
        return pd.DataFrame(columns=SHAPE)
    held = geography.members("region", vintage=ev.vintage)
    around = held[held["commune"].isin(place.communes)]["unit"].unique()
    found = [_area(ev, outcome, "nation", series.NATION, "France")]
    if len(around) == 1 and place.family != "region":
        name = geography.name_of("region", around[0], vintage=ev.vintage)
        found.insert(0, _area(ev, outcome, "region", around[0], name))
    joined = pd.concat(found, ignore_index=True)
    joined = joined[joined["period"].isin(set(own["period"]))]
    return _indexed(joined, place, outcome)


def annual(told: pd.DataFrame) -> pd.DataFrame:
    """Values by year: columns unit, period, value, low, high, flag and the rest of the first quarter; the
    mean of four quarters or of twelve months, of which none is missing; of days, the one of its year.
    """
    told = told[told["value"].notna()]
    within = told["period"].str.len() > YEAR
    if not within.any():
        return told.reset_index(drop=True)
    parts = told[within].assign(year=told["period"].str[:4])
    needed = parts["period"].map(in_a_year).iloc[0]
    keys, means = ["unit", "year"], ["value", "low", "high"]
    grouped = parts.groupby(keys)
    rest = parts.drop(columns=[*means, "period"]).drop_duplicates(keys).set_index(keys)
    whole = grouped[means].mean().join(rest)[grouped.size() == needed].reset_index()
    return whole.rename(columns={"year": "period"}).assign(as_of=lambda found: found["period"])


def in_a_year(period: str) -> int:
    """How many periods of this length make a year; a day, or a year, stands for its own."""
    if "-Q" in period:
        return 4
    return 12 if period.count("-") == 1 else 1


def middle(values: pd.Series) -> tuple[float, float, float]:
    """The middle half: two values that were seen, with at least half of all between them, and the median.

    Quartiles taken outwards (the lower and the higher neighbour): between interpolated ones, fewer than half
    may lie.
    """
    low, high = values.quantile(0.25, interpolation="lower"), values.quantile(0.75, interpolation="higher")
    return float(low), float(values.median()), float(high)


def median_of(values: pd.Series) -> dict[str, Any]:
    """The median of comparable units with the middle half of them, as columns of a row of indicators."""
    low, median, high = middle(values)
    return {"group": "comparable=median", "value": median, "low": low, "high": high, "n": len(values)}


def is_rate(outcome: str) -> bool:
    """Whether an indicator is told in parts: its change is in points, never in percent."""
    return outcome.startswith(("rate_", "share_"))


@functools.lru_cache(maxsize=128)
def _trajectory(place: Territory, outcome: str) -> pd.DataFrame:
    if not place.perimeter and not place.units:
        return pd.DataFrame(columns=SHAPE)
    own = after_break(annual(series.of_territory(place, outcome)))
    years = own["period"].str[:4].astype("int64")
    rolling = (own["flag"] == "rolling").any() or outcome == POPULATION
    if len(own) < 2 or (rolling and years.max() - years.min() < APART):
        return pd.DataFrame(columns=SHAPE)
    units = comparable(place, on=outcome)
    chosen = units[units["comparable"]].set_index("unit")["name"]
    told = series.of_units(place.evaluation, outcome, family_of(place, outcome))
    others = annual(told[told["unit"].isin(chosen.index)])
    others = others[others["period"].isin(set(own["period"]))]
    others = others[others.groupby("unit")["unit"].transform("size") == len(own)]
    others = others.assign(name=others["unit"].map(chosen), role="comparable")
    mine = own.assign(unit=place.code, name=place.name, role="territory")
    return _indexed(pd.concat([mine, others], ignore_index=True), place, outcome)


def after_break(own: pd.DataFrame) -> pd.DataFrame:
    """The periods from the last break of a series on: nothing is compared across one."""
    broken = own[own["flag"] == "break"]["period"]
    return own[own["period"] >= broken.max()].reset_index(drop=True) if len(broken) else own


def base_of(place: Territory, outcome: str, periods: pd.Series) -> str:
    """The period of index 100: the first one for a population, else the last year before the label."""
    years = sorted(set(periods))
    label = place.labelled or place.wave.labelled
    over = [year for year in years if last_day(year) <= label]
    return str(years[0] if outcome == POPULATION or not over else over[-1])


def _indexed(found: pd.DataFrame, place: Territory, outcome: str) -> pd.DataFrame:
    if found.empty:
        return pd.DataFrame(columns=SHAPE)
    base = base_of(place, outcome, found["period"])
    start = found[found["period"] == base].set_index("unit")["value"]
    found["index"] = float("nan") if is_rate(outcome) else found["value"] / found["unit"].map(start) * BASE
    order = found["role"].map({"territory": 0, "region": 1, "nation": 2}).fillna(3)
    found = found.assign(_order=order, period=found["period"].astype("int64"))
    found = found.sort_values(["_order", "unit", "period"], kind="stable")
    return found[SHAPE].reset_index(drop=True)


def _area(ev: Evaluation, outcome: str, family: str, code: str, name: str) -> pd.DataFrame:
    told = series.of_units(ev, outcome, family)
    found = annual(told[told["unit"] == code]) if len(told) else pd.DataFrame(columns=SHAPE)
    return found.assign(name=name, role=family)[["unit", "name", "role", "period", "value"]]
