"""Weights: the one exact answer, whatever the batch, beside another solver and its own conditions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import nnls
from tiers import examples

from impactkit.effects.weights import ridge_simplex


def drawn(seed, units=60, size=7, targets=5):
    chance = np.random.default_rng(seed)
    features = chance.normal(size=(units, size))
    return features, chance.normal(size=(targets, size)) * 1.5


def by_nnls(features, target, ridge):
    """The same problem for scipy: a heavy row holds the sum at one."""
    heavy = 1e5
    rows = np.vstack([features.T, np.sqrt(ridge) * np.eye(len(features)), heavy * np.ones(len(features))])
    return nnls(rows, np.r_[target, np.zeros(len(features)), heavy], maxiter=10_000)[0]


@settings(max_examples=examples(25))
@given(st.integers(0, 10_000), st.sampled_from([1e-3, 1e-2, 1.0]))
def test_the_answer_of_another_solver(seed, ridge):
    features, targets = drawn(seed)
    found = ridge_simplex(features, targets, ridge=ridge)
    for weights, target in zip(found.values, targets, strict=True):
        assert np.abs(weights - by_nnls(features, target, ridge)).max() < 1e-6


@settings(max_examples=examples(25))
@given(st.integers(0, 10_000), st.integers(1, 80), st.sampled_from([1e-6, 1e-3, 0.25]))
def test_the_conditions_of_an_optimum(seed, units, ridge):
    features, targets = drawn(seed, units=units)
    found = ridge_simplex(features, targets, ridge=ridge)
    assert (found.values >= 0).all() and np.abs(found.values.sum(axis=1) - 1).max() < 1e-9
    assert found.residual.max() < 1e-8
    for weights, target in zip(found.values, targets, strict=True):
        slope = 2 * features @ (features.T @ weights - target) + 2 * ridge * weights
        used = weights > 1e-9
        # On the units in use the slope is one number; elsewhere it is no lower.
        assert np.ptp(slope[used]) < 1e-6 and (slope >= slope[used].min() - 1e-6).all()


def test_a_unit_may_not_stand_for_itself():
    features, _ = drawn(3)
    barred = np.arange(len(features))
    found = ridge_simplex(features, features, ridge=1e-3, barred=barred)
    assert (found.values[barred, barred] == 0).all()
    alone = [ridge_simplex(np.delete(features, i, 0), features[i : i + 1], ridge=1e-3) for i in range(5)]
    for i, one in enumerate(alone):
        assert np.abs(np.delete(found.values[i], i) - one.values[0]).max() < 1e-9


def test_a_twin_takes_the_weight_that_the_ridge_leaves():
    features, _ = drawn(5)
    found = ridge_simplex(features, features[7:8], ridge=1e-9)
    assert found.values[0, 7] == pytest.approx(1, abs=1e-6)


def test_one_target_or_many_is_the_same_answer():
    features, targets = drawn(8, targets=600)
    whole = ridge_simplex(features, targets, ridge=1e-2).values
    parts = np.vstack(
        [ridge_simplex(features, targets[i : i + 7], ridge=1e-2).values for i in range(0, 600, 7)]
    )
    assert np.abs(whole - parts).max() < 1e-10


@pytest.mark.parametrize(
    ("units", "targets", "ridge", "barred"),
    [
        (np.empty((0, 2)), np.ones((1, 2)), 1.0, None),
        (np.array([[np.inf, 1.0]]), np.ones((1, 2)), 1.0, None),
        (np.ones((2, 2)), np.ones((1, 2)), 0.0, None),
        (np.ones((1, 2)), np.ones((1, 2)), 1.0, np.array([0])),
    ],
)
def test_what_has_no_answer_is_refused(units, targets, ridge, barred):
    with pytest.raises(ValueError):
        ridge_simplex(units, targets, ridge=ridge, barred=barred)
