"""Challenges and their themes, on small invented lists counted by hand."""

import csv
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_evaluation import drawn, same_rows, value
from tiers import examples

from impactkit.data.tables import labels
from impactkit.indicators import challenges
from impactkit.wording.language import FRENCH

THEMES = list(labels(FRENCH, "challenges", "themes"))


def _challenge(code, territory, themes=""):
    return {"challenge": code, "territory": territory, "title": f"Défi {code}", "themes": themes}


LISTED = [
    _challenge("a1", "a", "food|circular"),
    _challenge("a2", "a", "mobility"),
    _challenge("a3", "a"),
    _challenge("b1", "b", "food"),
    _challenge("b2", "b", "food"),
    _challenge("c1", "c"),
]


def test_each_territory_has_its_count_and_its_share_themed(small):
    found = challenges.rows(small({"challenges": LISTED}))
    assert [value(found, "count_challenges", code)["value"] for code in "abc"] == [3, 2, 1]
    shares = [value(found, "share_challenges_themed", code) for code in "abc"]
    assert [share["value"] for share in shares] == [pytest.approx(2 / 3), 1, 0]
    assert [share["n"] for share in shares] == [3, 2, 1]
    for indicator in ("count_challenges", "share_challenges_themed"):
        unknown = value(found, indicator, "d")
        assert math.isnan(unknown["value"]) and unknown["flag"] == "missing:not-searched"


def test_themes_are_counted_over_what_is_known(small):
    found = challenges.rows(small({"challenges": LISTED}))
    assert value(found, "count_challenges", "")["value"] == 6
    assert value(found, "count_challenges_unthemed", "")["value"] == 2
    counts = {theme: value(found, "count_challenges", "", f"theme={theme}") for theme in THEMES[:5]}
    assert [row["value"] for row in counts.values()] == [3, 1, 0, 1, 0]
    assert {row["n"] for row in counts.values()} == {4}
    # Two territories have a themed challenge: c's has none, d has no challenge.
    shares = {theme: value(found, "share_territories", "", f"theme={theme}") for theme in THEMES[:5]}
    assert [row["value"] for row in shares.values()] == [1, 0.5, 0, 0.5, 0]
    assert {row["n"] for row in shares.values()} == {2}
    ranks = [value(found, "index_theme_rank", "", f"theme={theme}")["value"] for theme in THEMES[:5]]
    assert ranks == [1, 2, 4, 2, 4]
    assert not (found["group"] == "theme=other").any()


def test_themes_of_one_territory_go_together_across_its_challenges(small):
    ev = small({"challenges": [*LISTED, _challenge("c2", "c", "food|mobility|other")]})
    found = challenges.rows(ev)
    pairs = found[found["indicator"] == "count_themes_together"].set_index("group")
    assert pairs["value"].to_dict() == {
        "food+circular": 1,
        "food+mobility": 2,
        "food+other": 1,
        "circular+mobility": 1,
        "mobility+other": 1,
    }
    assert set(pairs["n"]) == {3}
    table = challenges.cooccurrence(ev)
    assert list(table) == list(table.index) == THEMES
    assert (table.to_numpy() == table.T.to_numpy()).all()
    assert [table.at[theme, theme] for theme in THEMES] == [3, 1, 0, 2, 0, 1]
    assert value(found, "share_territories", "", "theme=other")["value"] == pytest.approx(1 / 3)


def test_a_candidate_is_not_the_programme_s(small):
    usual = {"wave": "1", "perimeter_kind": "none", "confidence": "low"}
    places = [{"territory": "a", "name": "A", **usual}]
    places += [{"territory": "b", "name": "B", "status": "candidate", **usual}]
    listed = [_challenge("a1", "a", "food"), _challenge("b1", "b", "ageing")]
    found = challenges.rows(small({"territories": places, "challenges": listed}))
    assert value(found, "count_challenges", "")["value"] == 1
    assert value(found, "share_territories", "", "theme=ageing")["value"] == 0
    assert value(found, "count_challenges", "b")["value"] == 1


def test_nothing_known_is_missing_and_no_theme_known_is_no_zero(small):
    nothing = challenges.rows(small({}))
    assert nothing["value"].isna().all()
    assert value(nothing, "count_challenges", "")["flag"] == "missing:not-searched"
    unthemed = challenges.rows(small({"challenges": [_challenge("a1", "a")]}))
    assert value(unthemed, "count_challenges_unthemed", "")["value"] == 1
    share = value(unthemed, "share_territories", "")
    assert math.isnan(share["value"]) and (share["n"], share["flag"]) == (0, "missing:unthemed")
    assert challenges.cooccurrence(small({})).to_numpy().sum() == 0


some_themes = st.lists(st.sampled_from(THEMES), unique=True, max_size=3).map("|".join)
some_challenges = st.lists(st.tuples(st.sampled_from("abcd"), some_themes), max_size=8).map(
    lambda drawn_rows: [_challenge(f"c{i}", place, names) for i, (place, names) in enumerate(drawn_rows)]
)


@settings(max_examples=examples(25), deadline=None)
@given(some_challenges, st.randoms(use_true_random=False))
def test_the_order_of_rows_never_matters(listed, seed):
    ev, mixed = drawn(challenges=listed), drawn(challenges=seed.sample(listed, len(listed)))
    assert same_rows(challenges.rows(ev), challenges.rows(mixed))
    assert challenges.cooccurrence(ev).equals(challenges.cooccurrence(mixed))


@settings(max_examples=examples(25), deadline=None)
@given(some_challenges)
def test_two_themes_meet_no_more_often_than_either(listed):
    table = challenges.cooccurrence(drawn(challenges=listed))
    for one in THEMES:
        for other in THEMES:
            assert table.at[one, other] <= min(table.at[one, one], table.at[other, other]) <= 4


def test_the_real_evaluation(french_impact):
    found = challenges.rows(french_impact)
    assert found["value"].notna().eq(found["flag"] == "").all()
    assert not found.duplicated(["territory", "indicator", "group", "period"]).any()
    # Counted apart, in the file.
    with (french_impact.folder / "challenges.csv").open(encoding="utf-8", newline="") as file:
        listed = list(csv.DictReader(file))
    themed = [row for row in listed if row["themes"]]
    assert value(found, "count_challenges", "")["value"] == len(listed)
    assert value(found, "count_challenges_unthemed", "")["value"] == len(listed) - len(themed)
    places = {row["territory"] for row in themed}
    food = {row["territory"] for row in themed if "food" in row["themes"].split("|")}
    share = value(found, "share_territories", "", "theme=food")
    assert (share["value"], share["n"]) == (pytest.approx(len(food) / len(places)), len(places))
    # Read in the file: food and the inclusion of the young, out of three.
    assert value(found, "count_challenges", "est-ensemble")["value"] == 3
    assert value(found, "count_themes_together", "", "food+inclusion")["value"] >= 1
    assert value(found, "count_challenges", "valence-romans")["flag"] == "missing:not-found"
