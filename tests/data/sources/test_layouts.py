"""Files as they come: BOM, semicolons, decimal commas, secrets, codes that lost their zeros, columns that
changed. Invented figures in real layouts; the real ones where they are at hand.
"""

import json
import zipfile

import pytest

import impactkit as ik
from impactkit.data.sources import dares, insee, melodi, readers, urssaf
from impactkit.wording.language import FRENCH

DARES = (
    "Date;Code région;Région;Code département;Département;Code commune;Commune;Type de données;Catégorie;"
    "Sexe;Tranche d'âge;Nombre de demandeurs d'emploi\n"
    "2023-T4;11;Île-de-France;91;Essonne;91001;Abbéville-la-Rivière;Brutes;ABC;Total;Total;15\n"
    "2023-T4;11;Île-de-France;91;Essonne;91001;Abbéville-la-Rivière;Brutes;ABC;Femmes;Total;5\n"
    "2024-T4;11;Île-de-France;91;Essonne;91001;Abbéville-la-Rivière;Brutes;ABC;Total;Total;nd\n"
)
LABELLED = (
    '"Géographie";"Niveau Géo";"Sexe";"Âge";"Statut de confidentialité";Période;Valeur\n'
    '"Massy";"Commune";"Total";"65 ans ou plus";"Diffusable";2022;1200,5\n'
    '"Massy";"Commune";"Total";"Total";"Diffusable";2022;4802\n'
    '"Linas";"Commune";"Total";"65 ans ou plus";"Confidentiel (secret statistique)";2022;\n'
    '"Linas";"Commune";"Total";"Total";"Diffusable";2022;900\n'
    '"Communauté d\'agglomération Communauté Paris-Saclay";"Etablissement public de coopération '
    'intercommunal";"Total";"65 ans ou plus";"Diffusable";2022;100\n'
    '"Communauté d\'agglomération Communauté Paris-Saclay";"Etablissement public de coopération '
    'intercommunal";"Total";"Total";"Diffusable";2022;400\n'
)
AGES = {
    "dataset": "DS_RP_POPULATION_PRINC",
    "indicator": "share_aged_65",
    "where": {"Sexe": "Total", "Âge": "65 ans ou plus"},
    "over": {"Sexe": "Total", "Âge": "Total"},
    "within": ["91"],
}


def written(path, text, bom=True):
    path.write_text(text, "utf-8-sig" if bom else "utf-8")
    return path


def values(figures):
    return figures.frame.set_index(["unit", "period"])


def test_dares(tmp_path):
    (found,) = dares.jobseekers(FRENCH, written(tmp_path / "dares.csv", DARES), {})
    told = values(found)
    assert len(told) == 2 and told.loc[("91001", "2023-Q4"), "value"] == 15
    assert told.loc[("91001", "2024-Q4"), "flag"] == "missing:not-published"
    assert found.step == 5 and found.breaks == ("2025-Q1",)


def test_melodi_labelled(tmp_path):
    found = {one.family: one for one in melodi.read(FRENCH, written(tmp_path / "DS.csv", LABELLED), AGES)}
    communes, epci = values(found["commune"]), values(found["epci"])
    assert communes.loc[("91377", "2022"), "value"] == pytest.approx(0.25)
    assert communes.loc[("91339", "2022"), "flag"] == "withheld" and communes["value"].isna().sum() == 1
    assert epci.loc[("200056232", "2022"), "value"] == 0.25
    assert found["commune"].rolling


def test_melodi_answers_and_files(tmp_path):
    rows = [("2026-EPCI-200068781", "Y_GE75", 10.0, "F"), ("2026-EPCI-200068781", "_T", 100.0, "F")]
    rows += [("2026-FRANCE-F", "_T", 9.0, "F"), ("2026-COM-26362", "Y_GE75", None, "C")]
    answer = [
        {
            "dimensions": {"GEO": geo, "AGE": age, "TIME_PERIOD": "2022"},
            "attributes": {"CONF_STATUS": secret},
            "measures": {"OBS_VALUE_NIVEAU": {"value": value}},
        }
        for geo, age, value, secret in rows
    ]
    path = written(tmp_path / "DS.json", json.dumps({"observations": answer}), bom=False)
    settings = {"dataset": "DS_X", "indicator": "count_aged_75", "where": {"AGE": "Y_GE75"}}
    found = {one.family: one for one in melodi.read(FRENCH, path, settings)}
    assert values(found["epci"]).loc[("200068781", "2022"), "value"] == 10
    assert values(found["commune"]).loc[("26362", "2022"), "flag"] == "withheld"
    assert found["epci"].geography_vintage == "2026"
    text = "GEO;GEO_OBJECT;AGE;TIME_PERIOD;OBS_VALUE;OBS_STATUS\n26362;COM;Y_GE75;2022;7,5;A\n"
    with zipfile.ZipFile(tmp_path / "DS.zip", "w") as packed:
        packed.writestr("DS_X_2022_data.csv", text)
    (zipped,) = melodi.read(FRENCH, tmp_path / "DS.zip", settings)
    assert values(zipped).loc[("26362", "2022"), "value"] == 7.5


def test_a_breakdown_left_free_would_count_twice(tmp_path):
    settings = AGES | {"where": {"Sexe": "Total"}}
    with pytest.raises(ik.RefusedData, match="ventilation"):
        melodi.read(FRENCH, written(tmp_path / "DS.csv", LABELLED), settings)


def test_a_name_borne_by_several_communes_is_refused(tmp_path):
    text = LABELLED.replace("Massy", "Sainte-Colombe")
    with pytest.raises(ik.RefusedData, match="Sainte-Colombe"):
        melodi.read(FRENCH, written(tmp_path / "DS.csv", text), AGES | {"within": []})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (DARES.replace("Catégorie", "Cat"), "Catégorie"),
        (DARES.replace(";91001;", ";9101;"), "zéros"),
        (DARES.replace(";15\n", ";quinze\n"), "quinze"),
        (DARES.replace("2024-T4", "2023-T4"), "deux valeurs"),
    ],
)
def test_what_a_file_should_not_be(tmp_path, text, words):
    with pytest.raises(ik.RefusedData) as caught:
        dares.jobseekers(FRENCH, written(tmp_path / "dares.csv", text), {})
    assert words in caught.value.what and caught.value.where == "dares.csv" and caught.value.next


def test_urssaf_s_own_export_is_another_measure(tmp_path):
    text = "annee;code_epci;epci;nombre_d_etablissements;effectifs_salaries_moyens;masse_salariale\n"
    text += "2020;200068781;X;10;1 234,5;9\n"
    (found,) = urssaf.by_epci(FRENCH, written(tmp_path / "u.csv", text), {})
    assert values(found).loc[("200068781", "2020"), "value"] == 1234.5 and "moyens" in found.source
    with pytest.raises(ik.RefusedData, match="effectifs"):
        urssaf.by_epci(
            FRENCH, written(tmp_path / "v.csv", text.replace("effectifs_salaries_moyens", "effectif")), {}
        )


def test_a_zero_where_nothing_is_covered_is_no_figure(tmp_path, monkeypatch):
    """Some tables print 0 for what they do not cover: Mayotte has no private jobs by Urssaf, not none."""
    folder = tmp_path / "sources"
    folder.mkdir()
    rows = "code,year,jobs_private\n976,2020,0\n26,2020,150000\n"
    written(folder / "urssaf_emploi_prive_departement_2020.csv", rows)
    monkeypatch.setenv("IMPACTKIT_SOURCES", str(folder))
    from impactkit.data import series

    ev = ik.load("data/french-impact")
    told = series.of_units(ev, "count_jobs_private", "departement").set_index("unit")
    assert told.loc["26", "value"] == 150_000 and "976" not in told.index
    place = series.of_territory(ev.territory("mayotte"), "count_jobs_private")
    assert place.empty or place["value"].isna().all()
    rows = ik.indicators(ev, measure="count_jobs_private", of=ev.territory("mayotte"))
    assert rows["flag"].tolist() == ["missing:not-covered"]


def test_a_workbook_without_its_sheet(tmp_path):
    path = written(tmp_path / "chomage-zone-t1-2003.xlsx", "<html></html>")
    with pytest.raises(ik.RefusedData, match="txcho_ze"):
        insee.unemployment(FRENCH, path, {})


def test_a_file_that_is_no_table(tmp_path):
    path = tmp_path / "x.csv.gz"
    path.write_bytes(b"\x1f\x8bbroken")
    with pytest.raises(ik.RefusedData, match="table"):
        readers.table(FRENCH, path, ("a",))


def test_the_real_layouts(sources):
    folder = sources / "layout_samples"
    (seekers,) = dares.jobseekers(FRENCH, folder / "POP_CHOMAGE_DARES.csv", {})
    assert len(seekers.frame) == 194 * 10 and seekers.frame["value"].notna().all()
    births = {"dataset": "DS_ETAT_CIVIL", "indicator": "count_births", "within": ["91"]}
    found = {one.family: one for one in melodi.read(FRENCH, folder / "POP_NAISSANCES.csv", births)}
    assert set(found) == {"commune", "epci"} and found["commune"].frame["value"].gt(0).all()
    eighty = AGES | {"where": {"Sexe": "Total", "Âge": "80 ans ou plus"}}
    ages = melodi.read(FRENCH, folder / "POP_RECENSEMENT.csv", eighty)
    assert all(one.frame["value"].between(0, 0.3).all() for one in ages)
    poverty = {
        "dataset": "DS_FILOSOFI_AGE",
        "indicator": "rate_poverty",
        "within": ["91"],
        "where": {
            "Tranche d'âge du référent fiscal": "75 ans ou plus",
            "Mesures filosofi": "Taux de pauvreté (en %) au seuil de 60 % de la médiane du niveau de vie",
        },
    }
    found = {one.family: one for one in melodi.read(FRENCH, folder / "POP_FILOSOFI_AGE.csv", poverty)}
    assert (found["commune"].frame["flag"] == "withheld").any()
