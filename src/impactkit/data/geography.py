"""Communes and what they form (EPCI, EPT, départements, regions) at one vintage; population on fixed ground.

Sources: `data/reference` (INSEE code officiel géographique, DGCL Banatic, through Etalab). Codes are text.
A vintage is the state on 1 January of a year, 2019 to 2026.
"""

import functools
from collections.abc import Iterable

import pandas as pd

from impactkit.data.perimeters import VINTAGES, at, block_of, blocks, reference, shares
from impactkit.data.perimeters import same_ground as same
from impactkit.data.population import POPULATION_SOURCE, population
from impactkit.data.population import sums as sums
from impactkit.wording.language import FRENCH

# Who asks for geography finds population beside it.
__all__ = ["POPULATION_SOURCE", "VINTAGES", "population", "sums"]

PERIMETER_SOURCE = (
    "Insee, code officiel géographique, et DGCL, Banatic, par Etalab (Découpage administratif)"
)

_EPT_VINTAGE = 2026
_NOUNS = {
    "commune": "la commune",
    "epci": "l’intercommunalité (EPCI)",
    "ept": "l’établissement public territorial",
    "departement": "le département",
    "region": "la région",
}
FAMILIES = tuple(_NOUNS)


def units(family: str, *, vintage: int) -> pd.DataFrame:
    """Every unit of a family at a vintage. Raises UnknownName for another family or vintage.

    Columns: code, name, type (CC, CA, CU, METRO, MET69 for EPCI, "" for the others), communes (their
    number).
    """
    return _units(family, vintage).copy(deep=False)


def members(family: str, *, vintage: int) -> pd.DataFrame:
    """Which commune is in which unit of a family: columns commune, unit.

    Four islands are in no EPCI, most communes in no EPT. EPT are those of 2026, told in the communes of
    `vintage`.
    """
    return _members(family, vintage).copy(deep=False)


def communes_of(kind: str, code: str, *, vintage: int) -> frozenset[str]:
    """Communes of one unit (`kind` is a family). Raises UnknownName for a code unknown at that vintage."""
    held = _communes_by_unit(kind, vintage)
    if code not in held:
        raise FRENCH.unknown(f"noun.{kind}.of", code, held, vintage=vintage)
    return held[code]


def name_of(kind: str, code: str, *, vintage: int) -> str:
    """Name of one unit. Raises UnknownName for a code that does not exist at that vintage."""
    communes_of(kind, code, vintage=vintage)
    table = _units(kind, vintage)
    return str(table.loc[table["code"] == code, "name"].iloc[0])


def departements_of(communes: Iterable[str], *, vintage: int) -> list[str]:
    """Names of the départements that hold these communes, in the order of their codes."""
    return _names_around("departement", communes, vintage)


def departements_in(communes: Iterable[str], *, vintage: int) -> set[str]:
    """Codes of the départements that hold these communes."""
    return _around("departement", communes, vintage)


def regions_of(communes: Iterable[str], *, vintage: int) -> list[str]:
    """Names of the regions that hold these communes, in the order of their codes."""
    return _names_around("region", communes, vintage)


def overseas_regions(*, vintage: int) -> frozenset[str]:
    """Names of the regions overseas: the official code of a region begins with 0 there, and nowhere else."""
    regions = _units("region", vintage)
    away = regions["code"].str.startswith("0")
    return frozenset(regions.loc[away, "name"])


def population_of(communes: Iterable[str], *, vintage: int) -> pd.DataFrame:
    """Municipal population (inhabitants) of a set of communes of `vintage`: pop_year, population, missing.

    `missing` is the number of communes without a figure; population is then NaN. Years published for none
    of them are not listed. Raises UnknownName for a code that is no commune of that vintage.
    """
    codes = frozenset(communes)
    known = _communes_by_unit("commune", vintage)
    for code in sorted(codes - known.keys()):
        raise FRENCH.unknown("noun.commune.of", code, known, vintage=vintage)
    return _population_of(codes, vintage).copy(deep=False)


def unit_population(family: str, *, vintage: int) -> pd.DataFrame:
    """Municipal population (inhabitants) of every unit of a family, on its ground of `vintage`.

    Columns: unit, pop_year, population, missing; the same figures as `population_of` on its communes.
    """
    return _unit_population(family, vintage).copy(deep=False)


def same_ground(family: str, *, then: int, now: int) -> dict[str, str]:
    """Units of a family at one vintage -> the unit that stands on the same ground at another: the same
    communes, through every merger and split. Raises UnknownName for another family or vintage.
    """
    return dict(_same_ground(family, then, now))


@functools.lru_cache(maxsize=64)
@functools.lru_cache(maxsize=64)
def codes(family: str, *, vintage: int) -> frozenset[str]:
    """Codes of the units of a family at a vintage."""
    return frozenset(_members(family, vintage)["unit"])


def most_in(ground: pd.DataFrame, family: str, *, vintage: int) -> pd.Series:
    """The unit of a family in which most communes of each unit lie (`ground`: columns commune, unit), by
    unit; of two that hold as many, the first by code.
    """
    around = _members(family, vintage).rename(columns={"unit": "around"})
    counts = ground.merge(around, on="commune").groupby(["unit", "around"], sort=True).size()
    counts = counts.sort_values(ascending=False, kind="stable").reset_index()
    return counts.drop_duplicates("unit").set_index("unit")["around"].sort_index()


@functools.lru_cache(maxsize=64)
def _members(family: str, vintage: int) -> pd.DataFrame:
    if family not in FAMILIES:
        raise FRENCH.unknown("noun.family", family, FAMILIES)
    communes = at("communes", vintage)
    if family == "commune":
        return communes[["commune"]].assign(unit=communes["commune"])
    if family == "epci":
        return at("epci_members", vintage).rename(columns={"epci": "unit"})
    if family == "ept":
        listed = reference("ept")[["commune", "ept"]].set_axis(["commune", "unit"], axis=1)
        held = shares(listed, _EPT_VINTAGE, vintage)
        unit = held[held["entire"]].set_index("block")["unit"]
        found = block_of(communes["commune"], blocks(vintage, _EPT_VINTAGE)).map(unit)
        return communes[["commune"]].assign(unit=found).dropna().reset_index(drop=True)
    return communes[["commune", family]].rename(columns={family: "unit"})


@functools.lru_cache(maxsize=64)
def _same_ground(family: str, then: int, now: int) -> tuple[tuple[str, str], ...]:
    return tuple(same(_members(family, then), then, _members(family, now), now).items())


@functools.lru_cache(maxsize=64)
def _units(family: str, vintage: int) -> pd.DataFrame:
    count = _members(family, vintage)["unit"].value_counts()
    name = family if family in ("epci", "ept") else f"{family}s"
    table = at(name, vintage) if family in ("commune", "epci") else reference(name).drop_duplicates(family)
    found = table[[family, "name"]].set_axis(["code", "name"], axis=1)
    found = found.assign(type=table.get("type", ""), communes=table[family].map(count))
    return found.sort_values("code").reset_index(drop=True)


@functools.lru_cache(maxsize=64)
def _communes_by_unit(family: str, vintage: int) -> dict[str, frozenset[str]]:
    if family == "commune":
        return {code: frozenset([code]) for code in _members(family, vintage)["commune"]}
    grouped = _members(family, vintage).groupby("unit")["commune"]
    return {str(unit): frozenset(codes) for unit, codes in grouped}


def _names_around(family: str, communes: Iterable[str], vintage: int) -> list[str]:
    table = _units(family, vintage)
    held = table["code"].isin(_around(family, communes, vintage))
    return [str(name) for name in table.loc[held, "name"]]


def _around(family: str, communes: Iterable[str], vintage: int) -> set[str]:
    held = _unit_by_commune(family, vintage)
    return {held[commune] for commune in communes if commune in held}


@functools.lru_cache(maxsize=64)
def _unit_by_commune(family: str, vintage: int) -> dict[str, str]:
    held = _members(family, vintage)
    return dict(zip(held["commune"], held["unit"], strict=True))


@functools.lru_cache(maxsize=256)
def _population_of(codes: frozenset[str], vintage: int) -> pd.DataFrame:
    return sums(pd.DataFrame({"commune": sorted(codes), "unit": ""}), vintage=vintage).drop(columns="unit")


@functools.lru_cache(maxsize=32)
def _unit_population(family: str, vintage: int) -> pd.DataFrame:
    return sums(_members(family, vintage), vintage=vintage)
