"""One territory's report: executed aside by papermill, rendered, checked, recorded, then moved into place.

Until the last move nothing that was there is touched; if any step fails the last good report stays.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from impactkit.errors import ReportFailed
from impactkit.reports.failure import FAILED, Outcome, Stopped, keep_aside
from impactkit.reports.record import RunRecord, day_of, outputs_of, read_record, versions, write_record
from impactkit.wording.catalogue import error

BUILDING, PREVIOUS = ".building", ".previous"
CELL_SECONDS, START_SECONDS = 300, 120


@dataclass(frozen=True)
class Job:
    """What is needed to build one report; plain values only, so that any executor can carry it.

    `base` is the folder from which the notebook's paths resolve, `to` that of the evaluation's reports.
    """

    evaluation: str
    title: str
    fictional: bool
    territory: str
    notebook: str
    parameters: Mapping[str, Any]
    base: str
    to: str
    inputs: Mapping[str, str] = field(default_factory=dict)


def run_one(job: Job) -> Outcome:
    """Build one report. Never raises for what goes wrong inside it: the outcome says so."""
    started = time.monotonic()
    to = Path(job.to)
    aside = to / BUILDING / f"{job.territory}-{os.getpid()}"
    shutil.rmtree(aside, ignore_errors=True)
    (aside / "report").mkdir(parents=True)
    try:
        notes = _build(job, aside)
        _replace(aside / "report", to / job.territory)
        for old in (to / FAILED).glob(f"{job.territory}.*"):
            old.unlink()
        return Outcome(job.territory, notes=notes, seconds=round(time.monotonic() - started, 2))
    except Exception as cause:  # One failed territory stops no other; what happened is in the outcome.
        (aside / "report" / "trace.txt").write_text(traceback.format_exc(), "utf-8")
        return keep_aside(
            job.territory, to, aside / "report", cause, time.monotonic() - started, hide=job.base
        )
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _build(job: Job, aside: Path) -> tuple[str, ...]:
    from impactkit.reports.html import render_html
    from impactkit.reports.page import content_digest, meta_of, read_page, today
    from impactkit.reports.page_rules import problems
    from impactkit.reports.pdf import render_pdf
    from impactkit.reports.words import gated, ground_here

    report = aside / "report"
    folder = Path(job.base) / str(job.parameters.get("folder", job.evaluation))
    written = folder / "prose" / f"{job.territory}.md"
    page = read_page(_executed(job, aside), written.read_text("utf-8") if written.is_file() else "")
    page, notes = gated(page, ground_here(folder, job.territory, report, day=today()))
    content = content_digest(page)
    try:
        previous = read_record(Path(job.to) / job.territory)
    except ReportFailed as damaged:
        previous, notes = None, (*notes, str(damaged))
    day = day_of(content, previous)
    meta = meta_of(page, evaluation=job.title, fictional=job.fictional, day=day)
    html = render_html(page, meta)
    broken = problems(html)
    if broken:
        raise error(ReportFailed, "page-rules", problems=" ".join(broken))
    (report / "report.html").write_text(html, "utf-8")
    (report / "report.pdf").write_bytes(render_pdf(page, meta))
    _no_machine_path(report, job)
    write_record(
        RunRecord(
            evaluation=job.evaluation,
            territory=job.territory,
            first_built=day.isoformat(),
            content=content,
            inputs=dict(job.inputs),
            outputs=outputs_of(report),
            versions=versions(),
        ),
        report,
    )
    return notes


def _executed(job: Job, aside: Path) -> Any:
    """The notebook, run through papermill; it stays in `aside/report` without the traces of this machine."""
    import nbformat
    import papermill

    from impactkit.reports.kernel import manager

    output = aside / "report" / "report.ipynb"
    section = ""

    def entered(cell: Any, cell_index: int) -> None:
        nonlocal section
        if cell.cell_type == "markdown":
            headings = [line for line in cell.source.splitlines() if line.startswith("## ")]
            section = headings[-1].removeprefix("## ").strip() if headings else section

    try:
        with _environment(job, aside):
            # The folder aside is the working folder: what a cell writes there is no part of the report.
            papermill.execute_notebook(
                job.notebook,
                str(output),
                parameters=dict(job.parameters),
                kernel_name="python3",
                language="python",
                progress_bar=False,
                cwd=str(aside),
                start_timeout=START_SECONDS,
                execution_timeout=CELL_SECONDS,
                kernel_manager_class=manager(aside),
                on_cell_start=entered,
            )
    except Exception as cause:
        raise Stopped(section) from cause
    nb = nbformat.read(output, as_version=4)
    for part in (nb, *nb.cells):
        part.metadata.pop("papermill", None)
        part.metadata.pop("execution", None)
        if "injected-parameters" in part.metadata.get("tags", ()):
            part["id"] = "injected-parameters"
    nbformat.write(nb, output)
    return nb


@contextlib.contextmanager
def _environment(job: Job, aside: Path) -> Iterator[None]:
    """What the kernel inherits: where paths resolve, where twins go, nothing of the user's own settings."""
    mine = {
        "IMPACTKIT_BASE": job.base,
        "IMPACTKIT_TWINS": str(aside / "report"),
        "IPYTHONDIR": str(aside / "ipython"),
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",
    }
    before = {name: os.environ.get(name) for name in mine}
    os.environ.update(mine)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _no_machine_path(report: Path, job: Job) -> None:
    for name in ("report.ipynb", "report.html"):
        text = (report / name).read_text("utf-8")
        for path in (job.to, str(Path(job.notebook).parent)):
            if path in text:
                raise error(ReportFailed, "machine-path", where=name, path=path)


def _replace(finished: Path, final: Path) -> None:
    """Put a finished folder in place of the last one: at any instant the final one is absent or complete."""
    previous = final.parent / PREVIOUS / final.name
    shutil.rmtree(previous, ignore_errors=True)
    previous.parent.mkdir(exist_ok=True)
    if final.exists():
        os.rename(final, previous)
    os.rename(finished, final)
    shutil.rmtree(previous, ignore_errors=True)


def recover(to: Path) -> None:
    """After a run that was cut: put back the report that was being replaced, clear what was being built."""
    for previous in sorted((to / PREVIOUS).glob("*")):
        final = to / previous.name
        if final.exists():
            shutil.rmtree(previous)
        else:
            os.rename(previous, final)
    for own in (PREVIOUS, BUILDING):
        shutil.rmtree(to / own, ignore_errors=True)
