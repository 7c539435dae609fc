"""`sign`: somebody has read a report, and says so; its pages then say who, and are no draft."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

from impactkit.errors import RefusedData, UnknownName
from impactkit.reports.execute import BUILDING, _replace, recover
from impactkit.reports.files import alone
from impactkit.reports.record import AS, RunRecord, Signature, record_of, today, undamaged
from impactkit.reports.rendered import kept_page, render
from impactkit.wording.catalogue import error, say


def sign(report: str | Path, *, by: str, as_: str) -> RunRecord:
    """Sign the report that lies in a folder: `as_` relu or valide, `by` a name. Only the state printed on
    its pages changes; any later change of its content makes it a draft again.

    Raises UnknownName (the state), RefusedData (no name), ReportFailed for a folder without a record, or
    whose files are not those of its record.
    """
    folder = Path(report).resolve()
    if as_ not in AS:
        raise UnknownName.among(say("noun.state"), as_, AS)
    if not by.strip():
        raise error(RefusedData, "unnamed", where=folder.name)
    to, record = folder.parent, record_of(report)
    with alone(to):
        recover(to)
        undamaged(folder, record)
        kept = kept_page(folder, record)
        signature = Signature(" ".join(by.split()), AS[as_], today().isoformat(), record.content)
        aside = to / BUILDING / f"{folder.name}-{os.getpid()}"
        try:
            shutil.copytree(folder, aside)
            signed = render(kept, replace(record, signatures=(*record.signatures, signature)), aside)
            _replace(aside, folder)
        finally:
            shutil.rmtree(to / BUILDING, ignore_errors=True)
    return signed
