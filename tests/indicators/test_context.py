"""The territory among comparable ones: who they are, what is said of many, of few, of none."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiers import examples

import impactkit as ik
from impactkit.data import geography
from impactkit.indicators.rows import COLUMNS, KEY
from impactkit.indicators.trajectory import middle


def _rows(french_impact, code):
    rows = ik.indicators(french_impact, measure="context", of=french_impact.territory(code))
    return rows.set_index(["indicator", "group", "period"]).sort_index()


def test_every_row_has_the_one_shape(french_impact):
    rows = ik.indicators(french_impact)
    assert tuple(rows.columns) == COLUMNS
    assert not rows.duplicated(KEY).any()
    # The rows of no territory are the programme's.
    assert set(rows["territory"]) == {place.code for place in french_impact.territories} | {""}
    missing = rows["value"].isna()
    assert rows[missing]["flag"].str.startswith("missing:").all()
    assert not rows[~missing]["flag"].str.startswith("missing:").any()
    assert (rows[~missing]["source"] != "").all()


def test_valence_romans_on_its_fixed_ground(french_impact):
    rows = _rows(french_impact, "valence-romans")
    population = rows.loc[("count_population", "")]["value"]
    # 220,156 is also the figure of the list of EPCI; files that repeat it on later communes say 219,644.
    assert population.to_dict() == {
        "2016": 220156,
        "2019": 223826,
        "2020": 223630,
        "2022": 224841,
        "2023": 226240,
    }
    change = rows.loc[("rate_population_change", "", "2016/2023")]
    assert math.isclose(change["value"], 226240 / 220156 - 1)
    half = rows.loc[("rate_population_change", "comparable=median", "2016/2023")]
    assert half["low"] < half["value"] < half["high"] and half["n"] >= 8
    assert rows.loc[("count_comparable", "", "2019"), "value"] == half["n"]


def test_under_eight_there_is_a_list_and_no_median(french_impact):
    rows = _rows(french_impact, "nantes-metropole")
    change = rows.loc["rate_population_change"].reset_index()
    listed = change[change["group"].str.startswith("comparable=")]
    assert "comparable=median" not in set(listed["group"])
    assert 0 < len(listed) < 8 and len(listed) == rows.loc[("count_comparable", "", "2019"), "value"]
    assert set(rows.loc["index_population"].reset_index()["group"]) == {""}


def test_none_is_said(french_impact):
    rows = _rows(french_impact, "lyon-metropole")
    assert rows.loc[("count_comparable", "", "2019"), "value"] == 0
    assert rows.loc["rate_population_change"].reset_index()["group"].tolist() == [""]


def test_mayotte_has_one_census_and_no_change(french_impact):
    rows = _rows(french_impact, "mayotte")
    assert rows.loc[("count_population", "")]["value"].to_dict() == {"2017": 256518}
    assert rows.loc[("rate_population_change", "", ""), "flag"] == "missing:one-period"
    assert ik.trajectory(french_impact.territory("mayotte")).empty


@pytest.mark.parametrize("code", ["genevois-innovales", "territoire-olympique-2024"])
def test_without_a_perimeter_nothing_is_measured(french_impact, code):
    place = french_impact.territory(code)
    rows = _rows(french_impact, code)
    assert rows["value"].isna().all() and set(rows["flag"]) == {"missing:no-perimeter"}
    assert place.communes == frozenset() and ik.trajectory(place).empty
    with pytest.raises(ik.NotEnoughData) as caught:
        ik.comparable(place)
    assert "perimeters.csv" in caught.value.next


def test_nobody_comparable_is_touched_by_the_programme(french_impact, territory_code):
    territory = french_impact.territory(territory_code)
    if not territory.perimeter:
        with pytest.raises(ik.NotEnoughData):
            ik.comparable(territory)
        return
    labelled = frozenset().union(*(labelled.communes for labelled in french_impact.territories))
    units = ik.comparable(territory)
    assert (units["comparable"] == (units["reason"] == "")).all()
    rows = ik.indicators(french_impact, measure="context", of=territory)
    rows = rows[(rows["indicator"] == "count_population") & (rows["group"] == "")]
    population = rows.set_index("period")["value"]
    for unit, size in units[units["comparable"]][["unit", "size"]].itertuples(index=False):
        assert population["2019"] / 2 <= size <= population["2019"] * 2
        if territory.family != "commune":
            ground = geography.communes_of(territory.family, unit, vintage=french_impact.vintage)
            assert not ground & labelled, unit


def test_the_reason_of_each_absence_is_said(french_impact):
    reasons = ik.comparable(french_impact.territory("valence-romans")).set_index("unit")["reason"]
    assert reasons["200068781"] == "labelled"
    assert reasons["200093201"] == "overlapping"  # Lille holds Roubaix
    assert reasons["243300316"] == "nested"  # Bordeaux lies in Nouvelle-Aquitaine
    assert reasons["200011773"] == "candidate"  # Annemasse may be InnoVales'
    assert reasons["200041507"] == "overseas"
    expected = {"", "labelled", "nested", "overlapping", "candidate", "overseas", "smaller", "larger"}
    assert set(reasons) == expected


@given(st.lists(st.floats(-1, 1), min_size=8, max_size=60), st.randoms())
@settings(max_examples=examples(60))
def test_the_middle_half_does_not_depend_on_the_order(values, random):
    import pandas as pd

    low, median, high = middle(pd.Series(values))
    shuffled = values[:]
    random.shuffle(shuffled)
    assert (low, median, high) == middle(pd.Series(shuffled))
    assert low <= median <= high
    assert sum(low <= one <= high for one in values) * 2 >= len(values)


def test_an_unknown_measure_is_offered_its_nearest(french_impact):
    with pytest.raises(ik.UnknownName) as caught:
        ik.indicators(french_impact, measure="job")
    assert "`jobs`" in caught.value.next


def test_dates_closer_than_five_years_are_not_compared(french_impact, monkeypatch):
    from impactkit.data import series
    from impactkit.indicators import trajectory

    place = french_impact.territory("valence-romans")
    told = series.of_territory(place, "count_population")
    monkeypatch.setattr(series, "of_territory", lambda place, outcome: told[told["period"] >= "2019"])
    trajectory._trajectory.cache_clear()
    assert ik.trajectory(place).empty
    trajectory._trajectory.cache_clear()
