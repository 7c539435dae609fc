"""Reports that are hard to set: the longest name, nothing known, 400 projects, text that would like to be
markup or reads from right to left.
"""

import re

import pytest
from bs4 import BeautifulSoup
from invented_report import HOSTILE
from pages.reading import body_pages, plain
from processes import words_of
from small_evaluation import written

import impactkit as ik
from impactkit.reports.page_rules import problems
from impactkit.wording.catalogue import french_spaces
from impactkit.wording.language import FRENCH

LONGEST = (
    "Communauté de communes des Très-Longues-Vallées d’Entre-Loire-et-Garonne, du Haut-Pays et des Montagnes"
)
RIGHT_TO_LEFT = ("מפעל חברתי", "تعاونية محلية")
ODD = (*(words.replace("{{ meta }} ", "") for words in HOSTILE), *RIGHT_TO_LEFT, "Œuvre « à l’été », naïve")
USUAL = {"wave": "1", "perimeter_kind": "none", "confidence": "low"}
CASES = ("longest", "nothing", "many", "odd")


@pytest.fixture(scope="module")
def hard_reports(tmp_path_factory, processes):
    names = {
        "longest": LONGEST,
        "nothing": "Rien",
        "many": "Quatre cents",
        "odd": "Étrange & {co} #1 $x @ici",
    }
    projects = [
        {
            "project": f"p{n}",
            "territory": "many",
            "name": f"Projet n° {n}",
            "stage": "launched",
            "started": "2020-02-01",
        }
        for n in range(400)
    ]
    projects += [
        {"project": f"o{n}", "territory": "odd", "name": words, "stage": "idea"}
        for n, words in enumerate(ODD)
    ]
    jobs = [{"territory": "many", "project": f"p{n}", "actual": n % 7, "target": "dix"} for n in range(400)]
    jobs += [
        {"territory": "odd", "project": f"o{n}", "actual": n + 1, "target": ODD[n]} for n in range(len(ODD))
    ]
    members = [{"territory": "odd", "name": words, "type": "association", "role": "member"} for words in ODD]
    tables = {
        "territories": [{"territory": code, "name": name, **USUAL} for code, name in names.items()],
        "projects": projects,
        "jobs": jobs,
        "members": members,
    }
    folder = tmp_path_factory.mktemp("durs")
    ev = written(folder / "durs", tables)
    summary = ik.run(ev.folder, to=folder / "reports")
    assert not summary.failed, [one.sentence for one in summary.failed]
    return summary.folder


@pytest.mark.parametrize("code", CASES)
def test_it_builds_keeps_the_rules_and_stays_short(hard_reports, code):
    html = (hard_reports / code / "report.html").read_text("utf-8")
    assert problems(FRENCH, html) == ()
    assert 1 <= len(body_pages(hard_reports / code / "report.pdf")) <= 4


def test_the_longest_name_is_whole_on_every_face(hard_reports):
    assert plain(LONGEST) in plain(words_of(hard_reports / "longest" / "report.pdf").split("\f")[0])
    soup = BeautifulSoup((hard_reports / "longest" / "report.html").read_text("utf-8"), "html.parser")
    assert soup.h1.get_text() == LONGEST


def test_of_nothing_it_says_what_is_missing(hard_reports):
    words = (hard_reports / "nothing" / "report.html").read_text("utf-8")
    assert "Ce que nous ne savons pas" in words or "rien" in words.casefold()
    assert len(BeautifulSoup(words, "html.parser").select(".ik-findings li")) >= 1


def test_400_projects_are_all_in_the_annex(hard_reports):
    text = words_of(hard_reports / "many" / "report.pdf")
    assert len(set(re.findall(r"Projet n° \d+", text))) == 400
    body = " ".join(body_pages(hard_reports / "many" / "report.pdf"))
    assert len(body.split()) < 1700


def test_odd_text_is_shown_as_it_is_written(hard_reports):
    html = BeautifulSoup((hard_reports / "odd" / "report.html").read_text("utf-8"), "html.parser")
    words, text = plain(html.get_text()), plain(words_of(hard_reports / "odd" / "report.pdf"))
    for one in ODD:
        assert plain(french_spaces(one)) in words, one
        if one not in RIGHT_TO_LEFT:
            assert plain(french_spaces(one)) in text, one
    # A reader of PDF text gives right-to-left words in one order or the other.
    for one in RIGHT_TO_LEFT:
        for word in one.split():
            assert word in text or word[::-1] in text, word
    assert not html("script") and "root:" not in text
