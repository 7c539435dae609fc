"""Perimeters compared from outside: the smallest blocks of communes that stand at two vintages, rebuilt from
the movements of communes year by year, by other code than the kit's.
"""

from __future__ import annotations

import csv
import functools
import gzip
import io
from collections import Counter, defaultdict
from pathlib import Path

REFERENCE = Path(__file__).resolve().parents[1] / "data" / "reference"
FIRST, LAST = 2019, 2026
Node = tuple[str, int]


@functools.lru_cache(maxsize=16)
def lines(name: str) -> tuple[dict[str, str], ...]:
    """The rows of a table that ships."""
    path = next(REFERENCE.glob(f"{name}.csv*"))
    data = path.read_bytes()
    text = gzip.decompress(data) if path.suffix == ".gz" else data
    return tuple(csv.DictReader(io.StringIO(text.decode())))


def standing(name: str, year: int) -> list[dict[str, str]]:
    """The rows of a table of intervals that stand in a year."""
    return [row for row in lines(name) if int(row["first"]) <= year <= int(row["last"])]


@functools.lru_cache(maxsize=16)
def communes(year: int) -> frozenset[str]:
    return frozenset(row["commune"] for row in standing("communes", year))


@functools.lru_cache(maxsize=64)
def atoms(first: int, last: int) -> dict[Node, str]:
    """(commune, year) -> the name of its block, over the years from `first` to `last`: what is tied by
    staying, by merging, by splitting or by changing code is one connected part of the graph.
    """
    years = range(first, last + 1)
    name = {(code, year): code for year in years for code in communes(year)}
    moving = {row[end] for row in lines("commune_changes") for end in ("old", "new")}
    around: dict[Node, set[Node]] = {node: set() for node in name if node[0] in moving}
    for year in years[1:]:
        moved = [row for row in lines("commune_changes") if int(row["year"]) == year]
        pairs = [(row["old"], row["new"]) for row in moved]
        pairs += [(code, code) for code in moving & communes(year) & communes(year - 1)]
        for old, new in pairs:
            around[old, year - 1].add((new, year))
            around[new, year].add((old, year - 1))
    seen: set[Node] = set()
    for start in around:
        waiting = [start]
        while waiting:
            node = waiting.pop()
            if node not in seen:
                seen.add(node)
                name[node] = f"block of {start[0]}, {start[1]}"
                waiting += around[node]
    return name


@functools.lru_cache(maxsize=64)
def units(family: str, year: int) -> dict[str, frozenset[str]]:
    """Unit -> its communes, of the families that a table of the year tells."""
    found: dict[str, set[str]] = defaultdict(set)
    if family == "epci":
        for row in standing("epci_members", year):
            found[row["epci"]].add(row["commune"])
    for row in standing("communes", year) if family != "epci" else ():
        found[row[family]].add(row["commune"])
    return {unit: frozenset(codes) for unit, codes in found.items()}


def ground(family: str, year: int, other: int) -> dict[str, frozenset[str] | None]:
    """Unit of a year -> the blocks that it is made of; None where it holds a part of one only."""
    number = atoms(min(year, other), max(year, other))
    size = Counter(number[code, year] for code in communes(year))
    found: dict[str, frozenset[str] | None] = {}
    for unit, codes in units(family, year).items():
        inside = Counter(number[code, year] for code in codes)
        found[unit] = frozenset(inside) if all(size[block] == inside[block] for block in inside) else None
    return found


def same(family: str, then: int, now: int) -> dict[str, str]:
    """Unit at one vintage -> the unit on the same ground at another."""
    there = {blocks: unit for unit, blocks in ground(family, now, then).items() if blocks is not None}
    before = ground(family, then, now)
    return {unit: there[blocks] for unit, blocks in before.items() if blocks is not None and blocks in there}
