"""Numbers of one design, ready for the estimators: units, periods before and after, size, region, scale."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from impactkit.errors import NotEnoughData
from impactkit.wording.language import Language

Array = NDArray[np.float64]

# Features of the default, fixed once for every territory (see docs/statistics.md): weight of a unit's log
# size and of its region beside its path before, and how much weights are spread.
LOG = {"size": 0.01, "region": 0.03, "ridge": 0.0025}
POINTS = {"size": 0.1, "region": 0.3, "ridge": 0.25}
CENTRE = float(np.log(4000))
# What a sum of numbers of this size may be off by.
HAIR = 1e-12


@dataclass(frozen=True, eq=False)
class Design:
    """Comparable units (rows) by period (columns), on the scale of the analysis (logs, or points).

    `values` n x T, `before` and `after` are columns, `sizes` the log size of each unit at the last period
    before, `regions` its region, `areas` the smaller area round it ("" when it has none). With `buffer` no
    unit is compared with those of its own area. `times`: what the constants are multiplied by (1 each).
    """

    units: tuple[str, ...]
    periods: tuple[str, ...]
    values: Array
    before: tuple[int, ...]
    after: tuple[int, ...]
    sizes: Array
    regions: tuple[str, ...]
    scale: str
    areas: tuple[str, ...] = ()
    buffer: bool = False
    times: tuple[tuple[str, float], ...] = ()

    @property
    def constants(self) -> dict[str, float]:
        """Weights of the feature rows for this scale."""
        told = LOG if self.scale == "log" else POINTS
        return {name: value * dict(self.times).get(name, 1.0) for name, value in told.items()}

    def barred(self, areas: tuple[str, ...]) -> NDArray[np.bool_]:
        """Which units may not be used for each of these areas: with a buffer, those of the same one."""
        if not (self.buffer and self.areas):
            return np.zeros((len(areas), len(self.units)), dtype=bool)
        same = np.array(areas)[:, None] == np.array(self.areas)[None, :]
        return same & (np.array(areas) != "")[:, None]

    def features(self, values: Array, sizes: Array, regions: tuple[str, ...]) -> Array:
        """Feature rows of units: path before (centred), log size, region; a region without any unit of the
        design leaves its unit without one.
        """
        before = values[:, list(self.before)]
        told = self.constants
        # In points the number of quarters must not drown the rest.
        spread = 1.0 if self.scale == "log" else float(np.sqrt(5 / len(self.before)))
        path = (before - before.mean(axis=1, keepdims=True)) * spread
        # One region for all says nothing.
        known = sorted(set(self.regions) - {""}) if len(set(self.regions)) > 1 else []
        size = told["size"] * (sizes[:, None] - CENTRE)
        return np.hstack([path, size, told["region"] * marks(regions, known)])

    def centred(self, values: Array) -> Array:
        """Values less their mean before."""
        return values - values[:, list(self.before)].mean(axis=1, keepdims=True)


def marks(names: Sequence[str], known: Sequence[str]) -> Array:
    """One where a name (rows) is that one of those known (columns), zero elsewhere."""
    found = np.array(names, dtype=object)[:, None] == np.array(known, dtype=object)
    return found.astype(np.float64)


def chosen(design: Design, rows: Array) -> Design:
    """The design with some of its units only (indices, or a mask)."""
    at = np.flatnonzero(rows) if np.asarray(rows).dtype == bool else np.sort(rows)
    named = {name: getattr(design, name) for name in ("units", "regions", "areas")}
    kept = {name: tuple(some[one] for one in at) if some else () for name, some in named.items()}
    return replace(design, values=design.values[at], sizes=design.sizes[at], **kept)


def checked(language: Language, design: Design, own: Array, *, where: str) -> None:
    """Raises NotEnoughData in one sentence for what no estimator can use: fewer than two periods before,
    none after, fewer than two comparable units, a missing or infinite value, paths that never move, or
    comparable units that all changed alike: nothing would say what gap is ordinary.
    """
    if len(design.before) < 2:
        raise language.error(NotEnoughData, "effect-before", where=where, count=len(design.before))
    if not design.after:
        raise language.error(NotEnoughData, "effect-after", where=where)
    if len(design.units) < 2:
        raise language.error(NotEnoughData, "effect-alone", where=where)
    if not np.isfinite(own).all():
        wrong = [design.periods[at] for at in np.flatnonzero(~np.isfinite(own.ravel()))]
        raise language.error(NotEnoughData, "effect-missing", where=where, periods=", ".join(wrong))
    if not np.isfinite(design.values).all():
        wrong = [design.units[at] for at in np.flatnonzero(~np.isfinite(design.values).all(axis=1))]
        raise language.error(NotEnoughData, "effect-missing-units", where=where, units=", ".join(wrong[:5]))
    if np.ptp(own) == 0 and np.ptp(design.values, axis=1).max() == 0:
        raise language.error(NotEnoughData, "effect-constant", where=where)
    # Every gap would be the last bits of a sum, and one of them the largest.
    apart = np.ptp(design.centred(design.values)[:, list(design.after)].mean(axis=1))
    if apart <= HAIR * max(1.0, np.abs(design.values).max()):
        raise language.error(NotEnoughData, "effect-alike", where=where)
