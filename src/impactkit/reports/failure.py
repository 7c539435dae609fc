"""How one report went; and, when it failed, what stopped it, where, what to do, and what stays."""

import json
import os
import re
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from impactkit.data.dates import iso_day
from impactkit.errors import ImpactkitError, ReportFailed
from impactkit.reports.files import write_json
from impactkit.reports.record import read_record
from impactkit.reports.strays import is_file, own_folder
from impactkit.wording.language import Language

FAILED = ".failed"
_NEXT = "\n  À faire : "
_LONGEST = 400


class Stopped(Exception):
    """The notebook stopped in the section that it names; its cause is what ended it."""


@dataclass(frozen=True)
class Outcome:
    """How one report went. It was built when `what` is empty.

    Else `what` stopped it (`kind`: the name of the error) in `section`; what to do is `next`, the report of
    the day `kept` (ISO, or "") is still there, the broken notebook is `notebook`. `notes`: what to know of a
    report that was built.
    """

    territory: str
    section: str = ""
    kind: str = ""
    what: str = ""
    next: str = ""
    kept: str = ""
    notebook: str = ""
    notes: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def built(self) -> bool:
        """Whether the report stands."""
        return not self.what

    def sentence(self, language: Language) -> str:
        """The failure in four lines; "" when there is none."""
        if self.built:
            return ""
        stays = (
            language.say("failed.kept", date=language.date(self.kept))
            if self.kept
            else language.say("failed.none")
        )
        notebook = language.say("failed.notebook", path=_near(self.notebook)) if self.notebook else ""
        lines = [
            stopped(language, self),
            f"{self.kind} : {self.what}",
            language.say("failed.next", next=self.next),
        ]
        return "\n  ".join([*lines, f"{stays} {notebook}".strip()])


def stopped(language: Language, outcome: Outcome) -> str:
    """Where it stopped, in one sentence."""
    key = "failed.section" if outcome.section else "failed.start"
    return language.say(key, territory=outcome.territory, section=outcome.section)


def refused(language: Language, territory: str, to: Path, what: str, next: str) -> Outcome:
    """The outcome of a territory whose tables cannot be used."""
    return filed(language, Outcome(territory, kind="RefusedData", what=what, next=next), to)


def keep_aside(
    language: Language,
    territory: str,
    to: Path,
    aside: Path,
    cause: BaseException,
    seconds: float,
    *,
    hide: str,
) -> Outcome:
    """The outcome of a build that `cause` stopped; the broken notebook and the trace go to `to/.failed`."""
    section, cause = (cause.args[0], cause.__cause__) if isinstance(cause, Stopped) else ("", cause)
    kind, what, where, next = _words(language, cause)
    folder = own_folder(language, to / FAILED)
    notebook = ""
    if (aside / "report.ipynb").is_file():
        notebook = str(folder / f"{territory}.ipynb")
        os.replace(aside / "report.ipynb", notebook)
    if (aside / "trace.txt").is_file():
        os.replace(aside / "trace.txt", folder / f"{territory}.txt")
    what = what.replace(hide + os.sep, "")
    next = next or language.say("failed.next.notebook" if notebook else "failed.next.trace")
    told = {"section": section or where, "kind": kind, "what": what, "next": next, "notebook": notebook}
    return filed(language, Outcome(territory, **told, seconds=round(seconds, 2)), to)


def read_failures(language: Language, to: Path) -> dict[str, Outcome]:
    """The failures that no later build has mended, by territory; of one that cannot be read, that it is
    one.
    """
    files = sorted((to / FAILED).glob("*.json"))
    return {file.stem: _read(language, file) for file in files}


def _read(language: Language, file: Path) -> Outcome:
    unread = Outcome(file.stem, kind="ReportFailed", what=language.say("failed.unread"))
    if not is_file(file):
        return unread
    try:
        outcome = Outcome(**json.loads(file.read_text("utf-8")))
        if outcome.kept:
            iso_day(outcome.kept)
    except (OSError, ValueError, TypeError, RecursionError):
        return unread
    texts = [value for name, value in asdict(outcome).items() if name not in ("notes", "seconds")]
    return outcome if all(isinstance(text, str) for text in texts) else unread


def standing(language: Language, outcome: Outcome, to: Path) -> Outcome:
    """The outcome, with the day of the report that stays."""
    try:
        record = read_record(language, to / outcome.territory)
    except ReportFailed:
        record = None
    return replace(outcome, kept=record.first_built if record else "")


def filed(language: Language, outcome: Outcome, to: Path) -> Outcome:
    """The outcome, with the day of the report that stays, as it is kept in `to/.failed`."""
    outcome = standing(language, outcome, to)
    write_json(own_folder(language, to / FAILED) / f"{outcome.territory}.json", asdict(outcome))
    return outcome


def _words(language: Language, cause: Any) -> tuple[str, str, str, str]:
    """Kind, what, where and next of what was raised here, or in a cell (papermill has its name and text)."""
    if isinstance(cause, ImpactkitError):
        return type(cause).__name__, cause.what, cause.where, cause.next
    name, text = getattr(cause, "ename", type(cause).__name__), str(getattr(cause, "evalue", cause))
    if name in ("CellTimeoutError", "TimedOut"):
        return name, language.say("failed.timeout"), "", ""
    if name in ("DeadKernelError", "BrokenProcessPool", "Died"):
        return name, language.say("failed.dead"), "", language.say("failed.dead.next")
    text, _, next = text.partition(_NEXT)
    # A file's whole path tells of a machine; its name is enough to find it.
    text = re.sub(r"(?<![\w.])/(?:[\w.-]+/)+", "", " ".join(text.split()))
    return name, (text[:_LONGEST] + "…" if len(text) > _LONGEST else text) or name, "", next.strip()


def _near(path: str) -> str:
    near = os.path.relpath(path)
    return path if near.startswith("..") else near
