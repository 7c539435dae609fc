"""Municipal population on a fixed ground: earlier and later codes of communes followed, or refused.

Sources: `data/reference` (INSEE, through Etalab). A population was published on the communes of one year
(`vintage` of the table). Between that year and another, communes that merged, split or changed code are
tied into one **block**: the population of a block is known whole; that of one commune when the block
holds no other.
"""

import functools

import pandas as pd

from impactkit.data.folders import reference_folder
from impactkit.errors import UnknownName

VINTAGES = tuple(range(2019, 2027))
POPULATION_SOURCE = (
    "Insee, populations légales (population municipale), par Etalab (Découpage administratif)"
)

_WHOLE = ("first", "last", "year", "pop_year", "population", "vintage")


@functools.lru_cache(maxsize=16)
def reference(name: str) -> pd.DataFrame:
    """One table that ships, codes as text, years and populations as integers; read, never written into."""
    path = next(reference_folder().glob(f"{name}.csv*"))
    header = pd.read_csv(path, nrows=0).columns
    kinds = {column: "int64" if column in _WHOLE else "str" for column in header}
    return pd.read_csv(path, dtype=kinds, keep_default_na=False)


def at(name: str, vintage: int) -> pd.DataFrame:
    """The rows of a table of intervals that stand at one vintage. Raises UnknownName outside 2019-2026."""
    if vintage not in VINTAGES:
        raise UnknownName.among("le millésime", str(vintage), map(str, VINTAGES))
    table = reference(name)
    stands = (table["first"] <= vintage) & (table["last"] >= vintage)
    return table[stands].drop(columns=["first", "last"]).reset_index(drop=True)


def blocks(one: int, other: int) -> dict[str, str]:
    """Codes of communes that merged, split or changed between two vintages -> the name of their block.

    A code that is absent stands alone on the same ground at both vintages.
    """
    table = reference("commune_changes")
    between = table[(table["year"] > min(one, other)) & (table["year"] <= max(one, other))]
    found: dict[str, str] = {}
    for old, new in zip(between["old"], between["new"], strict=True):
        first, second = found.setdefault(old, old), found.setdefault(new, new)
        found.update({code: first for code, block in found.items() if block == second})
    return found


def block_of(codes: pd.Series, tied: dict[str, str]) -> pd.Series:
    """Codes of communes, those that are tied replaced by the name of their block."""
    moved = codes.isin(tied)
    return codes.mask(moved, codes[moved].map(tied)) if moved.any() else codes


@functools.lru_cache(maxsize=8)
def _ground(vintage: int) -> pd.DataFrame:
    """Each commune of a vintage by pop_year: its block, the block's number of communes and population."""
    communes, files = at("communes", vintage)["commune"], reference("population")
    parts = []
    for pop_year, file in files.groupby("pop_year", sort=True):
        published = int(file["vintage"].iloc[0])
        tied = blocks(vintage, published)
        known = file["population"].groupby(block_of(file["commune"], tied)).sum()
        block = block_of(communes, tied)
        size = block.map(block.value_counts())
        about = {"block": block, "size": size, "known": block.map(known), "later": published > vintage}
        parts.append(pd.DataFrame({"commune": communes, "pop_year": int(pop_year)} | about))
    return pd.concat(parts, ignore_index=True)


@functools.lru_cache(maxsize=8)
def _population(vintage: int) -> pd.DataFrame:
    ground = _ground(vintage)
    alone, covered = ground["size"] == 1, ground["known"].notna()
    reason = pd.Series("", index=ground.index).mask(~alone, "split").mask(~alone & ground["later"], "merged")
    told = {"population": ground["known"].where(alone), "reason": reason.mask(~covered, "not-covered")}
    return ground[["commune", "pop_year"]].assign(**told)


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
    ground = _ground(vintage)
    # A lookup is far quicker than a join when few communes are asked among all.
    joined = members.merge(ground[ground["commune"].isin(set(members["commune"]))], on="commune")
    joined["covered"] = joined["known"].notna()
    key = ["unit", "pop_year"]
    alone = joined[joined["size"] == 1]
    first = {name: (name, "first") for name in ("size", "known", "covered")}
    tied = joined[joined["size"] > 1].groupby([*key, "block"], as_index=False)
    tied = tied.agg(here=("commune", "size"), **first)
    inside = tied["size"] == tied["here"]
    alone = alone.assign(missing=(~alone["covered"]).astype(int))
    tied = tied.assign(known=tied["known"].where(inside), missing=tied["here"].where(~inside, 0))
    rows = pd.concat([part[[*key, "known", "covered", "missing"]] for part in (alone, tied)])
    whole = {"population": ("known", "sum"), "missing": ("missing", "sum"), "covered": ("covered", "any")}
    found = rows.groupby(key, as_index=False).agg(**whole)
    found["population"] = found["population"].where(found["missing"] == 0)
    return found[found["covered"]].drop(columns="covered").reset_index(drop=True)
