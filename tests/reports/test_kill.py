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

TIMES, CODES = 20, ("aubepine", "bruyere", "chevrefeuille")


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
    command = [sys.executable, "-m", "impactkit.cli", "run", "vallees", "--jobs", "3"]
    reports = tmp_path / "reports" / "vallees"
    started = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    usual = time.monotonic() - started
    # The moments are drawn anew each time; the seed is in the message of a failure.
    seed = random.randrange(2**32)
    draw = random.Random(seed)
    for _ in range(TIMES):
        # Most of a run is its start: half of the moments are drawn where reports are written and moved.
        moment = draw.uniform(0, usual) if draw.random() < 0.5 else draw.uniform(usual / 2, usual)
        driver = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
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
    assert ik.run("vallees", jobs=3).built == CODES
    assert not (reports / ".building").exists()
