"""A forked child that does one thing: it is watched, capped, and dies with whoever started it."""

import contextlib
import faulthandler
import multiprocessing
import os
import pickle
import random
import signal
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from impactkit.reports.kernel import cap_memory, die_with

Tell = Callable[[str], None]
_HERE: dict[str, Any] = {"child": False, "why": ""}


class Died(Exception):
    """The child ended before it had answered; `at` is the last thing it told."""

    def __init__(self, at: str = "") -> None:
        super().__init__(at)
        self.at = at


class TimedOut(Died):
    """The child was killed: it told nothing for too long, or took too long in all."""


def unable() -> str:
    """Why this process may not fork; "" when it may: on Linux, with one Python thread, and none of the PDF
    compiler's.
    """
    if sys.platform != "linux":
        return sys.platform
    threads = threading.active_count()
    return str(_HERE["why"]) or (f"{threads} threads" if threads > 1 else "")


def never_fork_again(why: str) -> None:
    """Said by what starts threads that a fork would not bring along (a child would wait for them for ever),
    or could not prepare one.
    """
    _HERE["why"] = why


def is_child() -> bool:
    """Whether this process is such a child."""
    return bool(_HERE["child"])


def let_go(pipe: Connection) -> None:
    """Let no process that this one forks hold its end of a pipe: who waits at the other would hear of our
    end only after theirs.
    """
    os.register_at_fork(after_in_child=pipe.close)


def in_child(
    task: Callable[[Tell], Any],
    *,
    quiet: float,
    whole: float = float("inf"),
    memory: int = 0,
    log: str = os.devnull,
) -> Any:
    """What `task` returns, run in a child; what it raises is raised here.

    The child is killed after `quiet` seconds without a word (`task` is given a function to tell one) or
    `whole` seconds in all (TimedOut), and may hold `memory` bytes (0: no cap). What it prints goes to the
    file `log`. Raises Died when it is killed by anything else.
    """
    fork = multiprocessing.get_context("fork")
    ours, its = fork.Pipe(duplex=False)
    child = fork.Process(target=_child, args=(task, its, os.getpid(), memory, log))
    child.start()
    its.close()
    ends, at = time.monotonic() + whole, ""
    try:
        while ours.poll(max(0.0, min(quiet, ends - time.monotonic()))):
            try:
                kind, value = ours.recv()
            except (EOFError, OSError) as cause:
                raise Died(at) from cause
            if kind == "told":
                at = value
            elif kind == "raised":
                raise value
            else:
                return value
        raise TimedOut(at)
    finally:
        # Its own children too: it leads a group.
        for kill in (lambda: os.killpg(child.pid or 0, signal.SIGKILL), child.kill):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                kill()
        child.join()
        ours.close()


def _child(task: Callable[[Tell], Any], its: Any, parent: int, memory: int, log: str) -> None:
    die_with(parent)
    let_go(its)
    os.setpgid(0, 0)
    _HERE["child"] = True
    # A child that held the terminal or a pipe of ours would keep its reader waiting after we died.
    with open(os.devnull) as nothing, open(log, "ab") as said:
        for number, file in enumerate((nothing, said, said)):
            os.dup2(file.fileno(), number)
    faulthandler.disable()
    random.seed()
    cap_memory(memory)
    try:
        answer: tuple[str, Any] = ("done", task(lambda words: its.send(("told", words))))
    except Exception as cause:
        # One that could not be read again on the other side is told in words.
        answer = ("raised", cause if _travels(cause) else RuntimeError(f"{type(cause).__name__}: {cause}"))
    its.send(answer)
    its.close()
    # Without the exit handlers that the parent registered.
    os._exit(0)


def _travels(cause: Exception) -> bool:
    try:
        return type(pickle.loads(pickle.dumps(cause))) is type(cause)
    except Exception:  # Whatever its own class raises when it is made again.
        return False
