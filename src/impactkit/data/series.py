"""One indicator by unit and period, on the perimeters of the evaluation's vintage: where each value comes
from, how far it is rounded, why it is missing.
"""

from __future__ import annotations

import functools
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from impactkit.data import geography, ground, official, zones
from impactkit.data.perimeters import VINTAGES

if TYPE_CHECKING:
    from impactkit.data.evaluation import Evaluation
    from impactkit.data.sources.figures import Figures
    from impactkit.data.territories import Territory

SHAPE = (
    *"unit period value low high flag source as_of".split(),
    *"data_vintage geography_vintage route measure figure n".split(),
)
POPULATION, NATION = "count_population", "F"
# People of tax households of one EPCI differ by less than this from one year to the next on one ground.
SAME_PEOPLE = 0.02


def of_units(ev: Evaluation, indicator: str, family: str) -> pd.DataFrame:
    """Every unit of a family (commune, epci, ept, departement, region, zone, unit, nation) by period.

    Columns: unit, period, value, low, high (rounding; empty when exact), flag, source, as_of, data_vintage,
    geography_vintage, route (panel, communes, departements, zones, population), measure (habitants, emplois,
    part ...), figure and n (a sample or events: see Figures).

    A figure published for units of that family is taken when the unit stands on the same ground at the
    evaluation's vintage (a new code on one ground is followed); otherwise counts are summed from communes,
    or from départements for regions and the nation; a rate by zone is the mean of the zones, weighted by
    jobs. Empty when nothing was imported.
    """
    # A lazy copy: columns may be set on it, arrays of it are read, never written into.
    return _of_units(ev, indicator, family).copy(deep=False)


def of_territory(place: Territory, indicator: str) -> pd.DataFrame:
    """The same columns for one territory, on its own ground; empty when no source was imported.

    A territory of several units: counts are added; a rate by EPCI is the mean weighted by the people it is
    about. A rate by employment zone is that of the main zone (columns zone, zone_name, share: of the zone's
    jobs that lie in the territory), or, for départements and regions, the mean of their zones.
    """
    return _of_territory(place, indicator).copy(deep=False)


def vintages(then: int, now: int, family: str) -> dict[str, str]:
    """Units of a family at one vintage -> the unit that stands on the same ground at another. Raises
    UnknownName for a vintage that the registry does not hold.
    """
    return geography.same_ground(family, then=then, now=now)


@functools.lru_cache(maxsize=64)
def _of_units(ev: Evaluation, indicator: str, family: str) -> pd.DataFrame:
    if indicator == POPULATION and family not in ("unit", "zone", "nation"):
        return _population(ev, family)
    parts = [_direct(ev, family, one) for one in official.figures(ev, indicator, family)]
    direct = [part for part in parts if len(part)]
    found = pd.concat(direct, ignore_index=True) if direct else pd.DataFrame(columns=list(SHAPE))
    if family in ("zone", "unit"):
        return found
    summed = _summed(ev, indicator, family)
    if summed.empty:
        return found
    # A sum of communes stands in only where the panel has no sound figure.
    sound = found["value"].notna()
    told, parts = (pd.MultiIndex.from_frame(one[["unit", "period"]]) for one in (found, summed))
    rest = ~parts.isin(told[sound])
    bare = found[sound | ~told.isin(parts[rest])]
    return pd.concat([bare, summed[rest]] if len(bare) else [summed[rest]], ignore_index=True)


def _population(ev: Evaluation, family: str) -> pd.DataFrame:
    known = geography.unit_population(family, vintage=ev.vintage)
    single = known.groupby("unit")["pop_year"].transform("size") == 1
    year = known["pop_year"].astype("str")
    found = known[["unit"]].assign(period=year, value=known["population"], low=np.nan, high=np.nan)
    flag = np.where(known["population"].isna(), ground.CHANGED, np.where(single, "", "rolling"))
    as_of = year + np.where(single, "", "-01-01")
    found = found.assign(flag=flag, source=geography.POPULATION_SOURCE, as_of=as_of, data_vintage=year)
    return found.assign(
        geography_vintage=str(ev.vintage), route="population", measure="habitants", figure="", n=np.nan
    )


def _direct(ev: Evaluation, family: str, figures: Figures) -> pd.DataFrame:
    frame = figures.frame
    if family in ("epci", "commune"):
        same = _followed(ev, family, figures)
        frame["unit"] = frame["unit"].map(same)
        frame = frame.dropna(subset=["unit"])
        followed = set(same.values())
        # Of thousands of communes that a source may leave out, those alone whose ground changed.
        spoken = set(frame["unit"]) if family == "epci" else followed
        silent = geography.codes(family, vintage=ev.vintage) - spoken
        refused = _refused(ev, figures, silent, followed)
        frame = pd.concat([frame, refused], ignore_index=True)
    return dressed(frame, figures, "panel", ev)


def _followed(ev: Evaluation, family: str, figures: Figures) -> dict[str, str]:
    """Units of a source -> the unit of the evaluation's vintage that is known to be on the same ground."""
    then = ground.vintage_of(figures)
    if then > VINTAGES[-1]:
        return {}
    same = vintages(max(then, VINTAGES[0]), ev.vintage, family)
    if then < VINTAGES[0]:
        steady = _steady(ev, family)
        return {old: new for old, new in same.items() if old in steady}
    unsure = ground.doubtful(figures) if family == "commune" else set()
    return {old: new for old, new in same.items() if old not in unsure}


def _refused(ev: Evaluation, figures: Figures, silent: AbstractSet[str], followed: set[str]) -> pd.DataFrame:
    """Units without a figure, at every period, and why: not covered, not published, or on another ground."""
    outside = ground.uncovered(geography.members(figures.family, vintage=ev.vintage), figures.missing)
    reasons = {unit: ground.NOT_PUBLISHED if unit in followed else ground.CHANGED for unit in sorted(silent)}
    reasons |= dict.fromkeys(silent & outside, ground.NOT_COVERED)
    periods = sorted(figures.frame["period"].unique())
    rows = [(unit, period, reason) for period in periods for unit, reason in reasons.items()]
    return pd.DataFrame(rows, columns=["unit", "period", "flag"])


def _steady(ev: Evaluation, family: str) -> set[str]:
    """Units whose ground before 2019 is proved by their people: as many, or nearly, from one year to the
    next. The registry of perimeters begins in 2019.
    """
    people = official.figures(ev, "count_persons_tax", family)
    if len(people) < 2:
        return set()
    then, after = (one.frame.set_index("unit")["value"] for one in people[:2])
    moved = (after / then - 1).abs()
    return set(moved[moved < SAME_PEOPLE].index)


def dressed(frame: pd.DataFrame, figures: Figures, route: str, ev: Evaluation) -> pd.DataFrame:
    """Values of a source with what a row says of them: rounding, flags, source, vintages."""
    found = frame.reset_index(drop=True)
    half = figures.step / 2 or np.nan
    found["low"], found["high"] = found["value"] - half, found["value"] + half
    if figures.step and route == "panel":
        found["low"] = found["low"].clip(lower=0)
    if figures.rolling:
        found["flag"] = found["flag"].mask(found["flag"] == "", "rolling")
    starts = found["period"].isin(figures.breaks)
    found["flag"] = found["flag"].mask(starts & (found["flag"] == ""), "break")
    return found.assign(
        source=figures.source,
        as_of=[figures.as_of.format(period=period) for period in found["period"]],
        data_vintage=figures.data_vintage,
        geography_vintage=figures.geography_vintage or str(ev.vintage),
        route=route,
        measure=figures.unit,
        figure=figures.figure,
        n=found["n"] if "n" in found else np.nan,
    )[list(SHAPE)]


def _summed(ev: Evaluation, indicator: str, family: str) -> pd.DataFrame:
    members = _members(family, ev.vintage)
    if by_zone := official.figures(ev, indicator, "zone"):
        nation = family == "nation"
        told = zones.nation(ev, indicator) if nation else zones.mean_of_zones(ev, indicator, members)
        return dressed(told, by_zone[-1], "zones", ev)
    if not indicator.startswith(("count_", "amount_")):
        return pd.DataFrame(columns=list(SHAPE))
    wide = official.figures(ev, indicator, "departement")
    if family in ("region", "nation") and wide:
        return dressed(_by_departement(ev, wide[-1], family), wide[-1], "departements", ev)
    communes = official.figures(ev, indicator, "commune")
    if not communes:
        return pd.DataFrame(columns=list(SHAPE))
    return from_editions(communes, members, ev).assign(geography_vintage=str(ev.vintage))


def from_editions(editions: tuple[Figures, ...], members: pd.DataFrame, ev: Evaluation) -> pd.DataFrame:
    """Figures by commune summed over units (`members`: commune, unit), each period from its own edition."""
    parts = []
    for edition in editions:
        summed = ground.from_communes(edition, members, vintage=ev.vintage)
        parts.append(dressed(summed, edition, "communes", ev))
    return pd.concat(parts, ignore_index=True)


def _by_departement(ev: Evaluation, figures: Figures, family: str) -> pd.DataFrame:
    held = geography.members("departement", vintage=ev.vintage).rename(columns={"unit": "departement"})
    pairs = _members(family, ev.vintage).merge(held, on="commune")[["unit", "departement"]].drop_duplicates()
    away = pairs["departement"].isin(figures.missing)
    outside = set(pairs[away]["unit"])
    if family == "nation":
        # The nation of a source is what it covers.
        pairs, outside = pairs[~away], set()
    frame = figures.frame.rename(columns={"unit": "commune"})
    told = ground.totals(frame, pairs.rename(columns={"departement": "commune"}), ["value"])
    reason = told["unit"].map(lambda unit: ground.NOT_COVERED if unit in outside else ground.NOT_PUBLISHED)
    return told.assign(flag=reason.where(told["value"].isna(), ""))


def _members(family: str, vintage: int) -> pd.DataFrame:
    if family == "nation":
        return geography.members("commune", vintage=vintage).assign(unit=NATION)
    return geography.members(family, vintage=vintage)


@functools.lru_cache(maxsize=256)
def _of_territory(place: Territory, indicator: str) -> pd.DataFrame:
    from impactkit.data import own_series

    return own_series.read(place, indicator)
