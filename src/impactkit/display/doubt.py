"""Drawings of doubt: every combination of choices, every end of a hypothesis, how far the ordinary goes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from impactkit.data.territories import Territory
from impactkit.display.shown import NOTHING, Chart, Table, text
from impactkit.display.style import BLUE, GREY, INK, PALE, RUST, SHADE, drawn
from impactkit.evidence.effect_rows import choices
from impactkit.evidence.estimated import estimated, named, outcomes
from impactkit.evidence.picked import as_text, picked
from impactkit.evidence.value import STEP, swing, values
from impactkit.indicators.comparable import family_of
from impactkit.indicators.dispersion import expected
from impactkit.indicators.figures import change_of, changes_of_all
from impactkit.wording.catalogue import runs, say
from impactkit.wording.numbers import number, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST = 10


def choices_chart(place: Territory, outcome: str | None = None) -> Chart:
    """The estimate under every combination of declared choices, sorted, with the printed interval; its data
    by choice. Empty where nothing is estimated.
    """
    name = outcome or next(iter(outcomes(place.evaluation)), "")
    told = estimated(place, name) if name else None
    if told is None or told.effect.low is None or told.curve.empty:
        return NOTHING
    effect, found = told.effect, np.sort(told.curve["estimate"].to_numpy(dtype=float))
    points = effect.scale == "points"
    scale = 1 if points else 100

    def draw(axes: Axes) -> None:
        at = np.arange(1, len(found) + 1)
        low, high = (float(end or 0.0) * scale for end in (effect.low, effect.high))
        axes.axhspan(low, high, color=SHADE, alpha=0.35, linewidth=0)
        axes.axhline(0, color=GREY, linewidth=0.8)
        axes.plot(at, found * scale, ".", color=BLUE, markersize=3)
        axes.plot(
            [at[0], at[-1]],
            [float(effect.estimate or 0.0) * scale] * 2,
            color=RUST,
            linewidth=1,
            dashes=(4, 3),
        )
        axes.set(xlim=(0, len(found) + 1), xticks=[])
        axes.yaxis.set_major_formatter(_axis("" if points else "\u202f%"))

    low, high = (_size(value, points) for value in (found[0], found[-1]))
    rows = tuple(
        (
            text(say(f"choice.{row.choice}")),
            text(say(f"choice.{row.choice}.{row.option}")),
            *(text(_size(value, points)) for value in (row.low, row.value, row.high)),
        )
        for row in choices(told).itertuples(index=False)
    )
    columns = tuple(
        (say(f"choices.{column}"), "right" if column in ("low", "value", "high") else "left", width)
        for column, width in (("choice", 1.6), ("option", 2.4), ("low", 1.0), ("value", 1.0), ("high", 1.0))
    )
    alt = say("choices.alt", count=number(len(found)), low=low, high=high, outcome=named(name))
    svg = drawn(draw, 1.5, (0.075, 0.06, 0.9, 0.9))
    notes = (runs("choices.note", count=number(len(found)), estimate=_size(effect.estimate or 0.0, points)),)
    return Chart(
        svg,
        alt,
        runs("choices.caption", count=number(len(found))),
        Table(say("choices.data"), columns, rows, notes),
    )


def tornado_chart(place: Territory) -> Chart:
    """The first valued project: its net worth at each end of each hypothesis, the widest first; empty where
    nothing is valued.
    """
    one = next(iter(values(place)), None)
    widest_first = swing(one)[:MOST] if one is not None else []
    if one is None or not widest_first:
        return NOTHING
    ends = [(low, high) for _, low, high in widest_first]
    centre = round(one.npv / STEP) * STEP
    names = [what for what, _, _ in widest_first]

    def draw(axes: Axes) -> None:
        every = [x for pair in ends for x in pair]
        span = max(max(every) - min(every), 1.0)
        axes.set(xlim=(min(every) - 0.2 * span, max(every) + 0.2 * span), ylim=(len(ends) - 0.4, -0.6))
        axes.set(yticks=range(len(names)), yticklabels=[_short(name) for name in names], xticks=[])
        axes.tick_params(axis="y", colors=INK)
        axes.grid(False)
        axes.spines["bottom"].set_visible(False)
        for at, (low, high) in enumerate(ends):
            left, right = sorted((low, high))
            axes.barh(at, right - left, left=left, height=0.5, color=SHADE, edgecolor=BLUE)
            for x, side in ((left, "right"), (right, "left")):
                beside: dict[str, Any] = {"xytext": (-3 if side == "right" else 3, 0), "ha": side}
                beside |= {"textcoords": "offset points", "va": "center", "color": GREY, "size": 8}
                axes.annotate(number(x), (x, at), **beside)
        axes.axvline(centre, color=RUST, linewidth=1)

    rows = tuple(
        (text(name), *(text(number(end)) for end in pair)) for name, pair in zip(names, ends, strict=True)
    )
    columns = tuple(
        (say(f"tornado.{column}"), "left" if column == "what" else "right", width)
        for column, width in (("what", 3.4), ("low", 1.3), ("high", 1.3))
    )
    widest = {"what": names[0], "low": number(min(ends[0])), "high": number(max(ends[0]))}
    alt = say("tornado.alt", project=one.name, **widest)
    notes = (runs("tornado.note", npv=number(centre)),)
    height = 0.34 * len(names) + 0.15
    svg = drawn(draw, height, (0.36, 0.03, 0.62, 0.94))
    caption = runs("tornado.caption", project=one.name, npv=number(centre))
    return Chart(svg, alt, caption, Table(say("tornado.data"), columns, rows, notes))


def dispersion_chart(place: Territory, outcome: str | None = None) -> Chart:
    """How units of every size changed, and the limits of the ordinary by size; the territory among them.
    Empty where the limits cannot be told.
    """
    name = outcome or next(iter(outcomes(place.evaluation)), "")
    own = picked(place).of(change_of(name)) if name else None
    limits = picked(place).of(change_of(name), group="expected=95") if name else None
    if own is None or limits is None:
        return NOTHING
    told = changes_of_all(place, name, *own["period"].split("/"))
    if told is None:
        return NOTHING
    moved, sizes, at = told
    points = own["unit"] == "points"
    scale = 1 if points else 100
    known = pd.DataFrame({"moved": moved * scale, "size": sizes}).dropna()
    known = known[known["size"] > 0]

    def draw(axes: Axes) -> None:
        grid = np.geomspace(known["size"].min(), known["size"].max(), 40)
        found = [expected(moved, sizes, float(size)) for size in grid]
        ends = np.array([[one.low, one.high] if one else [np.nan, np.nan] for one in found]) * scale
        axes.plot(known["size"], known["moved"], ".", color=PALE, markersize=2.5, zorder=1)
        for end in ends.T:
            axes.plot(grid, end, color=GREY, linewidth=1, dashes=(4, 3), zorder=2)
        axes.plot(at, own["value"] * scale, "o", color=BLUE, markersize=7, zorder=3)
        beside: dict[str, Any] = {"xytext": (6, 5), "textcoords": "offset points", "color": BLUE}
        axes.annotate(place.name, (at, own["value"] * scale), weight="bold", **beside)
        shown = known["moved"][known["moved"].between(*known["moved"].quantile([0.01, 0.99]))]
        axes.set_ylim(min(shown.min(), own["value"] * scale) - 1, max(shown.max(), own["value"] * scale) + 1)
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter(lambda value, _: number(value))
        axes.xaxis.set_minor_formatter(lambda value, _: "")
        axes.yaxis.set_major_formatter(_axis("" if points else "\u202f%", sign=True))

    cells = [
        (say("dispersion.own"), _figure(own, "value")),
        (say("dispersion.median"), _figure(limits, "value")),
    ]
    cells += [(say(f"dispersion.{end}"), _figure(limits, end)) for end in ("low", "high")]
    cells.append((say("dispersion.count"), number(limits["n"])))
    columns = ((say("dispersion.what"), "left", 3.0), (say("dispersion.value"), "right", 1.2))
    data = Table(say("dispersion.data"), columns, tuple((text(a), text(b)) for a, b in cells))
    families = say(f"noun.{family_of(place, name)}", n=2)
    about = {"families": families, "count": number(limits["n"]), "outcome": named(name)}
    ends = {end: _figure(limits, end) for end in ("low", "high")}
    alt = say("dispersion.alt", name=place.name, own=_figure(own, "value"), **ends, **about)
    svg = drawn(draw, 2.1, (0.075, 0.13, 0.9, 0.84))
    return Chart(svg, alt, runs("dispersion.caption", **about), data)


def _axis(unit: str, *, sign: bool = False) -> Callable[[float, Any], str]:
    return lambda value, _: number(value, 0 if float(value).is_integer() else 1, sign=sign) + unit


def _figure(row: pd.Series, column: str) -> str:
    unit = " " + say("unit.points", n=abs(row[column])) if row["unit"] == "points" else ""
    return as_text(row[column], row["unit"], sign=True) + unit


def _size(value: float, points: bool) -> str:
    if points:
        return number(value, 1, sign=True) + " " + say("unit.points", n=abs(value))
    return percent(value, sign=True)


def _short(name: str) -> str:
    import textwrap

    return textwrap.fill(textwrap.shorten(name, 66, placeholder="…"), 36)
