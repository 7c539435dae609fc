"""Several files changed as one: a kill at any moment leaves all of them or none; one writer at a time."""

import contextlib
import fcntl
import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from impactkit.errors import RefusedData
from impactkit.wording.language import Language

JOURNAL = ".changes.journal"
# What is changed so: a table, or a receipt in its folder.
OURS = re.compile(r"([a-z]+/)?[\w-][\w.-]*\.csv")


@contextlib.contextmanager
def reading(language: Language, folder: Path) -> Iterator[None]:
    """Read a folder while nobody changes it; a change that was cut short is finished first."""
    with _locked(language, folder, fcntl.LOCK_SH):
        pending = (folder / JOURNAL).is_file()
        if not pending:
            yield
    if pending:
        with _locked(language, folder, fcntl.LOCK_EX):
            _finish(language, folder)
        with _locked(language, folder, fcntl.LOCK_SH):
            yield


@contextlib.contextmanager
def changing(language: Language, folder: Path) -> Iterator[None]:
    """Be the only one to change a folder, with nobody reading it. Raises RefusedData when somebody is."""
    with _locked(language, folder, fcntl.LOCK_EX | fcntl.LOCK_NB):
        _finish(language, folder)
        yield


def replace_all(language: Language, folder: Path, files: Mapping[str, str]) -> None:
    """Write files (by their path in the folder) all at once; call it inside `changing`.

    The new ones are written aside, then named in a journal, then put in place: from the journal on, whoever
    reads the folder next finishes what was begun; before it, nothing has happened.
    """
    for name, text in files.items():
        aside = _aside(folder / name)
        aside.parent.mkdir(parents=True, exist_ok=True)
        with aside.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        synced(aside.parent)
    journal, before = folder / JOURNAL, folder / f"{JOURNAL}.new"
    with before.open("w", encoding="utf-8") as file:
        json.dump(sorted(files), file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(before, journal)
    synced(folder)
    _finish(language, folder)


def _finish(language: Language, folder: Path) -> None:
    """Put in place what a journal names; nothing where there is none."""
    journal = folder / JOURNAL
    if not journal.is_file():
        return
    for name in _named(language, journal):
        path = folder / name
        # One that is no longer aside is in its place already.
        if _aside(path).is_file():
            os.replace(_aside(path), path)
            synced(path.parent)
    journal.unlink()
    synced(folder)


def _named(language: Language, journal: Path) -> list[str]:
    """The files that a journal names. Raises RefusedData for one that nothing here wrote: what it names
    would be put in place.
    """
    try:
        names: Any = json.loads(journal.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as cause:
        raise language.error(RefusedData, "changes-damaged", where=JOURNAL) from cause
    texts = isinstance(names, list) and all(isinstance(name, str) for name in names)
    if not texts or not all(map(OURS.fullmatch, names)):
        raise language.error(RefusedData, "changes-damaged", where=JOURNAL)
    # A folder that is a link leads elsewhere.
    if any((journal.parent / name).parent.is_symlink() for name in names):
        raise language.error(RefusedData, "changes-damaged", where=JOURNAL)
    return list(names)


def _aside(path: Path) -> Path:
    return path.with_name(f".{path.name}.new")


def synced(path: Path) -> None:
    """Put a file, or a folder's names, on the disk itself: a power cut then loses nothing of it."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


@contextlib.contextmanager
def _locked(language: Language, folder: Path, how: int) -> Iterator[None]:
    """A lock on the folder itself: no file of it stays behind, and it goes with its process."""
    number = os.open(folder, os.O_RDONLY)
    try:
        _lock(language, folder, number, how)
        yield
    finally:
        os.close(number)


def _lock(language: Language, folder: Path, number: int, how: int) -> None:
    try:
        fcntl.flock(number, how)
    except BlockingIOError as cause:
        raise language.error(RefusedData, "folder-busy", where=folder.name) from cause
