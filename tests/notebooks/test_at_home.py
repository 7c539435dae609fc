"""At home in JupyterLab: nouns show themselves, names are found, errors are a sentence, long work a bar."""

import re

import pytest
from bs4 import BeautifulSoup
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell

import impactkit as ik
from impactkit.errors import Problem, Problems, Rich
from impactkit.reports import progress
from impactkit.reports.failure import Outcome
from impactkit.reports.run import RunSummary
from impactkit.wording.language import FRENCH

CODE = "val-d-aubrelle"
JOBS = "count_jobs_private"


@pytest.fixture(scope="module")
def shell():
    return InteractiveShell(colors="nocolor")


@pytest.fixture(scope="module")
def nouns(repo, tmp_path_factory):
    ev = ik.load(repo / "data" / "demo")
    place = ev.territory(CODE)
    effect = ik.effect(place, JOBS)
    demo = repo / "data" / "demo"
    wrong = Problem("jobs.csv", "", "C2", "<huit>", "un nombre.", "écrire 8.")
    return {
        "Evaluation": ev,
        "Territory": place,
        "Panel": ik.panel(ev, outcome=JOBS),
        "Effect": effect,
        "Detectability": ik.detectable(place, JOBS),
        "CheckResult": ik.doubts(effect, only="fit")[0],
        "Value": ik.value(place)[0],
        "Problems": Problems([wrong]),
        "TakenIn": ik.import_workbook(demo / "workbooks" / "classeur-brumes.xlsx", demo, dry_run=True),
        "RunSummary": RunSummary(FRENCH, tmp_path_factory.mktemp("demo"), (Outcome(CODE),)),
        "Title": ik.say(place, about="head"),
        "Prose": ik.say(place, about="projects"),
        "Essentials": ik.essentials(place),
        "Table": ik.table(place, about="projects"),
        "Chart": ik.chart(place, kind="stages"),
    }


def test_every_noun_shows_itself_and_has_one_line(nouns, shell):
    for name, noun in nouns.items():
        assert re.fullmatch(rf"{name}\(.{{1,170}}\)", repr(noun)), repr(noun)
        told = shell.display_formatter.format(noun)[0]["text/html"]
        page = BeautifulSoup(told, "html.parser")
        assert len(page.get_text()) > 15 or page.img, name
        # No unit, no code of the machine, no Python in what is read.
        assert not re.search(r"None|nan|Timestamp|PosixPath|0x", page.get_text()), (name, page.get_text())


def test_several_are_one_table_and_none_is_nothing(nouns, shell):
    doubts = ik.doubts(nouns["Effect"])
    page = BeautifulSoup(doubts._repr_html_(), "html.parser")
    assert [row.th.text for row in page("tr")][:2] == ["Avant le label", "Unités retirées"]
    assert len(page("tr")) == len(doubts) and isinstance(doubts, tuple)
    assert "text/html" not in shell.display_formatter.format(ik.doubts(nouns["Effect"])[:0])[0]


def test_what_tables_hold_is_told_as_text(nouns):
    assert "<huit>" not in nouns["Problems"]._repr_html_()
    assert "Rien à corriger" in Problems()._repr_html_()


def test_the_size_of_an_effect_is_told_on_its_scale(nouns):
    assert "+15,5\u202f%" in nouns["Effect"]._repr_html_()
    assert "+14,1\u202f% ; +17,0\u202f%" in nouns["Effect"]._repr_html_()


def test_completion_finds_the_names_of_the_door(shell):
    shell.run_cell("import impactkit as ik")
    with provisionalcompleter():
        found = {one.text for one in shell.Completer.completions("ik.", 3)}
    assert set(ik.__all__) <= found


def test_an_error_is_the_line_that_asked_and_a_sentence(shell, capsys):
    done = shell.run_cell("import impactkit as ik\nev = ik.load('data/demo')\nev.territory('merinvall')")
    assert isinstance(done.error_in_exec, ik.UnknownName)
    told = capsys.readouterr().out.strip().splitlines()
    assert len(told) == 3 and told[0] == "----> ev.territory('merinvall')"
    assert told[1].startswith("UnknownName : ") and "merinval" in told[2]


def test_a_run_shows_a_bar_in_a_notebook_and_nothing_elsewhere(monkeypatch, capsys):
    drawn = []
    monkeypatch.setattr(
        "IPython.core.display_functions.display", lambda *things, **how: drawn.append(repr(things[0])[-3:])
    )
    with progress.shown(FRENCH, 2, None) as show:
        show(["A"], Outcome("a"))
    assert not drawn and capsys.readouterr().out == ""
    monkeypatch.setattr(progress, "in_notebook", lambda: True)
    with progress.shown(FRENCH, 2, None) as show:
        show(["A"], None)
        show(["A"], Outcome("a"))
        show(["B"], Outcome("b"))
    assert drawn == ["0/2", "1/2", "2/2"]


def test_a_row_of_one_cell_is_shown():
    class Sentence(Rich):
        def _told(self):
            return [("une phrase",), ("",), ("nom", "valeur"), ("nom", "")]

    cells = BeautifulSoup(Sentence()._repr_html_(), "html.parser")
    assert [row.get_text("|") for row in cells("tr")] == ["une phrase", "nom|valeur"]
