"""The journal of each report, beside their folders and never in them: every build and signature, the hashes
of every file, each line with the hash of the one before. What is published is compared with it.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from impactkit.data.dates import iso_day
from impactkit.errors import ReportFailed
from impactkit.reports.files import now, sha256, write_whole
from impactkit.reports.keys import OwnKey, is_signature
from impactkit.reports.record import CODE, RunRecord, Signature
from impactkit.reports.strays import files_of, is_file, is_folder, own_folder, set_aside
from impactkit.wording.language import Language
from impactkit.wording.plain_lines import plain_json

FOLDER = ".signatures"
BUILT, SIGNED, NUMBERED, PUBLISHED, RETRACTED = "built", "signed", "numbered", "published", "retracted"
# From a kept edition (editions/code/number) in a release to the folder of the releases.
HIGHEST = 4
KEYED = ("key", "signature")


@dataclass(frozen=True)
class Line:
    """One line: what happened to which edition, whose content (SHA-256) that is, its files (SHA-256 by
    name); by whom, as what (relu, validé), on which day (ISO), why. `before`: the hash of the line before;
    `key`, `signature`: the public key that signs the line, where one does, and what it signs.
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
    key: str = ""
    signature: str = ""

    @property
    def hash(self) -> str:
        """The hash of the line, that of the one before included."""
        text = json.dumps(self.written, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def written(self) -> dict[str, Any]:
        """Its fields as they are written: where no key signs it, without those of a key."""
        unkeyed = {name for name in KEYED if not getattr(self, name)}
        return {name: value for name, value in asdict(self).items() if name not in unkeyed}

    def to_sign(self, code: str) -> str:
        """What a key signs: the line in its place of the journal of the report `code`."""
        return f"{code}\0{replace(self, signature='').hash}"

    def attests(self, signature: Signature) -> bool:
        """Whether this line is that of a signature."""
        told = Signature(self.by, self.state, self.on, self.content)
        return self.event == SIGNED and told == signature


@dataclass(frozen=True)
class Ledger:
    """The lines of a journal, up to the first that breaks the chain, or whose key did not sign it (`broken`:
    its number, or 0); whether keys could not be checked (`unchecked`: `cryptography` is not installed).
    """

    lines: tuple[Line, ...] = ()
    broken: int = 0
    unchecked: bool = False

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

    @property
    def wants_a_key(self) -> bool:
        """Whether a signature was made with a key: from then on, one without says nothing of who signed."""
        return any(line.key and line.event == SIGNED for line in self.lines)

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


def path_of(language: Language, place: Path, code: str) -> Path:
    """The journal of the report `code` of a folder of reports."""
    if not CODE.fullmatch(code):
        raise language.error(ReportFailed, "record", where=code)
    return place / FOLDER / f"{code}.jsonl"


def read_ledger(language: Language, place: Path, code: str) -> Ledger:
    """The journal of a report; without a line where there is none."""
    path = path_of(language, place, code)
    if not is_folder(place / FOLDER):
        return Ledger()
    if not is_file(path):
        return Ledger(broken=int(path.is_symlink() or path.exists()))
    lines: list[Line] = []
    unchecked = False
    text = path.read_bytes()
    for number, row in enumerate(text.splitlines(keepends=True), start=1):
        line = _line(row)
        before = lines[-1].hash if lines else ""
        if line is None or line.before != before or not row.endswith(b"\n"):
            return Ledger(tuple(lines), number, unchecked)
        signed = _signed_by_its_key(line, code)
        if signed is False:
            return Ledger(tuple(lines), number, unchecked)
        unchecked = unchecked or signed is None
        lines.append(line)
    return Ledger(tuple(lines), unchecked=unchecked)


def _signed_by_its_key(line: Line, code: str) -> bool | None:
    """Whether the key of a line signed it, or it has none; None where that cannot be checked."""
    if not line.key and not line.signature:
        return True
    return is_signature(line.key, line.to_sign(code), line.signature)


def _line(row: bytes) -> Line | None:
    """A line as it was written; None for any other."""
    try:
        told = json.loads(row)
        digest = told.pop("hash")
        line = Line(**told)
        texts = [value for name, value in told.items() if name not in ("edition", "files")]
        typed = all(isinstance(text, str) for text in (*texts, *line.files, *line.files.values()))
        whole = typed and type(line.edition) is int and set(told) == set(line.written)
        for day in filter(None, (line.on, line.time[:10])):
            iso_day(day)
        return line if whole and line.hash == digest else None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def add(language: Language, place: Path, code: str, line: Line, *, key: OwnKey | None = None) -> None:
    """Add a line to a report's journal, signed by a key where one is given; what was last said is not said
    twice. Raises ReportFailed for a journal whose chain is broken.
    """
    ledger = read_ledger(language, place, code)
    if ledger.broken:
        raise language.error(ReportFailed, "journal-broken", where=code, line=ledger.broken)
    last = ledger.last
    if last is not None and _unplaced(line) == _unplaced(last) and (key is None or key.public == last.key):
        return
    chained = replace(line, time=now(), before=last.hash if last else "")
    if key is not None:
        chained = replace(chained, key=key.public)
        chained = replace(chained, signature=key.signature(chained.to_sign(code)))
    rows = [_row(other) for other in (*ledger.lines, chained)]
    own_folder(language, place / FOLDER)
    write_whole(path_of(language, place, code), "".join(rows))


def _unplaced(line: Line) -> Line:
    """What a line says, wherever it stands and whoever signs it."""
    return replace(line, time="", before="", key="", signature="")


def _row(line: Line) -> str:
    row: dict[str, Any] = {**line.written, "hash": line.hash}
    return plain_json(row, sort_keys=True) + "\n"


def broken_set_aside(language: Language, place: Path, code: str) -> tuple[str, ...]:
    """Set aside a journal whose chain is broken, and say so; nothing while it is whole."""
    ledger = read_ledger(language, place, code)
    if not ledger.broken:
        return ()
    return (
        language.say("journal.broken", line=ledger.broken),
        set_aside(language, path_of(language, place, code)),
    )


def hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of every file of a report, its record too."""
    return {file.name: sha256(file) for file in files_of(folder)}


def place_of(language: Language, folder: Path, code: str) -> Path | None:
    """The folder whose journal tells of the report that lies in `folder`; None where there is none."""
    for parent in folder.resolve().parents[:HIGHEST]:
        path = path_of(language, parent, code)
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
