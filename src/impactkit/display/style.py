"""One look for every drawing: the bundled font, few colours that hold for colour-blind readers and in black
and white.
"""

from __future__ import annotations

import functools
import io
import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from impactkit.errors import ReportFailed
from impactkit.wording.language import Language

# The first drawing pays for matplotlib, not whoever only reads tables.
if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
else:
    Axes = Any

INK, GREY, PALE, BAND, SHADE = "#1d2327", "#5b6670", "#c3cad1", "#e3e8ed", "#9db7d3"
BLUE, RUST = "#0b4f9c", "#8a4b08"
FONTS = Path(__file__).with_name("fonts")
WIDTH = 6.9
# How matplotlib says that no font draws a character.
UNDRAWN = re.compile(r"Glyph (\d+) .*missing")


@functools.lru_cache(maxsize=1)
def _register_fonts() -> None:
    from matplotlib import font_manager

    for file in sorted([*FONTS.glob("*.otf"), *FONTS.glob("*.ttf")]):
        font_manager.fontManager.addfont(file)


def drawn(
    language: Language,
    draw: Callable[[Axes], None],
    height: float,
    box: tuple[float, float, float, float] = (0, 0, 1, 1),
    width: float = WIDTH,
) -> str:
    """One drawing of `width` and `height` inches as SVG; `draw` fills the axes of `box`. The settings are
    the kit's, and the caller's own come back after; the same drawing gives the same bytes.
    """
    import matplotlib.style
    from matplotlib.figure import Figure

    _register_fonts()
    look = FONTS.with_name("impactkit.mplstyle")
    # Whatever matplotlibrc lies in the working folder: the settings are those of matplotlib, then the kit's.
    with matplotlib.style.context(look, after_reset=True), warnings.catch_warnings():
        warnings.filterwarnings("error", UNDRAWN.pattern, UserWarning)
        figure = Figure(figsize=(width, height))
        buffer = io.StringIO()
        try:
            draw(figure.add_axes(box))
            figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
        except UserWarning as cause:
            raise _undrawn(language, cause) from cause
        return buffer.getvalue()


def _undrawn(language: Language, cause: UserWarning) -> Exception:
    number = UNDRAWN.search(str(cause))
    if number is None:
        return cause
    return language.error(ReportFailed, "undrawn", character=chr(int(number[1])))


def figures_on(language: Language, axis: Axis, scale: str = "", *, sign: bool = False) -> None:
    """Marks as the page prints figures, « 10 % » where the scale is `percent`."""
    unit = "\u202f%" if scale == "percent" else ""
    axis.set_major_formatter(
        lambda value, _: language.number(value, 0 if float(value).is_integer() else 1, sign=sign) + unit
    )


def beside(axes: Axes, words: str, at: tuple[float, float], by: tuple[float, float], **look: Any) -> None:
    """Words beside a place of the drawing, so many points away."""
    axes.annotate(words, at, xytext=by, textcoords="offset points", **look)


def few_ticks(language: Language, axes: Axes, scale: str = "", *, sign: bool = False) -> None:
    """At most five round marks on the vertical axis, as `figures_on` prints them."""
    from matplotlib.ticker import MaxNLocator

    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    figures_on(language, axes.yaxis, scale, sign=sign)


def label_end(axes: Axes, ends: list[tuple[float, str, str, str]], at: float) -> None:
    """The name of each line at its end (`at`): height, words, colour, weight; two that touch are parted."""
    low, high = axes.get_ylim()
    # Two lines of text need a fifth of the height between them.
    apart = (high - low) * 0.19
    placed = [value for value, *_ in ends]
    if len(ends) == 2 and abs(placed[0] - placed[1]) < apart:
        middle, upper = sum(placed) / 2, placed.index(max(placed))
        placed[upper], placed[1 - upper] = middle + apart / 2, middle - apart / 2
    about: dict[str, Any] = {"va": "center", "annotation_clip": False, "fontsize": 9}
    for (_, words, colour, weight), y in zip(ends, placed, strict=True):
        beside(axes, words, (at, y), (8, 0), color=colour, weight=weight, **about)


def mark_label(language: Language, axes: Axes, labelled: str) -> None:
    """A thin line at the date of the label (ISO, as known), named; nothing without one."""
    if labelled:
        year, month, day = [*labelled.split("-"), "1"][:3]
        at = int(year) + (int(month) - 1) / 12 + (int(day) - 1) / 365
        axes.axvline(at, color=RUST, linewidth=1, zorder=2)
        top = (at, axes.get_ylim()[1])
        beside(axes, language.say("chart.label"), top, (4, -3), color=RUST, va="top", fontsize=9)


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
