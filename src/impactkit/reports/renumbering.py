"""The number under which an edition is published: one that no other edition has borne in public."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

from impactkit.reports.editions import FOLDER as EDITIONS
from impactkit.reports.execute import BUILDING, _replace
from impactkit.reports.keys import OwnKey
from impactkit.reports.ledger import NUMBERED, add, hashes, note, read_ledger, signature_line
from impactkit.reports.record import RunRecord, record_of
from impactkit.reports.release import Web, public_record
from impactkit.reports.rendered import kept_page, render
from impactkit.reports.strays import copy_files, is_folder
from impactkit.wording.language import Language


def standing_number(language: Language, report: Path, web: Web, key: OwnKey | None = None) -> RunRecord:
    """The record of a report as it goes out: where its number was already borne in public by another
    edition (the folder of reports was built anew), under the next one; its pages say so, and its journal, in
    a line that `key` signs.
    """
    record = record_of(language, report)
    code = report.name
    number = _number(record, public_record(language, web, code), _highest(language, web, code))
    if number == record.edition:
        return record
    return _renumbered(language, report, record, number, key)


def _number(record: RunRecord, public: RunRecord | None, highest: int) -> int:
    if record.edition > highest:
        return record.edition
    if public is not None and public.content == record.content:
        return public.edition
    return highest + 1


def _highest(language: Language, web: Web, code: str) -> int:
    """The greatest number that was published, retracted ones too; 0 for none."""
    public = public_record(language, web, code)
    numbers = [read_ledger(language, web.releases, code).highest]
    if public is not None:
        numbers.append(public.edition)
    kept = web.link / EDITIONS / code
    if is_folder(kept):
        numbers += [int(path.name) for path in kept.iterdir() if path.name.isdecimal()]
    return max(numbers)


def _renumbered(
    language: Language, report: Path, record: RunRecord, number: int, key: OwnKey | None
) -> RunRecord:
    """The same content, the same signatures, another number."""
    kept = kept_page(language, report, record)
    aside = report.parent / BUILDING / f"{report.name}-{os.getpid()}"
    try:
        copy_files(report, aside)
        numbered = render(language, kept, replace(record, edition=number), aside)
        files = hashes(aside)
        # Nobody has received it under its former number: that is not kept.
        _replace(language, aside, report, secret=True)
    finally:
        shutil.rmtree(report.parent / BUILDING, ignore_errors=True)
    # A key signs in nobody else's name.
    for signature in numbered.signatures:
        add(language, report.parent, report.name, signature_line(numbered, signature, files))
    add(language, report.parent, report.name, note(NUMBERED, numbered, files), key=key)
    return numbered
