"""The series of one territory: its unit's, the sum of its units', or its employment zone's."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from impactkit.data import geography, ground, official, series, zones

if TYPE_CHECKING:
    from impactkit.data.territories import Territory


ZONE = ("zone", "zone_name", "share")


def read(place: Territory, indicator: str) -> pd.DataFrame:
    """`series.of_territory`, without its memo."""
    ev = place.evaluation
    if indicator != series.POPULATION and not official.imported(ev, indicator):
        return _nothing()
    if direct := official.figures(ev, indicator, "territory"):
        told = [series.dressed(one.frame, one, "panel", ev) for one in direct]
        found = pd.concat(told, ignore_index=True)
        return found[found["unit"] == place.code].reset_index(drop=True)
    if place.units:
        return _added(series.of_units(ev, indicator, "unit"), list(place.units), place.code, indicator)
    if not place.perimeter:
        return _nothing()
    if indicator != series.POPULATION and official.figures(ev, indicator, "zone"):
        return _by_zone(place, indicator)
    codes = [part.code for part in place.perimeter]
    told = series.of_units(ev, indicator, place.family)
    told = told[told["unit"].isin(codes)]
    if indicator.startswith(("rate_", "share_")) and len(codes) > 1:
        return _weighed(place, told, codes)
    if len({part.family for part in place.perimeter}) == 1 and len(told):
        return _added(told, codes, place.code, indicator)
    if not (communes := official.figures(ev, indicator, "commune")):
        return _nothing()
    members = pd.DataFrame({"commune": sorted(place.communes), "unit": place.code})
    return series.from_editions(communes, members, ev)


@functools.lru_cache(maxsize=1)
def _nothing() -> pd.DataFrame:
    return pd.DataFrame(columns=[*series.SHAPE, *ZONE])


def _added(told: pd.DataFrame, codes: list[str], name: str, indicator: str) -> pd.DataFrame:
    told = told[told["unit"].isin(codes)]
    if len(codes) == 1 or told.empty:
        return told.assign(unit=name).sort_values("period").reset_index(drop=True)
    if indicator.startswith(("rate_", "share_", "index_", "ratio_")):
        # Rates of units whose people are not known do not add up.
        first = told.drop_duplicates("period")
        return first.assign(unit=name, value=np.nan, low=np.nan, high=np.nan, flag="missing:no-weights")
    same = ("as_of", "source", "data_vintage", "geography_vintage", "route", "measure", "figure")
    about = {key: (key, "sum") for key in ("value", "low", "high")} | {key: (key, "first") for key in same}
    about |= {"known": ("value", "count"), "flag": ("flag", "max")}
    added = ("n", lambda held: held.sum(min_count=len(codes)))
    whole = told.groupby("period", as_index=False).agg(n=added, **about)
    partly = whole["known"] < len(codes)
    whole.loc[partly, ["value", "low", "high"]] = np.nan
    whole["flag"] = whole["flag"].mask(partly & (whole["flag"] == ""), ground.NOT_PUBLISHED)
    if told["low"].isna().all():
        whole[["low", "high"]] = np.nan
    return whole.assign(unit=name)[list(series.SHAPE)].sort_values("period").reset_index(drop=True)


def _weighed(place: Territory, told: pd.DataFrame, codes: list[str]) -> pd.DataFrame:
    """A rate over several EPCI: the mean weighted by the people of their tax households."""
    people = series.of_units(place.evaluation, "count_persons_tax", place.family)
    weights = people.set_index(["unit", "period"])["value"]
    weight = weights.reindex(pd.MultiIndex.from_frame(told[["unit", "period"]])).to_numpy()
    found = []
    for _, part in told.assign(weight=weight).groupby("period"):
        row = part.iloc[0].drop("weight").to_dict() | {"unit": place.code}
        if len(part) == len(codes) and part[["value", "weight"]].notna().all(axis=None):
            row["value"] = float(np.average(part["value"], weights=part["weight"]))
            half = float(((part["high"] - part["low"]) / 2).max())
            row |= {"low": row["value"] - half, "high": row["value"] + half, "flag": ""}
        else:
            reason = max(part.loc[part["value"].isna(), "flag"], default="") or "missing:no-weights"
            row |= {"value": np.nan, "low": np.nan, "high": np.nan, "flag": reason}
        found.append(row)
    return pd.DataFrame(found, columns=list(series.SHAPE))


def _by_zone(place: Territory, indicator: str) -> pd.DataFrame:
    shared = zones.own_zones(place)
    if shared.empty:
        return _nothing()
    ev, main = place.evaluation, shared.iloc[0]
    figures = official.figures(ev, indicator, "zone")[-1]
    if place.family in zones.WIDE:
        members = pd.DataFrame({"commune": sorted(place.communes), "unit": place.code})
        told = series.dressed(zones.mean_of_zones(ev, indicator, members), figures, "zones", ev)
        about = ("", "", np.nan)
    else:
        told = series.of_units(ev, indicator, "zone")
        told = told[told["unit"] == main["zone"]].assign(unit=place.code, route="zone")
        about = (main["zone"], main["name"], float(main["share"]))
    uncovered = geography.departements_in(place.communes, vintage=ev.vintage) & set(figures.missing)
    if uncovered and told["value"].notna().sum() == 0:
        return pd.DataFrame(columns=list(series.SHAPE))
    return told.assign(**dict(zip(ZONE, about, strict=True))).sort_values("period").reset_index(drop=True)
