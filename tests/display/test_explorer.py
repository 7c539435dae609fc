"""The explorer: what is chosen moves what is seen, and the printed call gives the numbers shown."""

import re
import sys

import pandas as pd
import pytest

import impactkit as ik
from impactkit.display import explorer


@pytest.fixture
def seen(repo, monkeypatch):
    pytest.importorskip("ipywidgets")
    monkeypatch.chdir(repo / "notebooks")
    return ik.explore(ik.load("data/demo").territory("val-d-aubrelle"))


def _again(seen):
    """The printed lines, run as they stand: trajectory, detectable, effect."""
    space = {"ik": ik}
    place, *calls = seen.call.splitlines()
    exec(place, space)
    return [eval(one, space) for one in calls]


def _same(seen):
    path, least, found = _again(seen)
    pd.testing.assert_frame_equal(path, seen.trajectory)
    assert least == seen.detectable
    assert (found.estimate, found.low, found.high, found.p, found.n_comparison) == (
        seen.effect.estimate,
        seen.effect.low,
        seen.effect.high,
        seen.effect.p,
        seen.effect.n_comparison,
    )
    assert found.table.equals(seen.effect.table)


def test_the_printed_call_gives_the_numbers_shown(seen):
    _same(seen)
    told = []
    for name, value in (
        ("rule", "similar"),
        ("after", ("2021", "2023")),
        ("before", ("2015", "2018")),
        ("outcome", "rate_unemployment"),
        ("place", "pays-de-sornevaux"),
    ):
        told.append((seen.call, seen.seen.value))
        getattr(seen, name).value = value
        assert str(value) in seen.call or name == "rule" and "pool='similar'" in seen.call
        _same(seen)
    assert len({call for call, _ in told}) == len({shown for _, shown in told}) == len(told)


def test_it_begins_with_the_plan_and_shows_what_the_kit_draws(seen):
    place = seen.ev.territory("val-d-aubrelle")
    whole = ik.effect(place, "count_jobs_private")
    assert seen.outcome.value == "count_jobs_private"
    assert (seen.before.value, seen.after.value) == (("2014", "2018"), ("2020", "2024"))
    assert (seen.effect.estimate, seen.effect.p) == (whole.estimate, whole.p)
    assert seen.seen.value.count("<svg") + seen.seen.value.count("<img") == 2
    assert seen.call in seen.seen.value and "data/demo" in seen.call
    # The plan of the file is what it was.
    assert "pool" not in place.evaluation.effects


def test_what_cannot_be_estimated_is_said(seen):
    seen.before.value = ("2018", "2018")
    assert seen.effect is None and "deux périodes" in seen.words and seen.words in _text(seen.seen.value)
    seen.after.value = seen.before.value
    assert seen.effect is None and "À faire" in seen.words


def _text(page):
    return re.sub(r"<[^>]*>", "", page).replace("&#x27;", "'")


def test_without_ipywidgets_the_fix_is_said(repo, monkeypatch):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    explorer._widgets.cache_clear()
    with pytest.raises(ik.ImpactkitError, match="ipywidgets") as caught:
        ik.explore(ik.load(repo / "data" / "demo"))
    assert "impactkit[lab]" in caught.value.next
    explorer._widgets.cache_clear()
