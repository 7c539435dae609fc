"""`run`: one report per territory, in processes; one failure stops nothing, nothing is left half-written."""

from __future__ import annotations

import contextlib
import fcntl
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from impactkit.data.check import check
from impactkit.data.evaluation import Evaluation, load
from impactkit.data.folders import find, reference_folder, shipped
from impactkit.errors import Problems, RefusedData, UnknownName
from impactkit.reports.execute import Job, recover
from impactkit.reports.failure import Outcome, refused
from impactkit.reports.parameters import checked
from impactkit.reports.record import package_digest, sha256, tree_digest
from impactkit.reports.workers import outcomes_of
from impactkit.wording.catalogue import error, say

NOTEBOOK = "territory_report.ipynb"
CODE = re.compile("[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class RunSummary:
    """What a run did: the folder of the reports, and an outcome per territory, in the evaluation's order.

    `noted` are the problems of territories that were not asked for.
    """

    folder: Path
    outcomes: tuple[Outcome, ...]
    noted: Problems = Problems()

    @property
    def built(self) -> tuple[str, ...]:
        """Territories whose report was built."""
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
    progress: TextIO | None = None,
) -> RunSummary:
    """Build the reports of an evaluation into `to`/<evaluation>/<territory>, and the contents page.

    `only`: these territories; `limit`: the first ones; `jobs`: how many at a time; `progress`: where to show
    it. Raises UnknownName for a territory or a parameter that does not exist, RefusedData when the
    evaluation itself cannot be used or another run is writing there. Problems in one territory's rows stop
    that territory alone.
    """
    ev = load(folder)
    known = {place.code: place.name for place in ev.territories}
    for code in () if only is None else (only or [""]):
        if code not in known:
            raise UnknownName.among(say("noun.territory"), code, known, where=ev.name)
    noted = check(folder)
    # A code names folders and files: one that is not well formed is everyone's problem.
    well_named = {code for code in known if CODE.fullmatch(code)}
    everyone = Problems(one for one in noted if one.territory not in well_named)
    if everyone:
        raise error(RefusedData, "refused", where=ev.name, count=len(everyone), problems=f"\n{everyone}")
    chosen = [code for code in known if only is None or code in only][:limit]
    target = Path(to).resolve() / ev.name
    todo = _jobs(ev, folder, chosen, target)
    target.mkdir(parents=True, exist_ok=True)
    with _alone(target):
        recover(target)
        done = {}
        for code in chosen:
            wrong = Problems(one for one in noted if one.territory == code)
            if wrong:
                done[code] = refused(code, target, *_refusal(wrong, folder))
        try:
            well = [job for job in todo if job.territory not in done]
            with contextlib.closing(outcomes_of(well, jobs, known, progress)) as coming:
                done |= {outcome.territory: outcome for outcome in coming}
        finally:
            # Interrupted too: what was being moved is put back, and the page tells what stands.
            recover(target)
            # Imported last: with it come the page's libraries, which the processes above need first.
            from impactkit.reports.contents import write_contents

            write_contents(ev, target)
    return RunSummary(
        target,
        tuple(done[code] for code in chosen),
        Problems(one for one in noted if one.territory not in chosen),
    )


def _jobs(ev: Evaluation, folder: str | Path, chosen: Sequence[str], target: Path) -> list[Job]:
    notebook = _notebook(ev)
    base, typed = _from(folder)
    inputs = {f"evaluation/{file.name}": sha256(file) for file in sorted(ev.folder.glob("*.csv"))}
    inputs |= {
        f"evaluation/prose/{file.name}": sha256(file) for file in sorted(ev.folder.glob("prose/*.md"))
    }
    inputs["evaluation/evaluation.toml"] = sha256(ev.folder / "evaluation.toml")
    inputs |= {"reference": tree_digest(reference_folder()), "notebook": sha256(notebook)}
    inputs["package"] = package_digest()
    return [
        Job(
            evaluation=ev.name,
            title=ev.title,
            fictional=ev.fictional,
            territory=code,
            notebook=str(notebook),
            parameters=checked(
                notebook, {"folder": typed, **ev.report.get("parameters", {}), "territory": code}
            ),
            base=str(base),
            to=str(target),
            inputs=inputs,
        )
        for code in chosen
    ]


def _notebook(ev: Evaluation) -> Path:
    named = ev.report.get("notebook")
    if not named:
        return shipped("notebooks") / NOTEBOOK
    return ev.folder / named if (ev.folder / named).is_file() else find(named).resolve()


def _from(folder: str | Path) -> tuple[Path, str]:
    """The folder from which paths resolve, and the evaluation's path as the notebook is given it: what was
    typed, but for a whole path, which would tell of this machine.
    """
    typed, base = Path(folder), find(folder)
    if typed.is_absolute():
        return base.parent, base.name
    for _ in typed.parts:
        base = base.parent
    return base.resolve(), str(folder)


def _refusal(found: Problems, folder: str | Path) -> tuple[str, str]:
    words = " ".join(str(one) for one in found[:3])
    return say("refused.rows", n=len(found), problems=words), say("refused.rows.next", folder=folder)


@contextlib.contextmanager
def _alone(target: Path) -> Iterator[None]:
    """One run at a time writes in a folder; the lock goes with the process, even killed."""
    with (target / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as cause:
            raise error(RefusedData, "busy", where=target.name) from cause
        yield
