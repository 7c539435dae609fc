"""Pages of the invented evaluation: full ones, a candidate's, one with open lists."""

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from pages.reading import Reading, cells, pdf_pages, printed, rows_of, sources_of

import impactkit as ik

SOME = ("val-d-aubrelle", "monts-de-quercelle", "baie-d-ysorne", "merinval")
# Where an effect was put and is large enough to be found; each is said twice, in the essentials and in full.
FOUND, EARNED = {"val-d-aubrelle"}, "Effet estimé de la labellisation"


@pytest.fixture(scope="module")
def demo(repo):
    return ik.load(repo / "data" / "demo")


@pytest.fixture(scope="module")
def folder(built_demo):
    return built_demo


@pytest.mark.parametrize("code", SOME)
def test_every_number_stands_in_its_table_and_nothing_is_claimed(folder, demo, code):
    html = (folder / code / "report.html").read_text("utf-8")
    rows = rows_of(folder / code)
    names = {place.name for place in demo.territories}
    page, known = Reading(html), printed(rows)
    assert not [one for one in page.numbers(names) if one not in known]
    quotable = cells(demo) | {str(demo.rates["source"])} | sources_of(folder / code)
    assert not [one for one in (*page.declared, *page.notes) if one not in quotable]
    # The word is earned where every test was passed, and there alone: with the estimate beside it.
    assert len(page.claims(names)) == page.words.count(EARNED) == 2 * (code in FOUND)


@pytest.mark.parametrize("code", SOME)
def test_every_page_says_that_it_is_invented(folder, code):
    pages = [page for page in pdf_pages(folder / code / "report.pdf") if page.strip()]
    assert pages and all("exemple fictif" in page.casefold() for page in pages)
    assert "exemple fictif" in (folder / code / "report.html").read_text("utf-8").casefold()


def test_one_worker_or_two_write_the_same_bytes(folder, repo, tmp_path, processes):
    alone = ik.run(repo / "data" / "demo", only=["val-d-aubrelle"], jobs=1, to=tmp_path).folder
    names = ("effects.csv", "values.csv", "claims.csv", "indicators.csv", "report.html", "report.pdf")
    for name in names:
        one, two = (place / "val-d-aubrelle" / name for place in (alone, folder))
        assert one.read_bytes() == two.read_bytes(), name


@pytest.mark.parametrize("code", ["val-d-aubrelle", "merinval"])
def test_every_claim_is_explained_down_to_its_lines(folder, demo, code):
    told = pd.read_csv(folder / code / "claims.csv")
    known = told[told["value"].notna()]
    assert len(known) > 200 and (known["rule"] == "claim.value").any() == (code == "val-d-aubrelle")
    for row in known.to_dict("records"):
        said = str(ik.explain(folder / code, row["claim"], evaluation=demo.folder))
        assert said.startswith(row["sentence"]) and "Les fichiers" in said, row["claim"]


def test_the_sections_are_those_that_have_something_to_say(folder):
    def sections(code):
        soup = BeautifulSoup((folder / code / "report.html").read_text("utf-8"), "html.parser")
        return [title.get_text() for title in soup("h2")]

    full, candidate = sections("val-d-aubrelle"), sections("baie-d-ysorne")
    for title in ("Le projet collectif, suivi", "Les questions posées, et ce que l’on a appris"):
        assert title in full and title not in candidate
    assert "Ce qui a été fait" in candidate and "Ce que l’on peut dire, et ne pas dire" in full
    assert candidate[-1] == full[-1] == "Annexes"


def test_the_programme_has_its_own_report_and_ranks_nobody(folder, demo):
    html = (folder / "programme" / "report.html").read_text("utf-8")
    names = {place.name for place in demo.territories} | {demo.programme}
    page, known = Reading(html), printed(rows_of(folder / "programme"))
    assert not [one for one in page.numbers(names) if one not in known]
    quotable = cells(demo) | sources_of(folder / "programme")
    assert not [one for one in (*page.declared, *page.notes) if one not in quotable]
    soup = BeautifulSoup(html, "html.parser")
    order = [place.name for place in demo.territories if place.name in html]
    for table in soup("table"):
        told = [row.th.get_text() for row in table.tbody("tr") if row.th.get_text() in order]
        waves = [told[at : at + 1] for at in range(len(told))]
        places = [order.index(one) for (one,) in waves]
        if len(set(places)) == len(places) > 3:
            assert places == sorted(places), table.caption
