"""Value: a worked case to the cent, adjustments that must all be there, ranges that move the right way."""

import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from invented_effect import effect

import impactkit as ik
from impactkit.effects.results import Detectability
from impactkit.valuation.parameters import (
    ADJUSTMENTS,
    Benefit,
    Cost,
    Project,
    Range,
    discount_rate,
    reference_path,
)
from impactkit.valuation.social_return import cost_per_net_job, deadweight_from, together, valued
from impactkit.wording.language import FRENCH

SHARES = {"deadweight": 0.3, "attribution": 0.2, "displacement": 0.1, "leakage": 0.0, "drop_off": 0.25}


def plain(shown):
    """What is shown, its fine spaces set aside."""
    return str(shown).replace("\u202f", " ").replace("« ", "«").replace(" »", "»")


def project(shares=SHARES, **about):
    adjustments = {name: Range.of(share) for name, share in shares.items()}
    carbon, one, _ = reference_path(FRENCH, "carbon", 2026, 3)
    benefits = (
        Benefit("CO2e", "environmental", 2026, 3, Range.of(40), one, adjustments, carbon),
        Benefit("emplois", "insertion", 2026, 3, Range.of(2), Range.of(18_000), adjustments),
    )
    costs = tuple(
        Cost("dépenses", "cost", 2026 + at, Range.of(amount))
        for at, amount in enumerate((30_000, 5_000, 5_000))
    )
    return Project("p", "Un projet", benefits, costs, 2026, discount_rate(FRENCH), **about)


def test_the_worked_case_to_the_cent():
    """40 t of CO2e a year for three years from 2026, and 2 jobs of 18,000 euros a year each; costs 30,000,
    5,000 and 5,000. Deadweight 30 %, attribution 20 %, displacement 10 %, leakage 0: .7 x .8 x .9 = .504.
    Drop-off 25 % a year from the second year. Rate 3.2 %, 2026 undiscounted.

    2026: (40 x 264.5 + 36,000) x .504                  = 46,580 x .504           = 23,476.32
    2027: (40 x 272.9 + 36,000) x .504 x .75 / 1.032    = 17,734.248 / 1.032      = 17,184.35
    2028: (40 x 281.7 + 36,000) x .504 x .5625 / 1.032^2 = 13,400.478 / 1.065024  = 12,582.32
    benefits 53,242.99; costs 30,000 + 5,000 / 1.032 + 5,000 / 1.065024 = 39,539.69
    net present value 13,703.30; ratio 1.3466
    """
    found = valued(FRENCH, project())
    told = found.table.groupby(["role", "year"])["discounted"].sum().round(2)
    assert told["benefit"].tolist() == [23_476.32, 17_184.35, 12_582.32]
    assert (round(found.benefits, 2), round(found.costs, 2)) == (53_242.99, 39_539.69)
    assert round(found.npv, 2) == 13_703.30 and round(found.ratio, 4) == 1.3466
    # 23,476 in the first year are not yet 30,000; with the second, 40,661 are more than 34,845.
    assert found.payback == 2027
    # Benefits are 53,242.99 / .7 without deadweight: equal to costs when 48 % of them are taken away.
    assert found.break_even == pytest.approx(1 - 39_539.69 / (53_242.99 / 0.7), abs=1e-6)
    assert found.npv_range == pytest.approx((found.npv, found.npv), rel=1e-12)


@pytest.mark.parametrize("name", ADJUSTMENTS)
def test_an_adjustment_that_is_missing_is_refused_by_its_name(name):
    words = {
        "deadweight": "serait advenu",
        "attribution": "d’autres",
        "displacement": "déplacement",
        "leakage": "fuite",
        "drop_off": "essoufflement",
    }
    with pytest.raises(ik.NotEnoughData, match=words[name]):
        project({key: share for key, share in SHARES.items() if key != name})
    with pytest.raises(ik.NotEnoughData, match="entre 0 et 1"):
        project(SHARES | {name: 1.2})


@given(
    st.fixed_dictionaries({name: st.floats(0, 0.9) for name in ADJUSTMENTS}),
    st.sampled_from(ADJUSTMENTS),
    st.floats(0.01, 0.1),
)
def test_more_of_any_adjustment_is_less_value(shares, name, more):
    less = valued(FRENCH, project(shares), draws=10)
    moved = valued(FRENCH, project(shares | {name: shares[name] + more}), draws=10)
    assert moved.npv < less.npv and moved.ratio < less.ratio and moved.costs == less.costs


def test_ranges_are_drawn_the_same_every_time_and_hold_the_value():
    wide = project()
    jobs = replace(
        wide.benefits[1], quantity=Range.of(2, 1, 3, "emplois"), price=Range.of(18_000, 9_000, 20_000)
    )
    wide = replace(wide, benefits=(wide.benefits[0], jobs))
    one, two = valued(FRENCH, wide, seed=3), valued(FRENCH, wide, seed=3)
    assert one.npv_range == two.npv_range and one.npv_range != valued(FRENCH, wide, seed=4).npv_range
    assert one.npv_range[0] < one.npv < one.npv_range[1]
    assert one.ratio_range[0] < one.ratio < one.ratio_range[1]
    # Widest first, the ends as when only that one moves.
    assert one.swing["what"].tolist()[0] == "emplois" and len(one.swing) == 2
    fewer = replace(wide, benefits=(wide.benefits[0], replace(jobs, quantity=Range.of(1))))
    assert one.swing["at_low"].iloc[0] == pytest.approx(valued(FRENCH, fewer).npv)


def test_projects_together_add_their_parts_and_never_average_ratios():
    small, large = valued(FRENCH, project()), valued(FRENCH, replace(project(), costs=project().costs * 3))
    both = together(FRENCH, [small, large], "ensemble")
    assert both.benefits == small.benefits + large.benefits and both.costs == small.costs + large.costs
    assert both.ratio == pytest.approx(both.benefits / both.costs)
    assert both.ratio != pytest.approx((small.ratio + large.ratio) / 2, abs=1e-3)
    with pytest.raises(ValueError, match="draws"):
        together(FRENCH, [small, valued(FRENCH, project(), seed=9)], "ensemble")


def test_the_reference_option_is_taken_away():
    spared = (Cost("collecte actuelle", "reference_cost", 2026, Range.of(4_000)),)
    lost = (Cost("revente actuelle", "reference_benefit", 2026, Range.of(1_000)),)
    found, plain = (
        valued(FRENCH, project(reference_costs=spared, reference_benefits=lost)),
        valued(FRENCH, project()),
    )
    assert found.costs == pytest.approx(plain.costs - 4_000)
    assert found.benefits == pytest.approx(plain.benefits - 1_000)
    assert found.table["discounted"].where(found.table["role"] == "benefit").sum() == pytest.approx(
        found.benefits
    )


def seen(people):
    return Detectability(FRENCH, "count_jobs_private", "a", "percent", 0.1, people, 0.8, 0.05, 100)


def test_deadweight_comes_from_the_counterfactual_only_when_the_ambition_could_be_seen():
    found = deadweight_from(effect(), seen(1_000), ambition=2_000)
    assert (found.value, found.low, found.high) == pytest.approx((0.4, 0.0, 0.9))
    with pytest.raises(ik.NotEnoughData, match=r"10\b.*1.000"):
        deadweight_from(effect(), seen(1_000), ambition=10)
    with pytest.raises(ik.NotEnoughData, match="aucun écart"):
        deadweight_from(effect(estimate=None, low=None, high=None, people=None), seen(None), ambition=10)


def test_a_net_job_costs_more_than_a_job():
    found = valued(FRENCH, project())
    assert cost_per_net_job(found, 2, deadweight=0.3, displacement=0.1) == pytest.approx(
        39_539.69 / 1.26, abs=0.01
    )
    with pytest.raises(ValueError, match="no net job"):
        cost_per_net_job(found, 2, deadweight=1, displacement=0)


def test_reference_values_are_versioned_and_sourced():
    from impactkit.data.catalogue import reference_values

    told = reference_values()
    assert told["source"].ne("").all() and discount_rate(FRENCH).value == 0.032
    path, _, _ = reference_path(FRENCH, "carbon", 2026, 3)
    assert path == (264.5, 272.9, 281.7)
    latest = told[(told["id"] == "carbon") & (told["version"] == "2025")].set_index("year")["value"]
    assert latest["2030"] == 300 and round(latest["2050"]) == 563
    assert {"2019", "2025"} <= set(told["version"])
    # The path of 2019, as it was published and no further: euros of 2018 a ton.
    before = told[(told["id"] == "carbon") & (told["version"] == "2019")].set_index("year")
    assert before["value"].to_dict() == {"2018": 54, "2030": 250, "2040": 500, "2050": 775}
    assert (before["euros"] == "2018").all()
    # A contested cost is a range, never a figure.
    assert told.loc[told["contested"] == "true", "value"].isna().all()
    with pytest.raises(ik.NotEnoughData, match="2051"):
        reference_path(FRENCH, "carbon", 2049, 4)
    with pytest.raises(ik.NotEnoughData, match="carbon, discount"):
        reference_path(FRENCH, "inconnue", 2026, 1)


@pytest.fixture
def demo(repo, tmp_path):
    return shutil.copytree(repo / "data" / "demo", tmp_path / "demo")


def test_the_demo_values_a_project_and_refuses_to_price_friendship(demo):
    place = ik.load(demo).territory("val-d-aubrelle")
    (found,) = ik.value(place)
    assert found.ratio_range[0] < found.ratio < found.ratio_range[1] and found.refused
    told = found.by_dimension.set_index("dimension")
    assert told.loc["environmental", "benefit"] > 0 and told.loc["insertion", "charge"] > 0
    words = str(ik.say(place, about="value"))
    assert "pour un euro engagé" in words and "ne sont pas mis en euros" in words
    assert not ik.say(ik.load(demo).territory("merinval"), about="value")


def test_the_draws_speak_first_and_the_central_value_is_named_as_such(demo):
    """The central value is what all central hypotheses give, and not the middle of the draws."""
    place = ik.load(demo).territory("val-d-aubrelle")
    (found,) = ik.value(place)
    draws = found._draws.benefits / found._draws.costs
    assert found.ratio_median == np.median(draws) and found.above == pytest.approx(
        (draws < found.ratio).mean(), abs=0.01
    )
    words = plain(ik.say(place, about="value"))
    loss = 100 * (1 - found.positive)
    assert loss > 50 and f"Dans {loss:.1f}".replace(".", ",") in words and "coûts dépassent" in words
    assert "médiane : 0,96" in words and "neuf tirages sur dix" in words
    at_centre = words.split("Aux valeurs centrales")[1]
    assert "1,10" in at_centre and "1,10" not in words.split("Aux valeurs centrales")[0]
    assert f"{100 * found.above:.1f}".replace(".", ",") in at_centre
    # What undoes the account, and when it is paid back, hold at these values alone.
    assert at_centre.count("À ces valeurs") == 2 and "valeur centrale :" not in words
    rows = ik.claims(place).set_index("group")["sentence"]
    assert "médiane" in rows["ratio"] and "valeurs centrales" in rows["central_ratio"]


def test_nothing_says_prices_of_a_year_that_nobody_deflated_to(demo):
    path = demo / "valuations.csv"
    place = ik.load(demo).territory("val-d-aubrelle")
    words = str(ik.say(place, about="value"))
    assert "aux prix de 2025" not in words and "rien n’est déflaté" in words
    assert "of 2025)" not in repr(ik.value(place)[0])
    assert "déflaté" in str(ik.table(place, about="value"))
    table = pd.read_csv(path, dtype="str", keep_default_na=False)
    table.loc[1, ["price", "price_low", "price_high", "reference"]] = ["", "", "", "long_term_unemployment"]
    table.to_csv(path, index=False)
    mixed = plain(ik.say(ik.load(demo).territory("val-d-aubrelle"), about="value"))
    # A reference value in euros of another year is named, with that year.
    assert "«Postes d’insertion tenus un an» (2016)" in mixed


def test_without_a_range_nothing_is_drawn_nor_ranked():
    found = valued(FRENCH, project())
    assert found.above is None and found.median == pytest.approx(found.npv)


def test_every_mistake_of_the_sheet_is_found_at_once(demo):
    path = demo / "valuations.csv"
    told = pd.read_csv(path, dtype="str", keep_default_na=False)
    told = told[told["role"] != "leakage"].reset_index(drop=True)
    told.loc[told["role"] == "deadweight", "high"] = "1.4"
    told.loc[0, ["low", "high"]] = ["90", "10"]
    told.loc[1, ["price", "price_low", "price_high"]] = ""
    told.loc[2, "start"] = ""
    told.to_csv(path, index=False)
    found = ik.check(demo)
    words = " ".join(f"{one.expected}" for one in found)
    for expected in ("fuite hors du territoire", "entre 0 et 1", "dans cet ordre", "prix", "première année"):
        assert expected in words, expected
    assert {one.file for one in found} == {"valuations.csv"} and all(one.next for one in found)


def test_the_draws_are_triangles():
    one = replace(project(), rate=Range.of(0.032, 0.0, 0.045))
    found = valued(FRENCH, one)
    assert np.unique(found._draws.benefits).size == 10_000 and found.positive == 1.0
