"""What may be said of a project's worth: a range beside every ratio, its hypotheses named, or nothing."""

import functools

import pandas as pd

from impactkit.data.territories import Territory
from impactkit.evidence.effect_rows import COLUMNS, Row, row
from impactkit.evidence.finding import Sentence, joined, listed
from impactkit.evidence.picked import picked
from impactkit.indicators.draws import VALUED
from impactkit.valuation.social_return import Value, value
from impactkit.wording.catalogue import Declared
from impactkit.wording.language import Language

PER_EURO = "euros par euro"
# A value in euros is an order of magnitude: no figure below a hundred.
STEP = 100
AMOUNTS = ("gross", "net", "discounted")


@functools.lru_cache(maxsize=64)
def values(place: Territory) -> tuple[Value, ...]:
    """The valued projects of a territory, as the tables say; none where secrecy hides what makes one up."""
    return () if VALUED in picked(place).hidden else value(place)


def rows(place: Territory) -> pd.DataFrame:
    """One row by figure, for values.csv: territory, outcome (the project), quantity, value, low, high, n,
    unit, source. No row where nothing is valued.
    """
    language = place.language
    sources = "; ".join(dict.fromkeys(place.table("valuations")["source"]))
    found: list[Row] = []
    unit = language.in_currency("euros")
    for one in values(place):
        told = [
            row("ratio", language.in_currency(PER_EURO), one.ratio_median, *(one.ratio_range or ())),
            row("npv", unit, _round(one.median), *map(_round, one.npv_range)),
            row("positive", "part", one.positive),
            row("negative", "part", 1 - one.positive),
            row("central_ratio", language.in_currency(PER_EURO), one.ratio),
            row("central_npv", unit, _round(one.npv)),
            row("above", "part", one.above),
            row("break_even", "part", one.break_even),
            row("payback", "année", one.payback),
            row("benefits", unit, _round(one.benefits)),
            row("costs", unit, _round(one.costs)),
        ]
        for line in lines(one).to_dict("records"):
            told += [row(f"{name}: {line['name']}", unit, line[name]) for name in AMOUNTS]
        for what, low, high in swing(one):
            told += [row(f"swing: {what}", unit, low), row(f"swing_high: {what}", unit, high)]
        about = {"territory": place.code, "outcome": one.name, "source": sources}
        found += [about | line for line in told if line["value"] is not None]
    return pd.DataFrame(found, columns=COLUMNS)


def swing(one: Value) -> list[tuple[str, float, float]]:
    """Each hypothesis with the net present value at its low and at its high end, in hundreds of euros."""
    return [(str(row.what), _round(row.at_low), _round(row.at_high)) for row in one.swing.itertuples()]


def lines(one: Value) -> pd.DataFrame:
    """Benefits and costs, every year of each together, in hundreds of euros: role, name, gross, net,
    discounted.
    """
    told = one.table.groupby(["role", "name"], sort=False)[[*AMOUNTS]].sum().reset_index()
    return told.assign(**{column: [_round(amount) for amount in told[column]] for column in AMOUNTS})


def sentences(place: Territory) -> tuple[Sentence, ...]:
    """What each valued project is worth: what the draws say, where the value at the central hypotheses is
    among them, what would undo it, in which prices, what is contested, what is not put in euros. Empty
    where nothing is valued.
    """
    return tuple(_sentence(one) for one in values(place))


def _sentence(one: Value) -> Sentence:
    language = one.language
    npv = {"npv_low": _euros(language, one.npv_range[0]), "npv_high": _euros(language, one.npv_range[1])}
    npv["npv"] = _euros(language, one.median)
    told = {"project": Declared(one.name), "base": str(one.base), "loss": language.percent(1 - one.positive)}
    if one.ratio_median is None or one.ratio_range is None:
        parts = [language.runs("value.no-ratio", **told, **npv)]
    else:
        ends = {
            "low": language.number(one.ratio_range[0], 2),
            "high": language.number(one.ratio_range[1], 2),
        }
        parts = [
            language.runs("value.ratio", ratio=language.number(one.ratio_median, 2), **ends, **told, **npv)
        ]
    parts += [_central(one), _prices(one)]
    for key, items in (("value.contested", one.contested), ("value.refused", one.refused)):
        if items:
            named = listed(language.runs("value.item", name=Declared(item)) for item in items)
            parts.append(joined(language.runs(key), named))
    return joined(*parts)


def _central(one: Value) -> Sentence:
    """The value at the central hypotheses, named as such, and what holds for them alone."""
    language = one.language
    holes = {
        "ratio": "" if one.ratio is None else language.number(one.ratio, 2),
        "npv": _euros(language, one.npv),
    }
    holes["share"] = "" if one.above is None else language.percent(one.above)
    key = "value.central" + (".no-ratio" if one.ratio is None else "")
    parts = [language.runs(key if one.above is not None else key + ".alone", **holes)]
    if one.break_even is not None:
        parts.append(language.runs("value.break-even", share=language.percent(one.break_even)))
    if one.payback is not None:
        parts.append(language.runs("value.payback", year=str(one.payback)))
    return joined(*parts)


def _prices(one: Value) -> Sentence:
    """In which prices the amounts are: those of their sources, none deflated."""
    language = one.language
    said = language.runs("value.prices")
    if not one.euros:
        return said
    dated = (language.runs("value.priced", name=Declared(name), year=year) for name, year in one.euros)
    return joined(said, language.runs("value.prices.dated"), listed(dated))


def _round(amount: float) -> float:
    return round(amount / STEP) * STEP


def _euros(language: Language, amount: float) -> str:
    return language.number(_round(amount)) + " " + language.say("value.euros")
