"""What CONTRIBUTING.md asks of who adds something is done here, to the letter, on a copy."""

import os
import re
import shutil
import subprocess
import sys

import pytest


@pytest.fixture
def copy(repo, tmp_path):
    """The repository without its history, where a change may be made."""
    for name in ("src", "data", "tests"):
        shutil.copytree(repo / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(repo / "pyproject.toml", tmp_path)
    return tmp_path


def changes(repo):
    """The changes that the page shows, each with its name: the heading that it stands under."""
    text = (repo / "CONTRIBUTING.md").read_text("utf-8")
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)[1:]
    return {
        name: re.findall(r"```diff\n(.*?)```", body, flags=re.DOTALL)
        for name, body in zip(parts[::2], parts[1::2], strict=True)
        if "```diff" in body
    }


def test_an_indicator_is_a_function_a_row_and_a_test(repo, copy):
    (change,) = changes(repo)["Ajouter un indicateur"]
    files = re.findall(r"^\+\+\+ b/(.+)$", change, flags=re.MULTILINE)
    function, row, test = (
        [name for name in files if name.startswith(start)]
        for start in ("src/impactkit/indicators/", "data/reference/measures.csv", "tests/indicators/")
    )
    assert [len(one) for one in (function, row, test)] == [1, 1, 1] and len(files) == 3
    assert len(re.findall(r"^\+def ", change, flags=re.MULTILINE)) == 2
    assert not re.findall(r"^-(?!-- )", change, flags=re.MULTILINE)
    run = {"cwd": copy, "capture_output": True, "text": True}
    typed = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *test]
    env = {**os.environ, "PYTHONPATH": str(copy / "src")}
    applied = subprocess.run(["git", "apply", "-"], input=change, **run)
    assert applied.returncode == 0, applied.stderr
    done = subprocess.run(typed, env=env, **run)
    assert done.returncode == 0 and "1 passed" in done.stdout, done.stdout
    # Without the function the test fails: it tests something.
    source = (copy / function[0]).read_text("utf-8")
    (copy / function[0]).write_text(source.replace("def rows_open", "def _rows_open"), "utf-8")
    assert subprocess.run(typed, env=env, **run).returncode == 1
