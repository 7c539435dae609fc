"""An import is one act: killed at any moment it leaves all or nothing; two at once do not mix."""

import fcntl
import os
import random
import shutil
import signal
import subprocess
import sys
import time

import pytest
from typed_book import SHEETS, book_in, changed, folder_in, imported, table_of, tables

import impactkit as ik
from impactkit.data import journal
from impactkit.wording.language import FRENCH

# Kills itself at the nth call that changes a name or puts a file on the disk.
KILLED = """
import os, signal, sys
import impactkit as ik
count = int(sys.argv[3])
def counted(function):
    def called(*given, **named):
        global count
        count -= 1
        if count < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*given, **named)
    return called
os.replace, os.fsync = counted(os.replace), counted(os.fsync)
ik.import_workbook(sys.argv[1], sys.argv[2], as_of="2021-06-30")
"""
IMPORTED = "import sys, impactkit as ik; ik.import_workbook(sys.argv[1], sys.argv[2], as_of='2021-06-30')"


@pytest.fixture
def place(tmp_path):
    """A folder with facts, a workbook that changes several tables, and the tables before and after."""
    home = folder_in(tmp_path / "essai")
    imported(home, book_in(tmp_path / "premier.xlsx", SHEETS))
    sheets = changed(Emplois_C2=5, Financements_D2=1500, Partenariats_D2=900)
    book = book_in(tmp_path / "second.xlsx", sheets)
    after = shutil.copytree(home, tmp_path / "apres")
    imported(after, book)
    return home, book, tables(home), tables(after)


def state(folder):
    """The tables as the kit reads them, and whether a receipt of the second workbook is there."""
    ik.load(folder)
    receipts = any("second" in file.name for file in (folder / "receipts").glob("*.csv"))
    return tables(folder), receipts


@pytest.fixture
def attacked():
    """An import killed at each of its steps."""


def test_a_kill_at_each_step_leaves_all_or_nothing(place, tmp_path, processes, attacked):
    home, book, before, after = place
    outcomes = set()
    for step in range(60):
        folder = shutil.copytree(home, tmp_path / f"coup-{step}")
        command = [sys.executable, "-c", KILLED, str(book), str(folder), str(step)]
        done = processes.run(command, capture_output=True)
        now, receipt = state(folder)
        assert (now, receipt) in ((before, False), (after, True)), step
        outcomes.add(receipt)
        # What was cut short is done again, or is done.
        again = imported(folder, book)
        assert again.written and tables(folder) == after
        left = [file.name for file in folder.iterdir() if file.name.startswith(".")]
        assert not left, left
        shutil.rmtree(folder)
        if done.returncode == 0:
            break
    assert done.returncode == 0 and outcomes == {False, True} and step > 8


def test_a_kill_at_any_moment_leaves_all_or_nothing(place, tmp_path, processes, attacked):
    home, book, before, after = place
    begun = time.monotonic()
    processes.run(
        [sys.executable, "-c", IMPORTED, book, shutil.copytree(home, tmp_path / "temps")], check=True
    )
    lasts = time.monotonic() - begun
    moments = random.Random(7)
    for step in range(6):
        folder = shutil.copytree(home, tmp_path / f"coup-{step}")
        running = processes.start([sys.executable, "-c", IMPORTED, str(book), str(folder)])
        time.sleep(moments.uniform(0, lasts))
        running.send_signal(signal.SIGKILL)
        running.wait()
        assert state(folder) in ((before, False), (after, True))


def test_a_second_import_is_refused_in_a_sentence_while_one_works(place, processes):
    home, book, before, _ = place
    number = os.open(home, os.O_RDONLY)
    fcntl.flock(number, fcntl.LOCK_EX)
    done = processes.run(
        [sys.executable, "-m", "impactkit", "import", str(book), str(home), "--as-of", "2021-06-30"],
        capture_output=True,
        text=True,
    )
    os.close(number)
    assert done.returncode == 2 and "travaille dans ce dossier" in done.stderr
    assert "Traceback" not in done.stderr and tables(home) == before


def test_two_imports_at_once_lose_no_row(place, tmp_path, processes):
    home, *_ = place
    head = ["Territoire", "Nom", "Rôle"]
    books = [
        book_in(tmp_path / f"{name}.xlsx", {"Membres": [head, ["Val d’Aubrelle", name, "membre"]]})
        for name in ("forge", "lavoir", "moulin")
    ]
    running = [
        processes.start([sys.executable, "-c", IMPORTED, str(book), str(home)], stderr=subprocess.DEVNULL)
        for book in books
    ]
    codes = [process.wait() for process in running]
    names = {row["name"] for row in table_of(home, "members")}
    assert len(names) == codes.count(0) >= 1
    for book in books:
        imported(home, book)
    assert {row["name"] for row in table_of(home, "members")} == {"forge", "lavoir", "moulin"}


def test_an_import_waits_for_no_run_and_says_so(place):
    home, book, before, _ = place
    with journal.reading(FRENCH, home), pytest.raises(ik.RefusedData, match="travaille dans ce dossier"):
        imported(home, book)
    assert tables(home) == before


def test_a_change_begun_is_finished_by_whoever_reads_next(place, tmp_path):
    home, book, _, after = place
    for reader in (ik.load, ik.check, lambda folder: imported(folder, book)):
        folder = shutil.copytree(home, tmp_path / "coupe")
        text = (tmp_path / "apres" / "jobs.csv").read_text("utf-8")
        (folder / ".jobs.csv.new").write_text(text, "utf-8")
        (folder / journal.JOURNAL).write_text('["jobs.csv"]', "utf-8")
        reader(folder)
        assert (folder / "jobs.csv").read_text("utf-8") == text
        assert not (folder / journal.JOURNAL).exists() and not (folder / ".jobs.csv.new").exists()
        shutil.rmtree(folder)
