"""A test is in the tier of what it asks for, and a quick one that starts a process fails."""

import re
import shutil

import pytest
from tiers import ALL, PROGRAMME, QUICK, REAL, SAMPLE, TEST, WHOLE, codes_of, examples, parameters, tier_of

PLANTED = """
import multiprocessing
import os
import subprocess
import sys

import pytest


def test_a_command():
    subprocess.run([sys.executable, "-c", ""])


def test_a_shell_whose_refusal_is_caught():
    with pytest.raises(AssertionError):
        os.system("true")


def test_a_fork():
    if os.fork() == 0:
        os._exit(0)


def test_a_spawned_process():
    multiprocessing.get_context("spawn").Process(target=print).start()


def test_none():
    assert sys.version_info


def test_that_asks(processes):
    assert processes.python("-c", "print(1)").stdout == "1\\n"


@pytest.mark.parametrize("number", [1, 2, 3])
def test_of_which_the_first_is_tried(processes, number):
    assert number


def test_of_official_files(sources):
    assert sources
"""


@pytest.fixture
def planted(repo, tmp_path, processes):
    """Tries the planted tests, in one tier: the outcomes, by name."""
    tests = tmp_path / "tests"
    tests.mkdir()
    for name in ("conftest.py", "tiers.py", "processes.py", "small_evaluation.py"):
        shutil.copy(repo / "tests" / name, tests)
    for evaluation in ("french-impact", "demo"):
        (tmp_path / "data" / evaluation).mkdir(parents=True)
        shutil.copy(repo / "data" / evaluation / "territories.csv", tmp_path / "data" / evaluation)
    (tests / "test_planted.py").write_text(PLANTED, "utf-8")

    def tried(tier):
        words = ["-m", "pytest", "-rA", "--tier", tier, "-p", "no:cacheprovider", "-o", "pythonpath=."]
        done = processes.python(*words, "--rootdir", tests, tests, cwd=tests)
        lines = re.findall(r"^(PASSED|FAILED|ERROR) \S+::(\S+)", done.stdout, re.MULTILINE)
        return {name: outcome for outcome, name in lines}, done.stdout

    return tried


def test_a_quick_test_that_starts_a_process_fails(planted):
    outcomes, words = planted(QUICK)
    started = {
        "test_a_command",
        "test_a_shell_whose_refusal_is_caught",
        "test_a_fork",
        "test_a_spawned_process",
    }
    assert {name for name, outcome in outcomes.items() if outcome == "FAILED"} == started, words
    assert outcomes["test_none"] == "PASSED" and "test_that_asks" not in outcomes
    assert words.count("ask for `processes`") >= len(started)


def test_the_next_tier_has_the_first_of_what_is_real(planted):
    outcomes, words = planted(TEST)
    assert outcomes["test_that_asks"] == outcomes["test_of_which_the_first_is_tried[1]"] == "PASSED", words
    assert "test_of_which_the_first_is_tried[2]" not in outcomes and "test_of_official_files" not in outcomes


@pytest.mark.parametrize(
    ("fixtures", "positions", "tier"),
    [
        ((), (), QUICK),
        (("repo", "small", "tmp_path"), (2,), QUICK),
        (("repo", "small", "tmp_path"), (0, 5), TEST),
        (("processes",), (), TEST),
        (("built", "report_name"), (0, 0), TEST),
        (("processes",), (0, 1), ALL),
        (("processes", "sources"), (), ALL),
        (("built_demo",), (), ALL),
    ],
)
def test_what_is_asked_decides(fixtures, positions, tier):
    assert tier_of(fixtures, positions) == tier


def test_every_fixture_that_decides_exists(repo):
    text = "\n".join(path.read_text("utf-8") for path in (repo / "tests").rglob("*.py"))
    assert not [name for name in REAL | WHOLE if f"def {name}(" not in text]


def test_the_sample_is_of_three_kinds_and_the_whole_is_whole():
    small, whole = parameters(TEST), parameters(ALL)
    assert set(small) == set(whole) and small["territory_code"] == SAMPLE and len(SAMPLE) == 3
    assert all(set(small[name]) <= set(whole[name]) for name in small)
    assert len(whole["territory_code"]) == 27 and len(whole["numbered_notebook"]) == 11
    assert len(whole["report_name"]) == 41 and f"demo/{PROGRAMME}" in whole["report_name"]
    assert "val-d-aubrelle" in codes_of("demo")


def test_fewer_examples_are_tried_where_less_is_asked(monkeypatch):
    monkeypatch.setattr("tiers.tier", QUICK)
    assert [examples(most) for most in (2, 12, 25, 200)] == [2, 3, 3, 8]
    monkeypatch.setattr("tiers.tier", TEST)
    assert [examples(most) for most in (2, 12, 25, 200)] == [2, 5, 5, 16]
    monkeypatch.setattr("tiers.tier", ALL)
    assert [examples(most) for most in (2, 25, 200)] == [2, 25, 200]
