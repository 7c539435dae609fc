"""Contribution: question by question, what supports, what else explains, what is missing; and the chain."""

import shutil

import pandas as pd
import pytest

import impactkit as ik
from impactkit.evidence.contribution import contribution


@pytest.fixture(scope="module")
def demo(repo):
    return ik.load(repo / "data" / "demo")


def words(place):
    return str(ik.say(place, about="contribution")).replace("\u202f", " ")


def test_a_filled_analysis_says_all_its_parts(demo):
    place = demo.territory("merinval")
    (one,) = contribution(place)
    assert one.appraisal == "probable" and len(one.support) == 2 and one.missing
    # Rivals: the one that was weighed, and those that the tables know by themselves.
    assert any(rival.weighed for rival in one.rivals) and any(rival.filled for rival in one.rivals)
    said = words(place)
    for part in ("probable", "À l’appui", "Autres explications", "Ce qui manque", "l’évaluatrice d’exemple"):
        assert part in said, part
    # The main analysis where no gap could be seen: it stands among the few findings.
    assert "probable" in str(ik.essentials(place))


def test_nothing_brought_is_not_established_and_says_what_to_send(demo, french_impact):
    asked = next(place for place in demo.territories if not len(place.table("contributions")))
    assert all(one.appraisal == "not_established" for one in contribution(asked))
    assert "non établie" in words(asked) and "Contribution" in words(asked)
    silent = french_impact.territory("mayotte")
    assert contribution(silent) == () and not ik.say(silent, about="contribution")


def test_a_rival_already_told_is_not_told_twice(demo):
    for place in demo.territories:
        for one in contribution(place):
            told = [rival.text.casefold() for rival in one.rivals]
            assert len(told) == len(set(told))


@pytest.mark.parametrize(
    ("drop", "expected"),
    [
        ({"role": "support", "evidence": "interview"}, "deux éléments"),
        ({"role": "rival"}, None),
    ],
)
def test_an_appraisal_needs_its_evidence(repo, tmp_path, drop, expected):
    folder = shutil.copytree(repo / "data" / "demo", tmp_path / "demo")
    path = folder / "contributions.csv"
    rows = pd.read_csv(path, dtype="str", keep_default_na=False)
    mine = (rows["territory"] == "merinval") & rows[list(drop)].eq(pd.Series(drop)).all(axis=1)
    assert mine.any()
    rows[~mine].to_csv(path, index=False)
    problems = ik.check(folder)
    assert (expected in str(problems)) if expected else not problems
    if expected is None:
        rows.loc[mine, "weighed"] = ""
        rows.to_csv(path, index=False)
        assert "explication" in str(ik.check(folder))


def test_the_chain_says_where_the_evidence_stops(demo, french_impact):
    whole = ik.chart(demo.territory("val-d-aubrelle"), kind="theory")
    assert "Chaque étape" in whole.alt and "estimé" in whole.alt
    stops = ik.chart(demo.territory("merinval"), kind="theory")
    assert "Les preuves s’arrêtent avant : changements" in stops.alt.replace("\u202f", " ")
    gap = ik.chart(french_impact.territory("valence-romans"), kind="theory")
    assert "Un maillon manque" in gap.alt
    assert not ik.chart(french_impact.territory("mayotte"), kind="theory")
