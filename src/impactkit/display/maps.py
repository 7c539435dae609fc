"""`map`: where a territory lies, or where the territories of an evaluation lie."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from impactkit.data.evaluation import Evaluation
from impactkit.data.territories import Territory
from impactkit.display import tiles
from impactkit.display.outlines import departements
from impactkit.display.shown import Chart
from impactkit.display.style import BLUE, SHADE
from impactkit.display.tiles import SHADES, Label, Tile
from impactkit.errors import NotEnoughData, UnknownName
from impactkit.evidence.finding import joined
from impactkit.wording.catalogue import error, runs, say
from impactkit.wording.numbers import number

KINDS = ("tiles", "outlines")
CLASSES = len(SHADES)


def map(
    place: Territory | Evaluation, *, rows: pd.DataFrame | None = None, kind: str | None = "tiles"
) -> Chart:
    """A map of a territory, or of all those of an evaluation.

    `tiles` (also None): one square a département. `rows` (columns unit, a code of département, and value)
    colours them by at most five classes of equal numbers. `outlines`: a territory's true outline, from
    GeoJSON files that were dropped in the folder named by IMPACTKIT_SOURCES.

    Without a perimeter (or with units of the evaluation's own) the map is empty and shows nothing. Raises
    UnknownName (kind, column, département), RefusedData (a département twice), NotEnoughData (no file of
    outlines, or none that holds the territory).
    """
    if kind is not None and kind not in KINDS:
        raise UnknownName.among(say("noun.map"), kind, KINDS)
    whole = isinstance(place, Evaluation)
    values = None if rows is None else _values(rows)
    if kind == "outlines":
        if whole or values is not None:
            raise error(NotEnoughData, "outlines-one", where=place.name)
        return _outlined(place) if place.communes else Chart("", "", ())
    if not (touched(place) if whole else place.communes):
        return Chart("", "", ())
    if values is not None:
        return _valued(place, values)
    return _counted(place) if whole else _placed(place)


def touched(evaluation: Evaluation) -> Counter[str]:
    """How many territories of the evaluation have communes in each département, by code; without a perimeter
    a territory counts nowhere.
    """
    return Counter(code for place in evaluation.territories for code in departements(place))


def _placed(place: Territory) -> Chart:
    own = departements(place)
    others = touched(place.evaluation)
    for code in own:
        del others[code]
    shown = {code: Tile(SHADE, number(n)) for code, n in others.items()}
    shown |= {code: Tile(BLUE, own=True) for code in own}
    labels = [Label(place.name, tuple(own), own=True)]
    if others:
        n = max(others.values())
        at = tuple(sorted(code for code in others if others[code] == n))
        labels.append(Label(say("map.label.others", n=n, count=number(n)), at))
    alt = say("map.alt.place", n=len(own), name=place.name, departements=_listed(own, place.evaluation))
    if others:
        alt += " " + say("map.alt.others", n=len(others), count=number(len(others)))
    kept = runs("map.caption.others") if others else ()
    caption = joined(runs("map.caption.place"), kept, _source(place.evaluation))
    return Chart(tiles.drawn(shown, labels), alt, caption)


def _counted(evaluation: Evaluation) -> Chart:
    held = touched(evaluation)
    shown = {code: Tile(SHADES[min(n, CLASSES - 1)], number(n)) for code, n in held.items()}
    most = max(held.values())
    labels = [
        Label(
            say("map.label.count", n=n, count=number(n)), tuple(sorted(c for c in held if held[c] == n))
        )
        for n in sorted({1, most}, reverse=True)
        if n in held.values()
    ]
    told = [place for place in evaluation.territories if place.communes]
    alt = say(
        "map.alt.count",
        n=len(told),
        count=number(len(told)),
        departements=say("map.departements", n=len(held), count=number(len(held))),
        most=number(most),
        where=_listed(sorted(code for code in held if held[code] == most), evaluation),
    )
    missing = len(evaluation.territories) - len(told)
    without = runs("map.caption.without", n=missing, count=number(missing)) if missing else ()
    caption = joined(runs("map.caption.count"), without, _source(evaluation))
    return Chart(tiles.drawn(shown, labels), alt, caption)
