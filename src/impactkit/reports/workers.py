"""Processes that build reports: one report at a time each, ended with the run, however it ends."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TextIO

from impactkit.reports.execute import BUILDING, Job, run_one
from impactkit.reports.failure import Outcome, keep_aside
from impactkit.reports.kernel import die_with
from impactkit.wording.catalogue import say
from impactkit.wording.numbers import number


def outcomes_of(
    todo: Sequence[Job], jobs: int, names: Mapping[str, str], progress: TextIO | None = None
) -> Iterator[Outcome]:
    """Build each job, `jobs` at a time, and give the outcomes as they come. `names`: territory -> its name.

    Ended early (an interruption, an error of the caller's), it kills its processes before it returns.
    """
    before = set(multiprocessing.active_children())
    queue, free = deque(todo), min(jobs, len(todo))
    # A process each: when one dies, the territory that it was building is known, and the others go on.
    idle = [_process() for _ in range(free)]
    running: dict[Future[Outcome], tuple[Job, ProcessPoolExecutor]] = {}
    every = list(idle)
    finished = False
    with _shown(len(todo), progress) as show:
        try:
            while queue or running:
                while queue and idle:
                    job, process = queue.popleft(), idle.pop()
                    running[process.submit(run_one, job)] = (job, process)
                show([names[job.territory] for job, _ in running.values()], None)
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    job, process = running.pop(future)
                    outcome = _outcome(future, job)
                    if isinstance(future.exception(), BrokenProcessPool):
                        process = _process()
                        every.append(process)
                    idle.append(process)
                    show([names[job.territory]], outcome)
                    yield outcome
            finished = True
        finally:
            if not finished:
                for child in set(multiprocessing.active_children()) - before:
                    child.kill()
            for process in every:
                process.shutdown(wait=True, cancel_futures=True)


def _process() -> ProcessPoolExecutor:
    # Spawned, not forked: the PDF compiler's threads do not survive a fork.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(1, mp_context=context, initializer=_start, initargs=(os.getpid(),))


def _start(parent: int) -> None:
    die_with(parent)
    # Ctrl-C reaches every process of a terminal; the run decides what becomes of its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _outcome(future: Future[Outcome], job: Job) -> Outcome:
    try:
        return future.result()
    except BrokenProcessPool as cause:
        to = Path(job.to)
        aside = next((to / BUILDING).glob(f"{job.territory}-*/report"), to / BUILDING / job.territory)
        return keep_aside(job.territory, to, aside, cause, 0.0)


Show = Callable[[Sequence[str], Outcome | None], None]


@contextlib.contextmanager
def _shown(total: int, out: TextIO | None) -> Iterator[Show]:
    """Progress: a bar with the names in hand on a terminal, else a line a report; nothing without `out`."""
    if out is None or not total:
        yield lambda names, outcome: None
    elif not out.isatty():
        yield _lines(total, out)
    else:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        columns = BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}")
        with Progress(*columns, console=Console(file=out), transient=True) as bar:
            task = bar.add_task(say("run.starting"), total=total)

            def show(names: Sequence[str], outcome: Outcome | None) -> None:
                if outcome:
                    bar.advance(task)
                else:
                    bar.update(task, description=", ".join(names))

            yield show


def _lines(total: int, out: TextIO) -> Show:
    count = 0

    def show(names: Sequence[str], outcome: Outcome | None) -> None:
        nonlocal count
        if outcome:
            count += 1
            key = "run.line" if outcome.built else "run.line.failed"
            seconds = number(outcome.seconds, 1)
            print(say(key, at=count, all=total, name=names[0], seconds=seconds), file=out, flush=True)

    return show
