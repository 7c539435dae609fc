"""One territory's report: executed aside by papermill, rendered, checked, recorded, then moved into place.

Until the last move nothing that was there is touched; if any step fails the last good report stays.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from impactkit.errors import ImpactkitError, ReportFailed
from impactkit.wording.catalogue import error, say
from impactkit.wording.numbers import date

BUILDING, PREVIOUS, FAILED = ".building", ".previous", ".failed"
CELL_SECONDS, START_SECONDS = 180, 120


@dataclass(frozen=True)
class Job:
    """What a worker needs to build one report; plain values only, so that any executor can carry it."""

    evaluation: str
    title: str
    fictional: bool
    territory: str
    notebook: str
    parameters: Mapping[str, Any]
    base: str
    to: str
    inputs: Mapping[str, str] = field(default_factory=dict)
    formats: tuple[str, ...] = ("html", "pdf")


@dataclass(frozen=True)
class Outcome:
    """How it went: `sentence` is empty when the report stands, else it says what stopped, where, and what to
    do.
    """

    territory: str
    sentence: str = ""
    seconds: float = 0.0

    @property
    def built(self) -> bool:
        """Whether the report stands."""
        return not self.sentence


def run_one(job: Job) -> Outcome:
    """Build one report. Never raises for what goes wrong inside it: the outcome says so."""
    started = time.monotonic()
    aside = Path(job.to) / BUILDING / f"{job.territory}-{os.getpid()}"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    sentence = ""
    try:
        _build(job, aside)
        replace(aside, Path(job.to) / job.territory)
        (Path(job.to) / FAILED / f"{job.territory}.ipynb").unlink(missing_ok=True)
    except Exception as cause:  # noqa: BLE001 - one failed territory must not stop the others
        sentence = _keep_aside(job, aside, cause)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return Outcome(job.territory, sentence, round(time.monotonic() - started, 2))


def _build(job: Job, aside: Path) -> None:
    from impactkit.reports.html import render_html
    from impactkit.reports.page import content_digest, meta_of, read_page
    from impactkit.reports.page_rules import problems
    from impactkit.reports.record import RunRecord, day_of, outputs_of, read_record

    page = read_page(_executed(job, aside))
    digest = content_digest(page)
    first = day_of(digest, read_record(Path(job.to) / job.territory))
    meta = meta_of(page, evaluation=job.title, fictional=job.fictional, day=first)
    html = render_html(page, meta)
    broken = problems(html)
    if broken:
        raise error(ReportFailed, "page-rules", where="report.html", problems=" ".join(broken))
    if "html" in job.formats:
        (aside / "report.html").write_text(html, "utf-8")
    if "pdf" in job.formats:
        from impactkit.reports.pdf import render_pdf

        (aside / "report.pdf").write_bytes(render_pdf(page, meta))
    RunRecord(
        evaluation=job.evaluation,
        territory=job.territory,
        first_built=first.isoformat(),
        content=digest,
        inputs=job.inputs,
        outputs=outputs_of(aside),
    ).write(aside)


def _executed(job: Job, aside: Path) -> Any:
    """Run the notebook through papermill in a kernel of this very Python; its notebook stays beside, without
    traces.
    """
    import nbformat
    import papermill

    output = aside / "report.ipynb"
    with tempfile.TemporaryDirectory(prefix="impactkit-") as state:
        _kernel_spec(Path(state))
        os.environ.update(
            # First on the path of kernels: a `python3` of the user's own would run another Python.
            JUPYTER_PATH=state,
            IMPACTKIT_BASE=job.base,
            IMPACTKIT_TWINS=str(aside),
            OPENBLAS_NUM_THREADS="1",
        )
        with _stderr_to(Path(state) / "kernel.log"):
            papermill.execute_notebook(
                job.notebook,
                str(output),
                parameters=dict(job.parameters),
                kernel_name="python3",
                progress_bar=False,
                execution_timeout=CELL_SECONDS,
                start_timeout=START_SECONDS,
            )
    nb = nbformat.read(output, as_version=4)
    for part in (nb, *nb.cells):
        part.metadata.pop("papermill", None)
        part.metadata.pop("execution", None)
    nbformat.write(nb, output)
    return nb


@contextlib.contextmanager
def _stderr_to(file: Path) -> Iterator[None]:
    """What a kernel mutters while it starts and stops is not the reader's: cells' own warnings come by
    messages.
    """
    kept = os.dup(2)
    with file.open("w") as log:
        os.dup2(log.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)


def _kernel_spec(state: Path) -> None:
    folder = state / "kernels" / "python3"
    folder.mkdir(parents=True)
    quiet = "--log-level=ERROR"
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", quiet]
    spec = {"argv": argv, "display_name": "Python 3", "language": "python"}
    (folder / "kernel.json").write_text(json.dumps(spec), "utf-8")


def replace(aside: Path, final: Path) -> None:
    """Put a finished folder in place of the last one: at every instant the final folder is absent or
    complete.
    """
    previous = final.parent / PREVIOUS / final.name
    shutil.rmtree(previous, ignore_errors=True)
    previous.parent.mkdir(parents=True, exist_ok=True)
    if final.exists():
        os.rename(final, previous)
    os.rename(aside, final)
    shutil.rmtree(previous, ignore_errors=True)


def recover(to: Path) -> None:
    """After a run that was cut: put back the report that was being replaced, clear what was being built."""
    for previous in sorted((to / PREVIOUS).glob("*")):
        final = to / previous.name
        if final.exists():
            shutil.rmtree(previous)
        else:
            os.rename(previous, final)
    shutil.rmtree(to / BUILDING, ignore_errors=True)


def _keep_aside(job: Job, aside: Path, cause: Exception) -> str:
    """Keep the broken notebook, and say in a few lines what stopped and what stays."""
    broken, kept = aside / "report.ipynb", Path(job.to) / FAILED / f"{job.territory}.ipynb"
    section, words = "", _words(cause)
    lines = []
    if broken.is_file():
        section = _stopped_in(broken)
        kept.parent.mkdir(parents=True, exist_ok=True)
        os.replace(broken, kept)
    key = "failed.section" if section else "failed.start"
    lines.append(say(key, territory=job.territory, section=section))
    lines += [f"  {line.strip()}" for line in words.splitlines() if line.strip()]
    lines.append("  " + _what_stays(job, kept))
    return "\n".join(lines)


def _words(cause: Exception) -> str:
    if isinstance(cause, ImpactkitError):
        return f"{type(cause).__name__} : {cause}"
    name, value = getattr(cause, "ename", type(cause).__name__), getattr(cause, "evalue", str(cause))
    return f"{name} : {value}"


def _stopped_in(notebook: Path) -> str:
    """The last heading before the cell that failed, or before the last one that ran."""
    import nbformat

    heading = at = ""
    for cell in nbformat.read(notebook, as_version=4).cells:
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            heading = cell.source.splitlines()[0][3:]
        elif cell.cell_type == "code":
            if cell.execution_count is not None or cell.outputs:
                at = heading
            if any(output.output_type == "error" for output in cell.outputs):
                return heading
    return at


def _what_stays(job: Job, kept: Path) -> str:
    from impactkit.reports.record import read_record

    where = os.path.relpath(kept) if kept.is_file() else ""
    notebook = say("failed.notebook", path=where) if where else ""
    try:
        last = read_record(Path(job.to) / job.territory)
    except ReportFailed as damaged:
        return f"{damaged} {notebook}".strip()
    stays = say("failed.kept", date=date(last.first_built)) if last else say("failed.none")
    return f"{stays} {notebook}".strip()
