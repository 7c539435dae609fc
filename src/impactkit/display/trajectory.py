"""The territory's path among grey comparable ones."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pandas as pd

from impactkit.data.territories import Territory
from impactkit.display.shown import NOTHING, Chart, Table, text
from impactkit.display.style import BLUE, GREY, PALE, SHADE, drawn, few_ticks, label_end, mark_label
from impactkit.evidence.declared import cited
from impactkit.evidence.finding import Sentence
from impactkit.evidence.picked import MEDIAN, as_text, picked
from impactkit.indicators.comparable import ENOUGH, POPULATION, family_of
from impactkit.indicators.figures import change_of
from impactkit.indicators.trajectory import is_rate, trajectory
from impactkit.wording.catalogue import has, runs, say
from impactkit.wording.numbers import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HEIGHT = 2.5
NAME_WIDTH = 20
MANY = 7
JOBS = "count_jobs_private"


def trajectory_chart(place: Territory, outcome: str | None = None) -> Chart:
    """An indicator among comparable territories (counts on base 100, rates as they are); without `outcome`,
    private jobs where they were imported, else the population. Empty without two dates.
    """
    told = outcome or _lead(place)
    path = trajectory(place, told)
    if path.empty:
        return NOTHING
    alt, caption = _words(place, path, told)
    return Chart(_drawn(place, path, told), alt, caption, _data(place, path, told))


def _data(place: Territory, path: pd.DataFrame, outcome: str) -> Table:
    """Year by year, the territory and the middle half of the comparable ones, as the rows print them."""
    name = outcome if is_rate(outcome) else "index_" + outcome.removeprefix("count_")
    unit = "part" if is_rate(outcome) else "indice"
    if not is_rate(outcome) and picked(place).of(name) is None:
        # Without an index among the rows, the figures themselves.
        name, unit = outcome, "unités"
    mine = path[path["role"] == "territory"].set_index("period")["index" if unit == "indice" else "value"]
    half = picked(place).many(name, MEDIAN).dropna(subset=["value"]).set_index("period")
    many = path[path["role"] == "comparable"]["unit"].nunique() >= ENOUGH
    rows = []
    for year, value in mine.items():
        cells = [str(year), as_text(value, unit)]
        if many and str(year) in half.index:
            cells += [as_text(half.loc[str(year), column], unit) for column in ("low", "value", "high")]
        rows.append(tuple(text(cell) for cell in cells))
    names = ["year", "own", *(["low", "median", "high"] if many else [])]
    columns = tuple((say(f"trajectory.{one}"), "left" if one == "year" else "right", 1.0) for one in names)
    what = say(f"figure.{outcome}") if has(f"figure.{outcome}") else outcome
    figures, change = picked(place), _change(outcome)
    moved, middle = figures.of(change), figures.of(change, group=MEDIAN)
    assert moved is not None
    first, last = moved["period"].split("/")
    n = path[path["role"] == "comparable"]["unit"].nunique()
    notes = [runs("trajectory.note", first=first, last=last, change=_signed(moved), n=n, count=number(n))]
    if middle is not None:
        ends = {one: _signed(middle, one) for one in ("low", "high")}
        notes.append(runs("trajectory.note.half", median=_signed(middle), **ends))
    scale = say("chart.rate" if is_rate(outcome) else "chart.index", first=first)
    return Table(say("trajectory.data", what=what, scale=scale), columns, tuple(rows), tuple(notes))


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
        "source": cited(moved["source"]),
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
    rate = is_rate(outcome)
    path = path.assign(shown=path["value"] * 100 if rate else path["index"])
    others, mine = (path[path["role"] == role] for role in ("comparable", "territory"))
    moved = picked(place).of(_change(outcome))
    assert moved is not None

    def draw(axes: Axes) -> None:
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
        axes.plot(
            mine["period"], mine["shown"], color=BLUE, linewidth=2.6, marker="o", markersize=4, zorder=4
        )
        words = f"{textwrap.fill(place.name, NAME_WIDTH)}\n{_signed(moved)}"
        ends.append((float(mine["shown"].iloc[-1]), words, BLUE, "bold"))
        _frame(axes, path)
        label_end(axes, ends, float(mine["period"].iloc[-1]))
        mark_label(axes, place.labelled)

    return drawn(draw, HEIGHT, (0.055, 0.1, 0.68, 0.86))


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
    few_ticks(axes)
    axes.yaxis.set_major_formatter(lambda value, _: number(value, 0 if float(value).is_integer() else 1))
