"""The territory's gap over grey placebos, and the ways to doubt it."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np

from impactkit.data import series
from impactkit.data.territories import Territory
from impactkit.display.shown import NOTHING, Chart, Table, text
from impactkit.display.style import BLUE, PALE, drawn, few_ticks, label_end, mark_label
from impactkit.evidence.declared import cited
from impactkit.evidence.effect_rows import path
from impactkit.evidence.estimated import Estimated, estimated, named, outcomes
from impactkit.indicators.comparable import family_of
from impactkit.wording.catalogue import runs, say
from impactkit.wording.numbers import number, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HEIGHT = 2.1


def gap_chart(place: Territory, outcome: str | None = None) -> Chart:
    """The gap by period over the same computation for the comparable units nearest in size; empty where
    nothing is estimated.
    """
    told, name = _told(place, outcome)
    if told is None or told.effect.p is None:
        return NOTHING
    scale = told.effect.scale
    gaps, others = path(place, told)
    times = 100 if scale == "percent" else 1
    own, others = gaps["value"].to_numpy() * times, others * times
    at = [_moment(period) for period in gaps["period"]]

    def draw(axes: Axes) -> None:
        for line in others:
            axes.plot(at, line, color=PALE, linewidth=0.6, zorder=1)
        axes.axhline(0, color=PALE, linewidth=1, zorder=2)
        axes.plot(at, own, color=BLUE, linewidth=2.4, zorder=4)
        _frame(axes, at, own, others, scale)
        label_end(axes, [(float(own[-1]), textwrap.fill(place.name, 20), BLUE, "bold")], at[-1])
        mark_label(axes, place.labelled)

    low, high = (_size(value, scale) for value in told.effect.about["placebos"])
    about = {"what": named(name), "families": say(f"noun.{family_of(place, name)}", n=2)}
    periods = {"first": gaps["period"].iloc[0], "last": gaps["period"].iloc[-1]}
    found = {
        "name": place.name,
        "estimate": _size(told.effect.estimate, scale),
        "count": number(len(others)),
    }
    alt = say("chart.gap.alt", **periods, **found, low=low, high=high)
    source = cited(series.of_territory(place, name)["source"].iloc[-1])
    caption = runs("chart.gap.caption", count=number(len(others)), source=source, **about)
    names = ("period", "value", "low", "high")
    columns = tuple((say(f"gap.{one}"), "left" if one == "period" else "right", 1.0) for one in names)
    rows = tuple(
        (text(row.period), *(text(_size(x, scale)) for x in (row.value, row.low, row.high)))
        for row in gaps.itertuples(index=False)
    )
    notes = (runs("gap.note", estimate=found["estimate"], count=found["count"], low=low, high=high),)
    data = Table(say("gap.data", what=about["what"]), columns, rows, notes)
    return Chart(drawn(draw, HEIGHT, (0.055, 0.12, 0.72, 0.84)), alt, caption, data)


def checks(place: Territory, outcome: str | None = None) -> Table:
    """The ways to doubt the gap and what each finds; no table where nothing is estimated."""
    told, _ = _told(place, outcome)
    columns = tuple(
        (say(f"checks.{name}"), "left", width)
        for name, width in (("name", 1.6), ("sentence", 5.0), ("passed", 1.4))
    )
    if told is None or told.effect.estimate is None:
        return Table("", columns, ())
    verdicts = {True: "passed", False: "failed", None: "silent"}
    rows = tuple(
        (
            text(say(f"effect.check.name.{one.name}")),
            text(one.sentence),
            text(say(f"effect.check.{verdicts[one.passed]}")),
        )
        for one in told.checks
    )
    return Table(say("checks.caption"), columns, rows)


def _told(place: Territory, outcome: str | None) -> tuple[Estimated | None, str]:
    name = outcome or next(iter(outcomes(place.evaluation)), "")
    return (estimated(place, name) if name else None), name


def _size(value: float | None, scale: str) -> str:
    assert value is not None
    if scale == "percent":
        return percent(value, sign=True)
    return number(value, 1, sign=True) + " " + say("unit.points", n=abs(value))


def _moment(period: str) -> float:
    if "-Q" in period:
        year, quarter = period.split("-Q")
        return int(year) + (int(quarter) - 1) / 4
    return float(period)


def _frame(axes: Axes, at: list[float], own: np.ndarray, others: np.ndarray, scale: str) -> None:
    low, high = np.quantile(others, [0.01, 0.99])
    margin = 0.08 * (high - low)
    axes.set_ylim(min(low, own.min()) - margin, max(high, own.max()) + margin)
    axes.set_xlim(at[0] - 0.1, at[-1] + 0.1)
    years = sorted({int(one) for one in at})
    axes.set_xticks(years if len(years) <= 7 else years[::2])
    few_ticks(axes)
    unit = "\u202f%" if scale == "percent" else ""
    axes.yaxis.set_major_formatter(
        lambda value, _: number(value, 0 if float(value).is_integer() else 1, sign=True) + unit
    )
