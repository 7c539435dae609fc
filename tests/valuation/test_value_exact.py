"""Value in small: cases that a hand can count, at the edges of every rule."""

import re
from dataclasses import replace

import numpy as np
import pytest
from invented_effect import effect

import impactkit as ik
from impactkit.effects.results import Detectability
from impactkit.valuation.parameters import (
    ADJUSTMENTS,
    Benefit,
    Cost,
    Project,
    Range,
    projects_of,
    reference_path,
)
from impactkit.valuation.social_return import cost_per_net_job, deadweight_from, together, valued
from impactkit.valuation.uncertainty import Draws
from impactkit.wording.language import FRENCH

NOTHING = {name: Range.of(0.0) for name in ADJUSTMENTS}
FLAT = Range.of(0.0)


def gain(amount, *, start=2026, years=1, **about):
    return Benefit("gain", "insertion", start, years, Range.of(amount), Range.of(1.0), NOTHING, **about)


def spent(amount, year=2026):
    return Cost("dépense", "cost", year, Range.of(amount) if isinstance(amount, float) else amount)


def project(benefits, costs, rate=FLAT, **about):
    return Project("p", "Un projet", tuple(benefits), tuple(costs), 2026, rate, **about)


def test_a_range_without_a_value_is_worth_its_middle():
    assert Range.of(None, 1, 4) == Range(2.5, 1, 4) and Range.of(None, 0, 4).value == 2.0
    assert Range.of(3) == Range(3, 3, 3) and Range.of(3, low=1) == Range(3, 1, 3)
    assert Range.of(1, 1, 2) == Range(1, 1, 2) and Range.of(2, 1, 2) == Range(2, 1, 2)
    for wrong in ((None,), (None, 1), (None, None, 1), (1, 2, 3), (3, 1, 2)):
        with pytest.raises(ValueError, match="range"):
            Range.of(*wrong)


def test_a_share_is_between_nothing_and_all():
    for share in (0.0, 1.0):
        assert replace(gain(1.0), adjustments={name: Range.of(share) for name in ADJUSTMENTS})
    for low, high in ((-0.1, 0.5), (0.5, 1.1)):
        with pytest.raises(ik.NotEnoughData, match="entre 0 et 1"):
            replace(gain(1.0), adjustments=NOTHING | {"leakage": Range.of(None, low, high)})


@pytest.mark.parametrize(
    ("benefits", "costs", "year"),
    [
        ([gain(100.0)], [spent(100.0)], 2026),
        ([gain(99.0)], [spent(100.0)], None),
        ([gain(60.0, years=2)], [spent(100.0)], 2027),
        # Paid back in the first year, in debt again in the second, for good in the third.
        ([gain(120.0), gain(80.0, start=2028)], [spent(100.0), spent(90.0, 2027)], 2028),
        ([gain(120.0)], [spent(100.0), spent(90.0, 2028)], None),
        ([gain(120.0)], [], 2026),
    ],
)
def test_it_is_paid_back_from_then_on(benefits, costs, year):
    assert valued(FRENCH, project(benefits, costs), draws=3).payback == year


def test_less_than_a_euro_spent_is_a_cost_and_none_has_no_ratio():
    small = valued(FRENCH, project([gain(1.0)], [spent(0.5)]), draws=5)
    assert small.ratio == small.ratio_median == 2.0 and small.ratio_range == (2.0, 2.0)
    free = valued(FRENCH, project([gain(1.0)], []), draws=5)
    assert (free.ratio, free.ratio_median, free.ratio_range) == (None, None, None)
    assert free.npv == 1.0 and free.npv_range == (1.0, 1.0) and free.positive == 1.0


def test_costs_that_may_be_nothing_have_no_ratio_in_the_draws():
    draws = Draws(np.array([1.0, 2.0]), np.array([0.0, 1.0]), 0)
    assert draws.ratio is None and draws.ratio_median is None and draws.npv == pytest.approx((1.0, 1.0))
    assert draws.positive == 1.0 and Draws(np.ones(2), np.array([1.0, 0.5]), 0).positive == 0.5
    assert draws.above(1.0) is None


def test_what_is_above_is_the_share_of_draws_below():
    draws = Draws(np.arange(10.0), np.ones(10), 0)
    assert draws.above(3.0) == 0.4 and draws.above(-1.0) == 0.0 and draws.above(1e6) == 1.0
    assert draws.median == 3.5 and draws.npv == pytest.approx((-0.55, 7.55))
    assert draws.ratio == pytest.approx((0.45, 8.55)) and draws.ratio_median == 4.5


def test_deadweight_that_breaks_even():
    half = valued(FRENCH, project([gain(100.0)], [spent(50.0)]), draws=3)
    assert half.break_even == pytest.approx(0.5)
    assert valued(FRENCH, project([gain(100.0)], [spent(100.0)]), draws=3).break_even == 0.0
    assert valued(FRENCH, project([gain(100.0)], [spent(101.0)]), draws=3).break_even is None
    assert valued(FRENCH, project([gain(100.0)], []), draws=3).break_even is None
    # Whatever deadweight it was told to have.
    told = replace(gain(100.0), adjustments=NOTHING | {"deadweight": Range.of(0.4)})
    assert valued(FRENCH, project([told], [spent(25.0)]), draws=3).break_even == pytest.approx(0.75)


def test_amounts_are_brought_to_the_base_year():
    later = project([gain(110.0, start=2027)], [spent(50.0), spent(60.5, 2028)], Range.of(0.1))
    found = valued(FRENCH, later, draws=3)
    assert (found.benefits, found.costs) == pytest.approx((100.0, 100.0))
    assert found.table["discounted"].tolist() == pytest.approx([100.0, 50.0, 50.0])
    assert found.table["year"].tolist() == [2027, 2026, 2028]
    assert found.by_dimension.set_index("dimension").loc["insertion", "benefit"] == pytest.approx(100.0)


def test_every_range_moves_alone_and_the_widest_comes_first():
    wide = replace(gain(100.0), quantity=Range(100.0, 50.0, 150.0, "quantité"))
    cost = spent(Range(60.0, 50.0, 80.0, "coût"))
    swing = valued(FRENCH, project([wide], [cost, spent(5.0)]), draws=3).swing
    assert swing["what"].tolist() == ["quantité", "coût"]
    assert swing[["at_low", "at_high"]].to_numpy().tolist() == [[-15.0, 85.0], [45.0, 15.0]]
    assert swing[["low", "high"]].to_numpy().tolist() == [[50.0, 150.0], [50.0, 80.0]]


def test_a_notebook_shows_cents_of_a_ratio_and_hundreds_of_euros():
    wide = replace(gain(1.0), quantity=Range(12_345.0, 10_000.0, 15_000.0, "quantité"))
    page = valued(FRENCH, project([wide], [spent(10_000.0)]))._repr_html_().replace("\u202f", " ")
    ratio, amount = (
        re.search(rf"{form} \(de {form} à {form}\)", page) for form in (r"\d,\d\d", r"(?:\d )?\d00")
    )
    assert ratio and amount and "100 %" in page and "Volontairement" not in page


def test_a_share_told_once_is_drawn_once():
    """Two benefits that share one deadweight: what one loses, the other gains."""
    shared = NOTHING | {"deadweight": Range(0.5, 0.0, 1.0, "avance")}
    both = [replace(gain(100.0), adjustments=shared), replace(gain(-100.0), adjustments=shared)]
    found = valued(FRENCH, project(both, [spent(10.0)]), draws=50)
    assert found.npv_range == pytest.approx((-10.0, -10.0)) and len(found.swing) == 1


def test_one_project_together_is_itself():
    one = valued(FRENCH, project([gain(100.0, years=2)], [spent(70.0)], refused=("amitié",)), draws=20)
    alone = together(FRENCH, [one], "ensemble")
    assert (alone.name, alone.base, alone.npv, alone.ratio) == ("ensemble", 2026, one.npv, one.ratio)
    assert alone.npv_range == one.npv_range and alone.payback == one.payback == 2026
    assert alone.refused == ("amitié",) and alone.swing.empty and alone.break_even is None
    three = together(FRENCH, [one, one, one], "trois")
    assert three.benefits == 600.0 and three.npv_range == pytest.approx((390.0, 390.0))


def test_projects_of_other_years_or_none_are_not_added():
    one = valued(FRENCH, project([gain(1.0)], [spent(1.0)]), draws=3)
    other = valued(FRENCH, replace(project([gain(1.0)], [spent(1.0)]), base=2025), draws=3)
    for values in ([], [one, other]):
        with pytest.raises(ValueError, match="one base year"):
            together(FRENCH, values, "ensemble")
    with pytest.raises(ValueError, match="draws"):
        together(
            FRENCH,
            [one, one, valued(FRENCH, project([gain(1.0)], [spent(1.0)]), draws=3, seed=1)],
            "ensemble",
        )


def test_shares_of_jobs_are_shares():
    found = valued(FRENCH, project([gain(1.0)], [spent(300.0)]), draws=3)
    assert cost_per_net_job(found, 4, deadweight=0, displacement=0) == 75.0
    assert cost_per_net_job(found, 4, deadweight=0.5, displacement=0.25) == 200.0
    for deadweight, displacement in ((-0.1, 0), (1.1, 0), (0, -0.1), (0, 1.1)):
        with pytest.raises(ValueError, match="between 0 and 1"):
            cost_per_net_job(found, 4, deadweight=deadweight, displacement=displacement)
    for deadweight, displacement in ((1, 0), (0, 1)):
        with pytest.raises(ValueError, match="no net job"):
            cost_per_net_job(found, 4, deadweight=deadweight, displacement=displacement)


def seen(people=1_000, unusual=0.1):
    return Detectability(FRENCH, "count_jobs_private", "a", "percent", unusual, people, 0.8, 0.05, 100)


@pytest.mark.parametrize(
    ("found", "seeing"),
    [
        (effect(), seen(people=None)),
        (effect(), seen(unusual=None)),
        (effect(low=None), seen()),
        (effect(high=None), seen()),
        (effect(people=None), seen()),
    ],
)
def test_a_deadweight_needs_an_interval_and_people(found, seeing):
    with pytest.raises(ik.NotEnoughData) as caught:
        deadweight_from(found, seeing, ambition=5_000)
    assert "contrefactuel" in str(caught.value) or "écart" in str(caught.value)


def test_the_ambition_must_exceed_what_would_look_unusual():
    with pytest.raises(ik.NotEnoughData):
        deadweight_from(effect(), seen(), ambition=1_000)
    found = deadweight_from(effect(), seen(), ambition=1_001)
    assert found.value == 0.0 and found.high == pytest.approx(1 - 200 / 1_001) and found.label
    # Nothing estimated: the whole ambition would have come anyway; its people are those of the design.
    none = deadweight_from(effect(low=-0.1, high=0.1, people=0, estimate=0.0), seen(), ambition=2_000)
    assert (none.value, none.low, none.high) == pytest.approx((1.0, 0.5, 1.0))


def test_a_reference_value_told_for_no_year_is_a_price_and_of_years_a_path():
    path, price, contested = reference_path(FRENCH, "discount", 2026, 3)
    assert path == (1.0, 1.0, 1.0) and price.value == 0.032 and not contested and price.label
    path, price, contested = reference_path(FRENCH, "carbon", 2026, 2)
    assert len(path) == 2 and price == Range.of(1.0) and not contested
    from impactkit.data.catalogue import reference_values

    known = reference_values()
    disputed = known.loc[known["contested"] == "true", "id"].unique()
    assert len(disputed) and all(reference_path(FRENCH, str(code), 2026, 1)[2] for code in disputed)


def valuation(code, item, role, **about):
    return {"territory": "a", "project": code, "item": item, "role": role, **about}


def test_projects_are_read_from_their_rows(small):
    rows = []
    for code in ("p2", "p1"):
        about = {"start": 2027, "dimension": "insertion"}
        rows.append(valuation(code, "gain", "benefit", value=3, price=10, years=2, **about))
        rows.append(valuation(code, "achat", "cost", value=7, start=2026, years=3))
        rows += [valuation(code, "", name, value=0.1) for name in ADJUSTMENTS]
        rows.append(valuation(code, "gain", "deadweight", value=0.4))
        rows.append(valuation(code, "amitié", "not_monetised"))
    rows.append(valuation("p3", "amitié", "not_monetised"))
    place = small({"valuations": rows}).territory("a")
    one, two = projects_of(place)
    assert (one.code, two.code) == ("p1", "p2") and one.base == 2026 and one.refused == ("amitié",)
    (benefit,) = one.benefits
    assert (benefit.start, benefit.years, benefit.path, benefit.euros) == (2027, 2, (), "")
    assert (benefit.quantity.value, benefit.price.value, benefit.contested) == (3, 10, False)
    # The share of an item is its own; the others are those of the project.
    assert benefit.adjustments["deadweight"].value == 0.4
    assert {benefit.adjustments[name].value for name in ADJUSTMENTS[1:]} == {0.1}
    assert [(cost.year, cost.amount.value) for cost in one.costs] == [(2026, 7), (2027, 7), (2028, 7)]
    # One row of three years is one amount: drawn once.
    assert len({id(cost.amount) for cost in one.costs}) == 1 and one.rate.value == 0.032
