"""Geography and population as the reference tables tell them: known figures, conservation, refusals."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiers import examples

from impactkit.data import geography
from impactkit.data.perimeters import reference
from impactkit.errors import UnknownName

VALENCE_ROMANS = "200068781"
# Four communes were split between 2019 and 2026: they and what came out of them.
SPLITS = {
    "14712", "14666", "60054", "60694", "85084", "85165", "85212",
    "15141", "15031", "15035", "15047", "15171",
}  # fmt: skip
PERIMETERS = {
    "epci": (
        "200054807 246300701 200067361 200046977 200069029 200069235 244400404 200039857 200055655 "
        "246700488 200071116 200068781 200057958 243100518 241100593 200040715 200069110 200069854 "
        "247200132 200000172 247400724 200011773 247400690 247400583"
    ),
    "ept": "200057875",
    "commune": "59512 93006 93008 93010 93045 93048 93053 93055 93061 93063 75056 69123 13055",
    "departement": "72 976 11 30 34 48 66",
    "region": "53 28 75",
}


def by_year(communes: frozenset[str], vintage: int) -> dict[int, float]:
    known = geography.population_of(communes, vintage=vintage)
    return dict(zip(known["pop_year"], known["population"], strict=True))


@pytest.mark.parametrize("vintage", [2019, 2023, 2026])
def test_valence_romans_is_the_same_ground_whatever_the_vintage(vintage: int) -> None:
    communes = geography.communes_of("epci", VALENCE_ROMANS, vintage=vintage)
    figures = by_year(communes, vintage)
    assert len(communes) == 54
    assert (figures[2016], figures[2023]) == (220_156, 226_240)
    assert geography.departements_of(communes, vintage=vintage) == ["Drôme"]
    assert geography.regions_of(communes, vintage=vintage) == ["Auvergne-Rhône-Alpes"]


@pytest.mark.parametrize(("vintage", "pop_year"), [(2019, 2016), (2022, 2019), (2023, 2020), (2025, 2022)])
def test_sums_of_communes_agree_with_the_list_of_epci(vintage: int, pop_year: int) -> None:
    listed = reference("epci_population")
    listed = listed[(listed["vintage"] == vintage) & (listed["pop_year"] == pop_year)]
    ours = geography.unit_population("epci", vintage=vintage)
    ours = ours[ours["pop_year"] == pop_year]
    assert len(listed) > 1_200
    assert listed.set_index("epci")["population"].to_dict() == ours.set_index("unit")["population"].to_dict()


@pytest.mark.parametrize("vintage", geography.VINTAGES)
def test_no_inhabitant_is_lost_on_the_way(vintage: int) -> None:
    published = reference("population").groupby("pop_year")["population"].sum()
    regions = geography.unit_population("region", vintage=vintage).groupby("pop_year")["population"]
    assert regions.sum().to_dict() == published.to_dict()
    assert regions.count().to_dict() == dict.fromkeys(published.index, 17) | {2017: 1}


@pytest.mark.parametrize("vintage", [2019, 2023, 2026])
def test_communes_alone_miss_exactly_what_is_refused(vintage: int) -> None:
    rows = geography.population(vintage=vintage)
    assert not rows.duplicated(["commune", "pop_year"]).any()
    assert (rows["population"].isna() == (rows["reason"] != "")).all()
    refused = rows[rows["reason"].isin(["split", "merged"])]
    assert set(refused.loc[refused["reason"] == "split", "commune"]) <= SPLITS
    if vintage == 2026:
        assert set(refused["commune"]) == SPLITS


def test_a_split_is_refused_to_its_parts_and_known_for_the_whole() -> None:
    rows = geography.population(vintage=2026).set_index(["commune", "pop_year"])
    assert rows.loc[("14666", 2016), "reason"] == rows.loc[("14712", 2016), "reason"] == "split"
    assert rows.loc[("14666", 2019), "reason"] == ""
    part = geography.population_of(["14666"], vintage=2026).set_index("pop_year")
    assert pd.isna(part.loc[2016, "population"])
    assert part.loc[2016, "missing"] == 1
    before = by_year(frozenset(["14712"]), 2019)
    assert by_year(frozenset(["14666", "14712"]), 2026)[2016] == before[2016]


def test_a_merged_commune_has_no_later_figure_of_its_own() -> None:
    rows = geography.population(vintage=2024).set_index(["commune", "pop_year"])
    # Pierrefitte-sur-Seine, in Saint-Denis since 2025
    assert rows.loc[("93059", 2023), "reason"] == "merged"
    assert by_year(frozenset(["93059", "93066"]), 2024)[2023] == by_year(frozenset(["93066"]), 2026)[2023]


def test_mayotte_has_one_census() -> None:
    mayotte = geography.communes_of("departement", "976", vintage=2026)
    assert by_year(mayotte, 2026) == {2017: 256_518}
    rows = geography.population(vintage=2026)
    others = rows["commune"].isin(mayotte) & (rows["pop_year"] != 2017)
    assert set(rows.loc[others, "reason"]) == {"not-covered"}
    listed = reference("epci_population")
    epcis = geography.members("epci", vintage=2026)
    of_mayotte = listed[listed["epci"].isin(epcis.loc[epcis["commune"].isin(mayotte), "unit"])]
    assert set(of_mayotte["pop_year"]) == {2017}
    assert of_mayotte["population"].sum() == 256_518


@pytest.mark.parametrize(("family", "codes"), PERIMETERS.items())
def test_every_perimeter_of_the_programme_resolves(family: str, codes: str) -> None:
    known = set(geography.units("commune", vintage=2026)["code"])
    for code in codes.split():
        communes = geography.communes_of(family, code, vintage=2026)
        assert communes
        assert communes <= known
        assert geography.name_of(family, code, vintage=2026)


def test_counts_of_units() -> None:
    assert [len(geography.units(family, vintage=2026)) for family in geography.FAMILIES] == [
        34_875, 1_255, 11, 101, 18,
    ]  # fmt: skip
    est_ensemble = geography.communes_of("ept", "200057875", vintage=2019)
    assert est_ensemble == set("93006 93008 93010 93045 93048 93053 93055 93061 93063".split())
    assert set(geography.units("epci", vintage=2026)["type"]) == {"CC", "CA", "CU", "METRO", "MET69"}


def test_fatines_joined_le_mans_metropole() -> None:
    before = geography.communes_of("epci", "247200132", vintage=2019)
    after = geography.communes_of("epci", "247200132", vintage=2026)
    assert after - before == {"72129"}


def test_paris_lyon_marseille_are_counted_once() -> None:
    codes = set(geography.units("commune", vintage=2026)["code"])
    assert {"75056", "69123", "13055"} <= codes
    assert not codes & {"75101", "69381", "13201"}
    assert by_year(frozenset(["75056"]), 2026)[2023] == 2_103_778


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="200068781"):
        geography.communes_of("epci", "200068780", vintage=2026)
    with pytest.raises(UnknownName, match="epci"):
        geography.units("epcis", vintage=2026)
    with pytest.raises(UnknownName, match="2026"):
        geography.units("epci", vintage=2027)
    with pytest.raises(UnknownName):
        geography.population_of(["26362", "26999"], vintage=2026)


def test_frames_given_are_copies() -> None:
    mine = geography.units("region", vintage=2026)
    mine.loc[:, "name"] = "?"
    assert "Bretagne" in set(geography.units("region", vintage=2026)["name"])


@settings(max_examples=examples(30), deadline=None)
@given(st.data())
def test_population_of_the_communes_is_that_of_the_unit(data: st.DataObject) -> None:
    vintage = data.draw(st.sampled_from([2019, 2023, 2026]))
    code = data.draw(st.sampled_from(geography.units("epci", vintage=vintage)["code"].tolist()))
    all_units = geography.unit_population("epci", vintage=vintage)
    expected = all_units[all_units["unit"] == code].drop(columns="unit").reset_index(drop=True)
    found = geography.population_of(geography.communes_of("epci", code, vintage=vintage), vintage=vintage)
    pd.testing.assert_frame_equal(found, expected)


def test_epci_of_2023_are_those_of_insee(sources: Path) -> None:
    path = sources / "insee_geography" / "Intercommunalite_Metropole_au_01-01-2023.xlsx"
    sheet = pd.read_excel(path, sheet_name="Composition_communale", header=5, dtype=str, engine="openpyxl")
    insee = sheet[sheet["EPCI"] != "ZZZZZZZZZ"].set_index("CODGEO")["EPCI"].to_dict()
    assert geography.members("epci", vintage=2023).set_index("commune")["unit"].to_dict() == insee
    assert set(geography.units("commune", vintage=2023)["code"]) == set(sheet["CODGEO"])
