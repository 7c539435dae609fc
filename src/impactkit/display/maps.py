"""`map`: where a territory lies, or where the territories of an evaluation lie."""

import contextlib
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pandas as pd

from impactkit.data import geography
from impactkit.data.evaluation import Evaluation
from impactkit.data.sources.contours import found
from impactkit.data.territories import Territory
from impactkit.display import outlines, tiles
from impactkit.display.outlines import departements
from impactkit.display.shown import NOTHING, Chart, table_of
from impactkit.display.style import BLUE
from impactkit.display.tiles import SHADES, Label, Tile
from impactkit.errors import NotEnoughData, RefusedData, UnknownName
from impactkit.evidence.finding import Sentence, joined
from impactkit.wording.catalogue import error, runs, say
from impactkit.wording.numbers import number
from impactkit.wording.voice import french_spaces

KINDS = ("tiles", "outlines")


def map(
    place: Territory | Evaluation, *, rows: pd.DataFrame | None = None, kind: str | None = "tiles"
) -> Chart:
    """A map of a territory, or of all those of an evaluation.

    `tiles` (also None): one square a département. `rows` (columns unit, the code of a département, and
    value) colours them by at most five classes of nearly equal numbers. `outlines`: a territory's true
    outline, from GeoJSON files dropped in the folder that IMPACTKIT_SOURCES names.

    Without a perimeter (or on an evaluation's own units) the map is empty and shows nothing. Raises
    UnknownName (kind, column, département), RefusedData (a département twice), NotEnoughData (no file of
    outlines, or none that holds the territory).

    >>> place = ik.load("data/french-impact").territory("valence-romans")
    >>> print(ik.map(place).alt)  # doctest: +ELLIPSIS
    Carte en carreaux : un carreau par département. Valence-Romans a des communes dans 1 département...
    """
    if kind is not None and kind not in KINDS:
        raise UnknownName.among(say("noun.map"), kind, KINDS)
    values = None if rows is None else _values(rows)
    if not (touched(place) if isinstance(place, Evaluation) else place.communes):
        return NOTHING
    if kind == "outlines":
        if isinstance(place, Evaluation) or values is not None:
            raise error(NotEnoughData, "outlines-one", where=place.name)
        return _outlined(place)
    if values is not None:
        return _valued(place, values)
    return _counted(place) if isinstance(place, Evaluation) else _placed(place)


def touched(evaluation: Evaluation) -> Counter[str]:
    """How many territories of the evaluation have communes in each département, by code; a territory without
    a perimeter, or whose perimeter has a code that is none, counts nowhere.
    """
    found: Counter[str] = Counter()
    for place in evaluation.territories:
        with contextlib.suppress(UnknownName):
            found.update(departements(place))
    return found


def _placed(place: Territory) -> Chart:
    own, others = departements(place), touched(place.evaluation)
    for code in own:
        del others[code]
    shown = {code: Tile(SHADES[1], number(n)) for code, n in others.items()}
    shown |= {code: Tile(BLUE, own=True) for code in own}
    labels = [Label(place.name, tuple(own), own=True)]
    said = {"n": len(own), "name": place.name, "departements": _listed(own, place)}
    alt = say("map.alt.place", count=number(len(own)), **said)
    caption = runs("map.caption.place", name=place.name)
    if others:
        most = max(others.values())
        labels.append(Label(say("map.label.others", n=most, count=number(most)), _having(most, others)))
        alt += " " + say("map.alt.others", n=len(others), count=number(len(others)))
        caption = joined(caption, runs("map.caption.others"))
    return Chart(tiles.drawn(shown, labels), alt, joined(caption, _source(place)))


def _counted(evaluation: Evaluation) -> Chart:
    held = touched(evaluation)
    most = max(held.values())
    shown = {code: Tile(SHADES[min(n, len(SHADES) - 1)], number(n)) for code, n in held.items()}
    labels = [
        Label(say("map.label.count", n=n, count=number(n)), _having(n, held))
        for n in sorted({most, min(held.values())}, reverse=True)
    ]
    told = sum(bool(place.communes) for place in evaluation.territories)
    where = _listed(_having(most, held), evaluation)
    alt = joined(
        runs("map.alt.count", n=told, count=number(told)),
        runs("map.alt.touched", n=len(held), count=number(len(held))),
        runs("map.alt.most", n=most, count=number(most), departements=where),
    )
    missing = len(evaluation.territories) - told
    without = runs("map.caption.without", n=missing, count=number(missing)) if missing else ()
    caption = joined(runs("map.caption.count"), without, _source(evaluation))
    rows = [(_listed([code], evaluation), number(held[code])) for code in sorted(held)]
    widths = {"departement": 3.0, "count": 1.0}
    data = table_of("map.data", widths, rows, ("count",), caption=say("map.data"), notes=(alt,))
    return Chart(tiles.drawn(shown, labels), "".join(run.text for run in alt), caption, data)


def _valued(place: Territory | Evaluation, values: pd.Series) -> Chart:
    known = values.dropna()
    if known.empty:
        return NOTHING
    edges = np.unique(known.quantile(np.linspace(0, 1, len(SHADES) + 1)[1:-1]))
    rank = pd.Series(np.searchsorted(edges, known), known.index).rank(method="dense").astype(int)
    last = len(SHADES) - 1
    shade = [SHADES[round(i)] for i in np.linspace(0, last, rank.max())] if rank.max() > 1 else [SHADES[2]]
    own = departements(place) if isinstance(place, Territory) else []
    shown = {code: Tile(shade[n - 1], str(n), own=code in own) for code, n in rank.items()}
    unknown = [code for code in tiles.places() if code not in shown]
    shown |= {code: Tile(hatched=True, own=code in own) for code in unknown}
    key = [(Tile(shade[n - 1], str(n)), _range(known[rank == n], known)) for n in range(1, rank.max() + 1)]
    key += [(Tile(hatched=True), say("map.unknown"))] if unknown else []
    ends = {"low": _figure(known.min(), known), "high": _figure(known.max(), known)}
    ends |= {"least": _listed([known.idxmin()], place), "most": _listed([known.idxmax()], place)}
    alt = say("map.alt.values", n=len(known), count=number(len(known)), **ends)
    caption = runs("map.caption.values")
    if unknown:
        alt += " " + say("map.alt.unknown", n=len(unknown), count=number(len(unknown)))
    if not own:
        return Chart(tiles.drawn(shown, [], key), alt, caption)
    alt += " " + say("map.alt.own", n=len(own), name=place.name, departements=_listed(own, place))
    caption = joined(caption, runs("map.caption.own", name=place.name), _source(place))
    return Chart(tiles.drawn(shown, [Label(place.name, tuple(own), own=True)], key), alt, caption)


def _outlined(place: Territory) -> Chart:
    svg = outlines.drawn(place)
    family = "epci" if place.family == "epci" else "departement"
    file = found(family)
    said = {"name": place.name, "departements": _listed(departements(place), place)}
    caption = joined(
        runs(f"map.caption.outlines.{family}", name=place.name),
        runs("map.caption.file", file=file.name if file else ""),
        _source(place),
    )
    return Chart(svg, say(f"map.alt.outlines.{family}", **said), caption)


def _values(rows: pd.DataFrame) -> pd.Series:
    """Values by code of département. Raises UnknownName or RefusedData."""
    for column in ("unit", "value"):
        if column not in rows.columns:
            raise UnknownName.among(say("noun.column"), column, list(rows.columns), where="rows")
    for code in rows["unit"]:
        if code not in tiles.places():
            raise UnknownName.among(say("noun.departement.the"), str(code), tiles.places(), where="rows")
    if len(twice := rows["unit"][rows["unit"].duplicated()]):
        raise error(RefusedData, "map-twice", where="rows", code=twice.iloc[0])
    return pd.Series(rows["value"].to_numpy(dtype=float), index=rows["unit"])


def _having(n: int, held: Counter[str]) -> tuple[str, ...]:
    return tuple(sorted(code for code in held if held[code] == n))


def _listed(codes: Sequence[str], place: Territory | Evaluation) -> str:
    vintage = (place if isinstance(place, Evaluation) else place.evaluation).vintage
    names = [geography.name_of("departement", code, vintage=vintage) for code in codes]
    return ", ".join(f"{french_spaces(name)} ({code})" for name, code in zip(names, codes, strict=True))


def _figure(value: float, among: pd.Series) -> str:
    """Three figures at the scale of the largest: a share keeps its decimals, a population has none."""
    largest = among.abs().max()
    whole = (among == among.round()).all()
    return number(value, 0 if whole or not largest else max(0, 2 - int(np.floor(np.log10(largest)))))


def _range(held: pd.Series, among: pd.Series) -> str:
    low, high = (_figure(value, among) for value in (held.min(), held.max()))
    return low if low == high else say("map.range", low=low, high=high)


def _source(place: Territory | Evaluation) -> Sentence:
    vintage = (place if isinstance(place, Evaluation) else place.evaluation).vintage
    return runs("map.source", source=geography.PERIMETER_SOURCE, vintage=vintage)
