"""An executor whose processes are forked, one a task, from one process that is prepared once: what it
imported and computed, they find.
"""

import contextlib
import itertools
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import Connection, wait
from typing import Any

from impactkit.reports.child import never_fork_again
from impactkit.reports.kernel import die_with
from impactkit.reports.preload import preload

# What is prepared: `preload` of this; nothing where nothing is forked.
Ready = tuple[str, str] | None


class Nursery(Executor):
    """Runs each task in a process of its own, as many at a time as are submitted; a task whose process is
    killed raises BrokenProcessPool, and so do all once the one that forks is (then it is `broken`).
    """

    def __init__(self, ready: Ready) -> None:
        # Spawned, not forked: this process may have threads.
        context = multiprocessing.get_context("spawn")
        self._ours, its = context.Pipe()
        self._process = context.Process(target=_prepared, args=(its, os.getpid(), ready))
        self._process.start()
        its.close()
        self._numbers, self._waiting = itertools.count(), dict[int, Future[Any]]()
        self.broken = False
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def submit(self, task: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        """Run `task`; it and what it is given must be picklable."""
        future: Future[Any] = Future()
        number = next(self._numbers)
        self._waiting[number] = future
        try:
            self._ours.send((number, task, args, named))
        except OSError:
            self._lost(number)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End every process at once: what was told is done, and nothing else is waited for."""
        self._process.kill()
        self._process.join()
        self._reader.join()
        self._ours.close()

    def _read(self) -> None:
        with contextlib.suppress(EOFError, OSError):
            while True:
                number, kind, value = self._ours.recv()
                if kind == "done":
                    self._waiting.pop(number).set_result(value)
                else:
                    self._lost(number, value)
        self.broken = True
        for number in list(self._waiting):
            self._lost(number)

    def _lost(self, number: int, cause: BaseException | None = None) -> None:
        future = self._waiting.pop(number, None)
        if future:
            future.set_exception(cause or BrokenProcessPool("its process ended"))


def _prepared(its: Connection, parent: int, ready: Ready) -> None:
    die_with(parent)
    # Ctrl-C reaches every process of a terminal; the run decides what becomes of these.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if ready:
        try:
            preload(*ready)
        except Exception as cause:  # Whatever it is, papermill's own engine does not need it.
            never_fork_again(f"{type(cause).__name__}: {cause}")
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    running: dict[Connection, tuple[int, Any]] = {}
    with contextlib.suppress(EOFError):
        while True:
            for one in wait([its, *running]):
                if one is its:
                    number, *asked = its.recv()
                    ours, theirs = context.Pipe(duplex=False)
                    process = context.Process(target=_one, args=(theirs, os.getpid(), *asked))  # type: ignore
                    process.start()
                    theirs.close()
                    running[ours] = number, process
                else:
                    number, process = running.pop(one)  # type: ignore[arg-type]
                    its.send((number, *_answer(one)))
                    process.join()


def _answer(one: Any) -> tuple[str, Any]:
    with contextlib.closing(one):
        try:
            answer: tuple[str, Any] = one.recv()
            return answer
        except EOFError:
            return "ended", None


def _one(theirs: Connection, parent: int, task: Callable[..., Any], args: Any, named: Any) -> None:
    die_with(parent)
    try:
        theirs.send(("done", task(*args, **named)))
    except Exception as cause:  # It is raised where the task was submitted.
        theirs.send(("raised", cause))
