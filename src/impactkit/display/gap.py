"""The territory's gap over grey placebos, and the ways to doubt it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from impactkit.data import series
from impactkit.display.shown import Chart, Table, text
from impactkit.display.style import BLUE, PALE, RUST, look, svg_of
from impactkit.effects import placebo
from impactkit.effects.comparison import case_of
from impactkit.evidence.estimated import Estimated, estimated, named, outcomes
from impactkit.indicators.comparable import family_of
from impactkit.wording.catalogue import runs, say
from impactkit.wording.numbers import number, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from impactkit.data.territories import Territory

WIDTH, HEIGHT = 6.9, 2.4


def gap_chart(place: Territory, outcome: str | None = None) -> Chart:
    """The gap by period over the same computation for the comparable units nearest in size; empty where
    nothing is estimated.
    """
    told, name = _told(place, outcome)
    if told is None or told.effect.p is None:
        return Chart("", "", ())
    case = case_of(place, name)
    design = case.design
    near = placebo.nearest(design, case.size, None if told.effect.scale == "points" else placebo.NEAREST)
    own, _ = case.compared()
    others = placebo.enumerated(design).paths[near]
    if told.effect.scale == "percent":
        own, others = (np.exp(own) - 1) * 100, (np.exp(others) - 1) * 100
    else:
        own = own / case.share
    at = [_moment(period) for period in design.periods]
    with look():
        from matplotlib.figure import Figure

        figure = Figure(figsize=(WIDTH, HEIGHT))
        axes = figure.add_axes((0.055, 0.12, 0.72, 0.84))
        for line in others:
            axes.plot(at, line, color=PALE, linewidth=0.6, zorder=1)
        axes.axhline(0, color=PALE, linewidth=1, zorder=2)
        axes.plot(at, own, color=BLUE, linewidth=2.4, zorder=4)
        _frame(axes, at, own, others, told.effect.scale)
        _words(axes, place, at, own)
        svg = svg_of(figure)
    low, high = (_size(value, told.effect.scale) for value in told.effect.about["placebos"])
    alt = say(
        "chart.gap.alt",
        first=design.periods[0],
        last=design.periods[-1],
        name=place.name,
        estimate=_size(told.effect.estimate, told.effect.scale),
        count=number(len(near)),
        low=low,
        high=high,
    )
    source = series.of_territory(place, name)["source"].iloc[-1].split(",")[0]
    families = say(f"noun.{family_of(place, name)}", n=2)
    what = named(name)
    caption = runs("chart.gap.caption", what=what, count=number(len(near)), families=families, source=source)
    return Chart(svg, alt, caption)


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
    from matplotlib.ticker import MaxNLocator

    low, high = np.quantile(others, [0.01, 0.99])
    margin = 0.08 * (high - low)
    axes.set_ylim(min(low, own.min()) - margin, max(high, own.max()) + margin)
    axes.set_xlim(at[0] - 0.1, at[-1] + 0.1)
    years = sorted({int(one) for one in at})
    axes.set_xticks(years if len(years) <= 7 else years[::2])
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    unit = "\u202f%" if scale == "percent" else ""
    axes.yaxis.set_major_formatter(
        lambda value, _: number(value, 0 if float(value).is_integer() else 1, sign=True) + unit
    )


def _words(axes: Axes, place: Territory, at: list[float], own: np.ndarray) -> None:
    import textwrap

    axes.annotate(
        textwrap.fill(place.name, 20),
        (at[-1], own[-1]),
        xytext=(8, 0),
        textcoords="offset points",
        color=BLUE,
        weight="bold",
        va="center",
        annotation_clip=False,
        fontsize=9,
    )
    if place.labelled:
        year, month = [*place.labelled.split("-"), "1"][:2]
        moment = int(year) + (int(month) - 1) / 12
        axes.axvline(moment, color=RUST, linewidth=1, zorder=3)
        axes.annotate(
            say("chart.label"),
            (moment, axes.get_ylim()[1]),
            xytext=(4, -3),
            textcoords="offset points",
            color=RUST,
            va="top",
            fontsize=9,
        )
