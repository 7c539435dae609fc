"""The printed files are ones that the schedulers take."""

import shutil
import sys

import pytest

from impactkit.errors import UnknownName
from impactkit.reports.schedule import WHEN, schedule
from impactkit.wording.language import FRENCH


@pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="needs systemd-analyze (Debian: apt install systemd)"
)
@pytest.mark.parametrize("when", WHEN)
def test_systemd_takes_the_unit_and_its_timer(valleys, tmp_path, when, processes):
    odd = tmp_path / 'à "part" 100 %'
    command = [sys.executable, "-m", "impactkit", "schedule", "systemd", "vallees"]
    (tmp_path / "units").mkdir()
    processes.run(
        [*command, "--to", str(odd), "--when", when, "--into", "units"], check=True, capture_output=True
    )
    units = sorted((tmp_path / "units").iterdir())
    assert [unit.suffix for unit in units] == [".service", ".timer"]
    done = processes.run(["systemd-analyze", "verify", *map(str, units)], capture_output=True, text=True)
    ours = [line for line in done.stderr.splitlines() if "impactkit" in line]
    assert not ours, done.stderr


def test_a_cron_line_builds_under_a_lock(valleys, tmp_path, processes):
    (text,) = schedule(FRENCH, "cron", "vallees", to=tmp_path / "à part", when="monthly").values()
    fields, command = text.split(" ", 5)[:5], text.split(" ", 5)[5]
    assert fields == ["17", "5", "1", "*", "*"] and "flock -n" in command and text.count("\n") == 1
    done = processes.run(["sh", "-c", command.replace(r"\%", "%")], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "à part" / "vallees" / "aubepine" / "report.pdf").is_file()


def test_unknown_words_are_refused(valleys):
    with pytest.raises(UnknownName):
        schedule(FRENCH, "crom", "vallees", to="reports")
    with pytest.raises(UnknownName):
        schedule(FRENCH, "cron", "vallees", to="reports", when="yearly")
