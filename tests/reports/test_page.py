"""What a page takes from a notebook, and what it refuses, told by its heading."""

import datetime as dt

import invented_report as sample
import pytest
from nbformat import v4

from impactkit.errors import ReportFailed
from impactkit.reports.html import render_html
from impactkit.reports.page import MIME, content_digest, meta_of, read_page
from impactkit.wording.language import FRENCH


def _words(page):
    return [run["t"] for section in page.sections for block in section.blocks for run in block["runs"]]


def test_what_papermill_adds_and_what_is_for_the_author_is_no_part_of_the_page():
    shown = [sample.code(sample.tree(sample.notice(tag)), tags=[tag]) for tag in ("kept", "parameters")]
    shown += [sample.code(sample.tree(sample.notice("x")), tags=["injected-parameters"])]
    page = read_page(FRENCH, sample.notebook(sample.prose("# Pour l’auteur", "intro"), *shown))
    assert _words(page) == ["kept"]


def test_a_silent_section_takes_its_prose_with_it_and_no_other():
    page = read_page(
        FRENCH,
        sample.notebook(
            sample.prose("## Muette\n\nElle annonçait quelque chose."),
            sample.code(sample.tree()),
            sample.prose("## Dite"),
            sample.code(sample.tree(sample.notice("mot"))),
        ),
    )
    assert [section.heading for section in page.sections] == ["Dite"]


@pytest.mark.parametrize(
    "tree",
    [
        {},
        [],
        "x",
        {"version": 1},
        {"blocks": []},
        {"version": 1, "blocks": "x"},
        {"version": 1, "blocks": [{}]},
        {"version": 1, "blocks": [{"kind": []}]},
        {"version": 1, "blocks": [[]]},
    ],
)
def test_a_tree_that_is_none_of_the_kit_s_is_refused_with_its_heading(tree):
    shown = sample.code(v4.new_output("display_data", {MIME: tree, "text/plain": "x"}))
    with pytest.raises(ReportFailed) as refused:
        read_page(FRENCH, sample.notebook(sample.prose("## Avant"), sample.prose("## Le milieu"), shown))
    assert refused.value.where == "Le milieu" and refused.value.next


def test_the_day_is_no_part_of_what_is_said():
    page = read_page(FRENCH, sample.notebook())
    first, later = (
        render_html(FRENCH, page, meta_of(FRENCH, page, day=dt.date(2024, 3, day))) for day in (1, 2)
    )
    assert first != later and "2 mars 2024" in later
    assert content_digest(page) == content_digest(read_page(FRENCH, sample.notebook()))
    other = read_page(
        FRENCH,
        sample.notebook(sample.code(sample.tree(sample.title("Val d’Essay")), tags=["lead"]), lead=False),
    )
    assert content_digest(other) != content_digest(page)


def test_no_name_or_heading_turns_the_text_round():
    page = read_page(
        FRENCH,
        sample.notebook(
            sample.prose("## Le \u202emilieu"),
            sample.code(sample.tree(sample.notice("x"))),
            sample.code(sample.tree(sample.title(sample.FLIPPED)), tags=["lead"]),
            lead=False,
        ),
    )
    html = render_html(
        FRENCH, page, meta_of(FRENCH, page, evaluation="Ess\u202eai", day=dt.date(2024, 3, 1))
    )
    assert f"<title>{sample.UNFLIPPED} – Essai</title>" in html and ">Le milieu</h2>" in html
    assert not {"\u202e", "\u202c", "\x07"} & set(html)
