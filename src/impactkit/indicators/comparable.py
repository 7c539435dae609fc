"""Who a territory may be set beside: same family, similar size, untouched by the programme."""

import functools

import pandas as pd

from impactkit.data import geography, official, series, zones
from impactkit.data.analysis_plan import plan_of
from impactkit.data.dates import last_day
from impactkit.data.evaluation import Evaluation
from impactkit.data.outcome_names import must_be_imported
from impactkit.data.territories import Territory, communes_of
from impactkit.errors import NotEnoughData
from impactkit.indicators.annual import YEAR, after_break, annual

ENOUGH = 8
POPULATION = "count_population"
# A zone with less than this share of its jobs on labelled ground is no part of the programme.
TOUCHED_ZONE = 0.05
# Of many thousand communes, those nearest in size.
MOST_UNITS = 1000
COLUMNS = ["unit", "name", "type", "region", "size", "comparable", "reason"]


def comparable(place: Territory, *, on: str = POPULATION) -> pd.DataFrame:
    """Every unit of the territory's family, who may be compared with it, and why the others may not.

    `on` is an indicator (count_population, count_jobs_private, rate_unemployment ...): the size is its value
    at the last date before the label for a count, the jobs of the zone for a rate told by employment zone
    (the units are then zones), the population otherwise. Columns: unit, name, type, region (name of the one
    that holds most of it), size, comparable (bool), reason: "" or labelled, nested (inside a labelled
    territory), overlapping (shares ground with one; for a zone, a twentieth of its jobs), candidate (ground
    of a candidate, or possible ground of one whose perimeter is not established), left-out (touched by
    another programme that the plan of analysis sets aside), overseas (for a territory that is not), smaller
    (under half), larger (over double), no-value (of its size, or at one of the dates of the territory), far
    (beyond the thousand nearest communes). Raises UnknownName for an indicator that does not exist,
    NotEnoughData for one that is not imported yet, or a territory without perimeter.

    >>> place = ik.load().territory("val-d-aubrelle")
    >>> int(ik.comparable(place, on="count_jobs_private")["comparable"].sum())
    192
    """
    must_be_imported(place.evaluation, on)
    return _comparable(place, on).copy()


@functools.lru_cache(maxsize=256)
def _comparable(place: Territory, on: str) -> pd.DataFrame:
    if not place.perimeter and not (place.units and on != POPULATION):
        raise place.language.error(NotEnoughData, "no-perimeter", where=place.name)
    family = family_of(place, on)
    sizes, own = sizes_of(place, on, family)
    units = untouched(place.evaluation, family)
    units["size"] = size = units["unit"].map(sizes)
    reasons = {
        "left-out": units["unit"].isin(plan_of(place.evaluation).left_out(family)),
        "overseas": units["unit"].isin(elsewhere(place, family)),
        "smaller": size < own / 2,
        "larger": size > own * 2,
        "no-value": size.isna() | pd.isna(own) | ~units["unit"].isin(_complete(place, on, family)),
    }
    for reason, applies in reasons.items():
        units.loc[applies & (units["reason"] == ""), "reason"] = reason
    if family == "commune":
        units.loc[_beyond(units, own), "reason"] = "far"
    units["comparable"] = units["reason"] == ""
    return units[COLUMNS]


def _complete(place: Territory, on: str, family: str) -> set[str]:
    """The units with a value at every date of the territory."""
    dates = set(after_break(annual(series.of_territory(place, on)))["period"])
    values = annual(series.of_units(place.evaluation, on, family))
    values = values[values["period"].isin(dates)]
    counts = values.groupby("unit")["period"].nunique()
    return set(counts.index[counts == len(dates)])


def _beyond(units: pd.DataFrame, own: float) -> pd.Index:
    """Those that remain beyond the thousand nearest in size."""
    sizes = units.loc[units["reason"] == "", "size"]
    ratios = (sizes / own).where(sizes >= own, own / sizes)
    return ratios.sort_values(kind="stable").index[MOST_UNITS:]


def family_of(place: Territory, on: str) -> str:
    """The family of units among which an indicator of a territory is read."""
    if place.units:
        return "unit"
    by_zone = on != POPULATION and official.figures(place.evaluation, on, "zone")
    return "zone" if by_zone and place.family not in zones.WIDE else place.family


def untouched(ev: Evaluation, family: str) -> pd.DataFrame:
    """Every unit of a family with its region and why it left the pool: unit, name, region, reason ("" for
    those that may be compared).
    """
    found = _units_of(ev, family).reset_index(drop=True)
    return found.assign(reason=found["unit"].map(_touched(ev, family)).fillna(""))


def is_overseas(place: Territory) -> bool:
    """Whether a territory lies in a region overseas; one of an evaluation's own units never does."""
    if place.units:
        return False
    regions = geography.regions_of(place.communes, vintage=place.evaluation.vintage)
    return not geography.overseas_regions(vintage=place.evaluation.vintage).isdisjoint(regions)


@functools.lru_cache(maxsize=16)
def overseas(ev: Evaluation, family: str) -> frozenset[str]:
    """The units of a family that lie overseas: their economies move otherwise, and the comparison of a
    territory that is not there is better without them (docs/statistics.md).
    """
    if family == "unit":
        return frozenset()
    units = _units_of(ev, family)
    away = units["region"].isin(geography.overseas_regions(vintage=ev.vintage))
    return frozenset(units.loc[away, "unit"])


def elsewhere(place: Territory, family: str) -> frozenset[str]:
    """The overseas units of a family, for a territory that is not there."""
    return frozenset() if is_overseas(place) else overseas(place.evaluation, family)


def last_before(place: Territory, on: str = POPULATION) -> str:
    """The last period of an indicator that is over before the first label, and within the years before of
    the plan; "" when there is none. Of a population, the year whose 1 January precedes the territory's own
    (the figure itself pools five yearly surveys).
    """
    label = place.labelled or place.wave.labelled
    if on == POPULATION:
        return max((str(year) for year in own_population(place) if f"{year}-01-01" <= label), default="")
    values = series.of_territory(place, on)
    periods = values[values["value"].notna()]["period"]
    before = plan_of(place.evaluation).before
    label, end = first_label(place.evaluation), before[1] if before else ""
    known = (period for period in periods if last_day(period) <= label)
    return max((period for period in known if not end or period[:YEAR] <= end), default="")


def first_label(ev: Evaluation) -> str:
    return min(wave.labelled for wave in ev.waves)


def own_population(place: Territory) -> dict[int, float]:
    """Municipal population of the territory by year, on the perimeter of the evaluation's vintage."""
    return own_populations(place.evaluation)[place.code]


@functools.lru_cache(maxsize=4)
def own_populations(ev: Evaluation) -> dict[str, dict[int, float]]:
    """`own_population` of every territory; empty without a perimeter. Read, never written into."""
    ground = [(commune, place.code) for place in ev.territories for commune in place.communes]
    if not ground:
        return {place.code: {} for place in ev.territories}
    known = geography.sums(pd.DataFrame(ground, columns=["commune", "unit"]), vintage=ev.vintage)
    found: dict[str, dict[int, float]] = {place.code: {} for place in ev.territories}
    for code, year, value, _ in known.dropna(subset=["population"]).itertuples(index=False):
        found[code][int(year)] = float(value)
    return found


def sizes_of(place: Territory, on: str, family: str) -> tuple[pd.Series, float]:
    """Size of each unit of the family (see `comparable`), and that of the territory."""
    ev = place.evaluation
    if family == "unit" and not (on.startswith("count_") and last_before(place, on)):
        known = ev.table("units").set_index("unit")["size"]
        return known, float(known.reindex(list(place.units)).sum(min_count=1))
    if family == "zone":
        jobs, mine = zone_jobs(ev), zones.own_zones(place)["zone"]
        return jobs, float(jobs.get(mine.iloc[0] if len(mine) else "", float("nan")))
    by = on if on.startswith("count_") else POPULATION
    before = last_before(place, by)
    values = series.of_units(ev, by, family)
    sizes = values[values["period"] == before].drop_duplicates("unit").set_index("unit")["value"]
    if by == POPULATION:
        return sizes, own_population(place).get(int(before or 0), float("nan"))
    told = series.of_territory(place, by)
    own = told[told["period"] == before]["value"]
    return sizes, float(own.iloc[0]) if len(own) else float("nan")


@functools.lru_cache(maxsize=4)
def zone_jobs(ev: Evaluation) -> pd.Series:
    """Jobs of each employment zone in 2018: all salaried ones (INSEE), else the private ones."""
    if len(told := series.of_units(ev, "count_jobs_salaried", "zone")):
        return told[told["period"] == zones.YEAR].set_index("unit")["value"]
    everywhere = geography.members("commune", vintage=ev.vintage).assign(unit=series.NATION)
    return zones.exposure(ev, everywhere).set_index("zone")["inside"]


@functools.lru_cache(maxsize=16)
def _units_of(ev: Evaluation, family: str) -> pd.DataFrame:
    if family == "unit":
        return ev.table("units")[["unit", "name", "region"]].assign(type="")
    if family == "zone":
        ground = zones.zones(ev).rename(columns={"zone": "unit"})
        units = ground.drop_duplicates("unit")[["unit", "name"]].assign(type="").sort_values("unit")
    else:
        ground = geography.members(family, vintage=ev.vintage)
        units = geography.units(family, vintage=ev.vintage).rename(columns={"code": "unit"})
    names = geography.units("region", vintage=ev.vintage).set_index("code")["name"]
    most = geography.most_in(ground[["commune", "unit"]], "region", vintage=ev.vintage)
    return units[["unit", "name", "type"]].assign(region=units["unit"].map(most.map(names)).fillna(""))


@functools.lru_cache(maxsize=16)
def _touched(ev: Evaluation, family: str) -> dict[str, str]:
    """How the programme touches the units of a family: labelled, nested, overlapping, candidate, or ""."""
    if family == "unit":
        names = {True: "labelled", False: "candidate"}
        every = [(unit, place.status == "labelled") for place in ev.territories for unit in place.units]
        return {unit: names[labelled] for unit, labelled in every}
    inside = [place for place in ev.territories if place.status == "labelled"]
    labelled = frozenset().union(*(place.communes for place in inside))
    # Who asked for the label, or may lie on this ground, is no comparison either.
    possible = frozenset().union(
        *(communes_of(place.candidates, ev.vintage) for place in ev.territories),
        *(place.communes for place in ev.territories if place.status == "candidate"),
    )
    parts = {part.code for place in inside for part in place.perimeter if part.family == family}
    found = {}
    for unit, (share, maybe) in _shares(ev, family, labelled, possible).items():
        reasons = (("labelled", unit in parts), ("nested", share == 1), ("overlapping", share > 0))
        found[unit] = next((reason for reason, so in reasons if so), "candidate" if maybe > 0 else "")
    return found


def _shares(
    ev: Evaluation, family: str, labelled: frozenset[str], possible: frozenset[str]
) -> dict[str, tuple[float, float]]:
    """How much of each unit is labelled, or may be: of its communes; of its jobs for a zone."""
    if family == "zone":
        ground = [pd.DataFrame({"commune": sorted(some), "unit": "here"}) for some in (labelled, possible)]
        held = [zones.exposure(ev, some).set_index("zone")["share"] for some in ground]
        shares = pd.concat(held, axis=1).fillna(0.0)
        shares = shares.where(shares >= TOUCHED_ZONE, 0.0)
    else:
        members = geography.members(family, vintage=ev.vintage)
        inside = [members["commune"].isin(some).rename(at) for at, some in enumerate((labelled, possible))]
        shares = pd.concat(inside, axis=1).groupby(members["unit"]).mean()
    return {str(unit): (float(one), float(other)) for unit, one, other in shares.itertuples()}
