"""The figures of what is estimated, as rows: every one that a page prints, and those behind it."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from impactkit.data import zones
from impactkit.data.territories import Territory
from impactkit.effects import placebo
from impactkit.effects.balance import balance
from impactkit.effects.comparison import NO_DESIGN, case_of
from impactkit.effects.results import rounded
from impactkit.evidence.estimated import Estimated, estimated, hundreds, outcomes, tests
from impactkit.indicators.comparable import family_of, untouched

COLUMNS = ["territory", "outcome", "quantity", "value", "low", "high", "n", "unit", "source"]


def rows(place: Territory) -> pd.DataFrame:
    """One row by figure, for effects.csv: territory, outcome, quantity, value, low, high, n, unit (part,
    points, emplois, unités), source. No row where nothing is estimated.
    """
    found: list[dict[str, Any]] = []
    for outcome in outcomes(place.evaluation):
        told = estimated(place, outcome)
        if told is None:
            continue
        about = {"territory": place.code, "outcome": outcome, "source": "impactkit"}
        if told.effect.estimate is None:
            found += [about | row for row in _refused(place, outcome)]
        else:
            told_of = (*_effect(place, told), *_checks(told), *_balance(place, outcome))
            told_of += (*_path(place, told), *_choices(told))
            found += [about | row for row in told_of]
    return pd.DataFrame(found, columns=COLUMNS)


def _refused(place: Territory, outcome: str) -> list[dict[str, Any]]:
    """The figure for which nothing is measured: a share of a zone too small, regions too few."""
    if not place.perimeter:
        return []
    family = family_of(place, outcome)
    if family == "zone":
        share = float(zones.own_zones(place).iloc[0]["share"])
        return [{"quantity": "zone_share", "value": share, "unit": "part"}]
    if family in NO_DESIGN:
        free = int((untouched(place.evaluation, family)["reason"] == "").sum())
        return [{"quantity": "comparison_units", "value": free, "unit": "unités"}]
    return []


def _effect(place: Territory, told: Estimated) -> list[dict[str, Any]]:
    effect, seen = told.effect, told.seen
    unit = "points" if effect.scale == "points" else "part"
    many = tests(place.evaluation, effect.outcome)
    about = effect.about
    rows = [
        {"quantity": "gap", "value": effect.estimate, "low": effect.low, "high": effect.high, "unit": unit}
        | {"n": effect.n_comparison},
        {"quantity": "p", "value": effect.p, "n": about["among"], "unit": "part"},
        {"quantity": "p_floor", "value": effect.p_floor, "unit": "part"},
        {"quantity": "p_adjusted", "value": told.adjusted, "n": many, "unit": "part"},
        {"quantity": "as_large", "value": about["as_large"], "unit": "unités"},
        {"quantity": "placebos", "low": about["placebos"][0], "high": about["placebos"][1], "unit": unit}
        | {"n": about["among"]},
        {"quantity": "detectable", "value": seen.effect, "unit": unit},
    ]
    if seen.people is not None:
        rows.append({"quantity": "detectable_people", "value": hundreds(seen.people), "unit": "emplois"})
    quality = about["comparison"]
    rows += [
        {"quantity": "compared_similar", "value": quality["similar"], "unit": "unités"},
        {"quantity": "compared_effective", "value": quality["effective"], "unit": "unités"},
        {"quantity": "compared_size", "value": max(quality["ratio"], 1 / quality["ratio"]), "unit": "fois"},
    ]
    return rows


def _checks(told: Estimated) -> list[dict[str, Any]]:
    return [
        {"quantity": f"check_{check.name}", "value": one["value"], "unit": one["unit"]}
        for check in told.checks
        for one in check.table.to_dict("records")
    ]


def choices(told: Estimated) -> pd.DataFrame:
    """The estimates of every combination, by each option of each choice: choice, option, low, value (the
    median), high.
    """
    if told.curve.empty:
        return pd.DataFrame(columns=["choice", "option", "low", "value", "high"])
    rows = []
    for choice in told.curve.columns.drop("estimate"):
        for option, some in told.curve.groupby(choice, sort=False)["estimate"]:
            ends = rounded([float(some.min()), float(some.median()), float(some.max())])
            rows.append((choice, option, *ends))
    return pd.DataFrame(rows, columns=["choice", "option", "low", "value", "high"])


def _choices(told: Estimated) -> list[dict[str, Any]]:
    unit = "points" if told.effect.scale == "points" else "part"
    return [
        {
            "quantity": f"choice_{row.choice}_{row.option}",
            "value": row.value,
            "low": row.low,
            "high": row.high,
        }
        | {"unit": unit}
        for row in choices(told).itertuples(index=False)
    ]


def path(place: Territory, told: Estimated) -> tuple[pd.DataFrame, NDArray[np.float64]]:
    """The gap by period and the middle 95 % of the placebos of like size (period, value, low, high, in
    shares or points), then each placebo (units x periods).
    """
    case = case_of(place, told.effect.outcome)
    design, log = case.design, told.effect.scale == "percent"
    near = placebo.nearest(design, case.size, placebo.NEAREST if log else None)
    own, _ = case.compared()
    others = placebo.enumerated(design).paths[near]
    own, others = (np.exp(own) - 1, np.exp(others) - 1) if log else (own / case.share, others)
    low, high = np.quantile(others, [0.025, 0.975], axis=0)
    found = pd.DataFrame({"period": design.periods, "value": own, "low": low, "high": high})
    return found, others


def _path(place: Territory, told: Estimated) -> list[dict[str, Any]]:
    if told.effect.p is None:
        return []
    unit = "points" if told.effect.scale == "points" else "part"
    found, _ = path(place, told)
    ends = {name: rounded(list(found[name])) for name in ("value", "low", "high")}
    return [
        {"quantity": f"path_{period}", "unit": unit} | {name: ends[name][at] for name in ends}
        for at, period in enumerate(found["period"])
    ]


def _balance(place: Territory, outcome: str) -> list[dict[str, Any]]:
    return [
        {"quantity": f"balance_{row.quantity}_{of}", "value": getattr(row, of), "unit": row.unit}
        for row in balance(place, outcome).itertuples(index=False)
        for of in ("own", "weighted", "every")
    ]
