"""No page of either evaluation holds two sentences that cannot both stand; the reader finds planted ones."""

import tomllib
from pathlib import Path

import pytest
from pages.disagreements import KINDS, disagreements

# What pages still say, by kind, without the official files and with them. A kind that no page shows any more
# fails here: it is then taken off.
STILL: dict[str, dict[str, str]] = {"plain": {}, "official": {}}

FOLDER = Path(__file__).with_name("planted")
PAGES = {name: (FOLDER / f"{name}.html").read_text("utf-8") for name in ("territory", "programme")}
PLANTED = tomllib.loads((FOLDER / "lines.toml").read_text("utf-8"))["line"]


def planted(line):
    """A page on which everything agreed, once a line is planted in it."""
    html = PAGES[line["page"]]
    for was, becomes in line["replace"]:
        assert was in html
        html = html.replace(was, becomes)
    return html


@pytest.mark.parametrize("name", PAGES)
def test_an_innocent_page_passes(name):
    assert not disagreements(PAGES[name], name)


@pytest.mark.parametrize("line", PLANTED, ids=lambda line: line["replace"][-1][1][:40])
def test_a_planted_line_is_found(line):
    kinds = {found.kind for found in disagreements(planted(line), line["page"])}
    assert line["kind"] in kinds if line["kind"] else not kinds


def test_each_kind_has_a_planted_line():
    assert {line["kind"] for line in PLANTED} - {""} == set(KINDS)


def test_what_is_found_says_the_page_the_section_and_both_sentences():
    html = PAGES["territory"].replace("7,3 % (2022)", "7,4 % (T3 2023)")
    (found,) = disagreements(html, "valence-romans")
    assert (found.page, found.section) == ("valence-romans", "La comparaison, ses choix et ses doutes")
    assert found.first == "Chiffres de contexte" and "T3 2023" in found.second and "2022" in found.second


def read(folders):
    """Every disagreement of the reports in these folders."""
    return [
        found
        for folder in folders
        for found in disagreements((folder / "report.html").read_text("utf-8"), folder.name)
    ]


def kinds(which):
    """Every kind, those that pages still show marked as such."""
    still = STILL[which]
    return [
        pytest.param(kind, marks=pytest.mark.xfail(strict=True, reason=still[kind]))
        if kind in still
        else kind
        for kind in KINDS
    ]


def test_a_page_does_not_disagree_with_itself(report):
    found = [str(one) for one in read([report]) if one.kind not in STILL["plain"]]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("kind", kinds("plain"))
def test_no_page_disagrees_with_itself(kind, every_report):
    found = [str(one) for one in read(every_report) if one.kind == kind]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("kind", kinds("official"))
def test_with_official_files_too(kind, built_official):
    folders = sorted(page.parent for page in built_official.glob("*/report.html"))
    found = [str(one) for one in read(folders) if one.kind == kind]
    assert folders and not found, "\n".join(found)
