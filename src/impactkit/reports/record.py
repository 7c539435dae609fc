"""`record.json`: what was built, from which inputs, by which versions, since when it says the same, and who
has signed it; written in the terms of W3C PROV (PROV-JSON, https://www.w3.org/submissions/prov-json/).
"""

import csv
import datetime as dt
import functools
import hashlib
import json
import os
import platform
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from impactkit.errors import ReportFailed
from impactkit.wording.catalogue import error

FORMAT = 2
FILE, PROVENANCE = "record.json", "provenance.json"
OURS, VERSION = "impactkit", "software"
# What a report is, from the least read on, and what a signature makes of it.
DRAFT, READ, VALID = "brouillon", "relu", "validé"
AS = {"relu": READ, "valide": VALID}


@dataclass(frozen=True)
class Signature:
    """Who read what (`content`: its SHA-256), as what (relu, valide), and when (ISO)."""

    by: str
    state: str
    on: str
    content: str


@dataclass(frozen=True)
class RunRecord:
    """One built report.

    `edition` counts the contents that this report has had, `first_built` is the UTC day (ISO) of the first
    build of this one, `content` the SHA-256 of what the page says; `inputs` and `outputs` are SHA-256 by
    name, `versions` those of the libraries.
    """

    evaluation: str
    territory: str
    first_built: str
    content: str
    inputs: Mapping[str, str]
    outputs: Mapping[str, str]
    versions: Mapping[str, str]
    edition: int = 1
    signatures: tuple[Signature, ...] = ()
    format: int = FORMAT

    @property
    def last(self) -> Signature | None:
        """The signature that tells the state: of this content, the strongest, then the last."""
        mine = [one for one in self.signatures if one.content == self.content]
        return max(mine, key=lambda one: (one.state == VALID, one.on), default=None)

    @property
    def state(self) -> str:
        """« brouillon », « relu » or « validé »."""
        return self.last.state if self.last else DRAFT


def write_record(record: RunRecord, folder: Path) -> None:
    """Write `record.json` into `folder`, whole or not at all."""
    write_whole(
        folder / FILE, json.dumps(_prov(record), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    )


def _prov(record: RunRecord) -> dict[str, Any]:
    inputs = {f"input:{name}": {f"{OURS}:sha256": sha} for name, sha in record.inputs.items()}
    outputs = {f"output:{name}": {f"{OURS}:sha256": sha} for name, sha in record.outputs.items()}
    signed = dict(enumerate(record.signatures))
    about = ("evaluation", "territory", "edition", "content", "first_built", "format")
    return {
        "prefix": {name: f"urn:{OURS}:{name}" for name in (OURS, "input", "output", "agent", "sign")},
        "entity": inputs
        | outputs
        | {f"{OURS}:report": {f"{OURS}:{name}": getattr(record, name) for name in about}},
        "activity": {f"{OURS}:build": {}}
        | {
            f"sign:{n}": {f"{OURS}:state": one.state, f"{OURS}:content": one.content, "prov:endTime": one.on}
            for n, one in signed.items()
        },
        "agent": {
            f"agent:{VERSION}": {
                "prov:type": "prov:SoftwareAgent",
                **{f"{OURS}:{name}": one for name, one in record.versions.items()},
            }
        }
        | {f"agent:{n}": {"prov:type": "prov:Person", "prov:label": one.by} for n, one in signed.items()},
        "used": _relations("u", "prov:entity", inputs),
        "wasGeneratedBy": _relations("g", "prov:entity", [*outputs, f"{OURS}:report"]),
        "wasAssociatedWith": {
            "_:a": {"prov:activity": f"{OURS}:build", "prov:agent": f"agent:{VERSION}"},
            **{f"_:a{n}": {"prov:activity": f"sign:{n}", "prov:agent": f"agent:{n}"} for n in signed},
        },
        "wasInfluencedBy": {
            f"_:s{n}": {"prov:influencee": f"{OURS}:report", "prov:influencer": f"sign:{n}"} for n in signed
        },
    }


def _relations(letter: str, end: str, names: Iterable[str]) -> dict[str, dict[str, str]]:
    return {f"_:{letter}{n}": {"prov:activity": f"{OURS}:build", end: one} for n, one in enumerate(names)}


def _recorded(prov: Mapping[str, Any]) -> RunRecord:
    def own(values: Mapping[str, Any]) -> dict[str, Any]:
        mine = f"{OURS}:"
        return {name.removeprefix(mine): one for name, one in values.items() if name.startswith(mine)}

    entities, agents = prov["entity"], prov["agent"]
    files: dict[str, dict[str, str]] = {"input": {}, "output": {}}
    for name, values in entities.items():
        kind, _, rest = name.partition(":")
        if kind in files:
            files[kind][rest] = values[f"{OURS}:sha256"]
    signed = []
    for name, values in sorted(prov["activity"].items(), key=lambda one: (len(one[0]), one[0])):
        if name.startswith("sign:"):
            by = agents[name.replace("sign:", "agent:")]["prov:label"]
            told = own(values)
            signed.append(Signature(by, told["state"], values["prov:endTime"], told["content"]))
    return RunRecord(
        **own(entities[f"{OURS}:report"]),
        inputs=files["input"],
        outputs=files["output"],
        versions=own(agents[f"agent:{VERSION}"]),
        signatures=tuple(signed),
    )


def write_provenance(inputs: Mapping[str, str], folder: Path) -> None:
    """Write `provenance.json`: SHA-256 of what was read, the sources named by the twins in `folder`, the
    versions used. No digest of an output, so that the PDF may carry it.
    """
    named: set[str] = set()
    for twin in sorted(folder.glob("*.csv")):
        with twin.open(encoding="utf-8", newline="") as lines:
            named |= {row.get("source") or "" for row in csv.DictReader(lines)}
    told = {"inputs": dict(inputs), "sources": sorted(named - {"", "impactkit"}), "versions": versions()}
    write_whole(folder / PROVENANCE, json.dumps(told, ensure_ascii=False, indent=2, sort_keys=True) + "\n")


def write_whole(path: Path, text: str) -> None:
    """Write a text file in one move: even after a power cut, it is the old one or the new one."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with aside.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)


def synced(path: Path) -> None:
    """Put a file, or a folder's names, on the disk itself: a power cut then loses nothing of it."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def read_record(folder: Path) -> RunRecord | None:
    """The record of a report; None when there is none. Raises ReportFailed for one that cannot be read."""
    path = folder / FILE
    if not path.is_file():
        return None
    try:
        record = _recorded(json.loads(path.read_text("utf-8")))
        dt.date.fromisoformat(record.first_built)
        if record.format != FORMAT:
            raise ValueError(f"format {record.format}")
    except (ValueError, TypeError, KeyError, AttributeError) as cause:
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


def today() -> dt.date:
    """The UTC day, or the one of SOURCE_DATE_EPOCH."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    now = float(epoch) if epoch else time.time()
    return dt.datetime.fromtimestamp(now, dt.UTC).date()


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
