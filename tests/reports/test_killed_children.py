"""A report's own processes killed at any moment: its report is named, the others are built, nothing is left.

The moment is no second but an act: the n-th file that the report's process opens, moves or removes.
"""

import os
import random
import signal
import sys
import uuid

import pytest
from reports.chaos import below
from waiting import STUCK, living, wait_for

from impactkit.reports.files import alone
from impactkit.reports.record import damaged, read_record
from impactkit.wording.language import FRENCH

CODES = ("aubepine", "bruyere", "chevrefeuille")
LEVELS = ("nursery", "worker", "child")
RUN = [sys.executable, "-m", "impactkit", "run", "vallees", "--force"]
# A cell that counts what its process does, and at the act that was drawn kills it, or one of those above.
# What it has started holds all that its parent holds.
ACTS = """
import multiprocessing, os, signal, subprocess, sys, time
ACTS = {{"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.listdir", "os.scandir"}}
if territory == "bruyere":
    # Once only: it is built when the run goes on with another process.
    number = os.open({once!r}, os.O_CREAT | os.O_RDWR)
    def parent_of(pid):
        return int(open(f"/proc/{{pid}}/stat").read().rpartition(")")[2].split()[1])
    line = [os.getpid(), os.getppid(), parent_of(os.getppid())]
    if {helpers}:
        multiprocessing.get_context("fork").Process(target=time.sleep, args=(3600,)).start()
        subprocess.Popen(["sleep", "3600"])
    done = 0
    def act(event, given):
        global done
        if event in ACTS:
            done += 1
            os.pwrite(number, b"%08d" % done, 0)
            if done == {moment}:
                os.kill(line[{above}], signal.SIGKILL)
    if {audited}:
        sys.addaudithook(act)
    else:
        os.kill(line[{above}], signal.SIGKILL)
        signal.pause()
"""


def written(write_notebook, folder, once, *, level="child", moment=0, helpers=False, audited=True):
    """The notebook whose cell for « bruyere » does so."""
    above = LEVELS[::-1].index(level)
    told = {"once": str(once), "above": above, "moment": moment, "helpers": helpers, "audited": audited}
    write_notebook(folder / "light.ipynb", middle=ACTS.format(**told))


def a_run(processes, folder, *more):
    """A run to its end, and the mark of all that it started."""
    mark = uuid.uuid4().hex
    done = processes.run(
        [*RUN, *more], cwd=folder.parent, env=os.environ | {"TESTED_RUN": mark}, timeout=STUCK
    )
    wait_for(lambda: not living(mark), f"{living(mark)} outlive the run")
    return done


def nothing_is_left(reports, story):
    """Every report that stands is whole; no folder of work, and no lock."""
    for code in CODES:
        if (reports / code).exists():
            record = read_record(FRENCH, reports / code)
            assert record is not None and damaged(reports / code, record) == (), f"{story}: {code}"
    assert not (reports / ".building").exists() and not (reports / ".previous").exists(), story
    with alone(FRENCH, reports):
        pass


@pytest.fixture(scope="module")
def acts(once_built, tmp_path_factory, write_notebook, processes):
    """How many acts there are from the cell to the end of the report."""
    import shutil

    here = shutil.copytree(once_built, tmp_path_factory.mktemp("acts") / "essai")
    written(write_notebook, here / "vallees", here / "count")
    done = a_run(processes, here / "vallees")
    assert done.returncode == 0, done.stderr
    return int((here / "count").read_text("ascii"))


@pytest.fixture
def attacked():
    """Runs whose processes are killed: seconds each."""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("number", range(12), ids="m{:02}".format)
def test_a_kill_at_any_act_names_its_report_and_stops_no_other(
    built, write_notebook, acts, number, processes, attacked
):
    seed = random.randrange(2**32)
    draw = random.Random(seed)
    level, moment, helpers = LEVELS[number % 3], draw.randint(1, acts), draw.random() < 0.5
    story = f"seed {seed}: {level} at act {moment} of {acts}, helpers: {helpers}"
    print(story)
    reports = built.parent / "reports" / "vallees"
    written(write_notebook, built, built.parent / "count", level=level, moment=moment, helpers=helpers)
    done = a_run(processes, built)
    assert "Traceback" not in done.stderr, f"{story}: {done.stderr}"
    assert done.returncode == 1, f"{story}: {done.stdout}{done.stderr}"
    words = " ".join((done.stdout + done.stderr).split())
    assert "bruyere" in words and "arrêté net" in words and "la mémoire a pu manquer" in words, story
    # Those that the same process was building are named too; the rest is built.
    lost = [path.stem for path in sorted((reports / ".failed").glob("*.json"))]
    assert "bruyere" in lost and (lost == ["bruyere"] or level == "nursery"), f"{story}: {lost}"
    assert all(code in words for code in lost), story
    assert "Il n’y avait pas" not in words, f"{story}: {words}"
    nothing_is_left(reports, story)
    written(write_notebook, built, built.parent / "count")
    after = a_run(processes, built)
    assert after.returncode == 0, f"{story}: {after.stdout}{after.stderr}"
    nothing_is_left(reports, story)
    assert not list((reports / ".failed").iterdir()), story


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("engine", ["plain", "fork"])
@pytest.mark.parametrize("level", LEVELS)
def test_what_a_cell_started_keeps_nobody_waiting_and_does_not_outlive_it(
    built, write_notebook, level, engine, processes, attacked
):
    written(write_notebook, built, built.parent / "count", level=level, helpers=True, audited=False)
    done = a_run(processes, built, "--engine", engine)
    assert done.returncode == 1 and "arrêté net" in " ".join((done.stdout + done.stderr).split())
    nothing_is_left(built.parent / "reports" / "vallees", level)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("level", LEVELS)
def test_a_process_killed_as_soon_as_it_is_there(built, level, processes, attacked):
    mark = uuid.uuid4().hex
    run = processes.start(RUN, cwd=built.parent, env=os.environ | {"TESTED_RUN": mark})
    depth = 1 + LEVELS.index(level)

    def born():
        return [pid for pid, down in below(run.pid).items() if down == depth]

    (first, *_) = wait_for(born, f"no {level}")
    os.kill(first, signal.SIGKILL)
    assert run.wait(STUCK) in (0, 1)
    wait_for(lambda: not living(mark), f"{living(mark)} outlive the run")
    nothing_is_left(built.parent / "reports" / "vallees", level)
    assert a_run(processes, built).returncode == 0
