"""Une prose, un arbre affiché ou une fiche qui voudraient sortir de la page : des lettres, ou un refus."""

import json
import os
import sys

import invented_report as sample
import pytest
from bs4 import BeautifulSoup

import impactkit as ik
from impactkit.display.html import block_html
from impactkit.errors import ReportFailed
from impactkit.reports.html import render_html
from impactkit.reports.page import meta_of, read_page
from impactkit.reports.page_rules import problems
from impactkit.reports.record import read_record
from impactkit.reports.signing import sign
from impactkit.wording.language import FRENCH

SIGNED = "\n\n— L’évaluatrice, 12 mars 2026"
CANARY = "http://canary.invalid"
REFUSED = {
    "image": f"![x]({CANARY}/a.png)",
    "image by reference": f"![x][r]\n\n[r]: {CANARY}/a.png",
    "link": f"[x]({CANARY})",
    "link of script": "[x](javascript:alert(1))",
    "link of data": "[x](data:text/html,<script>alert(1)</script>)",
    "link without scheme": "[x](//canary.invalid)",
    "link of a file": "[x](file:///etc/passwd)",
    "short link": f"<{CANARY}>",
    "letter": "<mailto:a@canary.invalid>",
    "script": "mot <script>alert(1)</script>",
    "image in HTML": f'mot <img src="{CANARY}/a.png">',
    "frame": f'<iframe src="{CANARY}"></iframe>',
    "style": f"<style>body {{ background: url({CANARY}/b) }}</style>",
    "refresh": f'<meta http-equiv="refresh" content="0;url={CANARY}">',
    "base": f'<base href="{CANARY}">',
    "drawing": '<svg onload="alert(1)"></svg>',
    "comment": "<!-- mot -->",
    "block of code": "```\nmot\n```",
    "list": "- un\n- deux",
    "table": "| a | b |\n|---|---|\n| 1 | 2 |\n\n---",
    "heading of another level": "# Titre\n\nmot",
}
LETTERS = {
    "jinja": "{{ 7 * 7 }} {% include '/etc/passwd' %} {# x #}",
    "typst": '#import "@preview/x:1.0.0": * #read("/etc/passwd") $x$ @a <b',
    "formatting": "{0.__class__} %s %(a)s ${HOME} $(id)",
    "address": f"Voir {CANARY}/a.png et javascript:alert(1).",
    "entities": "&lt;script&gt; &#60;b&#62;",
    "style": "url(http://canary.invalid/b) @import 'x'; expression(1)",
}


def made(prose):
    return read_page(FRENCH, sample.notebook(sample.code(sample.tree(sample.notice("mot")))), prose)


@pytest.mark.parametrize("name", REFUSED)
def test_prose_that_is_more_than_words_is_refused(name):
    with pytest.raises(ReportFailed) as caught:
        made(f"## Ce que nous en pensons\n\n{REFUSED[name]}{SIGNED}")
    assert caught.value.next


@pytest.mark.parametrize("name", LETTERS)
def test_prose_that_a_tool_would_obey_is_letters(name):
    page = made(f"## Ce que nous en pensons\n\n{LETTERS[name]}{SIGNED}")
    html = render_html(FRENCH, page, meta_of(FRENCH, page))
    assert problems(FRENCH, html) == ()
    words = BeautifulSoup(html, "html.parser").get_text().partition("Ce que nous en pensons")[2]
    assert letters(LETTERS[name]) in letters(words)
    assert not BeautifulSoup(html, "html.parser").find_all(["script", "img", "iframe", "link"])


def letters(text):
    """Letters and figures: the typography of the page sets its own spaces between them."""
    return "".join(filter(str.isalnum, text))


def tree_of(**marks):
    block = {"kind": "table", "caption": "c", "columns": [{"label": "a", "align": "left", "width": 1.0}],
             "rows": [[[{"t": "x"}]]], "notes": []}  # fmt: skip
    return block | marks


ESCAPING = {
    "anchor": tree_of(anchor='"><script>alert(1)</script>'),
    "align": tree_of(
        columns=[{"label": "a", "align": f'x;background:url({CANARY})"onload="1', "width": 1.0}]
    ),
    "level": {"kind": "findings", "items": [{"level": '"><img src=x>', "label": "a", "runs": [{"t": "x"}]}]},
    "tone": {"kind": "notice", "tone": '"><img src=x>', "runs": [{"t": "x"}]},
    "alt": sample.chart() | {"alt": '"><img src="http://canary.invalid">'},
    "svg": sample.chart() | {"svg": f'"><script>alert(1)</script><image href="{CANARY}/a"/>'},
    "caption": sample.table([("a", "1")], '"><script>alert(1)</script>'),
}


@pytest.mark.parametrize("name", ESCAPING)
def test_a_tree_of_another_makes_no_element_of_its_own(name):
    html = block_html(ESCAPING[name])
    soup = BeautifulSoup(html, "html.parser")
    assert not soup.find_all(["script", "iframe", "link", "style", "svg", "image"])
    images = soup.find_all("img")
    assert all(image["src"].startswith("data:image/svg+xml;base64,") for image in images)
    assert len(images) == (1 if ESCAPING[name]["kind"] == "chart" else 0)
    assert not [tag for tag in soup.find_all(True) for key in tag.attrs if key.startswith("on")]


RECORDS = {
    "a key twice": lambda text: text.replace(
        "{", '{"impactkit:state": "validé", "impactkit:edition": 9,', 1
    ),
    "a number without end": lambda text: text.replace(
        '"impactkit:edition": 1', '"impactkit:edition": 1e400'
    ),
    "a huge number": lambda text: text.replace(
        '"impactkit:edition": 1', '"impactkit:edition": ' + "9" * 5_000
    ),
    "an edition before the first": lambda text: text.replace(
        '"impactkit:edition": 1', '"impactkit:edition": -1'
    ),
    "no number": lambda text: text.replace('"impactkit:edition": 1', '"impactkit:edition": NaN'),
    "true": lambda text: text.replace('"impactkit:edition": 1', '"impactkit:edition": true'),
    "half a letter": lambda text: text.replace('"aubepine"', '"aube\\ud800pine"'),
    "bytes": lambda text: text.encode("utf-16"),
}


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_of_anything_is_neither_signed_nor_a_traceback(built, name, processes):
    report = built.parent / "reports" / built.name / "aubepine"
    text = (report / "record.json").read_text("utf-8")
    changed = RECORDS[name](text)
    assert changed != text
    (report / "record.json").write_bytes(changed if isinstance(changed, bytes) else changed.encode("utf-8"))
    try:
        record = read_record(FRENCH, report)
        assert record is None or record.state == "brouillon"
    except ReportFailed as cause:
        assert cause.next
    with pytest.raises(ik.ImpactkitError):
        sign(FRENCH, report, by="Ada Exemple", as_="valide")
    assert "aubepine" in ik.run("vallees", only=["aubepine"]).built


SHADOWS = ("pandas", "numpy", "typer", "matplotlib", "nbformat", "papermill", "json", "conftest")
SHADOWS += ("sitecustomize", "ipython_config", "jupyter_config", "jupyter_nbconvert_config")
PLANTED = """
from pathlib import Path
(Path(__file__).parent / "run").write_text("x")
"""


@pytest.fixture(scope="module")
def attacked():
    """Whole runs, in folders where somebody left modules."""


@pytest.mark.parametrize("engine", ["fork", "plain"])
def test_a_module_that_lies_in_the_working_folder_is_not_run(valleys, tmp_path, processes, engine, attacked):
    usual = processes.impactkit(
        "run", "vallees", "--to", tmp_path / "usual", "--engine", engine, cwd=tmp_path
    )
    assert usual.returncode == 0, usual.stderr
    for folder in (tmp_path, valleys):
        for name in SHADOWS:
            (folder / f"{name}.py").write_text(PLANTED, "utf-8")
        (folder / "matplotlibrc").write_text("backend: module://pandas\ntext.usetex: True\n", "utf-8")
    for here in (tmp_path, valleys):
        words = ("run", valleys, "--to", tmp_path / f"to-{here.name}", "--engine", engine)
        done = processes.impactkit(*words, cwd=here)
        assert done.returncode == 0, done.stderr
        assert not (here / "run").exists()
        page = tmp_path / f"to-{here.name}" / "vallees" / "aubepine" / "report.html"
        assert (
            page.read_bytes() == (tmp_path / "usual" / "vallees" / "aubepine" / "report.html").read_bytes()
        )


def test_without_the_guard_the_module_would_be_run(tmp_path, processes):
    (tmp_path / "colorsys.py").write_text(PLANTED, "utf-8")
    processes.run([sys.executable, "-c", "import colorsys"], cwd=tmp_path, env=os.environ)
    assert (tmp_path / "run").exists()


def test_what_a_notebook_shows_is_kept_as_strings(built):
    book = json.loads(
        (built.parent / "reports" / built.name / "aubepine" / "report.ipynb").read_text("utf-8")
    )
    kinds = {
        kind for cell in book["cells"] for out in cell.get("outputs", ()) for kind in out.get("data", {})
    }
    assert not kinds & {"application/javascript", "application/vnd.jupyter.widget-view+json"}
