"""The numbered notebooks run from top to bottom, and leave nothing behind them."""

import re
import subprocess
from pathlib import Path

import nbclient
import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
NUMBERED = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))


def _tree(repo):
    listed = subprocess.run(
        ["git", "status", "--porcelain", "--ignored", "--", "notebooks", "data", "reports"],
        cwd=repo,
        capture_output=True,
        text=True,
        check=True,
    )
    return listed.stdout


@pytest.mark.parametrize("path", NUMBERED, ids=lambda path: path.stem)
def test_a_numbered_notebook_runs_and_leaves_no_file(path, repo, monkeypatch):
    monkeypatch.delenv("IMPACTKIT_BASE", raising=False)
    before = _tree(repo)
    book = nbformat.read(path, as_version=4)
    nbclient.NotebookClient(
        book, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}
    ).execute()
    code = [cell for cell in book.cells if cell.cell_type == "code"]
    outputs = [output for cell in code for output in cell.outputs]
    assert any(output.output_type in ("display_data", "execute_result") for output in outputs)
    spoken = [output.text for output in outputs if output.get("name") == "stderr"]
    assert not spoken
    assert _tree(repo) == before


def test_they_are_numbered_without_a_hole_and_each_leads_to_one_that_exists():
    assert [int(path.name[:2]) for path in NUMBERED] == list(range(11))
    for path in NUMBERED:
        text = "".join(
            cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown"
        )
        for target in re.findall(r"\]\(([^)]+)\)", text):
            assert (path.parent / target).exists(), (path.name, target)


def test_whatever_shows_invented_figures_says_so():
    for path in NUMBERED:
        cells = nbformat.read(path, as_version=4).cells
        if any("data/demo" in cell.source for cell in cells):
            assert any("exemple fictif" in cell.source for cell in cells if cell.cell_type == "markdown")
