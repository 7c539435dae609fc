"""One look for every drawing: the bundled font, few colours that hold for colour-blind readers and in black
and white.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INK, GREY, PALE, BAND, SHADE = "#1d2327", "#5b6670", "#c3cad1", "#e3e8ed", "#9db7d3"
BLUE, RUST = "#0b4f9c", "#8a4b08"
FONTS = Path(__file__).with_name("fonts")


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
        "font.family": "Inter",
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


def svg_of(figure: Figure) -> str:
    """The figure as SVG text, the same bytes for the same drawing (no date, fixed identifiers)."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    return buffer.getvalue()
