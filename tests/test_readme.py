"""The README opens with four lines; they run, and give what it says they give."""

import re

import pandas as pd

from impactkit.wording.language import FRENCH


def _opening(repo):
    text = (repo / "README.md").read_text("utf-8")
    code = re.search(r"```python\n(.*?)```", text, flags=re.DOTALL)
    table = re.search(r"\n(\|.*?)\n\n", text[code.end() :], flags=re.DOTALL).group(1)
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
    return code.group(1).strip().splitlines(), rows[0], rows[2:]


def test_the_four_lines_are_those_of_the_small_door(repo):
    lines, _, _ = _opening(repo)
    assert len(lines) == 4
    assert "\n".join(lines) in (repo / "ARCHITECTURE.md").read_text("utf-8")


def test_the_four_lines_give_what_the_readme_says(repo, monkeypatch):
    lines, columns, said = _opening(repo)
    monkeypatch.chdir(repo)
    names = {}
    exec("\n".join(lines[:-1]), names)
    rows = eval(lines[-1].split("#")[0], names)
    assert isinstance(rows, pd.DataFrame) and len(rows) == 1
    given = [
        FRENCH.number(rows[name].iloc[0]) if name == "value" else rows[name].iloc[0] for name in columns
    ]
    assert [given] == said
    assert columns == ["value", "unit", "as_of", "source"]


def test_every_relative_link_of_the_readme_leads_somewhere(repo):
    text = (repo / "README.md").read_text("utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert (repo / target).exists(), target
