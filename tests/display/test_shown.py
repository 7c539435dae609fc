"""What is shown: the same words in a notebook, a page and a PDF; nothing to show shows nothing."""

import json
import xml.etree.ElementTree as ET

import matplotlib as mpl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import impactkit as ik
from impactkit.display.html import block_html
from impactkit.display.shown import MIME, Notice, Table, text


def test_a_bundle_holds_three_faces_of_the_same_words(french_impact):
    bundle = ik.essentials(french_impact.territory("valence-romans"))._repr_mimebundle_()
    assert set(bundle) == {MIME, "text/html", "text/plain"}
    tree = json.loads(json.dumps(bundle[MIME]))
    assert tree["version"] == 1
    for item in tree["blocks"][0]["items"]:
        words = "".join(run["t"] for run in item["runs"])
        assert words in bundle["text/plain"]
    assert "<ul" in bundle["text/html"]


def test_nothing_to_show_shows_nothing(french_impact, capsys):
    place = french_impact.territory("genevois-innovales")
    chart = ik.chart(place)
    assert not chart and not ik.table(place, about="projects") and not Notice(())
    ik.show(chart, ik.table(place, about="challenges"))
    assert capsys.readouterr().out == ""


def test_a_chart_says_its_figures_and_draws_the_same_twice(french_impact):
    place = french_impact.territory("valence-romans")
    chart, again = ik.chart(place), ik.chart(place)
    assert len(chart.alt) > 40 and "2,8" in chart.alt and place.name in chart.alt
    assert chart.svg == again.svg and "<image" not in chart.svg
    ET.fromstring(chart.svg)
    assert mpl.rcParams["font.family"] != ["Inter"]


def test_any_frame_makes_a_table():
    frame = pd.DataFrame({"Territoire": ["A", "B"], "Part": [1234.5, None]})
    block = ik.table(frame, caption="Essai").blocks[0]
    assert [column["align"] for column in block["columns"]] == ["left", "right"]
    assert block["rows"][0][1] == [{"t": "1\u202f234,50"}] and block["rows"][1][1] == [{"t": "non dit"}]


def test_unknown_topics_are_offered_their_nearest(french_impact):
    place = french_impact.territory("mayotte")
    for asked in (ik.say, ik.table):
        with pytest.raises(ik.UnknownName):
            asked(place, about="projet")
    with pytest.raises(ik.UnknownName):
        ik.chart(place, kind="trajectoire")


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_text_escapes_into_the_page(cell, caption):
    table = Table(caption, ((caption, "left", 1.0), ("x", "right", 1.0)), ((text(cell or "a"), text("b")),))
    html = block_html(table.blocks[0])
    assert (
        html.count("<")
        == html.count(">")
        == block_html(
            Table("c", (("c", "left", 1.0), ("x", "right", 1.0)), ((text("a"), text("b")),)).blocks[0]
        ).count("<")
    )
