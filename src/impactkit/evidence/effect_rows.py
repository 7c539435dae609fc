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
from impactkit.effects.results import Effect, TerritoryEffect, rounded
from impactkit.effects.territory import OUTER
from impactkit.evidence import near
from impactkit.evidence.estimated import Estimated, Selection, estimated, outcomes, selection
from impactkit.evidence.gap import hundreds
from impactkit.indicators.comparable import family_of, untouched

OWN = ("own", "weighted", "every")
COLUMNS = ["territory", "outcome", "quantity", "value", "low", "high", "n", "unit", "source"]
Row = dict[str, Any]
NAMES = ("quantity", "unit", "value", "low", "high", "n")


def row(*told: Any) -> Row:
    """One figure: quantity, unit, value, then low, high and n where they exist."""
    return dict(zip(NAMES, told, strict=False))


def rows(place: Territory) -> pd.DataFrame:
    """One row by figure, for effects.csv: territory, outcome, quantity, value, low, high, n, unit (part,
    points, emplois, unités), source. No row where nothing is estimated.
    """
    found: list[Row] = []
    for outcome in outcomes(place.evaluation):
        if (told := estimated(place, outcome)) is None:
            continue
        about = {"territory": place.code, "outcome": outcome, "source": "impactkit"}
        mine = _refused(place, outcome) if told.effect.estimate is None else _told(place, told)
        found += [about | one for one in mine]
    return pd.DataFrame(found, columns=COLUMNS)


def unit_of(effect: Effect) -> str:
    """The unit of an estimate and of what is compared with it."""
    return "points" if effect.scale == "points" else "part"


def _refused(place: Territory, outcome: str) -> list[Row]:
    """The figure for which nothing is measured: a share of a zone too small, regions too few."""
    family = family_of(place, outcome) if place.perimeter else ""
    if family == "zone":
        return [row("zone_share", "part", float(zones.own_zones(place).iloc[0]["share"]))]
    if family in NO_DESIGN:
        free = int((untouched(place.evaluation, family)["reason"] == "").sum())
        return [row("comparison_units", "unités", free)]
    return []


def _told(place: Territory, told: Estimated) -> list[Row]:
    effect, unit = told.effect, unit_of(told.effect)
    quality, seen = effect.comparison, told.seen
    assert quality is not None and effect.placebos is not None
    many = seen.tests
    people = [] if seen.people is None else [row("detectable_people", "emplois", hundreds(seen.people))]
    if seen.effect_people is not None:
        people.append(row("detectable_effect_people", "emplois", hundreds(seen.effect_people)))
    checks = [(check.name, one) for check in told.checks for one in check.table.to_dict("records")]
    every = [(one, of) for one in balance(place, effect.outcome).itertuples(index=False) for of in OWN]
    return [
        row("gap", unit, effect.estimate, effect.low, effect.high, effect.n_comparison),
        row("p", "part", effect.p, None, None, effect.among),
        row("p_floor", "part", effect.p_floor),
        row("p_adjusted", "part", told.adjusted, None, None, many),
        row("as_large", "unités", effect.as_large),
        row("placebos", unit, None, *effect.placebos, effect.among),
        row("precision", unit, seen.half),
        row("detectable", unit, seen.unusual),
        row("detectable_effect", unit, seen.effect, None, None, many),
        *people,
        *_selected(selection(place, effect.outcome), unit),
        row("compared_similar", "unités", quality.similar),
        *_near(place, effect),
        row("compared_effective", "unités", int(quality.effective)),
        row("programmes", "programmes", len(told.programmes)),
        row("compared_size", "fois", max(quality.ratio, 1 / quality.ratio)),
        *(row(f"check_{name}", one["unit"], one["value"]) for name, one in checks),
        *(row(f"balance_{one.quantity}_{of}", one.unit, getattr(one, of)) for one, of in every),
        *_path(place, told, unit),
        *(row(f"choice_{one.choice}_{one.option}", unit, one.value, one.low, one.high)
          for one in choices(told).itertuples(index=False)),
    ]  # fmt: skip


def _selected(chosen: Selection | None, unit: str) -> list[Row]:
    """What selection does to an effect: its interval, and how many times too large it is on average."""
    if chosen is None:
        return []
    ends = [row("selected", unit, None, chosen.low, chosen.high, chosen.tests)]
    truths = [row("exaggeration_truth", unit, rounded(truth)) for truth, _ in chosen.exaggerations]
    times = [row("exaggeration", "fois", rounded(many)) for _, many in chosen.exaggerations]
    return [*ends, *truths, *times]


def _near(place: Territory, effect: TerritoryEffect) -> list[Row]:
    """From which size to which are the units that rank the gap; nothing where they all do."""
    if near.sizes(place, effect.outcome) is None:
        return []
    quality, noun = effect.comparison, near.noun(place, effect.outcome)
    assert quality is not None
    return [row("near_size", noun, None, quality.smallest, quality.largest, quality.near)]


def choices(told: Estimated) -> pd.DataFrame:
    """The estimates of every combination, by each option of each choice: choice, option, low, value (the
    median), high.
    """
    rows = []
    for choice in told.curve.columns.drop("estimate", errors="ignore"):
        for option, some in told.curve.groupby(choice, sort=False)["estimate"]:
            ends = rounded([float(some.min()), float(some.median()), float(some.max())])
            rows.append((choice, option, *ends))
    return pd.DataFrame(rows, columns=["choice", "option", "low", "value", "high"])


def path(place: Territory, told: TerritoryEffect) -> tuple[pd.DataFrame, NDArray[np.float64]]:
    """The gap by period and the middle 95 % of the placebos of like size (period, value, low, high, in
    shares or points), then each placebo (units x periods).
    """
    case = case_of(place, told.outcome)
    design, log = case.design, told.scale == "percent"
    rows = placebo.nearest(design.sizes, case.size, placebo.among(design.scale))
    own, _ = case.compared()
    others = placebo.enumerated(design).paths[rows]
    low, high = np.quantile(others, OUTER, axis=0)
    if log:
        own, others, low, high = (np.expm1(gaps) for gaps in (own, others, low, high))
    else:
        # A zone's gap is that of the territory once divided: so is that of the zones beside it.
        own, others, low, high = (gaps / case.share for gaps in (own, others, low, high))
    found = pd.DataFrame({"period": design.periods, "value": own, "low": low, "high": high})
    return found, others


def _path(place: Territory, told: Estimated, unit: str) -> list[Row]:
    if told.effect.p is None:
        return []
    found, _ = path(place, told.effect)
    ends = zip(*(rounded(list(found[name])) for name in ("value", "low", "high")), strict=True)
    return [row(f"path_{at}", unit, *three) for at, three in zip(found["period"], ends, strict=True)]
