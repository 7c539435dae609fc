"""`verify`: is a report still what was built, and what was signed? Its pages are made again and compared, so
that a changed page is found even where its hash was changed with it.
"""

import json
import shutil
import tempfile
from pathlib import Path

from impactkit.errors import ReportFailed
from impactkit.reports.record import PROVENANCE, RunRecord, damaged, record_of, versions
from impactkit.reports.rendered import kept_page, render
from impactkit.wording.catalogue import say


def verify(report: str | Path) -> tuple[RunRecord, tuple[str, ...]]:
    """The record of a report (its folder), and what does not agree with it, in sentences; none when all
    does.

    Raises ReportFailed for a folder without a record, or with one that cannot be read.
    """
    folder, record = Path(report), record_of(report)
    found = [say("verify.changed", file=name) for name in damaged(folder, record)]
    try:
        told = json.loads((folder / PROVENANCE).read_text("utf-8"))["inputs"]
    except (OSError, ValueError, KeyError, TypeError):
        told = None
    found += [say("verify.changed", file=PROVENANCE)] if told != dict(record.inputs) else []
    others = [one for one in record.signatures if one.content != record.content]
    found += [say("verify.signed-other", by=one.by) for one in others]
    try:
        found += _made_again(folder, record)
    except ReportFailed as changed:
        found.append(str(changed))
    return record, tuple(dict.fromkeys(found))


def _made_again(folder: Path, record: RunRecord) -> list[str]:
    """Files that come out otherwise today; with other libraries than then, the page alone is compared."""
    kept = kept_page(folder, record)
    if dict(record.versions) != versions():
        return []
    with tempfile.TemporaryDirectory() as aside:
        again = Path(aside) / folder.name
        shutil.copytree(folder, again)
        render(kept, record, again)
        return [
            say("verify.otherwise", file=name)
            for name in ("report.html", "report.pdf")
            if not (folder / name).is_file() or (again / name).read_bytes() != (folder / name).read_bytes()
        ]
