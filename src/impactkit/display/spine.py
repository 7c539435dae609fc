"""Every official figure on one axis: where the territory stands among comparable ones, figure by figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from impactkit.data.territories import Territory
from impactkit.display.shown import NOTHING, Chart, Table, text
from impactkit.display.style import BLUE, GREY, INK, PALE, SHADE, drawn
from impactkit.evidence.picked import MEDIAN, as_text, picked
from impactkit.indicators.context import SIX
from impactkit.indicators.figures import change_of
from impactkit.wording.catalogue import runs, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LINE, FEWEST = 0.34, 2
# The middle half of the comparable ones takes this part of the axis; further than the ends is drawn at them.
HALF, FARTHEST = 0.09, 2.6


def spine_chart(place: Territory) -> Chart:
    """One line a figure: the middle half of comparable territories, their median, the territory. Each line
    has the scale of its own dispersion. Empty under two figures.
    """
    found = [(name, *rows) for name in SIX if (rows := _rows(place, name))]
    if len(found) < FEWEST:
        return NOTHING
    names = [
        say(f"spine.{'level' if own['indicator'] == name else 'change'}", what=_what(name))
        for name, own, _ in found
    ]
    cells = []
    for name, (_, own, half) in zip(names, found, strict=True):
        cells.append((name, _told(own, "value"), *(_told(half, end) for end in ("low", "value", "high"))))
    columns = tuple(
        (
            say(f"spine.column.{column}"),
            "left" if column == "what" else "right",
            3.0 if column == "what" else 1.2,
        )
        for column in ("what", "own", "low", "median", "high")
    )
    data = Table(say("spine.data"), columns, tuple(tuple(map(text, row)) for row in cells))
    items = " ; ".join(say("spine.item", what=row[0], own=row[1], low=row[2], high=row[4]) for row in cells)

    def draw(axes: Axes) -> None:
        axes.set_axis_off()
        axes.set(xlim=(0, 1), ylim=(len(found), -0.55))
        for words, at, weight in (
            ("spine.lower", 0.4, "normal"),
            ("spine.half", 0.6, "bold"),
            ("spine.higher", 0.8, "normal"),
        ):
            axes.text(at, -0.3, say(words), ha="center", va="center", color=GREY, size=8, weight=weight)
        for at, (name, (_, own, half)) in enumerate(zip(names, found, strict=True)):
            _line(axes, at + 0.4, name, own, half)

    svg = drawn(draw, LINE * len(found) + 0.25)
    return Chart(svg, say("spine.alt", name=place.name, items=items), runs("spine.caption"), data)


def _rows(place: Territory, name: str) -> tuple[pd.Series, pd.Series] | None:
    """The change, or the level where no change is told, beside the middle half of comparable ones."""
    for indicator in ("rate_population_change" if name == SIX[0] else change_of(name), name):
        own, half = picked(place).of(indicator), picked(place).of(indicator, group=MEDIAN)
        if own is not None and half is not None and half["high"] > half["low"]:
            return own, half
    return None


def _line(axes: Axes, at: float, name: str, own: pd.Series, half: pd.Series) -> None:
    width = (half["high"] - half["low"]) / 2
    middle = (half["high"] + half["low"]) / 2

    def spot(value: float) -> float:
        away = max(-FARTHEST, min(FARTHEST, (value - middle) / width))
        return float(0.6 + HALF * away)

    axes.text(0.335, at, name, ha="right", va="center", color=INK)
    axes.plot([0.6 - HALF * FARTHEST, 0.6 + HALF * FARTHEST], [at, at], color=PALE, linewidth=0.8, zorder=1)
    axes.barh(at, 2 * HALF, left=0.6 - HALF, height=0.42, color=SHADE, alpha=0.6, zorder=2)
    axes.plot([spot(half["value"])] * 2, [at - 0.21, at + 0.21], color=GREY, linewidth=1.4, zorder=3)
    axes.plot(spot(own["value"]), at, "o", color=BLUE, markersize=7, zorder=4)
    axes.text(0.87, at, _told(own, "value"), ha="left", va="center", color=BLUE, weight="bold")


def _what(name: str) -> str:
    return say(f"figure.{name}")


def _told(row: pd.Series, column: str) -> str:
    sign = row["unit"] == "points" or row["indicator"].endswith("_change")
    return as_text(row[column], row["unit"], sign=sign) + (" pt" if row["unit"] == "points" else "")
