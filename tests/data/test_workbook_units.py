"""A figure is read with its unit: multiplied and said, or refused at its cell; never the bare number."""

import pytest
from typed_book import book_in, folder_in, imported, table_of

HEADS = {
    "yearly_cost": ("projects", "Projets", "Coût annuel"),
    "yearly_revenue": ("projects", "Projets", "Recettes annuelles"),
    "beneficiaries": ("projects", "Projets", "Bénéficiaires"),
    "support_hours": ("projects", "Projets", "Heures d’appui"),
    "actual": ("jobs", "Emplois", "Emplois"),
    "fte": ("jobs", "Emplois", "ETP"),
    "cash": ("partnerships", "Partenariats", "Euros"),
    "hours": ("partnerships", "Partenariats", "Heures"),
    "amount": ("funding", "Financements", "Montant"),
    "charge": ("project_outcomes", "Retombées des projets", "Charge portée"),
}
ROWS = {
    "projects": {"Code du projet": "neuf", "Projet": "Un projet neuf"},
    "jobs": {"Projet": "halle"},
    "partnerships": {"Entreprise": "Scieries Bleues", "Type": "achat"},
    "funding": {"Financeur": "Région", "État": "versé"},
    "project_outcomes": {"Projet": "halle", "Dimension": "économique", "Retombée": "Élèves accueillis"},
}


def taken(tmp_path, column, value, form="", head=""):
    """What one figure became: the import, and the text of its cell in the table."""
    table, sheet, title = HEADS[column]
    row = {"Territoire": "Val d’Aubrelle", **ROWS[table], head or title: value}
    cell = f"{'ABCDEFG'[len(row) - 1]}2"
    formats = {(sheet, cell): form} if form else {}
    path = book_in(tmp_path / "classeur.xlsx", {sheet: [list(row), list(row.values())]}, formats)
    done = imported(folder_in(tmp_path / "essai"), path)
    rows = table_of(tmp_path / "essai", table)
    return done, (rows[-1].get(column, "") if rows else ""), f"{'ABCDEFG'[len(row) - 1]}"


@pytest.mark.parametrize(
    ("column", "value", "form", "becomes"),
    [
        ("yearly_cost", 12, '0" k€"', "12000"),
        ("yearly_cost", 1.2, '0.0" M€"', "1200000"),
        ("amount", 45, '#,##0\\ "k€"', "45000"),
        ("cash", 3, '0.00" K EUR"', "3000"),
        ("amount", 0.5, '[>=1000000]0.0,,"M€";0.0" M€"', "500000"),
        ("charge", 7, '0 "milliers d\'euros"', "7000"),
        ("amount", 2, '0" Md€"', "2000000000"),
    ],
)
def test_a_format_that_multiplies_is_followed_and_said(tmp_path, column, value, form, becomes):
    done, text, _ = taken(tmp_path, column, value, form)
    assert not done.problems, str(done)
    assert text == becomes
    assert "x" not in text and any(becomes in line.replace("\u202f", "") for line in str(done).splitlines())


@pytest.mark.parametrize(
    ("column", "value", "form", "becomes"),
    [
        ("yearly_cost", 12000, '0.0,"k€"', "12000"),
        ("amount", 1234567.5, '#,##0.0,,"M€"', "1234567.5"),
        ("amount", 1500, '#,##0.00 "€"', "1500"),
        ("cash", 1500, "_-* #,##0.00 [$€-40C]_-;-* #,##0.00 [$€-40C]_-", "1500"),
        ("hours", 12.5, '0.0" h"', "12.5"),
        ("fte", 1.5, '0.0" ETP"', "1.5"),
        ("actual", 3, '0" emplois"', "3"),
        ("beneficiaries", 1200, "#,##0", "1200"),
        ("amount", 1500, "[Red]#,##0;[Blue]-#,##0", "1500"),
    ],
)
def test_a_format_that_only_dresses_the_figure_changes_nothing(tmp_path, column, value, form, becomes):
    done, text, _ = taken(tmp_path, column, value, form)
    assert not done.problems, str(done)
    assert text == becomes


@pytest.mark.parametrize(
    ("column", "value", "form"),
    [
        ("fte", 0.8, "0%"),
        ("fte", 80, '0" %"'),
        ("actual", 1, '0" ETP"'),
        ("yearly_cost", 1200, '0" ETP"'),
        ("beneficiaries", 1200, '#,##0 "€"'),
        ("hours", 3, '0" jours"'),
        ("amount", 1200, "[$$-409]#,##0"),
        ("amount", 12000, "0,"),
        ("amount", 12000, "0.0,,"),
        ("amount", 1500000, '0.0,"M€"'),
        ("amount", 1500, '0.0,,"k€"'),
        ("amount", 12, ";;;"),
        ("amount", 12, '"à voir"'),
        ("amount", 12, '0" patates"'),
        ("yearly_cost", 100, '0" €/mois"'),
    ],
)
def test_a_format_of_another_unit_or_that_hides_the_figure_is_refused(tmp_path, column, value, form):
    done, _, letter = taken(tmp_path, column, value, form)
    assert [one.cell for one in done.problems] == [f"{letter}2"], str(done)
    assert done.problems[0].value and done.problems[0].expected and done.problems[0].next
    assert not done.written


@pytest.mark.parametrize(
    ("column", "head", "value", "becomes"),
    [
        ("yearly_cost", "Coût annuel (k€)", 45, "45000"),
        ("yearly_cost", "Coût annuel en k€", 45, "45000"),
        ("amount", "Montant [M€]", 1.2, "1200000"),
        ("amount", "Montant (en milliers d’euros)", "3,5", "3500"),
        ("amount", "Montant (€)", 45, "45"),
        ("cash", "Montant (KEUR HT)", 2, "2000"),
        ("fte", "Nombre d’ETP (ETP)", 1.5, "1.5"),
        ("yearly_cost", "Coût annuel (estimé)", 45, "45"),
        ("yearly_cost", "Coût annuel (k€)", "12 k€", "12000"),
        ("beneficiaries", "Bénéficiaires (milliers)", 1.5, "1500"),
    ],
)
def test_the_unit_of_a_header_is_the_column_s(tmp_path, column, head, value, becomes):
    done, text, _ = taken(tmp_path, column, value, head=head)
    assert not done.problems, str(done)
    assert text == becomes


@pytest.mark.parametrize(
    ("column", "head", "value"),
    [
        ("actual", "Emplois (ETP)", 3),
        ("hours", "Heures (jours)", 3),
        ("yearly_cost", "Coût annuel ($)", 45),
        ("beneficiaries", "Bénéficiaires (k€)", 45),
        ("amount", "Montant (%)", 45),
        ("yearly_cost", "Coût annuel (€/mois)", 45),
    ],
)
def test_a_header_of_another_unit_is_refused_at_the_header(tmp_path, column, head, value):
    done, _, letter = taken(tmp_path, column, value, head=head)
    assert [one.cell for one in done.problems] == [f"{letter}1"], str(done)


@pytest.mark.parametrize(
    ("column", "head", "value", "form"),
    [("yearly_cost", "Coût annuel (k€)", "45 €", ""), ("amount", "Montant (k€)", 45, '0" €"')],
)
def test_a_cell_and_a_header_that_disagree_are_refused(tmp_path, column, head, value, form):
    done, _, letter = taken(tmp_path, column, value, form, head)
    assert [one.cell for one in done.problems] == [f"{letter}2"], str(done)


@pytest.mark.parametrize(
    ("column", "typed"),
    [
        ("yearly_cost", "1 200 ETP"),
        ("yearly_revenue", "300 heures"),
        ("beneficiaries", "1 200 €"),
        ("actual", "3 ETP"),
        ("fte", "3 emplois"),
        ("fte", "80 %"),
        ("hours", "3 jours"),
        ("amount", "12 $"),
        ("amount", "1 000 FCFA"),
        ("amount", "30 %"),
        ("yearly_cost", "100 € par mois"),
        ("support_hours", "12 €"),
    ],
)
def test_a_unit_in_text_that_is_not_the_column_s_is_refused(tmp_path, column, typed):
    done, _, letter = taken(tmp_path, column, typed)
    assert [one.cell for one in done.problems] == [f"{letter}2"], str(done)
    assert done.problems[0].value == typed


@pytest.mark.parametrize(
    ("column", "typed", "becomes"),
    [
        ("amount", "12 k€", "12000"),
        ("amount", "1,2 M€", "1200000"),
        ("amount", "€ 1 500", "1500"),
        ("amount", "1,5 million d’euros", "1500000"),
        ("yearly_cost", "12 000 €/an", "12000"),
        ("yearly_cost", "12 k€ par an", "12000"),
        ("hours", "40 h", "40"),
        ("fte", "1,5 équivalent temps plein", "1.5"),
        ("beneficiaries", "120 personnes", "120"),
        ("actual", "3 emplois", "3"),
        ("amount", "1 200,50 € TTC", "1200.5"),
    ],
)
def test_a_unit_in_text_that_is_the_column_s_is_taken(tmp_path, column, typed, becomes):
    done, text, _ = taken(tmp_path, column, typed)
    assert not done.problems, str(done)
    assert text == becomes


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (12, '0" k€"', "12 k€"),
        (0.8, "0%", "80 %"),
        (10, '"une dizaine, soit "0', "une dizaine, soit 10"),
        (1053, "00000", "01053"),
        (612345678, "00 00 00 00 00", "06 12 34 56 78"),
        (1.5, "General", "1,5"),
    ],
)
def test_a_column_of_words_keeps_what_the_screen_shows(tmp_path, value, form, text):
    rows = [["Territoire", "Projet", "Emplois", "Ambition"], ["Val d’Aubrelle", "halle", 3, value]]
    path = book_in(tmp_path / "classeur.xlsx", {"Emplois": rows}, {("Emplois", "D2"): form})
    done = imported(folder_in(tmp_path / "essai"), path)
    assert not done.problems, str(done)
    assert table_of(tmp_path / "essai", "jobs")[0]["target"] == text


@pytest.mark.parametrize(
    ("value", "form", "becomes"),
    [(0.12, "", "0.12"), ("12 %", "", "0.12"), (0.125, "0.0%", "0.125"), (12.5, '0.0" %"', "0.125")],
)
def test_a_rate_is_a_share_however_it_is_written(tmp_path, value, form, becomes):
    done, rows = _rate(tmp_path, "rate_unemployment", value, form)
    assert not done.problems, str(done)
    assert rows[0]["value"] == becomes


@pytest.mark.parametrize(
    ("indicator", "value"),
    [
        ("rate_unemployment", 12),
        ("rate_unemployment", 12.5),
        ("rate_poverty", 14.2),
        ("share_aged_75", -0.1),
        ("rate_ours", 3),
    ],
)
def test_a_rate_out_of_its_range_is_refused(tmp_path, indicator, value):
    done, _ = _rate(tmp_path, indicator, value, "")
    assert [one.cell for one in done.problems] == ["D2"], str(done)
    assert "%" in done.problems[0].next


def _rate(tmp_path, indicator, value, form):
    rows = [["Unité", "Période", "Indicateur", "Valeur"], ["U001", "2019", indicator, value]]
    formats = {("Indicateurs de résultat", "D2"): form} if form else {}
    path = book_in(tmp_path / "classeur.xlsx", {"Indicateurs de résultat": rows}, formats)
    done = imported(folder_in(tmp_path / "essai"), path)
    return done, table_of(tmp_path / "essai", "outcomes")
