"""An executor whose processes are forked, one a task, from one process that is prepared once: what it
imported and computed, they find.
"""

import contextlib
import itertools
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import Connection, wait
from typing import Any

from impactkit.reports.child import let_go, never_fork_again
from impactkit.reports.descendants import adopt, end_adopted, end_marked
from impactkit.reports.interruption import held_back
from impactkit.reports.kernel import die_with
from impactkit.reports.preload import preload

# What is prepared: `preload` of this; nothing where nothing is forked.
Ready = tuple[str, str] | None
# The environment variable by which all that one of them started is known.
MARK = "IMPACTKIT_NURSERY"
# What the process that forks is started with: modules are sought where this process seeks them.
START = """import sys
sys.path[:] = {path!r}
from impactkit.reports.nursery import prepared
prepared({number}, {parent}, {ready!r})
"""


class Nursery(Executor):
    """Runs each task in a process of its own, as many at a time as are submitted; a task whose process is
    killed raises BrokenProcessPool, and so do all once the one that forks is (then it is `broken`).
    """

    def __init__(self, ready: Ready) -> None:
        self._ours, its = multiprocessing.Pipe()
        number = its.fileno()
        # Whatever is started below has it too.
        self._mark = f"{MARK}={uuid.uuid4().hex}"
        start = START.format(path=sys.path, number=number, parent=os.getpid(), ready=ready)
        # Not forked: this process may have threads. No process of multiprocessing, which is waited for when
        # Python exits, even where an interruption left nobody to end it. In a session of its own, a
        # terminal's Ctrl-C does not reach it: the run decides what becomes of it.
        self._process = subprocess.Popen(
            [sys.executable, "-c", start],
            stdin=subprocess.DEVNULL,
            pass_fds=[number],
            env=os.environ | dict([self._mark.split("=")]),
            start_new_session=True,
        )
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
        with held_back():
            self._process.kill()
            end_marked(self._mark)
            # It reads to the end: once every process that could write there is dead.
            self._reader.join()
            self._process.wait()
            self._ours.close()

    def _read(self) -> None:
        with contextlib.suppress(EOFError, OSError):
            while True:
                number, kind, value = self._ours.recv()
                if kind == "done":
                    self._waiting.pop(number).set_result(value)
                else:
                    self._lost(number, value)
        # What was started there is ended before it is said to be lost: it writes nothing more.
        end_marked(self._mark)
        self.broken = True
        for number in list(self._waiting):
            self._lost(number)

    def _lost(self, number: int, cause: BaseException | None = None) -> None:
        future = self._waiting.pop(number, None)
        if future:
            future.set_exception(cause or BrokenProcessPool("its process ended"))


def prepared(number: int, parent: int, ready: Ready) -> None:
    """Become the process that forks: `number` is its end of the pipe, `parent` who started it."""
    die_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if ready:
        try:
            preload(*ready)
        except Exception as cause:  # Whatever it is, papermill's own engine does not need it.
            never_fork_again(f"{type(cause).__name__}: {cause}")
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    its, running = Connection(number), dict[Connection, tuple[int, Any]]()
    let_go(its)
    adopt()
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
                    answer = _answer(one)
                    process.join()
                    end_adopted({other.pid for _, other in running.values()})
                    its.send((number, *answer))


def _answer(one: Any) -> tuple[str, Any]:
    with contextlib.closing(one):
        try:
            answer: tuple[str, Any] = one.recv()
            return answer
        except EOFError:
            return "ended", None


def _one(theirs: Connection, parent: int, task: Callable[..., Any], args: Any, named: Any) -> None:
    die_with(parent)
    let_go(theirs)
    try:
        theirs.send(("done", task(*args, **named)))
    except Exception as cause:  # It is raised where the task was submitted.
        theirs.send(("raised", cause))
