"""Weights and designs in small: answers that a formula gives, whatever stands in the way of the solver."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiers import examples

import impactkit as ik
from impactkit.effects.design import LOG, POINTS, Design, checked
from impactkit.effects.weights import ridge_simplex
from impactkit.wording.language import FRENCH

CHANCE = np.random.default_rng(8)
MANY = CHANCE.normal(size=(90, 4))


@settings(max_examples=examples(60))
@given(st.floats(-3, 4), st.floats(1e-4, 50))
def test_between_two_units_the_answer_is_a_formula(target, ridge):
    """Units at 0 and 1: (t - w)^2 + r (w^2 + (1 - w)^2) is least at w = (t + r) / (1 + 2 r)."""
    answer = ridge_simplex(np.array([[0.0], [1.0]]), np.array([[target]]), ridge=ridge)
    share = min(max((target + ridge) / (1 + 2 * ridge), 0.0), 1.0)
    assert answer.values[0] == pytest.approx([1 - share, share], abs=1e-8)
    assert answer.residual[0] < 1e-8


def test_units_all_alike_share_alike():
    for ridge in (1e-6, 1.0, 1e6):
        answer = ridge_simplex(
            np.full((8, 3), 2.0), np.array([[2.0, 2.0, 2.0], [5.0, 0.0, 2.0]]), ridge=ridge
        )
        assert answer.values == pytest.approx(np.full((2, 8), 1 / 8), abs=1e-9)
    alone = ridge_simplex(np.array([[4.0, 1.0]]), np.array([[0.0, 0.0]]), ridge=0.5)
    assert alone.values.tolist() == [[1.0]]


def test_a_great_ridge_spreads_and_a_small_one_picks():
    target = MANY[:1]
    assert ridge_simplex(MANY, target, ridge=1e7).values[0] == pytest.approx(np.full(90, 1 / 90), abs=1e-5)
    picked = ridge_simplex(MANY, target, ridge=1e-8).values[0]
    assert picked[0] == pytest.approx(1.0, abs=1e-6)


def test_no_target_has_no_answer():
    answer = ridge_simplex(MANY, np.empty((0, 4)), ridge=1.0)
    assert answer.values.shape == (0, 90) and answer.residual.shape == (0,) and answer.dual.shape == (0, 5)


@pytest.mark.parametrize("ridge", [0.0, -1.0, np.inf, np.nan])
def test_a_ridge_is_positive_and_finite(ridge):
    with pytest.raises(ValueError, match="ridge"):
        ridge_simplex(MANY, MANY[:1], ridge=ridge)


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_features_are_finite(wrong):
    for units, targets in ((MANY, [[wrong] * 4]), (np.where(MANY > 1, wrong, MANY), MANY[:1])):
        with pytest.raises(ValueError, match="finite"):
            ridge_simplex(units, np.array(targets), ridge=1.0)


def test_what_a_target_may_not_use_is_told_by_a_number_or_a_mask():
    targets = CHANCE.normal(size=(5, 4))
    numbers = np.array([3, -1, 0, 89, -1])
    mask = numbers[:, None] == np.arange(90)
    first, second = (ridge_simplex(MANY, targets, ridge=0.1, barred=barred) for barred in (numbers, mask))
    assert np.array_equal(first.values, second.values) and not first.values[mask].any()
    free = ridge_simplex(MANY, targets, ridge=0.1)
    assert np.array_equal(first.values[[1, 4]], free.values[[1, 4]])
    assert [first.values[row, at] < free.values[row, at] + 1e-9 for row, at in ((0, 3), (2, 0), (3, 89))]
    two = np.zeros((1, 90), dtype=bool)
    two[0, 2:] = True
    kept = ridge_simplex(MANY, targets[:1], ridge=0.1, barred=two).values[0]
    assert kept[:2].sum() == pytest.approx(1) and not kept[2:].any()
    with pytest.raises(ValueError, match="barred"):
        ridge_simplex(MANY, targets[:1], ridge=0.1, barred=np.ones((1, 90), dtype=bool))


def test_wherever_it_starts_the_answer_is_one():
    targets = CHANCE.normal(size=(6, 4)) * 3
    plain = ridge_simplex(MANY, targets, ridge=0.05)
    for start in (plain.dual[2], np.zeros(5), CHANCE.normal(size=5) * 10, np.full(5, -100.0)):
        other = ridge_simplex(MANY, targets, ridge=0.05, start=start)
        assert other.values == pytest.approx(plain.values, abs=1e-8) and other.residual.max() < 1e-8
    # From where it ended there is nothing left to do.
    assert ridge_simplex(MANY, targets[2:3], ridge=0.05, start=plain.dual[2]).dual[0] == pytest.approx(
        plain.dual[2], abs=1e-9
    )


@settings(max_examples=examples(40))
@given(st.integers(0, 10_000), st.sampled_from([1e-3, 0.05, 1.0, 30.0]), st.sampled_from([0.2, 1.0, 20.0]))
def test_the_dual_is_where_the_weights_come_from(seed, ridge, far):
    """w = (F u + nu)+ / ridge, from every start: also where no unit was active, or all of them were."""
    chance = np.random.default_rng(seed)
    units, targets = chance.normal(size=(50, 3)), chance.normal(size=(4, 3)) * far
    barred = np.array([-1, 3, 7, -1])
    starts = (None, np.zeros(4), np.full(4, -50.0), np.array([0.0, 0.0, 0.0, 50.0]))
    answers = [ridge_simplex(units, targets, ridge=ridge, barred=barred, start=start) for start in starts]
    for answer in answers:
        active = np.maximum(units @ answer.dual[:, :-1].T + answer.dual[:, -1], 0).T / ridge
        active[[1, 2], [3, 7]] = 0.0
        assert active == pytest.approx(answer.values, abs=1e-7) and answer.residual.max() < 1e-8
        assert answer.dual == pytest.approx(answers[0].dual, abs=1e-5)


@settings(max_examples=examples(40))
@given(st.integers(0, 10_000), st.sampled_from([1e-14, 1e-12, 1e-9]), st.sampled_from([1.0, 1e4]))
def test_a_ridge_that_rounding_hides_still_has_its_answer(seed, ridge, size):
    """The conditions of an optimum, at features of any size: what is used is nearest, the rest no nearer."""
    chance = np.random.default_rng(seed)
    units = chance.normal(size=(40, 3)) * size
    targets = np.vstack([chance.normal(size=3) * 3, units[5], units.mean(axis=0)]) * 1.0
    targets[0] *= size
    barred = np.array([-1, 5, -1])
    answer = ridge_simplex(units, targets, ridge=ridge * size**2, barred=barred)
    for row, weights in enumerate(answer.values):
        assert weights.sum() == pytest.approx(1) and (weights >= 0).all()
        away = (weights @ units - targets[row]) / size
        slope = units / size @ away + ridge * weights
        allowed = np.arange(40) != barred[row]
        used = weights > 1e-9
        assert not weights[~allowed].any()
        assert np.ptp(slope[used]) < 1e-6 and slope[allowed].min() > slope[used].max() - 1e-6


def design(**about):
    values = np.array([[1.0, 2.0, 4.0], [3.0, 3.0, 5.0], [0.0, 6.0, 7.0]])
    plain = Design(
        tuple("abc"), ("2018", "2019", "2020"), values, (0, 1), (2,), np.arange(3.0), ("n", "s", "n"), "log"
    )
    return replace(plain, **about)


def test_constants_are_those_of_the_scale_times_what_is_asked():
    assert design().constants == LOG and design(scale="points").constants == POINTS
    twice = design(times=(("ridge", 2.0),)).constants
    assert twice == LOG | {"ridge": 2 * LOG["ridge"]}


def test_a_buffer_bars_the_units_of_one_s_own_area():
    areas = ("x", "x", "")
    plain = design(areas=areas)
    assert not plain.barred(("x", "")).any() and plain.barred(("x", "")).shape == (2, 3)
    assert not design(buffer=True).barred(("x",)).any()
    barred = design(areas=areas, buffer=True).barred(("x", "y", ""))
    assert barred.tolist() == [[True, True, False], [False] * 3, [False] * 3]


def test_what_stands_before_is_centred_and_a_region_is_a_mark():
    features = design().features(design().values, design().sizes, ("n", "s", ""))
    assert features[:, :2].tolist() == [[-0.5, 0.5], [0.0, 0.0], [-3.0, 3.0]]
    assert features[:, 2] == pytest.approx(0.01 * (np.arange(3.0) - np.log(4000)))
    assert features[:, 3:].tolist() == [[0.03, 0.0], [0.0, 0.03], [0.0, 0.0]]
    points = design(scale="points").features(design().values, design().sizes, ("n", "s", ""))
    assert points[:, :2] == pytest.approx(features[:, :2] * np.sqrt(5 / 2))
    # One region for all says nothing.
    alike = design(regions=("n",) * 3)
    assert alike.features(alike.values, alike.sizes, alike.regions).shape == (3, 3)
    assert design().centred(design().values).tolist() == [[-0.5, 0.5, 2.5], [0, 0, 2], [-3, 3, 4]]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"before": (0,)}, "deux périodes"),
        ({"after": ()}, "aucune période après"),
        ({"units": ("a",), "values": np.ones((1, 3))}, "moins de deux"),
        ({"values": np.array([[1.0, 2.0, np.nan], [3.0, 3.0, 5.0], [0.0, 6.0, np.inf]])}, "a, c"),
        ({"values": np.repeat([[1.0], [2.0], [3.0]], 3, axis=1)}, "même"),
        ({"values": np.array([[1.0, 2.0, 4.0], [3.0, 4.0, 6.0], [0.0, 1.0, 3.0]])}, "même"),
        # A difference that is only rounding.
        ({"values": np.array([[1.0, 2.0, 4.0], [3.0, 4.0, 6.0 + 1e-13], [0.0, 1.0, 3.0]])}, "même"),
    ],
)
def test_what_no_estimator_can_use_is_refused(change, words):
    with pytest.raises(ik.NotEnoughData) as caught:
        checked(FRENCH, design(**change), np.array([1.0, 2.0, 4.0]), where="ici")
    assert words in str(caught.value)


def test_what_an_estimator_can_use_is_not():
    own = np.array([1.0, 2.0, 4.0])
    assert checked(FRENCH, design(), own, where="ici") is None
    near = np.array([[1.0, 2.0, 4.0], [3.0, 4.0, 6.0 + 1e-10], [0.0, 1.0, 3.0]])
    assert checked(FRENCH, design(values=near), own, where="ici") is None
    # The territory stands still, not the others; and the other way round.
    assert checked(FRENCH, design(), np.ones(3), where="ici") is None
    with pytest.raises(ik.NotEnoughData, match="2019"):
        checked(FRENCH, design(), np.array([1.0, np.nan, 4.0]), where="ici")
    with pytest.raises(ik.NotEnoughData, match="varie"):
        checked(FRENCH, design(values=np.repeat([[1.0], [2.0], [3.0]], 3, axis=1)), np.ones(3), where="ici")
