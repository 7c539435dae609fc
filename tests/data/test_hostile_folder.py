"""Un dossier venu d’un inconnu : lu dans des bornes, ou refusé en une phrase ; jamais attendu."""

import os

import pytest

import impactkit as ik
from impactkit.data import csv_text
from impactkit.wording.language import FRENCH

HEAVY_SETTINGS = {
    "large": lambda text: text + "#" + "x" * 1_100_000,
    "a million keys": lambda text: text + "\n[codes.theme]\n" + "".join(f'k{n}="a"\n' for n in range(10**6)),
    "many codes": lambda text: text + "\n[codes.theme]\n" + "".join(f'k{n}="a"\n' for n in range(20_000)),
    "dotted key": lambda text: "a." * 20_000 + "a = 1\n" + text,
    "quoted dotted key": lambda text: '"a".' * 20_000 + "a = 1\n" + text,
    "dotted header": lambda text: text + "\n[" + "a . " * 20_000 + "a]\n",
    "dotted in a table": lambda text: "x = {" + "a." * 20_000 + "a = 1}\n" + text,
    "nested tables": lambda text: "a=" + "{a=" * 50_000 + "1" + "}" * 50_000 + "\n" + text,
    "nested lists": lambda text: "a=" + "[" * 50_000 + "]" * 50_000 + "\n" + text,
}
WRONG_SETTINGS = {
    "a key twice": ('title = "', 'title = "x"\ntitle = "'),
    "a section twice": ("[[wave]]", "[label]\nmembers = 1\n[label]\nmembers = 2\n[[wave]]"),
    "a whole number of 5000 figures": ("vintage = 2026", "vintage = " + "9" * 5000),
    "a number without end": ("[[wave]]", "[rates]\nhour = 1e400\n[[wave]]"),
    "no number": ("[[wave]]", "[rates]\nhour = nan\n[[wave]]"),
    "a NUL": ("[[wave]]", "\0[[wave]]"),
    "a title of 100 000 letters": ("Pays d’essai", "T" * 100_000),
    "the label in the year 1": ("2019-03-01", "0001-01-01"),
    "the label in the year 9999": ("2019-03-01", "9999-12-31"),
    "a period of the year 0": ("[[wave]]", '[effects]\nbefore = ["0000", "2018"]\n[[wave]]'),
    "a look in the year 9999": ("[[wave]]", '[effects]\nlooks = ["2022", "9999"]\n[[wave]]'),
    "a file by its percent code": (
        "[[wave]]",
        '[[source]]\nkind = "table"\nfile = "%2e%2e/%2e%2e/etc/passwd"\nindicator = "count_x"\n'
        'family = "commune"\nsource = "x"\nid = "../victim"\n[[wave]]',
    ),
}


@pytest.fixture
def folder(small):
    return small({}).folder


def changed(folder, change):
    path = folder / "evaluation.toml"
    path.write_text(change(path.read_text("utf-8")), "utf-8")


@pytest.mark.parametrize("what", HEAVY_SETTINGS)
def test_settings_that_cost_too_much_are_a_sentence(folder, what):
    changed(folder, HEAVY_SETTINGS[what])
    for read in (ik.check, ik.load):
        with pytest.raises(ik.ImpactkitError) as caught:
            read(folder)
        assert caught.value.next


@pytest.mark.parametrize("what", WRONG_SETTINGS)
def test_settings_that_mean_nothing_are_a_sentence(folder, what):
    before, after = WRONG_SETTINGS[what]
    assert before in (folder / "evaluation.toml").read_text("utf-8")
    changed(folder, lambda text: text.replace(before, after, 1))
    for read in (ik.check, ik.load):
        with pytest.raises(ik.ImpactkitError) as caught:
            read(folder)
        assert caught.value.next


def test_braces_in_a_title_are_letters(folder):
    words = "{{7*7}} {cause} {0.__class__} %s #import"
    changed(folder, lambda text: text.replace("Pays d’essai", words))
    assert ik.load(folder).title == words


LEFT = {
    "a pipe": lambda path: os.mkfifo(path),
    "a folder": lambda path: path.mkdir(),
    "a broken link": lambda path: path.symlink_to("nowhere"),
    "a link to a device": lambda path: path.symlink_to("/dev/zero"),
}


@pytest.mark.parametrize("table", ["projects", "territories", "outcomes"])
@pytest.mark.parametrize("what", LEFT)
def test_a_table_that_is_no_file_is_neither_awaited_nor_taken_for_empty(folder, what, table):
    path = folder / f"{table}.csv"
    path.unlink(missing_ok=True)
    LEFT[what](path)
    for read in (ik.check, ik.load):
        with pytest.raises(ik.RefusedData) as caught:
            read(folder)
        assert caught.value.where == path.name and caught.value.next


@pytest.mark.parametrize("what", LEFT)
@pytest.mark.parametrize("name", ["other.csv", "recipients.csv", "more.toml", "prose", ".hidden"])
def test_what_is_no_table_is_not_opened(folder, what, name):
    LEFT[what](folder / name)
    assert not ik.check(folder)
    assert len(ik.load(folder).territories) == 4


@pytest.mark.parametrize("name", [b"a\nb.csv", b"a\x1b[31m.csv", b"a\xff.csv", "a\u202evsc.csv".encode()])
def test_a_file_of_an_odd_name_changes_nothing(folder, name):
    with open(os.fsencode(folder) + b"/" + name, "wb") as file:
        file.write(b"a,b\n1,2\n")
    assert not ik.check(folder)
    assert len(ik.load(folder).territories) == 4


HEAD = "project,territory,name,as_of,source"


@pytest.mark.parametrize(
    "text",
    [
        ",".join(f"c{n}" for n in range(100_000)) + "\n",
        HEAD + ",x" * 100_000 + "\n",
        HEAD + "\n" + ",,,,\n" * 1_300_000,
        HEAD + "\n" + "\n" * 6_100_000 + "a,a,a,2020,s\n",
    ],
    ids=["columns", "same columns", "cells", "lines"],
)
def test_a_table_of_too_much_is_refused_at_once(folder, text):
    (folder / "projects.csv").write_text(text, "utf-8")
    for read in (ik.check, ik.load):
        with pytest.raises(ik.RefusedData, match="plus de") as caught:
            read(folder)
        assert caught.value.where == "projects.csv"


def test_a_table_too_large_is_refused_at_its_size(folder, monkeypatch):
    monkeypatch.setattr(csv_text, "OWN", csv_text.Most(10_000, 10_000, 100))
    (folder / "projects.csv").write_text(HEAD + "\n" + "x" * 10_000, "utf-8")
    with pytest.raises(ik.RefusedData, match="dépasse"):
        ik.check(folder)


CHILD = """
import sys
from pathlib import Path
import impactkit as ik

def peak():
    return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) // 1000

for read in (ik.check, ik.load):
    try:
        read(sys.argv[1])
    except ik.RefusedData as cause:
        print(cause, file=sys.stderr)
print(peak())
"""


def test_one_cell_of_eighty_megabytes_takes_less_than_a_gigabyte(folder, processes):
    row = "\na,a," + "é" * 40_000_000 + ",2020,s\n"
    (folder / "projects.csv").write_text(HEAD + row, "utf-8")
    done = processes.python("-c", CHILD, folder)
    assert done.returncode == 0 and "32767" in done.stderr, done.stderr[-2000:]
    assert int(done.stdout) < 1_000


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_what_ends_a_line_in_a_cell_moves_no_other(tmp_path, ends):
    file = tmp_path / "t.csv"
    inner = "un\x0bdeux\u2028trois\x85quatre\x1cfin"
    file.write_bytes(ends.join(["a,b", f'"{inner}",1', '"x\ny",2']).encode())
    table = csv_text.parsed(FRENCH, file)
    assert [list(row) for row in table.rows] == [[inner, "1"], ["x\ny", "2"]]


@pytest.mark.parametrize("day", ["٢٠٢٠", "２０２０", "2020-٠١", "௨௦௨௦"])
def test_a_date_in_the_digits_of_another_alphabet_is_a_problem(small, day):
    rows = [{"project": "p", "territory": "a", "name": "Halle", "started": day}]
    (problem,) = ik.check(small({"projects": rows}).folder)
    assert (problem.file, problem.value) == ("projects.csv", day)


def named(small, *names):
    usual = {"wave": "1", "perimeter_kind": "none", "confidence": "low"}
    rows = [{"territory": code, "name": name, **usual} for code, name in zip("abcd", names, strict=False)]
    return small({"territories": rows}).folder


@pytest.mark.parametrize(
    "name",
    ["Val\u202enoir", "\ufeff", "Val\u200bnoir", "Val\nnoir", "Val\u2028noir", "Val\ue000", "V\u0430l-noir",
     "Val-n\u03bfir", "Va\uff4c-noir", "x" * 201],
)  # fmt: skip
def test_a_name_that_does_not_read_as_it_is_written_is_a_problem(small, name):
    (problem,) = ik.check(named(small, name))
    assert (problem.file, problem.cell, problem.territory) == ("territories.csv", "B2", "a")


@pytest.mark.parametrize("other", ["Сосо", "Соco", "СОСО", "С о с о"])
def test_a_name_that_passes_for_another_is_a_problem(small, other):
    problems = ik.check(named(small, "Coco", other))
    assert problems and {problem.cell for problem in problems} == {"B3"}
    assert all(problem.territory == "b" for problem in problems)


@pytest.mark.parametrize("other", ["Coco", "COCO", "Cocó", "Co-co"])
def test_two_may_bear_one_name(small, other):
    assert not ik.check(named(small, "Coco", other))


@pytest.mark.parametrize("name", ["L’Haÿ-les-Roses", "Œuilly", "Pays « x »", "Вал", "Ναύπακτος", "K’gari 2"])
def test_a_name_of_one_alphabet_is_a_name(small, name):
    assert not ik.check(named(small, name, "Autre"))


def test_a_code_too_long_for_a_folder_is_a_problem(small, processes):
    usual = {"wave": "1", "perimeter_kind": "none", "confidence": "low"}
    folder = small({"territories": [{"territory": "a" * 65, "name": "Val", **usual}]}).folder
    (problem,) = ik.check(folder)
    assert problem.cell == "A2" and "64" in problem.expected
    with pytest.raises(ik.RefusedData, match="64"):
        ik.run(folder, to=folder.parent / "reports")
    assert not (folder.parent / "reports").exists()
