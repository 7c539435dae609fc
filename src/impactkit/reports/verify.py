"""`verify`: is a report still what was built, and what was signed? Its files are held against a journal that
lies outside its folder, and its pages are made again and compared.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from impactkit.data.evaluation import load
from impactkit.data.public_keys import names_of_keys
from impactkit.errors import ReportFailed
from impactkit.reports.comparison import Comparison, compared
from impactkit.reports.record import RunRecord, record_of, versions
from impactkit.reports.rendered import Kept, kept_page, render
from impactkit.reports.strays import copy_files
from impactkit.wording.language import FRENCH, Language

FACES = ("report.html", "report.pdf")
NOTEBOOK = "report.ipynb"


@dataclass(frozen=True)
class Examined:
    """A report looked at: its record, what does not agree with it, what could not be compared, and who
    signed it, in sentences; `unproved`: what is wrong with keys alone.
    """

    record: RunRecord
    wrong: tuple[str, ...]
    uncompared: tuple[str, ...]
    signers: tuple[str, ...] = ()
    unproved: tuple[str, ...] = ()


def verify(report: str | Path) -> tuple[RunRecord, tuple[str, ...]]:
    """The record of a report (its folder), and what does not agree with it, in sentences; none when all
    does.

    Raises ReportFailed for a folder without a record, or with one that cannot be read.
    """
    seen = examined(FRENCH, report)
    return seen.record, seen.wrong


def examined(language: Language, report: str | Path, *, evaluation: str | Path | None = None) -> Examined:
    """A report (its folder) held against its journal, its signatures and what its own page and notebook
    give; and, with the folder of its `evaluation`, against the keys that it declares. Raises what `verify`
    does.
    """
    folder, record = Path(report), record_of(language, report)
    names = names_of_keys(load(evaluation).signing) if evaluation is not None else {}
    seen = compared(language, folder, record, names)
    wrong, uncompared = list(seen.wrong), list(seen.uncompared)
    wrong += [language.say("verify.unjournalled", by=signature.by) for signature in seen.strangers]
    wrong += [
        language.say("verify.signed-other", by=signature.by)
        for signature in record.signatures
        if signature.content != record.content
    ]
    try:
        kept = kept_page(language, folder, record)
    except ReportFailed as changed:
        wrong.append(str(changed))
    else:
        again, unmade = _made_again(language, folder, record, kept, seen)
        notebook, unread = _of_notebook(language, folder, record, seen)
        wrong += [*again, *notebook]
        uncompared += [*unmade, *unread]
    keys = seen.proof
    every = dict.fromkeys((*wrong, *keys.wrong))
    doubts = dict.fromkeys((*uncompared, *keys.uncompared))
    return Examined(record, tuple(every), tuple(doubts), keys.signers, keys.wrong)


def _made_again(
    language: Language, folder: Path, record: RunRecord, kept: Kept, seen: Comparison
) -> tuple[list[str], list[str]]:
    """Faces and provenance that come out otherwise today; and those that cannot be compared, when a journal
    tells that they were made by other libraries.
    """
    with tempfile.TemporaryDirectory() as aside:
        again = Path(aside) / folder.resolve().name
        copy_files(folder, again)
        try:
            render(language, kept, record, again)
        except Exception as cause:  # A page that was altered may stop a renderer anywhere.
            return [language.say("verify.unmade", cause=type(cause).__name__)], []
        names = [name for name in FACES if _bytes(folder / name) != _bytes(again / name)]
    if seen.vouched and dict(record.versions) != versions():
        return [], [language.say("verify.other-versions", file=name) for name in names]
    return [language.say("verify.otherwise", file=name) for name in names], []


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _of_notebook(
    language: Language, folder: Path, record: RunRecord, seen: Comparison
) -> tuple[list[str], list[str]]:
    """Whether the notebook that was executed gives the page; where a journal tells that it is the one that
    was built, what else was printed (prose, words said again) may be why it does not.
    """
    import nbformat

    from impactkit.reports.page import content_digest, read_page

    try:
        page = read_page(language, nbformat.read(folder / NOTEBOOK, as_version=4))
        same = content_digest(page) == record.content
    except Exception:  # A notebook that was altered may stop its reader anywhere.
        same = False
    if same:
        return [], []
    prose = any(name.startswith("evaluation/prose/") for name in record.inputs)
    if seen.vouched or prose:
        return [], [language.say("verify.notebook", file=NOTEBOOK)]
    return [language.say("verify.notebook-other", file=NOTEBOOK)], []
