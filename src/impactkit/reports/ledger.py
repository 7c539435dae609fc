"""The journal of each report, beside their folders and never in them: every build and signature, the hashes
of every file, each line with the hash of the one before. What is published is compared with it.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from impactkit.errors import ReportFailed
from impactkit.reports.files import now, sha256, write_whole
from impactkit.reports.record import CODE, RunRecord, Signature
from impactkit.reports.strays import files_of, is_file, is_folder, own_folder, set_aside
from impactkit.wording.catalogue import error, say
from impactkit.wording.plain_lines import plain_json

FOLDER = ".signatures"
BUILT, SIGNED, NUMBERED, PUBLISHED, RETRACTED = "built", "signed", "numbered", "published", "retracted"
# From a kept edition (editions/code/number) in a release to the folder of the releases.
HIGHEST = 4


@dataclass(frozen=True)
class Line:
    """One line: what happened to which edition, whose content (SHA-256) that is, its files (SHA-256 by
    name); by whom, as what (relu, validé), on which day (ISO), why. `before`: the hash of the line before.
    """

    event: str
    edition: int
    content: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    by: str = ""
    state: str = ""
    on: str = ""
    why: str = ""
    time: str = ""
    before: str = ""

    @property
    def hash(self) -> str:
        """The hash of the line, that of the one before included."""
        text = json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def attests(self, signature: Signature) -> bool:
        """Whether this line is that of a signature."""
        told = Signature(self.by, self.state, self.on, self.content)
        return self.event == SIGNED and told == signature


@dataclass(frozen=True)
class Ledger:
    """The lines of a journal, up to the first that breaks the chain (`broken`: its number, or 0)."""

    lines: tuple[Line, ...] = ()
    broken: int = 0

    @property
    def last(self) -> Line | None:
        """The last line."""
        return self.lines[-1] if self.lines else None

    @property
    def standing(self) -> Line | None:
        """The last line that tells of an edition's files: of the one that stands."""
        lines = [line for line in self.lines if line.event != RETRACTED]
        return lines[-1] if lines else None

    @property
    def highest(self) -> int:
        """The greatest number that an edition has had; 0 when there was none."""
        return max((line.edition for line in self.lines), default=0)

    def of(self, edition: int) -> Line | None:
        """The last line of an edition."""
        lines = [line for line in self.lines if line.edition == edition]
        return lines[-1] if lines else None

    def retracted(self, edition: int) -> Line | None:
        """The line that retracted an edition."""
        lines = [line for line in self.lines if (line.event, line.edition) == (RETRACTED, edition)]
        return lines[-1] if lines else None

    def attests(self, edition: int, signature: Signature) -> bool:
        """Whether a signature of an edition stands in the journal."""
        return any(line.edition == edition and line.attests(signature) for line in self.lines)


def path_of(place: Path, code: str) -> Path:
    """The journal of the report `code` of a folder of reports."""
    if not CODE.fullmatch(code):
        raise error(ReportFailed, "record", where=code)
    return place / FOLDER / f"{code}.jsonl"


def read_ledger(place: Path, code: str) -> Ledger:
    """The journal of a report; without a line where there is none."""
    path = path_of(place, code)
    if not is_folder(place / FOLDER):
        return Ledger()
    if not is_file(path):
        return Ledger(broken=int(path.is_symlink() or path.exists()))
    lines: list[Line] = []
    text = path.read_bytes()
    for number, row in enumerate(text.splitlines(keepends=True), start=1):
        line = _line(row)
        before = lines[-1].hash if lines else ""
        if line is None or line.before != before or not row.endswith(b"\n"):
            return Ledger(tuple(lines), number)
        lines.append(line)
    return Ledger(tuple(lines))


def _line(row: bytes) -> Line | None:
    """A line as it was written; None for any other."""
    try:
        told = json.loads(row)
        digest = told.pop("hash")
        line = Line(**told)
        texts = [value for name, value in told.items() if name not in ("edition", "files")]
        typed = all(isinstance(text, str) for text in (*texts, *line.files, *line.files.values()))
        whole = typed and type(line.edition) is int and set(told) == {one.name for one in fields(Line)}
        return line if whole and line.hash == digest else None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def add(place: Path, code: str, line: Line) -> None:
    """Add a line to a report's journal; what was last said is not said twice. Raises ReportFailed for a
    journal whose chain is broken.
    """
    ledger = read_ledger(place, code)
    if ledger.broken:
        raise error(ReportFailed, "journal-broken", where=code, line=ledger.broken)
    last = ledger.last
    if last is not None and replace(line, time="", before="") == replace(last, time="", before=""):
        return
    chained = replace(line, time=now(), before=last.hash if last else "")
    rows = [_row(other) for other in (*ledger.lines, chained)]
    own_folder(place / FOLDER)
    write_whole(path_of(place, code), "".join(rows))


def _row(line: Line) -> str:
    told: dict[str, Any] = {**asdict(line), "hash": line.hash}
    return plain_json(told, sort_keys=True) + "\n"


def broken_set_aside(place: Path, code: str) -> tuple[str, ...]:
    """Set aside a journal whose chain is broken, and say so; nothing while it is whole."""
    ledger = read_ledger(place, code)
    if not ledger.broken:
        return ()
    return (say("journal.broken", line=ledger.broken), set_aside(path_of(place, code)))


def hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of every file of a report, its record too."""
    return {file.name: sha256(file) for file in files_of(folder)}


def place_of(folder: Path, code: str) -> Path | None:
    """The folder whose journal tells of the report that lies in `folder`; None where there is none."""
    for parent in folder.resolve().parents[:HIGHEST]:
        path = path_of(parent, code)
        if path.is_symlink() or path.exists():
            return parent
    return None


def note(event: str, record: RunRecord, files: Mapping[str, str]) -> Line:
    """The line of what happened to a report, its files as they are."""
    return Line(event, record.edition, record.content, dict(files))


def signature_line(record: RunRecord, signature: Signature, files: Mapping[str, str]) -> Line:
    """The line of a signature."""
    about = {"by": signature.by, "state": signature.state, "on": signature.on}
    return replace(note(SIGNED, record, files), **about)
