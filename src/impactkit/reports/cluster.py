"""Dask workers as executors: each builds in a fresh process of its own, and never forks itself."""

import contextlib
import multiprocessing
import os
import queue
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from impactkit.errors import RefusedData
from impactkit.reports.execute import SETTLED, Job, run_one
from impactkit.reports.failure import Outcome
from impactkit.wording.catalogue import error

# On a worker: its processes that wait for a report.
_IDLE: queue.SimpleQueue[ProcessPoolExecutor] = queue.SimpleQueue()


class Slot(Executor):
    """One report at a time, on whichever worker is free; a lost worker's report is built by another."""

    def __init__(self, cluster: Executor, warm: Job | None) -> None:
        self._cluster, self._warm = cluster, warm

    def submit(self, fn: Any, /, *args: Any, **_: Any) -> Future[Outcome]:
        """`run_one(job)`, apart, on a worker."""
        assert fn is run_one
        return self._cluster.submit(run_apart, *args, self._warm)


@contextlib.contextmanager
def slots(address: str, warm: Job | None) -> Iterator[list[Executor]]:
    """A slot for each thread of the workers. Raises RefusedData where distributed is not installed, or
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
        yield [Slot(cluster, warm) for _ in range(count)]


def run_apart(job: Job, warm: Job | None) -> Outcome:
    """`run_one` in a process of this worker's, kept for its next report."""
    from impactkit.reports.workers import fresh_process

    os.environ.update(SETTLED)
    # A worker under a nanny may have no children, lest they outlive it: ours die with it.
    multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined]
    try:
        process = _IDLE.get_nowait()
    except queue.Empty:
        process = fresh_process(warm)
    try:
        outcome = process.submit(run_one, job).result()
    except BrokenProcessPool:
        # Ended between two reports, or by this one: a new process tells which.
        process = fresh_process(warm)
        outcome = process.submit(run_one, job).result()
    _IDLE.put(process)
    return outcome
