"""The numbered notebooks: their order, their links, what they say of what is invented. They are run in
tests/browser/test_lab.py.
"""

import re
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[2]
NUMBERED = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))


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
