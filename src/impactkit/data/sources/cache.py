"""What was fetched, kept whole: every edition of a file, its address, date and checksum.

A file is moved in place when it is complete and recorded after; a record that says more than the folder
holds, or a file that is not what its record says, counts for nothing.
"""

import contextlib
import datetime as dt
import functools
import hashlib
import json
import math
import os
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

RECORD = "record.json"


@dataclass(frozen=True)
class Edition:
    """One file as it was fetched; `fetched` is an ISO date and time (UTC), `served` the address that gave it
    when the one asked led to another.
    """

    path: Path
    address: str
    sha256: str
    size: int
    etag: str
    modified: str
    fetched: str
    served: str = ""


# What a line of the record holds.
_TYPES = {key: int if key == "size" else str for key in Edition.__dataclass_fields__}


def editions(cache: Path, source: str) -> tuple[Edition, ...]:
    """The whole files of a source, newest first; a file whose size or checksum is not that of its record is
    not there.
    """
    folder = cache / source
    # The order of the record, not of dates: a clock may go back.
    found = [_edition(folder, one) for one in reversed(_recorded(folder))]
    return tuple(one for one in found if one)


def keep(
    cache: Path,
    source: str,
    part: Path,
    *,
    name: str,
    address: str,
    etag: str = "",
    modified: str = "",
    served: str = "",
) -> Edition:
    """Move a complete file into the cache and record it, after the earlier editions; a kill at any point
    leaves the cache as it was or as it will be. `part` lies in the source's own folder.
    """
    folder = cache / source
    sha, size = checksum(part), part.stat().st_size
    path = folder / re.sub(r"[^\w.-]", "-", f"{sha[:12]}-{name}")
    with locked(folder / f".{RECORD}.lock"):
        settle(part, path)
        now = dt.datetime.now(dt.UTC).isoformat(timespec="microseconds")
        edition = Edition(path, address, sha, size, etag, modified, now, served)
        rows = [one for one in _recorded(folder) if one.get("sha256") != sha]
        rows.append(asdict(edition) | {"path": path.name})
        write_whole(folder / RECORD, json.dumps(rows, ensure_ascii=False, indent=1))
    return edition


def write_whole(path: Path, text: str) -> None:
    """Write a text file in one move: whoever reads sees the old one or the new one. Only one writer at a
    time (`locked`).
    """
    aside = path.with_name(f".{path.name}.new")
    aside.write_text(text, "utf-8")
    settle(aside, path)


def settle(part: Path, path: Path) -> None:
    """Put a finished file in its place, in one move that outlives a power cut."""
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    os.replace(part, path)
    with contextlib.suppress(PermissionError):
        # A folder cannot be opened where the system is not POSIX; the move is atomic there too.
        opened = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


class Held(Exception):
    """A lock that another one has had for `seconds`, longer than one waits."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@contextlib.contextmanager
def locked(file: Path, patience: float = math.inf) -> Iterator[None]:
    """Only one process (and one thread of it) at a time holds `file`; the system lets go of it when the
    process ends, however it ends. Never taken twice by the same hand. Raises Held after `patience` seconds.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + patience
    with file.open("ab") as lock:
        while not _taken(lock.fileno()):
            if time.monotonic() > end:
                raise Held(max(time.time() - file.stat().st_mtime, 0.0))
            time.sleep(0.05)
        # Its date says since when.
        os.utime(file)
        yield


def _taken(descriptor: int) -> bool:
    """Whether the lock is ours now."""
    try:
        if sys.platform != "win32":
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    except (BlockingIOError, PermissionError):
        # Another one holds it.
        return False
    return True


def checksum(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _recorded(folder: Path) -> list[dict[str, Any]]:
    try:
        rows = json.loads((folder / RECORD).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        # No record, or half of one: nothing was fetched.
        return []
    return [one for one in rows if isinstance(one, dict)] if isinstance(rows, list) else []


def _edition(folder: Path, row: dict[str, Any]) -> Edition | None:
    # Records of earlier versions do not say who served.
    row = {"served": "", **row}
    if {key: type(value) for key, value in row.items()} != _TYPES or Path(row["path"]).name != row["path"]:
        return None
    edition = Edition(**{**row, "path": folder / row["path"]})
    try:
        size, changed = edition.path.stat().st_size, edition.path.stat().st_mtime_ns
        whole = size == edition.size and _checksum(edition.path, size, changed) == edition.sha256
    except (OSError, ValueError):
        # Gone, or no name that a file can bear.
        return None
    return edition if whole else None


@functools.lru_cache(maxsize=64)
def _checksum(path: Path, size: int, changed: int) -> str:
    return checksum(path)
