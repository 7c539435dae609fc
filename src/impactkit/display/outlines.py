"""A territory drawn with its true outline, from the GeoJSON files that a person drops."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from impactkit.data import geography
from impactkit.data.sources.contours import Ring, found, outlines
from impactkit.data.territories import Territory
from impactkit.display import style
from impactkit.display.style import BLUE, GREY, INK, PALE, Axes
from impactkit.errors import NotEnoughData
from impactkit.wording.catalogue import french_spaces

if TYPE_CHECKING:
    from matplotlib.path import Path

WIDTH, HEIGHT = 6.3, 4.0
# One degree of longitude by one of latitude, on the ground, in the middle of France.
NARROW = math.cos(math.radians(46.5))
# What is seen around the territory: a share of its size, and never less than so many degrees.
AROUND, LEAST = 0.4, 0.25
LETTERS, SMALL, NAME, LAND = 22, 8.0, 9.5, "#f3f5f7"
# A département is named when its name has room: this share of the picture.
ROOM = 0.015


def departements(place: Territory) -> list[str]:
    """Codes of the départements that hold communes of the territory, in order."""
    return sorted(geography.departements_in(place.communes, vintage=place.evaluation.vintage))


def shape(place: Territory) -> list[Ring]:
    """The rings of a territory made of EPCI, of départements or of a region, in degrees.

    Raises NotEnoughData: overseas, communes or EPT (no file has their outlines), a code that the file does
    not hold, no file.
    """
    language = place.language
    held_by = departements(place)
    if any(code.startswith("97") for code in held_by):
        raise language.error(NotEnoughData, "outlines-overseas", where=place.name)
    if place.family not in ("epci", "departement", "region"):
        raise language.error(NotEnoughData, "outlines-family", where=place.name)
    family = "epci" if place.family == "epci" else "departement"
    codes = [part.code for part in place.perimeter] if family == "epci" else held_by
    held = outlines(language, family)
    for code in codes:
        if code not in held:
            raise language.error(NotEnoughData, "outlines-code", where=place.name, code=code)
    return [ring for code in codes for ring in held[code]]


def drawn(place: Territory) -> str:
    """The territory among its neighbours as SVG; raises as `shape` does."""
    language = place.language
    own = shape(place)
    around = outlines(language, "departement") if found(language, "departement") else {}
    epci = outlines(language, "epci") if place.family == "epci" else {}

    def draw(axes: Axes) -> None:
        axes.axis("off")
        _window(axes, own)
        _draw(axes, around.values(), facecolor=LAND, edgecolor="none")
        _draw(axes, epci.values(), facecolor="none", edgecolor=PALE, linewidth=0.6)
        _draw(axes, around.values(), facecolor="none", edgecolor=GREY, linewidth=0.9)
        _draw(axes, [own], facecolor=BLUE, edgecolor=INK, linewidth=1.4)
        _names(axes, place, own, around)

    return style.drawn(language, draw, HEIGHT, width=WIDTH)


def _window(axes: Axes, own: list[Ring]) -> None:
    """The part of the country that is shown: around the territory, in the proportions of the picture."""
    axes.set_aspect(1 / NARROW)
    spans = []
    for i in (0, 1):
        values = [point[i] for ring in own for point in ring]
        middle, size = (min(values) + max(values)) / 2, max(values) - min(values)
        spans.append((middle, size / 2 + max(AROUND * size, LEAST)))
    (x, wide), (y, high) = spans
    high = max(high, wide * NARROW * HEIGHT / WIDTH)
    wide = high * WIDTH / HEIGHT / NARROW
    axes.set(xlim=(x - wide, x + wide), ylim=(y - high, y + high))


def _path(rings: list[Ring]) -> Path:
    from matplotlib.path import Path

    return Path.make_compound_path(*(Path(ring, closed=True) for ring in rings))


def _draw(axes: Axes, units: Iterable[list[Ring]], **look: object) -> None:
    from matplotlib.collections import PathCollection

    drawn = PathCollection([_path(rings) for rings in units], joinstyle="round", **look)
    axes.add_collection(drawn, autolim=False)


def _names(axes: Axes, place: Territory, own: list[Ring], around: Mapping[str, list[Ring]]) -> None:
    """The territory's name above it; the others where what is seen of each leaves most room."""
    import numpy as np
    from matplotlib.patheffects import withStroke

    halo = [withStroke(linewidth=2.5, foreground="white")]
    centred = {"ha": "center", "fontsize": SMALL, "zorder": 4}
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    point = (high - low) / (HEIGHT * 72)
    lines = textwrap.wrap(place.name, LETTERS)
    x, y = (left + right) / 2, max(latitude for ring in own for _, latitude in ring) + 5 * point
    style = {**centred, "fontsize": NAME, "weight": "bold", "color": BLUE, "zorder": 5}
    axes.text(x, y, "\n".join(lines), va="bottom", path_effects=halo, **style)

    xs, ys = np.meshgrid(np.linspace(left, right, 72), np.linspace(low, high, 48))
    points = np.column_stack([xs.ravel(), ys.ravel()])
    mine = _path(own).contains_points(points)
    wide, tall = max(len(line) for line in lines) * 3 * point / NARROW, len(lines) * 13 * point
    named = (abs(points[:, 0] - x) < wide) & (points[:, 1] > y) & (points[:, 1] < y + tall)
    edge = np.isin(points[:, 0], (left, right)) | np.isin(points[:, 1], (low, high))
    # Words are wider than tall: a degree to the side counts for less than a degree up.
    flat = points * (NARROW / 2.5, 1)
    for code, rings in around.items():
        held = _path(rings).contains_points(points) & ~edge
        for seen, room, colour in ((held & ~mine & ~named, ROOM, GREY), (held & mine, ROOM / 6, "white")):
            if seen.sum() < room * len(points):
                continue
            away = ((flat[seen][:, None] - flat[~seen][None]) ** 2).sum(axis=2).min(axis=1)
            at = points[seen][away.argmax()]
            if colour == "white":
                axes.text(*at, code, color=colour, weight="bold", va="center", **centred)
            else:
                name = geography.name_of("departement", code, vintage=place.evaluation.vintage)
                words = f"{french_spaces(name)}\n{code}"
                axes.text(*at, words, color=colour, va="center", path_effects=halo, **centred)
