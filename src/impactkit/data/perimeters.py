"""The registry of perimeters, and the one rule that says when two of them are the same ground.

Sources: `data/reference` (INSEE, DGCL, through Etalab). Two perimeters are the same when their communes are,
followed through every merger and split. Communes that merged, split or changed code between two vintages
are tied into one **block**: what is published for them is known for the block alone, and only who holds
every commune of a block holds it. A part of a block is never the block.
"""

import functools
from collections.abc import Set as AbstractSet

import pandas as pd

from impactkit.data.folders import reference_folder
from impactkit.wording.language import FRENCH

VINTAGES = tuple(range(2019, 2027))

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
        raise FRENCH.unknown("noun.vintage", str(vintage), map(str, VINTAGES))
    table = reference(name)
    stands = (table["first"] <= vintage) & (table["last"] >= vintage)
    return table[stands].drop(columns=["first", "last"]).reset_index(drop=True)


@functools.lru_cache(maxsize=64)
def blocks(one: int, other: int) -> dict[str, str]:
    """Codes of communes that merged, split or changed between two vintages -> the name of their block.

    A code that is absent stands alone on the same ground at both vintages. Read, never written into.
    """
    table = reference("commune_changes")
    between = table[(table["year"] > min(one, other)) & (table["year"] <= max(one, other))]
    block: dict[str, str] = {}
    for old, new in zip(between["old"], between["new"], strict=True):
        first, second = block.setdefault(old, old), block.setdefault(new, new)
        block.update({code: first for code, name in block.items() if name == second})
    return block


def block_of(codes: pd.Series, tied: dict[str, str]) -> pd.Series:
    """Codes of communes, those that are tied replaced by the name of their block."""
    moved = codes.isin(tied)
    return codes.mask(moved, codes[moved].map(tied)) if moved.any() else codes


def shares(members: pd.DataFrame, vintage: int, other: int) -> pd.DataFrame:
    """The blocks, between `vintage` and another, in which units of `vintage` lie (`members`: commune, unit).

    Columns: unit, block, communes (how many of the block the unit holds), entire (whether these are all that
    the block has at `vintage`).
    """
    ground = members[["unit"]].assign(block=block_of(members["commune"], blocks(vintage, other)))
    held = ground.groupby(["unit", "block"], as_index=False).size().rename(columns={"size": "communes"})
    return held.assign(entire=held["communes"] == held["block"].map(_sizes(vintage, other)))


def same_ground(before: pd.DataFrame, then: int, after: pd.DataFrame, now: int) -> dict[str, str]:
    """Units of one vintage (`before`: commune, unit) -> the unit of another (`after`) on the same ground."""
    there = {blocks: unit for unit, blocks in _grounds(after, now, then).items()}
    found = _grounds(before, then, now).items()
    return {unit: there[blocks] for unit, blocks in found if blocks in there}


def tied_to(codes: AbstractSet[str]) -> set[str]:
    """Every code of commune that some merger, split or change of the registry ties to one of `codes`."""
    tied = blocks(VINTAGES[0], VINTAGES[-1])
    names = {tied[code] for code in codes & tied.keys()}
    return {code for code, name in tied.items() if name in names}


def _grounds(members: pd.DataFrame, vintage: int, other: int) -> dict[str, frozenset[str]]:
    """The blocks of each unit, of those that hold no part of one only."""
    parts = shares(members, vintage, other)
    cut = set(parts[~parts["entire"]]["unit"])
    # In plain Python: thousands of units of one block each, and a group of pandas costs more than that.
    grounds: dict[str, set[str]] = {}
    for unit, block in zip(parts["unit"], parts["block"], strict=True):
        if unit not in cut:
            grounds.setdefault(str(unit), set()).add(block)
    return {unit: frozenset(blocks) for unit, blocks in grounds.items()}


@functools.lru_cache(maxsize=64)
def _sizes(vintage: int, other: int) -> pd.Series:
    """How many communes of `vintage` each block has."""
    return block_of(at("communes", vintage)["commune"], blocks(vintage, other)).value_counts()
