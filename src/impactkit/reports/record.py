"""`record.json`: what was built, from which inputs, by which versions, and since when its content is the
same.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib import metadata
from pathlib import Path

from impactkit.errors import ReportFailed
from impactkit.reports.page import today
from impactkit.wording.catalogue import error

FORMAT = 1
FILE = "record.json"
LIBRARIES = ("impactkit", "pandas", "numpy", "matplotlib", "papermill", "nbconvert", "typst")


@dataclass(frozen=True)
class RunRecord:
    """One built report. `first_built` is the UTC day of the first build of this content; `inputs` and
    `outputs` are SHA-256 by name; `versions` those of the libraries that made it.
    """

    evaluation: str
    territory: str
    first_built: str
    content: str
    inputs: Mapping[str, str]
    outputs: Mapping[str, str]
    versions: Mapping[str, str] = field(default_factory=lambda: versions())
    format: int = FORMAT

    def write(self, folder: Path) -> None:
        """Write `record.json` into a folder being built."""
        text = json.dumps(asdict(self), ensure_ascii=False, indent=2, sort_keys=True)
        (folder / FILE).write_text(text + "\n", "utf-8")


def read_record(folder: Path) -> RunRecord | None:
    """The record of a built report; None when there is none. Raises ReportFailed for a record that cannot be
    read.
    """
    path = folder / FILE
    if not path.is_file():
        return None
    try:
        return RunRecord(**json.loads(path.read_text("utf-8")))
    except (ValueError, TypeError) as cause:
        raise error(ReportFailed, "record", where=str(path)) from cause


def day_of(content: str, previous: RunRecord | None) -> dt.date:
    """The day that a page prints: that of the first build of the same content, else today (or
    SOURCE_DATE_EPOCH).
    """
    import os

    if previous is not None and previous.content == content and not os.environ.get("SOURCE_DATE_EPOCH"):
        return dt.date.fromisoformat(previous.first_built)
    return today()


def sha256(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def outputs_of(folder: Path) -> dict[str, str]:
    """SHA-256 of every file of a report but its record."""
    return {
        file.name: sha256(file) for file in sorted(folder.iterdir()) if file.is_file() and file.name != FILE
    }


def package_digest() -> str:
    """SHA-256 of the source of the kit."""
    root, sha = Path(__file__).parents[1], hashlib.sha256()
    for file in sorted(
        path for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    ):
        sha.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes())
    return sha.hexdigest()


def versions() -> dict[str, str]:
    """Versions of what makes a report."""
    return {"python": platform.python_version(), **{name: metadata.version(name) for name in LIBRARIES}}
