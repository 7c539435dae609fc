"""Official figures on the territories' own ground, from the real files."""

import gzip
import io
from pathlib import Path

import pandas as pd
import pytest

import impactkit as ik
from impactkit.data import official as held
from impactkit.data import series, zones
from impactkit.evidence import official as evidence
from impactkit.indicators import figures
from impactkit.wording.language import FRENCH

EXPECTED = Path(__file__).parent / "expected"
WITHOUT = {"mayotte", "genevois-innovales", "territoire-olympique-2024"}
JOBS, UNEMPLOYMENT, POVERTY = "count_jobs_private", "rate_unemployment", "rate_poverty"


def last(place, indicator):
    told = series.of_territory(place, indicator)
    told = told[told["value"].notna()] if len(told) else told
    return told.iloc[-1] if len(told) else None


def at(told, period):
    return float(told[told["period"] == period]["value"].iloc[0])


def test_who_has_which_figure(official):
    has = {place.code: last(place, UNEMPLOYMENT) is not None for place in official.territories}
    assert sum(has.values()) == 24 and {code for code in has if not has[code]} == WITHOUT
    routes = [last(place, JOBS) for place in official.territories]
    routes = [one["route"] for one in routes if one is not None]
    by_epci = [
        place
        for place in official.territories
        if place.family == "epci" and last(place, JOBS) is not None and last(place, JOBS)["route"] == "panel"
    ]
    assert len(by_epci) == 17 and len(routes) - 17 >= 5


def test_valence_romans(official):
    told = series.of_territory(official.territory("valence-romans"), JOBS)
    assert at(told, "2018") == 74_331 and at(told, "2024") == 79_667
    rows = ik.indicators(official, measure=JOBS, of=official.territory("valence-romans"))
    rows = rows[rows["group"] == ""].set_index("period")["value"]
    assert rows["2018"] == 74_331 and rows["2024"] == 79_667


@pytest.mark.parametrize(("year", "rate"), [("2014", 0.101), ("2019", 0.083), ("2022", 0.072)])
def test_the_nation_weighted_by_its_jobs(official, year, rate):
    told = series.of_units(official, UNEMPLOYMENT, "nation")
    quarters = told[told["period"].str[:4] == year]["value"]
    assert len(quarters) == 4 and abs(quarters.mean() - rate) < 0.0005


def by_hand(sources, name):
    with (sources / "urssaf_jobs" / name).open("rb") as file:
        data = file.read()
    text = gzip.decompress(data) if name.endswith(".gz") else data
    return pd.read_csv(io.BytesIO(text), dtype={"code": "str"})


def test_an_epci_by_hand(official, sources):
    known = by_hand(sources, "urssaf_emploi_prive_epci_2014_2024.csv")
    rows = known[(known["code"] == "200067361") & (known["year"] == 2021)]
    assert at(series.of_territory(official.territory("figeac"), JOBS), "2021") == rows["jobs_private"].sum()


def test_a_sum_of_communes_by_hand(official, sources):
    nine = ["93006", "93008", "93010", "93045", "93048", "93053", "93055", "93061", "93063"]
    known = by_hand(sources, "urssaf_emploi_prive_communes_2014_2024.csv.gz")
    rows = known[known["code"].isin(nine) & (known["year"] == 2019)]
    told = series.of_territory(official.territory("est-ensemble"), JOBS)
    assert len(rows) == 9 and at(told, "2019") == rows["jobs_private"].sum()


def test_a_region_by_hand(official, sources):
    known = by_hand(sources, "urssaf_emploi_prive_departement_2014_2024.csv")
    rows = known[known["code"].isin(["22", "29", "35", "56"]) & (known["year"] == 2023)]
    told = series.of_territory(official.territory("region-bretagne"), JOBS)
    assert len(rows) == 4 and at(told, "2023") == rows["jobs_private"].sum()


def test_the_jobs_of_a_dead_commune_code_are_in_the_sum_of_communes_alone(official, sources):
    """The panel of EPCI lost Pierre-Bénite (69152), part of Oullins-Pierre-Bénite since 2024."""
    told = by_hand(sources, "urssaf_emploi_prive_communes_2014_2024.csv.gz")
    lost = told[(told["code"] == "69152") & (told["year"] == 2018)]["jobs_private"].sum()
    place = official.territory("lyon-metropole")
    figures = held.figures(official, JOBS, "commune")[0]
    from impactkit.data import ground

    members = pd.DataFrame({"commune": sorted(place.communes), "unit": "lyon"})
    summed = ground.from_communes(figures, members, vintage=2026)
    assert lost > 0 and at(summed, "2018") - at(series.of_territory(place, JOBS), "2018") == lost


def test_the_panel_of_epci_is_the_sum_of_its_communes_elsewhere(official):
    panel = series.of_units(official, JOBS, "epci")
    figures = held.figures(official, JOBS, "commune")[0]
    from impactkit.data import geography, ground

    summed = ground.from_communes(figures, geography.members("epci", vintage=2026), vintage=2026)
    both = panel[panel["value"].notna()].merge(summed, on=["unit", "period"])
    equal = (both["value_x"] == both["value_y"]).groupby(both["unit"]).all()
    assert len(equal) == 1250 and equal.mean() > 0.93


def test_the_shares_of_employment_zones(official):
    """The share of each zone's 2018 private jobs that lies in each territory, found before by other code."""
    known = pd.read_csv(EXPECTED / "zone_shares.csv", dtype={"ze2020": "str"})
    known = known[~known["territory_id"].isin(WITHOUT)].set_index(["territory_id", "ze2020"])["share"]
    mine = pd.concat([zones.own_zones(place) for place in official.territories])
    mine = mine.set_index(["unit", "zone"])["share"]
    assert (known - mine.reindex(known.index)).abs().max() < 0.001
    assert mine.drop(known.index).max() < 0.001


def test_the_pool_of_epci(official):
    """Who may be compared, found before by other code: 860 EPCI."""
    from impactkit.indicators.comparable import untouched

    known = pd.read_csv(EXPECTED / "epci_pool.csv", dtype="str")
    pool = untouched(official, "epci")
    assert set(pool[pool["reason"] == ""]["unit"]) == set(known["epci"]) and len(known) == 860


def test_a_zone_that_shares_under_a_tenth_of_its_jobs_says_little(official):
    share = zones.own_zones(official.territory("est-ensemble")).iloc[0]
    assert share["name"] == "Paris" and share["share"] < 0.1


def test_ski_resorts_closed_on_31_december_2020(official):
    """A closed season is a figure of its day, not a change: named, kept, and read as no trend."""
    panel = ik.panel(official, outcome=JOBS, family="epci")
    ski = {"200040798", "200023299", "243800745", "247300254"}
    assert ski <= set(panel.unusual[panel.unusual["period"] == "2020"]["unit"])
    winter = panel.frame[panel.frame["unit"].isin(ski) & (panel.frame["period"] == "2020")]
    assert len(winter) == 4 and winter["value"].notna().all()


def test_overseas_zones_begin_in_2014(official):
    told = series.of_units(official, UNEMPLOYMENT, "zone")
    reunion = told[told["unit"].str.startswith("04")]
    early = reunion[reunion["period"] < "2014"]
    assert len(early) and early["value"].isna().all() and set(early["flag"]) == {"missing:not-covered"}
    assert reunion[reunion["period"] >= "2014"]["value"].notna().all()
    gaps = ik.panel(official, outcome=UNEMPLOYMENT, family="zone").gaps
    assert set(gaps[gaps["unit"].str.startswith("04")]["last"]) == {"2013-Q4"}


def test_codes_keep_their_leading_zeros(official):
    told = series.of_units(official, UNEMPLOYMENT, "zone")["unit"]
    assert "0051" in set(told) and told.str.len().eq(4).all()
    jobs = series.of_units(official, JOBS, "epci")["unit"]
    assert jobs.str.len().eq(9).all()


def test_new_codes_on_another_ground_are_not_joined(official):
    """Valence-Romans was 200040483 in 2015, Lille 245900410 until 2020: both grew with the new code."""
    told = series.of_units(official, POVERTY, "epci").set_index(["unit", "period"])
    assert told.loc[("200068781", "2015"), "flag"] == "missing:perimeter-changed"
    assert told.loc[("200068781", "2016"), "value"] == 0.154
    for year in ("2015", "2016"):
        assert told.loc[("200093201", year), "flag"] == "missing:perimeter-changed"
    jobs = series.of_units(official, JOBS, "epci")
    assert at(jobs[jobs["unit"] == "200093201"], "2018") == 406_538


def test_arrondissements_make_whole_cities(official, sources):
    known = by_hand(sources, "urssaf_emploi_prive_communes_2014_2024.csv.gz")
    known = known[known["year"] == 2022]
    told = series.of_units(official, JOBS, "commune")
    told = told[told["period"] == "2022"].set_index("unit")["value"]
    for start, city in (("751", "75056"), ("6938", "69123"), ("132", "13055")):
        parts = known[known["code"].str.startswith(start) | (known["code"] == city)]
        assert told[city] == parts["jobs_private"].sum() > 100_000


def test_mayotte_is_not_covered_rather_than_zero(official):
    """No commune of Mayotte is listed: a sum of communes that are not listed would be 0."""
    told = series.of_territory(official.territory("mayotte"), JOBS)
    assert told["value"].isna().all() and set(told["flag"]) == {"missing:not-covered"}
    rows = ik.indicators(official, measure="context", of=official.territory("mayotte"))
    reasons = rows[rows["value"].isna()].set_index("indicator")["flag"]
    assert reasons[JOBS] == reasons[UNEMPLOYMENT] == reasons[POVERTY] == "missing:not-covered"


def test_every_territory_has_its_six_figures_or_their_reasons(official, territory_code):
    six = {"count_population", "share_aged_75", JOBS, UNEMPLOYMENT, POVERTY, "count_jobs_ess"}
    rows = ik.indicators(official, measure="context", of=official.territory(territory_code))
    for name in six:
        figures = rows[(rows["indicator"] == name) & (rows["group"] == "")]
        assert len(figures)
        assert (figures["value"].notna() | figures["flag"].str.startswith("missing:")).all()
    present = rows[rows["value"].notna() & (rows["group"] == "")]
    figures = present[present["indicator"].isin(six)]
    assert (figures["data_vintage"] != "").all() and (figures["geography_vintage"] != "").all()


def test_valence_romans_among_the_comparable(official):
    place = official.territory("valence-romans")
    pool = ik.comparable(place, on=JOBS)
    assert pool["comparable"].sum() == 41
    rows = ik.indicators(official, measure="rate_jobs_private_change", of=place).set_index("group")
    assert round(rows.loc["", "value"], 3) == 0.072
    half = rows.loc["comparable=median"]
    assert (round(half["low"], 3), round(half["high"], 3)) == (0.043, 0.097)
    assert {"area=region", "area=nation", "expected=95"} <= set(rows.index)


def test_the_ordinary_at_a_size_holds_the_peers_of_that_size(official):
    """Of the communes that Roubaix is compared with, the limits printed at its size hold 93 to 97 %."""
    place = official.territory("roubaix")
    limits = ik.indicators(official, measure="rate_jobs_private_change", of=place).set_index("group")
    limits = limits.loc["expected=95"]
    moved = figures.changes(place, JOBS)
    peers = moved[moved["role"] == "comparable"]["change"].dropna()
    assert len(peers) == 97 and limits["n"] == 100
    assert 0.93 <= peers.between(limits["low"], limits["high"]).mean() <= 0.97


@pytest.mark.parametrize("indicator", [JOBS, UNEMPLOYMENT])
def test_at_their_size_few_territories_are_out_of_the_ordinary(official, indicator):
    """One in twenty is expected outside; « inhabituelle » is said of nobody who is inside."""
    said = [
        "".join(run.text for run in evidence.ordinary(place, indicator)) for place in official.territories
    ]
    known = [one for one in said if one]
    assert len(known) >= 12 and sum("celle-ci en sort" in one for one in known) <= 3
    assert all(("celle-ci en sort" in one) == ("inhabituelle" in one) for one in known)


def test_all_the_departements_are_not_of_a_size(official):
    place = official.territory("le-mans-sarthe")
    said = "".join(run.text for run in evidence.ordinary(place, JOBS))
    assert said.startswith("Parmi les 47 départements hors du programme") and "taille" not in said


def test_who_remains_by_region(official):
    place = official.territory("valence-romans")
    table = ik.table(place, about="pool")
    whole = ["".join(run.text for run in cell) for cell in table.rows[-1]]
    assert whole[:3] == ["Ensemble", "41", "860"] and len(table.rows) > 12
    names = ["".join(run.text for run in row[0]) for row in table.rows]
    assert "Auvergne-Rhône-Alpes" in names and "Grand Est" in names


def test_neighbours(sources, monkeypatch):
    from impactkit.data.neighbours import neighbours

    monkeypatch.setenv("IMPACTKIT_SOURCES", str(sources))
    around = neighbours(FRENCH, "departement")
    assert around["26"] == {"07", "38", "05", "04", "84"}
    assert around["29"] == {"22", "56"}
    assert all(code in around[other] for code in around for other in around[code])
    epci = neighbours(FRENCH, "epci")
    # Valence Romans Agglo touches Rhône Crussol and Arche Agglo; Grenoble is not far, and no neighbour.
    assert {"200041366", "200073096"} <= epci["200068781"] and "200040715" not in epci["200068781"]


@pytest.mark.parametrize("vintage", [2019, 2022])
def test_any_vintage_of_perimeters(repo, sources, tmp_path, monkeypatch, vintage):
    """Pierre-Bénite (69152) is a commune until 2023: on the perimeters of 2019 the metropolis has it too."""
    import shutil

    monkeypatch.setenv("IMPACTKIT_SOURCES", str(sources))
    folder = shutil.copytree(repo / "data" / "french-impact", tmp_path / "ancien")
    toml = folder / "evaluation.toml"
    toml.write_text(toml.read_text("utf-8").replace("vintage = 2026", f"vintage = {vintage}"), "utf-8")
    ev = ik.load(folder)
    lyon = ev.territory("lyon-metropole")
    assert "69152" in lyon.communes and at(series.of_territory(lyon, JOBS), "2018") == 582_662
    assert at(series.of_territory(ev.territory("region-bretagne"), JOBS), "2018") == 812_360
    assert len(zones.own_zones(lyon))
