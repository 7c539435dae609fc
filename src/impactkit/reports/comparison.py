"""A report beside its journal and its record: which files are not those that were built and signed."""

from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from impactkit.errors import ReportFailed
from impactkit.reports.files import differing
from impactkit.reports.ledger import PUBLISHED, Ledger, Line, hashes, place_of, read_ledger
from impactkit.reports.record import FILE, RunRecord, Signature
from impactkit.reports.signers import Names, Proof, Witnesses, proof
from impactkit.reports.strays import strays
from impactkit.wording.language import Language

NOBODY: Names = MappingProxyType({})


@dataclass(frozen=True)
class Comparison:
    """What does not agree (`wrong`) and what could not be compared, in sentences; the signatures that no
    journal knows; whether the journal tells that every file is what it was; what keys say of it.
    """

    wrong: tuple[str, ...] = ()
    uncompared: tuple[str, ...] = ()
    strangers: tuple[Signature, ...] = ()
    vouched: bool = False
    proof: Proof = Proof()


def compared(language: Language, folder: Path, record: RunRecord, names: Names = NOBODY) -> Comparison:
    """Hold a report against its record, its journal, and the keys that its evaluation declares (`names`)."""
    files = hashes(folder)
    outputs = {name: sha for name, sha in files.items() if name != FILE}
    wrong = [language.say("verify.changed", file=name) for name in differing(outputs, record.outputs)]
    place = place_of(language, folder, record.territory)
    ledger = read_ledger(language, place, record.territory) if place else Ledger()
    strangers = tuple(one for one in record.signatures if not _attested(ledger, record, one))
    if ledger.broken:
        wrong.append(language.say("journal.broken", line=ledger.broken))
    uncompared = list(strays(language, folder))
    line = _line_of(folder, record, ledger)
    if place is None:
        uncompared.append(language.say("verify.no-journal"))
    elif line is None:
        wrong.append(language.say("verify.not-in-journal", edition=record.edition))
    elif not line.files:
        uncompared.append(language.say("verify.keyed"))
    else:
        changed = differing(files, line.files)
        wrong += [language.say("verify.journal-changed", file=name) for name in changed]
    if withdrawn := ledger.retracted(record.edition):
        day = language.date(withdrawn.time[:10])
        wrong.append(language.say("verify.retracted", edition=record.edition, by=withdrawn.by, date=day))
    vouched = not wrong and line is not None and bool(line.files)
    keys = proof(language, Witnesses(record, ledger, line, files, names))
    return Comparison(tuple(dict.fromkeys(wrong)), tuple(uncompared), strangers, vouched, keys)


def _line_of(folder: Path, record: RunRecord, ledger: Ledger) -> Line | None:
    """The line that tells of a report: the very last one of a report in its place, else its edition's."""
    standing = folder.resolve().name == record.territory
    last = ledger.standing
    if not standing:
        return ledger.of(record.edition)
    return last if last is not None and last.edition == record.edition else None


def _attested(ledger: Ledger, record: RunRecord, signature: Signature) -> bool:
    if ledger.broken:
        return False
    published = ledger.of(record.edition)
    # A published journal tells of the whole record; the signatures themselves stand where they were made.
    return ledger.attests(record.edition, signature) or (
        published is not None and published.event == PUBLISHED
    )


def unaltered(language: Language, folder: Path, record: RunRecord, names: Names = NOBODY) -> Comparison:
    """The comparison of a report whose files are those that were built. Raises ReportFailed naming the
    others, or saying why its signature stands on no key (`names`: those that its evaluation declares).
    """
    seen = compared(language, folder, record, names)
    if seen.wrong:
        raise language.error(ReportFailed, "changed-since", where=folder.name, files=" ".join(seen.wrong))
    if seen.proof.wrong:
        raise language.error(ReportFailed, "unproved", where=folder.name, why=" ".join(seen.proof.wrong))
    return seen
