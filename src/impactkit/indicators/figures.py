"""Official figures of each territory: their values, their change among comparable territories, their region
and the nation, and what is missing with its reason.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from impactkit.data import geography, official, series
from impactkit.data.sources.kinds import KINDS
from impactkit.data.territories import Territory
from impactkit.indicators.annual import after_break, annual, in_a_year
from impactkit.indicators.comparable import (
    ENOUGH,
    family_of,
    is_overseas,
    last_before,
    overseas,
    sizes_of,
    untouched,
)
from impactkit.indicators.comparable import comparable as compared_with
from impactkit.indicators.dispersion import Expected, byar, expected, wilson
from impactkit.indicators.rows import ORIGIN, Row, row
from impactkit.indicators.trajectory import (
    areas,
    base_of,
    is_rate,
    median_of,
    trajectory,
)

MEASURES = {"share_aged_75": "part", "count_jobs_private": "emplois", "rate_unemployment": "part"}
MEASURES |= {"rate_poverty": "part", "count_jobs_ess": "emplois"}
RANGE = "comparable=range"
ORDINARY = "expected=95"
# Limits told by every unit that there is, not by a choice of those nearest in size.
ALL_UNITS = "all-units"


def rows_of(place: Territory, indicator: str) -> list[Row]:
    """Rows of one indicator for one territory; one row with its reason when there is no value.

    The indicator itself by period (low, high: rounding, or Wilson's and Byar's intervals of a sample or of
    events); `rate_<...>_change` from the last year before the label to the last one (a share for counts,
    points for rates), own, with group `comparable=median` (low, high: the middle half; n), `area=region`,
    `area=nation`, `expected=95` (limits of the ordinary for a unit of that size, by the `n` units nearest to
    it; flag `all-units`: by all of them); `index_` of counts by year, own and median; `count_comparable`,
    `count_as_far` (how many of these `n` units moved as far from their median as the territory) and
    `count_looks` (how many territories are looked at so), of group `on=<indicator>`; `share_zone` (part of
    the main employment zone's jobs that lie in the territory, group `zone=<code>`).
    """
    told = series.of_territory(place, indicator)
    known = told[told["value"].notna()] if len(told) else told
    if known.empty:
        unit = MEASURES.get(indicator, "part" if is_rate(indicator) else "")
        return [row(place.code, indicator, None, unit, flag=missing(place, indicator, told))]
    found = [_value(place, indicator, one) for one in _printed(told).to_dict("records")]
    found += _zone(place, known)
    return found + (_changes(place, indicator) or _level(place, indicator, known))


def missing(place: Territory, indicator: str, told: pd.DataFrame) -> str:
    """Why a territory has no figure: not imported, no perimeter, not covered, other level, unpublished."""
    if not place.perimeter and not place.units:
        return "missing:no-perimeter"
    if place.units and not official.figures(place.evaluation, indicator, "unit"):
        # Official statistics know nothing of units that are the evaluation's own.
        return "missing:not-applicable"
    if _outside(place, indicator):
        return "missing:not-covered"
    if not official.imported(place.evaluation, indicator):
        return "missing:not-imported"
    reasons = [flag for flag in told["flag"] if flag] if len(told) else []
    return str(reasons[-1]) if reasons else "missing:other-level"


def _outside(place: Territory, indicator: str) -> bool:
    """Whether the sources that the evaluation declares cover none of the territory's départements."""
    here = geography.departements_in(place.communes, vintage=place.evaluation.vintage)
    kinds = [KINDS[source["kind"]] for source in place.evaluation.sources]
    held = [kind for kind in kinds if indicator in kind.indicators]
    return bool(held) and bool(here) and all(here <= set(kind.missing) for kind in held)


def _printed(told: pd.DataFrame) -> pd.DataFrame:
    """What a report prints: years; of quarters or months, their yearly means and the last of them."""
    if not (told["period"].map(in_a_year) > 1).any():
        return told
    known = told[told["value"].notna()].sort_values("period")
    return pd.concat([annual(told), known.tail(1)], ignore_index=True)


def _value(place: Territory, indicator: str, one: Row) -> Row:
    value, low, high = one["value"], one["low"], one["high"]
    about = _about(one) | {name: one[name] for name in ("n", "period", "flag")}
    if pd.isna(value):
        about["flag"] = about["flag"] or "missing:not-published"
        return row(place.code, indicator, None, one["measure"], low=low, high=high, **about)
    if one["figure"] == "sample":
        low, high = wilson(value, one["n"])
    elif one["figure"] == "events":
        low, high = byar(value)
    return row(place.code, indicator, float(value), one["measure"], low=low, high=high, **about)


def _about(one: Mapping[Any, Any]) -> Row:
    return {name: one[name] for name in ORIGIN}


def _zone(place: Territory, known: pd.DataFrame) -> list[Row]:
    if "zone" not in known or not known["zone"].iloc[0]:
        return []
    one = known.iloc[0]
    about = _about(one) | {"as_of": ""}
    return [row(place.code, "share_zone", float(one["share"]), "part", group=f"zone={one['zone']}", **about)]


def changes(place: Territory, indicator: str) -> pd.DataFrame:
    """Change of the territory and of comparable units from the base to the last year: columns unit, name,
    role, change (a share; for a rate, points), first, last. Empty without two years.
    """
    path = pd.concat([trajectory(place, indicator), areas(place, indicator)], ignore_index=True)
    periods = path[path["role"] == "territory"]["period"]
    first = int(base_of(place, indicator, periods.astype("str"))) if len(periods) else 0
    last = int(periods.max()) if len(periods) else 0
    if first >= last:
        return pd.DataFrame(columns=["unit", "name", "role", "change", "first", "last"])
    # A region and a territory may bear one code.
    key = ["role", "unit", "name"]
    ends = path[path["period"].isin([first, last])].pivot(index=key, columns="period", values="value")
    moved = _moved(indicator, ends[first], ends[last]).rename("change")
    return moved.reset_index().assign(first=str(first), last=str(last))


def _moved(indicator: str, before: pd.Series, after: pd.Series) -> pd.Series:
    """A share of the first value; for a rate, points."""
    return (after - before) * 100 if is_rate(indicator) else after / before.where(before > 0) - 1


def change_of(indicator: str) -> str:
    """The name of an indicator's change: count_jobs_private -> rate_jobs_private_change."""
    return f"rate_{indicator.split('_', 1)[1]}_change"


def yearly(indicator: str) -> str:
    """What the rows print of an indicator year by year: itself for a rate, else its index on base 100."""
    return indicator if is_rate(indicator) else "index_" + indicator.removeprefix("count_")


def _changes(place: Territory, indicator: str) -> list[Row]:
    moved = changes(place, indicator)
    if moved.empty:
        return []
    name, mine = change_of(indicator), moved[moved["role"] == "territory"].iloc[0]
    told = annual(series.of_territory(place, indicator)).iloc[-1].to_dict()
    span = _about(told) | {"period": f"{mine['first']}/{mine['last']}"}
    measure = "points" if is_rate(indicator) else "part"
    found = [row(place.code, name, float(mine["change"]), measure, **span)]
    for area in ("region", "nation"):
        for there in moved[moved["role"] == area]["change"].dropna().astype("float64"):
            found.append(row(place.code, name, there, measure, group=f"area={area}", **span))
    others = moved[moved["role"] == "comparable"]["change"].dropna()
    found.append(_count(place, indicator, len(others), span, last_before(place, indicator) or mine["first"]))
    if len(others) >= ENOUGH:
        found.append(row(place.code, name, unit=measure, **median_of(others), **span))
    elif len(others):
        all_of = {"group": RANGE, "low": others.min(), "high": others.max(), "n": len(others)}
        found.append(row(place.code, name, float(others.median()), measure, **all_of, **span))
    found += _indices(place, indicator, span)
    return found + _expected(place, indicator, name, mine, span | {"unit": measure})


def _count(place: Territory, indicator: str, count: int, about: Row, period: str) -> Row:
    rest = about | {"period": period, "group": f"on={indicator}"}
    return row(place.code, "count_comparable", float(count), "territoires", **rest)


def _indices(place: Territory, indicator: str, about: Row) -> list[Row]:
    """What the chart draws: for counts the index, for rates the rate; own, and from eight comparable units
    on their median.
    """
    column = "value" if is_rate(indicator) else "index"
    name, measure = yearly(indicator), "part" if is_rate(indicator) else "indice"
    found = []
    for period, year in trajectory(place, indicator).groupby("period"):
        dated = about | {"period": str(period), "as_of": str(period)}
        mine = year[year["role"] == "territory"][column].iloc[0]
        if not is_rate(indicator):
            found.append(row(place.code, name, float(mine), measure, **dated))
        others = year[year["role"] == "comparable"][column].dropna()
        if len(others) >= ENOUGH:
            found.append(row(place.code, name, unit=measure, **median_of(others), **dated))
    return found


def changes_of_all(
    place: Territory, indicator: str, first: str, last: str
) -> tuple[pd.Series, pd.Series, float] | None:
    """The change of every unit that the programme does not touch, its size, and the size of the territory;
    none overseas for a territory that is not there. None where both years are not known.
    """
    ev, family = place.evaluation, family_of(place, indicator)
    free, told = untouched(ev, family), annual(series.of_units(ev, indicator, family))
    free = free[free["reason"] == ""]["unit"]
    if not is_overseas(place):
        free = free[~free.isin(overseas(ev, family))]
    ends = told[told["unit"].isin(free) & told["period"].isin([first, last])]
    ends = ends.pivot_table(index="unit", columns="period", values="value")
    if ends.shape[1] < 2:
        return None
    return _moved(indicator, ends[first], ends[last]), *sizes_of(place, indicator, family)


def ordinary(
    place: Territory, indicator: str, every: tuple[pd.Series, pd.Series], size: float
) -> Expected | None:
    """Limits of the ordinary change at a size (see `expected`), from the changes and the sizes of all units:
    by ranks for employment zones, around the median for the others.
    """
    return expected(*every, size, ranks=family_of(place, indicator) == "zone")


def _expected(place: Territory, indicator: str, name: str, mine: pd.Series, about: Row) -> list[Row]:
    """Limits of the ordinary for a unit of the territory's size, told by the units nearest to it that the
    programme does not touch; how many of them moved as far; how many territories are looked at so.
    """
    every = changes_of_all(place, indicator, mine["first"], mine["last"])
    limits = ordinary(place, indicator, every[:2], every[2]) if every else None
    if limits is None:
        return []
    rest = about | {"group": ORDINARY, "low": limits.low, "high": limits.high, "n": limits.n}
    rest["flag"] = "" if limits.chosen else ALL_UNITS
    counted = about | {"group": f"on={indicator}", "unit": "unités"}
    looked = [other for other in place.evaluation.territories if other.perimeter or other.units]
    return [
        row(place.code, name, limits.median, **rest),
        row(place.code, "count_as_far", float(limits.as_far(mine["change"])), n=limits.n, **counted),
        row(place.code, "count_looks", float(len(looked)), **counted),
    ]


def _level(place: Territory, indicator: str, known: pd.DataFrame) -> list[Row]:
    """A figure with too few dates to tell a change: its level among comparable territories."""
    if not place.perimeter and not place.units:
        # Whose ground is not known is compared with nobody.
        return []
    last = after_break(known).iloc[-1].to_dict()
    units = compared_with(place, on=indicator)
    chosen = units[units["comparable"]]["unit"]
    told = series.of_units(place.evaluation, indicator, family_of(place, indicator))
    told = told[told["unit"].isin(chosen) & (told["period"] == last["period"])]
    others = told["value"].dropna()
    about = _about(last) | {"period": last["period"]}
    found = [_count(place, indicator, len(others), about, last["period"])]
    if len(others) >= ENOUGH:
        found.append(row(place.code, indicator, unit=last["measure"], **median_of(others), **about))
    return found
