"""What is said of a change beside the ordinary at its size: counted, and told among how many."""

import re

import pytest

import impactkit as ik
from impactkit.evidence import official

CHANGE = "rate_jobs_private_change"


@pytest.fixture(scope="module")
def demo(repo):
    return ik.load(repo / "data" / "demo")


def said(place):
    return "".join(run.text for run in official.ordinary(place, official.JOBS))


def test_what_is_unusual_counts_who_moved_as_far_and_what_is_looked_at(demo):
    place = demo.territory("val-d-aubrelle")
    rows = ik.indicators(demo, measure="context", of=place)
    limits = rows[(rows["indicator"] == CHANGE) & (rows["group"] == "expected=95")].iloc[0]
    own = rows[(rows["indicator"] == CHANGE) & (rows["group"] == "")].iloc[0]
    assert not limits["low"] <= own["value"] <= limits["high"] and limits["n"] == 100
    words = said(place)
    assert "inhabituelle" in words and "Aucune de ces 100 unités ne s’écarte autant" in words
    assert re.search(r"12 territoires et 2 chiffres sont regardés", words) and "sur vingt" in words


def test_what_is_inside_is_not_called_unusual(demo):
    words = [said(place) for place in demo.territories]
    assert sum("inhabituelle" in one for one in words) == 1
    assert sum("rien d’inhabituel" in one for one in words) == len(words) - 1


def test_as_many_as_moved_as_far(demo):
    rows = ik.indicators(demo, measure="context")
    as_far = rows[(rows["indicator"] == "count_as_far") & (rows["group"] == f"on={official.JOBS}")]
    assert len(as_far) == len(demo.territories)
    limits = rows[(rows["indicator"] == CHANGE) & (rows["group"] == "expected=95")].set_index("territory")
    own = rows[(rows["indicator"] == CHANGE) & (rows["group"] == "")].set_index("territory")["value"]
    inside = own.between(limits["low"], limits["high"])
    # The 96th distance of a hundred: four at most lie further.
    assert ((as_far.set_index("territory")["value"] > 4) == inside).all()


def test_the_chart_draws_the_limits_that_are_printed(demo):
    place = demo.territory("val-d-aubrelle")
    chart = ik.chart(place, kind="dispersion", outcome=official.JOBS)
    cells = ["".join(run.text for run in row[1]) for row in chart.data.rows]
    low, high = cells[2], cells[3]
    assert low in said(place) and high in said(place) and low in chart.alt and high in chart.alt
