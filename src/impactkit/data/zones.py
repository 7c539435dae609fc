"""Employment zones: which communes, how much of each lies in a territory, and which figure may be quoted.

A zone is not a territory: it says something about one in proportion to the jobs they share.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import pandas as pd

from impactkit.data import geography, ground, official
from impactkit.data.perimeters import blocks
from impactkit.data.sources.insee import zones as read_zones

if TYPE_CHECKING:
    from impactkit.data.evaluation import Evaluation
    from impactkit.data.territories import Territory

# The year whose jobs weigh a zone: the last one before the first labels.
YEAR = "2018"
# Families whose figure is the mean of their zones; the others are told by their main zone.
WIDE = ("departement", "region")
EXPOSURE = ("unit", "zone", "name", "inside", "share", "part", "weight")


def zones(ev: Evaluation) -> pd.DataFrame:
    """Communes of the evaluation's vintage and their employment zone: columns commune, zone, name.

    Empty when the composition was not imported. A commune whose parts lie in two zones since a merger goes
    with the commune that gave it its code.
    """
    return _zones(ev).copy(deep=False)


def exposure(ev: Evaluation, members: pd.DataFrame) -> pd.DataFrame:
    """How much of each employment zone lies in each unit of `members` (commune, unit).

    Columns: unit, zone, name, inside (private jobs, or inhabitants, of the zone that lie in the unit), share
    (of the zone), part (of the unit), weight (jobs or population: by what). Empty without the composition of
    zones. Jobs are those of 2018 (Urssaf, communes); without them, the latest municipal population.
    """
    held = _zones(ev)
    if held.empty:
        return pd.DataFrame(columns=list(EXPOSURE))
    sizes, weight = _sizes(ev)
    ours = members.merge(held, on="commune").assign(inside=lambda x: x["commune"].map(sizes).fillna(0.0))
    found = ours.groupby(["unit", "zone", "name"], as_index=False)["inside"].sum()
    whole = held.assign(size=held["commune"].map(sizes).fillna(0.0)).groupby("zone")["size"].sum()
    found["share"] = found["inside"] / found["zone"].map(whole)
    found["part"] = found["inside"] / found.groupby("unit")["inside"].transform("sum")
    found["weight"] = weight
    found = found.sort_values(["unit", "inside"], ascending=[True, False], kind="stable")
    return found[list(EXPOSURE)].reset_index(drop=True)


def own_zones(place: Territory) -> pd.DataFrame:
    """`exposure` of one territory, the zone that holds most of its jobs first; empty without a perimeter."""
    members = pd.DataFrame({"commune": sorted(place.communes), "unit": place.code})
    return exposure(place.evaluation, members)


def mean_of_zones(ev: Evaluation, indicator: str, members: pd.DataFrame) -> pd.DataFrame:
    """A rate told by zone, as the mean over the zones of each unit weighted by the jobs that they share.

    Columns unit, period, value, flag. A period in which a zone of the unit has no figure is missing, with
    the zone's reason.
    """
    told = official.figures(ev, indicator, "zone")
    shared = exposure(ev, members)
    if not told or shared.empty:
        return pd.DataFrame(columns=["unit", "period", "value", "flag"])
    frame = pd.concat([one.frame for one in told]).rename(columns={"unit": "zone"})
    shared = shared[shared["inside"] > 0]
    joined = shared.merge(frame, on="zone").assign(weighed=lambda rows: rows["value"] * rows["inside"])
    found = joined.groupby(["unit", "period"], as_index=False).agg(
        weighed=("weighed", "sum"), inside=("inside", "sum"), known=("value", "count"), flag=("flag", "max")
    )
    every = found["unit"].map(shared.groupby("unit").size())
    found["value"] = (found["weighed"] / found["inside"]).where(found["known"] == every)
    partly = found["value"].isna() & (found["flag"] == "")
    found["flag"] = found["flag"].mask(partly, ground.NOT_COVERED)
    return found[["unit", "period", "value", "flag"]]


def nation(ev: Evaluation, indicator: str) -> pd.DataFrame:
    """A rate told by zone, over all zones that have one, weighted by their salaried jobs of the year
    (INSEE), or, without them, by the private jobs of 2018. Columns unit (F), period, value, flag.

    Only periods in which every zone of the source has a figure: overseas zones begin in 2014.
    """
    frame = pd.concat([one.frame for one in official.figures(ev, indicator, "zone")])
    jobs = official.figures(ev, "count_jobs_salaried", "zone")
    if jobs:
        weights = jobs[-1].frame.set_index(["unit", "period"])["value"]
        year = frame["period"].str[:4].clip(upper=jobs[-1].frame["period"].max())
        frame["weight"] = weights.reindex(pd.MultiIndex.from_arrays([frame["unit"], year])).to_numpy()
    else:
        members = geography.members("commune", vintage=ev.vintage).assign(unit="F")
        frame["weight"] = frame["unit"].map(exposure(ev, members).set_index("zone")["inside"])
    frame["weighed"] = frame["value"] * frame["weight"]
    # With one part missing the whole is.
    found = frame.groupby("period", as_index=False)[["weighed", "weight"]].sum(skipna=False)
    found = found.assign(unit="F", value=found["weighed"] / found["weight"], flag="")
    return found.loc[found["value"].notna(), ["unit", "period", "value", "flag"]]


@functools.lru_cache(maxsize=4)
def _zones(ev: Evaluation) -> pd.DataFrame:
    path = official.zones_file(ev)
    if path is None:
        return pd.DataFrame(columns=["commune", "zone", "name"])
    listed = read_zones(ev.language, path)
    communes = geography.units("commune", vintage=ev.vintage)["code"]
    zone = dict(zip(listed["commune"], listed["zone"], strict=True))
    tied = blocks(ev.vintage, listed.attrs["vintage"])
    # Of several communes of a block the first gives its zone.
    by_block = {block: zone[commune] for commune, block in reversed(tied.items()) if commune in zone}
    found = communes.map(lambda code: zone.get(code) or by_block.get(tied.get(code, "")))
    names = listed.drop_duplicates("zone").set_index("zone")["name"]
    held = pd.DataFrame({"commune": communes, "zone": found}).dropna()
    return held.assign(name=held["zone"].map(names)).reset_index(drop=True)


@functools.lru_cache(maxsize=4)
def _sizes(ev: Evaluation) -> tuple[pd.Series, str]:
    jobs = official.figures(ev, "count_jobs_private", "commune")
    of_year = [edition for edition in jobs if YEAR in set(edition.frame["period"])]
    if of_year:
        members = geography.members("commune", vintage=ev.vintage)
        summed = ground.from_communes(of_year[-1], members, vintage=ev.vintage)
        return summed[summed["period"] == YEAR].set_index("unit")["value"], "jobs"
    known = geography.population(vintage=ev.vintage).dropna(subset=["population"])
    last = known.sort_values("pop_year").drop_duplicates("commune", keep="last")
    return last.set_index("commune")["population"], "population"
