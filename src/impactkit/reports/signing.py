"""`sign`: somebody has read a report, and says so; its pages then say who, and are no draft. What was signed
stands in the journal of the report, outside its folder.
"""

import os
import shutil
from dataclasses import replace
from pathlib import Path

from impactkit.errors import RefusedData, ReportFailed, UnknownName
from impactkit.reports.execute import BUILDING, _replace, recover
from impactkit.reports.files import alone
from impactkit.reports.ledger import add, hashes, path_of, signature_line
from impactkit.reports.record import AS, RunRecord, Signature, record_of, today
from impactkit.reports.rendered import kept_page, render
from impactkit.reports.strays import copy_files, is_folder
from impactkit.reports.verify import examined
from impactkit.wording.catalogue import error, say
from impactkit.wording.plain_lines import on_a_line


def sign(report: str | Path, *, by: str, as_: str) -> RunRecord:
    """Sign the report that lies in a folder: `as_` relu or valide, `by` a name. Only the state printed on
    its pages changes; any later change of its content makes it a draft again.

    Raises UnknownName (the state), RefusedData (no name), ReportFailed for a folder without a record, or
    whose files are not those that were built.
    """
    folder = Path(report).absolute()
    if as_ not in AS:
        raise UnknownName.among(say("noun.state"), as_, AS)
    name = on_a_line(by)
    if not name:
        raise error(RefusedData, "unnamed", where=folder.name)
    if not is_folder(folder):
        raise error(ReportFailed, "no-record", where=str(report))
    folder = folder.resolve()
    record_of(folder)
    with alone(folder.parent):
        recover(folder.parent)
        record = _as_built(folder)
        signature = Signature(name, AS[as_], today().isoformat(), record.content)
        return _signed(folder, record, signature)


def _as_built(folder: Path) -> RunRecord:
    """The record of a report that is what was built, with the signatures that its journal knows. Raises
    ReportFailed when it is not.
    """
    seen = examined(folder)
    record, wrong = seen.record, seen.wrong
    if record.territory != folder.name:
        raise error(ReportFailed, "record", where=folder.name)
    if not path_of(folder.parent, folder.name).exists():
        # Where its journal was lost, it is read as one that nobody has signed.
        unsigned = [say("verify.unjournalled", by=signature.by) for signature in record.signatures]
        wrong = tuple(words for words in wrong if words not in unsigned)
        record = replace(record, signatures=())
    if wrong:
        raise error(ReportFailed, "changed-since", where=folder.name, files=" ".join(wrong))
    return record


def _signed(folder: Path, record: RunRecord, signature: Signature) -> RunRecord:
    kept = kept_page(folder, record)
    aside = folder.parent / BUILDING / f"{folder.name}-{os.getpid()}"
    try:
        shutil.rmtree(aside, ignore_errors=True)
        copy_files(folder, aside)
        signatures = (*record.signatures, signature)
        signed = render(kept, replace(record, signatures=signatures), aside)
        line = signature_line(signed, signature, hashes(aside))
        _replace(aside, folder)
        add(folder.parent, folder.name, line)
    finally:
        shutil.rmtree(folder.parent / BUILDING, ignore_errors=True)
    return signed
