"""Five seconds of each target of `make fuzz`. The seeds are always the same, from the first on: a
slower machine tries fewer of the same examples, and no run finds by chance what another did not.
"""

import runpy
from pathlib import Path

import pytest

FUZZ = Path(__file__).parents[1] / "fuzz"
NAMES = runpy.run_path(str(FUZZ / "run.py"))["NAMES"]


@pytest.fixture
def attacked():
    """Five seconds for each of many targets."""


@pytest.mark.parametrize("target", NAMES)
def test_no_input_of_a_target_is_a_crash(processes, target, attacked):
    done = processes.python(FUZZ / "run.py", target, "--seconds", 5, "--same")
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr[-6000:]}"
