"""Every figure that enters is the one a person reads on the screen, or it is refused: as documented."""

import importlib.util
import shutil
import sys

import pytest


@pytest.fixture(scope="module")
def corpus(repo):
    spec = importlib.util.spec_from_file_location("corpus", repo / "tests" / "workbooks" / "corpus.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["corpus"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def rows(corpus, tmp_path_factory, processes):
    return corpus.measure(tmp_path_factory.mktemp("corpus"), shutil.which("soffice") or "")


def test_every_figure_that_enters_is_the_one_that_is_read(corpus, rows):
    for writer, head, screen, means, made in rows:
        assert made in (means, corpus.REFUSED), (writer, head, screen)
    # What the kit can read it reads: LibreOffice writes one of two commas of a format, and is refused.
    unread = [row for row in rows if row[3] != row[4]]
    assert len(unread) <= 2 and all(row[0].startswith("LibreOffice") for row in unread)


def test_the_table_of_the_documentation_is_the_one_measured(corpus, rows):
    text = corpus.PAGE.read_text("utf-8")
    if shutil.which("soffice"):
        assert corpus.page(rows) == text and len(rows) >= 60
    else:
        assert all(f"| {' | '.join(row)} |" in text for row in rows)


def test_the_screen_is_what_libreoffice_shows(corpus, tmp_path, processes):
    soffice = shutil.which("soffice")
    if not soffice:
        pytest.skip(
            "LibreOffice is not here: put the folder of soffice on PATH (Debian: libreoffice-calc-nogui)"
        )
    paths = [corpus.write(case, tmp_path / f"{i:02}.xlsx") for i, case in enumerate(corpus.CASES)]
    for case, shown in zip(
        corpus.CASES, corpus.convert(soffice, paths, corpus.SHOWN, tmp_path), strict=True
    ):
        assert " ".join(corpus.screen_of(shown, case).split()) == " ".join(case.screen.split()), case
