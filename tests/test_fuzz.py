"""Five seconds of each target of `make fuzz`. The seeds are always the same, from the first on: a slower
machine tries fewer of the same examples, and no run finds by chance what another did not.
"""

import json
import runpy
from pathlib import Path

import pytest

FUZZ = Path(__file__).parents[1] / "fuzz"
RUN = runpy.run_path(str(FUZZ / "run.py"))
NAMES = RUN["NAMES"]
# What a check may do wrong, each tried as an input is.
FAULTS = """
import json, math, os, subprocess, sys
from pathlib import Path
sys.path[:0] = json.loads(sys.argv[1])
import judge, rounds
from hypothesis import strategies as st
from impactkit.errors import RefusedData
from targets import TARGETS, Target

judge.SECONDS = 0.5
root, guard, counts = Path(sys.argv[2]), judge.Guard(), iter(range(99))
(root / "victim").write_text("à garder", "utf-8")

def refuse(words):
    raise RefusedData(words)

def linked(path):
    path.symlink_to(root / "victim")
    return path

def endless():
    while True:
        pass

FAULTS = {
    "a value": lambda folder: (folder / "x").write_text("1"),
    "a refusal": lambda folder: judge.twice(refuse, "rien ici"),
    "a trace": lambda folder: judge.twice(refuse, 'File "x.py", line 3'),
    "no words": lambda folder: judge.twice(refuse, " "),
    "another error": lambda folder: {}["x"],
    "too long": lambda folder: endless(),
    "too much": lambda folder: bytearray(1_500_000_000),
    "written outside": lambda folder: (root / "victim").write_text("autre"),
    "written through a link": lambda folder: linked(folder / "l").write_text("autre"),
    "erased outside": lambda folder: (root / "victim").unlink(),
    "moved outside": lambda folder: ((folder / "x").touch(), os.replace(folder / "x", root / "victim")),
    "erased from a folder": lambda folder: os.unlink("victim", dir_fd=os.open(root, os.O_RDONLY)),
    "a process": lambda folder: subprocess.run(["true"]),
    "not finite": lambda folder: judge.finite(math.inf, ""),
    "missing without a reason": lambda folder: judge.finite(math.nan, ""),
    "read otherwise": lambda folder: judge.twice(lambda: next(counts)),
    "what is stopped is no error of the kit": lambda folder: outside_quietly(),
}

def outside_quietly():
    try:
        (root / "victim").write_text("autre")
    except Exception:
        return

seen = {}
for name, fault in FAULTS.items():
    try:
        rounds.try_one(Target("", st.none(), lambda value, folder: fault(folder)), None, guard, root)
        seen[name] = ""
    except Exception as cause:
        seen[name] = rounds.name_of(cause)
print(json.dumps({"seen": seen, "victim": (root / "victim").read_text("utf-8"), "names": sorted(TARGETS)}))
"""


@pytest.fixture
def attacked():
    """Five seconds for each of many targets."""


@pytest.mark.parametrize("target", NAMES)
def test_no_input_of_a_target_is_a_crash(processes, target, attacked):
    done = processes.python(FUZZ / "run.py", target, "--seconds", 5, "--same")
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr[-6000:]}"


def test_what_is_a_crash_is_seen_and_harms_nothing(processes, tmp_path):
    done = processes.python("-c", FAULTS, json.dumps(RUN["paths"]()), tmp_path)
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert {name for name, crash in told["seen"].items() if not crash} == {"a value", "a refusal"}
    assert told["victim"] == "à garder"
    assert told["names"] == sorted(NAMES)


def test_a_stopped_run_goes_on(processes, tmp_path, attacked):
    copy = tmp_path / "fuzz"
    copy.mkdir()
    for file in FUZZ.glob("*.py"):
        (copy / file.name).write_bytes(file.read_bytes())
    for name in ("tests", "src", "data"):
        (tmp_path / name).symlink_to(FUZZ.parent / name)
    (copy / "samples").symlink_to(FUZZ / "samples")
    seconds = []
    for asked in (2, 4, 4):
        done = processes.python(copy / "run.py", "cells", "--seconds", asked)
        assert done.returncode == 0, done.stderr[-3000:]
        state = json.loads((tmp_path / "build" / "fuzz" / "state.json").read_text("utf-8"))
        seconds.append((state["cells"]["round"], state["cells"]["examples"]))
    first, second, third = seconds
    assert first[0] < second[0] and first[1] < second[1] and second == third
