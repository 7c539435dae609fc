"""Maps: one tile a département, or a true outline when a file of outlines was dropped."""

import json
import xml.etree.ElementTree as ET

import matplotlib as mpl
import pandas as pd
import pytest

import impactkit as ik
from impactkit.data import geography
from impactkit.data.sources.contours import FOLDER, PAGE, outlines
from impactkit.display import tiles
from impactkit.display.maps import touched
from impactkit.display.style import BLUE
from impactkit.wording.language import FRENCH

OVERSEAS = {"971", "972", "973", "974", "976"}
CORSICA = {"2A", "2B"}
VALENCE, NEXT_TO_IT = "200068781", "200040459"


def _square(x, y, side=0.5):
    return [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]


def _features(key, shapes):
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {key: code}, "geometry": geometry}
            for code, geometry in shapes.items()
        ],
    }


@pytest.fixture
def drop(tmp_path, monkeypatch):
    """Writes invented outlines (squares) under IMPACTKIT_SOURCES: `drop(name, key, shapes)`."""
    monkeypatch.setenv(FOLDER, str(tmp_path))

    def made(name, key, shapes):
        file = tmp_path / "boundaries" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(_features(key, shapes)), "utf-8")

    return made


@pytest.fixture
def squares(drop):
    """An EPCI with a hole beside another, in two départements."""
    rings = [_square(4.7, 44.7), _square(4.9, 44.9, 0.1)[::-1]]
    drop(
        "essai_epci.geojson",
        "EPCI",
        {
            VALENCE: {"type": "Polygon", "coordinates": rings},
            NEXT_TO_IT: {"type": "MultiPolygon", "coordinates": [[_square(5.2, 44.7)], [_square(6, 45)]]},
        },
    )
    polygons = {"26": _square(4.5, 44.2, 1.5), "07": _square(3, 44.2, 1.5)}
    drop(
        "essai_departement.geojson",
        "code_insee",
        {code: {"type": "Polygon", "coordinates": [ring]} for code, ring in polygons.items()},
    )


@pytest.fixture
def drawing(monkeypatch):
    """What the last map in tiles was told to draw: its tiles and labels."""
    told = {}
    real = tiles.drawn

    def noted(language, held, labels, key=()):
        told.update(tiles=held, labels=labels, key=key)
        return real(language, held, labels, key)

    monkeypatch.setattr(tiles, "drawn", noted)
    return told


def _sound(chart):
    ET.fromstring(chart.svg)
    assert "<image" not in chart.svg and chart.svg.startswith("<?xml")
    assert len(chart.alt) > 40 and "None" not in chart.alt and "nan" not in chart.alt
    assert mpl.rcParams["font.family"] != ["Inter"]
    return "".join(run.text for run in chart.caption)


def test_every_departement_has_its_own_tile():
    places = tiles.places()
    real = geography.units("departement", vintage=2026)["code"]
    assert set(places) == set(real) and len(places) == 101
    assert len(set(places.values())) == 101


def test_the_mainland_is_one_piece_and_the_islands_stand_apart():
    places = tiles.places()
    islands = {places[code] for code in OVERSEAS | CORSICA}
    land = set(places.values()) - islands
    reached, edge = set(), [places["75"]]
    while edge:
        x, y = edge.pop()
        reached.add((x, y))
        edge += {(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)} & land - reached
    assert reached == land and len(land) == 94
    assert not any((x + i, y + j) in land for x, y in islands for i in (-1, 0, 1) for j in (-1, 0, 1))


def test_france_keeps_its_shape():
    at = tiles.places()
    assert at["29"][0] == 0 and at["67"][0] == at["68"][0] == max(x for x, _ in at.values())
    assert min(y for _, y in at.values()) == at["59"][1] and at["66"][1] > at["11"][1] > at["81"][1]
    for pair in ("29 22", "22 35", "67 68", "07 26", "26 05", "2A 2B", "75 92", "75 93", "75 94", "13 83"):
        one, other = (at[code] for code in pair.split())
        assert abs(one[0] - other[0]) + abs(one[1] - other[1]) == 1, pair


def test_a_territory_is_coloured_and_named(french_impact, drawing):
    place = french_impact.territory("valence-romans")
    chart = ik.map(place)
    own = {code for code, tile in drawing["tiles"].items() if tile.own}
    assert own == {"26"} and drawing["tiles"]["26"].fill == BLUE
    assert "Drôme (26)" in chart.alt and chart.alt.startswith("Carte en carreaux\u202f:")
    assert drawing["labels"][0].words == place.name
    assert geography.PERIMETER_SOURCE in _sound(chart)
    assert ik.map(place, kind=None).svg == chart.svg


def test_a_region_and_an_island(french_impact, drawing):
    chart = ik.map(french_impact.territory("region-bretagne"))
    assert {code for code, tile in drawing["tiles"].items() if tile.own} == {"22", "29", "35", "56"}
    assert "4 départements" in chart.alt and "’Armor (22)" in chart.alt
    chart = ik.map(french_impact.territory("mayotte"))
    assert drawing["tiles"]["976"].own and "Mayotte (976)" in chart.alt
    _sound(chart)


def test_without_communes_nothing_is_shown(french_impact):
    assert not ik.map(french_impact.territory("genevois-innovales"))
    assert not ik.map(french_impact.territory("genevois-innovales"), kind="outlines")
    demo = ik.load()
    assert not ik.map(demo) and not ik.map(demo.territories[0]) and not ik.map(demo, kind="outlines")


def test_the_counts_of_an_evaluation_sum(french_impact, drawing):
    chart = ik.map(french_impact)
    held = touched(french_impact)
    by_place = [
        geography.departements_of(place.communes, vintage=french_impact.vintage)
        for place in french_impact.territories
    ]
    assert sum(held.values()) == sum(len(names) for names in by_place)
    assert {code: tile.line for code, tile in drawing["tiles"].items()} == {
        code: str(n) for code, n in held.items()
    }
    told = sum(bool(names) for names in by_place)
    assert f"{told} territoires" in chart.alt and f"{len(held)} départements" in chart.alt
    assert f"{len(by_place) - told} territoires sans périmètre" in _sound(chart)


def test_the_pale_tiles_count_the_other_territories(french_impact, drawing):
    place = french_impact.territory("grand-poitiers")
    ik.map(place)
    shown = {code: tile.line for code, tile in drawing["tiles"].items() if not tile.own}
    assert shown == {code: str(n) for code, n in touched(french_impact).items() if code != "86"}


def test_values_make_at_most_five_classes(french_impact, drawing):
    place = french_impact.territory("valence-romans")
    codes = sorted(tiles.places())
    rows = pd.DataFrame({"unit": codes, "value": [i / 10 for i in range(100)] + [None]})
    chart = ik.map(place, rows=rows)
    shown = drawing["tiles"]
    assert {tile.line for tile in shown.values() if not tile.hatched} == set("12345")
    assert [code for code, tile in shown.items() if tile.hatched] == [codes[-1]]
    assert shown["26"].own and [words for _, words in drawing["key"]][-1] == "non connu"
    assert "100 valeurs connues" in chart.alt and "Drôme (26)" in chart.alt
    _sound(chart)
    same = ik.map(french_impact, rows=rows.assign(value=3.0))
    assert [words for _, words in drawing["key"]] == ["3"] and "Drôme" not in same.alt
    assert not ik.map(place, rows=rows.assign(value=None))


def test_the_same_map_is_drawn_twice(french_impact):
    rows = pd.DataFrame({"unit": ["26", "07"], "value": [1, 2]})
    place = french_impact.territory("valence-romans")
    assert ik.map(place, rows=rows).svg == ik.map(place, rows=rows).svg


def test_what_cannot_be_mapped_is_said(french_impact):
    place = french_impact.territory("valence-romans")
    with pytest.raises(ik.UnknownName):
        ik.map(place, kind="outline")
    with pytest.raises(ik.UnknownName):
        ik.map(place, rows=pd.DataFrame({"unit": ["26"], "valeur": [1]}))
    with pytest.raises(ik.UnknownName):
        ik.map(place, rows=pd.DataFrame({"unit": ["20"], "value": [1]}))
    with pytest.raises(ik.RefusedData):
        ik.map(place, rows=pd.DataFrame({"unit": ["26", "26"], "value": [1, 2]}))


def test_outlines_are_drawn_from_a_dropped_file(french_impact, squares):
    place = french_impact.territory("valence-romans")
    assert len(outlines(FRENCH, "epci")[VALENCE]) == 2 and outlines(FRENCH, "epci")[NEXT_TO_IT][1][0] == (
        6.0,
        45.0,
    )
    chart = ik.map(place, kind="outlines")
    assert "essai_epci.geojson" in _sound(chart) and BLUE in chart.svg
    assert "contours" in chart.alt and "Drôme (26)" in chart.alt
    assert chart.svg == ik.map(place, kind="outlines").svg


def test_outlines_that_are_not_there_say_what_to_drop(french_impact, tmp_path, monkeypatch):
    place = french_impact.territory("valence-romans")
    monkeypatch.setenv(FOLDER, str(tmp_path))
    with pytest.raises(ik.NotEnoughData) as caught:
        ik.map(place, kind="outlines")
    for words in ("*epci*.geojson", PAGE, "Contours administratifs", "Etalab", str(tmp_path)):
        assert words in str(caught.value)
    monkeypatch.delenv(FOLDER)
    with pytest.raises(ik.NotEnoughData, match=FOLDER):
        ik.map(french_impact.territory("region-bretagne"), kind="outlines")


@pytest.mark.parametrize("code", ["mayotte", "roubaix", "est-ensemble", "figeac", "region-bretagne"])
def test_outlines_that_a_file_does_not_hold(french_impact, squares, code):
    with pytest.raises(ik.NotEnoughData):
        ik.map(french_impact.territory(code), kind="outlines")


def test_outlines_are_of_one_territory_without_values(french_impact, squares):
    rows = pd.DataFrame({"unit": ["26"], "value": [1]})
    for place, values in ((french_impact, None), (french_impact.territory("valence-romans"), rows)):
        with pytest.raises(ik.NotEnoughData):
            ik.map(place, rows=values, kind="outlines")


def test_a_file_that_is_no_outline_is_refused(drop, tmp_path):
    drop("essai_epci.geojson", "nom", {"x": {"type": "Polygon", "coordinates": [_square(0, 0)]}})
    with pytest.raises(ik.RefusedData, match="essai_epci"):
        outlines(FRENCH, "epci")
    (tmp_path / "boundaries" / "essai_epci.geojson").write_text("{", "utf-8")
    with pytest.raises(ik.RefusedData):
        outlines(FRENCH, "epci")
    with pytest.raises(ik.UnknownName):
        outlines(FRENCH, "commune")


def test_the_published_outlines_are_read(french_impact, sources, monkeypatch):
    monkeypatch.setenv("IMPACTKIT_SOURCES", str(sources))
    assert len(outlines(FRENCH, "departement")) == 96
    chart = ik.map(french_impact.territory("valence-romans"), kind="outlines")
    _sound(chart)
