"""Municipal population on a fixed ground: earlier and later codes of communes followed, or refused.

Sources: `data/reference` (INSEE, through Etalab). A population was published on the communes of one year
(`vintage` of the table): of communes tied since, or until then, it is known for their block alone (see
`perimeters`).
"""

import functools

import pandas as pd

from impactkit.data.perimeters import at, block_of, blocks, reference, shares

POPULATION_SOURCE = (
    "Insee, populations légales (population municipale), par Etalab (Découpage administratif)"
)


@functools.lru_cache(maxsize=8)
def _published(vintage: int) -> tuple[tuple[int, int, pd.Series], ...]:
    """Each population: its year, the vintage of its communes, its inhabitants by block."""
    censuses = []
    for pop_year, file in reference("population").groupby("pop_year", sort=True):
        published = int(file["vintage"].iloc[0])
        block = block_of(file["commune"], blocks(vintage, published))
        censuses.append((int(pop_year), published, file["population"].groupby(block).sum()))
    return tuple(censuses)


@functools.lru_cache(maxsize=8)
def _population(vintage: int) -> pd.DataFrame:
    communes = at("communes", vintage)[["commune"]]
    parts = []
    for pop_year, published, people in _published(vintage):
        alone = shares(communes.assign(unit=communes["commune"]), vintage, published)
        known = alone["block"].map(people)
        tied = "merged" if published > vintage else "split"
        reason = alone["entire"].map({True: "", False: tied}).mask(known.isna(), "not-covered")
        part = alone[["unit"]].rename(columns={"unit": "commune"})
        part["pop_year"] = pop_year
        part["population"] = known.where(alone["entire"])
        part["reason"] = reason
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def population(*, vintage: int) -> pd.DataFrame:
    """Municipal population (inhabitants) of each commune of `vintage`, by year published, on its own ground.

    Columns: commune, pop_year, population, reason. Where the population is missing, reason is `split`
    (the commune came out of a larger one since, or lost part of itself), `merged` (the figure is that of
    the larger commune it joined since) or `not-covered` (Mayotte has the census of 2017 alone; no other
    commune has 2017). No year is interpolated.
    """
    return _population(vintage).copy(deep=False)


def sums(members: pd.DataFrame, *, vintage: int) -> pd.DataFrame:
    """Population of sets of communes (`members`: commune, unit): unit, pop_year, population, missing.

    A block counts when the whole of it lies in the unit; otherwise its communes are `missing` (their
    number) and the population of the unit is NaN, never a partial sum. Years of which a unit has no
    figure are not listed.
    """
    parts = []
    for pop_year, published, people in _published(vintage):
        held = shares(members, vintage, published)
        known = held["block"].map(people)
        lost = ~held["entire"] | known.isna()
        part = held[["unit"]].assign(pop_year=pop_year, known=known)
        part["covered"] = known.notna()
        part["missing"] = held["communes"].where(lost, 0)
        parts.append(part)
    whole = {"population": ("known", "sum"), "missing": ("missing", "sum"), "covered": ("covered", "any")}
    summed = pd.concat(parts).groupby(["unit", "pop_year"], as_index=False).agg(**whole)
    summed["population"] = summed["population"].where(summed["missing"] == 0)
    return summed[summed["covered"]].drop(columns="covered").reset_index(drop=True)
