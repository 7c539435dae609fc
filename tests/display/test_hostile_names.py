"""Un nom que matplotlib lirait comme une formule, ou qu’aucune police ne dessine ; un réglage du dossier."""

import re

import pytest
from defusedxml import ElementTree

from impactkit.display import style
from impactkit.errors import ReportFailed
from impactkit.wording.language import FRENCH

FORMULAS = ("$\\frac{$", "$x_{", "$$", "a $b$ c", "$\\mathtt{x}$ $", "\\$", "100 $ et 200 $", "$\\alpha")


def outlines(words):
    """How many letters are drawn."""
    svg = style.drawn(FRENCH, lambda axes: [axes.axis("off"), axes.text(0.1, 0.5, words)], 1.0)
    return len(re.findall("<use ", svg))


@pytest.mark.parametrize("words", FORMULAS)
def test_dollars_are_letters(words):
    assert outlines(words) == len(words.replace(" ", "")) + words.count(" ")


@pytest.mark.parametrize("words", ["a \U0001f4a9", "\U0010fffd", "漢"])
def test_what_no_font_draws_is_a_sentence(words):
    with pytest.raises(ReportFailed) as caught:
        outlines(words)
    assert words[-1] in str(caught.value) and caught.value.next and "/" not in str(caught.value)


@pytest.mark.parametrize("words", ["<script>", "_nolegend_", "%s %n", "{0}", "&lt;", "\u0301a", "محمد"])
def test_any_other_name_is_drawn(words):
    assert outlines(words) > 0


def test_a_name_of_markup_stays_out_of_the_drawing():
    svg = style.drawn(
        FRENCH, lambda axes: axes.set_title('"/><script>alert(1)</script><image href="http://x"/>'), 1.0
    )
    names = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(svg).iter()}
    assert not names & {"script", "image", "foreignObject", "a"} and 'href="http' not in svg.split("<!--")[0]


def test_settings_that_lie_in_the_working_folder_change_no_drawing():
    import matplotlib

    usual = style.drawn(FRENCH, lambda axes: axes.plot([1, 2], label="a"), 1.0)
    lying = {
        "lines.linewidth": 9,
        "axes.linewidth": 9,
        "text.usetex": True,
        "font.size": 40,
        "svg.fonttype": "none",
    }
    with matplotlib.rc_context(lying):
        assert style.drawn(FRENCH, lambda axes: axes.plot([1, 2], label="a"), 1.0) == usual
