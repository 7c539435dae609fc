"""The report that ships, on an invented programme: its two faces, and nbconvert's commands."""

import os
import re
import sys
from pathlib import Path

import pikepdf
import pytest
from bs4 import BeautifulSoup
from pages.reading import pdf_pages, plain

from impactkit.reports.page_rules import problems
from impactkit.reports.record import read_record
from impactkit.wording.language import FRENCH

# Invented names on real ground: three small groups of communes.
PLACES = {
    "haute-aubepine": ("Haute-Aubépine", "200067767"),
    "val-bruyere": ("Val-Bruyère", "242600534"),
    "bas-genet": ("Bas-Genêt", "243801024"),
}
HOSTILE = '<script>alert(1)</script> & #image("/etc/passwd") $x^2$ @ref *b* {{ x }} `c` [d](e) \\ ” fin'
SETTINGS = """
title = "Pays d’essai"
programme = "Essai"
fictional = true
vintage = 2026

[[wave]]
id = "1"
name = "vague unique"
labelled = "2019-03-01"
"""
DAY = {"SOURCE_DATE_EPOCH": "1709251200"}  # 1 March 2024
FILES = ("report.html", "report.pdf", "report.ipynb", "claims.csv", "indicators.csv", "record.json")
FILES += ("provenance.json", "comparables.csv")


@pytest.fixture(scope="module")
def typed(processes):
    """Types a command where no variable of the kit is set."""

    def ended(name, *words, cwd, **environment):
        plain = {name: value for name, value in os.environ.items() if not name.startswith("IMPACTKIT_")}
        return processes.tool(name, *words, cwd=cwd, env=plain | environment)

    return ended


@pytest.fixture(scope="module")
def reports(tmp_path_factory, typed):
    """The folder of the three reports, built by the command."""
    here = tmp_path_factory.mktemp("essai")
    folder = here / "pays"
    folder.mkdir()
    (folder / "evaluation.toml").write_text(SETTINGS, "utf-8")
    tables = {
        "territories": "territory,name,wave,perimeter_kind,confidence,as_of,source,note",
        "perimeters": "territory,family,code,role,as_of,source,note",
        "challenges": "challenge,territory,title,kind,themes,as_of,source,note",
    }
    quoted = '"' + HOSTILE.replace('"', '""') + '"'
    for code, (name, epci) in PLACES.items():
        tables["territories"] += f"\n{code},{name},1,epci,high,2019-03,Gazette d’essai,"
        tables["perimeters"] += f"\n{code},epci,{epci},perimeter,2019-03,Gazette d’essai,"
        tables["challenges"] += f"\n{code}-1,{code},{quoted},social,food,2019-03,Gazette d’essai,"
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text + "\n", "utf-8")
    done = typed("impactkit", "run", "pays", cwd=here, **DAY)
    assert done.returncode == 0 and "4 rapports construits sur 4" in done.stdout, done.stderr
    return here / "reports" / "pays"


@pytest.mark.parametrize("code", PLACES)
def test_every_sentence_of_one_face_is_on_the_other(reports, code):
    html = (reports / code / "report.html").read_text("utf-8")
    assert problems(FRENCH, html) == ()
    soup = BeautifulSoup(html, "html.parser")
    # What stands on every page of the PDF would cut a paragraph that goes over to the next.
    mark = soup.select_one("aside.ik-fiction").get_text()
    foot = soup.select_one("footer").get_text().partition(" · Exemple")[0]
    pages = [page.replace(mark, "") for page in pdf_pages(reports / code / "report.pdf")]
    text = plain(" ".join(re.sub(r"\d+ / \d+", "", page) for page in pages)).replace(plain(foot), "")
    told = soup.select("h1, h2, header p, main p, main li > p, caption, th, td, figcaption")
    assert len(told) > 30
    lost = [one.get_text() for one in told if plain(one.get_text()) not in text]
    assert not lost
    assert HOSTILE in soup.get_text().replace("\u202f", " ")
    with pikepdf.open(reports / code / "report.pdf") as opened:
        drawn = [str(one.Alt) for one in opened.objects if _is(one, "/S", "/Figure")]
        assert str(opened.docinfo["/CreationDate"]).startswith("D:20240301")
    assert drawn == [image["alt"] for image in soup.select("img")]


def _is(thing, key, value):
    return isinstance(thing, pikepdf.Dictionary) and thing.get(key) == pikepdf.Name(value)


@pytest.mark.parametrize("code", PLACES)
def test_each_page_says_that_it_is_an_example(reports, code):
    pages = pdf_pages(reports / code / "report.pdf")
    assert pages and all("Exemple fictif" in page for page in pages)
    soup = BeautifulSoup((reports / code / "report.html").read_text("utf-8"), "html.parser")
    assert "Exemple fictif" in soup.select_one("aside").get_text() + soup.footer.get_text()
    assert PLACES[code][0] in soup.h1.get_text() and PLACES[code][0] in pages[0]


def test_no_file_tells_of_this_machine(reports, repo):
    whole = [str(reports.parents[1]), str(repo), sys.prefix, str(Path.home()) + os.sep]
    files = [reports / "index.html", *(reports / code / name for code in PLACES for name in FILES)]
    for file in files:
        content = file.read_bytes()
        if file.suffix == ".pdf":
            with pikepdf.open(file) as opened:
                streams = [one for one in opened.objects if isinstance(one, pikepdf.Stream)]
                content += b"".join(one.read_bytes() for one in streams) + str(opened.docinfo).encode()
        assert not [path for path in whole if path.encode() in content], file


def test_the_contents_page_keeps_the_rules_and_says_that_it_is_an_example(reports):
    html = (reports / "index.html").read_text("utf-8")
    assert problems(FRENCH, html, links=True) == ()
    soup = BeautifulSoup(html, "html.parser")
    links = {link["href"] for link in soup.select("main a")}
    asked = {f"{code}/{name}" for code in (*PLACES, "programme") for name in (*FILES[:2], "indicators.csv")}
    assert links == asked and all((reports / link).is_file() for link in links)
    assert "Exemple fictif" in soup.get_text()


@pytest.mark.parametrize("face", ["html", "pdf"])
def test_nbconvert_gives_the_same_face(reports, tmp_path, face, typed):
    report = reports / "val-bruyere"
    out = tmp_path / f"out.{face}"
    words = ("jupyter", "nbconvert", "--to", f"impactkit-{face}", report / "report.ipynb", "--output-dir")
    done = typed(*words, tmp_path, "--output", "out", cwd=tmp_path, **DAY)
    assert done.returncode == 0, done.stderr
    if face == "pdf":
        assert pdf_pages(out) == pdf_pages(report / "report.pdf")
    else:
        made, built = (
            BeautifulSoup(file.read_text("utf-8"), "html.parser").body
            for file in (out, report / "report.html")
        )
        assert str(made) == str(built)


def test_nbconvert_refuses_a_notebook_that_was_not_executed(repo, tmp_path, typed):
    notebook = repo / "notebooks" / "territory_report.ipynb"
    words = ("jupyter", "nbconvert", "--to", "impactkit-html", notebook, "--output-dir", tmp_path)
    done = typed(*words, cwd=tmp_path)
    assert done.returncode != 0 and "ReportFailed" in done.stderr
    assert not list(tmp_path.iterdir())


def test_the_record_names_every_table_and_every_file(reports):
    record = read_record(FRENCH, reports / "bas-genet")
    tables = {"territories.csv", "perimeters.csv", "challenges.csv", "evaluation.toml"}
    assert {f"evaluation/{name}" for name in tables} < set(record.inputs)
    assert set(record.outputs) == {*FILES, ".page.json"} - {"record.json"}
    assert record.first_built == "2024-03-01"
