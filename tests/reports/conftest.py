"""A tiny invented evaluation, and a notebook light enough to be run many times."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

SETTINGS = """
title = "Vallées d’essai"
programme = "Essai"
fictional = true
vintage = 2026

[[wave]]
id = "1"
name = "première vague"
labelled = "2020-01"

[report]
notebook = "light.ipynb"
"""
PLACES = {"aubepine": "Aubépine", "bruyere": "Bruyère", "chevrefeuille": "Chèvrefeuille"}
TERRITORIES = "territory,name,wave,perimeter_kind,confidence,as_of,source,note\n" + "".join(
    f"{code},{name},1,epci,low,2020-01,Essai,\n" for code, name in PLACES.items()
)
TITLE = """
tree = {"kind": "title", "overline": "Essai", "title": territory, "subtitle": [greeting]}
body = {"kind": "paragraph", "role": "text", "runs": [{"t": greeting}]}
mime = "application/vnd.impactkit+json"
display({mime: {"version": 1, "blocks": [tree, body]}, "text/plain": "x"}, raw=True)
"""
TWINS = """
import os, pathlib
twins = pathlib.Path(os.environ["IMPACTKIT_TWINS"], "indicators.csv")
_ = twins.write_text("territory\\n" + territory + "\\n")
"""


def cell(source: str, *tags: str, kind: str = "code", id: str) -> dict[str, object]:
    """One cell of a notebook file."""
    found = {"id": id, "cell_type": kind, "metadata": {"tags": list(tags)}, "source": source.strip()}
    return found | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def notebook(path: Path, *, middle: str = "", parameters: str = "") -> Path:
    """Write the light notebook; `middle` is the code of its section « Le milieu »."""
    given = f'folder = "vallees"\nterritory = "aubepine"\ngreeting = "Bonjour"\n{parameters}'
    cells = [
        cell("# Pour qui ouvre le carnet", "intro", kind="markdown", id="a"),
        cell(given, "parameters", id="b"),
        cell(TWINS, id="c"),
        cell("## Le milieu", kind="markdown", id="d"),
        cell(middle or "None", id="e"),
        cell("## L’essentiel", "lead", kind="markdown", id="f"),
        cell(TITLE, "lead", id="g"),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    whole = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(whole), "utf-8")
    return path


def evaluation(folder: Path) -> Path:
    """Write the evaluation of three invented territories."""
    folder.mkdir()
    (folder / "evaluation.toml").write_text(SETTINGS, "utf-8")
    (folder / "territories.csv").write_text(TERRITORIES, "utf-8")
    notebook(folder / "light.ipynb")
    return folder


@pytest.fixture(scope="session")
def write_notebook() -> Callable[..., Path]:
    """The writer of light notebooks."""
    return notebook


@pytest.fixture(scope="session")
def write_evaluation() -> Callable[[Path], Path]:
    """The writer of the evaluation of three invented territories."""
    return evaluation


@pytest.fixture
def valleys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An evaluation of three invented territories in `vallees`, under the working folder."""
    folder = evaluation(tmp_path / "vallees")
    monkeypatch.chdir(tmp_path)
    for name in ("SOURCE_DATE_EPOCH", "IMPACTKIT_BASE", "IMPACTKIT_TWINS"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture(scope="session")
def once_built(tmp_path_factory: pytest.TempPathFactory, processes) -> Path:
    """Where the three reports were built once, with a project in a table."""
    here = tmp_path_factory.mktemp("vallees")
    evaluation(here / "vallees")
    project = "project,territory,name,stage,as_of,source\np1,aubepine,Four,idea,2020,Essai\n"
    (here / "vallees" / "projects.csv").write_text(project, "utf-8")
    processes.impactkit("run", "vallees", cwd=here, check=True)
    return here


@pytest.fixture
def built(valleys: Path, once_built: Path) -> Path:
    """The evaluation of `valleys` with its three reports, as a run has just left them."""
    shutil.copy(once_built / "vallees" / "projects.csv", valleys)
    shutil.copytree(once_built / "reports", valleys.parent / "reports")
    return valleys


def contents_of(report: Path) -> Mapping[str, bytes]:
    """Every file of a report."""
    return {file.name: file.read_bytes() for file in report.iterdir()}
