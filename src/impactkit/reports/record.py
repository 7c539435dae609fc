"""`record.json`: what was built, from which inputs, by which versions, and since when it says the same."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import json
import os
import platform
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from importlib import metadata
from pathlib import Path

from impactkit.errors import ReportFailed
from impactkit.reports.page import today
from impactkit.wording.catalogue import error

FORMAT = 1
FILE = "record.json"


@dataclass(frozen=True)
class RunRecord:
    """One built report.

    `first_built` is the UTC day (ISO) of the first build of this content, `content` the SHA-256 of what the
    page says; `inputs` and `outputs` are SHA-256 by name, `versions` those of the libraries.
    """

    evaluation: str
    territory: str
    first_built: str
    content: str
    inputs: Mapping[str, str]
    outputs: Mapping[str, str]
    versions: Mapping[str, str]
    status: str = "built"
    format: int = FORMAT


def write_record(record: RunRecord, folder: Path) -> None:
    """Write `record.json` into `folder`, whole or not at all."""
    write_whole(
        folder / FILE, json.dumps(asdict(record), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    )


def write_whole(path: Path, text: str) -> None:
    """Write a text file in one move: whoever reads sees the old one or the new one."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.write_text(text, "utf-8")
    os.replace(aside, path)


def read_record(folder: Path) -> RunRecord | None:
    """The record of a report; None when there is none. Raises ReportFailed for one that cannot be read."""
    path = folder / FILE
    if not path.is_file():
        return None
    try:
        values = json.loads(path.read_text("utf-8"))
        record = RunRecord(**values)
        dt.date.fromisoformat(record.first_built)
        if record.format != FORMAT or set(values) != {field.name for field in fields(RunRecord)}:
            raise ValueError(f"format {record.format}")
    except (ValueError, TypeError) as cause:
        raise error(ReportFailed, "record", where=f"{folder.name}/{FILE}") from cause
    return record


def damaged(folder: Path, record: RunRecord) -> tuple[str, ...]:
    """Names of the files of a report that are not those of its record: changed, missing or added."""
    found = outputs_of(folder)
    return tuple(
        sorted(name for name in {*found, *record.outputs} if found.get(name) != record.outputs.get(name))
    )


def day_of(content: str, previous: RunRecord | None) -> dt.date:
    """The day a page prints: the first build of this content, else today; SOURCE_DATE_EPOCH overrides."""
    if previous is not None and previous.content == content and not os.environ.get("SOURCE_DATE_EPOCH"):
        return dt.date.fromisoformat(previous.first_built)
    return today()


def sha256(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def outputs_of(folder: Path) -> dict[str, str]:
    """SHA-256 of every file of a report but its record."""
    return {file.name: sha256(file) for file in sorted(folder.iterdir()) if file.name != FILE}


def tree_digest(folder: Path) -> str:
    """SHA-256 of the files of a folder, by name and content; caches left out."""
    sha = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            sha.update(file.relative_to(folder).as_posix().encode() + b"\0" + bytes.fromhex(sha256(file)))
    return sha.hexdigest()


def package_digest() -> str:
    """SHA-256 of the source of the kit."""
    return tree_digest(Path(__file__).parents[1])


@functools.lru_cache(maxsize=1)
def requirements() -> tuple[tuple[str, str], ...]:
    """What the kit asks for, extras apart: library and range, as its own metadata say."""
    lines = [line for line in metadata.requires("impactkit") or () if "extra ==" not in line]
    found = (re.match(r"([A-Za-z0-9._-]+)\s*(.*)", line) for line in lines)
    return tuple((one[1], one[2].strip(" ()")) for one in found if one)


def versions() -> dict[str, str]:
    """Versions of Python, of the kit and of the libraries it asks for."""
    names = ["impactkit", *(name for name, _ in requirements())]
    return {"python": platform.python_version(), **{name: metadata.version(name) for name in names}}
