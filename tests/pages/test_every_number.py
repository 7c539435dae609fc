"""Every figure of every page is a figure of its indicators.csv; every quoted word is a cell of a table."""

import pytest
from pages.reading import Reading, cells, names_in, printed, rows_of, sources_of

from impactkit.data import geography, series


def _unknown_numbers(html, rows, names):
    known = printed(rows)
    return [one for one in Reading(html).numbers(names) if one not in known]


def _foreign_quotes(html, evaluation, sources):
    known = cells(evaluation) | sources
    page = Reading(html)
    return [one for one in (*page.declared, *page.notes) if one not in known]


def html_of(folder):
    return (folder / "report.html").read_text("utf-8")


def test_every_number_of_a_page_stands_in_its_table(territory_code, built, french_impact):
    folder = built / territory_code
    rows = rows_of(folder)
    names = names_in(french_impact, french_impact.territory(territory_code), rows)
    assert not _unknown_numbers(html_of(folder), rows, names)


def test_there_are_numbers_to_read(every_report, french_impact):
    assert numbers_of(every_report, french_impact) > 27 * 5


def numbers_of(folders, evaluation):
    """How many figures the pages of the territories of an evaluation print."""
    codes = {territory.code for territory in evaluation.territories}
    count = 0
    for folder in folders:
        if folder.name in codes:
            names = names_in(evaluation, evaluation.territory(folder.name), rows_of(folder))
            count += len(Reading(html_of(folder)).numbers(names))
    return count


def test_every_quoted_word_is_a_cell_of_a_table(territory_code, built, french_impact):
    folder = built / territory_code
    sources = {geography.POPULATION_SOURCE, geography.PERIMETER_SOURCE} | sources_of(folder)
    assert not _foreign_quotes(html_of(folder), french_impact, sources)


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("226\u202f240", "226\u202f241"),
        ("2,8\u202f%", "3,0\u202f%"),
        ("54 communes", "55 communes"),
        ('alt="', 'alt="12 345 '),
        ("<strong>2 emplois", "<strong>71 emplois"),
    ],
)
def test_a_planted_change_is_found(built, french_impact, was, becomes):
    territory = french_impact.territory("valence-romans")
    html = html_of(built / territory.code)
    assert was in html
    rows = rows_of(built / territory.code)
    names = names_in(french_impact, territory, rows)
    assert _unknown_numbers(html.replace(was, becomes), rows, names)


def test_a_planted_quotation_is_found(built, french_impact):
    html = html_of(built / "valence-romans").replace("une dizaine", "une vingtaine")
    assert _foreign_quotes(html, french_impact, set())


def test_no_computed_sentence_says_effet_or_impact(territory_code, built, french_impact):
    names = [territory.name for territory in french_impact.territories]
    assert not Reading(html_of(built / territory_code)).claims(names)


def test_a_planted_claim_is_found(built):
    planted = html_of(built / "mayotte").replace("Aucune évolution", "Aucun effet ; aucune évolution")
    assert Reading(planted).claims()


def test_with_official_files_too(territory_code, official, built_official):
    """The same on the pages that print official figures."""
    folder = built_official / territory_code
    rows = rows_of(folder)
    unemployment = series.of_territory(official.territory(territory_code), "rate_unemployment")
    zones = set(unemployment["zone_name"]) - {""} if "zone_name" in unemployment else set()
    names = names_in(official, official.territory(territory_code), rows) | zones
    assert not _unknown_numbers(html_of(folder), rows, names)
    assert not Reading(html_of(folder)).claims(names)


def test_there_are_official_numbers_to_read(official, built_official):
    folders = [page.parent for page in built_official.glob("*/report.html")]
    assert numbers_of(folders, official) > 500
