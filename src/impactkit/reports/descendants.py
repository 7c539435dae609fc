"""What processes leave behind when they are killed: adopted, ended, waited for. Linux tells who is whose;
elsewhere nothing here does anything.
"""

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36
# A killed process ends when the disk lets it; no longer is waited for.
PATIENCE, TICK = 30.0, 0.01


@dataclass(frozen=True)
class Process:
    """A living process: its number, that of its parent, of the leader of its group."""

    pid: int
    parent: int
    group: int


def adopt() -> None:
    """Let this process be the parent of what its children leave behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_adopted(known: Collection[int]) -> None:
    """End the children of this process that are none of `known`, and whose group has lost its leader: a
    child of a child that lives is its parent's.
    """
    own = os.getpid()
    while True:
        living = {process.pid: process for process in _living()}
        adopted = {pid for pid, process in living.items() if process.parent == own and pid not in known}
        left = [pid for pid in adopted if living[pid].group in adopted or living[pid].group not in living]
        if not left:
            return
        for pid in left:
            _kill(pid)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)


def end_marked(mark: str) -> None:
    """End every process whose environment began with `mark` (NAME=value), wherever it has gone since."""
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        left = [process.pid for process in _living() if _is_marked(process.pid, mark)]
        if not left:
            return
        for pid in left:
            _kill(pid)
        time.sleep(TICK)


def _is_marked(pid: int, mark: str) -> bool:
    # That of another user is not shown.
    with contextlib.suppress(OSError):
        return mark.encode() in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    return False


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)


def _living() -> Iterator[Process]:
    """Every process that has not ended."""
    for folder in Path("/proc").glob("[0-9]*"):
        # One may end while it is looked at.
        with contextlib.suppress(OSError, ValueError):
            # The name of a program may hold anything, a parenthesis too.
            state, *numbers = (folder / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()[:3]
            parent, group = map(int, numbers)
            if state not in "ZX":
                yield Process(int(folder.name), parent, group)
