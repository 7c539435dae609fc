"""À la porte : un nom qui n’existe pas offre le plus proche ; une chose d’une autre sorte est refusée."""

import inspect

import pandas as pd
import pytest

import impactkit as ik
from impactkit.wording.language import FRENCH

TYPO, KNOWN = "count_job_private", "count_jobs_private"


@pytest.fixture(scope="module")
def place():
    return ik.load().territory("val-d-aubrelle")


ASKED = {
    "trajectory": lambda place, outcome: ik.trajectory(place, outcome),
    "effect": lambda place, outcome: ik.effect(place, outcome),
    "detectable": lambda place, outcome: ik.detectable(place, outcome),
    "comparable": lambda place, outcome: ik.comparable(place, on=outcome),
    "panel": lambda place, outcome: ik.panel(place.evaluation, outcome=outcome),
    "programme_effect": lambda place, outcome: ik.programme_effect(place.evaluation, outcome),
    **{
        f"chart {kind}": lambda place, outcome, kind=kind: ik.chart(place, kind=kind, outcome=outcome)
        for kind in ("trajectory", "gap", "choices", "dispersion")
    },
}


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("name", [TYPO, "typo", "", "Count_Jobs_Private"])
def test_an_indicator_that_does_not_exist_is_refused_with_the_nearest(place, asked, name):
    with pytest.raises(ik.UnknownName) as caught:
        ASKED[asked](place, name)
    assert f"`{name}`" in caught.value.what and "noms admis : ." not in caught.value.next
    if name == TYPO:
        assert f"`{KNOWN}`" in caught.value.next


@pytest.mark.parametrize("asked", ["effect", "detectable", "comparable", "panel", "programme_effect"])
@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (KNOWN, "impactkit fetch data/french-impact --source urssaf-jobs"),
        ("rate_unemployment", "--source insee-unemployment"),
        ("count_jobseekers", 'kind = "dares-jobseekers"'),
        ("share_aged_75", 'kind = "table"'),
    ],
)
def test_one_that_no_source_holds_yet_says_how_to_import_it(
    french_impact, repo, monkeypatch, asked, outcome, words
):
    monkeypatch.chdir(repo)
    with pytest.raises(ik.NotEnoughData, match="pas encore importé") as caught:
        ASKED[asked](french_impact.territory("valence-romans"), outcome)
    assert words in caught.value.next


@pytest.mark.parametrize("outcome", [KNOWN, "rate_unemployment", "count_jobseekers"])
def test_what_is_drawn_of_it_stays_empty(french_impact, outcome):
    territory = french_impact.territory("valence-romans")
    assert ik.trajectory(territory, outcome).empty
    assert not ik.chart(territory, kind="trajectory", outcome=outcome).svg
    assert not ik.chart(territory, kind="gap", outcome=outcome).svg


# The kinds of things, and one of each.
def things():
    ev = ik.load()
    territory = ev.territory("val-d-aubrelle")
    return {
        "Evaluation": ev,
        "Territory": territory,
        "DataFrame": pd.DataFrame(),
        "str": "x",
        "int": 3,
        "NoneType": None,
    }


def takers():
    """Every public function whose first argument is a thing of the kit, and the kinds that it takes."""
    for name in ik.__all__:
        function = getattr(ik, name)
        if isinstance(function, type):
            continue
        first = next(iter(inspect.signature(function).parameters.values()))
        text = str(first.annotation)
        kinds = {
            kind for kind in ("Evaluation", "Territory", "Effect", "Panel", "DataFrame") if kind in text
        }
        if kinds:
            yield name, frozenset(kinds)


TAKERS = dict(takers())


def test_all_that_take_a_thing_of_the_kit_are_tried():
    assert {
        "say",
        "effect",
        "indicators",
        "table",
        "doubts",
        "group_time",
        "panel",
        "claims",
        "value",
    } <= set(TAKERS)
    assert len(TAKERS) >= 17


@pytest.mark.parametrize("name", TAKERS)
@pytest.mark.parametrize("kind", ["Evaluation", "Territory", "DataFrame", "str", "int", "NoneType"])
def test_another_kind_of_thing_is_refused_in_a_sentence(name, kind):
    if kind in TAKERS[name] or (name == "load" and kind == "NoneType"):
        return
    function = getattr(ik, name)
    needed = {
        key: "count_jobs_private" if key == "outcome" else pd.DataFrame()
        for key, one in list(inspect.signature(function).parameters.items())[1:]
        if one.default is inspect.Parameter.empty
    }
    with pytest.raises(ik.ImpactkitError) as caught:
        function(things()[kind], **needed)
    assert f"`ik.{name}` attend" in caught.value.what and caught.value.next


@pytest.mark.parametrize(
    "asked",
    [
        lambda place: ik.say(place, about=3),
        lambda place: ik.table(place, about=None),
        lambda place: ik.table("x", about="projects"),
        lambda place: ik.indicators(place.evaluation, of="val-d-aubrelle"),
        lambda place: ik.indicators(place.evaluation, measure=3),
        lambda place: ik.trajectory(place, 3),
        lambda place: ik.chart(place, outcome=3),
        lambda place: ik.check(place.evaluation),
        lambda place: ik.load(place),
        lambda place: ik.show("x"),
    ],
)
def test_the_other_arguments_too(place, asked):
    with pytest.raises(ik.ImpactkitError, match="attend"):
        asked(place)


def test_an_empty_list_of_names_is_never_offered():
    assert "noms admis" not in FRENCH.unknown("noun.fact", "x", []).next
    assert "`3`" in FRENCH.unknown("noun.fact", 3, [3, 4]).what
