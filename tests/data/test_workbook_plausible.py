"""What a cell may hold by its form and cannot mean: refused or asked about, with what to do."""

import pytest
from typed_book import JOBS, PLACE, book_in, folder_in, imported, table_of

import impactkit as ik

PROJECT = [
    "Projet",
    "Territoire",
    "Idée du",
    "Préparé depuis",
    "Lancé le",
    "Étendu le",
    "Arrêté le",
    "À la date du",
]


def taken(tmp_path, sheets):
    folder = folder_in(tmp_path / "essai")
    return imported(folder, book_in(tmp_path / "classeur.xlsx", sheets)), folder


@pytest.mark.parametrize(
    ("dates", "cells"),
    [
        ((None, None, "2032", None, None, "2021-06-30"), {"E2"}),
        ((None, None, "01/02/2068", None, None, "2021-06-30"), {"E2"}),
        ((None, None, "mars 2021", None, None, "2020"), {"E2"}),
        ((None, None, "2021", None, "2019", "2021-06-30"), {"G2"}),
        (("2020", None, "2019", None, None, "2021-06-30"), {"E2"}),
        (("2020-05", None, None, None, "2020-04-30", "2021-06-30"), {"G2"}),
        ((None, "2020", None, "2018-12", None, "2021-06-30"), {"F2"}),
        ((None, None, "1068", None, None, "2021-06-30"), {"E2"}),
        ((None, None, None, None, None, "2062"), {"H2"}),
    ],
)
def test_dates_that_cannot_be_are_refused(tmp_path, dates, cells):
    done, _ = taken(tmp_path, {"Projets": [PROJECT, ["Conserverie", PLACE, *dates]]})
    assert {one.cell for one in done.problems} == cells, str(done)
    assert all(one.value and one.next for one in done.problems)


def test_a_year_holds_its_months(tmp_path):
    done, _ = taken(
        tmp_path,
        {"Projets": [PROJECT, ["Conserverie", PLACE, "2020", "2020-03", "2020", None, "2020-12-31", 2020]]},
    )
    assert done.written, str(done)


@pytest.mark.parametrize(
    ("title", "lines", "cell"),
    [
        ("Membres", [["Territoire", "Nom", "Rôle", "Depuis"], [PLACE, "Forge", "membre", "2035"]], "D2"),
        ("Partenariats", [["Territoire", "Entreprise", "Type", "Début"], [PLACE, "A", "achat", 2040]], "D2"),
        ("Partenariats", [["Territoire", "Entreprise", "Type", "Fin"], [PLACE, "A", "achat", 2068]], "D2"),
        (
            "Entretiens",
            [["Territoire", "Date", "Fonction", "Accord"], [PLACE, "2033-01-01", "élue", "oui"]],
            "B2",
        ),
        (
            "Feuille de route",
            [["Territoire", "Version", "Jalon", "Échéance", "État"], [PLACE, 1, "Ouvrir", 2068, "prévu"]],
            "D2",
        ),
    ],
)
def test_dates_of_every_table_are_read_alike(tmp_path, title, lines, cell):
    done, _ = taken(tmp_path, {title: lines})
    assert [one.cell for one in done.problems] == [cell], str(done)


def test_what_is_planned_may_come(tmp_path):
    lines = [["Territoire", "Version", "Jalon", "Échéance", "État"], [PLACE, 1, "Ouvrir", 2031, "prévu"]]
    done, _ = taken(tmp_path, {"Feuille de route": lines})
    assert done.written, str(done)


@pytest.mark.parametrize("partners", ["Forge, Lavoir", "Forge, Lavoir et fils", "A,B,C"])
def test_partners_between_commas_are_asked_about(tmp_path, partners):
    lines = [["Projet", "Territoire", "Membres associés"], ["Conserverie", PLACE, partners]]
    done, _ = taken(tmp_path, {"Projets": lines})
    assert [one.cell for one in done.problems] == ["C2"] and "point" in done.problems[0].next


def test_a_member_whose_name_has_a_comma_is_one(tmp_path):
    sheets = {
        "Membres": [["Territoire", "Nom", "Rôle"], [PLACE, "La France, une chance", "membre"]],
        "Projets": [["Projet", "Territoire", "Membres associés"], ["Bus", PLACE, "La France, une chance"]],
    }
    done, folder = taken(tmp_path, sheets)
    assert done.written, str(done)
    assert table_of(folder, "projects")[-1]["partners"] == "La France, une chance"


@pytest.mark.parametrize("words", ["idem", "Id.", "ibid.", '"', "même source", "〃"])
def test_idem_says_what_the_row_above_says(tmp_path, words):
    head = [*JOBS[:3], "Source", "À la date du"]
    rows = [
        [PLACE, "halle", 3, "Gazette de mai", "2021"],
        [PLACE, "atelier", 1, words, words],
        [words, "verger", 2, words, 2021],
    ]
    done, folder = taken(tmp_path, {"Emplois": [head, *rows]})
    assert done.written, str(done)
    assert {row["source"] for row in table_of(folder, "jobs")} == {"Gazette de mai"}
    assert {row["as_of"] for row in table_of(folder, "jobs")} == {"2021"}
    fates = {entry.cell: entry for entry in done.receipt.entries}
    assert (
        fates["D3"].fate == "changed" and "D2" in fates["D4"].why and fates["D4"].becomes == "Gazette de mai"
    )


@pytest.mark.parametrize(("cell", "value"), [("C3", "idem"), ("C3", '"')])
def test_idem_is_no_figure(tmp_path, cell, value):
    rows = [JOBS[:3], [PLACE, "halle", 3], [PLACE, "atelier", value]]
    done, _ = taken(tmp_path, {"Emplois": rows})
    assert [one.cell for one in done.problems] == [cell]


def test_idem_in_the_first_row_or_in_a_table_is_refused(tmp_path):
    rows = [[*JOBS[:3], "Source"], [PLACE, "halle", 3, "idem"]]
    done, folder = taken(tmp_path, {"Emplois": rows})
    assert [one.cell for one in done.problems] == ["D2"]
    lines = [
        "territory,project,actual,as_of,source",
        "aubrelle,halle,3,2020,Gazette",
        "aubrelle,atelier,3,2020,idem",
    ]
    (folder / "jobs.csv").write_text("\n".join(lines) + "\n", "utf-8")
    assert [one.cell for one in ik.check(folder)] == ["E3"]


@pytest.mark.parametrize(
    ("family", "code", "right"),
    [
        ("commune", 1053, "01053"),
        ("commune", "1004", "01004"),
        ("commune", "2a004", "2A004"),
        ("département", 1, "01"),
        ("intercommunalité", 200068781.0, "200068781"),
        ("région", 1, "01"),
    ],
)
def test_an_official_code_that_lost_its_zero_gets_it_back(tmp_path, family, code, right):
    lines = [["Territoire", "Famille", "Code officiel", "Rôle"], [PLACE, family, code, "possible"]]
    done, folder = taken(tmp_path, {"Périmètres": lines})
    assert done.written, str(done)
    assert table_of(folder, "perimeters")[0]["code"] == right
    entry = next(entry for entry in done.receipt.entries if entry.cell == "C2")
    assert entry.fate == ("changed" if str(code) not in (right, f"{right}.0") else "taken")
    again = imported(folder, tmp_path / "classeur.xlsx")
    assert not again.changes and not any(again.added.values())


@pytest.mark.parametrize(("code", "near"), [("98501", ""), ("1999", ""), ("0105", "")])
def test_a_code_that_no_zero_explains_is_refused(tmp_path, code, near):
    lines = [["Territoire", "Famille", "Code officiel", "Rôle"], [PLACE, "commune", code, "possible"]]
    done, _ = taken(tmp_path, {"Périmètres": lines})
    assert [one.cell for one in done.problems] == ["C2"] and near in done.problems[0].next


def test_a_table_that_lost_a_zero_is_told_the_right_code(tmp_path):
    folder = folder_in(tmp_path / "essai")
    text = "territory,family,code,role\naubrelle,commune,1053,candidate\n"
    (folder / "perimeters.csv").write_text(text, "utf-8")
    assert "`01053`" in ik.check(folder)[0].next


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("nantes", "nantes-metropole"),
        ("Nantes Métropole", "nantes-metropole"),
        ("valence", "valence-romans"),
        ("VALENCE-ROMANS", "valence-romans"),
        ("bretagne", "region-bretagne"),
    ],
)
def test_a_territory_is_suggested_by_its_name_or_its_beginning(french_impact, typed, code):
    with pytest.raises(ik.UnknownName) as wrong:
        french_impact.territory(typed)
    assert f"`{code}`" in wrong.value.next


@pytest.mark.parametrize(
    ("first", "second", "cells"),
    [
        ({"actual": 3}, {"actual": 5}, {"C2", "C3"}),
        ({"actual": 2}, {"actual": 2}, set()),
        ({"actual": 3}, {"actual": ""}, set()),
        ({"actual": 3}, {"actual": 5, "as_of": "2022-06-30"}, set()),
        ({"actual": 3}, {"actual": 5, "project": "autre"}, set()),
    ],
)
def test_two_figures_of_one_fact_written_by_hand_are_told_at_both_cells(small, first, second, cells):
    projects = [{"project": code, "territory": "a", "name": code} for code in ("four", "autre")]
    jobs = [{"territory": "a", "project": "four", "target": "dix", **row} for row in (first, second)]
    problems = ik.check(small({"projects": projects, "jobs": jobs}).folder)
    assert {problem.cell for problem in problems} == cells
    assert all("fait" in problem.expected and problem.next for problem in problems)
