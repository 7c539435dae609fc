"""What tests share: where the repository lies, and the two folders of official data it does not carry."""

from __future__ import annotations

import csv
import itertools
import os
from collections.abc import Generator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
NO_SKIP = os.environ.get("IMPACTKIT_NO_SKIP") == "1"


@pytest.fixture(scope="session")
def repo() -> Path:
    """The root of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def french_impact():
    """The real evaluation."""
    import impactkit

    return impactkit.load(ROOT / "data" / "french-impact")


SMALL = """
title = "Pays d’essai"
programme = "Essai"
fictional = true
vintage = 2026
{more}
[[wave]]
id = "1"
name = "vague unique"
labelled = "2019-03-01"
"""


@pytest.fixture
def small(tmp_path):
    """Writes and reads a small invented evaluation: `small({"jobs": [{...}]}, more="[label]…")`.

    Rows are dictionaries; `as_of` and `source` are filled in when they are not given. Territories a, b, c and d
    exist unless a `territories` table says otherwise.
    """
    numbers = itertools.count()

    def made(tables, more=""):
        return written(tmp_path / f"essai-{next(numbers)}", tables, more)

    return made


def written(folder: Path, tables, more=""):
    """A small evaluation in `folder`, read."""
    import impactkit
    from impactkit.data.tables import columns

    folder.mkdir(parents=True)
    (folder / "evaluation.toml").write_text(SMALL.format(more=more), "utf-8")
    usual = {"wave": "1", "perimeter_kind": "none", "confidence": "low"}
    places = [{"territory": code, "name": f"Val-{code}", **usual} for code in "abcd"]
    for name, rows in ({"territories": places} | tables).items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns(name), restval="")
            writer.writeheader()
            about = {"as_of": "2021-06-30", "source": "Gazette d’essai"}
            writer.writerows({key: value for key, value in about.items() if key in columns(name)} | row for row in rows)
    return impactkit.load(folder)


@pytest.fixture(scope="session")
def sources() -> Path:
    """The official files as published (IMPACTKIT_SOURCES); absent, the test is skipped."""
    return _named_folder("IMPACTKIT_SOURCES")


@pytest.fixture(scope="session")
def published() -> Path:
    """The results of published studies (IMPACTKIT_PUBLISHED); absent, the test is skipped."""
    return _named_folder("IMPACTKIT_PUBLISHED")


def _named_folder(variable: str) -> Path:
    value = os.environ.get(variable)
    if not value:
        pytest.skip(f"{variable} names no folder")
    folder = Path(value)
    # A variable that is set and wrong is a mistake, not an absence.
    assert folder.is_absolute() and folder.is_dir(), f"{variable}={value}: not the absolute path of a folder"
    return folder


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    return _skip_fails(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    return _skip_fails(report)


def _skip_fails(report):
    """With IMPACTKIT_NO_SKIP=1 a skip is a failure; an expected failure (xfail) stays what it is."""
    if NO_SKIP and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"IMPACTKIT_NO_SKIP=1: {reason}"
    return report
