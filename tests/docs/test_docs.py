"""The documentation: its examples run, its pages are built without a warning, and it leaves no name out."""

import doctest
import inspect
import os
import re

import numpy as np
import pandas as pd
import pytest
from babel.messages.pofile import read_po

import impactkit as ik
from impactkit.data.settings import KINDS, SECTIONS

OPTIONS = doctest.NORMALIZE_WHITESPACE
WITH_PYTHON = [
    "index.md",
    *(f"guides/{name}.md" for name in ("indicateur", "table", "comparables", "mots", "programmer")),
]
GENERATED = ("noms", "commandes", "tables", "indicateurs", "galerie")


class FrenchSpaces(doctest.OutputChecker):
    """Narrow no-break spaces, which nobody sees in an example, are spaces."""

    def check_output(self, want, got, optionflags):
        return super().check_output(want, got.replace("\u202f", " "), optionflags)


def _written(repo):
    pages = [path for path in sorted((repo / "docs").rglob("*.md")) if not path.parent.name.startswith("_")]
    return {str(path.relative_to(repo / "docs")): path.read_text("utf-8") for path in pages}


@pytest.mark.parametrize("name", ik.__all__)
def test_the_example_of_a_public_name_gives_what_it_says(name, repo, monkeypatch):
    monkeypatch.chdir(repo)
    found = doctest.DocTestFinder(recurse=False).find(
        getattr(ik, name), name, globs={"ik": ik, "pd": pd, "np": np}
    )
    examples = [one for one in found if one.examples]
    assert examples, f"ik.{name} has no example"
    told = []
    for one in examples:
        doctest.DocTestRunner(FrenchSpaces(), optionflags=OPTIONS).run(one, out=told.append)
    assert not told, "".join(told)


@pytest.mark.parametrize("page", WITH_PYTHON)
def test_the_python_of_a_page_runs(page, repo, tmp_path, monkeypatch):
    (tmp_path / "data").symlink_to(repo / "data")
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", _written(repo)[page], flags=re.DOTALL)
    names: dict[str, object] = {}
    assert blocks
    for block in blocks:
        exec(compile(block, page, "exec"), names)


def test_no_page_with_python_is_left_untested(repo):
    with_python = {page for page, text in _written(repo).items() if "```python\n" in text}
    assert with_python == set(WITH_PYTHON)


def test_the_table_that_is_explained_is_the_one_that_runs(repo):
    page = _written(repo)["guides/table.md"]
    (shown,) = re.findall(r"```toml\n(.*?)```", page, flags=re.DOTALL)
    assert f'entry = """\n{shown}"""' in page


def test_every_setting_is_explained(repo):
    page = _written(repo)["reference/reglages.md"]
    keys = {*KINDS, *(key for section in SECTIONS.values() for key in section)} - {"codes"}
    lists = set(SECTIONS.get("codes", ()))
    assert not {key for key in keys - lists if not re.search(rf"[`\[]{re.escape(key)}[`\]]", page)}


def test_the_docstrings_are_read_in_french(repo):
    # A tenth may lag behind the code: until its French is written, a paragraph is shown in English.
    with (repo / "docs/locale/fr/LC_MESSAGES/_generated/noms.po").open("rb") as file:
        french = {message.id for message in read_po(file, locale="fr") if message.string}
    asked = {paragraph for name in ik.__all__ for paragraph in _paragraphs(getattr(ik, name))}
    late = sorted(asked - french)
    assert len(asked) > 70 and len(late) <= len(asked) // 10, "\n".join(late)


def _paragraphs(found):
    for paragraph in inspect.getdoc(found).split("\n\n"):
        if not paragraph.startswith(">>>"):
            yield " ".join(paragraph.split())


@pytest.fixture(scope="module")
def built_site(repo, tmp_path_factory, processes):
    """The site of `make docs`, built elsewhere unless a script just did; a warning is an error."""
    if "IMPACTKIT_BUILT" in os.environ:
        return repo / "docs" / "_build" / "html"
    home = tmp_path_factory.mktemp("docs")
    words = ["-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html"]
    done = processes.python(*words, "-d", home / "trees", repo / "docs", home / "html")
    assert done.returncode == 0, done.stderr
    return home / "html"


def test_the_site_is_built_without_a_warning_and_holds_every_name(built_site):
    names = (built_site / "_generated" / "noms.html").read_text("utf-8")
    assert not [name for name in ik.__all__ if f'id="impactkit.{name}"' not in names]
    assert all((built_site / "_generated" / f"{name}.html").is_file() for name in GENERATED)


def test_the_site_draws_every_chart_with_its_alternative(built_site):
    from impactkit.display.charts import OF_OUTCOME, OF_PROGRAMME, OF_TERRITORY

    page = (built_site / "_generated" / "galerie.html").read_text("utf-8")
    images = re.findall(r"<img [^>]*>", page)
    assert len(images) == len(OF_OUTCOME) + len(OF_TERRITORY) + len(OF_PROGRAMME) + 1
    assert all(len(re.search(r'alt="([^"]*)"', image)[1]) > 30 for image in images)
    assert (built_site / "_images" / "gap.svg").is_file()


def test_the_site_describes_every_table_and_indicator(built_site, repo):
    import csv
    import json

    tables = (built_site / "_generated" / "tables.html").read_text("utf-8")
    package = json.loads((repo / "data" / "schemas" / "datapackage.json").read_text("utf-8"))
    assert all(resource["path"] in tables for resource in package["resources"])
    listed = (built_site / "_generated" / "indicateurs.html").read_text("utf-8")
    for name in ("indicators", "measures"):
        with (repo / "data" / "reference" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            assert not [row["id"] for row in csv.DictReader(file) if row["id"] not in listed]


def test_the_site_loads_nothing_from_elsewhere(built_site):
    loaded = re.compile(r"""(?:src=["']|<link[^>]+href=["']|url\(["']?|@import ["'])(?:https?:)?//[^"')]+""")
    pages = [*built_site.rglob("*.html"), *built_site.rglob("*.css")]
    assert len(pages) > 15
    assert not {found for page in pages for found in loaded.findall(page.read_text("utf-8"))}


def test_a_browser_that_reads_the_site_asks_the_network_for_nothing(built_site, chromium):
    asked = []
    tab = chromium.new_page()
    tab.on("request", lambda request: asked.append(request.url))
    for page in sorted(built_site.rglob("*.html")):
        tab.goto(page.as_uri(), wait_until="load")
    tab.close()
    assert len(asked) > 15
    assert not [url for url in asked if not url.startswith(("file:", "data:", "blob:"))]
