"""The roadmap, on small invented plans counted by hand; the latest news is of 30 June 2021."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_evaluation import drawn, same_rows, value
from tiers import examples

from impactkit.indicators import roadmap


def _milestone(code, status="planned", version=1, **rest):
    return {
        "milestone": code,
        "territory": "a",
        "version": version,
        "title": f"Jalon {code}",
        "status": status,
        **rest,
    }


def _missing(row):
    return math.isnan(row["value"]) and row["flag"]


def test_done_is_a_share_of_what_is_not_dropped(small):
    listed = [
        _milestone("m1", "done", done="2020-05"),
        _milestone("m2", "under_way"),
        # Its date says it, whatever the state says.
        _milestone("m3", "planned", done="2021-01"),
        _milestone("m4", "dropped"),
        _milestone("m5", "done"),
    ]
    found = roadmap.rows(small({"milestones": listed}))
    done = value(found, "share_milestones_done")
    assert (done["value"], done["n"]) == (0.75, 4)
    dropped = value(found, "count_milestones_dropped")
    assert (dropped["value"], dropped["n"]) == (1, 5)
    assert value(found, "count_milestones_undated")["value"] == 1
    of_b = found[found["territory"] == "b"]
    assert set(of_b["indicator"]) == set(roadmap.UNITS)
    assert of_b["value"].isna().all() and (of_b["flag"] == "missing:not-searched").all()


def test_on_time_is_a_share_of_what_was_due(small):
    listed = [
        _milestone("in its month", "done", due="2020-06", done="2020-06-30"),
        _milestone("in its year", "done", due="2020", done="2020-11"),
        _milestone("a day late", "done", due="2020-06", done="2020-07-01"),
        _milestone("still not done", due="2021-06-30"),
        _milestone("not due yet", due="2021"),
        _milestone("ahead", "done", due="2022", done="2021-02"),
        _milestone("at no known date", "done", due="2020"),
        _milestone("no date", "done", done="2020"),
        _milestone("dropped", "dropped", due="2019"),
    ]
    found = value(roadmap.rows(small({"milestones": listed})), "share_milestones_on_time")
    assert (found["value"], found["n"]) == (0.5, 4)
    assert math.isnan(found["low"]) and math.isnan(found["high"])


@pytest.mark.parametrize(
    ("due", "done", "low", "on_time", "high"),
    [
        # Done within the year: before 31 March, or after.
        ("2020-03", "2020", 0, 0, 1),
        ("2020-09", "2020", 0, 1, 1),
        ("2020-06-20", "2020-06", 0, 1, 1),
        ("2020-06-10", "2020-06", 0, 0, 1),
    ],
)
def test_a_vague_date_leaves_a_doubt_on_both_sides(small, due, done, low, on_time, high):
    ev = small({"milestones": [_milestone("m", "done", due=due, done=done)]})
    found = value(roadmap.rows(ev), "share_milestones_on_time")
    assert (found["low"], found["value"], found["high"]) == (low, on_time, high)


def test_delay_is_the_median_of_those_done_late(small):
    listed = [
        _milestone("one day", "done", due="2020-06", done="2020-07-01"),
        _milestone("thirty-one days", "done", due="2020-12-31", done="2021-01-31"),
        _milestone("ten days", "done", due="2020-05-01", done="2020-05-11"),
        _milestone("on time", "done", due="2020-06", done="2020-06"),
        _milestone("not done", due="2019-01"),
    ]
    found = value(roadmap.rows(small({"milestones": listed})), "days_milestone_delay")
    assert (found["value"], found["n"]) == (10, 3)


@pytest.mark.parametrize(
    ("listed", "delay", "low", "on_time"),
    [
        ([_milestone("m", due="2021-06-10")], "missing:not-yet", 20, 0),
        ([_milestone("m", due="2021-06-10"), _milestone("n", due="2021-05-31")], "missing:not-yet", 25, 0),
        ([_milestone("m", due="2022")], "missing:not-yet", None, "missing:not-yet"),
        ([_milestone("m")], "missing:undated", None, "missing:undated"),
        ([_milestone("m", "done", due="2020")], "missing:undated", None, "missing:undated"),
        ([_milestone("m", "done", due="2020", done="2019")], "missing:not-applicable", None, 1),
        ([_milestone("m", "dropped", due="2020")], "missing:not-applicable", None, "missing:not-applicable"),
    ],
)
def test_what_has_not_come_is_said_so(small, listed, delay, low, on_time):
    found = roadmap.rows(small({"milestones": listed}))
    late = value(found, "days_milestone_delay")
    assert _missing(late) == delay
    assert math.isnan(late["low"]) if low is None else late["low"] == low
    share = value(found, "share_milestones_on_time")
    assert (_missing(share) or share["value"]) == on_time


def test_only_the_latest_version_is_judged_and_the_plan_s_own_moves_are_told(small):
    listed = [
        _milestone("kept", version=1, due="2020-06", adopted="2019-06-01"),
        _milestone("kept", "done", version=2, due="2020-06-15", done="2020-06-10", adopted="2020-01-01"),
        _milestone("moved", version=1, due="2019-12", adopted="2019-06-01"),
        _milestone("moved", version=2, due="2020-12", adopted="2020-01-01"),
        _milestone("moved", "under_way", version=3, due="2021-12", adopted="2021-01-01"),
        _milestone("kept", "done", version=3, due="2020-06", done="2020-06-10", adopted="2021-01-01"),
        _milestone("unsaid", version=1, due="2019-09"),
        _milestone("said", "dropped", version=2),
        _milestone("done before", "done", version=1),
        _milestone("new", version=3),
    ]
    found = roadmap.rows(small({"milestones": listed}))
    done = value(found, "share_milestones_done")
    assert (done["value"], done["n"]) == (pytest.approx(1 / 3), 3)
    assert value(found, "share_milestones_on_time")["value"] == 1
    assert value(found, "count_roadmap_versions")["value"] == 3
    # 214 days, then 366: half of 580.
    between = value(found, "days_roadmap_between_versions")
    assert (between["value"], between["n"], between["quality"]) == (290, 2, "day")
    moved = value(found, "count_milestones_moved")
    assert (moved["value"], moved["n"]) == (1, 2)
    unlisted = value(found, "count_milestones_unlisted")
    assert (unlisted["value"], unlisted["n"]) == (1, 6)


def test_one_version_has_not_moved_and_undated_versions_have_no_distance(small):
    once = roadmap.rows(small({"milestones": [_milestone("m", due="2020")]}))
    assert value(once, "count_roadmap_versions")["value"] == 1
    for name in ("days_roadmap_between_versions", "count_milestones_moved", "count_milestones_unlisted"):
        assert _missing(value(once, name)) == "missing:not-applicable"
    twice = roadmap.rows(small({"milestones": [_milestone("m"), _milestone("m", version=2)]}))
    for name in ("days_roadmap_between_versions", "count_milestones_moved"):
        assert _missing(value(twice, name)) == "missing:undated"
    assert value(twice, "count_milestones_unlisted")["value"] == 0


dates = st.sampled_from(["", "2019", "2020-03", "2020-03-20", "2020-04", "2021-06-30", "2022"])
states = st.sampled_from(["planned", "under_way", "done", "dropped"])
plans = st.lists(
    st.tuples(st.sampled_from("abcde"), st.integers(1, 3), states, dates, dates, dates),
    min_size=1,
    max_size=8,
    unique_by=lambda told: told[:2],
).map(
    lambda told: [
        _milestone(code, status, version, due=due, done=done, adopted=adopted)
        for code, version, status, due, done, adopted in told
    ]
)


@settings(max_examples=examples(30), deadline=None)
@given(plans, st.randoms(use_true_random=False))
def test_the_order_of_rows_never_matters_and_shares_stay_in_their_range(listed, seed):
    found = roadmap.rows(drawn(milestones=listed))
    assert same_rows(found, roadmap.rows(drawn(milestones=seed.sample(listed, len(listed)))))
    shares = found[(found["unit"] == "part") & found["value"].notna()]
    assert shares["value"].between(0, 1).all()
    doubted = shares[shares["low"].notna()]
    assert (doubted["low"] <= doubted["value"]).all() and (doubted["value"] <= doubted["high"]).all()
    delays = found[(found["indicator"] == "days_milestone_delay") & found["value"].notna()]
    assert (delays["value"] > 0).all()


@settings(max_examples=examples(30), deadline=None)
@given(plans)
def test_one_more_milestone_overdue_never_betters_the_share_on_time(listed):
    late = _milestone("overdue", version=max(row["version"] for row in listed), due="2018")
    before, after = (
        value(roadmap.rows(drawn(milestones=rows)), "share_milestones_on_time")
        for rows in (listed, [*listed, late])
    )
    assert after["value"] <= (1 if math.isnan(before["value"]) else before["value"])
    assert after["n"] == before["n"] + 1


def test_the_real_evaluation(french_impact):
    found = roadmap.rows(french_impact)
    assert found["value"].notna().eq(found["flag"] == "").all()
    assert not found.duplicated(["territory", "indicator", "group", "period"]).any()
    assert set(found["territory"]) == {place.code for place in french_impact.territories}
    listed = set(french_impact.table("milestones")["territory"])
    silent = found[~found["territory"].isin(listed)]
    assert len(silent) and silent["value"].isna().all()
    assert set(silent["flag"]) <= {"missing:not-found", "missing:not-communicated", "missing:not-searched"}
    # Read in milestones.csv: four milestones without a due date, the foundation alone is done.
    done = value(found, "share_milestones_done", "lyon-metropole")
    assert (done["value"], done["n"]) == (0.25, 4)
    assert _missing(value(found, "share_milestones_on_time", "lyon-metropole")) == "missing:undated"
