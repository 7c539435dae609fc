"""`run`: one report per territory, in processes; one failure stops nothing, and nothing is left
half-written.
"""

from __future__ import annotations

import contextlib
import fcntl
import multiprocessing
import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from impactkit.data.check import check
from impactkit.data.evaluation import Evaluation, load
from impactkit.data.folders import find, shipped
from impactkit.errors import Problems, RefusedData, UnknownName
from impactkit.reports.contents import write_contents
from impactkit.reports.execute import Job, Outcome, recover, run_one
from impactkit.reports.parameters import checked
from impactkit.reports.record import package_digest, sha256
from impactkit.wording.catalogue import error, say

NOTEBOOK = "territory_report.ipynb"


@dataclass(frozen=True)
class RunSummary:
    """What a run did: the folder of the reports, and one outcome per territory, in the order of the
    evaluation.
    """

    folder: Path
    outcomes: tuple[Outcome, ...]
    noted: Problems = Problems()

    @property
    def built(self) -> tuple[str, ...]:
        """Territories whose report stands."""
        return tuple(one.territory for one in self.outcomes if one.built)

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """Territories whose report could not be built, each with its sentence."""
        return tuple(one for one in self.outcomes if not one.built)


def run(
    folder: str | Path,
    *,
    only: Sequence[str] | None = None,
    limit: int | None = None,
    jobs: int = 2,
    to: str | Path = "reports",
    formats: Sequence[str] = ("html", "pdf"),
    progress: bool = False,
) -> RunSummary:
    """Build the reports of an evaluation into `to`/<evaluation>/<territory>, and the contents page.

    Raises UnknownName for a territory or a parameter that does not exist, RefusedData when the evaluation
    itself cannot be used. Problems in one territory's rows stop that territory alone.
    """
    ev = load(folder)
    known = [place.code for place in ev.territories]
    for code in only or ():
        if code not in known:
            raise UnknownName.among(say("noun.territory"), code, known, where=ev.name)
    noted = check(folder)
    everyone = Problems(one for one in noted if not one.territory)
    if everyone:
        raise error(RefusedData, "refused", where=ev.name, count=len(everyone), problems=f"\n{everyone}")
    chosen = [code for code in known if not only or code in only][:limit]
    target = Path(to).resolve() / ev.name
    target.mkdir(parents=True, exist_ok=True)
    with _alone(target):
        recover(target)
        todo = _jobs(ev, folder, chosen, target, formats)
        refused = {code: Problems(one for one in noted if one.territory == code) for code in chosen}
        done = [Outcome(code, _refusal(code, found)) for code, found in refused.items() if found]
        todo = [job for job in todo if not refused[job.territory]]
        done += _executed(todo, min(jobs, len(todo)) or 1, progress)
        order = {code: i for i, code in enumerate(known)}
        outcomes = tuple(sorted(done, key=lambda one: order[one.territory]))
        write_contents(ev, target, {one.territory: one.sentence for one in outcomes if not one.built})
    return RunSummary(target, outcomes, Problems(one for one in noted if one.territory not in chosen))


def _jobs(
    ev: Evaluation, folder: str | Path, chosen: Sequence[str], target: Path, formats: Sequence[str]
) -> list[Job]:
    notebook = _notebook(ev)
    given = {"folder": str(folder), **ev.report.get("parameters", {})}
    inputs = {
        "evaluation": ev.digest,
        "notebook": sha256(notebook),
        "package": package_digest(),
    }
    return [
        Job(
            evaluation=ev.name,
            title=ev.title,
            fictional=ev.fictional,
            territory=code,
            notebook=str(notebook),
            parameters=checked(notebook, {**given, "territory": code}),
            base=str(_base(ev, folder)),
            to=str(target),
            inputs=inputs,
            formats=tuple(formats),
        )
        for code in chosen
    ]


def _notebook(ev: Evaluation) -> Path:
    named = ev.report.get("notebook")
    if not named:
        return shipped("notebooks") / NOTEBOOK
    return ev.folder / named if (ev.folder / named).is_file() else find(named).resolve()


def _base(ev: Evaluation, folder: str | Path) -> Path:
    """The folder from which the evaluation's path, as it was typed, leads to it."""
    typed = Path(folder)
    base = ev.folder
    for _ in [part for part in typed.parts if part != "."] if not typed.is_absolute() else ():
        base = base.parent
    return base if not typed.is_absolute() and (base / typed).resolve() == ev.folder else Path.cwd()


def _executed(todo: Sequence[Job], workers: int, progress: bool) -> list[Outcome]:
    if not todo:
        return []
    # Spawned, not forked: the PDF compiler's threads do not survive a fork.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_die_with, initargs=(os.getpid(),))
    done: list[Outcome] = []
    try:
        waiting: dict[Future[Outcome], Job] = {pool.submit(run_one, job): job for job in todo}
        with _bar(len(todo), progress) as told:
            for future in as_completed(waiting):
                done.append(_outcome(future, waiting[future]))
                told(done[-1])
    except BaseException:
        for worker in list((pool._processes or {}).values()):
            worker.terminate()
        pool.shutdown(wait=True, cancel_futures=True)
        for job in todo:
            shutil.rmtree(Path(job.to) / ".building", ignore_errors=True)
        raise
    pool.shutdown()
    return done


def _outcome(future: Future[Outcome], job: Job) -> Outcome:
    try:
        return future.result()
    except Exception as cause:  # noqa: BLE001 - a worker that died says it as this territory's outcome
        return Outcome(
            job.territory, say("failed.worker", territory=job.territory, cause=type(cause).__name__)
        )


def _die_with(parent: int) -> None:
    """A worker does not outlive the run that started it, even when that is killed."""
    if sys.platform == "linux":
        import ctypes
        import signal

        pr_set_pdeathsig = 1
        ctypes.CDLL(None, use_errno=True).prctl(pr_set_pdeathsig, signal.SIGKILL)
    # The parent may have died before the line above.
    if os.getppid() != parent:
        os._exit(1)


@contextlib.contextmanager
def _alone(target: Path) -> Iterator[None]:
    """One run at a time writes in a folder; the lock goes with the process, even killed."""
    with (target / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as cause:
            raise error(RefusedData, "busy", where=target.name) from cause
        yield


@contextlib.contextmanager
def _bar(total: int, shown: bool) -> Iterator[Any]:
    if not shown:
        yield lambda outcome: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns: Mapping[str, Any] = {
        "name": TextColumn("{task.description}"),
        "bar": BarColumn(),
        "n": MofNCompleteColumn(),
    }
    with Progress(*columns.values(), TimeElapsedColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task(say("run.starting"), total=total)

        def told(outcome: Outcome) -> None:
            bar.update(task, advance=1, description=outcome.territory)

        yield told


def _refusal(code: str, found: Problems) -> str:
    return "\n".join([say("failed.refused", territory=code, n=len(found)), *(f"  {one}" for one in found)])
