"""`publish`: validated reports to a folder or a web root, whole or not at all; old editions stay beside
them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from impactkit.data.evaluation import Evaluation, load
from impactkit.data.public_keys import names_of_keys
from impactkit.errors import RefusedData, ReportFailed
from impactkit.reports.comparison import unaltered
from impactkit.reports.execute import recover
from impactkit.reports.files import alone
from impactkit.reports.keys import OwnKey, own_key
from impactkit.reports.ledger import PUBLISHED, add, hashes, note
from impactkit.reports.record import CODE, FILE, VALID, RunRecord, read_record, record_of
from impactkit.reports.release import Web, filled, pruned, web_of
from impactkit.reports.release import switch as _switch
from impactkit.reports.renumbering import standing_number
from impactkit.reports.strays import is_file, is_folder, strays
from impactkit.reports.verify import examined
from impactkit.wording.language import Language


def ready(
    ev: Evaluation, folder: Path, only: Sequence[str] | None, *, drafts: bool = False
) -> dict[str, RunRecord]:
    """The records of the reports built in `folder`, by the name of theirs: those asked for (`only`) or all.
    Raises UnknownName for one that is not there, ReportFailed for one whose files changed since, RefusedData
    naming those that are not validated (unless `drafts`), or when there is none.
    """
    language = ev.language
    built = [path.name for path in sorted(folder.iterdir()) if _is_report(language, path)]
    for code in only or ():
        if code not in built:
            raise language.unknown("noun.report", code, built, where=str(folder))
    records = {code: record_of(language, folder / code) for code in only or built}
    names = {} if drafts else names_of_keys(ev.signing)
    unread: dict[str, list[str]] = {}
    for code, record in records.items():
        seen = unaltered(language, folder / code, record, names)
        if seen.strangers and not drafts:
            raise language.error(RefusedData, "unjournalled", where=code, by=seen.strangers[0].by)
        if record.state != VALID and not drafts:
            unread.setdefault(record.state, []).append(code)
    if unread:
        states = (
            language.say("publish.state", state=at, reports=", ".join(unread[at])) for at in sorted(unread)
        )
        raise language.error(
            RefusedData, "not-valid", where=ev.name, reports=" ; ".join(states), report=str(folder)
        )
    if not records:
        raise language.error(RefusedData, "nothing-built", where=str(folder))
    return records


def _is_report(language: Language, folder: Path) -> bool:
    """Whether a folder is that of a report whose record can be read and bears its name."""
    named = is_folder(folder) and CODE.fullmatch(folder.name) and is_file(folder / FILE)
    if not named:
        return False
    try:
        record = read_record(language, folder)
    except ReportFailed:
        return False
    return record is not None and record.territory == folder.name


def left_out(language: Language, folder: Path) -> Iterator[str]:
    """What lies in the folder of an evaluation's reports and is not published, in sentences: links, records
    that cannot be read, what is no file of a report.
    """
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or (
            is_folder(path) and (path / FILE).is_file() and not _is_report(language, path)
        ):
            yield language.say("publish.left-out", name=path.name)
        elif _is_report(language, path):
            yield from strays(language, path)


def publish(
    folder: str | Path,
    *,
    to: str | Path,
    reports: str | Path = "reports",
    only: Sequence[str] | None = None,
) -> tuple[str, ...]:
    """Publish the validated reports of an evaluation into `to`/<evaluation>, with what is published there
    already and the editions that they replace; the codes published. Who reads sees all of the old folder or
    all of the new one. Raises what `ready` does, and RefusedData where that name is taken by something else,
    for a key that cannot be used, or where the evaluation declares keys and this one is none of them.
    """
    ev, root = load(folder), Path(to).resolve()
    language = ev.language
    key = own_key(language)
    source = Path(reports).resolve() / ev.name
    if not source.is_dir():
        raise language.error(RefusedData, "nothing-built", where=str(source))
    with alone(language, source):
        recover(language, source, secret=bool(ev.secrecy))
        codes = tuple(ready(ev, source, only))
        _signed_as_made(language, source, codes)
        names = names_of_keys(ev.signing)
        if names and (key is None or key.public not in names):
            raise language.error(RefusedData, "publish-key", where=ev.name)
        web = web_of(language, root, ev.name)
        with alone(language, web.releases):
            records = {code: standing_number(language, source / code, web, key) for code in codes}
            release = filled(web, ev, {code: source / code for code in codes})
            _switch(web.link, release)
            # Who is reading the last one may finish, unless it may hold what is withheld now.
            pruned(web, int(release.name) - (not ev.secrecy))
            for record in records.values():
                _note(ev, web, record, key)
    return codes


def _signed_as_made(language: Language, source: Path, codes: Sequence[str]) -> None:
    """Raises ReportFailed for a report whose page does not give its own faces."""
    for code in codes:
        wrong = examined(language, source / code).wrong
        if wrong:
            raise language.error(ReportFailed, "changed-since", where=code, files=" ".join(wrong))


def _note(ev: Evaluation, web: Web, record: RunRecord, key: OwnKey | None) -> None:
    code = record.territory
    line = note(PUBLISHED, record, hashes(web.link / code))
    if ev.secrecy:
        # The hash of an earlier edition would let what is withheld now be found by trying.
        line = replace(line, content="", files={})
    add(ev.language, web.releases, code, line, key=key)
