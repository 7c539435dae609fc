"""One look for every drawing: the bundled font, few colours that hold for colour-blind readers and in black
and white.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from impactkit.wording.catalogue import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, GREY, PALE, BAND, SHADE = "#1d2327", "#5b6670", "#c3cad1", "#e3e8ed", "#9db7d3"
BLUE, RUST = "#0b4f9c", "#8a4b08"
FONTS = Path(__file__).with_name("fonts")
WIDTH = 6.9


@functools.lru_cache(maxsize=1)
def _register_fonts() -> None:
    from matplotlib import font_manager

    for file in sorted([*FONTS.glob("*.otf"), *FONTS.glob("*.ttf")]):
        font_manager.fontManager.addfont(file)


@contextmanager
def look() -> Iterator[None]:
    """Draw inside this: settings are the kit's, and the caller's own come back after."""
    import matplotlib as mpl

    _register_fonts()
    settings = {
        "font.family": ["Inter", "DejaVu Sans"],
        "font.size": 9,
        "text.color": INK,
        "axes.edgecolor": PALE,
        "axes.labelcolor": GREY,
        "xtick.color": GREY,
        "ytick.color": GREY,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.spines.left": False,
        "axes.grid": True,
        "axes.grid.axis": "y",
        "grid.color": BAND,
        "grid.linewidth": 0.8,
        "ytick.major.size": 0,
        "xtick.major.size": 3,
        "axes.axisbelow": True,
        "svg.fonttype": "path",
        "svg.hashsalt": "impactkit",
        "figure.dpi": 72,
    }
    with mpl.rc_context(settings):
        yield


def drawn(
    draw: Callable[[Axes], None], height: float, box: tuple[float, float, float, float] = (0, 0, 1, 1)
) -> str:
    """One drawing of the page's width and `height` inches as SVG; `draw` fills the axes of `box`."""
    with look():
        from matplotlib.figure import Figure

        figure = Figure(figsize=(WIDTH, height))
        draw(figure.add_axes(box))
        return svg_of(figure)


def few_ticks(axes: Axes) -> None:
    """At most five round marks on the vertical axis."""
    from matplotlib.ticker import MaxNLocator

    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))


def label_end(axes: Axes, ends: list[tuple[float, str, str, str]], at: float) -> None:
    """The name of each line at its end (`at`): height, words, colour, weight; two that touch are parted."""
    low, high = axes.get_ylim()
    # Two lines of text need a fifth of the height between them.
    apart = (high - low) * 0.19
    placed = [value for value, *_ in ends]
    if len(ends) == 2 and abs(placed[0] - placed[1]) < apart:
        middle, upper = sum(placed) / 2, placed.index(max(placed))
        placed[upper], placed[1 - upper] = middle + apart / 2, middle - apart / 2
    about: dict[str, Any] = {
        "textcoords": "offset points",
        "va": "center",
        "annotation_clip": False,
        "fontsize": 9,
    }
    for (_, words, colour, weight), y in zip(ends, placed, strict=True):
        axes.annotate(words, (at, y), xytext=(8, 0), color=colour, weight=weight, **about)


def mark_label(axes: Axes, labelled: str) -> None:
    """A thin line at the date of the label (ISO, as known), named; nothing without one."""
    if labelled:
        year, month, day = [*labelled.split("-"), "1"][:3]
        at = int(year) + (int(month) - 1) / 12 + (int(day) - 1) / 365
        axes.axvline(at, color=RUST, linewidth=1, zorder=2)
        about: dict[str, Any] = {"textcoords": "offset points", "va": "top", "fontsize": 9}
        axes.annotate(say("chart.label"), (at, axes.get_ylim()[1]), xytext=(4, -3), color=RUST, **about)


def svg_of(figure: Figure) -> str:
    """The figure as SVG text, the same bytes for the same drawing (no date, fixed identifiers)."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    return buffer.getvalue()


@functools.lru_cache(maxsize=4)
def outlined(words: str, colour: str) -> str:
    """Words as an SVG drawing of their outlines: seen, and never taken for text by who copies or listens."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    font = sorted(FONTS.glob("*Bold*"))[0]
    path = TextPath((0, 0), words, size=100, prop=FontProperties(fname=str(font)))
    box = path.get_extents()
    letters = {1: "M", 2: "L", 3: "Q", 4: "C", 79: "Z"}
    drawn = []
    for points, code in path.iter_segments(simplify=False):
        numbers = "" if code == 79 else " ".join(f"{one:.1f}" for one in points)
        drawn.append(letters[int(code)] + numbers)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {box.width:.1f} {box.height:.1f}">'
        f'<path fill="{colour}" transform="translate({-box.x0:.1f} {box.y1:.1f}) scale(1 -1)" '
        f'd="{"".join(drawn)}"/>'
        "</svg>"
    )
