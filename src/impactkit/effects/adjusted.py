"""One difference of changes, with covariates or without, and the influence of each unit on it.

Doubly robust with covariates: Sant'Anna and Zhao, J. Econometrics 219 (2020). Covariates are first put on
one scale, which changes neither the answer nor its influences, only how exactly they are computed.
"""

import warnings

import numpy as np
import pandas as pd

from impactkit.effects.design import Array
from impactkit.errors import NotEnoughData, RefusedData
from impactkit.wording.language import Language

# With such a chance of being treated, nobody alike was not: R's did stops there.
SURE = 0.999
SETTLED = 1e-8
# What is told of a column by the others to so many digits is told whole.
ALIKE = 1e-9
NAMED = 5


def covariates_of(language: Language, covariates: pd.DataFrame, units: pd.Index) -> Array:
    """Covariates of the units, in their order. Raises RefusedData for what is no number, missing, constant,
    or told by the other columns.
    """
    if covariates.index.duplicated().any():
        unit = covariates.index[covariates.index.duplicated()][0]
        raise language.error(RefusedData, "covariate-twice", unit=unit)
    columns = []
    for at, name in enumerate(covariates.columns):
        column = covariates.iloc[:, at]
        if not pd.api.types.is_numeric_dtype(column) or pd.api.types.is_complex_dtype(column):
            raise language.error(RefusedData, "covariate-text", name=name)
        values = column.astype("Float64").reindex(units).to_numpy(dtype=np.float64, na_value=np.nan)
        absent = ~np.isfinite(values)
        if absent.any():
            texts = map(str, units[absent][:NAMED])
            raise language.error(RefusedData, "covariate-missing", name=name, units=", ".join(texts))
        columns.append(values)
    if not columns:
        return np.empty((len(units), 0))
    _distinct(language, columns, covariates.columns)
    return np.column_stack(columns)


def _distinct(language: Language, columns: list[Array], names: pd.Index) -> None:
    known = np.empty((len(columns[0]), 0))
    for name, column in zip(names, columns, strict=True):
        if _flat(column):
            raise language.error(RefusedData, "covariate-constant", name=name)
        wider = _scaled(np.column_stack([known, column]))
        if not _full(wider):
            raise language.error(RefusedData, "covariate-collinear", name=name)
        known = wider


def _flat(column: Array) -> bool:
    return bool(np.ptp(column) <= ALIKE * np.abs(column).max())


def _scaled(columns: Array) -> Array:
    """Columns less their mean, divided by their spread; one that never moves is zero."""
    centred = columns - columns.mean(axis=0)
    largest = np.abs(centred).max(axis=0)
    centred = centred / np.where(largest > 0, largest, 1.0)
    spread = centred.std(axis=0)
    return centred / np.where(spread > 0, spread, 1.0)


def _full(columns: Array) -> bool:
    """Whether no column is told by the others."""
    sizes = np.linalg.svd(columns, compute_uv=False)
    return columns.shape[1] <= len(columns) and bool(sizes[-1] > ALIKE * sizes[0])


def difference_of(
    language: Language, change: Array, treated: Array, covariates: Array | None, where: str
) -> tuple[float, Array]:
    """The mean change of the treated (1) less that of the others (0), and the influence of each unit. Raises
    NotEnoughData where covariates leave nobody to compare.
    """
    if covariates is None or not covariates.shape[1]:
        share = treated.mean()
        own, others = change[treated == 1].mean(), change[treated == 0].mean()
        influence = treated / share * (change - own) - (1 - treated) / (1 - share) * (change - others)
        return float(own - others), influence
    base = np.column_stack([np.ones(len(change)), _scaled(covariates)])
    left = treated == 0
    if left.sum() <= base.shape[1] or not _full(base[left]):
        raise language.error(NotEnoughData, "effect-covariates", where=where, count=int(left.sum()))
    chance = _chance(treated, base)
    if chance is None:
        raise language.error(NotEnoughData, "effect-overlap", where=where)
    return _doubly_robust(change, treated, base, chance)


def _chance(treated: Array, base: Array) -> Array | None:
    """Each unit's chance of being treated, by its covariates; None where they tell it for sure."""
    from statsmodels.discrete.discrete_model import Logit
    from statsmodels.tools.sm_exceptions import PerfectSeparationError

    try:
        with warnings.catch_warnings():
            # What did not settle is seen below, not on the reader's screen.
            warnings.simplefilter("ignore")
            chance = Logit(treated, base).fit(tol=1e-12, maxiter=60, disp=False).predict()
    except (np.linalg.LinAlgError, PerfectSeparationError):
        return None
    slope = np.abs(base.T @ (treated - chance)).max() / len(treated)
    if not slope < SETTLED or chance.max() >= SURE:
        return None
    return chance


def _doubly_robust(change: Array, treated: Array, base: Array, chance: Array) -> tuple[float, Array]:
    left = treated == 0
    odds = chance / (1 - chance) * (1 - treated)
    inverse = np.linalg.inv(base[left].T @ base[left] / len(change))
    line = inverse @ (base[left].T @ change[left] / len(change))
    rest = change - base @ line
    own = (treated * rest).mean() / treated.mean()
    others = (odds * rest).mean() / odds.mean()
    fit = (inverse @ ((1 - treated) * rest * base.T)).T
    hessian = np.linalg.inv((base * (chance * (1 - chance))[:, None]).T @ base / len(change))
    weigh = (hessian @ ((treated - chance) * base.T)).T
    first = treated * (rest - own) - fit @ (treated[:, None] * base).mean(axis=0)
    away = odds * (rest - others)
    second = away + weigh @ (away * base.T).mean(axis=1) - fit @ (odds[:, None] * base).mean(axis=0)
    return float(own - others), first / treated.mean() - second / odds.mean()
