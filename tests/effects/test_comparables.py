"""One table of who is compared: what a page counts, weighs and calls small or large is drawn from it."""

import numpy as np
import pandas as pd
import pytest

import impactkit as ik
from impactkit.display.theory import strongest
from impactkit.effects import comparables as tables
from impactkit.effects.balance import balance
from impactkit.effects.comparables import comparables, compared_with
from impactkit.effects.comparison import case_of
from impactkit.evidence import comparable_rows, effect_rows, near
from impactkit.evidence.claim import claims
from impactkit.evidence.essentials import findings
from impactkit.evidence.estimated import estimated
from impactkit.evidence.gap import detectability, gap
from impactkit.evidence.official import among
from impactkit.evidence.picked import picked
from impactkit.indicators.comparable import ENOUGH

JOBS, UNEMPLOYMENT = "count_jobs_private", "rate_unemployment"
ALONE = ("aix-marseille-provence", "lyon-metropole", "nantes-metropole", "toulouse-metropole")


def words(sentence):
    return "".join(run.text for run in sentence).replace("\u202f", " ")


@pytest.fixture(scope="module")
def demo(repo):
    return ik.load(repo / "data" / "demo")


@pytest.mark.parametrize("outcome", [JOBS, UNEMPLOYMENT])
def test_the_table_says_who_and_why_and_with_what_weight(demo, outcome):
    place = demo.territory("val-d-aubrelle")
    table = comparables(place, outcome)
    assert list(table) == tables.COLUMNS and table["code"].is_unique
    assert (table["comparable"] == (table["reason"] == "")).all()
    assert table["distance"][table["comparable"]].abs().max() <= np.log(2) + 1e-9
    pool = table[table["weight"].notna()]
    assert set(pool["code"]) == set(case_of(place, outcome).design.units)
    assert pool["weight"].sum() == pytest.approx(1) and not table[table["weight"].isna()]["near"].any()
    assert table["near"].sum() == (100 if outcome == JOBS else len(pool))


@pytest.mark.parametrize("outcome", [JOBS, UNEMPLOYMENT])
def test_one_noun_has_one_count(demo, outcome):
    for place in demo.territories:
        table = comparables(place, outcome)
        assert table["comparable"].sum() == picked(place).count("count_comparable", group=f"on={outcome}")
        path = ik.trajectory(place, outcome)
        drawn = path.loc[path["role"] == "comparable", "unit"].unique()
        assert set(drawn) == set(table.loc[table["comparable"], "code"])


def test_the_adjective_is_that_of_the_balance_table(demo):
    for place in [place for place in demo.territories if place.status == "labelled"]:
        size = balance(place, JOBS).set_index("quantity").loc["size"]
        table = comparables(place, JOBS)
        pool = table[table["weight"].notna()]
        mean = np.exp((pool["weight"] * np.log(pool["size"])).sum())
        assert size["weighted"] == pytest.approx(mean)
        assert compared_with(place, JOBS).ratio == pytest.approx(size["own"] / size["weighted"])


def test_one_band_for_one_thing(demo):
    """The table of the gap, the line below it and the alternative text end where one another do."""
    for outcome in (JOBS, UNEMPLOYMENT):
        place = demo.territory("trois-brumes")
        path, _ = effect_rows.path(place, estimated(place, outcome).effect)
        low, high = estimated(place, outcome).effect.placebos
        assert (low, high) == pytest.approx((path["low"].iloc[-1], path["high"].iloc[-1]))


def test_the_file_holds_every_comparison(demo, monkeypatch, tmp_path):
    place = demo.territory("val-d-aubrelle")
    monkeypatch.setenv("IMPACTKIT_TWINS", str(tmp_path))
    ik.write_twins(place, rows=ik.indicators(demo, of=place))
    kept = pd.read_csv(tmp_path / "comparables.csv", keep_default_na=False)
    assert list(kept) == tables.COLUMNS and set(kept["outcome"]) >= {JOBS, UNEMPLOYMENT}
    assert len(kept) == len(comparable_rows.rows(place))


@pytest.mark.parametrize("code", ALONE)
def test_nobody_comparable_is_said_once_and_compares_nothing(official, code):
    place = official.territory(code)
    count = compared_with(place, JOBS).similar
    assert count < ENOUGH and strongest(place)["outcomes"] != "compared"
    levels = claims(place)
    assert not ((levels["indicator"] == "rate_jobs_private_change") & (levels["level"] == "compared")).any()
    assert not any(found.level == "compared" for found in findings(place))
    text = words(gap(place, JOBS))
    assert "taille proche" not in text and "plus proches en taille (de 18 375 à 151 612 emplois)" in text
    assert "comparé à aucun" not in words(among(place, JOBS))


def test_the_units_that_rank_are_those_of_the_table(official):
    place = official.territory("lyon-metropole")
    table = comparables(place, JOBS)
    ends = table.loc[table["near"], "size"]
    assert (ends.min(), ends.max()) == (18_375, 151_612) and table["comparable"].sum() == 0
    assert near.kind(official.territory("le-mans-sarthe"), JOBS) == "unités non labellisées"


@pytest.mark.parametrize("code", ["figeac", "roubaix", "est-ensemble"])
def test_what_cannot_be_measured_is_named(official, code):
    place = official.territory(code)
    text = words(detectability(place, UNEMPLOYMENT))
    assert "Aucun écart sur le taux de chômage ne peut être mesuré" in text
    assert "Aucun écart" not in words(detectability(place, JOBS))


def test_a_gap_divided_by_a_share_says_so(official):
    place = official.territory("valence-romans")
    assert "divisé par la part de ses emplois" in words(near.divided(place, UNEMPLOYMENT))
    assert "(64,6 %)" in words(near.divided(place, UNEMPLOYMENT))
    assert near.divided(place, JOBS) == ()
    assert "divisé par la part de ses emplois" in str(ik.say(place, about="estimate"))


def test_overseas_is_compared_with_nobody_of_the_mainland(official):
    for code in ("valence-romans", "figeac", "le-mans-sarthe", "roubaix"):
        table = comparables(official.territory(code), JOBS)
        away = table[table["code"].str.startswith("97")]
        assert not away["comparable"].any()
        assert {"overseas"} <= set(away["reason"]) or away.empty
