"""`run`: one report per territory, in processes, for those that something changed; one failure stops
nothing, nothing is left half-written.
"""

import contextlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, TextIO

from impactkit.data import dates
from impactkit.data.check import check
from impactkit.data.evaluation import Evaluation, load
from impactkit.data.folders import find
from impactkit.data.journal import reading
from impactkit.data.notebook_parameters import checked, territory_notebook, whole_notebook
from impactkit.errors import Problem, Problems, RefusedData, Rich
from impactkit.reports.editions import forget
from impactkit.reports.execute import Job, Limits, recover
from impactkit.reports.failure import Outcome, filed, read_failures, refused
from impactkit.reports.files import add_line, alone, now
from impactkit.reports.fresh import inputs_of, published_inputs, why_stale
from impactkit.reports.interruption import held_back
from impactkit.reports.record import CODE, versions
from impactkit.reports.strays import cleared, is_folder, strays
from impactkit.reports.workers import outcomes_of, prepared
from impactkit.wording.language import FRENCH, Language

PROGRAMME = "programme"
CONTENTS, HISTORY, ENGINES = "index.html", "history.jsonl", ("fork", "plain")
Log = Callable[[Mapping[str, Any]], None]


@dataclass(frozen=True)
class RunSummary(Rich):
    """What a run did: the folder of the reports, and an outcome per report it tried, in the evaluation's
    order.

    `noted` are the problems of territories that were not asked for; `why`: for each territory asked for,
    what had changed since its last report, in words (nothing: it was left as it was).
    """

    language: Language
    folder: Path
    outcomes: tuple[Outcome, ...]
    noted: Problems = Problems()
    why: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def kept(self) -> tuple[str, ...]:
        """Territories for which nothing had changed."""
        tried = {one.territory for one in self.outcomes}
        return tuple(code for code, words in self.why.items() if not words and code not in tried)

    @property
    def built(self) -> tuple[str, ...]:
        """Territories whose report was built."""
        return tuple(one.territory for one in self.outcomes if one.built)

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """Territories whose report could not be built, each with its sentence."""
        return tuple(one for one in self.outcomes if not one.built)

    def __repr__(self) -> str:
        counts = f"{len(self.built)} built, {len(self.failed)} failed, {len(self.kept)} unchanged"
        return f"RunSummary({self.folder.name}: {counts})"

    def _told(self) -> tuple[tuple[str, str], ...]:
        failed = "\n".join(one.sentence(self.language) for one in self.failed)
        told = {"built": ", ".join(self.built), "kept": ", ".join(self.kept), "failed": failed}
        return self.language.cells(**told, noted=str(self.noted), contents=f"{self.folder.name}/{CONTENTS}")


class History:
    """Tells `log` of each event of a run, and writes the run's own line when it ends."""

    def __init__(self, language: Language, target: Path, log: Log | None) -> None:
        self.language = language
        self._path, self._log = target / HISTORY, log
        self._start, self._at, self._asked = time.monotonic(), now(), 0

    def started(self, evaluation: str, why: Mapping[str, Sequence[str]]) -> None:
        """The run begins: what it builds, and why."""
        self._asked = len(why)
        reports = {code: list(words) for code, words in why.items()}
        self._tell("started", evaluation=evaluation, reports=reports)

    def report(self, outcome: Outcome) -> None:
        """A report was built, or was not."""
        self._tell("report", built=outcome.built, **asdict(outcome))

    def ended(self, built: Sequence[str], failed: Sequence[str]) -> None:
        """The run ends, however it does: its line is added to the history."""
        seconds = round(time.monotonic() - self._start, 1)
        told = {"asked": self._asked, "built": list(built), "failed": list(failed), "seconds": seconds}
        self._tell("ended", **told)
        add_line(
            self.language, self._path, {"started": self._at, **told, "impactkit": versions()["impactkit"]}
        )

    def _tell(self, event: str, **told: Any) -> None:
        if self._log:
            self._log({"event": event, "time": now(), **told})


def run(
    folder: str | Path,
    *,
    only: Sequence[str] | None = None,
    limit: int | None = None,
    jobs: int = 2,
    to: str | Path = "reports",
    force: bool = False,
    dry_run: bool = False,
    engine: str = "fork",
    dask: str = "",
    progress: TextIO | None = None,
    log: Log | None = None,
) -> RunSummary:
    """Build the reports of an evaluation into `to`/<evaluation>/<territory>, and the contents page: those
    that something changed for, or all (`force`).

    `only`: these territories (`programme`: the report of them all); `limit`: the first ones; `jobs`: how
    many at a time; `dry_run`: build nothing, say what would be and why; `engine`: fork, or plain (papermill
    alone); `dask`: the address of a scheduler whose workers share this disk; `progress`: where to show it;
    `log`: hears of every event. Raises UnknownName for a territory or a parameter that does not exist,
    RefusedData when the evaluation itself cannot be used or another run is writing there. Problems in one
    territory's rows stop that territory alone.

    >>> ik.run("data/demo", only=["val-d-aubrelle"], to="no-folder", dry_run=True).why
    {'val-d-aubrelle': ('jamais construit',)}
    """
    if engine not in ENGINES:
        raise FRENCH.unknown("noun.engine", engine, ENGINES)
    # A day that is none is said once, and before anything is built.
    dates.today(FRENCH)
    ev = load(folder)
    language = ev.language
    known = {place.code: place.name for place in ev.territories}
    if _whole(ev) is not None:
        known.setdefault(PROGRAMME, language.say("contents.programme"))
    for code in () if only is None else (only or [""]):
        if code not in known:
            raise language.unknown("noun.territory", code, known, where=ev.name)
    wanted = set(known if only is None else only)
    chosen = [code for code in known if code in wanted][:limit]
    target = Path(to).resolve() / ev.name
    every = {job.territory: replace(job, engine=engine) for job in _jobs(ev, folder, list(known), target)}
    failures, today = read_failures(language, target), versions()
    why = {
        code: why_stale(language, target / code, every[code].own, failures.get(code), today)
        or ((language.say("stale.forced"),) if force else ())
        for code in chosen
    }
    changed = [code for code in chosen if why[code]]
    lost = _lost(ev, target, {code: every[code].own for code in changed})
    stale = []
    if not dry_run:
        stale = [every[code] for code in changed if code not in lost]
    with contextlib.ExitStack() as processes:
        # No import changes the tables while reports are made of them.
        processes.enter_context(reading(language, ev.folder))
        # What reports share is prepared while the tables are checked.
        living = processes.enter_context(prepared(stale, jobs, dask))
        # What was built from these very tables was checked with them.
        settled = not any(why.values()) and (target / CONTENTS).is_file()
        noted = Problems() if settled else check(folder)
        # A code names folders and files: one that is not well formed is everyone's problem.
        well_named = {code for code in known if CODE.fullmatch(code)}
        everyone = Problems(one for one in noted if one.territory not in well_named)
        if everyone:
            raise language.error(
                RefusedData, "refused", where=ev.name, count=len(everyone), problems=f"\n{everyone}"
            )
        asked = set(chosen)
        others = Problems(one for one in noted if one.territory not in asked)
        of_place: dict[str, list[Problem]] = {}
        for problem in noted:
            of_place.setdefault(problem.territory, []).append(problem)
        if dry_run:
            return RunSummary(language, target, tuple(lost.values()), others, why)
        target.mkdir(parents=True, exist_ok=True)
        told = History(language, target, log)
        with held_back(), alone(language, target):
            aside = recover(language, target, secret=bool(ev.secrecy))
            others = Problems(others, notes=(*aside, *_strays(language, target, list(known))))
            if ev.secrecy:
                forget(target)
            done = {code: filed(language, stop, target) for code, stop in lost.items()}
            for code in chosen:
                if wrong := of_place.get(code):
                    # Without what the cells hold: it may be the name of who refused to be named.
                    problems = [str(replace(problem, value="")) for problem in wrong[:3]]
                    words = language.say("refused.rows", n=len(wrong), problems=" ".join(problems))
                    done[code] = refused(
                        language, code, target, words, language.say("refused.rows.next", folder=folder)
                    )
            todo = [every[code] for code in chosen if why[code] and code not in done]
            published = published_inputs(ev, target)
            todo = [replace(job, inputs=published(job.own)) for job in todo]
            if not todo and not done and (target / CONTENTS).is_file():
                return RunSummary(language, target, (), others, why)
            # The page's libraries are imported while the processes above prepare themselves.
            from impactkit.reports.contents import write_changes, write_contents

            told.started(ev.name, {job.territory: why[job.territory] for job in todo})
            try:
                with contextlib.closing(
                    outcomes_of(language, todo, jobs, known, living, progress, dask)
                ) as coming:
                    for outcome in coming:
                        done[outcome.territory] = outcome
                        told.report(outcome)
            finally:
                # Interrupted too: once nothing moves, what was half moved is put back, and pages tell.
                processes.close()
                recover(language, target, secret=bool(ev.secrecy))
                write_contents(ev, target, {code: job.own for code, job in every.items()})
                write_changes(ev, target)
                told.ended(
                    [code for code in done if done[code].built], [c for c in done if not done[c].built]
                )
    return RunSummary(language, target, tuple(done[code] for code in chosen if code in done), others, why)


def _strays(language: Language, target: Path, codes: Sequence[str]) -> list[str]:
    """What lies among the reports and is none of theirs, set aside where it bears a name of ours."""
    words = [*cleared(language, target, codes, (CONTENTS, "changes.html", HISTORY))]
    for code in codes:
        if is_folder(target / code):
            words += strays(language, target / code)
    return words


def _lost(ev: Evaluation, target: Path, inputs: Mapping[str, Mapping[str, str]]) -> dict[str, Outcome]:
    """The reports that would lose figures whose files are nowhere now, each with what stops it."""
    if not inputs:
        return {}
    from impactkit.reports.unreachable import unreachable

    stops = {}
    for code, read in inputs.items():
        stop = unreachable(ev, code, target / code, read)
        if stop is not None:
            stops[code] = stop
    return stops


def _jobs(ev: Evaluation, folder: str | Path, chosen: Sequence[str], target: Path) -> list[Job]:
    base, typed = _from(folder)
    inputs, places = inputs_of(ev), {place.code for place in ev.territories}
    shared = {"title": ev.title, "fictional": ev.fictional, "base": str(base), "to": str(target)}
    shared["secret"] = bool(ev.secrecy)
    found = []
    for code in chosen:
        own = code in places
        notebook = territory_notebook(ev.folder, ev.report) if own else _whole(ev)
        assert notebook is not None
        given = {**ev.report.get("parameters", {}), "territory": code} if own else {}
        read = inputs(code, notebook)
        told = {
            "parameters": checked(ev.language, notebook, {"folder": typed, **given}),
            "own": read,
        }
        job = Job(
            _spoken(ev, code),
            ev.name,
            territory=code,
            notebook=str(notebook),
            limits=_limits(ev),
            **shared,
            **told,
        )
        found.append(job)
    return found


def _spoken(ev: Evaluation, code: str) -> Language:
    """The language of a report: that of its territory, which may be a candidate; of the evaluation for the
    report of them all.
    """
    return next((place.language for place in ev.territories if place.code == code), ev.language)


def _limits(ev: Evaluation) -> Limits:
    told = ev.report.get("limits", {})
    units = {"cell": 1.0, "whole": 1.0, "memory": 1 << 20}
    return Limits(**{name: told[name] * units[name] for name in told})


def _whole(ev: Evaluation) -> Path | None:
    return whole_notebook(ev.folder, ev.report, len(ev.territories))


def _from(folder: str | Path) -> tuple[Path, str]:
    """The folder from which paths resolve, and the evaluation's path as the notebook is given it: what was
    typed, but for a whole path, which would tell of this machine.
    """
    typed, base = Path(folder), find(folder)
    if typed.is_absolute():
        return base.parent, base.name
    return [base, *base.parents][len(typed.parts)].resolve(), str(folder)
