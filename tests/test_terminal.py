"""Rien de ce qu'un nom contient n'est obéi par un terminal, un journal ou un ordonnanceur."""

import ast
import io
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

import impactkit as ik
from impactkit.cli import app as shared
from impactkit.cli.progress import bars
from impactkit.data import dates
from impactkit.reports.files import add_line
from impactkit.reports.progress import shown
from impactkit.reports.schedule import schedule
from impactkit.wording.language import FRENCH
from impactkit.wording.plain_lines import on_a_line, plain_json, plain_lines

SEQUENCES = {
    "\x1b[31mrouge\x1b[0m": "rouge",
    "\x1b]0;titre\x07nom": "nom",
    "\x1b]8;;http://x\x1b\\lien\x1b]8;;\x1b\\": "lien",
    "\x9b31mrouge": "rouge",
    "\x1bPabc\x1b\\nom": "nom",
    "\x1b(0nom": "nom",
    "\x1bcnom": "nom",
    "a\rb": "a\ufffdb",
    "a\x08b\x00\x7f": "a\ufffdb\ufffd\ufffd",
    "a\u202eb\u2066c": "abc",
    "deux\nlignes\tici": "deux\nlignes\tici",
    "Élan — 30 % « x » 🌱": "Élan — 30 % « x » 🌱",
}
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


@pytest.mark.parametrize("text", SEQUENCES)
def test_a_sequence_goes_whole_and_words_stay(text):
    assert plain_lines(text) == SEQUENCES[text]


@given(st.text(alphabet="\x1b[]0;m\x07\x9b\x90\\\n\r\tab\u2028\u202e\ud800é", max_size=14))
def test_nothing_obeyed_is_left(text):
    assert not OBEYED.search(plain_lines(text))
    assert not OBEYED.search(on_a_line(text)) and "\n" not in on_a_line(text)
    assert not OBEYED.search(plain_json({"a": text}))
    assert json.loads(plain_json({"a": text})) == {"a": text}


def test_the_terminal_and_the_journal_are_given_plain_words(capsys, tmp_path):
    shared.echo("\x1b[2Jvide\x07")
    shared.echo("\x1b]0;x\x07titre", err=True)
    out, err = capsys.readouterr()
    assert (out, err) == ("vide\ufffd\n", "titre\n")
    add_line(FRENCH, tmp_path / "j.jsonl", {"name": "\x1b[31m\x9b\u2028"})
    text = (tmp_path / "j.jsonl").read_text("utf-8")
    assert not OBEYED.search(text) and json.loads(text) == {"name": "\x1b[31m\x9b\u2028"}


def test_only_one_place_writes_on_the_terminal(repo):
    for path in (repo / "src" / "impactkit" / "cli").glob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        names = [ast.unparse(call.func) for call in calls]
        assert names.count("typer.echo") == (1 if path.stem == "app" else 0), path.name
        assert "print" not in names, path.name


class Terminal(io.StringIO):
    def isatty(self):
        return True


NAMES = ("[/red]", "[bold", "[red]x[/blue]", "\\", "[/]", "x\x1b[31m", ":boom:", "deux\nlignes")


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_no_markup(name, monkeypatch):
    out = Terminal()
    with shown(FRENCH, 2, out) as show:
        show([name], None)
    assert on_a_line(name) in out.getvalue() or not out.getvalue()
    with bars() as progress:
        progress(name, 1, 2)


def test_a_bar_shows_a_name_of_markup_as_it_is():
    from rich import progress as rich_progress

    seen = []
    usual = rich_progress.Progress.get_renderable

    out = Terminal()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rich_progress.Progress, "get_renderable", lambda bar: seen.append(bar) or usual(bar))
        with shown(FRENCH, 1, out) as show:
            show(["[/red] ici"], None)
            seen[0].refresh()
    assert "[/red] ici" in out.getvalue()


@pytest.mark.parametrize("value", ["abc", "nan", "inf", "1e308", "-1e20", "253402300800", "1 2", "\x1b[31m"])
def test_a_day_that_is_none_is_a_sentence(monkeypatch, value, tmp_path):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", value)
    with pytest.raises(ik.RefusedData, match="secondes") as caught:
        dates.today(FRENCH)
    assert caught.value.where == "SOURCE_DATE_EPOCH" and not OBEYED.search(str(caught.value))
    with pytest.raises(ik.RefusedData, match="secondes"):
        ik.run("data/demo", to=tmp_path, dry_run=True)


def test_a_day_is_still_read(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", " 0 ")
    assert dates.today(FRENCH).isoformat() == "1970-01-01"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "")
    assert dates.today(FRENCH).year >= 2024


def evaluation(folder):
    ik.new_workbook(folder)
    return folder


@pytest.mark.parametrize("kind", ["cron", "systemd"])
@pytest.mark.parametrize("name", ["a\n* * * * * touch x", "a\rb", "a\u2028b", "a\x1b[31m"])
def test_a_name_adds_no_line_to_a_schedule(kind, name, tmp_path, monkeypatch):
    sound = evaluation(tmp_path / "essai")
    with pytest.raises(ik.RefusedData, match="dossier"):
        schedule(FRENCH, kind, sound, to=tmp_path / name)
    (tmp_path / name).mkdir()
    monkeypatch.setenv("IMPACTKIT_CACHE", str(tmp_path / name))
    with pytest.raises(ik.RefusedData, match="dossier"):
        schedule(FRENCH, kind, sound, to=tmp_path / "reports")
    monkeypatch.delenv("IMPACTKIT_CACHE")
    odd = tmp_path / f"{name}-essai"
    sound.rename(odd)
    with pytest.raises(ik.RefusedData, match="dossier"):
        schedule(FRENCH, kind, odd, to=tmp_path / "reports")


@pytest.mark.parametrize("name", ["à part", "100 %n", "a\\", 'a"b', "a{b}", "a$HOME"])
def test_an_odd_name_is_one_unit(name, tmp_path):
    files = schedule(FRENCH, "systemd", evaluation(tmp_path / name), to=tmp_path / "r")
    for file, text in files.items():
        assert re.fullmatch(r"impactkit-[A-Za-z0-9:_.-]+\.(service|timer)", file)
        (described,) = [line for line in text.splitlines() if line.startswith("Description=")]
        assert not described.endswith("\\") and "%n" not in described.replace("%%", "")


@pytest.mark.parametrize("kind", ["cron", "systemd"])
def test_a_schedule_takes_no_module_from_the_folder_where_it_starts(kind, tmp_path):
    service, *_ = schedule(FRENCH, kind, evaluation(tmp_path / "essai"), to=tmp_path / "r").values()
    assert re.search(r'["\s]?-P["\s]+"?-m["\s]+"?impactkit', service), service


def test_systemd_is_written_where_the_folder_is_not_yet(tmp_path, processes):
    folder = evaluation(tmp_path / "essai")
    into = tmp_path / "absent" / "systemd" / "user"
    done = processes.impactkit("schedule", "systemd", folder, "--to", tmp_path / "r", "--into", into)
    assert done.returncode == 0, done.stderr
    assert sorted(path.suffix for path in into.iterdir()) == [".service", ".timer"]
    assert "enable-linger" in done.stderr


@pytest.mark.parametrize("name", ["territories.csv", "evaluation.toml"])
def test_a_shell_that_completes_waits_for_no_pipe_and_obeys_no_name(name, tmp_path, monkeypatch):
    import os
    from types import SimpleNamespace

    folder = evaluation(tmp_path / "essai")
    table = folder / "territories.csv"
    table.write_text(table.read_text("utf-8").splitlines()[0] + "\n", "utf-8")
    width = table.read_text("utf-8").count(",")
    with table.open("a", encoding="utf-8") as file:
        file.write("val,Val\x1b[31m\u202erouge" + "," * (width - 1) + "\n")
    ctx = SimpleNamespace(params={"folder": str(folder)}, args=[])
    offered = list(shared._quietly(shared._codes)(ctx, ""))
    # A sign that nothing shows refuses the whole table: nobody is offered anything.
    assert not OBEYED.search("".join(words for pair in offered for words in pair))
    (folder / name).unlink()
    os.mkfifo(folder / name)
    assert shared._quietly(shared._codes if "csv" in name else shared._sources)(ctx, "") == []
