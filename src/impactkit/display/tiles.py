"""A map in tiles, one square a département; words stand beside it, tied to a tile by a line."""

import functools
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from impactkit.data.perimeters import reference
from impactkit.display import style
from impactkit.display.style import BAND, BLUE, GREY, INK, Axes
from impactkit.wording.language import Language

# The width of a page's text: points are then true on paper.
WIDTH = 6.3
SIDE, GAP, MARGIN = 0.318, 0.05, 3.9
CODE, SMALL, LETTERS = 8.5, 8.0, 17
# One hue, light to dark; on the darkest, letters are white.
SHADES = ("#d6e4f2", "#a9c6e2", "#79a5d0", "#3a74b4", "#0b3f7d")
_DARK = (BLUE, *SHADES[3:])


@dataclass(frozen=True)
class Tile:
    """What a tile shows: its tone, a second line, whether it is the territory's own."""

    fill: str = BAND
    line: str = ""
    own: bool = False
    hatched: bool = False


@dataclass(frozen=True)
class Label:
    """Words beside the map, about the tiles of `at`: one of them, the nearest to a side, is tied to it."""

    words: str
    at: tuple[str, ...]
    own: bool = False


@functools.lru_cache(maxsize=1)
def places() -> Mapping[str, tuple[int, int]]:
    """Column and row of each of the 101 départements, from the left and from the top."""
    table = reference("tiles")
    numbers = zip(table["column"].astype(int), table["row"].astype(int), strict=True)
    return dict(zip(table["departement"], numbers, strict=True))


def drawn(
    language: Language,
    tiles: Mapping[str, Tile],
    labels: Sequence[Label],
    key: Sequence[tuple[Tile, str]] = (),
) -> str:
    """The map as SVG: a tile for every département (bare when it is not in `tiles`), the labels, and below
    it the key of classes.
    """
    grid = places()
    columns, rows = (1 + max(place[i] for place in grid.values()) for i in (0, 1))
    height = rows + 0.3 + (3 if key else 0)

    def draw(axes: Axes) -> None:
        axes.set(xlim=(-MARGIN, WIDTH / SIDE - MARGIN), ylim=(height - 0.15, -0.15))
        axes.axis("off")
        for code, (column, row) in grid.items():
            _tile(axes, column, row, tiles.get(code, Tile()), code)
        left, top = min(grid[code] for code in grid if code.startswith("97"))
        axes.text(left + GAP, top - 0.15, language.say("map.overseas"), fontsize=SMALL, color=GREY)
        taken: list[tuple[bool, float, float]] = []
        for label in labels:
            _label(axes, label, columns, taken)
        step = (WIDTH / SIDE - 1) / max(len(key), 5)
        for i, (tile, words) in enumerate(key):
            x = -MARGIN + 0.5 + i * step
            _tile(axes, x + step / 2 - 0.5, rows + 0.6, tile, "")
            axes.text(x + step / 2, rows + 1.75, words, fontsize=SMALL, ha="center", va="top")

    return style.drawn(language, draw, height * SIDE, width=WIDTH)


def _tile(axes: Axes, x: float, y: float, tile: Tile, code: str) -> None:
    from matplotlib.patches import Rectangle

    side = 1 - 2 * GAP
    look: dict[str, Any] = {"facecolor": tile.fill, "edgecolor": tile.fill, "hatch": None}
    if tile.hatched:
        look = {"facecolor": "white", "edgecolor": GREY, "hatch": "/////"}
    look |= (
        {"edgecolor": INK, "linewidth": 1.8, "zorder": 3} if tile.own else {"linewidth": 0.5, "zorder": 2}
    )
    axes.add_patch(Rectangle((x + GAP, y + GAP), side, side, **look))
    colour = "white" if tile.fill in _DARK else INK if tile.line or tile.own else GREY
    weight = "bold" if tile.own else "normal"
    back = {"facecolor": "white", "edgecolor": "none", "pad": 0.6} if tile.hatched else None
    # Baselines by hand: two lines fill the height, one stands in the middle.
    two = bool(code and tile.line)
    for words, size, heavy, down in ((code, CODE, weight, 0.46), (tile.line, SMALL, "bold", 0.83)):
        if words:
            at = (x + 0.5, y + (down if two else 0.635))
            axes.text(
                *at, words, fontsize=size, weight=heavy, color=colour, ha="center", bbox=back, zorder=4
            )


def _label(axes: Axes, label: Label, columns: int, taken: list[tuple[bool, float, float]]) -> None:
    """Write the words at the first free place; `taken` (right side, top, bottom) grows by it."""
    words = textwrap.fill(label.words, LETTERS)
    half = 0.3 + 0.27 * len(words.splitlines())

    def free(side: bool, y: float) -> bool:
        return all(side != right or y + half <= top or y - half >= low for right, top, low in taken)

    ways = _ways(label.at, columns)
    right, y, edge = next((way for way in ways if free(*way[:2])), ways[0])
    taken.append((right, y - half, y + half))
    end = columns + 0.35 if right else -0.35
    colour = BLUE if label.own else INK
    axes.plot([edge, end], [y, y], color=colour, linewidth=0.8, zorder=1, solid_capstyle="butt")
    if not label.own and y.is_integer():
        # Between two rows a line could be of either: it ends on a dot in its own tile.
        inner = edge - 0.17 if right else edge + 0.17
        axes.plot([edge, inner], [y, y + 0.17], color=colour, linewidth=0.8, zorder=4)
        axes.plot([inner], [y + 0.17], color=colour, marker="o", markersize=2.6, zorder=4)
    x, weight = end + (0.15 if right else -0.15), "bold" if label.own else "normal"
    side = "left" if right else "right"
    axes.text(x, y, words, fontsize=CODE, weight=weight, color=colour, ha=side, va="center")


def _ways(codes: Sequence[str], columns: int) -> list[tuple[bool, float, float]]:
    """Lines from a tile to a side (right, height, start): first those that pass no other tile."""
    grid = places()
    found = []
    for code in codes:
        column, row = grid[code]
        for right in (True, False):
            passed = sum(y == row and (x > column if right else x < column) for x, y in grid.values())
            far = columns - 1 - column if right else column
            # A line that passes other tiles runs between two rows of them.
            way = (right, row + (0.0 if passed else 0.5), column + right)
            found.append(((passed, far, row), way))
    return [way for _, way in sorted(found)]
