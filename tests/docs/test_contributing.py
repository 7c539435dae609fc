"""What CONTRIBUTING.md asks of who adds something is done here, to the letter, on a copy."""

import os
import re
import shutil
import sys

import pytest

# The headings that show a whole change, and the file that its test cannot do without.
EXAMPLES = {
    "Ajouter un indicateur": "indicators/obstacles.py",
    "Ajouter une source": "data/sources/caf.py",
    "Ajouter une vérification": "data/check_rules.py",
    "Ajouter un graphique": "display/bars.py",
    "Ajouter une langue": "wording/locale/de/LC_MESSAGES/impactkit.po",
}


@pytest.fixture
def repository_copy(repo, tmp_path):
    """The repository without its history, where a change may be made."""
    for name in ("src", "data", "notebooks", "tests"):
        shutil.copytree(repo / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "ARCHITECTURE.md", "docs/sources.md", "docs/generate.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(repo / name, tmp_path / name)
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


def test_every_change_of_the_page_is_tried(repo):
    assert set(changes(repo)) == set(EXAMPLES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_change_is_whole_and_its_test_tests_it(name, repo, repository_copy, processes):
    (change,) = changes(repo)[name]
    (test,) = re.findall(r"^\+\+\+ b/(tests/.+)$", change, flags=re.MULTILINE)
    # Something is added: nothing that stands is changed.
    assert not re.findall(r"^-(?!-- )", change, flags=re.MULTILINE)

    def applied(*how):
        typed = ["git", "apply", *how, "-"]
        done = processes.run(typed, cwd=repository_copy, input=change, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    def tested():
        typed = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", test]
        env = {**os.environ, "PYTHONPATH": str(repository_copy / "src")}
        return processes.run(typed, cwd=repository_copy, env=env, capture_output=True, text=True)

    applied()
    done = tested()
    assert done.returncode == 0 and "1 passed" in done.stdout, done.stdout
    # Without the function (or the sentences) it fails; when one more file is missing, before it has begun.
    applied("-R", f"--include=src/impactkit/{EXAMPLES[name]}")
    assert tested().returncode in (1, 2)
