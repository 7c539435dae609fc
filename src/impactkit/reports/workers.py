"""Processes that build reports: one report at a time each, ended with the run, however it ends."""

import contextlib
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TextIO

from impactkit.reports.child import never_fork_again
from impactkit.reports.execute import AT, BUILDING, SETTLED, Job, environment, lost, run_one
from impactkit.reports.failure import Outcome
from impactkit.reports.kernel import die_with
from impactkit.reports.preload import preload
from impactkit.reports.progress import shown

# Between two looks at where each report is, in seconds.
TICK = 0.5


def outcomes_of(
    todo: Sequence[Job], jobs: int, names: Mapping[str, str], progress: TextIO | None = None, dask: str = ""
) -> Iterator[Outcome]:
    """Build each job, `jobs` at a time, and give the outcomes as they come. `names`: territory -> its name;
    `dask`: the address of a scheduler whose workers do it instead.

    Ended early (an interruption, an error of the caller's), it kills its processes before it returns.
    """
    before = set(multiprocessing.active_children())
    # What is shared is worth computing first only where several reports then find it.
    warm = todo[0] if todo and todo[0].engine == "fork" and (dask or len(todo) >= 2 * jobs) else None
    queue = deque(todo)
    with contextlib.ExitStack() as stack:
        show = stack.enter_context(shown(len(todo), progress))
        stack.enter_context(environment(SETTLED))
        if dask:
            from impactkit.reports.cluster import slots

            idle: list[Executor] = stack.enter_context(slots(dask, warm))
        else:
            # A process each: when one dies, the territory that it was building is known, and others go on.
            idle = [fresh_process(warm) for _ in range(min(jobs, len(todo)))]
        every = list(idle)
        running: dict[Future[Outcome], tuple[Job, Executor]] = {}
        finished = False
        try:
            while queue or running:
                while queue and idle:
                    job, process = queue.popleft(), idle.pop()
                    running[process.submit(run_one, job)] = (job, process)
                for future in wait(running, timeout=TICK, return_when=FIRST_COMPLETED).done:
                    job, process = running.pop(future)
                    outcome = _outcome(future, job)
                    if not dask and isinstance(future.exception(), BrokenProcessPool):
                        process = fresh_process(warm)
                        every.append(process)
                    idle.append(process)
                    show([names[job.territory]], outcome)
                    yield outcome
                show([_at(job, names) for job, _ in running.values()], None)
            finished = True
        finally:
            if not finished:
                for child in set(multiprocessing.active_children()) - before:
                    child.kill()
            for process in every:
                process.shutdown(wait=True, cancel_futures=True)


def _at(job: Job, names: Mapping[str, str]) -> str:
    """A territory being built, and the section that it is in."""
    found = next((Path(job.to) / BUILDING).glob(f"{job.territory}-*/{AT}"), None)
    try:
        section = found.read_text("utf-8") if found else ""
    except OSError:
        # It was finished while it was looked at.
        section = ""
    return f"{names[job.territory]} ({section})" if section else names[job.territory]


def fresh_process(warm: Job | None) -> ProcessPoolExecutor:
    """A process that builds one report at a time, ready for those of an evaluation."""
    # Spawned, not forked: the PDF compiler's threads do not survive a fork.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(1, mp_context=context, initializer=_start, initargs=(os.getpid(), warm))


def _start(parent: int, warm: Job | None) -> None:
    die_with(parent)
    # Ctrl-C reaches every process of a terminal; the run decides what becomes of its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if warm:
        try:
            preload(str(warm.parameters["folder"]), warm.base)
        except Exception as cause:  # Whatever it is, papermill's own engine does not need it.
            never_fork_again(f"{type(cause).__name__}: {cause}")


def _outcome(future: Future[Outcome], job: Job) -> Outcome:
    try:
        return future.result()
    except Exception as cause:  # Its process died, or every worker that was given it.
        to = Path(job.to)
        aside = next((to / BUILDING).glob(f"{job.territory}-*"), to / BUILDING / job.territory)
        return lost(job, aside, cause)
