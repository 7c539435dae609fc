"""The collective, on small invented lists counted by hand."""

import csv
import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_evaluation import drawn, value
from tiers import examples

from impactkit.data.tables import labels
from impactkit.indicators import collective
from impactkit.wording.language import FRENCH

TYPES = list(labels(FRENCH, "members", "type"))
INDICES = ("index_shannon", "index_blau", "index_hill", "index_evenness")


def _member(name, kind="", **rest):
    return {"territory": "a", "name": name, "type": kind, "role": "member", **rest}


def _place(code="a", **rest):
    usual = {"wave": "1", "perimeter_kind": "none", "confidence": "low"}
    return {"territory": code, "name": f"Val-{code}", **usual, **rest}


def _missing(row):
    return math.isnan(row["value"]) and row["flag"]


def test_the_size_is_the_latest_announced_and_the_named_are_counted(small):
    members = [
        {"territory": "a", "role": "whole", "count": 29, "as_of": "2019"},
        {"territory": "a", "role": "whole", "count": 34, "as_of": "2021-03"},
        _member("Un", "association", as_of="2020-01"),
        _member("Deux", "association"),
    ]
    found = collective.rows(small({"members": members}))
    size = value(found, "count_members")
    assert (size["value"], size["n"], size["period"]) == (34, 1, "2021-03")
    named = value(found, "count_members_named")
    assert (named["value"], named["n"], named["period"]) == (2, 2, "2021-06-30")
    # Nothing is known of b: every row is there, missing, with its reason.
    of_b = found[found["territory"] == "b"]
    assert set(of_b["indicator"]) == set(found["indicator"])
    assert of_b["value"].isna().all() and (of_b["flag"] == "missing:not-searched").all()


def test_named_members_are_never_taken_for_the_size(small):
    found = collective.rows(small({"members": [_member("Un")]}))
    assert _missing(value(found, "count_members")) == "missing:not-searched"
    assert value(found, "count_members_named")["value"] == 1


@pytest.mark.parametrize(
    ("until", "here"),
    [("", 2), ("2020", 1), ("2021-06-30", 1), ("2021-06", 1), ("2021", 1), ("2021-07-01", 2), ("2022", 2)],
)
def test_who_has_left_is_not_in_the_present_collective(small, until, here):
    members = [_member("Un", "finance"), _member("Deux", "research", until=until)]
    found = collective.rows(small({"members": members}))
    assert value(found, "count_members_named")["value"] == here
    assert value(found, "index_hill")["value"] == pytest.approx(here)


def test_a_member_told_twice_counts_once_with_its_latest_type(small):
    members = [
        _member("Un", "company", as_of="2021"),
        _member("Un", "association", as_of="2019"),
        # Left since it was first told.
        _member("Parti", "other", as_of="2019"),
        _member("Parti", "other", until="2020-05", as_of="2020"),
        # Gone, then back.
        _member("Deux", "finance", since="2018", until="2019", as_of="2019"),
        _member("Deux", "finance", since="2021", as_of="2021"),
        _member("", "citizen"),
        _member("", "citizen"),
    ]
    found = collective.rows(small({"members": members}))
    assert value(found, "count_members_named")["value"] == 4
    assert value(found, "share_members", group="type=company")["value"] == 0.25
    assert value(found, "share_members", group="type=citizen")["value"] == 0.5


def test_types_are_shares_of_the_members_whose_type_is_known(small):
    kinds = ["local_authority", "association", "association", "cooperative", "", ""]
    found = collective.rows(small({"members": [_member(f"m{i}", kind) for i, kind in enumerate(kinds)]}))
    share = value(found, "share_members", group="type=association")
    assert (share["value"], share["n"]) == (0.5, 4)
    shares = found[(found["indicator"] == "share_members") & (found["territory"] == "a")]
    assert shares["value"].sum() == pytest.approx(1) and len(shares) == 3
    untyped = value(found, "count_members_untyped")
    assert (untyped["value"], untyped["n"]) == (2, 6)
    # One half and two quarters: Shannon is 1.5 ln 2, Blau 1 - 6/16, the effective number 2 to the 1.5.
    assert value(found, "index_shannon")["value"] == pytest.approx(1.5 * math.log(2))
    assert value(found, "index_blau")["value"] == 0.625
    assert value(found, "index_hill")["value"] == pytest.approx(2**1.5)
    assert value(found, "index_evenness")["value"] == pytest.approx(1.5 * math.log(2) / math.log(3))
    assert {value(found, index)["n"] for index in INDICES} == {4}


def test_one_type_has_no_evenness(small):
    found = collective.rows(small({"members": [_member("Un", "finance"), _member("Deux", "finance")]}))
    assert [value(found, index)["value"] for index in INDICES[:3]] == [0, 0, 1]
    assert _missing(value(found, "index_evenness")) == "missing:not-applicable"


def test_members_without_any_type_have_no_diversity(small):
    found = collective.rows(small({"members": [_member("Un"), _member("Deux")]}))
    assert {_missing(value(found, index)) for index in INDICES} == {"missing:untyped"}
    share = value(found, "share_members")
    assert (_missing(share), share["n"]) == ("missing:untyped", 0)
    assert value(found, "count_members_untyped")["value"] == 2


@pytest.mark.parametrize(
    ("founded", "years", "low", "high"),
    [
        # The label is of 1 March 2019.
        ("2017-03-01", 730 / 365.25, None, None),
        ("2019-05-01", -61 / 365.25, None, None),
        ("2017-03", 716 / 365.25, 700 / 365.25, 730 / 365.25),
        # The middle of 2019 comes after the label, the year does not.
        ("2019", 0, -305 / 365.25, 59 / 365.25),
        ("2020", -488 / 365.25, -671 / 365.25, -306 / 365.25),
    ],
)
def test_age_at_the_label_as_precise_as_the_dates(small, founded, years, low, high):
    found = value(
        collective.rows(small({"territories": [_place(founded=founded)]})), "count_years_before_label"
    )
    assert found["value"] == pytest.approx(years)
    for side, expected in (("low", low), ("high", high)):
        assert math.isnan(found[side]) if expected is None else found[side] == pytest.approx(expected)
    assert found["quality"] == ("year", "month", "day")[founded.count("-")]


def test_ptce_has_three_states(small):
    places = [_place("a", ptce="true"), _place("b", ptce="false"), _place("c")]
    found = collective.rows(small({"territories": places}))
    assert [value(found, "met_ptce", territory=code)["value"] for code in "ab"] == [1, 0]
    assert _missing(value(found, "met_ptce", territory="c")) == "missing:not-searched"


def test_maturity_is_that_of_the_latest_event_of_the_territory(small):
    def event(maturity, date, place="a", kind="governance"):
        return {"territory": place, "kind": kind, "title": "t", "maturity": maturity, "date": date}

    events = [
        event("project", "2020-05"),
        event("steering", "2019-03"),
        event("", "2021-01"),
        event("legal", "2021-02", place=""),
        event("informal", "", place="b"),
    ]
    found = collective.rows(small({"events": events}))
    mine = value(found, "index_maturity")
    assert (mine["value"], mine["period"], mine["quality"]) == (3, "2020-05", "month")
    assert value(found, "index_maturity", territory="b")["value"] == 1
    assert _missing(value(found, "index_maturity", territory="c"))


@given(st.lists(st.sampled_from(TYPES), min_size=1, max_size=30))
def test_indices_stay_in_their_range(kinds):
    found, k = collective.diversity(kinds), len(set(kinds))
    assert 1 - 1e-12 <= found["index_hill"] <= k + 1e-9
    assert -1e-12 <= found["index_shannon"] <= math.log(k) + 1e-12
    assert -1e-12 <= found["index_blau"] <= 1 - 1 / k + 1e-12
    assert (found["index_evenness"] is None) == (k == 1)
    if k > 1:
        assert 0 < found["index_evenness"] <= 1 + 1e-12


@given(st.integers(1, len(TYPES)), st.integers(1, 8))
def test_an_even_collective_is_the_most_varied(k, times):
    found = collective.diversity(TYPES[:k] * times)
    assert found["index_shannon"] == pytest.approx(math.log(k))
    assert found["index_blau"] == pytest.approx(1 - 1 / k)
    assert found["index_hill"] == pytest.approx(k)
    if k > 1:
        assert found["index_evenness"] == pytest.approx(1)
        # One more of any type breaks the evenness.
        uneven = collective.diversity([*TYPES[:k] * times, TYPES[0]])
        assert uneven["index_evenness"] < 1 and uneven["index_blau"] < found["index_blau"]


@settings(max_examples=examples(20))
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_never_matters(seed: random.Random):
    members = [_member(f"m{i}", TYPES[i % 4], as_of=str(2018 + i % 3)) for i in range(9)]
    members += [_member("m1", "other", as_of="2021"), {"territory": "a", "role": "whole", "count": 12}]
    mixed = seed.sample(members, len(members))
    one = collective.rows(drawn(members=members))
    other = collective.rows(drawn(members=mixed))
    assert one.equals(other)


def test_the_real_evaluation(french_impact):
    found = collective.rows(french_impact)
    assert found["value"].notna().eq(found["flag"] == "").all()
    assert not found.duplicated(["territory", "indicator", "group", "period"]).any()
    # Read in members.csv: sixteen announced, and the sixteen named.
    lyon = "lyon-metropole"
    assert value(found, "count_members", lyon)["value"] == 16
    assert value(found, "count_members_named", lyon)["value"] == 16
    assert value(found, "count_members", "strasbourg-eurometropole")["value"] == 29
    # The Ecossolies and two other networks, an insertion firm, a funder.
    assert value(found, "index_blau", "nantes-metropole")["value"] == pytest.approx(1 - (9 + 1 + 1) / 25)
    assert value(found, "share_members", "nantes-metropole", "type=network")["value"] == 0.6
    assert _missing(value(found, "index_hill", "region-bretagne")) == "missing:not-found"


def test_types_of_the_real_members_as_counted_apart(french_impact):
    with (french_impact.folder / "members.csv").open(encoding="utf-8", newline="") as file:
        listed = [row for row in csv.DictReader(file) if row["role"] != "whole" and not row.get("until")]
    found = collective.rows(french_impact)
    for place in {row["territory"] for row in listed}:
        types = [row["type"] for row in listed if row["territory"] == place]
        assert value(found, "count_members_untyped", place)["value"] == types.count("")
        assert value(found, "index_shannon", place)["n"] == len(types) - types.count("")
