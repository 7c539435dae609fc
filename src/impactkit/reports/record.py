"""`record.json`: what was built, from which inputs, by which versions, since when it says the same, and who
has signed it; written in the terms of W3C PROV (PROV-JSON, https://www.w3.org/submissions/prov-json/).
"""

import datetime as dt
import functools
import json
import os
import platform
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from impactkit.data.dates import iso_day
from impactkit.data.dates import today as today
from impactkit.errors import ReportFailed
from impactkit.reports.files import differing, rows, sha256, write_json
from impactkit.reports.strays import files_of, is_file
from impactkit.wording.language import Language

FORMAT = 2
FILE, PROVENANCE = "record.json", "provenance.json"
OURS, VERSION = "impactkit", "software"
# What a report is, from the least read on, and what a signature makes of it.
DRAFT, READ, VALID = "brouillon", "relu", "validé"
AS = {"relu": READ, "valide": VALID}
ABOUT = ("evaluation", "territory", "edition", "content", "first_built", "format")
# A code names folders and files: the report of a territory, or `programme`.
CODE = re.compile("(?=.{1,64}$)[a-z0-9]+(-[a-z0-9]+)*")


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


def signed(language: Language, one: Signature | None) -> str:
    """« brouillon », or who signed, as what, when."""
    if one is None:
        return language.say("state.draft")
    return language.say(
        "state.read" if one.state == READ else "state.valid", by=one.by, on=language.date(one.on)
    )


def write_record(record: RunRecord, folder: Path) -> None:
    """Write `record.json` into `folder`, whole or not at all."""
    write_json(folder / FILE, _prov(record))


def _prov(record: RunRecord) -> dict[str, Any]:
    build, report, kit = f"{OURS}:build", f"{OURS}:report", f"agent:{VERSION}"
    # In one order, whoever gives them: the same record is the same bytes.
    inputs = {f"input:{name}": {f"{OURS}:sha256": sha} for name, sha in sorted(record.inputs.items())}
    outputs = {f"output:{name}": {f"{OURS}:sha256": sha} for name, sha in sorted(record.outputs.items())}
    libraries = {f"{OURS}:{name}": one for name, one in record.versions.items()}
    made = [*outputs, report]
    prov: dict[str, Any] = {
        "prefix": {name: f"urn:{OURS}:{name}" for name in (OURS, "input", "output", "agent", "sign")},
        "entity": {**inputs, **outputs, report: {f"{OURS}:{name}": getattr(record, name) for name in ABOUT}},
        "activity": {build: {}},
        "agent": {kit: {"prov:type": "prov:SoftwareAgent", **libraries}},
        "used": {f"_:u{n}": {"prov:activity": build, "prov:entity": one} for n, one in enumerate(inputs)},
        "wasGeneratedBy": {
            f"_:g{n}": {"prov:activity": build, "prov:entity": one} for n, one in enumerate(made)
        },
        "wasAssociatedWith": {"_:a": {"prov:activity": build, "prov:agent": kit}},
        "wasInfluencedBy": {},
    }
    for n, one in enumerate(record.signatures):
        sign, agent, state = f"sign:{n}", f"agent:{n}", {f"{OURS}:state": one.state}
        prov["activity"][sign] = {**state, f"{OURS}:content": one.content, "prov:endTime": one.on}
        prov["agent"][agent] = {"prov:type": "prov:Person", "prov:label": one.by}
        prov["wasAssociatedWith"][f"_:a{n}"] = {"prov:activity": sign, "prov:agent": agent}
        prov["wasInfluencedBy"][f"_:s{n}"] = {"prov:influencee": report, "prov:influencer": sign}
    return prov


def _recorded(prov: Mapping[str, Any]) -> RunRecord:
    def after(mark: str, values: Mapping[str, Any]) -> dict[str, Any]:
        return {name.removeprefix(mark): one for name, one in values.items() if name.startswith(mark)}

    ours, entities, agents = f"{OURS}:", prov["entity"], prov["agent"]
    inputs, outputs = (
        {name: values[f"{OURS}:sha256"] for name, values in after(mark, entities).items()}
        for mark in ("input:", "output:")
    )
    signatures = tuple(
        Signature(by=agents[f"agent:{n}"]["prov:label"], on=sign["prov:endTime"], **after(ours, sign))
        for n, sign in sorted((int(n), sign) for n, sign in after("sign:", prov["activity"]).items())
    )
    about, libraries = after(ours, entities[f"{OURS}:report"]), after(ours, agents[f"agent:{VERSION}"])
    return RunRecord(**about, inputs=inputs, outputs=outputs, versions=libraries, signatures=signatures)


def write_provenance(language: Language, inputs: Mapping[str, str], folder: Path) -> None:
    """Write `provenance.json`: SHA-256 of what was read, the sources named by the twins in `folder`, the
    versions used. No digest of an output, so that the PDF may carry it.
    """
    named = {row.get("source") or "" for twin in folder.glob("*.csv") for row in rows(language, twin)}
    told = {"inputs": dict(inputs), "sources": sorted(named - {"", OURS}), "versions": versions()}
    write_json(folder / PROVENANCE, told)


def read_record(language: Language, folder: Path) -> RunRecord | None:
    """The record of a report; None when there is none. Raises ReportFailed for one that cannot be read, or
    that names what no report is called.
    """
    path = folder / FILE
    if not is_file(path):
        return None
    try:
        record = _recorded(json.loads(path.read_text("utf-8")))
        _well_formed(record)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as cause:
        raise language.error(ReportFailed, "record", where=f"{folder.name}/{FILE}") from cause
    return record


def _well_formed(record: RunRecord) -> None:
    """Raises ValueError or TypeError for a record that no build writes: its names become paths."""
    iso_day(record.first_built)
    if record.format != FORMAT:
        raise ValueError(f"format {record.format}")
    if not CODE.fullmatch(record.territory):
        raise ValueError("territory")
    if type(record.edition) is not int or record.edition < 1:
        raise ValueError("edition")
    texts = [record.evaluation, record.content]
    for named in (record.inputs, record.outputs, record.versions):
        texts += named.values()
    for signature in record.signatures:
        texts += [signature.by, signature.state, signature.content]
        iso_day(signature.on)
    if not all(isinstance(text, str) for text in texts):
        raise TypeError("text")


def record_of(language: Language, report: str | Path) -> RunRecord:
    """The record of a report (its folder). Raises ReportFailed when there is none, or it cannot be read."""
    if (record := read_record(language, Path(report))) is None:
        raise language.error(ReportFailed, "no-record", where=str(report))
    return record


def damaged(folder: Path, record: RunRecord) -> tuple[str, ...]:
    """Names of the files of a report that are not those of its record: changed, missing or added."""
    return tuple(differing(outputs_of(folder), record.outputs))


def undamaged(language: Language, folder: Path, record: RunRecord) -> None:
    """Raises ReportFailed naming the files that are not those of the record."""
    if changed := damaged(folder, record):
        raise language.error(ReportFailed, "changed-since", where=folder.name, files=", ".join(changed))


def day_of(language: Language, content: str, previous: RunRecord | None) -> dt.date:
    """The day a page prints: the first build of this content, else today; SOURCE_DATE_EPOCH overrides."""
    if previous is not None and previous.content == content and not os.environ.get("SOURCE_DATE_EPOCH"):
        return dt.date.fromisoformat(previous.first_built)
    return today(language)


def outputs_of(folder: Path) -> dict[str, str]:
    """SHA-256 of every file of a report but its record."""
    return {file.name: sha256(file) for file in files_of(folder) if file.name != FILE}


@functools.lru_cache(maxsize=1)
def requirements() -> tuple[tuple[str, str], ...]:
    """What the kit asks for, extras apart: library and range, as its own metadata say."""
    lines = [line for line in metadata.requires("impactkit") or () if "extra ==" not in line]
    found = (re.match(r"([A-Za-z0-9._-]+)\s*(.*)", line) for line in lines)
    return tuple((one[1], one[2].strip(" ()")) for one in found if one)


@functools.lru_cache(maxsize=1)
def versions() -> dict[str, str]:
    """Versions of Python, of the kit and of the libraries it asks for."""
    names = ["impactkit", *(name for name, _ in requirements())]
    return {"python": platform.python_version(), **{name: metadata.version(name) for name in names}}
