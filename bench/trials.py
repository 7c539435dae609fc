"""A copy of the repository in which a fault is put, its tests run, and the fault taken out."""

from __future__ import annotations

import compileall
import importlib
import math
import os
import resource
import shutil
import signal
import sys
import time
from collections.abc import Iterable
from pathlib import Path

for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ[threads] = "1"

import pytest  # noqa: E402
from faults import Fault  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
COPIED = ("pyproject.toml", "bench", "data", "docs", "notebooks", "src", "tests")
KILLED, HUNG, SURVIVED = "killed", "hung", "survived"
# So many times what the sound code takes, and a little for a machine that is busy.
PATIENCE, GRACE = 5, 30
MEMORY = 4 * 2**30
POLL = 0.05
# What a process that could not even start its tests ends with.
BROKEN = 70
# Imported once, and not by each of the processes that try a fault.
LIBRARIES = (
    "babel",
    "defusedxml",
    "hypothesis",
    "matplotlib.font_manager",
    "openpyxl",
    "pandas",
    "python_calamine",
    "scipy.optimize",
    "scipy.sparse.csgraph",
    "scipy.stats",
    "statsmodels.stats.multitest",
)
OPTIONS = ("-x", "-q", "-p", "no:cacheprovider")

# The tier of some tests, and the tests.
Stage = tuple[str, tuple[str, ...]]


class Impatient:
    """One failing case is enough: hypothesis looks for no smaller one, and draws the same ones each time."""

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self) -> None:
        from hypothesis import Phase, settings

        settings.register_profile(
            "impatient",
            settings(),
            phases=(Phase.explicit, Phase.generate),
            database=None,
            derandomize=True,
        )
        settings.load_profile("impatient")


class Copy:
    """The repository in a folder of its own."""

    def __init__(self, home: Path) -> None:
        self.root = home / "copy"
        self.output = home / "output.txt"
        self.root.mkdir()
        for name in COPIED:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, self.root / name)
        compileall.compile_dir(self.root / "src", quiet=1)

    def limits(self, stages: Iterable[Stage]) -> list[float]:
        """How long each stage may take, from what it takes of sound code, which must pass."""
        limits = []
        for stage in stages:
            start = time.monotonic()
            if self.passes(stage, math.inf) != SURVIVED:
                words = self.output.read_text("utf-8")
                raise SystemExit(f"{stage}: fails without any fault\n{words}")
            taken = time.monotonic() - start
            limits.append(PATIENCE * taken + GRACE)
        return limits

    def fate(self, fault: Fault, stages: Iterable[Stage], limits: Iterable[float]) -> str:
        """What becomes of a fault."""
        path = source(self.root, fault.module)
        sound = path.read_bytes()
        path.write_bytes(fault.put_in(sound))
        outcome = SURVIVED
        for stage, limit in zip(stages, limits, strict=True):
            outcome = self.passes(stage, limit)
            if outcome != SURVIVED:
                break
        path.write_bytes(sound)
        return outcome

    def passes(self, stage: Stage, patience: float) -> str:
        """What some tests say, in a process of their own, which ends with its children."""
        child = os.fork()
        if not child:
            self._test(stage)
        limit = time.monotonic() + patience
        while time.monotonic() < limit:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                return SURVIVED if status == 0 else KILLED
            time.sleep(POLL)
        os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return HUNG

    def _test(self, stage: Stage) -> None:
        """Run some tests, and end: nothing after this runs in the child."""
        code = BROKEN
        try:
            self._move_in()
            tier, tests = stage
            options = [*OPTIONS, "--tier", tier, "--rootdir", str(self.root)]
            code = int(pytest.main([*options, *tests], plugins=[Impatient()]))
        finally:
            os._exit(code)

    def _move_in(self) -> None:
        """Nothing but the copy is imported, and what is written goes to its output."""
        os.setsid()
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        output = os.open(self.output, os.O_CREAT | os.O_TRUNC | os.O_WRONLY)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.chdir(self.root)
        src = str(self.root / "src")
        os.environ["PYTHONPATH"] = src
        sys.path.insert(0, src)
        # A module that was put right again is as old as no compiled file.
        sys.dont_write_bytecode = True
        kit = importlib.import_module("impactkit")
        assert str(kit.__file__).startswith(src)


def prepare() -> None:
    """Import what all the tests need, before any process is born from this one."""
    for library in LIBRARIES:
        importlib.import_module(library)


def source(root: Path, module: str) -> Path:
    """The file of a module."""
    return root / "src" / "impactkit" / f"{module}.py"
