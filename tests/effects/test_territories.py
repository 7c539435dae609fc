"""One territory at a time, on the real files: the numbers of the study, its warnings, no effect printed."""

import json

import pytest

import impactkit as ik
from impactkit.effects.balance import balance, designs
from impactkit.evidence import estimated

JOBS = "count_jobs_private"
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
    place = official.territory(code)
    found, seen = ik.effect(place, JOBS), ik.detectable(place, JOBS)
    effect, low, high, p, least, people = STUDY[code]
    told = [100 * value for value in (found.estimate, found.low, found.high, seen.effect)]
    assert told == pytest.approx([effect, low, high, least], abs=0.051)
    assert found.p == pytest.approx(p, abs=0.005) and seen.people == pytest.approx(people, abs=6)
    assert found.se is None and found.p_floor == pytest.approx(1 / 101) and found.n_comparison == 860


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
    assert all(effect is None or effect.state != "estimated" for effect in effects)


def test_who_has_no_design(official):
    for code in ("region-bretagne", "mayotte", "territoire-olympique-2024", "genevois-innovales"):
        found = ik.effect(official.territory(code), JOBS)
        assert found.estimate is None and found.refused
    few = ik.effect(official.territory("est-ensemble"), JOBS)
    assert few.estimate is not None and few.p is None and few.low is None and "12,5" in few.refused


def test_half_a_zone_says_nothing(official):
    assert "17,0" in ik.effect(official.territory("pays-de-grasse"), "rate_unemployment").refused
    whole = ik.effect(official.territory("montreuillois"), "rate_unemployment")
    assert whole.about["share"] == pytest.approx(0.628, abs=0.001)
    assert whole.estimate == pytest.approx(whole.about["gap"] / whole.about["share"])


def test_population_is_no_outcome(official):
    found = ik.effect(official.territory("valence-romans"), "count_population")
    assert found.estimate is None and "enquêtes" in found.refused


def test_valence_romans_is_told_what_cannot_be_seen(official):
    place = official.territory("valence-romans")
    said = "".join(run.text for run in estimated.detectability(place, JOBS))
    assert "6\u202f870 emplois" in said and "9,2\u202f%" in said and "une dizaine" in said
    said = "".join(run.text for run in estimated.gap(place, JOBS))
    assert "62 des 100" in said and "ne peut pas être distingué" in said and "2,3 fois plus petits" in said


@pytest.fixture(scope="module")
def demo(repo):
    return ik.load(repo / "data" / "demo")


def test_the_injected_effects_of_the_demo(demo, repo):
    truth = json.loads((repo / "data" / "demo" / "truth.json").read_text("utf-8"))["effects"]
    import math

    large = demo.territory("val-d-aubrelle")
    found = estimated.estimated(large, JOBS)
    assert found.state == "estimated" and not found.effect.warnings
    assert found.effect.low < math.expm1(truth["val-d-aubrelle"]["log_effect"]) < found.effect.high
    assert "Effet estimé" in "".join(run.text for run in estimated.gap(large, JOBS))
    small = demo.territory("merinval")
    injected = math.expm1(truth["merinval"]["log_effect"])
    assert ik.detectable(small, JOBS).effect > injected > 0
    assert estimated.estimated(small, JOBS).state == "ordinary"
    states = {place.code: estimated.estimated(place, JOBS).state for place in demo.territories}
    # Of eleven others in which nothing was put, one in twenty may pass for news: the price of any test.
    others = [code for code, state in states.items() if state == "estimated" and code != "val-d-aubrelle"]
    assert len(others) <= 1


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
    assert before == pytest.approx(0.0924, abs=5e-4) and after > before and alone > 0
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
        860
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
    assert 1 < rows.loc["size", "own"] / rows.loc["size", "weighted"] < 2.3
    assert "45\u202f913" in str(ik.table(place, about="balance"))


def test_a_second_outcome_is_counted_with_the_first(demo):
    """p of the second outcome is never smaller than over the territories alone; the first is not touched."""
    place = demo.territory("val-d-aubrelle")
    over = {name: estimated._family(demo, name)[place.code] for name in estimated.outcomes(demo)}
    assert estimated.adjusted(place, JOBS) == over[JOBS]
    assert estimated.adjusted(place, "rate_unemployment") >= over["rate_unemployment"]
