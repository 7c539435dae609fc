"""The territory's gap over grey placebos, and the ways to doubt it."""

import textwrap

import numpy as np

from impactkit.data import series
from impactkit.data.outcome_names import named
from impactkit.data.territories import Territory
from impactkit.display.shown import NO_TABLE, NOTHING, Chart, Table, table_of
from impactkit.display.style import BLUE, PALE, Axes, drawn, few_ticks, label_end, mark_label
from impactkit.effects.territory import effect
from impactkit.errors import NotEnoughData
from impactkit.evidence import near
from impactkit.evidence.claim import VERDICTS
from impactkit.evidence.declared import cited
from impactkit.evidence.effect_rows import path
from impactkit.evidence.estimated import of_outcome, outcomes
from impactkit.evidence.finding import Sentence, joined
from impactkit.evidence.picked import TIMES, measured
from impactkit.indicators.comparable import family_of
from impactkit.wording.language import Language

HEIGHT = 2.1


def gap_chart(place: Territory, outcome: str | None = None) -> Chart:
    """The gap by period over the same computation for the comparable units nearest in size; empty where
    nothing is estimated.
    """
    language = place.language
    name = outcome or next(iter(outcomes(place.evaluation)), "")
    try:
        told = effect(place, name) if name else None
    except NotEnoughData:
        told = None
    if told is None or told.p is None:
        return NOTHING
    scale = told.scale
    gaps, others = path(place, told)
    own, others = gaps["value"].to_numpy() * TIMES[scale], others * TIMES[scale]
    at = [_moment(period) for period in gaps["period"]]

    def draw(axes: Axes) -> None:
        for line in others:
            axes.plot(at, line, color=PALE, linewidth=0.6, zorder=1)
        axes.axhline(0, color=PALE, linewidth=1, zorder=2)
        axes.plot(at, own, color=BLUE, linewidth=2.4, zorder=4)
        _frame(language, axes, at, own, others, scale)
        label_end(axes, [(float(own[-1]), textwrap.fill(place.name, 20), BLUE, "bold")], at[-1])
        mark_label(language, axes, place.labelled)

    def size(value: float | None) -> str:
        return measured(language, value, scale, sign=True)

    assert told.placebos is not None
    low, high = map(size, told.placebos)
    held = {"estimate": size(told.estimate), "count": language.number(len(others)), "low": low, "high": high}
    periods = {"first": gaps["period"].iloc[0], "last": gaps["period"].iloc[-1]}
    about = {"what": named(language, name), "families": language.say(f"noun.{family_of(place, name)}", n=2)}
    source = cited(series.of_territory(place, name)["source"].iloc[-1])
    caption = near.caption(place, name, count=held["count"], source=source, **about)
    rows = [(period, *map(size, ends)) for period, *ends in gaps.itertuples(index=False)]
    what, notes = language.say("gap.data", what=about["what"]), (_note(place, name, held),)
    widths = dict.fromkeys(("period", "value", "low", "high"), 1.0)
    data = table_of(language, "gap", widths, rows, ("value", "low", "high"), caption=what, notes=notes)
    svg = drawn(language, draw, HEIGHT, (0.055, 0.12, 0.72, 0.84))
    return Chart(svg, language.say("chart.gap.alt", name=place.name, **periods, **held), caption, data)


def _note(place: Territory, outcome: str, holes: dict[str, str]) -> Sentence:
    return joined(place.language.runs("gap.note", **holes), near.divided(place, outcome))


def checks(place: Territory, outcome: str | None = None) -> Table:
    """The ways to doubt the gap and what each finds; no table where nothing is estimated."""
    language = place.language
    _, told = of_outcome(place, outcome)
    if told is None or told.effect.estimate is None:
        return NO_TABLE
    rows = [
        (
            language.say(f"effect.check.name.{one.name}"),
            one.sentence,
            language.say(f"effect.check.{VERDICTS[one.passed]}"),
        )
        for one in told.checks
    ]
    return table_of(language, "checks", {"name": 1.6, "sentence": 5.0, "passed": 1.4}, rows)


def _moment(period: str) -> float:
    year, _, quarter = period.partition("-Q")
    return int(year) + (int(quarter or 1) - 1) / 4


def _frame(
    language: Language, axes: Axes, at: list[float], own: np.ndarray, others: np.ndarray, scale: str
) -> None:
    low, high = np.quantile(others, [0.01, 0.99])
    margin = 0.08 * (high - low)
    axes.set_ylim(min(low, own.min()) - margin, max(high, own.max()) + margin)
    axes.set_xlim(at[0] - 0.1, at[-1] + 0.1)
    years = sorted({int(one) for one in at})
    axes.set_xticks(years if len(years) <= 7 else years[::2])
    few_ticks(language, axes, scale, sign=True)
