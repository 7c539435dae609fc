"""The criteria of the label on small invented evaluations: met, not met, not known."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_evaluation import drawn, same_rows, value
from tiers import examples

from impactkit.data.tables import labels
from impactkit.indicators import label
from impactkit.wording.language import FRENCH

GROUPS = '[["local_authority"], ["social_enterprise", "association", "cooperative", "network"]]'
ASKED = f"[label]\nmembers = 3\nchallenges = 2\ndiversity = {GROUPS}\n"
TYPES = ["", *labels(FRENCH, "members", "type")]


def _member(i, kind="", **rest):
    return {"territory": "a", "name": f"m{i}", "type": kind, "role": "member", **rest}


def _whole(count):
    return {"territory": "a", "role": "whole", "count": count}


def _open(heading, reason="not-communicated", territory="a"):
    return {"territory": territory, "heading": heading, "what": "?", "reason": reason, "ask": "eux"}


def _challenges(count):
    return [{"challenge": f"c{i}", "territory": "a", "title": f"Défi {i}"} for i in range(count)]


def _state(row):
    return row["flag"] if math.isnan(row["value"]) else row["value"]


@pytest.mark.parametrize(
    ("members", "questions", "state", "n"),
    [
        ([_member(1), _member(2), _member(3)], [_open("collective")], 1, 3),
        ([_member(1), _member(2)], [_open("collective")], "missing:not-communicated", 2),
        ([_member(1), _member(2)], [_open("collective", "not-found", "")], "missing:not-found", 2),
        ([_member(1), _member(2)], [_open("projects")], 0, 2),
        ([_member(1), _member(2), _member(3), _member(4, until="2020")], [], 1, 3),
        ([_member(1), _member(2), _member(3, until="2020")], [], 0, 2),
        ([_whole(3), _member(1)], [_open("collective")], 1, 3),
        ([_whole(2), _member(1)], [_open("collective")], 0, 2),
        # More are named than were announced.
        ([_whole(2), _member(1), _member(2), _member(3)], [_open("collective")], 1, 3),
        ([], [], "missing:not-searched", 0),
        ([], [_open("collective")], "missing:not-communicated", 0),
    ],
)
def test_strength(small, members, questions, state, n):
    ev = small({"members": members, "unknowns": questions}, more=ASKED)
    found = value(label.rows(ev), "met_collective_strength")
    assert (_state(found), found["n"]) == (state, n)


@pytest.mark.parametrize(
    ("types", "more", "questions", "state"),
    [
        (["local_authority", "network"], [], [_open("collective")], 1),
        (["local_authority", "cooperative", ""], [], [], 1),
        (["local_authority", "company"], [], [], 0),
        (["association", "social_enterprise", "public_body"], [], [], 0),
        (["local_authority", "company"], [], [_open("collective")], "missing:not-communicated"),
        (["local_authority", "company", ""], [], [], "missing:untyped"),
        (["", ""], [], [], "missing:untyped"),
        # One of the three announced is not named: it may be the association.
        (["local_authority", "company"], [_whole(3)], [], "missing:not-searched"),
        (["local_authority", "company"], [_whole(2)], [], 0),
        # The authority has left.
        (["association"], [_member(9, "local_authority", until="2020")], [], 0),
        ([], [_whole(12)], [], "missing:not-searched"),
        ([], [], [], "missing:not-searched"),
    ],
)
def test_diversity(small, types, more, questions, state):
    members = [_member(i, kind) for i, kind in enumerate(types)]
    ev = small({"members": [*members, *more], "unknowns": questions}, more=ASKED)
    assert _state(value(label.rows(ev), "met_collective_diversity")) == state


@pytest.mark.parametrize(
    ("count", "questions", "state"),
    [
        (2, [_open("challenges")], 1),
        (3, [], 1),
        (1, [], 0),
        (1, [_open("challenges")], "missing:not-communicated"),
        (0, [], "missing:not-searched"),
    ],
)
def test_challenges(small, count, questions, state):
    ev = small({"challenges": _challenges(count), "unknowns": questions}, more=ASKED)
    found = value(label.rows(ev), "met_challenges")
    assert (_state(found), found["n"]) == (state, count)


def test_a_criterion_without_a_threshold_is_not_judged(small):
    ev = small({"members": [_member(1)], "challenges": _challenges(3)}, more="[label]\nchallenges = 3\n")
    found = label.rows(ev)
    strength = value(found, "met_collective_strength")
    assert (_state(strength), strength["n"]) == ("missing:no-threshold", 1)
    assert value(found, "met_challenges")["value"] == 1


def test_candidates_are_read_as_the_labelled_are(small):
    usual = {"wave": "1", "perimeter_kind": "none", "confidence": "low"}
    places = [{"territory": code, "name": code, **usual} for code in "ab"]
    places[1]["status"] = "candidate"
    listed = [{"territory": code, "name": "m", "type": "finance", "role": "member"} for code in "ab"]
    found = label.rows(small({"territories": places, "members": listed}, more=ASKED))
    mine, other = (found[found["territory"] == code].drop(columns="territory") for code in "ab")
    assert mine.reset_index(drop=True).equals(other.reset_index(drop=True))
    assert set(mine["indicator"]) == {
        "met_collective_strength",
        "met_collective_diversity",
        "met_challenges",
    }


members = st.lists(st.sampled_from(TYPES), max_size=6).map(
    lambda types: [_member(i, kind) for i, kind in enumerate(types)]
)


@settings(max_examples=examples(25), deadline=None)
@given(members, st.booleans(), st.randoms(use_true_random=False))
def test_the_order_of_rows_never_matters_and_states_are_three(listed, opened, seed):
    questions = [_open("collective")] if opened else []
    found = label.rows(drawn(members=listed, unknowns=questions))
    mixed = drawn(members=seed.sample(listed, len(listed)), unknowns=questions)
    assert same_rows(found, label.rows(mixed))
    assert (found["value"].isin([0, 1]) != found["flag"].str.startswith("missing:")).all()


@settings(max_examples=examples(25), deadline=None)
@given(members)
def test_an_open_question_never_turns_into_not_met(listed):
    sure, doubtful = (
        value(label.rows(drawn(members=listed, unknowns=asked)), "met_collective_diversity")
        for asked in ([], [_open("collective")])
    )
    assert doubtful["value"] != 0
    assert (sure["value"] == 1) == (doubtful["value"] == 1)


def test_the_real_evaluation(french_impact):
    found = label.rows(french_impact)
    assert found["value"].notna().eq(found["flag"] == "").all()
    assert len(found) == 3 * len(french_impact.territories)
    # evaluation.toml asks for three challenges and says no number of members.
    strength = found[found["indicator"] == "met_collective_strength"]
    assert (strength["flag"] == "missing:no-threshold").all()
    assert value(found, "met_challenges", "est-ensemble")["value"] == 1
    # One challenge is named, and the two others were not found.
    assert _state(value(found, "met_challenges", "nantes-metropole")) == "missing:not-found"
    # Normandy names its Region and its CRESS; Nantes names no authority among the five.
    assert value(found, "met_collective_diversity", "region-normandie")["value"] == 1
    assert _state(value(found, "met_collective_diversity", "nantes-metropole")) == "missing:not-found"
