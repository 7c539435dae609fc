"""Looks and families in small: exact cases that a hand can count."""

import edge_world
import numpy as np
import pytest

import impactkit as ik
from impactkit.effects import family
from impactkit.effects.design import Design
from impactkit.effects.family import step_down
from impactkit.effects.looks import LEVEL, Look, Schedule, boundaries, histories, schedule
from impactkit.effects.programmes import OtherProgramme, programmes
from impactkit.effects.yardstick import pool_of, seen_from

YEARS = ("2020", "2021", "2022")


def design(periods, first_after):
    """Four units that stand still, over some periods."""
    before = tuple(at for at, period in enumerate(periods) if period < first_after)
    after = tuple(at for at, period in enumerate(periods) if period >= first_after)
    values = np.zeros((4, len(periods)))
    return Design(tuple("abcd"), tuple(periods), values, before, after, np.ones(4), ("",) * 4, "log")


def yearly(last):
    return design([str(year) for year in range(2016, last + 1)], "2020")


def quarterly(last, first="2019-Q3"):
    quarters = [f"{year}-Q{quarter}" for year in range(2017, 2023) for quarter in range(1, 5)]
    return design([quarter for quarter in quarters if quarter <= last], first)


def test_without_a_plan_one_look_spends_everything():
    alone = schedule(yearly(2021), ())
    assert alone == Schedule((Look(5, 1.0, 1, True),), 1)
    assert alone.present == Look(5, 1.0) and alone.spent() == (LEVEL,) == (0.05,)


def test_each_planned_look_has_its_rank_its_time_and_what_it_spent():
    looks = schedule(yearly(2022), YEARS)
    assert looks.looks == (Look(4, 1 / 3, 1), Look(5, 2 / 3, 2), Look(6, 1.0, 3))
    assert looks.foreseen == 3 and looks.present.rank == 3
    assert looks.spent(0.09) == pytest.approx((0.01, 0.04, 0.09))
    assert schedule(yearly(2021), YEARS).looks == looks.looks[:2]


def test_a_look_that_was_not_foreseen_comes_after_those_that_were():
    looks = schedule(yearly(2021), ("2020", "2022"))
    assert looks.looks == (Look(4, 1 / 3, 1), Look(5, 2 / 3, 2, False)) and looks.foreseen == 2
    # No look of the plan has come yet.
    assert schedule(yearly(2020), ("2022",)).looks == (Look(4, 1 / 3, 1, False),)


def test_an_edition_after_the_last_planned_look_spends_no_more_than_all():
    looks = schedule(yearly(2023), YEARS)
    assert looks.present == Look(7, 1.0, 4, False)
    assert [look.elapsed for look in looks.looks] == pytest.approx([1 / 3, 2 / 3, 1.0, 1.0])


def test_a_plan_of_one_look_spends_everything_at_it():
    assert schedule(yearly(2020), ("2020",)) == Schedule((Look(4, 1.0, 1, True),), 1)


def test_a_year_of_quarters_ends_with_its_fourth():
    """From the third quarter of 2019 to the end of 2021 there are ten."""
    looks = schedule(quarterly("2020-Q4"), ("2019", "2020", "2021"))
    assert [look.elapsed for look in looks.looks] == pytest.approx([0.2, 0.6])
    assert [look.last for look in looks.looks] == [11, 15] and looks.present.planned
    amid = schedule(quarterly("2020-Q2"), ("2019", "2020", "2021"))
    assert amid.looks == (Look(11, 0.2, 1), Look(13, 0.4, 2, False))
    whole = schedule(quarterly("2020-Q4", first="2020-Q1"), ("2020", "2021"))
    assert whole.looks == (Look(15, 0.5, 1),)


def test_a_boundary_is_the_distance_of_the_last_unit_that_may_cross():
    """39 units: at 2.5 % none may cross, at 5 % one, at 10 % three."""
    first = np.arange(1.0, 40.0)
    assert boundaries(first[:, None], [0.024]) == [None]
    assert boundaries(first[:, None], [0.025]) == [39.0]
    assert boundaries(first[:, None], [0.05]) == [38.0]
    # The unit that crossed first crosses no more, and is counted once.
    second = first[::-1]
    assert boundaries(np.column_stack([first, second]), [0.05, 0.10]) == [38.0, 37.0]
    # Nothing is left to cross.
    assert boundaries(np.column_stack([first, first]), [0.05, 0.975]) == [38.0, 1.0]
    assert boundaries(np.column_stack([first, first]), [0.05, 1.0]) == [38.0, 0.0]
    assert boundaries(first[:, None], [1.1]) == [0.0]


def test_a_unit_that_stands_still_never_crosses():
    still = np.column_stack([np.zeros(19), np.arange(1.0, 20.0)])
    assert boundaries(still, [0.05, 0.10]) == [0.0, 18.0]


def test_a_history_is_the_mean_gap_as_it_stood():
    paths = np.array([[9.0, 9.0, 9.0, 9.0, 1.0, 3.0, 8.0], [9.0, 9.0, 9.0, 9.0, -2.0, 0.0, 5.0]])
    looks = schedule(yearly(2022), YEARS)
    assert histories(yearly(2022), paths, looks).tolist() == [[1.0, 2.0, 4.0], [-2.0, -1.0, 1.0]]


def test_the_step_down_stops_at_the_first_gap_that_fails():
    """79 units whose distances are 1 to 79, all of one size: of two tests, the first is asked for 2.5 %,
    the second for 5 %.
    """
    pool = pool_of(np.arange(1.0, 80.0)[:, None], np.full(79, np.log(4000)), "points", "epci", (0.05,))
    stick = seen_from(pool, float(np.log(4000)), None)
    sticks = {"a": stick, "b": stick}
    both = step_down(sticks, {"a": 77.5, "b": -78.5})
    assert both["b"].passed and both["a"].passed
    assert (both["a"].p, both["b"].p) == pytest.approx((3 / 80, 2 / 80))
    assert (both["a"].adjusted, both["b"].adjusted) == pytest.approx((4 / 80, 4 / 80))
    assert {test.tests for test in both.values()} == {2} and both["a"].rule == "rank"
    # 77.5 alone would have passed; beside one that fails, and comes first, it does not.
    neither = step_down(sticks, {"a": 77.5, "b": 77.9})
    assert not neither["a"].passed and not neither["b"].passed
    # 50 is beaten by 30 units: of p 31 / 80 counted twice; no p is more than one.
    far = step_down(sticks, {"a": 79.5, "b": 10.5})
    assert far["a"].passed and not far["b"].passed
    assert far["b"].adjusted == pytest.approx(70 / 80)
    none = step_down(sticks, {"a": 1.5, "b": 2.5})
    assert none["a"].adjusted == none["b"].adjusted == 1.0


NOISE = np.random.default_rng(3).normal(0, 0.02, (60, 40))


def drifting(unit, year):
    return (1000 + 20 * unit) * np.exp(NOISE[unit, : year - 1999].sum())


def test_the_family_of_a_territory_is_every_one_that_has_a_test(tmp_path):
    place = edge_world.place(tmp_path / "e", drifting)
    ev, other = place.evaluation, place.evaluation.territory("bac")
    kind = "unit"
    assert [member.code for member in family.tested(ev, "count_boats", kind)] == ["gue", "bac"]
    assert family.tested(ev, "count_boats", "epci") == ()
    assert family.tests_of(place, "count_boats") == family.tests_of(other, "count_boats") == 2
    counted = {one.code: family.family_test(one, "count_boats") for one in (place, other)}
    assert all(test.tests == 2 for test in counted.values())
    gaps = {one.code: ik.effect(one, "count_boats").estimate for one in (place, other)}
    least = min(counted, key=lambda code: counted[code].p)
    assert abs(gaps[least]) == max(map(abs, gaps.values()))
    assert family.looks_of(place, "count_boats") == Schedule((Look(12, 1.0),))


def test_what_a_fifth_of_the_gaps_lie_beyond_is_the_usual_power(tmp_path):
    place = edge_world.place(tmp_path / "e", drifting)
    usual = family.yardstick(place, "count_boats")
    assert usual.spread == family.yardstick(place, "count_boats", power=0.8).spread
    assert usual.spread == pytest.approx((np.quantile(usual.near, 0.8) - np.quantile(usual.near, 0.2)) / 2)
    assert usual.half == family.yardstick(place, "count_boats", level=0.05).half


def test_a_territory_without_a_test_is_in_no_family(tmp_path):
    place = edge_world.place(tmp_path / "e", drifting, units=12)
    assert family.tested(place.evaluation, "count_boats", "unit") == ()
    assert family.family_test(place, "count_boats") is None and family.tests_of(place, "count_boats") == 1


def test_a_programme_of_the_last_year_is_in_force_whatever_its_month(small):
    events = [
        {"territory": "a", "kind": "other_programme", "date": date, "title": f"plan {date}"}
        for date in ("2020-11", "2018", "2021-01")
    ]
    place = small({"events": events}).territory("a")
    assert [one.name for one in programmes(place, "2020")] == ["plan 2020-11", "plan 2018"]
    assert [one.name for one in programmes(place, "2020-Q1")] == ["plan 2020-11", "plan 2018"]
    assert len(programmes(place)) == 3


def test_a_programme_is_elsewhere_only_where_somebody_says_so():
    plan = OtherProgramme("plan", units=frozenset("ab"))
    assert plan.separated("bc") and not plan.separated("c") and not OtherProgramme("plan").separated("a")
    assert OtherProgramme("plan", everywhere=True).separated("")
