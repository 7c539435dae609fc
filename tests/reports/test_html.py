"""From an executed notebook to one HTML file: what is kept, what is dropped, what is refused."""

import datetime as dt
import re

import invented_report as sample
import pytest
from bs4 import BeautifulSoup
from nbformat import v4

from impactkit.display.html import block_html, clean
from impactkit.errors import ReportFailed
from impactkit.reports.exporters import ImpactHtmlExporter
from impactkit.reports.html import render_html
from impactkit.reports.page import content_digest, meta_of, read_page
from impactkit.reports.page_rules import problems
from impactkit.wording.language import FRENCH

DAY = dt.date(2024, 3, 1)


@pytest.fixture(scope="module")
def page():
    return read_page(FRENCH, sample.whole())


@pytest.fixture(scope="module")
def html(page):
    return render_html(FRENCH, page, meta_of(FRENCH, page, evaluation="Essai", day=DAY))


def _read(*cells, lead=True):
    return read_page(FRENCH, sample.notebook(*cells, lead=lead))


def test_the_lead_comes_first_and_a_silent_section_is_not_told(page):
    assert page.title["title"] == "Val d’Essai"
    assert [section.heading for section in page.sections] == ["L’essentiel", "Les projets", "Les projets"]
    assert [section.slug for section in page.sections] == ["lessentiel", "les-projets", "les-projets-2"]
    assert [block["kind"] for block in page.sections[0].blocks] == ["findings", "paragraph"]


def test_prose_keeps_its_words_and_its_strong_ones(page):
    runs = page.sections[1].blocks[0]["runs"]
    assert "".join(run["t"] for run in runs) == "Une phrase forte et son appui."
    assert [run["t"] for run in runs if run.get("strong")] == ["forte"]


def test_prose_alone_stands():
    said = _read(sample.prose("## Méthode\n\nUne phrase."))
    assert [section.heading for section in said.sections] == ["Méthode"]


def test_what_stands_before_the_first_heading_has_none():
    page = _read(sample.code(sample.tree(sample.paragraph(sample.run("Seul.")))))
    html = render_html(FRENCH, page, meta_of(FRENCH, page, day=DAY))
    assert "Seul." in html and "<h2" not in html and not problems(FRENCH, html)


@pytest.mark.parametrize("heading", ["Contenu", "é", "日本", "A 2"])
def test_anchors_are_never_shared(heading):
    cells = [
        cell
        for words in (heading, "A", "A", heading)
        for cell in (sample.prose(f"## {words}"), sample.code(sample.tree(sample.notice("x"))))
    ]
    page = _read(*cells)
    assert not problems(FRENCH, render_html(FRENCH, page, meta_of(FRENCH, page, day=DAY)))


@pytest.mark.parametrize(
    "output",
    [
        v4.new_output("stream", name="stdout", text="bonjour"),
        v4.new_output("stream", name="stderr", text="attention"),
        v4.new_output("display_data", {"text/html": "<table></table>"}),
        v4.new_output("execute_result", {"text/plain": "42"}),
        sample.tree(sample.title()),
        sample.tree({"kind": "html", "html": "<b>"}),
        sample.tree(sample.notice("x"), version=2),
    ],
)
def test_an_output_outside_the_tree_is_refused(output):
    with pytest.raises(ReportFailed):
        _read(sample.prose("## Le milieu"), sample.code(output))


def test_the_refusal_names_the_section():
    with pytest.raises(ReportFailed, match="Le milieu"):
        _read(sample.prose("## Le milieu"), sample.code(v4.new_output("stream", name="stdout", text="x")))


@pytest.mark.parametrize(
    "source",
    [
        "# Un",
        "### Trois",
        "- liste",
        "[a](https://a.example)",
        "![a](b.png)",
        "<b>x</b>",
        "> cité",
        "```\nx\n```",
    ],
)
def test_markdown_beyond_headings_and_paragraphs_is_refused(source):
    with pytest.raises(ReportFailed):
        _read(sample.prose("## Le milieu"), sample.prose(source))


def test_a_report_has_one_head():
    for cells in ((), (sample.code(sample.tree(sample.title(), sample.title()), tags=["lead"]),)):
        with pytest.raises(ReportFailed):
            _read(*cells, lead=False)


def test_the_page_keeps_the_rules(html):
    assert problems(FRENCH, html) == ()
    soup = BeautifulSoup(html, "html.parser")
    assert soup.html["lang"] == "fr" and soup.title.string == "Val d’Essai – Essai"
    assert [len(soup(name)) for name in ("h1", "main", "footer", "script")] == [1, 1, 1, 0]
    assert soup.img["alt"] == sample.ALT and soup.img["src"].startswith("data:image/svg+xml;base64,")


def test_every_element_is_closed(html):
    void = {"meta", "img", "br", "col", "link"}
    opened = []
    for closing, name in re.findall(r"<(/?)([a-z0-9]+)", html):
        if closing:
            assert opened.pop() == name
        elif name not in void:
            opened.append(name)
    assert not opened


def test_hostile_text_is_shown_as_it_is_written(html):
    words = " ".join(BeautifulSoup(html, "html.parser").get_text().split())
    for sentence in sample.sentences():
        assert " ".join(sentence.split()) in words
    assert "\u202e" not in html and "\x07" not in html


def test_an_invented_example_says_so_above_and_below(page):
    assert meta_of(FRENCH, page).fictional  # its head says it: an exporter knows nothing else
    html = render_html(FRENCH, page, meta_of(FRENCH, page, day=DAY))
    soup = BeautifulSoup(html, "html.parser")
    assert "Exemple fictif" in soup.aside.get_text() and "Exemple fictif" in soup.footer.get_text()
    real = read_page(
        FRENCH,
        sample.notebook(sample.code(sample.tree(sample.title(overline="Vrai")), tags=["lead"]), lead=False),
    )
    assert "ictif" not in render_html(FRENCH, real, meta_of(FRENCH, real, day=DAY))


def test_the_digest_is_of_the_content_alone(page):
    again = read_page(FRENCH, sample.whole())
    other = _read(sample.prose("## Autre"), sample.code(sample.tree(sample.notice("x"))))
    assert content_digest(page) == content_digest(again) != content_digest(other)


def test_the_exporter_gives_the_same_page(monkeypatch, page):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1709251200")
    made, _ = ImpactHtmlExporter().from_notebook_node(sample.whole())
    assert made == render_html(FRENCH, page, meta_of(FRENCH, page, day=DAY))


def test_each_kind_of_block_is_closed_in_itself():
    for block in (sample.title("<a"), sample.notice("<a"), sample.chart(), sample.table([("<a", "&")])):
        made = block_html(block)
        assert "<a" not in made.replace("<aside", "") and made.startswith("<") and made.endswith(">")
    with pytest.raises(KeyError):
        block_html({"kind": "script"})
    assert clean(sample.FLIPPED) == sample.UNFLIPPED


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1000])
def test_a_browser_finds_the_page_accessible(html, tmp_path, chromium, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    file = tmp_path / "page.html"
    endless = "Interterritorialisation" * 6
    for words in ("Les projets", "Une phrase", "Communauté de communes"):
        html = html.replace(words, endless)
    file.write_text(html, "utf-8")
    tab = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    tab.goto(file.as_uri())
    found = Axe().run(tab).response["violations"]
    wide = tab.evaluate("document.documentElement.scrollWidth")
    tab.close()
    assert [rule["id"] for rule in found] == [] and wide <= width
