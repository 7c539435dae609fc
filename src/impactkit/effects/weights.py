"""Weights of comparable units: nonnegative, adding up to one, spread by a ridge; one exact answer for each.

For many targets at once:

    minimise |y - F' w|^2 + ridge |w|^2   over   w >= 0, sum w = 1, w = 0 where a unit may not be used.

Solved through its dual, smooth and convex in (u, nu), of the dimension of the features plus one: with
w = (F u + nu)+ / ridge, minimise .5 |u|^2 - y'u + |(F u + nu)+|^2 / (2 ridge) - nu, by Newton's method (the
gradient is piecewise linear), every target in one batch.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

STEPS, HALVINGS = 200, 40
ENOUGH = 1e-11
# Beyond it, beside features of one, an answer is not yet one.
SETTLED = 1e-8
# So many times the units that an answer may need, when it is found again.
LIKELY = 4
# A batch of fixed size: the last bits of a product depend on its shape, so that of a report must not.
BATCH = 256


@dataclass(frozen=True)
class Weights:
    """`values`: targets x units; `residual`: how far each answer is from its conditions of optimality (the
    largest violation, in units of the features); `dual`: where the solver ended, from which a problem that
    differs little may start.
    """

    values: Array
    residual: Array
    dual: Array


def ridge_simplex(
    units: Array,
    targets: Array,
    *,
    ridge: float,
    barred: NDArray[np.intp] | NDArray[np.bool_] | None = None,
    start: Array | None = None,
) -> Weights:
    """Weights of `units` (n x d features) for each row of `targets` (m x d). `barred[i]` is the unit that
    target i may not use (itself), -1 for none; or row i of a mask (m x n) the units that it may not.
    `start`: one dual (see `Weights`) to begin every target from.

    Where the dual stops short of an answer (a ridge so small that its weights are lost in rounding), the
    answer is found again from its active units (see `_again`).

    Raises ValueError without units, for values that are not finite, a ridge that is not positive and finite,
    or a target whose every unit is barred.
    """
    units = np.ascontiguousarray(units, dtype=np.float64)
    targets = np.ascontiguousarray(targets, dtype=np.float64)
    if not len(units) or not (np.isfinite(units).all() and np.isfinite(targets).all()):
        raise ValueError("features of at least one unit, all finite, are needed")
    if not 0 < ridge < np.inf:
        raise ValueError("the ridge must be positive: without it the answer may not be unique")
    shut = np.zeros((len(targets), len(units)), dtype=bool) if barred is None else np.asarray(barred)
    if shut.ndim == 1:
        shut = shut[:, None] == np.arange(len(units))
    if shut.all(axis=1).any():
        raise ValueError("every unit of a target is barred")
    parts = [
        _batch(units, targets[at : at + BATCH], shut[at : at + BATCH], ridge, start)
        for at in range(0, len(targets), BATCH)
    ]
    if not parts:
        return Weights(np.empty((0, len(units))), np.empty(0), np.empty((0, units.shape[1] + 1)))
    answer = Weights(*(np.concatenate(part) for part in zip(*parts, strict=True)))
    far = np.flatnonzero(~(answer.residual <= SETTLED * max(1.0, np.abs(units).max())))
    for row in far:
        near = units @ answer.dual[row, :-1] + answer.dual[row, -1]
        values, residual = _again(units, targets[row], ridge, shut[row], near)
        answer.values[row], answer.residual[row] = values, residual
    return answer


def _again(
    units: Array, target: Array, ridge: float, shut: NDArray[np.bool_], near: Array
) -> tuple[Array, float]:
    """One answer by active sets: nonnegative least squares of rows that are homogeneous in the weights,
    whose sum is put right afterwards. First among the units whose dual is the largest, then among them all.
    Lawson and Hanson, Solving Least Squares Problems, 1974.
    """
    allowed = np.flatnonzero(~shut)
    apart = units - target
    scale = float(np.abs(apart[allowed]).max()) or 1.0
    likely = allowed[np.argsort(-near[allowed], kind="stable")[: LIKELY * (units.shape[1] + 1)]]
    weights, residual = np.zeros(len(units)), np.inf
    for among in (likely, allowed):
        weights = np.zeros(len(units))
        weights[among] = _least(apart[among] / scale, ridge / scale**2)
        # At an optimum the slope is one number on the units in use, and no lower elsewhere.
        slope = (apart @ (weights @ apart) + ridge * weights) / scale
        used = weights > 0
        level = float(weights @ slope)
        residual = max(np.abs(slope[used] - level).max(), level - slope[allowed].min())
        if residual <= SETTLED * scale:
            break
    return weights, float(residual)


def _least(apart: Array, ridge: float) -> Array:
    """The nonnegative weights, of sum one, of the least square distance to zero."""
    from scipy.optimize import nnls

    count = len(apart)
    rows = np.vstack([apart.T, np.sqrt(ridge) * np.eye(count), np.ones((1, count))])
    goal = np.zeros(len(rows))
    goal[-1] = 1.0
    try:
        weights, _ = nnls(rows, goal, maxiter=10 * count + 100)
    except RuntimeError:
        weights = np.ones(count)
    total = weights.sum()
    return weights / total if total > 0 else np.full(count, 1 / count)


def _batch(
    units: Array, targets: Array, shut: NDArray[np.bool_], ridge: float, start: Array | None
) -> tuple[Array, Array, Array]:
    count, size = len(targets), units.shape[1]
    # Features and a one for nu: the dual variable is one vector of size + 1.
    wide = np.hstack([units, np.ones((len(units), 1))])
    upper = np.triu_indices(size + 1)
    products = wide[:, upper[0]] * wide[:, upper[1]] / ridge
    goal = np.hstack([targets, np.ones((count, 1))])
    eye = np.diag(np.r_[np.ones(size), 0.0])

    def state(point: Array, rows: NDArray[np.intp]) -> tuple[Array, Array, Array]:
        """Active parts (ridge times the weights), gradient and value of the dual, for some targets."""
        active = np.maximum(point @ wide.T, 0.0)
        active[shut[rows]] = 0.0
        smooth = point @ eye
        value = 0.5 * (smooth**2).sum(axis=1) - (goal[rows] * point).sum(axis=1)
        value += (active**2).sum(axis=1) / (2 * ridge)
        return active, smooth - goal[rows] + active @ wide / ridge, value

    point = np.zeros((count, size + 1))
    # Every unit alike to begin with: nu such that the weights add up to one.
    point[:, -1] = ridge / max(len(units) - 1, 1)
    if start is not None:
        point[:] = start
    weights = np.empty((count, len(units)))
    residual = np.full(count, np.inf)
    left = np.arange(count)
    for _ in range(STEPS):
        active, gradient, value = state(point[left], left)
        error = np.abs(gradient).max(axis=1)
        weights[left], residual[left] = active / ridge, error
        going = error > ENOUGH
        left, active, gradient, value = left[going], active[going], gradient[going], value[going]
        if not len(left):
            break
        hessian = np.empty((len(left), size + 1, size + 1))
        flat = (active > 0).astype(np.float64) @ products
        hessian[:, upper[0], upper[1]] = flat
        hessian[:, upper[1], upper[0]] = flat
        # A hair more on the diagonal: units alike to the last bits would make it singular.
        hessian += eye + np.eye(size + 1) * (1e-14 + 1e-13 * np.abs(flat).max(axis=1)[:, None, None])
        empty = ~(active > 0).any(axis=1)
        # Without an active unit nu alone is free: a step of its own size.
        hessian[empty, -1, -1] += 1.0 / ridge
        step = -np.linalg.solve(hessian, gradient[:, :, None])[:, :, 0]
        # Whole steps where they go down enough (Armijo), halved elsewhere.
        length, slope = np.ones(len(left)), (gradient * step).sum(axis=1)
        for _ in range(HALVINGS):
            found = state(point[left] + length[:, None] * step, left)[2]
            # Near the end the value no longer moves by more than its rounding.
            good = found <= value + 1e-4 * length * slope + 1e-13 * (1 + np.abs(value))
            if good.all():
                break
            length = np.where(good, length, length / 2)
        point[left] += length[:, None] * step
    total = weights.sum(axis=1, keepdims=True)
    return np.divide(weights, total, out=np.zeros_like(weights), where=total > 0), residual, point
