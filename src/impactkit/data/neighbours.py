"""Which units lie side by side, from their outlines."""

import functools
import math

import numpy as np

from impactkit.data.sources.contours import found, outlines

# Outlines are drawn to 1.5 km or so, unit by unit: one border on the ground is two lines that near.
NEAR_KM = 1.5
STEP_KM = 0.5
KM = 111.2


def neighbours(family: str) -> dict[str, frozenset[str]]:
    """Units of a family (`epci`, `departement`) -> those whose outline comes within 1.5 km of theirs.

    Drawn from the outlines that were dropped, mainland only, on the ground of their file; a corner counts as
    a border. Raises NotEnoughData when no file is there, RefusedData for one that is no GeoJSON.
    """
    path = found(family)
    return dict(_neighbours(family, str(path), path.stat().st_mtime_ns if path else 0))


@functools.lru_cache(maxsize=4)
def _neighbours(family: str, path: str, changed: int) -> tuple[tuple[str, frozenset[str]], ...]:
    from scipy.spatial import cKDTree

    units = outlines(family)
    codes = sorted(units)
    parts = [_points(units[code]) for code in codes]
    owner = np.repeat(np.arange(len(codes)), [len(part) for part in parts])
    pairs = cKDTree(np.concatenate(parts)).query_pairs(NEAR_KM, output_type="ndarray")
    touching = np.unique(owner[pairs], axis=0)
    around: dict[str, set[str]] = {code: set() for code in codes}
    for one, other in touching[touching[:, 0] != touching[:, 1]]:
        around[codes[one]].add(codes[other])
        around[codes[other]].add(codes[one])
    return tuple((code, frozenset(others)) for code, others in around.items())


def _points(rings: list[list[tuple[float, float]]]) -> np.ndarray:
    """Points every half kilometre along rings, in kilometres on a plane that is true near France."""
    found = []
    for ring in rings:
        corners = np.array(ring) * [KM * math.cos(math.radians(46.5)), KM]
        steps = np.diff(corners, axis=0)
        lengths = np.hypot(*steps.T)
        for corner, step, length in zip(corners[:-1], steps, lengths, strict=True):
            count = max(1, math.ceil(length / STEP_KM))
            found.append(corner + np.outer(np.arange(count) / count, step))
    return np.concatenate(found)
