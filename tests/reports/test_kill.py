"""Kills and full disks at any moment: each final folder is absent or complete, and no process is left."""

import random
import sys

import pytest
from reports.chaos import MODES, Chaos, small_disk
from reports.conftest import evaluation
from reports.mail_server import mail_server

from impactkit.wording.language import FRENCH

TURNS = 15


@pytest.fixture(scope="module")
def chaos(tmp_path_factory, processes):
    """One folder where things go wrong, turn after turn."""
    folder = tmp_path_factory.mktemp("chaos")
    evaluation(folder / "vallees")
    (folder / "tls").mkdir()
    seed = random.randrange(2**32)
    with small_disk(folder / "reports") as disk, mail_server(folder / "tls") as mail:
        yield Chaos(folder, seed, disk, mail)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("turn", range(TURNS))
def test_whatever_dies_what_stands_is_whole_and_the_next_run_finishes(chaos, turn):
    modes = [mode for mode in MODES if chaos.disk or mode != "disk"]
    mode = modes[turn % len(modes)]
    try:
        chaos.once(turn, mode)
    except AssertionError as wrong:
        raise AssertionError(f"seed {chaos.seed}, turn {turn}, {mode}: {wrong}") from wrong


MOVE = """
import os, signal, sys
from pathlib import Path
from impactkit.reports import execute
from impactkit.wording.language import FRENCH
rename, left = os.rename, [int(sys.argv[1])]
def counted(*paths):
    left[0] -= 1
    if left[0] < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    rename(*paths)
execute.os.rename = counted
execute._replace(FRENCH, Path("new"), Path("report"))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("moves, before, after", [(0, "old", "old"), (1, None, "old"), (2, "new", "new")])
def test_a_kill_between_two_moves_loses_nothing(tmp_path, moves, before, after, processes):
    from impactkit.reports.execute import recover

    for name, words in (("report", "old"), ("new", "new")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "words").write_text(words, "utf-8")
    killed = processes.run([sys.executable, "-c", MOVE, str(moves)], cwd=tmp_path)
    assert killed.returncode == -9
    words = tmp_path / "report" / "words"
    assert (words.read_text("utf-8") if words.exists() else None) == before
    recover(FRENCH, tmp_path)
    assert words.read_text("utf-8") == after
