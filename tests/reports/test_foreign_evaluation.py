"""An evaluation received from a stranger: without a notebook named in it, none of its files is run."""

import json
import os

import pytest

# Each leaves its name where it was run.
CANARY = "import os, pathlib\npathlib.Path(os.environ['CANARY'], {name!r}).touch()\n"
SHADOWS = ("json", "pandas", "html", "impactkit", "openpyxl", "sitecustomize", "usercustomize", "conftest")
STARTED = (
    "ipython_config",
    "jupyter_config",
    "jupyter_nbconvert_config",
    "profile_default/startup/first",
    ".ipython/profile_default/startup/first",
    "indicators/own",
    "src/impactkit/own",
)


@pytest.fixture
def foreign(valleys, tmp_path):
    """The three valleys, as data alone, with code of every name that is run somewhere; and the canaries."""
    settings = valleys / "evaluation.toml"
    settings.write_text(settings.read_text("utf-8").replace('notebook = "light.ipynb"', ""), "utf-8")
    (valleys / "light.ipynb").unlink()
    for name in (*SHADOWS, *STARTED):
        path = valleys / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(CANARY.format(name=name.replace("/", "-")), "utf-8")
    cell = {"id": "a", "cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    for name in ("territory_report.ipynb", "programme_report.ipynb", "notebooks/territory_report.ipynb"):
        path = valleys / name
        path.parent.mkdir(exist_ok=True)
        cells = [{**cell, "source": CANARY.format(name=name.replace("/", "-"))}]
        path.write_text(
            json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}), "utf-8"
        )
    (tmp_path / "canaries").mkdir()
    return valleys, tmp_path / "canaries"


@pytest.mark.parametrize("where, engine", [("inside", "fork"), ("outside", "fork"), ("inside", "plain")])
def test_data_alone_run_nothing(foreign, processes, tmp_path, where, engine):
    folder, canaries = foreign
    here, named = (tmp_path, "vallees") if where == "outside" else (folder, ".")
    env = {**os.environ, "CANARY": str(canaries)}
    checked = processes.tool("impactkit", "check", named, cwd=here, env=env)
    assert checked.returncode == 0, checked.stderr
    words = ("run", named, "--only", "aubepine", "--to", tmp_path / "out", "--engine", engine)
    built = processes.tool("impactkit", *words, cwd=here, env=env)
    assert built.returncode == 0, built.stderr
    assert (tmp_path / "out" / "vallees" / "aubepine" / "report.html").is_file()
    assert not list(canaries.iterdir())


def test_a_notebook_that_is_named_is_run_and_a_check_does_not(foreign, processes, tmp_path):
    folder, canaries = foreign
    settings = folder / "evaluation.toml"
    named = settings.read_text("utf-8") + '\n[report]\nnotebook = "territory_report.ipynb"\n'
    settings.write_text(named.replace("[report]\n\n\n", ""), "utf-8")
    path = folder / "territory_report.ipynb"
    whole = json.loads(path.read_text("utf-8"))
    first = {**whole["cells"][0], "id": "p", "metadata": {"tags": ["parameters"]}}
    first["source"] = 'folder = "x"\nterritory = "aubepine"'
    path.write_text(json.dumps({**whole, "cells": [first, *whole["cells"]]}), "utf-8")
    env = {**os.environ, "CANARY": str(canaries)}
    checked = processes.tool("impactkit", "check", "vallees", cwd=tmp_path, env=env)
    assert checked.returncode == 0 and not list(canaries.iterdir()), checked.stderr
    processes.tool("impactkit", "run", "vallees", "--only", "aubepine", cwd=tmp_path, env=env)
    assert [path.name for path in canaries.iterdir()] == ["territory_report.ipynb"]
