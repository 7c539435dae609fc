"""Files written by one at a time, so that a power cut leaves the old or the new; their rows and hashes."""

import contextlib
import datetime as dt
import fcntl
import hashlib
import json
import os
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from impactkit.data import csv_text
from impactkit.data.journal import synced
from impactkit.errors import RefusedData
from impactkit.reports.strays import is_file, set_aside
from impactkit.wording.language import Language
from impactkit.wording.plain_lines import on_a_line, plain_json

LOCK = ".lock"


def write_whole(path: Path, text: str) -> None:
    """Write a text file in one move: even after a power cut, it is the old one or the new one."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        aside.unlink(missing_ok=True)
        # A new file: what stands under its name is never written through.
        with aside.open("x", encoding="utf-8") as file:
            file.write(text)
        synced(aside)
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)


def write_json(path: Path, tree: Any) -> None:
    """Write JSON as `write_whole` does, its keys in order: the same tree is the same bytes."""
    write_whole(path, plain_json(tree, indent=2, sort_keys=True) + "\n")


def add_line(language: Language, path: Path, told: Mapping[str, Any]) -> None:
    """Add a line of JSON to a journal; it is on the disk when this returns. A last line that was cut stays
    one, and what stands under that name without being a file is set aside.
    """
    _own_file(language, path)
    line = plain_json(told) + "\n"
    with path.open("ab+") as file:
        if file.seek(0, os.SEEK_END):
            file.seek(-1, os.SEEK_END)
            line = line if file.read(1) == b"\n" else f"\n{line}"
        file.write(line.encode("utf-8"))
    synced(path)


def _own_file(language: Language, path: Path) -> None:
    """Set aside a link, a pipe or a folder that bears the name of a file of ours."""
    if not is_file(path) and os.path.lexists(path):
        set_aside(language, path)


def rows(language: Language, path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file, by column; none where there is no file.

    Raises RefusedData for a damaged one.
    """
    if not path.is_file():
        return []
    table = csv_text.strict(language, path, separator=",")
    return table.records()


def sha256(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def tree_digest(folder: Path) -> str:
    """SHA-256 of the files of a folder, by name and content; caches left out."""
    sha = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            sha.update(file.relative_to(folder).as_posix().encode() + b"\0" + bytes.fromhex(sha256(file)))
    return sha.hexdigest()


def differing(one: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    """The names that two sets of hashes do not tell alike, in order."""
    return sorted(name for name in {*one, *other} if one.get(name) != other.get(name))


def now() -> str:
    """The second (UTC, ISO)."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")


@contextlib.contextmanager
def alone(language: Language, target: Path) -> Iterator[None]:
    """Be the only one to write in `target`: the lock goes with its process. Raises RefusedData naming who
    is, since when.
    """
    _own_file(language, target / LOCK)
    # Never emptied before it is held: it names who holds it. Never through a link: it would be emptied.
    number = os.open(target / LOCK, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o666)
    with os.fdopen(number, "a+", encoding="utf-8", errors="replace") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as cause:
            lock.seek(0)
            name = target.name.lstrip(".")
            raise language.error(
                RefusedData, "busy", where=name, holder=_holder(language, lock.read())
            ) from cause
        lock.truncate(0)
        json.dump({"process": os.getpid(), "machine": socket.gethostname(), "since": now()}, lock)
        lock.flush()
        yield


def _holder(language: Language, text: str) -> str:
    try:
        holder = json.loads(text)
        since = dt.datetime.fromisoformat(holder["since"])
        minutes = int((dt.datetime.now(dt.UTC) - since).total_seconds() // 60)
        process, machine = int(holder["process"]), on_a_line(str(holder["machine"]))
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return language.say("busy.unknown")
    day, hour = language.date(since.date().isoformat()), since.strftime("%H:%M")
    return language.say(
        "busy.holder", process=process, machine=machine, since=f"{day}, {hour}", minutes=minutes
    )
