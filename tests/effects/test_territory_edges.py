"""The edges of a territory's effect: numbers with an interval that has a width, or one sentence."""

import itertools
import warnings

import numpy as np
import pytest
from edge_world import place
from hypothesis import given, settings
from hypothesis import strategies as st
from tiers import examples

import impactkit as ik

NOISE = np.random.default_rng(0).normal(0, 0.02, (60, 40))
OWN = 20
# Ups and downs that cancel out over an even number of years.
EVEN = {"outcome": "rate_boats", "years": range(2012, 2021)}


def drifting(unit, year):
    return (1000 + 20 * unit) * np.exp(NOISE[unit, year - 2000])


def share(unit, year):
    return round(0.1 + abs(NOISE[unit, year - 2000]), 4)


def calls(territory, outcome):
    yield lambda: ik.effect(territory, outcome)
    yield lambda: ik.detectable(territory, outcome)
    yield lambda: ik.doubts(ik.effect(territory, outcome))


def sound(found):
    assert found.estimate is None and found.refused or np.isfinite(found.estimate)
    assert (found.low is None) == (found.high is None)
    assert found.low is None or found.high - found.low > 1e-9
    assert found.p is None or 0 < found.p_floor <= found.p <= 1


@pytest.mark.parametrize("outcome", ["count_boats", "rate_boats"])
def test_a_sound_evaluation_has_an_interval(outcome, tmp_path):
    territory = place(tmp_path / "e", drifting if outcome == "count_boats" else share, outcome=outcome)
    found = ik.effect(territory, outcome)
    sound(found)
    assert found.low is not None and found.low < found.estimate < found.high


@pytest.mark.parametrize(
    ("value", "options", "words"),
    [
        (lambda u, y: 500, {}, "varie"),
        (lambda u, y: 1000 + 20 * u, {}, "varie"),
        (lambda u, y: 0.1, {"outcome": "rate_boats"}, "varie"),
        (lambda u, y: (1000 + 20 * u) * 2.0 ** (y - 2010), {}, "toutes de même"),
        (lambda u, y: drifting(u, y) if u == OWN else 900 + u, {}, "toutes de même"),
        (lambda u, y: round(0.1 + 0.001 * (u + y - 2000), 4), {"outcome": "rate_boats"}, "toutes de même"),
        (lambda u, y: 0.2 if u == OWN else 0.3 + 0.01 * (-1) ** (u + y), EVEN, "toutes de même"),
        (lambda u, y: None if u == OWN and y == 2012 else drifting(u, y), {}, "2012"),
        (lambda u, y: None if y == 2012 else drifting(u, y), {}, "moins de deux"),
        (lambda u, y: 0 if u == OWN and y == 2018 else drifting(u, y), {}, "zéro"),
        (lambda u, y: 0 if u != OWN and y == 2018 else drifting(u, y), {}, "moins de deux"),
        (drifting, {"units": 1}, "moins de deux"),
        (drifting, {"units": 3}, "moins de deux"),
        (drifting, {"years": range(2015, 2020)}, "deux périodes avant"),
        (drifting, {"years": range(2010, 2016)}, "aucune période après"),
    ],
)
def test_what_cannot_be_compared_is_one_sentence(value, options, words, tmp_path):
    territory = place(tmp_path / "e", value, **options)
    for call in calls(territory, options.get("outcome", "count_boats")):
        with pytest.raises(ik.ImpactkitError) as caught:
            call()
        assert words in caught.value.what and caught.value.next


@pytest.mark.parametrize("units", [4, 5, 12, 20])
def test_few_units_have_a_gap_and_no_interval(units, tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = ik.effect(place(tmp_path / "e", drifting, units=units), "count_boats")
    sound(found)
    assert found.low is None and found.refused


@pytest.mark.parametrize("share", [0, 1, -0.1, 1.5, np.nan, np.inf, "0.8", None, True])
def test_power_and_level_are_shares(share, tmp_path):
    territory = place(tmp_path / "e", drifting)
    for name in ("power", "level"):
        with pytest.raises(ik.RefusedData, match=name):
            ik.detectable(territory, "count_boats", **{name: share})


numbers = itertools.count()
SHAPES = {
    "count_boats": {
        "drift": lambda level, noise: level * np.exp(noise / 50),
        "small": lambda level, noise: abs(round(noise * 3)),
        "steps": lambda level, noise: round(level / 500) + 1,
        "sudden": lambda level, noise: level * (1000 if noise > 1.5 else 1),
        "even": lambda level, noise: round(level),
    },
    "rate_boats": {
        "drift": lambda level, noise: round(0.5 + noise / 100, 4),
        "zero": lambda level, noise: 0 if noise < 0.5 else 0.01,
        "bounds": lambda level, noise: 1 if noise < 0 else 0,
        "even": lambda level, noise: 0.25,
    },
}


@settings(max_examples=examples(60), deadline=None)
@given(st.data())
def test_any_series_gives_an_effect_or_a_sentence(tmp_path_factory, data):
    outcome = data.draw(st.sampled_from(sorted(SHAPES)))
    shape = SHAPES[outcome][data.draw(st.sampled_from(sorted(SHAPES[outcome])))]
    units = data.draw(st.sampled_from([2, 4, 12, 22, 40]))
    step = data.draw(st.sampled_from([1, 2]))
    holes = data.draw(st.sampled_from([0.0, 0.0, 0.005]))
    chance = np.random.default_rng(data.draw(st.integers(0, 999)))
    noise, gaps = chance.normal(size=(units, 40)), chance.random((units, 40)) < holes

    def value(unit, year):
        at = year - 2000
        return None if gaps[unit, at] else shape(1000 + 37 * unit, noise[unit, at])

    home = tmp_path_factory.mktemp("bords") / f"e{next(numbers)}"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            territory = place(home, value, units=units, years=range(2008, 2024, step), outcome=outcome)
            sound(ik.programme_effect(territory.evaluation, outcome))
            sound(found := ik.effect(territory, outcome))
            ik.detectable(territory, outcome)
            assert ik.doubts(found)
        except ik.ImpactkitError as wrong:
            assert wrong.what and wrong.next
