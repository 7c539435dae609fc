"""Which units lie side by side, from their outlines."""

import functools
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from impactkit.data.sources.contours import Ring, found, outlines
from impactkit.errors import ImpactkitError, RefusedData
from impactkit.wording.language import Language

# Outlines are drawn to 1.5 km or so, unit by unit: one border on the ground is two lines that near.
NEAR_KM = 1.5
STEP_KM = 0.5
KM = 111.2
# Points along outlines, and of those how many lie near one another: several times what France has.
MOST_POINTS, MOST_NEAR = 2_000_000, 20_000_000


def neighbours(language: Language, family: str) -> dict[str, frozenset[str]]:
    """Units of a family (`epci`, `departement`) -> those whose outline comes within 1.5 km of theirs.

    Drawn from the outlines that were dropped, mainland only, on the ground of their file; a corner counts as
    a border. Raises NotEnoughData when no file is there, RefusedData for one that is no GeoJSON, or
    holds many more outlines than a country has.
    """
    path = found(language, family)
    return dict(_neighbours(language, family, str(path), path.stat().st_mtime_ns if path else 0))


@functools.lru_cache(maxsize=4)
def _neighbours(
    language: Language, family: str, path: str, changed: int
) -> tuple[tuple[str, frozenset[str]], ...]:
    from scipy.spatial import cKDTree

    units = outlines(language, family)
    codes = sorted(units)
    around: dict[str, set[str]] = {code: set() for code in codes}
    _check_length(language, units, path)
    parts = [_points(units[code]) for code in codes]
    owner = np.repeat(np.arange(len(codes)), [len(part) for part in parts])
    if len(owner):
        tree = cKDTree(np.concatenate(parts))
        if tree.count_neighbors(tree, NEAR_KM) > MOST_NEAR:
            raise _too_many(language, path)
        pairs = tree.query_pairs(NEAR_KM, output_type="ndarray")
        touching = np.unique(owner[pairs], axis=0)
        for one, other in touching[touching[:, 0] != touching[:, 1]]:
            around[codes[one]].add(codes[other])
            around[codes[other]].add(codes[one])
    return tuple((code, frozenset(others)) for code, others in around.items())


def _check_length(language: Language, units: Mapping[str, Sequence[Ring]], path: str) -> None:
    """Raises RefusedData for outlines of which the points would be too many, before they are made."""
    count = 0
    for rings in units.values():
        for ring in rings:
            _, _, counts = _segments(ring)
            count += int(counts.sum())
        if count > MOST_POINTS:
            raise _too_many(language, path)


def _too_many(language: Language, path: str) -> ImpactkitError:
    return language.error(RefusedData, "outlines-heavy", where=Path(path).name)


def _segments(ring: Ring) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The corners of a ring, in kilometres on a plane that is true near France; the step to the next of
    each, and how many points it takes.
    """
    corners = np.array(ring, dtype="float64").reshape(-1, 2) * [KM * math.cos(math.radians(46.5)), KM]
    steps = np.diff(corners, axis=0)
    lengths = np.hypot(*steps.T)
    counts = np.maximum(1, np.ceil(lengths / STEP_KM)).astype("int64")
    return corners, steps, counts


def _points(rings: Sequence[Ring]) -> np.ndarray:
    """Points every half kilometre along rings."""
    found = [np.empty((0, 2))]
    for ring in rings:
        corners, steps, counts = _segments(ring)
        for corner, step, count in zip(corners[:-1], steps, counts, strict=True):
            found.append(corner + np.outer(np.arange(count) / count, step))
    return np.concatenate(found)
