"""In small, what `make check-statistics` measures: where nothing was done, one test in twenty says so."""

import decisions
import numpy as np
import pytest
import worlds

WORLDS, UNITS, TREATED = 40, 300, 27


@pytest.fixture(scope="module")
def many_worlds():
    """Every test of 27 treated units in each of 40 worlds without any effect: 1,080 p-values a method."""
    chance = np.random.default_rng(20190214)
    found = []
    for _ in range(WORLDS):
        design = worlds.world(UNITS, chance)
        found += worlds.tried(design, worlds.drawn(design, TREATED, chance, large=False))
        worlds.placebo.enumerated.cache_clear()
    return found


def test_what_is_printed_holds_its_size(many_worlds):
    b = worlds.rejected([one.b for one in many_worlds if not one.side])
    s = worlds.rejected([one.s for one in many_worlds])
    assert 3 < b.percent < 7 and 3 < s.percent < 7


def test_at_the_ends_of_the_sizes_it_is_prudent_or_refused(many_worlds):
    # The largest of all: an interval that is too wide, and says so; the smallest: too narrow, and refused.
    largest = worlds.rejected([one.b for one in many_worlds if one.side == "largest"])
    smallest = worlds.rejected([one.b for one in many_worlds if one.side == "smallest"])
    assert largest.percent < 5 and smallest.percent > 7


@pytest.mark.parametrize(("name", "least"), [("plain", 0), ("rmspe", 0), ("own", 0), ("clustered", 80)])
def test_what_is_refused_does_not(many_worlds, name, least):
    """Each fails where it is used: for large units it finds too little, or always far too much."""
    large = sorted(many_worlds, key=lambda one: one.size)[-len(many_worlds) // 5 :]
    found = worlds.rejected([getattr(one, name) for one in large])
    assert not 3 <= found.percent <= 7 and found.percent >= least


def test_the_power_is_the_one_that_is_printed(many_worlds):
    told = [one for one in many_worlds if not one.side]
    seen = [abs(one.gap + sign * one.least) > one.half for one in told for sign in (1, -1)]
    assert 75 < 100 * np.mean(seen) < 85


def test_the_interval_holds_zero_exactly_when_the_test_does_not_reject(many_worlds):
    assert all((abs(one.gap) > one.half) == (one.b <= 0.05) for one in many_worlds)


def test_what_is_printed_of_a_gap_holds_in_small():
    """The two thresholds, the interval, editions that were foreseen or not: on one invented panel."""
    design = worlds.world(UNITS, np.random.default_rng(7))
    panel = decisions.Panel("monde", design, "epci", 10)
    units = decisions.tried(panel)
    for of_effect in (False, True):
        assert 75 < decisions.power(units, of_effect=of_effect).percent < 85
    assert 93 < decisions.covered(units).percent < 98
    yearly = decisions.tried(panel, tuple(design.after))
    planned, again = decisions.ever(yearly, panel), decisions.ever_unplanned(yearly, panel)
    assert planned.percent < min(7, again.percent)
    rate, error, _ = decisions.family_rate(panel)
    assert rate <= 5 + 2 * error
