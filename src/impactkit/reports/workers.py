"""Who builds the reports: processes here, or Dask workers; all ended with the run, however it ends."""

import contextlib
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from functools import partial
from pathlib import Path
from typing import TextIO

from impactkit.errors import RefusedData
from impactkit.reports.execute import AT, BUILDING, SETTLED, Job, environment, lost, run_one
from impactkit.reports.failure import Outcome
from impactkit.reports.interruption import held_back
from impactkit.reports.nursery import Nursery, Ready
from impactkit.reports.progress import shown
from impactkit.wording.language import Language

# Seconds to reach a scheduler.
PATIENCE = 10
# Between two looks at where each report is, in seconds.
TICK = 0.5
Build = Callable[[Job], Future[Outcome]]
# On a Dask worker: the process that its reports are forked from.
_APART: list[Nursery] = []
_LOCK = threading.Lock()


@contextlib.contextmanager
def prepared(todo: Sequence[Job], jobs: int, dask: str = "") -> Iterator[Callable[[], Nursery]]:
    """Gives the process that these reports are forked from, started here and now; another when that one is
    broken. With the address of a scheduler (`dask`), none is started here.
    """
    with contextlib.ExitStack() as stack:
        ready, kept = ready_for(todo, jobs, dask), list[Nursery]()

        def living() -> Nursery:
            if not kept or kept[-1].broken:
                with held_back():
                    kept.append(Nursery(ready))
                    stack.callback(kept[-1].shutdown)
            return kept[-1]

        if todo and not dask:
            with environment(SETTLED):
                living()
        yield living


def ready_for(todo: Sequence[Job], jobs: int, dask: str) -> Ready:
    """What is worth preparing: what is shared, only where several reports then find it."""
    first = next((job for job in todo if job.engine == "fork"), None)
    if first is None:
        return None
    shared = bool(dask) or len(todo) >= 2 * jobs
    return (str(first.parameters["folder"]), first.base) if shared else ("", "")


def outcomes_of(
    language: Language,
    todo: Sequence[Job],
    jobs: int,
    names: Mapping[str, str],
    living: Callable[[], Nursery],
    progress: TextIO | None = None,
    dask: str = "",
) -> Iterator[Outcome]:
    """Build each job, `jobs` at a time, and give the outcomes as they come. `names`: territory -> its name;
    `living`: as `prepared` gives it; `dask`: the address of a scheduler whose workers do it instead.
    """
    waiting = deque(todo)
    with contextlib.ExitStack() as stack:
        # Waiting takes locks that who answers takes too.
        heed = stack.enter_context(held_back())
        show = stack.enter_context(shown(language, len(todo), progress))
        stack.enter_context(environment(SETTLED))

        def here(job: Job) -> Future[Outcome]:
            return living().submit(run_one, job)

        idle: list[Build] = [here] * jobs
        if dask:
            idle = stack.enter_context(slots(language, dask, ready_for(todo, jobs, dask)))
        running: dict[Future[Outcome], tuple[Job, Build]] = {}
        while waiting or running:
            heed()
            while waiting and idle:
                job, build = waiting.popleft(), idle.pop()
                running[build(job)] = (job, build)
            for future in wait(running, timeout=TICK, return_when=FIRST_COMPLETED).done:
                job, build = running.pop(future)
                outcome = _outcome(future, job)
                idle.append(build)
                show([names[job.territory]], outcome)
                yield outcome
            show([_at(job, names) for job, _ in running.values()], None)


def _at(job: Job, names: Mapping[str, str]) -> str:
    """A territory being built, and the section that it is in."""
    section = ""
    # It may not have begun, or be finished while it is looked at.
    with contextlib.suppress(StopIteration, OSError):
        section = next((Path(job.to) / BUILDING).glob(f"{job.territory}-*/{AT}")).read_text("utf-8")
    return f"{names[job.territory]} ({section})" if section else names[job.territory]


def _outcome(future: Future[Outcome], job: Job) -> Outcome:
    try:
        return future.result()
    except Exception as cause:  # Its process died, or every worker that was given it.
        to = Path(job.to)
        aside = next((to / BUILDING).glob(f"{job.territory}-*"), to / BUILDING / job.territory)
        return lost(job, aside, cause)


@contextlib.contextmanager
def slots(language: Language, address: str, ready: Ready) -> Iterator[list[Build]]:
    """A slot for each thread of the workers: one report at a time, on whichever is free; a lost worker's
    report is built by another. Raises RefusedData where distributed is not installed, or
    nobody answers.
    """
    try:
        from distributed import Client
    except ImportError as cause:
        raise language.error(RefusedData, "no-dask") from cause
    try:
        client = Client(address, timeout=PATIENCE)
    except (OSError, TimeoutError, ValueError) as cause:
        raise language.error(RefusedData, "dask-silent", where=address) from cause
    with client, client.get_executor(pure=False) as cluster:
        count = sum(client.nthreads().values())
        if not count:
            raise language.error(RefusedData, "dask-silent", where=address)
        yield [partial(cluster.submit, run_apart, ready)] * count


def run_apart(ready: Ready, job: Job) -> Outcome:
    """`run_one` in a process forked from one of this worker's, kept for its next report."""
    os.environ.update(SETTLED)
    with _LOCK:
        if not _APART or _APART[-1].broken:
            _APART[:] = [Nursery(ready)]
        mine = _APART[-1]
    outcome: Outcome = mine.submit(run_one, job).result()
    return outcome
