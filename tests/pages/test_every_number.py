"""Every figure of every page is a figure of its indicators.csv; every quoted word is a cell of a table."""

import re

import pandas as pd
import pytest
from pages.reading import Reading, cells, printed

from impactkit.data import geography, series
from impactkit.evidence.declared import publisher
from impactkit.wording.catalogue import french_spaces

CLAIMS = re.compile(r"\b(effets?|impacts?)\b", re.IGNORECASE)


def rows_of(folder):
    """Every figure that a page may print: its indicators, and what is estimated."""
    rows = pd.read_csv(folder / "indicators.csv", dtype={"group": str, "period": str})
    others = [folder / "effects.csv", folder / "values.csv"]
    return pd.concat([rows, *(pd.read_csv(path) for path in others if path.is_file())])


def _names(french_impact, place, rows):
    """Names may hold figures: the programme's territories, and the units listed one by one."""
    groups = {group for group in rows["group"].dropna() if group.startswith("comparable=")}
    listed = {group.removeprefix("comparable=") for group in groups} - {"median", "range"}
    names = {geography.name_of(place.family, code, vintage=french_impact.vintage) for code in listed}
    # Who says it may be called « Le 24-7 ».
    said = {
        source for table in french_impact.tables for source in french_impact.table(table).get("source", [])
    }
    return {one.name for one in french_impact.territories} | names | set(map(publisher, said)) - {""}


def _unknown_numbers(html, rows, names):
    known = printed(rows)
    return [one for one in Reading(html).numbers(names) if one not in known]


def _foreign_quotes(html, evaluation, sources):
    known = cells(evaluation) | sources
    page = Reading(html)
    return [one for one in (*page.declared, *page.notes) if one not in known]


def sources_of(folder):
    """The sources of the figures of a report, each alone and as they stand together."""
    told = rows_of(folder)["source"].dropna()
    return {french_spaces(one) for cell in told for one in (cell, *cell.split(" ; "))}


@pytest.fixture(scope="module")
def pages(built, french_impact):
    return {
        place.code: (built / place.code / "report.html").read_text("utf-8")
        for place in french_impact.territories
    }


def test_every_number_of_every_page_stands_in_its_table(pages, built, french_impact):
    assert len(pages) == 27
    count = 0
    for place in french_impact.territories:
        rows = rows_of(built / place.code)
        names = _names(french_impact, place, rows)
        assert not _unknown_numbers(pages[place.code], rows, names), place.code
        count += len(Reading(pages[place.code]).numbers(names))
    assert count > 27 * 5


def test_every_quoted_word_is_a_cell_of_a_table(pages, built, french_impact):
    for code, html in pages.items():
        sources = {geography.POPULATION_SOURCE, geography.PERIMETER_SOURCE} | sources_of(built / code)
        assert not _foreign_quotes(html, french_impact, sources), code


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
def test_a_planted_change_is_found(pages, built, french_impact, was, becomes):
    html, place = pages["valence-romans"], french_impact.territory("valence-romans")
    assert was in html
    rows = rows_of(built / place.code)
    names = _names(french_impact, place, rows)
    assert _unknown_numbers(html.replace(was, becomes), rows, names)


def test_a_planted_quotation_is_found(pages, french_impact):
    html = pages["valence-romans"].replace("une dizaine", "une vingtaine")
    assert _foreign_quotes(html, french_impact, set())


def test_no_computed_sentence_says_effet_or_impact(pages, french_impact):
    for place in french_impact.territories:
        words = Reading(pages[place.code]).computed(one.name for one in french_impact.territories)
        assert not CLAIMS.findall(words), place.code
    planted = pages["mayotte"].replace("Aucune évolution", "Aucun effet ; aucune évolution")
    assert CLAIMS.findall(Reading(planted).computed())


@pytest.mark.slow
def test_with_official_files_too(official, built_official):
    """The same on pages that print official figures: an EPCI, a sum of communes, a region, a city, none."""
    some = sorted(path.parent.name for path in built_official.glob("*/report.html"))
    assert len(some) == 6
    count = 0
    for code in some:
        html = (built_official / code / "report.html").read_text("utf-8")
        rows = rows_of(built_official / code)
        places = series.of_territory(official.territory(code), "rate_unemployment")
        zones = set(places["zone_name"]) - {""} if "zone_name" in places else set()
        names = _names(official, official.territory(code), rows) | zones
        assert not _unknown_numbers(html, rows, names), code
        assert not CLAIMS.findall(Reading(html).computed(names)), code
        count += len(Reading(html).numbers(names))
    assert count > 100
