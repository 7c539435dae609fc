"""Of a candidate, who has no label, nothing is said as if it had one."""

import re

import pytest

import impactkit as ik
from impactkit.display.charts import OF_TERRITORY
from impactkit.display.prose import TOPICS as SAID
from impactkit.display.tables import TOPICS as TABLES

OWN_LABEL = re.compile(r"(avant|après|depuis) le label|du rôle du label|ce que le label (y )?a changé", re.I)
CANDIDATES = ("baie-d-ysorne", "plaine-de-garvane")


@pytest.fixture(scope="module")
def demo(repo):
    return ik.load(repo / "data" / "demo")


def everything(place):
    """All that may be printed of a territory, as text."""
    shown = [ik.say(place, about=about) for about in ("head", *SAID)]
    shown += [ik.table(place, about=about) for about in TABLES]
    shown.append(ik.essentials(place))
    for kind in OF_TERRITORY:
        chart = ik.chart(place, kind=kind)
        shown += [chart, getattr(chart, "alt", ""), getattr(chart, "data", "")]
    shown += list(ik.claims(place)["sentence"])
    return "\n".join(map(str, shown))


@pytest.mark.parametrize("code", CANDIDATES)
def test_no_sentence_gives_a_candidate_a_label(demo, code):
    words = everything(demo.territory(code))
    assert not OWN_LABEL.findall(words), OWN_LABEL.search(words)
    assert "la date du label" in words and "il n’y a jamais eu" not in words
    assert "candidat" in str(ik.say(demo.territory(code), about="label"))


@pytest.mark.parametrize("code", CANDIDATES)
def test_a_candidate_is_not_among_the_territories_tested(demo, code):
    words = str(ik.say(demo.territory(code), about="estimate"))
    for sentence in re.findall(r"[^.]*\b10 territoires[^.]*\.", words):
        assert "dont celui-ci n’est pas" in sentence, sentence


def test_a_labelled_territory_is_spoken_of_as_before(demo):
    everything(demo.territory(CANDIDATES[0]))
    words = everything(demo.territory("merinval"))
    assert "vant le label" in words and "la date du label" not in words


def test_the_words_of_a_programme_are_those_of_its_candidates_too(repo, tmp_path):
    import shutil

    folder = shutil.copytree(repo / "data" / "demo", tmp_path / "demo")
    settings = folder / "evaluation.toml"
    text = settings.read_text("utf-8")
    own = '[words]\n"le label" = "la convention"\n"du label" = "de la convention"'
    settings.write_text(text.replace("[words]", own), "utf-8")
    words = everything(ik.load(folder).territory(CANDIDATES[0]))
    assert "avant la date de la convention" in words.lower() and "du label" not in words.lower()
