"""The PDF face: tagged, archivable, the same bytes twice, the same sentences as the page.

typst compiles in processes of their own here: one that has compiled must not fork afterwards.
"""

import os
import re
import sys
import unicodedata

import invented_report as sample
import nbformat
import pikepdf
import pytest
from bs4 import BeautifulSoup
from processes import words_of

from impactkit.reports.html import render_html
from impactkit.reports.page import meta_of, read_page
from impactkit.wording.language import FRENCH

DAY = "1709251200"  # 1 March 2024
PLAIN = re.compile("[\\s\u00ad\u2010-]")  # a line may end inside a word, or after a hyphen


@pytest.fixture(scope="module")
def export(processes):
    """Converts a notebook by nbconvert, in a process of its own; gives the file."""

    def exported(notebook, folder, to, **environment):
        folder.mkdir(exist_ok=True)
        source = folder / "out.ipynb"
        nbformat.write(notebook, source)
        everywhere = os.environ | {"SOURCE_DATE_EPOCH": DAY} | environment
        words = ("-m", "nbconvert", "--to", to, source)
        processes.python(*words, env=everywhere, cwd=folder, check=True)
        return folder / "out.pdf"

    return exported


@pytest.fixture(scope="module")
def pdf(export, tmp_path_factory):
    return export(sample.whole(), tmp_path_factory.mktemp("pdf"), "impactkit-pdf")


@pytest.fixture(scope="module")
def text(pdf):
    return words_of(pdf)


def _plain(words):
    return PLAIN.sub("", unicodedata.normalize("NFKC", words)).lower()


def _tags(node, found):
    if isinstance(node, pikepdf.Array):
        for one in node:
            _tags(one, found)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            found.append((str(node.S), str(node.get("/Alt", ""))))
        _tags(node.get("/K"), found)
    return found


def test_both_faces_say_the_same_sentences(text):
    page = read_page(FRENCH, sample.whole())
    html = BeautifulSoup(render_html(FRENCH, page, meta_of(FRENCH, page)), "html.parser").get_text()
    for sentence in sample.sentences():
        assert _plain(sentence) in _plain(html), sentence
        assert _plain(sentence) in _plain(text), sentence
    assert "root:" not in text and "\u202e" not in text


def test_it_says_its_language_its_title_and_its_day(pdf):
    with pikepdf.open(pdf) as opened:
        assert str(opened.Root.Lang) == "fr"
        assert str(opened.docinfo["/Title"]).startswith("Val d’Essai – ")
        assert str(opened.docinfo["/CreationDate"]).startswith("D:20240301")
        with opened.open_metadata() as said:
            assert (said["pdfaid:part"], said["pdfaid:conformance"], said["pdfuaid:part"]) == ("3", "A", "1")


def test_it_is_tagged(pdf):
    with pikepdf.open(pdf) as opened:
        assert bool(opened.Root.MarkInfo.Marked) and bool(opened.Root.ViewerPreferences.DisplayDocTitle)
        found = _tags(opened.Root.StructTreeRoot.K, [])
    names = [name for name, _ in found]
    assert [names.count(name) for name in ("/Title", "/H1", "/Table", "/Figure", "/L")] == [
        1,
        3 + 1,
        2,
        1,
        1,
    ]
    assert names.count("/TH") == 4 and names.count("/LI") == 2
    assert ("/Figure", sample.ALT) in found


def test_its_fonts_are_the_bundled_ones_and_none_of_this_machine(pdf):
    with pikepdf.open(pdf) as opened:
        fonts = {
            str(font.BaseFont).split("+")[-1]
            for page in opened.pages
            for font in page.Resources.get("/Font", {}).values()
        }
    assert all(name.startswith("Inter-") for name in fonts) and len(fonts) >= 3


def test_every_page_of_an_invented_example_says_so(text):
    pages = text.rstrip("\f").split("\f")
    assert len(pages) > 1
    for number, page in enumerate(pages, start=1):
        assert "Exemple fictif" in page and f"{number} / {len(pages)}" in page


def test_a_long_table_repeats_its_header(text):
    pages = [page for page in text.split("\f") if "Projet n°" in page]
    assert len(pages) > 1 and all("Projet Emplois" in page.replace("\n", " ") for page in pages)


def test_the_same_bytes_twice(pdf, tmp_path, export):
    again = export(
        sample.whole(),
        tmp_path / "ailleurs",
        "impactkit-pdf",
        PYTHONHASHSEED="7",
        TZ="Pacific/Auckland",
        LC_ALL="C",
    )
    assert again.read_bytes() == pdf.read_bytes()


def test_a_checker_of_accessible_pdf_finds_nothing(pdf, processes):
    made = processes.run(
        [sys.executable, "-m", "pdfua", "check", str(pdf)], capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stdout
