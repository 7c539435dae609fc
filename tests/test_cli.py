"""The commands, as they are typed: exit codes, and words in French."""

import json
import os
import re
import subprocess
import sys
import time

import pytest

ENGLISH = re.compile(
    r"\b(Usage|Options:|Arguments:|Commands:|default|required|Show|Try|Error|No such|Missing)\b"
)


@pytest.fixture
def impactkit(repo):
    def typed(*words):
        # Wide, or the help is cut in the middle of what is looked for.
        command = [sys.executable, "-m", "impactkit.cli", *words]
        environment = {**os.environ, "COLUMNS": "120"}
        return subprocess.run(command, cwd=repo, capture_output=True, text=True, env=environment)

    return typed


def test_help_is_quick_and_french(impactkit):
    started = time.monotonic()
    done = impactkit("--help")
    # Under a second on its own; other tests may be running.
    assert done.returncode == 0 and time.monotonic() - started < 3
    for command in ("run", "report", "list", "check", "doctor"):
        assert re.search(rf"^  {command} ", done.stdout, re.MULTILINE)
        text = impactkit(command, "--help").stdout
        assert text.startswith("Emploi :".replace(" ", "\u202f")) and not ENGLISH.search(text), text


def test_help_imports_nothing_heavy(repo):
    code = (
        "import sys, impactkit.cli; print([m for m in ('pandas', 'papermill', 'typst') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_version(impactkit):
    done = impactkit("--version")
    assert done.returncode == 0 and re.fullmatch(r"\d+\.\d+\.\d+\n", done.stdout)


def test_list_gives_every_code_once(impactkit, french_impact):
    done = impactkit("list", "data/french-impact")
    codes = [line.split()[0] for line in done.stdout.splitlines()]
    assert done.returncode == 0 and codes == [place.code for place in french_impact.territories]


def test_a_territory_that_does_not_exist_is_refused_with_the_nearest(impactkit):
    for words in (
        ("run", "data/french-impact", "--only", "valence-roman"),
        ("report", "data/french-impact", "valence-roman"),
        ("check", "data/french-impact", "--territory", "valence-roman"),
    ):
        done = impactkit(*words)
        assert done.returncode == 2 and "`valence-romans`" in done.stderr and not done.stdout
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "words, offered",
    [
        ((), "Emploi"),
        (("rum",), "`run`"),
        (("run",), "DOSSIER"),
        (("run", "data/french-impact", "--job", "2"), "--jobs"),
        (("run", "data/french-impact", "--jobs", "0"), "--jobs"),
        (("run", "data/french-impact", "--limit"), "--limit"),
        (("run", "data/french-impact", "--only", ","), "territoire"),
        (("run", "data/french-impac"), "`french-impact`"),
        (("run", "notebooks"), "evaluation.toml"),
        (("check", "data/french-impact", "--format", "jsn"), "`json`"),
        (("list", "data/french-impact", "more"), "--help"),
    ],
)
def test_wrong_use_is_2_and_says_what_is_right(impactkit, words, offered):
    done = impactkit(*words)
    assert done.returncode == 2 and offered in done.stderr, done.stderr
    assert not ENGLISH.search(done.stderr) and not done.stdout


def test_check_finds_nothing_in_the_real_evaluation(impactkit):
    done = impactkit("check", "data/french-impact", "--format", "json")
    assert done.returncode == 0 and json.loads(done.stdout) == []


def test_doctor_says_this_machine_is_well(impactkit):
    done = impactkit("doctor")
    assert done.returncode == 0 and "[bien] typst" in done.stdout, done.stdout
