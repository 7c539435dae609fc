"""Projects, on small invented evaluations counted by hand."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_evaluation import drawn, same_rows, value
from tiers import examples

from impactkit.indicators import projects, target
from impactkit.indicators.durations import median
from impactkit.indicators.stages import time_to_first_project

TARGET = '[target]\nprojects = 10\nmonths = [12, 18]\nwritten = "une dizaine"\nsource = "Gazette d’essai"\n'


def _project(code, territory="a", **rest):
    return {"project": code, "territory": territory, "name": f"Projet {code}", **rest}


def test_counts_by_stage_and_theme_add_up_to_the_whole(small):
    ev = small(
        {
            "projects": [
                _project("p1", stage="launched", theme="food"),
                _project("p2", stage="launched"),
                _project("p3", theme="food"),
            ]
        }
    )
    found = projects.rows(ev)
    assert value(found, "count_projects")["value"] == 3
    assert value(found, "count_projects", group="stage=launched")["value"] == 2
    assert value(found, "count_projects", group="stage=unknown")["value"] == 1
    assert value(found, "count_projects", group="theme=food")["value"] == 2
    other = value(found, "count_projects", territory="b")
    assert other["flag"] == "missing:not-searched" and other["value"] != other["value"]


def test_a_launched_project_has_passed_the_stages_before(small):
    ev = small(
        {
            "projects": [
                _project("p1", stage="idea"),
                _project("p2", stage="incubated"),
                _project("p3", stage="launched"),
                # Stopped after its launch: what it reached is in its dates.
                _project("p4", stage="stopped", started="2020-03"),
                # Stopped, and nothing says where: out of the count.
                _project("p5", stage="stopped"),
                _project("p6"),
            ]
        }
    )
    found = projects.rows(ev)
    first = value(found, "share_projects_passed", group="idea>incubated")
    assert (first["value"], first["n"]) == (0.75, 4)
    second = value(found, "share_projects_passed", group="incubated>launched")
    assert (second["value"], second["n"]) == (pytest.approx(2 / 3), 3)
    third = value(found, "share_projects_passed", group="launched>scaled")
    assert (third["value"], third["n"]) == (0, 2)


def test_days_between_stages_are_the_median_of_known_dates(small):
    dates = [("2020-01-01", "2020-01-11"), ("2020-01-01", "2020-02-10"), ("2020-01-01", "")]
    ev = small(
        {
            "projects": [
                _project(f"p{i}", incubated=first, started=last) for i, (first, last) in enumerate(dates)
            ]
        }
    )
    found = value(projects.rows(ev), "days_between_stages", group="incubated>launched")
    assert (found["value"], found["n"]) == (25, 2)


def test_the_first_project_is_the_first_launched_after_the_clock(small):
    ev = small(
        {
            "projects": [
                _project("before", started="2018-05-01"),
                _project("second", started="2019-06-01"),
                _project("first", started="2019-03-31"),
            ],
            "events": [{"wave": "1", "kind": "start", "date": "2019-05-02", "title": "Début"}],
        }
    )
    found = projects.rows(ev)
    assert value(found, "days_to_first_project", group="clock=label")["value"] == 30
    assert value(found, "days_to_first_project", group="clock=start")["value"] == 30
    assert value(found, "days_to_first_project", group="clock=start")["quality"] == "day"


@pytest.mark.parametrize(
    ("project", "flag", "low"),
    [
        ({"stage": "idea"}, "missing:not-yet", 852),  # 1 March 2019 to 30 June 2021
        ({"stage": "launched"}, "missing:undated", None),
        ({}, "missing:undated", None),
        # Launched in 2018: before the label. In the year of the label, by its middle before or not: unknown.
        ({"stage": "launched", "started": "2018"}, "missing:not-yet", 852),
    ],
)
def test_no_launch_is_not_yet_only_where_the_stage_says_so(small, project, flag, low):
    found = value(
        projects.rows(small({"projects": [_project("p", **project)]})),
        "days_to_first_project",
        group="clock=label",
    )
    assert found["flag"] == flag and found["value"] != found["value"]
    assert found["low"] == low if low else found["low"] != found["low"]


def test_an_undated_launch_makes_the_days_an_upper_bound(small):
    ev = small({"projects": [_project("p1", started="2019-04-01"), _project("p2", stage="launched")]})
    found = value(projects.rows(ev), "days_to_first_project", group="clock=label")
    assert (found["value"], found["flag"]) == (31, "at-most")


def test_a_year_that_holds_the_clock_tells_neither_before_nor_after(small):
    late = '[[wave]]\nid = "2"\nname = "deuxième vague"\nlabelled = "2019-12-01"\n'
    place = {"territory": "a", "name": "Val-a", "wave": "2", "perimeter_kind": "none", "confidence": "low"}
    tables = {"territories": [place], "projects": [_project("p1", started="2019")]}
    found = value(projects.rows(small(tables, more=late)), "days_to_first_project", group="clock=label")
    assert found["flag"] == "missing:undated"
    tables["projects"].append(_project("p2", started="2019-12-31"))
    found = value(projects.rows(small(tables, more=late)), "days_to_first_project", group="clock=label")
    assert (found["value"], found["flag"]) == (30, "at-most")


def test_the_curve_keeps_those_who_wait_still(small):
    places = [
        {"territory": code, "name": code, "wave": "1", "perimeter_kind": "none", "confidence": "low"}
        for code in "abcdef"
    ]
    launched = {"a": "2019-03-11", "b": "2019-03-21", "c": "2019-03-31"}
    ev = small(
        {
            "territories": places,
            "projects": [
                *(_project(f"p-{code}", code, started=date) for code, date in launched.items()),
                *(_project(f"p-{code}", code, stage="idea") for code in "def"),
            ],
        }
    )
    curve = time_to_first_project(ev, clock="label")
    assert list(curve["days"]) == [10, 20, 30]
    assert list(curve["at_risk"]) == [6, 5, 4]
    assert list(curve["share_left"]) == pytest.approx([5 / 6, 4 / 6, 3 / 6])
    found = value(projects.rows(ev), "days_to_first_project", territory="", group="clock=label")
    assert (found["value"], found["n"]) == (30, 6)


def test_progress_to_the_target_is_bounded_by_what_dates_tell(small):
    ev = small(
        {
            "projects": [
                _project("sure", started="2019-06-01"),
                _project("perhaps", started="2020"),  # its middle is after 1 March 2020, its start before
                _project("undated", stage="launched"),
                _project("late", started="2021-06"),
                _project("idea", stage="idea"),
            ]
        },
        more=TARGET,
    )
    found = projects.rows(ev)
    year = value(found, "count_projects_launched", territory="", group="clock=label:1|months=12")
    assert (year["low"], year["value"], year["high"], year["n"], year["flag"]) == (1, 1, 3, 3, "")
    longer = value(found, "count_projects_launched", territory="", group="clock=label:1|months=18")
    assert (longer["low"], longer["value"], longer["high"]) == (1, 2, 3)


def test_no_target_no_progress_and_none_for_one_territory(small):
    rows = [_project("p", started="2019-06-01")]
    assert "count_projects_launched" not in set(projects.rows(small({"projects": rows}))["indicator"])
    found = projects.rows(small({"projects": rows}, more=TARGET))
    assert set(found[found["indicator"] == "count_projects_launched"]["territory"]) == {""}


def test_the_target_is_counted_from_every_possible_start(small):
    events = [
        {"wave": "1", "kind": "start", "date": "2019-05", "title": "Début"},
        {"kind": "start", "date": "2019-09-01", "title": "Début pour tous"},
        {"territory": "a", "kind": "start", "date": "2019-10", "title": "Le sien"},
    ]
    assert target.clocks(small({"events": events}, more=TARGET)) == [
        ("label:1", "2019-03-01"),
        ("start:1", "2019-05"),
        ("start:all", "2019-09-01"),
    ]


STAGE = st.sampled_from(["", "idea", "incubated", "launched", "scaled", "stopped"])
DATE = st.sampled_from(["", "2019", "2019-05", "2019-06-12", "2020-02-01", "2018-01"])
SOME = st.lists(st.tuples(st.sampled_from("abcd"), STAGE, DATE, DATE), min_size=1, max_size=9)


def _drawn(some):
    return [
        _project(f"p{i}", code, stage=stage, incubated=before, started=date)
        for i, (code, stage, before, date) in enumerate(some)
    ]


@settings(max_examples=examples(25))
@given(SOME, st.randoms(use_true_random=False))
def test_row_order_never_matters(some, chance):
    rows = _drawn(some)
    shuffled = chance.sample(rows, len(rows))
    assert same_rows(projects.rows(drawn(projects=rows)), projects.rows(drawn(projects=shuffled)))


@settings(max_examples=examples(25))
@given(SOME)
def test_stages_add_up_and_shares_are_shares(some):
    found = projects.rows(drawn(projects=_drawn(some)))
    counts = found[found["indicator"] == "count_projects"]
    for code, mine in counts.groupby("territory"):
        stages = mine[mine["group"].str.startswith("stage=")]["value"].sum()
        assert stages == mine[mine["group"] == ""]["value"].sum() or code not in {row[0] for row in some}
    shares = found[found["indicator"] == "share_projects_passed"]["value"].dropna()
    assert shares.between(0, 1).all()


WAIT = st.lists(st.tuples(st.integers(0, 900), st.booleans()), min_size=5, max_size=30)


@given(WAIT, st.integers(0, 1200))
def test_an_unfinished_wait_never_shortens_the_median(waits, days):
    before, _ = median(*map(list, zip(*waits, strict=True)))
    after, _ = median(*map(list, zip(*waits, (days, False), strict=True)))
    assert before is None or after is None or after >= before
    assert before is not None or after is None
