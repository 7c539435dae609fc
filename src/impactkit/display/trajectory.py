"""The territory's path among grey comparable ones."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pandas as pd

from impactkit.data.territories import Territory
from impactkit.display.shown import Chart
from impactkit.display.style import BLUE, GREY, PALE, RUST, SHADE, look, svg_of
from impactkit.errors import UnknownName
from impactkit.evidence.compared import family
from impactkit.evidence.finding import Sentence
from impactkit.evidence.picked import MEDIAN, picked
from impactkit.indicators.comparable import ENOUGH
from impactkit.indicators.trajectory import trajectory
from impactkit.wording.catalogue import runs, say
from impactkit.wording.numbers import number, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, HEIGHT = 6.9, 2.7
NAME_WIDTH = 20


def chart(place: Territory, *, kind: str = "trajectory") -> Chart:
    """A territory's chart; `kind` is `trajectory` (population, base 100, among comparable territories).

    Without two dates to draw, the chart is empty and shows nothing. Raises UnknownName for another kind.
    """
    if kind != "trajectory":
        raise UnknownName.among("le graphique", kind, ["trajectory"])
    path = trajectory(place)
    if path.empty:
        return Chart("", "", ())
    alt, caption = _words(place, path)
    return Chart(_drawn(place, path), alt, caption)


def _words(place: Territory, path: pd.DataFrame) -> tuple[str, Sentence]:
    figures = picked(place)
    moved, half = figures.of("rate_population_change"), figures.of("rate_population_change", group=MEDIAN)
    assert moved is not None
    n = figures.count("count_comparable")
    first, last = moved["period"].split("/")
    said = {
        "name": place.name,
        "first": first,
        "last": last,
        "change": percent(moved["value"], sign=True),
        "count": number(n),
        "family": family(place, n),
    }
    about = {
        "first": first,
        "count": number(n),
        "families": family(place, 2),
        "vintage": moved["geography_vintage"],
    }
    if half is not None:
        spread = {
            name: percent(half[column], sign=True)
            for name, column in (("median", "value"), ("low", "low"), ("high", "high"))
        }
        return say("chart.alt.half", **said, **spread), runs("chart.caption.half", **about)
    if n:
        return say("chart.alt.few", n=n, **said), runs("chart.caption.few", **about)
    return say("chart.alt.alone", **said), runs("chart.caption.alone", **about)


def _drawn(place: Territory, path: pd.DataFrame) -> str:
    from matplotlib.figure import Figure

    with look():
        figure = Figure(figsize=(WIDTH, HEIGHT))
        axes = figure.add_axes((0.055, 0.1, 0.68, 0.86))
        others = path[path["role"] == "comparable"]
        for _, line in others.groupby("unit"):
            axes.plot(line["period"], line["index"], color=PALE, linewidth=0.7, zorder=1)
        ends = []
        if others["unit"].nunique() >= ENOUGH:
            half = picked(place).many("index_population", MEDIAN).astype({"period": int})
            axes.fill_between(
                half["period"], half["low"], half["high"], color=SHADE, alpha=0.45, linewidth=0, zorder=2
            )
            median = half["value"]
            axes.plot(half["period"], median, color=GREY, linewidth=1.4, dashes=(4, 2.5), zorder=3)
            ends.append((float(median.iloc[-1]), say("chart.median"), GREY, "normal"))
        mine = path[path["role"] == "territory"]
        axes.plot(
            mine["period"], mine["index"], color=BLUE, linewidth=2.6, marker="o", markersize=4, zorder=4
        )
        end = float(mine["index"].iloc[-1])
        ends.append(
            (
                end,
                f"{textwrap.fill(place.name, NAME_WIDTH)}\n{percent(end / 100 - 1, sign=True)}",
                BLUE,
                "bold",
            )
        )
        _frame(axes, path)
        _label_ends(axes, ends, float(mine["period"].iloc[-1]))
        _mark_label(axes, place)
        return svg_of(figure)


def _frame(axes: Axes, path: pd.DataFrame) -> None:
    own = path[path["role"] == "territory"]["index"]
    others = path[path["role"] == "comparable"]["index"]
    # A few far territories would flatten every other line: the window keeps 96 % of the points.
    shown = pd.concat([own, others[others.between(others.quantile(0.02), others.quantile(0.98))]])
    margin = max(0.08 * (shown.max() - shown.min()), 0.4)
    axes.set_ylim(min(shown.min(), own.min()) - margin, max(shown.max(), own.max()) + margin)
    years = sorted({int(year) for year in path["period"]})
    axes.set_xlim(years[0] - 0.1, years[-1] + 0.1)
    axes.set_xticks(years)
    axes.yaxis.set_major_locator(_few_ticks())
    axes.yaxis.set_major_formatter(lambda value, _: number(value, 0 if float(value).is_integer() else 1))


def _few_ticks() -> object:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(nbins=5, steps=[1, 2, 5, 10])


def _label_ends(axes: Axes, ends: list[tuple[float, str, str, str]], at: float) -> None:
    low, high = axes.get_ylim()
    # Two lines of text need a fifth of the height between them.
    apart = (high - low) * 0.19
    placed = [value for value, *_ in ends]
    if len(ends) == 2 and abs(placed[0] - placed[1]) < apart:
        middle, upper = sum(placed) / 2, placed.index(max(placed))
        placed[upper], placed[1 - upper] = middle + apart / 2, middle - apart / 2
    for (_, words, colour, weight), y in zip(ends, placed, strict=True):
        axes.annotate(
            words,
            (at, y),
            xytext=(8, 0),
            textcoords="offset points",
            color=colour,
            weight=weight,
            va="center",
            annotation_clip=False,
            fontsize=9,
        )


def _mark_label(axes: Axes, place: Territory) -> None:
    if not place.labelled:
        return
    year, month, day = [*place.labelled.split("-"), "1"][:3]
    at = int(year) + (int(month) - 1) / 12 + (int(day) - 1) / 365
    axes.axvline(at, color=RUST, linewidth=1, zorder=2)
    axes.annotate(
        say("chart.label"),
        (at, axes.get_ylim()[1]),
        xytext=(4, -3),
        textcoords="offset points",
        color=RUST,
        va="top",
        fontsize=9,
    )
