"""Processes that build reports, here or on Dask workers: one report at a time each, ended with the run,
however it ends.
"""

import contextlib
import multiprocessing
import os
import queue
import signal
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path
from typing import TextIO

from impactkit.errors import RefusedData
from impactkit.reports.child import never_fork_again
from impactkit.reports.execute import AT, BUILDING, SETTLED, Job, environment, lost, run_one
from impactkit.reports.failure import Outcome
from impactkit.reports.kernel import die_with
from impactkit.reports.preload import preload
from impactkit.reports.progress import shown
from impactkit.wording.catalogue import error

# Between two looks at where each report is, in seconds.
TICK = 0.5
Build = Callable[[Job], Future[Outcome]]
# What a process prepares before it forks: `preload` of this; nothing where nothing is forked.
Ready = tuple[str, str] | None
# On a Dask worker: its processes that wait for a report.
_IDLE: queue.SimpleQueue[ProcessPoolExecutor] = queue.SimpleQueue()


def outcomes_of(
    todo: Sequence[Job], jobs: int, names: Mapping[str, str], progress: TextIO | None = None, dask: str = ""
) -> Iterator[Outcome]:
    """Build each job, `jobs` at a time, and give the outcomes as they come. `names`: territory -> its name;
    `dask`: the address of a scheduler whose workers do it instead.

    Ended early (an interruption, an error of the caller's), it kills its processes before it returns.
    """
    before = set(multiprocessing.active_children())
    # What is shared is worth computing first only where several reports then find it.
    first = next((job for job in todo if job.engine == "fork"), None)
    shared = bool(first) and (bool(dask) or len(todo) >= 2 * jobs)
    ready = first and ((str(first.parameters["folder"]), first.base) if shared else ("", ""))
    waiting = deque(todo)
    with contextlib.ExitStack() as stack:
        show = stack.enter_context(shown(len(todo), progress))
        stack.enter_context(environment(SETTLED))

        def process() -> Build:
            own = fresh_process(ready)
            stack.callback(own.shutdown, wait=True, cancel_futures=True)
            return partial(own.submit, run_one)

        # A process each: when one dies, the territory that it was building is known, and others go on.
        here = min(jobs, len(todo))
        idle = stack.enter_context(slots(dask, ready)) if dask else [process() for _ in range(here)]
        running: dict[Future[Outcome], tuple[Job, Build]] = {}
        try:
            while waiting or running:
                while waiting and idle:
                    job, build = waiting.popleft(), idle.pop()
                    running[build(job)] = (job, build)
                for future in wait(running, timeout=TICK, return_when=FIRST_COMPLETED).done:
                    job, build = running.pop(future)
                    outcome = _outcome(future, job)
                    broken = not dask and isinstance(future.exception(), BrokenProcessPool)
                    idle.append(process() if broken else build)
                    show([names[job.territory]], outcome)
                    yield outcome
                show([_at(job, names) for job, _ in running.values()], None)
        finally:
            # Each report is in place when it is told: an idle process has nothing left to do but go.
            for child in set(multiprocessing.active_children()) - before:
                child.kill()


def _at(job: Job, names: Mapping[str, str]) -> str:
    """A territory being built, and the section that it is in."""
    section = ""
    # It may not have begun, or be finished while it is looked at.
    with contextlib.suppress(StopIteration, OSError):
        section = next((Path(job.to) / BUILDING).glob(f"{job.territory}-*/{AT}")).read_text("utf-8")
    return f"{names[job.territory]} ({section})" if section else names[job.territory]


def fresh_process(ready: Ready) -> ProcessPoolExecutor:
    """A process that builds one report at a time, once it is `ready`."""
    # Spawned, not forked: the PDF compiler's threads do not survive a fork.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(1, mp_context=context, initializer=_start, initargs=(os.getpid(), ready))


def _start(parent: int, ready: Ready) -> None:
    die_with(parent)
    # Ctrl-C reaches every process of a terminal; the run decides what becomes of its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if ready:
        try:
            preload(*ready)
        except Exception as cause:  # Whatever it is, papermill's own engine does not need it.
            never_fork_again(f"{type(cause).__name__}: {cause}")


def _outcome(future: Future[Outcome], job: Job) -> Outcome:
    try:
        return future.result()
    except Exception as cause:  # Its process died, or every worker that was given it.
        to = Path(job.to)
        aside = next((to / BUILDING).glob(f"{job.territory}-*"), to / BUILDING / job.territory)
        return lost(job, aside, cause)


@contextlib.contextmanager
def slots(address: str, ready: Ready) -> Iterator[list[Build]]:
    """A slot for each thread of the workers: one report at a time, on whichever is free; a lost worker's
    report is built by another. Raises RefusedData where distributed is not installed, or
    nobody answers.
    """
    try:
        from distributed import Client
    except ImportError as cause:
        raise error(RefusedData, "no-dask") from cause
    try:
        client = Client(address, timeout=20)
    except (OSError, TimeoutError, ValueError) as cause:
        raise error(RefusedData, "dask-silent", where=address) from cause
    with client, client.get_executor(pure=False) as cluster:
        count = sum(client.nthreads().values())
        if not count:
            raise error(RefusedData, "dask-silent", where=address)
        yield [partial(cluster.submit, run_apart, ready)] * count


def run_apart(ready: Ready, job: Job) -> Outcome:
    """`run_one` in a process of this worker's, kept for its next report."""
    os.environ.update(SETTLED)
    # A worker under a nanny may have no children, lest they outlive it: ours die with it.
    multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined]
    # A process that ended between two reports is left; a new one that ends was ended by this report.
    with contextlib.suppress(queue.Empty, BrokenProcessPool):
        return _built(_IDLE.get_nowait(), job)
    return _built(fresh_process(ready), job)


def _built(process: ProcessPoolExecutor, job: Job) -> Outcome:
    outcome = process.submit(run_one, job).result()
    _IDLE.put(process)
    return outcome
