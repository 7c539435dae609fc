"""The commands, as they are typed: exit codes, and words in French."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from waiting import STUCK

from impactkit.cli import main
from impactkit.wording.language import FRENCH

ENGLISH = re.compile(
    r"\b(Usage|Options:|Arguments:|Commands:|default|required|Show|Try|Error|No such|Missing)\b"
)


@pytest.fixture
def impactkit(repo, monkeypatch, capsys):
    """Types a command from the repository, in this process: for those that start none."""
    # Wide, or the help is cut in the middle of what is looked for.
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.chdir(repo)
    interrupt = signal.getsignal(signal.SIGINT)

    def typed(*words):
        monkeypatch.setattr(sys, "argv", ["impactkit", *map(str, words)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        # A command hears Ctrl-C in its own way until its process ends; this one goes on.
        signal.signal(signal.SIGINT, interrupt)
        written = capsys.readouterr()
        return subprocess.CompletedProcess(words, ended.value.code or 0, written.out, written.err)

    return typed


def test_help_is_french(impactkit):
    done = impactkit("--help")
    assert done.returncode == 0 and not done.stderr
    for command in ("run", "report", "list", "check", "sign", "publish"):
        assert re.search(rf"^  {command} ", done.stdout, re.MULTILINE)
        text = impactkit(command, "--help").stdout
        assert text.startswith("Emploi :".replace(" ", "\u202f")) and not ENGLISH.search(text), text


def test_help_imports_nothing_heavy(repo, processes):
    code = (
        "import sys, impactkit.cli; print([m for m in ('pandas', 'papermill', 'typst') if m in sys.modules])"
    )
    done = processes.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
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
    assert not ENGLISH.search(done.stderr) and "Traceback" not in done.stderr and not done.stdout


def test_check_finds_nothing_in_the_real_evaluation(impactkit):
    done = impactkit("check", "data/french-impact", "--format", "json")
    assert done.returncode == 0 and json.loads(done.stdout) == []


def test_help_shows_few_commands(impactkit):
    shown = impactkit("--help").stdout.partition("Commandes")[2]
    commands = re.findall(r"^  (\w+)  +(.+)$", shown, re.MULTILINE)
    assert 5 <= len(commands) <= 9 and not ENGLISH.search(shown)
    assert all(words.endswith((".", "?")) for _, words in commands)


@pytest.fixture
def spoiled(repo, tmp_path):
    """A copy of the real evaluation with two mistakes of Valence-Romans and one of nobody's, and where."""
    folder = shutil.copytree(repo / "data" / "french-impact", tmp_path / "essai")
    jobs, transfers = folder / "jobs.csv", folder / "transfers.csv"
    line = len(jobs.read_text("utf-8").splitlines()) + 1
    with jobs.open("a", encoding="utf-8") as file:
        file.write("valence-romans,consigna,deux,,true,2020,x,\n")
    line_given = len(transfers.read_text("utf-8").splitlines()) + 1
    with transfers.open("a", encoding="utf-8") as file:
        file.write("nantes-metropol,mayotte,les fours,,2020,x,\n")
    return folder, [
        ("jobs.csv", f"B{line}", "consigna", "`consigne`"),
        ("jobs.csv", f"C{line}", "deux", "nombre"),
        ("transfers.csv", f"A{line_given}", "nantes-metropol", "`nantes-metropole`"),
    ]


def test_check_says_each_mistake_as_text(impactkit, spoiled):
    folder, mistakes = spoiled
    done = impactkit("check", folder)
    assert done.returncode == 2 and not done.stderr and not ENGLISH.search(done.stdout)
    *lines, count = done.stdout.splitlines()
    assert count.startswith("3 problèmes") and len(lines) == 3
    for file, cell, value, hint in mistakes:
        (line,) = [line for line in lines if line.startswith(f"{file}, {cell} :")]
        assert value in line and hint in line.replace(value, "", 1) and "À faire : " in line


def test_check_says_each_mistake_as_json(impactkit, spoiled):
    folder, mistakes = spoiled
    done = impactkit("check", folder, "--format", "json")
    found = {(one["file"], one["cell"]): one for one in json.loads(done.stdout)}
    assert done.returncode == 2 and set(found) == {(file, cell) for file, cell, *_ in mistakes}
    for file, cell, value, hint in mistakes:
        one = found[file, cell]
        assert one["value"] == value and one["next"] and hint in one["expected"] + one["next"]


def test_check_of_one_territory_leaves_the_others_out(impactkit, spoiled):
    done = impactkit("check", spoiled[0], "--territory", "mayotte", "--format", "json")
    # What is nobody's row is everyone's.
    assert done.returncode == 2 and [one["file"] for one in json.loads(done.stdout)] == ["transfers.csv"]


def test_a_run_is_refused_with_every_mistake_that_is_nobody_s(processes, spoiled, tmp_path):
    folder, _ = spoiled
    jobs = folder / "jobs.csv"
    jobs.write_text(jobs.read_text("utf-8").replace(",deux,", ",2,"), "utf-8")
    done = processes.impactkit("run", folder, "--only", "mayotte", "--to", tmp_path / "reports")
    assert done.returncode == 2 and "nantes-metropole" in done.stderr and "consigna" not in done.stderr
    assert "Traceback" not in done.stderr and not (tmp_path / "reports").exists()


def test_one_report_is_built_and_its_page_named(repo, processes, tmp_path):
    words = ("report", "data/french-impact", "valence-romans", "--to", tmp_path)
    done = processes.impactkit(*words, cwd=repo)
    assert done.returncode == 0 and not done.stderr, done.stderr
    page = Path(done.stdout.strip())
    assert page == tmp_path / "french-impact" / "valence-romans" / "report.html" and page.is_file()


@pytest.mark.parametrize(
    "command, settings",
    [
        ("run", None),
        ("check", None),
        ("run", "title = "),
        ("list", 'titel = "x"'),
        ("report", 'title = "x"'),
    ],
)
def test_a_folder_that_is_no_evaluation_is_refused_in_a_sentence(impactkit, tmp_path, command, settings):
    if settings is not None:
        (tmp_path / "evaluation.toml").write_text(settings, "utf-8")
    done = impactkit(command, tmp_path, *(["mayotte"] if command == "report" else []))
    assert done.returncode == 2 and not done.stdout
    assert "Traceback" not in done.stderr and "À faire : " in done.stderr


def test_doctor_says_this_machine_is_well(impactkit):
    done = impactkit("doctor")
    assert done.returncode == 0 and "[bien] typst" in done.stdout, done.stdout


def test_what_the_machine_refuses_is_said_in_words(repo, processes, tmp_path):
    (tmp_path / "fichier").write_text("")
    for words in (
        ("run", "data/demo", "--only", "merinval", "--to", tmp_path / "fichier"),
        ("new", tmp_path / "fichier"),
    ):
        done = processes.impactkit(*words, cwd=repo)
        assert done.returncode == 2 and "il faut un dossier" in done.stderr, done.stderr
        assert "Traceback" not in done.stderr


def test_every_command_ends_with_an_example_that_it_understands(impactkit):
    from impactkit.cli.commands import app

    listed = impactkit("--help").stdout
    for command in app.registered_commands:
        assert re.search(rf"\b{command.name}\b", listed), command.name
        text = impactkit(command.name, "--help").stdout
        example = text.partition("Exemple\u202f:\n  ")[2].strip()
        assert example.startswith(f"impactkit {command.name}") and "\n" not in example
        options = set(re.findall(r"--[a-z-]+", example))
        assert options <= set(re.findall(r"^  (--[a-z-]+)", text, re.MULTILINE)), example


@pytest.mark.parametrize(
    "typed, offered",
    [
        ("impactkit ch", ["check"]),
        ("impactkit report data/demo mer", ["merinval"]),
        ("impactkit run data/demo --only merinval,val", ["merinval,val-d-aubrelle"]),
        ("impactkit check data/demo --territory merin", ["merinval"]),
        ("impactkit fetch data/french-impact --source urssaf", ["urssaf-jobs"]),
        ("impactkit report data/nowhere mer", []),
        ("impactkit run --only mer", []),
    ],
)
def test_a_shell_completes_codes_and_sources(repo, typed, offered, processes):
    count = str(len(typed.split()) - 1)
    asked = {"_IMPACTKIT_COMPLETE": "complete_bash", "COMP_WORDS": typed, "COMP_CWORD": count}
    command = [sys.executable, "-m", "impactkit"]
    done = processes.run(command, cwd=repo, capture_output=True, text=True, env=os.environ | asked)
    assert done.returncode == 0 and not done.stderr
    assert done.stdout.split() == offered


def test_what_a_shell_reads_to_complete_is_shown(repo, processes):
    asked = {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    command = [sys.executable, "-m", "impactkit", "--show-completion", "bash"]
    done = processes.run(command, cwd=repo, capture_output=True, text=True, env=os.environ | asked)
    assert done.returncode == 0 and "complete -o default -F _impactkit_completion impactkit" in done.stdout


def test_new_asks_on_a_terminal_and_only_there(repo, tmp_path, processes):
    import pty

    answers = ["Titre d’essai", "Programme d’essai", "unit", "", "Val A; Val B", "2021-03"]
    told, typed = pty.openpty()
    command = [sys.executable, "-m", "impactkit", "new", "essai"]
    child = processes.start(command, cwd=tmp_path, stdin=typed, stdout=subprocess.PIPE, text=True)
    os.write(told, ("\n".join(answers) + "\n").encode())
    out, _ = child.communicate(timeout=STUCK)
    assert child.returncode == 0 and "Titre" in out, out
    written = (tmp_path / "essai" / "evaluation.toml").read_text("utf-8")
    assert 'title = "Titre d’essai"' in written and 'labelled = "2021-03"' in written
    rows = (tmp_path / "essai" / "territories.csv").read_text("utf-8").splitlines()
    assert [row.split(",")[1] for row in rows[1:]] == ["Val A", "Val B"]


def test_doctor_says_the_fix_of_what_is_ill(monkeypatch):
    import shutil as system

    from impactkit.reports import doctor

    monkeypatch.setattr(doctor, "requirements", lambda: (("typst", ">=99"), ("no-such-library", ">=1")))
    monkeypatch.setattr(doctor, "_writable", lambda _: False)
    monkeypatch.setattr(doctor, "_memory", lambda: 1 << 20)
    monkeypatch.setattr(doctor.sys, "getfilesystemencoding", lambda: "ascii")
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: system._ntuple_diskusage(1, 1, 0))
    monkeypatch.setattr(doctor.shutil, "which", lambda _: None)
    signs = doctor.examined(FRENCH)
    ill = [sign for sign in signs if sign.well is False]
    assert len(ill) == 6 and all(sign.remedy for sign in ill)
    # What only some work asks for is said, and ails nobody.
    assert [sign.well for sign in signs if "Chromium" in sign.what or "LibreOffice" in sign.what] == [
        None,
        None,
    ]
