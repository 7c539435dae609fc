"""The folder that is published: each publication a release of its own, and a link that leads to the last."""

import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from impactkit.data.evaluation import Evaluation
from impactkit.data.journal import synced
from impactkit.errors import RefusedData, ReportFailed
from impactkit.reports.contents import Found, contents_html, found_in
from impactkit.reports.editions import FOLDER as EDITIONS
from impactkit.reports.editions import keep
from impactkit.reports.files import sha256, write_whole
from impactkit.reports.fresh import TABLES
from impactkit.reports.ledger import RETRACTED, read_ledger
from impactkit.reports.record import RunRecord, read_record
from impactkit.reports.strays import copy_files, copy_tree, is_folder, remove
from impactkit.wording.language import Language

SUMS, INDEX = "SHA256SUMS", "index.html"


@dataclass(frozen=True)
class Web:
    """Where an evaluation is published: the link that is read, and the folder of the releases."""

    link: Path
    releases: Path

    @property
    def numbers(self) -> list[int]:
        """The numbers of the releases."""
        paths = [path for path in self.releases.iterdir() if is_folder(path)]
        return sorted(int(path.name) for path in paths if re.fullmatch("[0-9]+", path.name))

    @property
    def current(self) -> Path | None:
        """The release that is read."""
        return self.releases / Path(os.readlink(self.link)).name if self.link.is_symlink() else None


def web_of(language: Language, root: Path, name: str) -> Web:
    """Where the evaluation `name` is published under `root`, made where it is not. Raises RefusedData where
    one of its two names is taken: by a folder, a file, or a link that leads elsewhere.
    """
    web = Web(root / name, root / f".{name}")
    taken = (os.path.lexists(path) for path in (web.link, web.releases))
    if any(taken) and not (is_folder(web.releases) and _is_ours(web)):
        raise language.error(RefusedData, "not-published", where=str(web.link))
    root.mkdir(parents=True, exist_ok=True)
    web.releases.mkdir(exist_ok=True)
    return web


def _is_ours(web: Web) -> bool:
    """Whether the link leads to a release, or is not there yet."""
    if not os.path.lexists(web.link):
        return True
    if not web.link.is_symlink():
        return False
    parent, _, number = os.readlink(web.link).rpartition("/")
    release = web.releases / number
    return parent == web.releases.name and number.isdecimal() and is_folder(release)


def public_record(language: Language, web: Web, code: str) -> RunRecord | None:
    """The record of a report as it is published; None where there is none, or it cannot be read."""
    if web.current is None:
        return None
    found = found_in(language, web.current / code)
    return found if isinstance(found, RunRecord) else None


def filled(web: Web, ev: Evaluation, going: Mapping[str, Path], gone: Iterable[str] = ()) -> Path:
    """A new release, whole before it takes its number: the reports that lie in the folders `going`, by their
    names, with what is published there, but what is `gone` (paths in it).
    """
    for left in web.releases.glob("new-*"):
        remove(left)
    number = 1 + max(web.numbers, default=0)
    aside = web.releases / f"new-{os.getpid()}"
    try:
        _fill(aside, web, ev, going, gone)
        os.rename(aside, web.releases / str(number))
    finally:
        remove(aside)
    return web.releases / str(number)


def pruned(web: Web, first: int) -> None:
    """Take away the releases before the number `first`."""
    for past in web.numbers:
        if past < first:
            remove(web.releases / str(past))


def _fill(aside: Path, web: Web, ev: Evaluation, going: Mapping[str, Path], gone: Iterable[str]) -> None:
    """Fill a new release: what is published, what goes out now, the contents and the hashes."""
    language = ev.language
    aside.mkdir()
    if web.current is not None:
        copy_tree(web.current, aside)
    for name in (SUMS, *([EDITIONS] if ev.secrecy else []), *gone):
        remove(aside / name)
    for code, report in going.items():
        if is_folder(aside / code):
            _kept(language, aside / code, aside, report, secret=bool(ev.secrecy))
        remove(aside / code)
        copy_files(report, aside / code)
    places = [*(place.code for place in ev.territories), "programme"]
    states = {code: _state(language, web, aside / code) for code in places}
    if ev.secrecy:
        _of_one_protection(ev, states)
    records: Callable[[str], Found] = states.get
    write_whole(aside / INDEX, contents_html(ev, records, {}, {}, language.say("publish.absent")))
    _summed(aside)


def _kept(language: Language, old: Path, aside: Path, report: Path, *, secret: bool) -> None:
    try:
        keep(language, old, aside, report.name, read_record(language, report), secret=secret)
    except ReportFailed:
        # A published record that cannot be read tells of no edition.
        remove(old)


def _state(language: Language, web: Web, report: Path) -> Found:
    """What a published folder holds; of a report that was retracted, that it was."""
    found = found_in(language, report)
    last = read_ledger(language, web.releases, report.name).last
    if found is None and last is not None and last.event == RETRACTED:
        told = language.say("publish.retracted", edition=last.edition, date=language.date(last.time[:10]))
        return ReportFailed(told)
    return found


def _summed(release: Path) -> None:
    # As `sha256sum --check` reads it.
    files = [file for file in sorted(release.rglob("*")) if file.is_file()]
    sums = (f"{sha256(file)}  {file.relative_to(release).as_posix()}\n" for file in files)
    write_whole(release / SUMS, "".join(sums))
    for path in [*sorted(release.rglob("*")), release]:
        synced(path)


def _of_one_protection(ev: Evaluation, records: Mapping[str, Found]) -> None:
    """Raises RefusedData naming the reports that were not built from the same tables: each withholds what
    the others, as they were then, would have given back.
    """
    codes: dict[str, list[str]] = {}
    for code, record in records.items():
        if not isinstance(record, RunRecord):
            continue
        tables = {
            name: sha
            for name, sha in record.inputs.items()
            if name.startswith(TABLES) and not name.endswith(".md")
        }
        alike = repr(sorted(tables.items()))
        codes.setdefault(alike, []).append(code)
    if len(codes) <= 1:
        return
    sides = [", ".join(alike) for alike in codes.values()]
    raise ev.language.error(RefusedData, "publish-mixed", where=ev.name, reports=" ; ".join(sides))


def switch(link: Path, release: Path) -> None:
    """Lead the link that is read to a release, in one move."""
    aside = link.with_name(f".{link.name}.{os.getpid()}")
    aside.unlink(missing_ok=True)
    aside.symlink_to(Path(release.parent.name) / release.name)
    os.replace(aside, link)
