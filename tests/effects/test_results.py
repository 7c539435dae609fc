"""Each estimator gives a result of its own class, whose figures have names that are documented."""

import dataclasses
import re

import pandas as pd
import pytest

import impactkit as ik
from impactkit.effects import results

JOBS = "count_jobs_private"
SOLD = {"a": (10, 11, 14, 15), "b": (20, 21, 22, 23), "c": (30, 31, 32, 33), "d": (40, 41, 42, 43)}


def panel():
    rows = [
        (unit, year, value) for unit, values in SOLD.items() for year, value in enumerate(values, start=1)
    ]
    frame = pd.DataFrame(rows, columns=["unit", "year", "sales"])
    frame["since"] = frame["unit"].map({"a": 3}).fillna(0)
    return ik.Panel.from_frame(frame, unit="unit", period="year", outcome="sales", first_treated="since")


MADE = {
    results.TerritoryEffect: lambda ev: ik.effect(ev.territory("val-d-aubrelle"), JOBS),
    results.ProgrammeEffect: lambda ev: ik.programme_effect(ev, JOBS),
    results.SyntheticEffect: lambda ev: ik.synthetic(panel(), unit="a", objective="difference"),
    results.GroupTimeEffect: lambda ev: ik.group_time(panel(), aggregate="event"),
}


@pytest.mark.parametrize("kind", MADE, ids=lambda kind: kind.__name__)
def test_an_estimator_gives_its_own_result(kind):
    made = MADE[kind](ik.load())
    assert type(made) is kind and isinstance(made, ik.Effect)
    assert made.estimate is not None and repr(made).startswith(f"Effect({made.outcome}")
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.estimate = 0.0


@pytest.mark.parametrize("kind", MADE, ids=lambda kind: kind.__name__)
def test_every_figure_of_a_result_is_documented(kind):
    inherited = {field.name for field in dataclasses.fields(results.Effect)}
    own = {field.name for field in dataclasses.fields(kind)} - inherited - {"place"}
    words = set(re.findall(r"`(\w+)`", kind.__doc__))
    assert own <= words, own - words


def test_of_a_refused_estimate_no_figure_is_given():
    ev = ik.load()
    refused = [ik.effect(place, JOBS) for place in ev.territories if place.status == "candidate"]
    assert refused
    for effect in refused:
        assert effect.refused and effect.estimate is effect.gap is effect.people is effect.comparison is None
        assert not effect.weights and effect.place in ev.territories
