"""One territory's report: executed aside by papermill, rendered, checked, recorded, then moved into place.

Until the last move nothing that was there is touched; if any step fails the last good report stays.
"""

import contextlib
import os
import shutil
import signal
import threading
import time
import traceback
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from impactkit.data import light
from impactkit.data.journal import synced
from impactkit.errors import RefusedData, ReportFailed
from impactkit.reports.child import Died, Tell, TimedOut, in_child, is_child, unable
from impactkit.reports.editions import FOLDER as EDITIONS
from impactkit.reports.editions import MOVES, keep, moves, numbered, read_moves, unquoted, write_moves
from impactkit.reports.failure import FAILED, Outcome, Stopped, keep_aside
from impactkit.reports.fresh import OWN, keep_own, own_of
from impactkit.reports.kernel import INLINE, MEMORY, manager
from impactkit.reports.keys import SECRETS
from impactkit.reports.ledger import BUILT, add, broken_set_aside, hashes, note, read_ledger
from impactkit.reports.ledger import FOLDER as SIGNATURES
from impactkit.reports.record import RunRecord, day_of, read_record, record_of, versions, write_provenance
from impactkit.reports.strays import cleared, files_of, is_folder, remove, set_aside
from impactkit.wording.language import Language

BUILDING, PREVIOUS = ".building", ".previous"
# In the folder of a report being built: the section that it is in.
AT = "section"
# What four pages hold.
MOST_WORDS = 1500
START_SECONDS = 120
# Whatever the machine, before numpy and matplotlib are imported.
SETTLED = {"OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "0", "MPLBACKEND": INLINE}


@dataclass(frozen=True)
class Limits:
    """What one report may take: seconds for a cell and in all, bytes of memory."""

    cell: float = 300
    whole: float = 1800
    memory: int = 4 << 30


@dataclass(frozen=True)
class Job:
    """What is needed to build one report; plain values only, so that any executor can carry it.

    `base` is the folder from which the notebook's paths resolve, `to` that of the evaluation's reports.
    """

    language: Language
    evaluation: str
    title: str
    fictional: bool
    territory: str
    notebook: str
    parameters: Mapping[str, Any]
    base: str
    to: str
    inputs: Mapping[str, str] = field(default_factory=dict)
    # Digests of its own rows, which are not published; whether some figures are withheld.
    own: Mapping[str, str] = field(default_factory=dict)
    secret: bool = False
    engine: str = "fork"
    limits: Limits = Limits()


def run_one(job: Job) -> Outcome:
    """Build one report. Never raises for what goes wrong inside it: the outcome says so."""
    aside = Path(job.to) / BUILDING / f"{job.territory}-{os.getpid()}"
    shutil.rmtree(aside, ignore_errors=True)
    (aside / "report").mkdir(parents=True)
    limits, started = job.limits, time.monotonic()
    try:
        why = unable() if job.engine == "fork" else ""
        if job.engine == "fork" and not why:
            caps = {"quiet": limits.cell, "whole": limits.whole, "memory": limits.memory}
            found: Outcome = in_child(partial(_finished, job, aside), log=str(aside / "child.log"), **caps)
            return found
        with _alarm(limits.whole):
            found = _finished(job, aside, lambda words: None)
        told = (job.language.say("engine.plain", why=why),) if why else ()
        return replace(found, notes=(*told, *found.notes))
    except Died as cause:
        return lost(job, aside, cause, time.monotonic() - started)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def lost(job: Job, aside: Path, cause: BaseException, seconds: float = 0.0) -> Outcome:
    """The outcome of a build whose process ended before it could tell."""
    _put_back(job.language, Path(job.to), job.territory, secret=job.secret)
    at = aside / AT
    stopped = Stopped(at.read_text("utf-8") if at.is_file() else "")
    stopped.__cause__ = cause
    return keep_aside(
        job.language, job.territory, Path(job.to), aside / "report", stopped, seconds, hide=job.base
    )


def _finished(job: Job, aside: Path, tell: Tell) -> Outcome:
    """Build, and put in place; or keep what stopped it."""
    language = job.language
    started, to = time.monotonic(), Path(job.to)
    try:
        notes = (*broken_set_aside(language, to, job.territory), *_build(job, aside, tell))
        built = note(BUILT, record_of(language, aside / "report"), hashes(aside / "report"))
        _replace(language, aside / "report", to / job.territory, secret=job.secret)
        add(language, to, job.territory, built)
        keep_own(language, to / job.territory, job.own)
        for old in (to / FAILED).glob(f"{job.territory}.*"):
            remove(old)
        return Outcome(job.territory, notes=notes, seconds=round(time.monotonic() - started, 2))
    except Exception as cause:  # One failed territory stops no other; what happened is in the outcome.
        (aside / "report" / "trace.txt").write_text(traceback.format_exc(), "utf-8")
        seconds = time.monotonic() - started
        return keep_aside(language, job.territory, to, aside / "report", cause, seconds, hide=job.base)


@contextlib.contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Raise TimedOut after so many seconds: where nothing watches from outside."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(*_: Any) -> None:
        raise TimedOut

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _build(job: Job, aside: Path, tell: Tell) -> tuple[str, ...]:
    language = job.language
    from impactkit.reports.page import content_digest, read_page, today
    from impactkit.reports.rendered import Kept, render
    from impactkit.reports.words import gated, ground_here

    report, final = aside / "report", Path(job.to) / job.territory
    folder = Path(job.base) / str(job.parameters.get("folder", job.evaluation))
    written = folder / "prose" / f"{job.territory}.md"
    page = read_page(
        language, _executed(job, aside, tell), written.read_text("utf-8") if written.is_file() else ""
    )
    tell("")
    page, notes = gated(language, page, ground_here(folder, job.territory, report, day=today(language)))
    content = content_digest(page)
    try:
        previous = read_record(language, final)
    except ReportFailed as damaged:
        previous, notes = None, (*notes, str(damaged))
    ledger = read_ledger(language, Path(job.to), job.territory)
    edition, same = numbered(previous, ledger, content)
    if page.words > MOST_WORDS:
        notes = (
            *notes,
            language.say("rule.long", count=language.number(page.words), most=language.number(MOST_WORDS)),
        )
    if previous is not None:
        notes = (*notes, *_no_longer_said(language, final, report))
    if previous is not None and not same:
        moved = moves(language, final, report, own_of(final) or previous.inputs, job.own)
        write_moves(unquoted(moved) if job.secret else moved, report)
    elif previous is not None and (final / MOVES).is_file():
        moved = read_moves(language, final)
        write_moves(unquoted(moved) if job.secret else moved, report)
    write_provenance(language, job.inputs, report)
    first = day_of(language, content, previous).isoformat()
    record = RunRecord(job.evaluation, job.territory, first, content, job.inputs, {}, versions())
    # A signature that no journal knows is nobody's.
    signatures = tuple(
        signature
        for signature in (previous.signatures if previous is not None and same else ())
        if ledger.attests(edition, signature)
    )
    record = replace(record, edition=edition, signatures=signatures)
    render(language, Kept(page, job.title, job.fictional), record, report)
    for name in ("report.ipynb", "report.html"):
        text = (report / name).read_text("utf-8")
        for path in (job.to, str(Path(job.notebook).parent)):
            if path in text:
                raise language.error(ReportFailed, "machine-path", where=name, path=path)
    return notes


def _no_longer_said(language: Language, final: Path, report: Path) -> tuple[str, ...]:
    """What to know when a source that is read no longer gives figures that the last edition had."""
    from impactkit.reports.unreachable import lost_rows, sources_of, stated_in

    try:
        lost = lost_rows(language, final, stated_in(language, report))
    except (RefusedData, KeyError):
        # A damaged table is built anew; what it said, nobody can tell.
        return ()
    if not lost:
        return ()
    words = language.say(
        "unreachable.changed",
        n=len(lost),
        territory=final.name,
        count=language.number(len(lost)),
        sources=sources_of(lost),
    )
    return (words,)


def _executed(job: Job, aside: Path, tell: Tell) -> Any:
    """The notebook, run through papermill; it stays in `aside/report` without the traces of this machine."""
    light.jsonschema()
    import nbformat
    import papermill

    output = aside / "report" / "report.ipynb"
    section = ""

    def entered(cell: Any, cell_index: int) -> None:
        nonlocal section
        if cell.cell_type == "markdown":
            headings = [line for line in cell.source.splitlines() if line.startswith("## ")]
            section = headings[-1].removeprefix("## ").strip() if headings else section
        (aside / AT).write_text(section, "utf-8")
        tell(section)

    # Where paths resolve, where twins go, nothing of the user's own settings.
    told = {"IMPACTKIT_BASE": job.base, "IMPACTKIT_TWINS": str(aside / "report"), **SETTLED}
    told |= {"IPYTHONDIR": str(aside / "ipython"), MEMORY: str(job.limits.memory)}
    how: dict[str, Any] = {"kernel_name": "python3", "language": "python", "progress_bar": False}
    how |= {"execution_timeout": job.limits.cell, "start_timeout": START_SECONDS, "on_cell_start": entered}
    # The cells in this very process, a forked child, or in a kernel of their own.
    how |= {"engine_name": "fork"} if is_child() else {"kernel_manager_class": manager(aside)}
    try:
        with environment(told, hidden=SECRETS):
            # The folder aside is the working folder: what a cell writes there is no part of the report.
            nb = papermill.execute_notebook(
                job.notebook, str(output), dict(job.parameters), cwd=str(aside), **how
            )
    except Exception as cause:
        raise Stopped(section) from cause
    for part in (nb, *nb.cells):
        for trace in ("papermill", "execution"):
            part.metadata.pop(trace, None)
        if "injected-parameters" in part.metadata.get("tags", ()):
            part["id"] = "injected-parameters"
    nbformat.write(nb, output)
    return nb


@contextlib.contextmanager
def environment(mine: Mapping[str, str], *, hidden: Collection[str] = ()) -> Iterator[None]:
    """These environment variables, without the `hidden` ones; those that were there before, once it is
    left.
    """
    names = (*mine, *hidden)
    before = {name: os.environ[name] for name in names if name in os.environ}
    for name in hidden:
        os.environ.pop(name, None)
    os.environ.update(mine)
    try:
        yield
    finally:
        for name in names:
            os.environ.pop(name, None)
        os.environ.update(before)


def _replace(language: Language, finished: Path, final: Path, *, secret: bool = False) -> None:
    """Put a finished folder in place of the last one: at any instant the final one is absent or complete."""
    previous = final.parent / PREVIOUS / final.name
    previous.parent.mkdir(exist_ok=True)
    remove(previous)
    for file in [*files_of(finished), finished]:
        synced(file)
    if is_folder(final):
        os.rename(final, previous)
    elif os.path.lexists(final):
        set_aside(language, final)
    os.rename(finished, final)
    if previous.exists():
        _put_away(language, previous, final, secret=secret)


def _put_away(language: Language, previous: Path, final: Path, *, secret: bool) -> None:
    """The report that was replaced: kept when it was another edition."""
    try:
        keep(language, previous, final.parent, final.name, read_record(language, final), secret=secret)
    except ReportFailed:
        # One of the two cannot be read: there is nothing to tell them apart by.
        shutil.rmtree(previous, ignore_errors=True)


def _put_back(language: Language, to: Path, territory: str, *, secret: bool) -> None:
    """Put back the report that was being replaced, where nothing stands in its place yet."""
    previous, final = to / PREVIOUS / territory, to / territory
    if not is_folder(previous):
        return
    if final.exists():
        _put_away(language, previous, final, secret=secret)
    else:
        os.rename(previous, final)


def recover(language: Language, to: Path, *, secret: bool = False) -> tuple[str, ...]:
    """After a run that was cut: put back the report that was being replaced, clear what was being built.
    What stands under the name of a folder of ours without being one is set aside, and said.
    """
    words = cleared(language, to, (BUILDING, PREVIOUS, FAILED, OWN, SIGNATURES, EDITIONS), ())
    for previous in sorted((to / PREVIOUS).glob("*")):
        _put_back(language, to, previous.name, secret=secret)
    for own in (PREVIOUS, BUILDING):
        shutil.rmtree(to / own, ignore_errors=True)
    return words
