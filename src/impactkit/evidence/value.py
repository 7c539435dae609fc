"""What may be said of a project's worth: a range beside every ratio, its hypotheses named, or nothing."""

import functools
from typing import Any

import pandas as pd

from impactkit.data.territories import Territory
from impactkit.evidence.effect_rows import COLUMNS
from impactkit.evidence.finding import Sentence, joined, listed
from impactkit.valuation.social_return import Value, value
from impactkit.wording.catalogue import Declared, runs, say
from impactkit.wording.numbers import number, percent

PER_EURO = "euros par euro"
# A value in euros is an order of magnitude: no figure below a hundred.
STEP = 100


@functools.lru_cache(maxsize=64)
def values(place: Territory) -> tuple[Value, ...]:
    """The valued projects of a territory, as the tables say."""
    return value(place)


def rows(place: Territory) -> pd.DataFrame:
    """One row by figure, for values.csv: territory, outcome (the project), quantity, value, low, high, n,
    unit, source. No row where nothing is valued.
    """
    sources = "; ".join(dict.fromkeys(place.table("valuations")["source"]))
    found: list[dict[str, Any]] = []
    for one in values(place):
        told: list[dict[str, Any]] = [
            {"quantity": "ratio", "value": one.ratio, "unit": PER_EURO} | _ends(one.ratio_range, 1),
            {"quantity": "npv", "value": _round(one.npv), "unit": "euros"} | _ends(one.npv_range, STEP),
            {"quantity": "positive", "value": one.positive, "unit": "part"},
            {"quantity": "break_even", "value": one.break_even, "unit": "part"},
            {"quantity": "payback", "value": one.payback, "unit": "année"},
            {"quantity": "benefits", "value": _round(one.benefits), "unit": "euros"},
            {"quantity": "costs", "value": _round(one.costs), "unit": "euros"},
        ]
        for line in lines(one).to_dict("records"):
            for column in ("gross", "net", "discounted"):
                name = f"{column}: {line['name']}"
                told.append({"quantity": name, "value": line[column], "unit": "euros"})
        for what, low, high in swing(one):
            told.append({"quantity": f"swing: {what}", "value": low, "unit": "euros"})
            told.append({"quantity": f"swing_high: {what}", "value": high, "unit": "euros"})
        about = {"territory": place.code, "outcome": one.name, "source": sources}
        found += [about | row for row in told if row["value"] is not None]
    return pd.DataFrame(found, columns=COLUMNS)


def swing(one: Value) -> list[tuple[str, float, float]]:
    """Each hypothesis with the net present value at its low and at its high end, in hundreds of euros."""
    return [(str(row.what), _round(row.at_low), _round(row.at_high)) for row in one.swing.itertuples()]


def lines(one: Value) -> pd.DataFrame:
    """Benefits and costs, every year of each together, in hundreds of euros: role, name, gross, net,
    discounted.
    """
    told = (
        one.table.groupby(["role", "name"], sort=False)[["gross", "net", "discounted"]].sum().reset_index()
    )
    for column in ("gross", "net", "discounted"):
        told[column] = [_round(amount) for amount in told[column]]
    return told


def sentences(place: Territory) -> tuple[Sentence, ...]:
    """What each valued project is worth: the ratio between its ends, what would undo it, what is contested,
    what is not put in euros. Empty where nothing is valued.
    """
    return tuple(_sentence(one) for one in values(place))


def _sentence(one: Value) -> Sentence:
    npv = {"npv_low": _euros(one.npv_range[0]), "npv_high": _euros(one.npv_range[1])}
    told = {"project": Declared(one.name), "base": str(one.base), "share": percent(one.positive)}
    if one.ratio is None or one.ratio_range is None:
        parts = [runs("value.no-ratio", **told, **npv)]
    else:
        ends = {"low": number(one.ratio_range[0], 2), "high": number(one.ratio_range[1], 2)}
        parts = [runs("value.ratio", ratio=number(one.ratio, 2), **ends, **told, **npv)]
    if one.break_even is not None:
        parts.append(runs("value.break-even", share=percent(one.break_even)))
    if one.payback is not None:
        parts.append(runs("value.payback", year=str(one.payback)))
    for key, items in (("value.contested", one.contested), ("value.refused", one.refused)):
        if items:
            parts.append(
                joined(runs(key), listed(runs("value.item", name=Declared(item)) for item in items))
            )
    return joined(*parts)


def _ends(ends: tuple[float, float] | None, step: float) -> dict[str, float]:
    if ends is None:
        return {}
    low, high = ends if step == 1 else map(_round, ends)
    return {"low": low, "high": high}


def _round(amount: float) -> float:
    return round(amount / STEP) * STEP


def _euros(amount: float) -> str:
    return number(_round(amount)) + " " + say("value.euros")
