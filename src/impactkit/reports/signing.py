"""`sign`: somebody has read a report, and says so; its pages then say who, and are no draft. What was signed
stands in the journal of the report, outside its folder.
"""

import os
import shutil
from dataclasses import replace
from pathlib import Path

from impactkit.errors import RefusedData, ReportFailed
from impactkit.reports.execute import BUILDING, _replace, recover
from impactkit.reports.files import alone
from impactkit.reports.keys import OwnKey, own_key
from impactkit.reports.ledger import add, hashes, path_of, read_ledger, signature_line
from impactkit.reports.record import AS, RunRecord, Signature, record_of, today
from impactkit.reports.rendered import kept_page, render
from impactkit.reports.strays import copy_files, is_folder
from impactkit.reports.verify import examined
from impactkit.wording.language import Language
from impactkit.wording.plain_lines import on_a_line


def sign(language: Language, report: str | Path, *, by: str, as_: str) -> RunRecord:
    """Sign the report that lies in a folder: `as_` relu or valide, `by` a name. Only the state printed on
    its pages changes; any later change of its content makes it a draft again.

    With a key (IMPACTKIT_SIGNING_KEY), it signs the line of the journal. Raises UnknownName (the state),
    RefusedData (no name, a key that cannot be used, or none where others signed with one), ReportFailed for
    a folder without a record, or whose files are not those that were built.
    """
    key = own_key(language)
    folder = Path(report).absolute()
    if as_ not in AS:
        raise language.unknown("noun.state", as_, AS)
    name = on_a_line(by)
    if not name:
        raise language.error(RefusedData, "unnamed", where=folder.name)
    if not is_folder(folder):
        raise language.error(ReportFailed, "no-record", where=str(report))
    folder = folder.resolve()
    record_of(language, folder)
    with alone(language, folder.parent):
        recover(language, folder.parent)
        if key is None and read_ledger(language, folder.parent, folder.name).wants_a_key:
            raise language.error(RefusedData, "signing-needed", where=folder.name)
        record = _as_built(language, folder)
        signature = Signature(name, AS[as_], today(language).isoformat(), record.content)
        return _signed(language, folder, record, signature, key)


def _as_built(language: Language, folder: Path) -> RunRecord:
    """The record of a report that is what was built, with the signatures that its journal knows. Raises
    ReportFailed when it is not.
    """
    seen = examined(language, folder)
    record = seen.record
    # What a key did not sign, one may sign now.
    wrong = tuple(words for words in seen.wrong if words not in seen.unproved)
    if record.territory != folder.name:
        raise language.error(ReportFailed, "record", where=folder.name)
    if not path_of(language, folder.parent, folder.name).exists():
        # Where its journal was lost, it is read as one that nobody has signed.
        unsigned = [language.say("verify.unjournalled", by=signature.by) for signature in record.signatures]
        wrong = tuple(words for words in wrong if words not in unsigned)
        record = replace(record, signatures=())
    if wrong:
        raise language.error(ReportFailed, "changed-since", where=folder.name, files=" ".join(wrong))
    return record


def _signed(
    language: Language, folder: Path, record: RunRecord, signature: Signature, key: OwnKey | None
) -> RunRecord:
    kept = kept_page(language, folder, record)
    aside = folder.parent / BUILDING / f"{folder.name}-{os.getpid()}"
    try:
        shutil.rmtree(aside, ignore_errors=True)
        copy_files(folder, aside)
        signatures = (*record.signatures, signature)
        signed = render(language, kept, replace(record, signatures=signatures), aside)
        line = signature_line(signed, signature, hashes(aside))
        _replace(language, aside, folder)
        add(language, folder.parent, folder.name, line, key=key)
    finally:
        shutil.rmtree(folder.parent / BUILDING, ignore_errors=True)
    return signed
