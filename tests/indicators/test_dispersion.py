"""How far is ordinary: limits by size, intervals of samples and of events."""

import numpy as np
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


@settings(max_examples=examples(25))
@given(st.integers(0, 10_000))
def test_most_units_lie_inside_whatever_their_size(seed):
    values, sizes = world(400, seed)
    order = sizes.sort_values().index
    inside = []
    for unit in order[::20]:
        found = expected(values, sizes, sizes[unit])
        inside.append(found.low <= values[unit] <= found.high)
    assert np.mean(inside) >= 0.7
    small, large = (expected(values, sizes, sizes.quantile(q)) for q in (0.1, 0.9))
    assert small.high - small.low >= large.high - large.low


def test_the_share_inside_is_the_one_asked():
    values, sizes = world(2000, 1)
    limits = [expected(values, sizes, size) for size in sizes]
    inside = [one.low <= value <= one.high for one, value in zip(limits, values, strict=True)]
    assert np.mean(inside) == pytest.approx(0.95, abs=0.01)


def test_too_few_or_of_a_size_that_none_has():
    values, sizes = world(19, 2)
    assert expected(values, sizes, sizes.median()) is None
    values, sizes = world(40, 2)
    assert expected(values, sizes, sizes.max() * 1.01) is None
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
