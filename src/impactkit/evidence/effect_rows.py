"""The figures of what is estimated, as rows: every one that a page prints, and those behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from impactkit.data import zones
from impactkit.effects.balance import balance
from impactkit.effects.comparison import NO_DESIGN
from impactkit.evidence.estimated import Estimated, estimated, hundreds, outcomes, tests
from impactkit.indicators.comparable import family_of, untouched

if TYPE_CHECKING:
    from impactkit.data.territories import Territory

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


def _balance(place: Territory, outcome: str) -> list[dict[str, Any]]:
    return [
        {"quantity": f"balance_{row.quantity}_{of}", "value": getattr(row, of), "unit": row.unit}
        for row in balance(place, outcome).itertuples(index=False)
        for of in ("own", "weighted", "every")
    ]
