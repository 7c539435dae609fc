"""The yardstick of a gap in small: exact cases that a hand can count, and Student's likelihood by scipy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.stats import t as student
from tiers import examples

from impactkit.effects import placebo
from impactkit.effects.design import CENTRE, Design
from impactkit.effects.yardstick import exaggeration, pool_for, pool_of, seen_from

MIDDLE = float(np.log(4000))


def ladder(units, *, sizes=None, scale="points", kind="epci", spent=(0.05,)):
    """Units whose gaps are 1, 2, 3… (every other one negative), all of one size unless said."""
    gaps = np.arange(1.0, units + 1) * np.where(np.arange(units) % 2, -1.0, 1.0)
    gaps = np.column_stack([gaps * (at + 1) for at in range(len(spent))])
    sizes = np.full(units, MIDDLE) if sizes is None else sizes
    return pool_of(gaps, sizes, scale, kind, spent)


def test_the_rank_of_a_gap_is_counted():
    away = np.arange(1.0, 20.0)
    rank = placebo.rank(-17.5, away)
    assert (rank.p, rank.floor, rank.among) == (3 / 20, 1 / 20, 19)
    assert rank.half == 19.0 and rank.spread == pytest.approx(10.8)
    # A gap that equals one of them is as large as it, and no larger.
    assert placebo.rank(18.0, away).p == 3 / 20 and placebo.rank(18.0 * (1 + 1e-13), away).p == 3 / 20
    assert placebo.rank(18.0 * (1 + 1e-9), away).p == 2 / 20
    assert placebo.rank(0.0, away).p == 1.0


def test_an_interval_needs_as_many_units_as_its_level():
    assert placebo.rank(1.0, np.arange(1.0, 19.0)).half is None
    assert placebo.rank(1.0, np.arange(1.0, 40.0)).half == 38.0
    assert placebo.rank(1.0, np.arange(1.0, 10.0), level=0.1).half == 9.0
    assert placebo.rank(1.0, np.arange(1.0, 9.0), level=0.1).half is None


def test_the_nearest_are_those_in_size():
    sizes = np.array([5.0, 1.0, 4.0, 2.0, 3.0])
    assert placebo.nearest(sizes, 2.9, 3).tolist() == [4, 3, 2]
    assert placebo.nearest(sizes, 2.9, 9).tolist() == placebo.nearest(sizes, 2.9, None).tolist()
    assert placebo.nearest(sizes, 3.0, None).tolist() == [4, 2, 3, 0, 1]
    assert len(placebo.nearest(np.arange(300.0), 7.0)) == 100
    assert placebo.among("points") is None and placebo.among("log") == 100


def test_at_the_ends_of_the_sizes_one_side_is_nearly_empty():
    sizes = np.arange(100.0)
    near = placebo.nearest(sizes, 0.0, None)
    assert [placebo.side(sizes, size, near, "log") for size in (-1.0, 8.0, 9.5)] == ["smallest"] * 2 + [""]
    # Ten in a hundred are enough, nine are not; those of the same size are on no side.
    assert (
        placebo.side(sizes, 10.0, near, "log") == "" and placebo.side(sizes, 9.0, near, "log") == "smallest"
    )
    assert (
        placebo.side(sizes, 89.0, near, "log") == "" and placebo.side(sizes, 90.0, near, "log") == "largest"
    )
    assert placebo.side(sizes, 99.0, near, "points") == ""
    assert placebo.side(np.ones(30), 1.0, np.arange(30), "log") == "largest"


@settings(max_examples=examples(20))
@given(st.integers(0, 10_000), st.sampled_from([60, 150, 400]), st.floats(-0.5, 0.2))
def test_what_is_usual_is_the_most_likely_of_students(seed, units, slope):
    """Beside a general optimiser, on the likelihood written another way."""
    chance = np.random.default_rng(seed)
    sizes = chance.normal(np.log(6000), 1.2, units)
    gaps = chance.standard_t(5, units) * np.exp(-3 + slope * (sizes - CENTRE))
    fit = placebo.usual(sizes, gaps, "log")
    capped = np.sort(sizes)[-20]
    assert fit.capped == capped
    at = np.minimum(sizes, capped) - CENTRE

    def unlikely(point):
        level = point[0] + point[1] * at
        return -(student.logpdf(gaps / np.exp(level), 5) - level).sum()

    best = minimize(unlikely, [fit.level, fit.slope], method="Nelder-Mead", options={"xatol": 1e-9})
    assert (fit.level, fit.slope) == pytest.approx(tuple(best.x), abs=1e-4)
    assert placebo.scale_at(fit, np.array([capped, 99.0])).tolist() == pytest.approx(
        [np.exp(fit.level + fit.slope * (capped - CENTRE))] * 2
    )


def test_in_points_or_at_one_size_there_is_no_slope():
    chance = np.random.default_rng(1)
    sizes, gaps = chance.normal(9, 1, 80), chance.standard_t(5, 80)
    for fit in (placebo.usual(sizes, gaps, "points"), placebo.usual(np.full(80, 9.0), gaps, "log")):
        assert fit.slope == 0.0
        level = minimize(
            lambda point: -(student.logpdf(gaps / np.exp(point[0]), 5) - point[0]).sum(), [0.0], tol=1e-9
        )
        assert fit.level == pytest.approx(level.x[0], abs=1e-4)
    # Fewer than twenty units: the smallest caps.
    assert placebo.usual(sizes[:7], gaps[:7], "log").capped == sizes[:7].min()


def test_a_gap_in_a_family_is_counted_among_all_the_units():
    stick = seen_from(ladder(79), MIDDLE, 10)
    assert stick.p(77.5, "rank") == pytest.approx(3 / 80) and stick.p(-79.0, "rank") == pytest.approx(2 / 80)
    assert stick.p(0.5, "rank") == 1.0
    assert stick.scaled(-3.0) == pytest.approx(3.0 / stick.usual)
    assert stick.p(3.0, "tail") == pytest.approx(2 * student.sf(3.0 / stick.usual, 5))
    # The nearest ten rank it alone.
    assert len(stick.near) == 10 and stick.rank(99.0).p == pytest.approx(1 / 11)


def test_a_gap_is_ranked_among_those_of_the_last_look():
    """Ten units whose gaps are all alike at the first look, and no more at the second."""
    gaps = np.column_stack([np.full(10, 50.0), np.arange(10.0, 110.0, 10.0)])
    stick = seen_from(pool_of(gaps, np.full(10, MIDDLE), "points", "epci", (0.02, 0.05)), MIDDLE, None)
    assert stick.p(85.0, "rank") == pytest.approx(3 / 11) and stick.rank(85.0).p == pytest.approx(3 / 11)


def test_what_a_family_asks_is_its_share_of_the_error():
    """79 units: 5 % leaves three beyond, 2.5 % one, of four tests 1.25 % none, of five nothing can pass."""
    stick = seen_from(ladder(79, kind="departement"), MIDDLE, None)
    assert [stick.critical(tests) for tests in (1, 2, 4)] == pytest.approx([76.0, 78.0, 79.0])
    assert stick.critical(5) is None and stick.rule(4) == "rank" and stick.rule(5) == ""
    assert stick.critical(2, passed=1) == pytest.approx(76.0)
    assert stick.half == 76.0 and stick.selected(1, 2) == pytest.approx(78.0)
    assert stick.selected(2, 2) == pytest.approx(76.0) and stick.selected(1, 5) is None
    # As many units as there are for it: of 100, five tests at 5 % ask one in a hundred and one.
    assert seen_from(ladder(99, kind="zone"), MIDDLE, None).rule(5) == "rank"
    assert seen_from(ladder(99, kind="zone"), MIDDLE, None).rule(6) == ""
    assert seen_from(ladder(100, kind="zone"), MIDDLE, None).rule(6) == "tail"
    assert seen_from(ladder(100, kind="commune"), MIDDLE, None).rule(6) == ""


@pytest.mark.parametrize(("spent", "share"), [((0.05,), 0.05), ((0.01, 0.05), 0.04)])
def test_where_ranks_end_students_tail_goes_on(spent, share):
    """A look has what it adds to the error that those before it have spent."""
    stick = seen_from(ladder(120, kind="zone", spent=spent), MIDDLE, None)
    assert stick.rule(20) == "tail"
    assert stick.critical(20) == pytest.approx(student.isf(share / 20 / 2, 5) * stick.usual)
    assert stick.critical(20, passed=4) == pytest.approx(student.isf(share / 16 / 2, 5) * stick.usual)
    beyond = student.isf(share * 3 / 20 / 2, 5) * stick.usual
    assert stick.selected(3, 20) == pytest.approx(max(stick.half, beyond))


def test_nineteen_units_are_a_test_and_eighteen_are_none():
    for units, tested in ((19, True), (18, False)):
        stick = seen_from(ladder(units), MIDDLE, None)
        assert stick.tested == tested and (stick.half is None) != tested


def test_the_smallest_of_all_has_no_test():
    sizes = np.linspace(8, 11, 120)
    stick = seen_from(ladder(120, sizes=sizes, scale="log"), 8.0, 100)
    assert stick.side == "smallest" and not stick.tested and stick.half is None
    large = seen_from(ladder(120, sizes=sizes, scale="log"), 11.0, 100)
    assert large.side == "largest" and large.tested and large.half is not None


def test_the_spread_is_half_of_what_lies_between_two_fifths():
    stick = seen_from(ladder(50), MIDDLE, None)
    low, high = np.quantile(stick.near, [0.2, 0.8])
    assert stick.spread == pytest.approx((high - low) / 2) == stick.rank(1.0).spread / 2
    wide = seen_from(ladder(50), MIDDLE, None, power=0.9)
    low, high = np.quantile(stick.near, [0.1, 0.9])
    assert wide.spread == pytest.approx((high - low) / 2)


def test_a_pool_without_one_unit_keeps_what_is_usual():
    chance = np.random.default_rng(2)
    sizes = chance.normal(9, 1, 40)
    pool = pool_of(chance.standard_t(5, (40, 2)), sizes, "log", "epci", (0.02, 0.05))
    fewer = pool.without(7)
    assert np.array_equal(fewer.sizes, np.delete(sizes, 7)) and fewer.fits == pool.fits
    assert np.array_equal(fewer.gaps, np.delete(pool.gaps, 7, axis=0))
    assert np.array_equal(fewer.scaled, np.delete(pool.scaled, 7, axis=0))
    assert (fewer.scale, fewer.kind, fewer.spent) == ("log", "epci", (0.02, 0.05))


def test_what_is_retained_is_too_large_by_as_much_as_it_is():
    near = np.array([-1.0, 0.0, 3.0])
    # |near + 1| and |near - 1|: 0, 1, 4 and 2, 1, 2; beyond 1.5 stay 4, 2 and 2.
    assert exaggeration(near, 1.0, 1.5) == pytest.approx(8 / 3)
    # Twice the effect: 1, 2, 5 and 3, 2, 1; beyond 2 stay 5 and 3, on average twice 2.
    assert exaggeration(near, 2.0, 2.0) == pytest.approx(2.0)
    assert exaggeration(near, 0.0, 1.5) is None and exaggeration(near, 1.0, 9.0) is None


def test_a_unit_never_stands_among_its_own_comparison():
    """Two groups of twins: left out of its own comparison, each is compared with its twin."""
    chance = np.random.default_rng(4)
    values = np.repeat(np.cumsum(chance.normal(0, 1, (12, 7)), axis=1), 2, axis=0)
    values[:, 5:] += np.arange(24)[:, None]
    names = tuple(f"u{at}" for at in range(24))
    units = Design(
        names, tuple("1234567"), values, tuple(range(5)), (5, 6), np.full(24, 9.0), ("",) * 24, "points"
    )
    found = placebo.enumerated(units)
    assert np.array_equal(found.gaps, found.paths[:, [5, 6]].mean(axis=1)) and found.residual < 1e-8
    own, weights = placebo.compared(units, values[3] + 100, 9.0, "")
    assert weights.values.shape == (1, 24) and weights.values.sum() == pytest.approx(1)
    # Whoever is compared with all of them, its twins among them, is its own twin: no gap before.
    assert np.abs(own[:5]).max() < 0.1 < np.abs(found.paths[:, :5]).max()
    pool = pool_for(units, "zone", ())
    assert np.array_equal(pool.gaps[:, 0], found.gaps) and pool.spent == (0.05,)
