"""The territory's path among grey comparable ones."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pandas as pd

from impactkit.data.territories import Territory
from impactkit.display.gap import gap_chart
from impactkit.display.shown import Chart
from impactkit.display.style import BLUE, GREY, PALE, RUST, SHADE, look, svg_of
from impactkit.display.theory import theory_chart
from impactkit.errors import UnknownName
from impactkit.evidence.finding import Sentence
from impactkit.evidence.picked import MEDIAN, as_text, picked
from impactkit.indicators.comparable import ENOUGH, POPULATION, family_of
from impactkit.indicators.figures import change_of
from impactkit.indicators.trajectory import is_rate, trajectory
from impactkit.wording.catalogue import has, runs, say
from impactkit.wording.numbers import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, HEIGHT = 6.9, 2.7
NAME_WIDTH = 20
MANY = 7
KINDS = ("trajectory", "gap", "theory")
JOBS = "count_jobs_private"


def chart(place: Territory, *, kind: str = "trajectory", outcome: str | None = None) -> Chart:
    """A territory's chart. `kind`: `trajectory`, an indicator among comparable territories (counts on base
    100, rates as they are; without `outcome`, private jobs where they were imported, else the population);
    `gap`, what the method sees of an outcome of the plan, over the same for each comparable unit; `theory`,
    the chain from means to impacts and where the evidence stops.

    Without two dates to draw, or without an estimate, the chart is empty and shows nothing. Raises
    UnknownName for another kind or an indicator that no source holds.
    """
    if kind not in KINDS:
        raise UnknownName.among("le graphique", kind, KINDS)
    if kind != "trajectory":
        return gap_chart(place, outcome) if kind == "gap" else theory_chart(place)
    told = outcome or _lead(place)
    path = trajectory(place, told)
    if path.empty:
        return Chart("", "", ())
    alt, caption = _words(place, path, told)
    return Chart(_drawn(place, path, told), alt, caption)


def _lead(place: Territory) -> str:
    return JOBS if picked(place).of(change_of(JOBS)) is not None else POPULATION


def _words(place: Territory, path: pd.DataFrame, outcome: str) -> tuple[str, Sentence]:
    figures, change = picked(place), _change(outcome)
    moved, half = figures.of(change), figures.of(change, group=MEDIAN)
    assert moved is not None
    n = path[path["role"] == "comparable"]["unit"].nunique()
    first, last = moved["period"].split("/")
    noun = say(f"noun.{family_of(place, outcome)}", n=max(n, 1))
    what = say(f"figure.{outcome}") if has(f"figure.{outcome}") else outcome
    said = {
        "what": what[0].lower() + what[1:],
        "name": place.name,
        "first": first,
        "last": last,
        "change": _signed(moved),
        "count": number(n),
        "family": noun,
    }
    about = {
        "what": what,
        "scale": say("chart.rate" if is_rate(outcome) else "chart.index", first=first),
        "source": moved["source"].split(",")[0],
        "count": number(n),
        "families": say(f"noun.{family_of(place, outcome)}", n=2),
        "vintage": moved["geography_vintage"],
    }
    if half is not None:
        spread = {
            name: _signed(half, column)
            for name, column in (("median", "value"), ("low", "low"), ("high", "high"))
        }
        return say("chart.alt.half", **said, **spread), runs("chart.caption.half", **about)
    if n:
        return say("chart.alt.few", n=n, **said), runs("chart.caption.few", **about)
    return say("chart.alt.alone", **said), runs("chart.caption.alone", **about)


def _change(outcome: str) -> str:
    return "rate_population_change" if outcome == POPULATION else change_of(outcome)


def _signed(row: pd.Series, column: str = "value") -> str:
    points = row["unit"] == "points"
    text = as_text(row[column], row["unit"], sign=True)
    return f"{text} " + say("unit.points", n=abs(row[column])) if points else text


def _drawn(place: Territory, path: pd.DataFrame, outcome: str) -> str:
    from matplotlib.figure import Figure

    rate = is_rate(outcome)
    path = path.assign(shown=path["value"] * 100 if rate else path["index"])
    with look():
        figure = Figure(figsize=(WIDTH, HEIGHT))
        axes = figure.add_axes((0.055, 0.1, 0.68, 0.86))
        others = path[path["role"] == "comparable"]
        for _, line in others.groupby("unit"):
            axes.plot(line["period"], line["shown"], color=PALE, linewidth=0.7, zorder=1)
        ends = []
        if others["unit"].nunique() >= ENOUGH:
            name = outcome if rate else "index_" + outcome.removeprefix("count_")
            half = picked(place).many(name, MEDIAN).astype({"period": int}).sort_values("period")
            low, median, high = (half[column] * (100 if rate else 1) for column in ("low", "value", "high"))
            axes.fill_between(half["period"], low, high, color=SHADE, alpha=0.45, linewidth=0, zorder=2)
            axes.plot(half["period"], median, color=GREY, linewidth=1.4, dashes=(4, 2.5), zorder=3)
            ends.append((float(median.iloc[-1]), say("chart.median"), GREY, "normal"))
        mine = path[path["role"] == "territory"]
        axes.plot(
            mine["period"], mine["shown"], color=BLUE, linewidth=2.6, marker="o", markersize=4, zorder=4
        )
        moved = picked(place).of(_change(outcome))
        assert moved is not None
        words = f"{textwrap.fill(place.name, NAME_WIDTH)}\n{_signed(moved)}"
        ends.append((float(mine["shown"].iloc[-1]), words, BLUE, "bold"))
        _frame(axes, path)
        _label_ends(axes, ends, float(mine["period"].iloc[-1]))
        _mark_label(axes, place)
        return svg_of(figure)


def _frame(axes: Axes, path: pd.DataFrame) -> None:
    own = path[path["role"] == "territory"]["shown"]
    others = path[path["role"] == "comparable"]["shown"]
    # A few far territories would flatten every other line: the window keeps 96 % of the points.
    shown = pd.concat([own, others[others.between(others.quantile(0.02), others.quantile(0.98))]])
    margin = max(0.08 * (shown.max() - shown.min()), 0.4)
    axes.set_ylim(min(shown.min(), own.min()) - margin, max(shown.max(), own.max()) + margin)
    years = sorted({int(year) for year in path["period"]})
    axes.set_xlim(years[0] - 0.1, years[-1] + 0.1)
    # Every year when they are few, every second one otherwise: labels must not touch.
    axes.set_xticks(years if len(years) <= MANY else years[:: -(-len(years) // MANY)])
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
