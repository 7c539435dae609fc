"""The explorer: what is chosen moves what is explored, and the printed call gives the numbers shown."""

import re
import sys

import pandas as pd
import pytest

import impactkit as ik
from impactkit.display import explorer


@pytest.fixture
def explored(repo, monkeypatch):
    pytest.importorskip("ipywidgets")
    monkeypatch.chdir(repo / "notebooks")
    return ik.explore(ik.load("data/demo").territory("val-d-aubrelle"))


def _again(explored):
    """The printed lines, run as they stand: trajectory, detectable, effect."""
    space = {"ik": ik}
    place, *calls = explored.call.splitlines()
    exec(place, space)
    return [eval(one, space) for one in calls]


def _same(explored):
    path, least, found = _again(explored)
    pd.testing.assert_frame_equal(path, explored.trajectory)
    assert least == explored.detectable
    assert (found.estimate, found.low, found.high, found.p, found.n_comparison) == (
        explored.effect.estimate,
        explored.effect.low,
        explored.effect.high,
        explored.effect.p,
        explored.effect.n_comparison,
    )
    assert found.table.equals(explored.effect.table)


def test_the_printed_call_gives_the_numbers_shown(explored):
    _same(explored)
    told = []
    for name, value in (
        ("rule", "similar"),
        ("after", ("2021", "2023")),
        ("before", ("2015", "2018")),
        ("outcome", "rate_unemployment"),
        ("place", "pays-de-sornevaux"),
    ):
        told.append((explored.call, explored.seen.value))
        getattr(explored, name).value = value
        assert str(value) in explored.call or name == "rule" and "pool='similar'" in explored.call
        _same(explored)
    assert len({call for call, _ in told}) == len({shown for _, shown in told}) == len(told)


def test_it_begins_with_the_plan_and_shows_what_the_kit_draws(explored):
    place = explored.ev.territory("val-d-aubrelle")
    whole = ik.effect(place, "count_jobs_private")
    assert explored.outcome.value == "count_jobs_private"
    assert (explored.before.value, explored.after.value) == (("2014", "2018"), ("2020", "2024"))
    assert (explored.effect.estimate, explored.effect.p) == (whole.estimate, whole.p)
    assert explored.seen.value.count("<svg") + explored.seen.value.count("<img") == 2
    assert explored.call in explored.seen.value and "data/demo" in explored.call
    # The plan of the file is what it was.
    assert "pool" not in place.evaluation.effects


def test_what_cannot_be_estimated_is_said(explored):
    explored.before.value = ("2018", "2018")
    assert (
        explored.effect is None
        and "deux périodes" in explored.words
        and explored.words in _text(explored.seen.value)
    )
    explored.after.value = explored.before.value
    assert explored.effect is None and "À faire" in explored.words


def _text(page):
    return re.sub(r"<[^>]*>", "", page).replace("&#x27;", "'")


def test_without_ipywidgets_the_fix_is_said(repo, monkeypatch):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    explorer._widgets.cache_clear()
    with pytest.raises(ik.ImpactkitError, match="ipywidgets") as caught:
        ik.explore(ik.load(repo / "data" / "demo"))
    assert "impactkit[lab]" in caught.value.next
    explorer._widgets.cache_clear()
