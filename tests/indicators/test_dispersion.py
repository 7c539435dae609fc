"""How far is ordinary: limits by size, intervals of samples and of events."""

import numpy as np
import ordinary
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiers import examples

from impactkit.indicators.dispersion import byar, expected, wilson


def world(count, seed, *, power=-0.5):
    chance = np.random.default_rng(seed)
    sizes = pd.Series(np.exp(chance.normal(9, 1.2, count)))
    return pd.Series(chance.normal(0.05, 1, count) * 6 * sizes**power), sizes


def skewed(count, seed):
    """Changes that spread more downwards, and less and less with size: unlike any one funnel."""
    chance = np.random.default_rng(seed)
    sizes = pd.Series(np.exp(chance.normal(7, 1.6, count)))
    spread = 0.04 + 0.5 / np.sqrt(sizes)
    return pd.Series(-chance.gumbel(0, 1, count) * spread), sizes


@pytest.mark.parametrize("of", [world, skewed])
@pytest.mark.parametrize("ranks", [False, True])
def test_the_share_inside_is_the_one_asked_at_every_size(of, ranks):
    """One more unit, of any size, is within limits that it did not help to draw."""
    held = np.array(ordinary.inside(*of(1200, 1), ranks=ranks))
    assert [100 * part.mean() for part in np.array_split(held, 3)] == pytest.approx([95.5] * 3, abs=2.5)


def test_the_limits_are_ranks_of_the_hundred_nearest():
    values, sizes = world(400, 3)
    order = (np.log(sizes) - np.log(9000)).abs().sort_values().index[:100]
    near = values[order].sort_values()
    found, ranked = (expected(values, sizes, 9000, ranks=ranks) for ranks in (False, True))
    away = (near - near.median()).abs()
    assert found.median == near.median() and found.n == 100 and found.chosen
    assert (away <= found.high - found.median + 1e-12).sum() == 96
    assert (ranked.low, ranked.high) == (near.iloc[1], near.iloc[-2])
    assert found.as_far(found.high + 1e-12) == 4 and found.as_far(found.median) == 100


@settings(max_examples=examples(25))
@given(st.integers(20, 100), st.integers(0, 1000))
def test_all_the_units_there_are_is_no_choice_by_size(count, seed):
    values, sizes = world(count, seed)
    found = expected(values, sizes, sizes.median())
    assert found.n == count and not found.chosen
    inside = values.between(found.low, found.high).sum()
    assert inside / (count + 1) <= 0.95 + 1 / (count + 1) and inside >= 0.9 * count


def test_too_few_or_of_a_size_that_none_has():
    values, sizes = world(19, 2)
    assert expected(values, sizes, sizes.median()) is None
    values, sizes = world(40, 2)
    assert expected(values, sizes, sizes.max() * 1.01) is None
    assert expected(values, sizes, sizes.min() / 1.01) is None
    assert expected(values, sizes, float("nan")) is None


@given(st.integers(1, 5000), st.floats(0, 1))
def test_wilson_holds_its_share(n, share):
    low, high = wilson(share, n)
    assert 0 <= low <= share + 1e-12 and share - 1e-12 <= high <= 1


@given(st.integers(0, 100_000))
def test_byar_holds_its_count(count):
    low, high = byar(count)
    assert 0 <= low <= count <= high


@pytest.mark.parametrize("asked", [(1.2, 10), (0.5, 0)])
def test_no_interval_for_what_is_no_share(asked):
    with pytest.raises(ValueError):
        wilson(*asked)
    with pytest.raises(ValueError):
        byar(-1)
