"""What is printed of a gap, held against the real panels: the power of each threshold for its own decision,
families of tests, five editions, every interval. Each comparable unit in turn as if it had been labelled.

Units are fixed: standard errors leave out a twentieth of the units at a time (a jackknife by groups).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from worlds import Cell

from impactkit.effects import placebo
from impactkit.effects.design import Array, Design
from impactkit.effects.looks import LEVEL, SAME, boundaries
from impactkit.effects.pooled import Pooled, _one_more, _varied
from impactkit.effects.yardstick import Pool, Yardstick, pool_of, seen_from

FAMILIES, PROGRAMMES, GROUPS = 4_000, 200, 20
NEAR = 40
# True effects put in families, as shares of the threshold of an effect, half of the units having one.
TRUTHS = (0.0, 0.5, 0.75, 1.0, 1.5)


@dataclass(frozen=True, eq=False)
class Panel:
    """A pool as the reports use it: its units, its design, its kind, how many territories are tested."""

    name: str
    design: Design
    kind: str
    tests: int

    @property
    def among(self) -> int | None:
        return placebo.among(self.design.scale)

    def pool(self, looks: tuple[int, ...] = ()) -> Pool:
        """Gaps at each of these looks (columns that end them), or at the last period alone."""
        paths = placebo.enumerated(self.design).paths
        ends = looks or (self.design.after[-1],)
        columns = [[at for at in self.design.after if at <= end] for end in ends]
        gaps = np.column_stack([paths[:, after].mean(axis=1) for after in columns])
        spent = tuple(LEVEL * (len(after) / len(columns[-1])) ** 2 for after in columns)
        return pool_of(gaps, self.design.sizes, self.design.scale, self.kind, spent)

    def windows(self) -> list[Panel]:
        """The panel with other periods before and after, as far as it reaches."""
        return [self, *(replace(self, design=design) for design in _windows(self.design))]


def _windows(design: Design) -> list[Design]:
    """The same panel cut elsewhere: before and after are thirds or halves of what it holds before the label,
    and the years after it.
    """
    before, after = design.before, design.after
    half = len(before) // 2 + 1
    cuts = [(before[:half], before[half:]), (before, after[: len(after) // 2 + 1])]
    cuts.append((before[-half:], after[len(after) // 2 :]))
    return [_cut(design, *cut) for cut in cuts]


def _cut(design: Design, before: tuple[int, ...], after: tuple[int, ...]) -> Design:
    sizes = design.values[:, before[-1]] if design.scale == "log" else design.sizes
    return replace(design, before=before, after=after, sizes=sizes)


@dataclass(frozen=True, eq=False)
class Tried:
    """One unit as if labelled: its gap at each look, what it is measured against, the two thresholds."""

    unit: str
    size: float
    gaps: Array
    stick: Yardstick
    unusual: float
    effect: float | None
    beyond: float | None
    p: float


def tried(panel: Panel, looks: tuple[int, ...] = ()) -> list[Tried]:
    """Every unit of a panel that has a test."""
    pool, units = panel.pool(looks), []
    for row, size in enumerate(pool.sizes):
        stick = seen_from(pool.without(row), float(size), panel.among)
        if stick.half is None:
            continue
        gaps = pool.gaps[row]
        counted = stick.critical(panel.tests)
        beyond = None if counted is None else max(stick.half, counted)
        effect = None if beyond is None else beyond + stick.spread
        p = stick.p(float(gaps[-1]), stick.rule(panel.tests))
        unusual = stick.half + stick.spread
        name = panel.design.units[row]
        units.append(Tried(name, float(size), gaps, stick, unusual, effect, beyond, p))
    return units


def thirds(units: list[Tried]) -> list[list[Tried]]:
    """All the units, then the small, the middling and the large."""
    order = sorted(units, key=lambda unit: unit.size)
    cuts = [round(len(order) * part / 3) for part in range(4)]
    return [units, *(order[start:end] for start, end in zip(cuts[:-1], cuts[1:], strict=True))]


def power(units: list[Tried], *, of_effect: bool) -> Cell:
    """How often a gap as large as a printed threshold gets its word, upwards and downwards."""
    hits = count = 0
    for unit in units:
        threshold, beyond = (unit.effect, unit.beyond) if of_effect else (unit.unusual, unit.stick.half)
        if threshold is None or beyond is None:
            continue
        for way in (1, -1):
            count += 1
            hits += abs(unit.gaps[-1] + way * threshold) > beyond
    return Cell(count, hits)


def covered(units: list[Tried]) -> Cell:
    """How often the printed interval holds the truth, here zero."""
    inside = [abs(unit.gaps[-1]) <= (unit.stick.half or 0.0) * (1 + SAME) for unit in units]
    return Cell(len(inside), sum(inside))


def ever(units: list[Tried], panel: Panel) -> Cell:
    """How often a unit crosses at one look at least of those that were foreseen."""
    crossed = 0
    for unit in units:
        pool = unit.stick.pool
        near = placebo.nearest(pool.sizes, unit.size, panel.among)
        ends = boundaries(np.abs(pool.gaps[near]), pool.spent)
        pairs = zip(unit.gaps, ends, strict=True)
        crossed += any(end is not None and abs(gap) > end for gap, end in pairs)
    return Cell(len(units), crossed)


def ever_unplanned(units: list[Tried], panel: Panel) -> Cell:
    """The same when each edition spends the whole error again."""
    crossed = 0
    for unit in units:
        pool = unit.stick.pool
        near = placebo.nearest(pool.sizes, unit.size, panel.among)
        history = np.abs(pool.gaps[near])
        ends = [boundaries(column[:, None], [LEVEL])[0] for column in history.T]
        crossed += any(abs(gap) > (end or np.inf) for gap, end in zip(unit.gaps, ends, strict=True))
    return Cell(len(units), crossed)


def called(units: list[Tried], tests: int) -> NDArray[np.bool_]:
    """Which units would be the first call of a family of so many tests, nothing having been done."""
    return np.array(
        [
            abs(unit.gaps[-1]) > (unit.stick.half or np.inf) and unit.p <= LEVEL / tests * (1 + SAME)
            for unit in units
        ]
    )


def exact(calls: NDArray[np.bool_], tests: int) -> float:
    """Share of the families drawn from all these units that hold one call at least, over every family that
    could be drawn: one less the chance that none does.
    """
    from scipy.stats import hypergeom

    return float(1 - hypergeom.pmf(0, len(calls), int(calls.sum()), tests))


def jackknife(names: list[str], rate: Callable[[NDArray[np.bool_]], float]) -> tuple[float, float]:
    """A rate over units and its standard error, in percent, units left out by groups (`names`: one a unit, a
    unit that comes back in another window being left out everywhere at once).
    """
    order = {name: at % GROUPS for at, name in enumerate(sorted(set(names)))}
    group = np.array([order[name] for name in names])
    rates = np.array([rate(group != left) for left in range(GROUPS)])
    error = np.sqrt((GROUPS - 1) / GROUPS * ((rates - rates.mean()) ** 2).sum())
    return 100 * rate(np.ones(len(names), dtype=bool)), 100 * float(error)


def family_rate(panel: Panel) -> tuple[float, float, dict[str, int]]:
    """Families with one call at least, averaged over windows, its standard error, and who is called."""
    windows = [tried(window) for window in panel.windows()]
    calls = [called(units, panel.tests) for units in windows]
    names = [unit.unit for units in windows for unit in units]
    starts = np.cumsum([0, *map(len, calls)])
    whole = np.concatenate(calls)

    def rate(kept: NDArray[np.bool_]) -> float:
        spans = zip(starts[:-1], starts[1:], strict=True)
        rates = [exact(whole[start:end][kept[start:end]], panel.tests) for start, end in spans]
        return float(np.mean(rates))

    who: dict[str, int] = {}
    for name in np.array(names)[whole]:
        who[str(name)] = who.get(str(name), 0) + 1
    return *jackknife(names, rate), who


def false_coverage(panel: Panel, truth: float, seed: int) -> tuple[float, float]:
    """Of the intervals of gaps called effects, the share that miss the truth (none called: no miss), half of
    the units of a family having an effect of `truth` times the threshold; in percent, with its error.
    """
    units = [unit for unit in tried(panel) if unit.effect is not None]
    chance = np.random.default_rng([seed, round(100 * truth)])
    picks = np.array([chance.choice(len(units), panel.tests, replace=False) for _ in range(FAMILIES)])
    ways = chance.choice([-1, 1], picks.shape) * (chance.random(picks.shape) < 0.5)
    misses = np.array(
        [_missed(units, row, truth * way, panel.tests) for row, way in zip(picks, ways, strict=True)]
    )

    return 100 * float(misses.mean()), 100 * _error(misses, picks, len(units))


def _error(misses: Array, picks: NDArray[np.intp], count: int) -> float:
    """Standard error of a mean over families drawn from so many units: Hoeffding's first projection, how
    much a family's miss depends on who is in it, less what the drawing itself adds.
    """
    size = picks.shape[1]
    held = np.bincount(picks.ravel(), minlength=count)
    sums = np.bincount(picks.ravel(), np.repeat(misses, size), minlength=count)
    means = sums / np.maximum(held, 1)
    noise = misses.var() / np.maximum(held, 1)
    between = max(0.0, float(means.var() - noise.mean()))
    drawing = misses.var() / len(misses)
    return float(np.sqrt(size**2 * between / count + drawing))


def _missed(units: list[Tried], row: NDArray[np.intp], truths: Array, tests: int) -> float:
    """The share of misses among what a family calls."""
    members = [units[at] for at in row]
    added = [truth * (unit.effect or 0.0) for unit, truth in zip(members, truths, strict=True)]
    gaps = [float(unit.gaps[-1]) + more for unit, more in zip(members, added, strict=True)]
    alone = [unit.stick.p(gap, unit.stick.rule(tests)) for unit, gap in zip(members, gaps, strict=True)]
    order = np.argsort(alone, kind="stable")
    passed: list[int] = []
    for step, at in enumerate(order):
        if alone[at] > LEVEL / (tests - step) * (1 + SAME):
            break
        passed.append(int(at))
    passed = [at for at in passed if abs(gaps[at]) > (members[at].stick.half or np.inf)]
    if not passed:
        return 0.0
    halves = [members[at].stick.selected(len(passed), tests) or 0.0 for at in passed]
    outside = [abs(gaps[at] - added[at]) > half for at, half in zip(passed, halves, strict=True)]
    return float(np.mean(outside))


def one_more(panel: Panel, sizes: Array, seed: int) -> list[Cell]:
    """How often the interval for one more territory, printed for its size, holds its gap: all the units,
    then by third; programmes are drawn among the units nearest to the real sizes.
    """
    pool, chance = panel.pool(), np.random.default_rng(seed)
    usual = placebo.scale_at(pool.fits[-1], pool.sizes)
    spread = float(np.sqrt(((pool.gaps[:, -1] / usual) ** 2).mean()))
    rows = {unit: row for row, unit in enumerate(panel.design.units)}
    programmes = []
    for _ in range(PROGRAMMES):
        drawn = _programme(pool, sizes, chance)
        gaps = pool.gaps[drawn, -1]
        programmes.append((drawn, Pooled(0.0, gaps, gaps, **_varied(gaps, usual[drawn] * spread))))
    return [_held(programmes, group, rows) for group in thirds(tried(panel))]


def _held(
    programmes: list[tuple[NDArray[np.intp], Pooled]],
    units: list[Tried],
    rows: dict[str, int],
) -> Cell:
    count = hits = 0
    for drawn, mean in programmes:
        for unit in units:
            if rows[unit.unit] in drawn:
                continue
            ends = _one_more(mean, unit.stick.half, len(drawn))
            assert ends is not None
            count += 1
            hits += ends[0] <= unit.gaps[-1] <= ends[1]
    # Units are fixed, and what can be known of them ends with their number.
    return Cell(len(units), round(len(units) * hits / count))


def _programme(pool: Pool, sizes: Array, chance: np.random.Generator) -> NDArray[np.intp]:
    """One unit among the forty nearest to each size, none twice."""
    rows: list[int] = []
    for size in sizes:
        near = [int(row) for row in placebo.nearest(pool.sizes, float(size), NEAR) if row not in rows]
        rows.append(int(chance.choice(near)))
    return np.array(rows)
