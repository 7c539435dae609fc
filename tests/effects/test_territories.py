"""One territory at a time, on the real files: the numbers of the study, its warnings, no effect printed."""

import json
import math
from dataclasses import replace

import pytest

import impactkit as ik
from impactkit.effects.balance import balance, designs
from impactkit.effects.comparison import case_of, design_of
from impactkit.effects.family import family_test, yardstick
from impactkit.effects.yardstick import pool_for, seen_from
from impactkit.evidence import estimated
from impactkit.evidence.gap import detectability, gap

JOBS, UNEMPLOYMENT = "count_jobs_private", "rate_unemployment"
# Effect, low, high, p, detectable in percent and in jobs: found before by other code, as it was printed.
STUDY = {
    "figeac": (-6.2, -13.9, 2.1, 0.12, 12.0, 1_280),
    "territoire-ledonien-clusterjura": (-0.4, -8.6, 8.4, 0.92, 12.3, 1_650),
    "montreuillois": (0.2, -7.3, 8.2, 0.98, 11.1, 2_200),
    "pays-de-grasse": (-0.1, -6.9, 7.1, 0.97, 9.8, 2_210),
    "grand-narbonne": (3.8, -3.7, 12.0, 0.24, 10.4, 2_670),
    "grand-chambery": (2.2, -5.0, 9.9, 0.50, 10.3, 4_500),
    "valence-romans": (1.4, -4.9, 8.1, 0.62, 9.2, 6_870),
    "nantes-metropole": (1.5, -4.9, 8.2, 0.61, 9.2, 25_830),
}
WARNED = {
    "clermont-ferrand",
    "roissy-pays-de-france",
    "grenoble-alpes-metropole",
    "strasbourg-eurometropole",
    "nantes-metropole",
    "toulouse-metropole",
    "aix-marseille-provence",
    "lyon-metropole",
    "valence-romans",
}


def by_epci(official):
    return [place for place in official.territories if place.family == "epci"]


@pytest.mark.parametrize("code", STUDY)
def test_the_numbers_of_the_study(official, code):
    """The study compared with every EPCI, those overseas among them."""
    place = official.territory(code)
    case = replace(case_of(place, JOBS), design=design_of(official, JOBS, "epci", overseas=True))
    path, _ = case.compared()
    gap = float(path[list(case.design.after)].mean())
    stick = seen_from(pool_for(case.design, "epci", ()), case.size, 100)
    ends = (gap, gap - stick.half, gap + stick.half, stick.half + stick.spread)
    told = [100 * case.printed(end) for end in ends]
    effect, low, high, p, least, people = STUDY[code]
    assert told == pytest.approx([effect, low, high, least], abs=0.051)
    assert stick.rank(gap).p == pytest.approx(p, abs=0.005) and len(case.design.units) == 860
    assert told[3] / 100 * case.level[case.design.before[-1]] == pytest.approx(people, abs=6)


def test_overseas_units_are_no_comparison_of_a_metropolitan_territory(official):
    place = official.territory("valence-romans")
    found, seen = ik.effect(place, JOBS), ik.detectable(place, JOBS)
    assert found.se is None and found.p_floor == pytest.approx(1 / 101) and found.n_comparison == 842
    reasons = ik.comparable(place, on=JOBS).set_index("unit")["reason"]
    # La Réunion: the territory of the coast west of it.
    assert reasons["249740101"] == "overseas" and (reasons == "overseas").sum() >= 18
    assert seen.unusual == pytest.approx(0.094, abs=1e-3) and seen.people == pytest.approx(6_982, abs=6)
    zones = case_of(official.territory("montreuillois"), UNEMPLOYMENT).design
    assert (
        len(zones.units) == 169
        and len(case_of(official.territory("le-mans-sarthe"), JOBS).design.units) == 47
    )


def test_families_are_of_one_kind_of_unit(official):
    """A rank can pass only where it reaches so far; zones are told by Student's tail, or not at all."""
    jobs = family_test(official.territory("valence-romans"), JOBS)
    zones = family_test(official.territory("montreuillois"), UNEMPLOYMENT)
    sarthe = family_test(official.territory("le-mans-sarthe"), JOBS)
    assert (jobs.tests, jobs.rule) == (17, "rank") and (zones.tests, zones.rule) == (12, "tail")
    assert (sarthe.tests, sarthe.rule) == (2, "rank")
    # Sarthe with its jobs doubled is beyond what its family asks.
    stick = yardstick(official.territory("le-mans-sarthe"), JOBS)
    assert math.log(2) > stick.critical(2)


@pytest.mark.parametrize(
    ("code", "outcome", "unusual", "effect"),
    [
        ("valence-romans", JOBS, 9.4, 14.4),
        ("figeac", JOBS, 12.1, 20.1),
        ("le-mans-sarthe", UNEMPLOYMENT, 0.87, None),
        ("aix-marseille-provence", UNEMPLOYMENT, 1.25, None),
    ],
)
def test_two_thresholds_each_for_its_own_decision(official, code, outcome, unusual, effect):
    seen = ik.detectable(official.territory(code), outcome)
    times = 100 if outcome == JOBS else 1
    assert times * seen.unusual == pytest.approx(unusual, abs=0.1) and seen.effect > seen.unusual
    if effect is not None:
        assert times * seen.effect == pytest.approx(effect, abs=0.5)


def test_nine_comparisons_are_weak(official):
    warned = {place.code for place in by_epci(official) if ik.effect(place, JOBS).warnings}
    assert warned == WARNED
    assert any(
        "7,8 fois plus petits" in one
        for one in ik.effect(official.territory("nantes-metropole"), JOBS).warnings
    )


def test_no_page_prints_an_effect(official, territory_code):
    territory = official.territory(territory_code)
    effects = [estimated.estimated(territory, name) for name in estimated.outcomes(official)]
    assert all(effect is None or effect.state != "effect" for effect in effects)


def test_who_has_no_design(official):
    for code in ("region-bretagne", "mayotte", "territoire-olympique-2024", "genevois-innovales"):
        found = ik.effect(official.territory(code), JOBS)
        assert found.estimate is None and found.refused
    few = ik.effect(official.territory("est-ensemble"), JOBS)
    assert few.estimate is not None and few.p is None and few.low is None and "12,5" in few.refused


def test_half_a_zone_says_nothing(official):
    assert "17,0" in ik.effect(official.territory("pays-de-grasse"), "rate_unemployment").refused
    whole = ik.effect(official.territory("montreuillois"), "rate_unemployment")
    assert whole.share == pytest.approx(0.628, abs=0.001)
    assert whole.estimate == pytest.approx(whole.gap / whole.share)


def test_population_is_no_outcome(official):
    found = ik.effect(official.territory("valence-romans"), "count_population")
    assert found.estimate is None and "enquêtes" in found.refused


def test_valence_romans_is_told_what_cannot_be_seen(official):
    place = official.territory("valence-romans")
    said = "".join(run.text for run in detectability(place, JOBS))
    assert "6\u202f980 emplois" in said and "9,4\u202f%" in said and "une dizaine" in said
    assert (
        "aucun écart, si grand soit-il, ne pourrait être appelé effet" in said
        and "à 6,6\u202f% près" in said
    )
    said = "".join(run.text for run in gap(place, JOBS))
    assert "63 des 100" in said and "ne peut pas être distingué" in said


@pytest.fixture(scope="module")
def demo(repo):
    return ik.load(repo / "data" / "demo")


def test_the_injected_effects_of_the_demo(demo, repo):
    truth = json.loads((repo / "data" / "demo" / "truth.json").read_text("utf-8"))["effects"]
    large = demo.territory("val-d-aubrelle")
    found = estimated.estimated(large, JOBS)
    assert found.state == "effect" and not found.effect.warnings
    assert found.effect.low < math.expm1(truth["val-d-aubrelle"]["log_effect"]) < found.effect.high
    said = "".join(run.text for run in gap(large, JOBS))
    assert "Effet estimé" in said and "surestimé" in said and "en comptant cette sélection" in said
    small = demo.territory("merinval")
    injected = math.expm1(truth["merinval"]["log_effect"])
    assert ik.detectable(small, JOBS).unusual > injected > 0
    assert estimated.estimated(small, JOBS).state == "ordinary"


def test_the_word_stands_for_one_territory_of_the_demo(demo):
    every = {
        (place.code, outcome): estimated.estimated(place, outcome).state
        for place in demo.territories
        for outcome in (JOBS, UNEMPLOYMENT)
    }
    assert [key for key, state in every.items() if state == "effect"] == [("val-d-aubrelle", JOBS)]
    # A drift before the label that is as large as the gap is seen.
    brumes = estimated.estimated(demo.territory("trois-brumes"), JOBS)
    assert brumes.state == "unusual" and "dérivait" in "".join(brumes.decision.of("checks"))


def test_who_has_no_label_has_no_effect(demo):
    place = demo.territory("baie-d-ysorne")
    found = ik.effect(place, JOBS)
    assert found.estimate is None and "n’a pas reçu le label" in found.refused


CHECKS = ["fit", "donors", "size", "neighbours", "regression", "buffer", "covid", "anticipation", "scale"]
CHECKS += ["programmes", "perimeter", "curve"]


def test_every_check_says_something(demo):
    found = ik.doubts(ik.effect(demo.territory("val-d-aubrelle"), JOBS))
    assert [one.name for one in found] == CHECKS and all(one.sentence for one in found)
    # What the demo does not hold (areas, other programmes unit by unit, communes) cannot be told.
    assert {one.name for one in found if one.passed is None} == {"buffer", "programmes", "perimeter"}
    assert all(one.passed and len(one.table) for one in found if one.passed is not None)
    failed = ik.doubts(ik.effect(demo.territory("merinval"), JOBS), only="fit")
    assert [one.passed for one in failed] == [False]
    with pytest.raises(ik.UnknownName, match="donnors"):
        ik.doubts(ik.effect(demo.territory("merinval"), JOBS), only="donnors")


def test_the_doubts_of_valence_romans(official):
    found = {one.name: one for one in ik.doubts(ik.effect(official.territory("valence-romans"), JOBS))}
    assert list(found) == CHECKS and found["programmes"].passed is None
    # A buffer has a price: the smallest gap that could be seen grows.
    alone, before, after = found["buffer"].table["value"]
    assert before == pytest.approx(0.0939, abs=5e-4) and after > before and alone > 0
    # No combination of declared choices leaves the printed interval.
    low, high, many, inside, _ = found["curve"].table["value"]
    assert (
        many == inside == 216 and low < ik.effect(official.territory("valence-romans"), JOBS).estimate < high
    )
    # A unit that weighs, left out: every weight is fitted again.
    low, high, many = found["donors"].table["value"]
    assert many > 50 and 0.01 < low < high < 0.017


def test_a_quarterly_series_has_a_structural_model_beside_it(official):
    found = ik.doubts(ik.effect(official.territory("montreuillois"), "rate_unemployment"))
    names = [one.name for one in found]
    assert "structural" in names and found[names.index("structural")].passed


def test_who_is_compared_with_what(official):
    told = designs(official)
    jobs = told[told["outcome"] == JOBS].set_index("territory")
    assert (jobs["family"] == "epci").sum() == 17 and set(jobs.loc[jobs["family"] == "epci", "units"]) == {
        842
    }
    none = set(jobs.index[jobs["reason"] != ""])
    assert none == {
        "mayotte",
        "territoire-olympique-2024",
        "genevois-innovales",
        "region-bretagne",
        "region-normandie",
        "region-nouvelle-aquitaine",
    }
    shown = ik.table(official, about="designs")
    assert len(shown.rows) == len(told) == 54


def test_the_balance_before_the_label(official):
    place = official.territory("valence-romans")
    rows = balance(place, JOBS).set_index("quantity")
    assert rows.loc["size", "own"] == pytest.approx(74_331)
    # The comparison follows the path before; it is smaller, and the page says how many times.
    assert rows.loc["change", "own"] == pytest.approx(rows.loc["change", "weighted"], abs=0.005)
    ratio = rows.loc["size", "own"] / rows.loc["size", "weighted"]
    assert f"{ratio:.1f}".replace(".", ",") == "2,3"
    printed = f"{rows.loc['size', 'weighted']:,.0f}".replace(",", "\u202f")
    assert printed in str(ik.table(place, about="balance"))
