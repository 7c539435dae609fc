"""kill -9 of the driver at any moment: each final folder is absent or complete, and no process is left."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

import impactkit as ik
from impactkit.reports.record import damaged, read_record

TIMES, CODES = 20, ("aubepine", "bruyere")
FILES = {"report.html", "report.pdf", "report.ipynb", "indicators.csv"}


def _ours(folder: Path) -> list[int]:
    """Processes that work in `folder`, or were told of it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes() + os.readlink(process / "cwd").encode()
            state = (process / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:  # It ended while it was looked at.
            continue
        if str(folder).encode() in words and state != "Z" and int(process.name) != os.getpid():
            found.append(int(process.name))
    return found


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_killed_run_leaves_each_report_absent_or_complete(valleys, tmp_path):
    command = [sys.executable, "-m", "impactkit.cli", "run", "vallees", "--only", ",".join(CODES)]
    reports = tmp_path / "reports" / "vallees"
    started = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    usual = time.monotonic() - started
    # Spread over the whole run, drawn anew each time; the seed is in the message of a failure.
    seed = random.randrange(2**32)
    draw = random.Random(seed)
    for time_ in range(TIMES):
        # Every other run builds one report only: the whole has to stay within a minute and a half.
        alone = time_ % 2
        moment = usual * (0.7 if alone else 1) * (time_ + draw.random()) / TIMES
        asked = [*command[:-1], CODES[0]] if alone else command
        driver = subprocess.Popen(asked, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(moment)
        driver.kill()
        driver.wait()
        until = time.monotonic() + 5
        while (left := _ours(tmp_path)) and time.monotonic() < until:
            time.sleep(0.05)
        assert not left, f"processes {left} outlived the run (seed {seed}, {moment:.2f} s)"
        for code in CODES:
            if (reports / code).exists():
                record = read_record(reports / code)
                assert record is not None, f"{code} has no record (seed {seed}, {moment:.2f} s)"
                assert not damaged(reports / code, record), f"{code} (seed {seed}, {moment:.2f} s)"
                assert set(record.outputs) == FILES, f"{code} (seed {seed}, {moment:.2f} s)"
    assert ik.run("vallees", only=CODES).built == CODES
    assert not (reports / ".building").exists()


MOVE = """
import os, signal, sys
from pathlib import Path
from impactkit.reports import execute
rename, left = os.rename, [int(sys.argv[1])]
def counted(*paths):
    left[0] -= 1
    if left[0] < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    rename(*paths)
execute.os.rename = counted
execute._replace(Path("new"), Path("report"))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("moves, before, after", [(0, "old", "old"), (1, None, "old"), (2, "new", "new")])
def test_a_kill_between_two_moves_loses_nothing(tmp_path, moves, before, after):
    from impactkit.reports.execute import recover

    for name, words in (("report", "old"), ("new", "new")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "words").write_text(words, "utf-8")
    killed = subprocess.run([sys.executable, "-c", MOVE, str(moves)], cwd=tmp_path)
    assert killed.returncode == -9
    words = tmp_path / "report" / "words"
    assert (words.read_text("utf-8") if words.exists() else None) == before
    recover(tmp_path)
    assert words.read_text("utf-8") == after
