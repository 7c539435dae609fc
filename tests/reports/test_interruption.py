"""Ctrl-C at any moment: the driver ends, nothing is half-written, no process is left."""

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
import uuid

import pytest
from waiting import ended, living, wait_for

import impactkit as ik
from impactkit.reports.execute import recover
from impactkit.reports.interruption import held_back
from impactkit.reports.record import damaged, read_record
from impactkit.wording.language import FRENCH

CODES = ("aubepine", "bruyere", "chevrefeuille")
# It says when the kit begins: before, an interruption is Python's to hear.
DRIVER = "import sys\nfrom impactkit.cli import main\nprint(flush=True)\nsys.argv[0] = 'impactkit'\nmain()"
COMMAND = [sys.executable, "-c", DRIVER, "run", "vallees", "--force"]
# Seconds after which the first lines of the kit have been read.
FIRST = 0.02


def driver(processes, mark):
    """A run of all reports, which leads a group as it does on a terminal; it has begun when this returns."""
    process = processes.start(
        COMMAND,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
        env=os.environ | {"TESTED_RUN": mark, "PYTHONFAULTHANDLER": "1"},
    )
    process.stdout.readline()
    return process


def send(process, number, everyone):
    """Send a signal to a process that nobody has waited for yet, or to its group."""
    if everyone:
        os.killpg(process.pid, number)
    else:
        os.kill(process.pid, number)


@pytest.fixture(scope="session")
def usual(once_built, tmp_path_factory, processes):
    """The seconds that a run takes here."""
    place = shutil.copytree(once_built, tmp_path_factory.mktemp("usual") / "essai")
    begun = time.monotonic()
    processes.run(COMMAND, cwd=place, check=True)
    return time.monotonic() - begun


def drawn(number, usual):
    """For a moment: the seconds before each signal, the signals, whether to the group; the same in words."""
    seed = random.randrange(2**32)
    draw = random.Random(seed)
    first = draw.uniform(FIRST, usual)
    # One in five is a SIGTERM; one in three comes again while the first is being obeyed.
    signals = [signal.SIGTERM if number % 5 == 4 else signal.SIGINT]
    delays = [first, draw.uniform(0, 0.5)] if number % 3 == 2 else [first]
    everyone = draw.random() < 0.5
    story = f"seed {seed}: {signals[0].name} after {delays}, group: {everyone}"
    return delays, signals * len(delays), everyone, story


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("number", range(50), ids="m{:02}".format)
def test_an_interruption_leaves_nothing_half_written(built, write_notebook, usual, number, processes):
    folder, mark = built.parent / "reports" / "vallees", uuid.uuid4().hex
    before = {code: files_of(folder / code) for code in CODES}
    if number == 0:
        # Once a cell is being executed, which would last for ever.
        write_notebook(built / "light.ipynb", middle="import time\nwhile True:\n    time.sleep(1)")
        process = driver(processes, mark)
        wait_for(lambda: list(folder.glob(".building/*/section")), "no cell is executed")
        send(process, signal.SIGINT, everyone=True)
        story, signals = "m00", [signal.SIGINT]
    else:
        delays, signals, everyone, story = drawn(number, usual)
        process = driver(processes, mark)
        for delay, one in zip(delays, signals, strict=True):
            time.sleep(delay)
            send(process, one, everyone)
    _, words = ended(process)
    wait_for(lambda: not living(mark), f"{story}: {living(mark)} outlive the run")
    assert "Traceback" not in words, f"{story}: {words}"
    # It may have come too late; and once Python puts itself away, a signal ends it as it does any program.
    late = process.returncode in (0, -signal.SIGINT) and number != 0
    assert late or process.returncode == (-signal.SIGTERM if signal.SIGTERM in signals else 130), story
    if signal.SIGTERM in signals:
        # It ends where it is, as by a kill: the next run begins with this.
        recover(FRENCH, folder)
    assert not (folder / ".building").exists(), story
    assert number or {code: files_of(folder / code) for code in CODES} == before
    for code in CODES:
        assert damaged(folder / code, read_record(FRENCH, folder / code)) == (), f"{story}: {code}"


def files_of(report):
    return {file.name: file.read_bytes() for file in report.iterdir()}


def test_an_interruption_while_processes_start_ends_them(valleys, monkeypatch, processes):
    started, start = [], subprocess.Popen.__init__

    def interrupted(process, *given, **named):
        start(process, *given, **named)
        started.append(process)
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(subprocess.Popen, "__init__", interrupted)
    with pytest.raises(KeyboardInterrupt):
        ik.run("vallees")
    assert [process.returncode for process in started] == [-signal.SIGKILL]
    assert not (valleys.parent / "reports").exists()


def test_what_is_held_back_is_heard_where_it_is_safe():
    lines = []
    with pytest.raises(KeyboardInterrupt), held_back() as heed:
        heed()
        signal.raise_signal(signal.SIGINT)
        lines.append("go on")
        heed()
        lines.append("never read")
    assert lines == ["go on"]
    with pytest.raises(KeyboardInterrupt), held_back():
        signal.raise_signal(signal.SIGINT)
        lines.append("to the end")
    assert lines == ["go on", "to the end"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_one_within_another_waits_for_its_end():
    lines = []
    with pytest.raises(KeyboardInterrupt), held_back() as heed:
        with held_back():
            signal.raise_signal(signal.SIGINT)
        lines.append("put away")
        heed()
    assert lines == ["put away"]


def test_what_went_wrong_meanwhile_is_not_hidden_by_it():
    with pytest.raises(ZeroDivisionError), held_back():
        signal.raise_signal(signal.SIGINT)
        raise ZeroDivisionError


def test_who_insists_is_heard_at_once():
    lines = []
    with pytest.raises(KeyboardInterrupt), held_back():
        for _ in range(9):
            signal.raise_signal(signal.SIGINT)
            lines.append("held back")
    assert lines == ["held back"] * 2


def test_what_is_ignored_stays_so_and_another_thread_hears_nothing():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with held_back() as heed:
            signal.raise_signal(signal.SIGINT)
            heed()
    finally:
        signal.signal(signal.SIGINT, before)
    handlers = []

    def elsewhere():
        with held_back():
            handlers.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert handlers == [before]


def test_a_script_of_two_lines_runs(valleys, processes):
    (valleys.parent / "rapports.py").write_text(
        'import impactkit as ik\nprint(ik.run("vallees").built)\n', "utf-8"
    )
    done = processes.run([sys.executable, "rapports.py"], capture_output=True, text=True)
    assert (done.stdout.strip(), done.stderr) == (str(CODES), "")
