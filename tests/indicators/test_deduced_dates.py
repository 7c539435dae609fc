"""A date that was deduced is no date of a source: no duration is told of it."""

import pytest
from small_evaluation import value

import impactkit as ik
from impactkit.evidence import life
from impactkit.indicators import obstacles, projects, roadmap

PROJECT = {"territory": "a", "project": "p", "name": "Un projet", "stage": "launched"}


def words(sentence):
    return "".join(run.text for run in sentence)


def test_days_are_not_counted_from_a_deduced_launch(small):
    said, deduced = (
        small({"projects": [PROJECT | {"started": "2019-10-02", "deduced": cell}]})
        for cell in ("", "started")
    )
    assert value(projects.rows(said), "days_to_first_project", group="clock=label")["value"] == 215
    found = value(projects.rows(deduced), "days_to_first_project", group="clock=label")
    assert found["flag"] == "missing:undated"
    assert "215 jours" in words(life.first_project(said.territory("a")))
    assert not life.first_project(deduced.territory("a"))


def test_a_deduced_launch_may_have_come_before_one_that_is_dated(small):
    dated = PROJECT | {"project": "q", "started": "2020-01-10"}
    ev = small({"projects": [PROJECT | {"started": "2019-10-02", "deduced": "started"}, dated]})
    found = value(projects.rows(ev), "days_to_first_project", group="clock=label")
    assert found["value"] == 315 and found["flag"] == "at-most"


def test_neither_stages_nor_answers_nor_milestones_are_timed_by_a_deduced_date(small):
    stages = PROJECT | {"imagined": "2019-03-01", "incubated": "2019-09-01", "started": "2019-12-01"}
    asked = [
        {"territory": "a", "obstacle": f"o{n}", "rule": "règle", "outcome": "lifted"}
        | {"raised": "2019-05-01", "resolved": f"2019-0{6 + n % 4}-01", "deduced": "resolved" * (n == 0)}
        for n in range(6)
    ]
    planned = {"territory": "a", "milestone": "m", "title": "Un jalon", "version": "1", "status": "done"}
    planned |= {"due": "2020-01-31", "done": "2020-03-01"}
    tables = {"projects": [stages], "obstacles": asked, "milestones": [planned]}
    plain = small(tables)
    deduced = small(
        tables
        | {
            "projects": [stages | {"deduced": "incubated|started"}],
            "milestones": [planned | {"deduced": "done"}],
        }
    )
    step = {"group": "idea>incubated"}
    assert value(projects.rows(plain), "days_between_stages", **step)["value"] == 184
    assert value(projects.rows(deduced), "days_between_stages", **step)["flag"] == "missing:undated"
    assert value(roadmap.rows(plain), "days_milestone_delay")["value"] == 30
    assert not value(roadmap.rows(deduced), "days_milestone_delay")["value"] > 0
    assert value(obstacles.rows(plain), "days_to_resolution")["n"] == 5
    assert value(obstacles.rows(plain), "count_obstacles_undated")["value"] == 1


def test_mayotte_counts_no_days_from_a_year_that_was_deduced(french_impact):
    place = french_impact.territory("mayotte")
    assert "jours" not in str(ik.say(place, about="projects"))
    rows = ik.indicators(french_impact, measure="projects", of=place)
    assert rows[rows["indicator"] == "days_to_first_project"]["value"].isna().all()


@pytest.mark.parametrize(("month", "said"), [("2019-05", "au mois près"), ("2019-05-02", "")])
def test_a_median_says_how_precise_its_dates_are(small, month, said):
    rows = [
        {"territory": "a", "obstacle": f"o{n}", "rule": "règle", "outcome": "lifted"}
        | {"raised": month, "resolved": "2019-09-01"}
        for n in range(6)
    ]
    sentence = words(life.obstacles(small({"obstacles": rows}).territory("a")))
    assert "jours" in sentence and ("près" in sentence) == bool(said) and said in sentence


def test_a_launch_within_the_programme_s_months_is_not_sure_when_deduced(small):
    target = '[target]\nprojects = 1\nmonths = [12]\nwritten = "un"\nsource = "Gazette"\n'
    said, deduced = (
        small({"projects": [PROJECT | {"started": "2019-10-02", "deduced": cell}]}, more=target)
        for cell in ("", "started")
    )
    group = "clock=label:1|months=12"
    told = [
        value(projects.rows(ev), "count_projects_launched", territory="", group=group)
        for ev in (said, deduced)
    ]
    assert [(row["low"], row["value"], row["high"]) for row in told] == [(1, 1, 1), (0, 0, 1)]
