"""`publish`: validated reports to a folder or a web root, whole or not at all; old editions stay beside
them.
"""

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from impactkit.data.evaluation import Evaluation, load
from impactkit.data.journal import synced
from impactkit.errors import RefusedData, UnknownName
from impactkit.reports.contents import contents_html
from impactkit.reports.editions import FOLDER as EDITIONS
from impactkit.reports.editions import keep
from impactkit.reports.files import alone, sha256, write_whole
from impactkit.reports.fresh import TABLES
from impactkit.reports.record import VALID, RunRecord, read_record, record_of, undamaged
from impactkit.wording.catalogue import error, say

SUMS, INDEX = "SHA256SUMS", "index.html"


def ready(
    ev: Evaluation, folder: Path, only: Sequence[str] | None, *, drafts: bool = False
) -> dict[str, RunRecord]:
    """The records of the reports built in `folder`, by the name of theirs: those asked for (`only`) or all.
    Raises UnknownName for one that is not there, ReportFailed for one whose files changed since, RefusedData
    naming those that are not validated (unless `drafts`), or when there is none.
    """
    built = [record.parent.name for record in sorted(folder.glob("*/record.json"))]
    for code in only or ():
        if code not in built:
            raise UnknownName.among(say("noun.report"), code, built, where=str(folder))
    found = {code: record_of(folder / code) for code in only or built}
    unread: dict[str, list[str]] = {}
    for code, record in found.items():
        undamaged(folder / code, record)
        if record.state != VALID and not drafts:
            unread.setdefault(record.state, []).append(code)
    if unread:
        told = (say("publish.state", state=at, reports=", ".join(unread[at])) for at in sorted(unread))
        raise error(RefusedData, "not-valid", where=ev.name, reports=" ; ".join(told), report=str(folder))
    if not found:
        raise error(RefusedData, "nothing-built", where=str(folder))
    return found


def publish(
    folder: str | Path, *, to: str | Path, reports: str | Path = "reports", only: Sequence[str] | None = None
) -> tuple[str, ...]:
    """Publish the validated reports of an evaluation into `to`/<evaluation>, with what is published there
    already and the editions that they replace; the codes published. Who reads sees all of the old folder or
    all of the new one. Raises what `ready` does, and RefusedData where that name is taken by something else.
    """
    ev, root = load(folder), Path(to).resolve()
    if not (source := Path(reports).resolve() / ev.name).is_dir():
        raise error(RefusedData, "nothing-built", where=str(source))
    with alone(source):
        going = ready(ev, source, only)
        secret = bool(ev.secrecy)
        root.mkdir(parents=True, exist_ok=True)
        link, releases = root / ev.name, root / f".{ev.name}"
        if link.exists() and not link.is_symlink():
            raise error(RefusedData, "not-published", where=str(link))
        releases.mkdir(exist_ok=True)
        number = 1 + max((int(path.name) for path in releases.glob("[0-9]*")), default=0)
        _release(releases / str(number), ev, going, source, link)
        _switch(link, releases / str(number))
        for past in releases.glob("[0-9]*"):
            # Who is reading the last one may finish, unless it may hold what is withheld now.
            if int(past.name) < number - (not secret):
                shutil.rmtree(past)
    return tuple(going)


def _release(
    release: Path, ev: Evaluation, going: Mapping[str, RunRecord], source: Path, link: Path
) -> None:
    """A folder that takes its number once it is whole; what an earlier attempt left is cleared."""
    for left in release.parent.glob("new-*"):
        shutil.rmtree(left)
    aside = release.with_name(f"new-{os.getpid()}")
    aside.mkdir()
    try:
        if link.is_symlink():
            old = shutil.ignore_patterns(SUMS, *([EDITIONS] if ev.secrecy else []))
            shutil.copytree(link, aside, dirs_exist_ok=True, copy_function=_linked, ignore=old)
        for code, record in going.items():
            if (aside / code).exists():
                keep(aside / code, aside, record, secret=bool(ev.secrecy))
            shutil.copytree(source / code, aside / code)
        places = [*(place.code for place in ev.territories), "programme"]
        records = {code: read_record(aside / code) for code in places}
        if ev.secrecy:
            _of_one_protection(ev, records)
        write_whole(aside / INDEX, contents_html(ev, records.get, {}, {}, say("publish.absent")))
        # As `sha256sum --check` reads it.
        files = [file for file in sorted(aside.rglob("*")) if file.is_file()]
        sums = (f"{sha256(file)}  {file.relative_to(aside).as_posix()}\n" for file in files)
        write_whole(aside / SUMS, "".join(sums))
        for file in [*sorted(aside.rglob("*")), aside]:
            synced(file)
        os.rename(aside, release)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _of_one_protection(ev: Evaluation, records: Mapping[str, RunRecord | None]) -> None:
    """Raises RefusedData naming the reports that were not built from the same tables: each withholds what
    the others, as they were then, would have given back.
    """
    codes: dict[str, list[str]] = {}
    for code, record in records.items():
        if record is None:
            continue
        tables = {
            name: sha
            for name, sha in record.inputs.items()
            if name.startswith(TABLES) and not name.endswith(".md")
        }
        alike = repr(sorted(tables.items()))
        codes.setdefault(alike, []).append(code)
    if len(codes) == 1:
        return
    sides = [", ".join(alike) for alike in codes.values()]
    raise error(
        RefusedData,
        "publish-mixed",
        where=ev.name,
        reports=" ; ".join(sides),
    )


def _linked(file: str, to: str) -> None:
    """The same file under another name, where the disk can; nothing published is ever written again."""
    try:
        os.link(file, to)
    except OSError:
        shutil.copy2(file, to)


def _switch(link: Path, release: Path) -> None:
    aside = link.with_name(f".{link.name}.{os.getpid()}")
    aside.unlink(missing_ok=True)
    aside.symlink_to(Path(release.parent.name) / release.name)
    os.replace(aside, link)
