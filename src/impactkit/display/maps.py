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
from impactkit.wording.catalogue import french_spaces
from impactkit.wording.language import Language

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
    language = place.language
    if kind is not None and kind not in KINDS:
        raise language.unknown("noun.map", kind, KINDS)
    values = None if rows is None else _values(language, rows)
    if not (touched(place) if isinstance(place, Evaluation) else place.communes):
        return NOTHING
    if kind == "outlines":
        if isinstance(place, Evaluation) or values is not None:
            raise language.error(NotEnoughData, "outlines-one", where=place.name)
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
    language = place.language
    own, others = departements(place), touched(place.evaluation)
    for code in own:
        del others[code]
    shown = {code: Tile(SHADES[1], language.number(n)) for code, n in others.items()}
    shown |= {code: Tile(BLUE, own=True) for code in own}
    labels = [Label(place.name, tuple(own), own=True)]
    said = {"n": len(own), "name": place.name, "departements": _listed(own, place)}
    alt = language.say("map.alt.place", count=language.number(len(own)), **said)
    caption = language.runs("map.caption.place", name=place.name)
    if others:
        most = max(others.values())
        labels.append(
            Label(
                language.say("map.label.others", n=most, count=language.number(most)), _having(most, others)
            )
        )
        alt += " " + language.say("map.alt.others", n=len(others), count=language.number(len(others)))
        caption = joined(caption, language.runs("map.caption.others"))
    return Chart(tiles.drawn(language, shown, labels), alt, joined(caption, _source(place)))


def _counted(evaluation: Evaluation) -> Chart:
    language = evaluation.language
    held = touched(evaluation)
    most = max(held.values())
    shown = {code: Tile(SHADES[min(n, len(SHADES) - 1)], language.number(n)) for code, n in held.items()}
    labels = [
        Label(language.say("map.label.count", n=n, count=language.number(n)), _having(n, held))
        for n in sorted({most, min(held.values())}, reverse=True)
    ]
    told = sum(bool(place.communes) for place in evaluation.territories)
    where = _listed(_having(most, held), evaluation)
    alt = joined(
        language.runs("map.alt.count", n=told, count=language.number(told)),
        language.runs("map.alt.touched", n=len(held), count=language.number(len(held))),
        language.runs("map.alt.most", n=most, count=language.number(most), departements=where),
    )
    missing = len(evaluation.territories) - told
    without = (
        language.runs("map.caption.without", n=missing, count=language.number(missing)) if missing else ()
    )
    caption = joined(language.runs("map.caption.count"), without, _source(evaluation))
    rows = [(_listed([code], evaluation), language.number(held[code])) for code in sorted(held)]
    widths = {"departement": 3.0, "count": 1.0}
    data = table_of(
        language, "map.data", widths, rows, ("count",), caption=language.say("map.data"), notes=(alt,)
    )
    return Chart(tiles.drawn(language, shown, labels), "".join(run.text for run in alt), caption, data)


def _valued(place: Territory | Evaluation, values: pd.Series) -> Chart:
    language = place.language
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
    key = [
        (Tile(shade[n - 1], str(n)), _range(language, known[rank == n], known))
        for n in range(1, rank.max() + 1)
    ]
    key += [(Tile(hatched=True), language.say("map.unknown"))] if unknown else []
    ends = {"low": _figure(language, known.min(), known), "high": _figure(language, known.max(), known)}
    ends |= {"least": _listed([known.idxmin()], place), "most": _listed([known.idxmax()], place)}
    alt = language.say("map.alt.values", n=len(known), count=language.number(len(known)), **ends)
    caption = language.runs("map.caption.values")
    if unknown:
        alt += " " + language.say("map.alt.unknown", n=len(unknown), count=language.number(len(unknown)))
    if not own:
        return Chart(tiles.drawn(language, shown, [], key), alt, caption)
    alt += " " + language.say("map.alt.own", n=len(own), name=place.name, departements=_listed(own, place))
    caption = joined(caption, language.runs("map.caption.own", name=place.name), _source(place))
    return Chart(tiles.drawn(language, shown, [Label(place.name, tuple(own), own=True)], key), alt, caption)


def _outlined(place: Territory) -> Chart:
    language = place.language
    svg = outlines.drawn(place)
    family = "epci" if place.family == "epci" else "departement"
    file = found(language, family)
    said = {"name": place.name, "departements": _listed(departements(place), place)}
    caption = joined(
        language.runs(f"map.caption.outlines.{family}", name=place.name),
        language.runs("map.caption.file", file=file.name if file else ""),
        _source(place),
    )
    return Chart(svg, language.say(f"map.alt.outlines.{family}", **said), caption)


def _values(language: Language, rows: pd.DataFrame) -> pd.Series:
    """Values by code of département. Raises UnknownName or RefusedData."""
    for column in ("unit", "value"):
        if column not in rows.columns:
            raise language.unknown("noun.column", column, list(rows.columns), where="rows")
    for code in rows["unit"]:
        if code not in tiles.places():
            raise language.unknown("noun.departement.the", str(code), tiles.places(), where="rows")
    if len(twice := rows["unit"][rows["unit"].duplicated()]):
        raise language.error(RefusedData, "map-twice", where="rows", code=twice.iloc[0])
    return pd.Series(rows["value"].to_numpy(dtype=float), index=rows["unit"])


def _having(n: int, held: Counter[str]) -> tuple[str, ...]:
    return tuple(sorted(code for code in held if held[code] == n))


def _listed(codes: Sequence[str], place: Territory | Evaluation) -> str:
    vintage = (place if isinstance(place, Evaluation) else place.evaluation).vintage
    names = [geography.name_of("departement", code, vintage=vintage) for code in codes]
    return ", ".join(f"{french_spaces(name)} ({code})" for name, code in zip(names, codes, strict=True))


def _figure(language: Language, value: float, among: pd.Series) -> str:
    """Three figures at the scale of the largest: a share keeps its decimals, a population has none."""
    largest = among.abs().max()
    whole = (among == among.round()).all()
    return language.number(
        value, 0 if whole or not largest else max(0, 2 - int(np.floor(np.log10(largest))))
    )


def _range(language: Language, held: pd.Series, among: pd.Series) -> str:
    low, high = (_figure(language, value, among) for value in (held.min(), held.max()))
    return low if low == high else language.say("map.range", low=low, high=high)


def _source(place: Territory | Evaluation) -> Sentence:
    vintage = (place if isinstance(place, Evaluation) else place.evaluation).vintage
    return place.language.runs("map.source", source=geography.PERIMETER_SOURCE, vintage=vintage)
