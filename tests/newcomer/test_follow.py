"""The newcomer's script finds the commands, and fails when one of them does; .ci/run follows it for real."""

import sys

import pytest
from newcomer.follow import commands


def test_the_pages_have_their_commands(repo, monkeypatch):
    monkeypatch.chdir(repo)
    (two,) = commands("README.md:Deux commandes")
    assert [line.split("#")[0].strip() for line in two.splitlines()] == ["make reports", "make test"]
    told = "".join(commands("docs/tutoriel.md"))
    assert told.startswith("make reports") and "impactkit report mon-programme" in told


def test_ci_follows_them(repo):
    words = (repo / ".ci" / "run").read_text("utf-8")
    assert 'tests/newcomer/follow.py "README.md:Deux commandes" docs/tutoriel.md' in words


@pytest.mark.parametrize("line, code", [("true", 1), ("false", 1), ("mkdir -p reports/a/b", 1), (None, 0)])
def test_it_ends_well_only_with_a_report_of_ones_own(repo, tmp_path, line, code, processes):
    made = "mkdir -p reports/a/b\ntouch reports/a/b/report.pdf reports/a/b/report.html"
    (tmp_path / "tutoriel.md").write_text(f"```sh\n{line or made}\n```\n", "utf-8")
    script = [sys.executable, str(repo / "tests" / "newcomer" / "follow.py"), "tutoriel.md"]
    assert processes.run(script, cwd=tmp_path, capture_output=True).returncode == code
