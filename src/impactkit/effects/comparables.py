"""The one table of who a territory is compared with on an outcome: every unit of its family, in or out and
why, near in size or not, with its weight. Counts, adjectives of size, curves and the file are drawn from it.
"""

import functools
from dataclasses import dataclass

import numpy as np
import pandas as pd

from impactkit.data.territories import Territory
from impactkit.effects import placebo
from impactkit.effects.comparison import Case, case_or_why
from impactkit.effects.results import rounded
from impactkit.indicators.comparable import comparable, family_of, sizes_of
from impactkit.wording.language import Language

COLUMNS = ["territory", "outcome", "code", "name", "region", "size", "distance"]
COLUMNS += ["comparable", "reason", "near", "weight"]
FEWEST_SIMILAR, LARGEST_RATIO, FEWEST_EFFECTIVE = 20, 2.0, 10.0


def comparables(place: Territory, outcome: str) -> pd.DataFrame:
    """Who a territory is compared with on an outcome: one row by unit of its family.

    Columns territory, outcome, code, name, region, size (see `comparable`), distance (log of the size over
    that of the territory), comparable, reason (why not, "" for those that are), near (whether its placebo
    gap is among those that rank the territory's: the hundred nearest in size, or all of them for a rate),
    weight (in the synthetic comparison; empty for a unit outside its pool, or where there is none). Empty
    without a perimeter; raises like `comparable`.
    """
    return _comparables(place, outcome).copy()


@functools.lru_cache(maxsize=128)
def _comparables(place: Territory, outcome: str) -> pd.DataFrame:
    if not place.perimeter and not place.units:
        return pd.DataFrame(columns=COLUMNS)
    units = comparable(place, on=outcome).rename(columns={"unit": "code"})
    _, own = sizes_of(place, outcome, family_of(place, outcome))
    with np.errstate(divide="ignore", invalid="ignore"):
        distance = np.log(units["size"].astype("float64") / own)
    units["distance"] = rounded(distance.where(np.isfinite(distance)).to_numpy())
    case, _ = case_or_why(place, outcome)
    near, weights = ({}, {}) if case is None else _in_design(case)
    units["near"] = units["code"].isin(near)
    units["weight"] = units["code"].map(weights).astype("float64")
    return units.assign(territory=place.code, outcome=outcome)[COLUMNS]


def _in_design(case: Case) -> tuple[set[str], dict[str, float]]:
    """The units whose gaps rank the territory's, and the weight of each unit of the pool."""
    design = case.design
    rows = placebo.nearest(design.sizes, case.size, placebo.among(design.scale))
    _, weights = case.compared()
    near = {design.units[row] for row in rows}
    return near, dict(zip(design.units, rounded(weights.values[0]), strict=True))


@dataclass(frozen=True)
class Comparison:
    """What the table says of a comparison: how many units are comparable (and in its pool), how many rank
    the gap, the smallest and the largest of these, how many stand in its pool, the mean size of its weighted
    units, how many times the territory is as large, and to how many units of equal weight it amounts.
    """

    similar: int
    near: int
    smallest: float
    largest: float
    pool: int
    size: float
    ratio: float
    effective: float


def compared_with(place: Territory, outcome: str) -> Comparison | None:
    """A comparison as its table tells it; None without one."""
    units = _comparables(place, outcome)
    pool = units[units["weight"].notna()]
    if pool.empty:
        return None
    near = pool[pool["near"]]
    mean = float((pool["weight"] * pool["distance"]).sum())
    return Comparison(
        similar=int(pool["comparable"].sum()),
        near=len(near),
        smallest=rounded(float(near["size"].min())),
        largest=rounded(float(near["size"].max())),
        pool=len(pool),
        size=rounded(_size(pool, mean)),
        ratio=rounded(float(np.exp(-mean))),
        effective=rounded(1 / float((pool["weight"] ** 2).sum())),
    )


def comparison_warnings(language: Language, comparison: Comparison) -> tuple[str, ...]:
    """What weakens a comparison, in words: few comparable units, weights on units of another size, or on a
    handful of units.
    """
    warnings = []
    similar, ratio = comparison.similar, comparison.ratio
    if similar < FEWEST_SIMILAR:
        key = "effect.warning.similar" + ("" if similar else ".none")
        warnings.append(language.say(key, n=similar, count=similar) if similar else language.say(key))
    if max(ratio, 1 / ratio) > LARGEST_RATIO:
        key = "smaller" if ratio > 1 else "larger"
        warnings.append(
            language.say(f"effect.warning.{key}", times=language.number(max(ratio, 1 / ratio), 1))
        )
    if comparison.effective < FEWEST_EFFECTIVE:
        warnings.append(language.say("effect.warning.handful", count=int(comparison.effective)))
    return tuple(warnings)


def mean_sizes(place: Territory, outcome: str) -> tuple[float, float, float]:
    """The size of the territory, the weighted mean of its comparison and the mean of its whole pool, both
    geometric: a size is compared by how many times, and the weights follow its logarithm.
    """
    units = _comparables(place, outcome)
    pool = units[units["weight"].notna()]
    weighted = float((pool["weight"] * pool["distance"]).sum())
    every = float(pool["distance"].mean())
    return _size(pool, 0.0), _size(pool, weighted), _size(pool, every)


def _size(pool: pd.DataFrame, distance: float) -> float:
    """The size at a distance from the territory's."""
    own = pool["size"].iloc[0] / np.exp(pool["distance"].iloc[0])
    return float(own * np.exp(distance))
