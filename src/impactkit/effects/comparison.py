"""Who is compared with a territory, over which periods, and why some have no design at all."""

import functools
from dataclasses import dataclass

import numpy as np
import pandas as pd

from impactkit.data import geography, series, zones
from impactkit.data.analysis_plan import plan_of
from impactkit.data.dates import last_day
from impactkit.data.evaluation import Evaluation
from impactkit.data.outcome_names import must_be_imported, named
from impactkit.data.territories import Territory
from impactkit.effects import placebo
from impactkit.effects.design import Array, Design, checked, chosen
from impactkit.effects.weights import Weights
from impactkit.errors import NotEnoughData
from impactkit.indicators.comparable import (
    MOST_UNITS,
    POPULATION,
    family_of,
    first_label,
    is_overseas,
    sizes_of,
    untouched,
    zone_jobs,
)
from impactkit.indicators.comparable import overseas as units_overseas
from impactkit.indicators.trajectory import is_rate

BEFORE_YEARS, BEFORE_QUARTERS = 5, 20
# A zone of which less lies in the territory says nothing of it.
ENOUGH_SHARE = 0.5
# Families of which too few are left, whatever the size: never a design.
NO_DESIGN = ("region",)
SIMILAR = 2.0


@dataclass(frozen=True, eq=False)
class Case:
    """One territory in its design: its values by period, its log size, its region and area, the share of its
    zone that it holds, its values as published.
    """

    design: Design
    own: Array
    size: float
    region: str
    area: str
    share: float
    level: Array

    def compared(self, design: Design | None = None) -> tuple[Array, Weights]:
        """Its gap by period, and the weights, in its design or a variant of it."""
        return placebo.compared(design or self.design, self.own, self.size, self.region, self.area)

    def printed(self, gap: float) -> float:
        """A gap as a page prints it: a share of what was expected, or points of the territory."""
        return float(np.exp(gap) - 1) if self.design.scale == "log" else gap / self.share


def refused(place: Territory, outcome: str) -> str:
    """Why a territory has no counterfactual design for an outcome; "" when it has one. Raises UnknownName
    for an outcome that does not exist, NotEnoughData for one that is not imported yet.
    """
    language = place.language
    ev = place.evaluation
    if outcome == POPULATION:
        return language.say("effect.population")
    must_be_imported(ev, outcome)
    if place.status != "labelled":
        return language.say("effect.candidate")
    if not place.perimeter and not place.units:
        return language.say("effect.no-perimeter")
    told = series.of_territory(place, outcome)
    if told.empty or told["value"].isna().all():
        return language.say("effect.no-series", outcome=named(language, outcome))
    family = family_of(place, outcome)
    if family in NO_DESIGN:
        free = int((untouched(ev, family)["reason"] == "").sum())
        return language.say("effect.region", count=free, outcome=named(language, outcome))
    if family == "zone":
        if (share := float(zones.own_zones(place).iloc[0]["share"])) < ENOUGH_SHARE:
            return language.say(
                "effect.zone", share=language.percent(share), outcome=named(language, outcome)
            )
    return ""


@functools.lru_cache(maxsize=64)
def case_of(place: Territory, outcome: str) -> Case:
    """A territory in its design, kept by the evaluation's digest. Raises NotEnoughData."""
    ev, family = place.evaluation, family_of(place, outcome)
    told = series.of_territory(place, outcome).drop_duplicates("period").set_index("period")["value"]
    _, size = sizes_of(place, outcome, family)
    near = round(float(size)) if family == "commune" else 0
    design = design_of(ev, outcome, family, near, overseas=is_overseas(place))
    if plan_of(ev).pool == "similar":
        design = chosen(design, np.abs(design.sizes - np.log(size)) <= np.log(SIMILAR))
    level = told.reindex(list(design.periods)).to_numpy(dtype=np.float64)
    if design.scale == "log" and (level == 0).any():
        raise place.language.error(NotEnoughData, "effect-zero", where=place.name)
    with np.errstate(divide="ignore", invalid="ignore"):
        own = np.log(level) if design.scale == "log" else level * 100
    checked(place.language, design, own, where=place.name)
    share = float(zones.own_zones(place).iloc[0]["share"]) if family == "zone" else 1.0
    region, area = _most(place, "region"), _most(place, "departement")
    return Case(design, own, float(np.log(size)), region, area, share, level)


def case_or_why(place: Territory, outcome: str) -> tuple[Case | None, str]:
    """A territory in its design, or None and why it has no design."""
    why = refused(place, outcome)
    try:
        return (None, why) if why else (case_of(place, outcome), "")
    except NotEnoughData as cause:
        return None, cause.what


@functools.lru_cache(maxsize=32)
def design_of(
    ev: Evaluation,
    outcome: str,
    family: str,
    near: int = 0,
    *,
    overseas: bool = False,
) -> Design:
    """Every unit of a family outside the programme with a value at each period of the design.

    `near`: keep the thousand units nearest to this size (0: all); `overseas`: keep those that lie there.
    """
    told = series.of_units(ev, outcome, family)
    wide = told.pivot_table(index="unit", columns="period", values="value", dropna=False)
    before, after = periods_of(ev, sorted(wide.columns))
    periods = [period for period in sorted(wide.columns) if before[0] <= period <= after[-1]]
    first, last = (tuple(at for at, one in enumerate(periods) if one in some) for some in (before, after))
    free, plan = untouched(ev, family).set_index("unit"), plan_of(ev)
    left_out = plan.left_out(family)
    if not overseas:
        left_out |= units_overseas(ev, family)
    free = free[(free["reason"] == "") & ~free.index.isin(left_out)]
    wide = wide.loc[wide.index.isin(free.index), periods].dropna()
    log = not is_rate(outcome)
    if log:
        wide = wide[(wide > 0).all(axis=1)]
    sizes = wide[before[-1]] if log else _rate_sizes(ev, family).reindex(wide.index)
    keep = sizes.notna() & (sizes > 0)
    wide, sizes = wide[keep], sizes[keep]
    if near and len(wide) > MOST_UNITS:
        nearest = (np.log(sizes) - np.log(near)).abs().sort_values(kind="stable").index[:MOST_UNITS]
        wide, sizes = wide.loc[sorted(nearest)], sizes.loc[sorted(nearest)]
    values = wide.to_numpy(dtype=np.float64)
    return Design(
        *(tuple(wide.index), tuple(periods), np.log(values) if log else values * 100, first, last),
        *(np.log(sizes.to_numpy(dtype=np.float64)), tuple(free.loc[wide.index, "region"])),
        scale="log" if log else "points",
        areas=tuple(areas_of(ev, family).reindex(wide.index).fillna("")),
        buffer=plan.buffer,
    )


@functools.lru_cache(maxsize=16)
def areas_of(ev: Evaluation, family: str) -> pd.Series:
    """The département where most communes of each unit lie, by unit; none for families that hold some."""
    if family in ("unit", "departement", "region"):
        return pd.Series(dtype="str")
    if family == "zone":
        ground = zones.zones(ev).rename(columns={"zone": "unit"})
    else:
        ground = geography.members(family, vintage=ev.vintage)
    return geography.most_in(ground[["commune", "unit"]], "departement", vintage=ev.vintage)


def _rate_sizes(ev: Evaluation, family: str) -> pd.Series:
    """Size of the units that a rate is told for: jobs of a zone, of a unit of the evaluation's own its size,
    else the latest population.
    """
    if family == "zone":
        return zone_jobs(ev)
    if family == "unit":
        return ev.table("units").set_index("unit")["size"]
    known = series.of_units(ev, POPULATION, family).dropna(subset=["value"])
    known = known[known["period"] + "-01-01" <= first_label(ev)]
    return known.sort_values("period").drop_duplicates("unit", keep="last").set_index("unit")["value"]


def periods_of(ev: Evaluation, known: list[str]) -> tuple[list[str], list[str]]:
    """Periods before and after: those that evaluation.toml declares, else five years (twenty quarters) up to
    the last one over before the first label, and every one after the year of the first label.
    """
    plan = plan_of(ev)
    quarters = any("-Q" in period for period in known)
    known = [period for period in known if ("-Q" in period) == quarters]
    label, count = first_label(ev), BEFORE_QUARTERS if quarters else BEFORE_YEARS
    before = [period for period in known if last_day(period) <= label][-count:]
    after = [period for period in known if period[:4] > label[:4]]
    if plan.before:
        before = [period for period in known if plan.before[0] <= period[:4] <= plan.before[1]]
    if plan.after:
        after = [period for period in known if plan.after[0] <= period[:4] <= plan.after[1]]
    if len(before) < 2:
        raise ev.language.error(NotEnoughData, "effect-before", where=ev.name, count=len(before))
    if not after:
        raise ev.language.error(NotEnoughData, "effect-after", where=ev.name)
    return before, after


def _most(place: Territory, family: str) -> str:
    """Where most of a territory's communes lie: the name of a region, the code of a département."""
    ev = place.evaluation
    if place.units:
        units = ev.table("units").set_index("unit")["region"]
        return str(units.get(place.units[0], "")) if family == "region" else ""
    ground = pd.DataFrame({"commune": sorted(place.communes), "unit": place.code})
    most = geography.most_in(ground, family, vintage=ev.vintage)
    code = str(most.iloc[0]) if len(most) else ""
    return geography.name_of("region", code, vintage=ev.vintage) if code and family == "region" else code
