"""What was fetched, kept whole: every edition of a file, its address, date and checksum.

A file is moved in place when it is complete and recorded after; a record that says more than the folder
holds, or a file that is not what its record says, counts for nothing.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

RECORD = "record.json"


@dataclass(frozen=True)
class Edition:
    """One file as it was fetched; `fetched` is an ISO date and time (UTC)."""

    path: Path
    address: str
    sha256: str
    size: int
    etag: str
    modified: str
    fetched: str


def editions(cache: Path, source: str) -> tuple[Edition, ...]:
    """The whole files of a source, newest first; a file whose size or checksum is not that of its record is
    not there.
    """
    folder = cache / source
    found = [_edition(folder, one) for one in _recorded(folder)]
    return tuple(sorted((one for one in found if one), key=lambda one: one.fetched, reverse=True))


def keep(
    cache: Path, source: str, part: Path, *, name: str, address: str, etag: str = "", modified: str = ""
) -> Edition:
    """Move a complete file into the cache and record it; a kill at any point leaves the cache as it was or
    as it will be. `part` lies in the source's own folder.
    """
    folder = cache / source
    folder.mkdir(parents=True, exist_ok=True)
    sha, size = checksum(part), part.stat().st_size
    with part.open("rb") as file:
        os.fsync(file.fileno())
    path = folder / f"{sha[:12]}-{name}"
    os.replace(part, path)
    now = dt.datetime.now(dt.UTC).isoformat(timespec="microseconds")
    edition = Edition(path, address, sha, size, etag, modified, now)
    mine = asdict(edition) | {"path": path.name}
    others = [one for one in _recorded(folder) if one.get("sha256") != sha]
    write_whole(folder / RECORD, json.dumps([*others, mine], ensure_ascii=False, indent=1))
    return edition


def write_whole(path: Path, text: str) -> None:
    """Write a text file in one move: whoever reads sees the old one or the new one."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    with aside.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(aside, path)
    with contextlib.suppress(PermissionError):
        # A folder cannot be opened where the system is not POSIX; the move is atomic there too.
        opened = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def checksum(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _recorded(folder: Path) -> list[dict[str, Any]]:
    try:
        rows = json.loads((folder / RECORD).read_text("utf-8"))
    except (OSError, ValueError):
        # No record, or half of one: nothing was fetched.
        return []
    return [one for one in rows if isinstance(one, dict)] if isinstance(rows, list) else []


def _edition(folder: Path, row: dict[str, Any]) -> Edition | None:
    try:
        edition = Edition(**{**row, "path": folder / str(row["path"])})
        known = edition.path.stat()
    except (OSError, KeyError, TypeError):
        return None
    if known.st_size != edition.size:
        return None
    whole = _checksum(edition.path, known.st_size, known.st_mtime_ns) == edition.sha256
    return edition if whole else None


@functools.lru_cache(maxsize=64)
def _checksum(path: Path, size: int, changed: int) -> str:
    return checksum(path)
