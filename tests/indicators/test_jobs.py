"""Jobs, their targets as written, and what they cost."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_evaluation import drawn, same_rows, value
from tiers import examples

from impactkit.indicators import jobs, outcomes


def _jobs(project, actual="", **rest):
    return {"territory": "a", "project": project, "actual": actual, **rest}


def test_the_latest_figure_of_each_project_is_summed(small):
    ev = small(
        {
            "jobs": [
                _jobs("p1", 2, as_of="2020"),
                _jobs("p1", 5, as_of="2021", fte="4.5"),
                _jobs("p1", "", as_of="2022"),  # told again without a figure: the last figure stands
                _jobs("p2", 3, as_of="2020-06", insertion="true"),
            ]
        }
    )
    found = jobs.rows(ev)
    assert value(found, "count_jobs")["value"] == 8
    assert value(found, "count_jobs")["as_of"] == "2021"
    assert (value(found, "count_jobs_fte")["value"], value(found, "count_jobs_fte")["n"]) == (4.5, 1)
    assert value(found, "count_jobs", territory="b")["flag"] == "missing:not-searched"


def test_insertion_is_a_share_only_from_twenty_jobs(small):
    few = [_jobs("p1", 12, insertion="true"), _jobs("p2", 7, insertion="false")]
    found = jobs.rows(small({"jobs": few}))
    assert value(found, "count_jobs_insertion")["value"] == 12
    assert value(found, "share_jobs_insertion")["flag"] == "missing:too-few"
    # A project that does not say counts for neither.
    more = [*few, _jobs("p3", 1, insertion="false"), _jobs("p4", 40)]
    found = value(jobs.rows(small({"jobs": more})), "share_jobs_insertion")
    assert (found["value"], found["n"]) == (0.6, 20)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("une dizaine", "missing:in-words"),
        ("10", "missing:too-few"),
        ("environ 40", "missing:in-words"),
        ("40", 0.25),
    ],
)
def test_a_target_stays_as_it_is_written(small, target, expected):
    ev = small({"jobs": [_jobs("p1", "", target=target, as_of="2019"), _jobs("p1", 10, as_of="2021")]})
    found = value(jobs.rows(ev), "share_jobs_target")
    assert found["value"] == expected or (found["flag"] == expected and math.isnan(found["value"]))


def test_cost_per_job_is_over_projects_that_tell_both(small):
    projects = [
        {"project": code, "territory": "a", "name": code, "yearly_cost": cost}
        for code, cost in (("p1", 100_000), ("p2", 20_000), ("p3", ""), ("p4", 50_000))
    ]
    rows = [_jobs("p1", 4), _jobs("p2", 0), _jobs("p3", 7)]
    found = value(jobs.rows(small({"projects": projects, "jobs": rows})), "amount_cost_per_job")
    assert (found["value"], found["n"]) == (25_000, 1)


@settings(max_examples=examples(25))
@given(
    st.lists(
        st.tuples(st.sampled_from("pqr"), st.sampled_from(["2019", "2020", "2021"]), st.integers(0, 50)),
        unique_by=lambda row: row[:2],
    ),
    st.randoms(use_true_random=False),
)
def test_row_order_never_matters(some, chance):
    rows = [_jobs(project, actual, as_of=day) for project, day, actual in some]
    assert same_rows(jobs.rows(drawn(jobs=rows)), jobs.rows(drawn(jobs=chance.sample(rows, len(rows)))))


def test_results_are_counted_by_dimension_and_charges_added(small):
    rows = [
        {
            "territory": "a",
            "project": "p",
            "dimension": dimension,
            "what": what,
            "charge": charge,
            "as_of": day,
        }
        for dimension, what, charge, day in (
            ("pedagogical", "ateliers", 4000, "2020"),
            ("pedagogical", "ateliers", 5000, "2021"),
            ("pedagogical", "visites", "", "2021"),
            ("insertion", "parcours", 1000, "2021"),
        )
    ]
    found = outcomes.rows(small({"project_outcomes": rows}))
    assert value(found, "count_project_outcomes")["value"] == 3
    assert (value(found, "amount_charges")["value"], value(found, "amount_charges")["n"]) == (6000, 2)
    assert value(found, "amount_charges", group="dimension=pedagogical")["value"] == 5000
    assert value(found, "amount_charges", territory="b")["flag"] == "missing:not-searched"
