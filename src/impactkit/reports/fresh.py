"""Only what changed: what a report would be built from today, beside what it was built from."""

import csv
import hashlib
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path

from impactkit.data.evaluation import Evaluation
from impactkit.data.folders import reference_folder
from impactkit.data.tables import schemas
from impactkit.errors import ReportFailed
from impactkit.reports.failure import Outcome
from impactkit.reports.record import damaged, package_digest, read_record, sha256, tree_digest
from impactkit.wording.catalogue import say

# The columns that say whose a row is.
OWNERS = ("territory", "giver", "receiver")
# One territory's row in these is read for every other: who it is, where it lies, what else it received.
SHARED = ("territories", "perimeters", "events", "units", "outcomes")


def inputs_of(ev: Evaluation) -> Callable[[str, Path], dict[str, str]]:
    """SHA-256, by name, of what the report of a territory (or of the programme, any other code) is built
    from with a notebook: its own rows of its tables, the tables that all share, prose, sources, kit.
    """
    everyone = {"evaluation/evaluation.toml": sha256(ev.folder / "evaluation.toml")}
    everyone |= {"reference": tree_digest(reference_folder()), "package": package_digest()}
    for source, parts in ev.files.items():
        for paths in parts.values():
            everyone |= {f"sources/{source}/{path.name}": sha256(path) for path in paths}
    places = {place.code for place in ev.territories}
    own: dict[str, Mapping[str, str]] = {}
    for name in schemas():
        file = ev.folder / f"{name}.csv"
        if not file.is_file():
            continue
        # With [secrecy], a figure may be withheld because of the rows of another.
        if name in SHARED or ev.secrecy:
            everyone[f"evaluation/{name}.csv"] = sha256(file)
        else:
            own[name] = _by_owner(file)

    def inputs(code: str, notebook: Path) -> dict[str, str]:
        found = {**everyone, "notebook": sha256(notebook)}
        whole = code not in places
        for name, rows in own.items():
            found[f"evaluation/{name}.csv"] = (
                sha256(ev.folder / f"{name}.csv") if whole else rows.get(code, rows[""])
            )
        prose = ev.folder / "prose" / f"{code}.md"
        if prose.is_file():
            found[f"evaluation/prose/{code}.md"] = sha256(prose)
        return found

    return inputs


def why_stale(
    report: Path, inputs: Mapping[str, str], failed: Outcome | None, now: Mapping[str, str]
) -> tuple[str, ...]:
    """Why a report has to be built again, in words; nothing while it would come out the same. `now`: the
    versions of today.
    """
    try:
        record = read_record(report)
    except ReportFailed:
        return (say("stale.damaged"),)
    if record is None:
        return (say("stale.failed" if failed else "stale.never"),)
    found = [
        name for name in sorted({*inputs, *record.inputs}) if inputs.get(name) != record.inputs.get(name)
    ]
    words = []
    if failed:
        words.append(say("stale.failed"))
    if damaged(report, record):
        words.append(say("stale.damaged"))
    for name in found:
        kind, _, rest = name.partition("/")
        words.append(rest.rpartition("/")[2] if rest else say(f"stale.{kind}"))
    if dict(record.versions) != dict(now):
        words.append(say("stale.versions"))
    return tuple(dict.fromkeys(words))


def _by_owner(file: Path) -> dict[str, str]:
    """SHA-256 of the rows of each owner, those of nobody in particular included; "" where one has none."""
    rows: dict[str, list[list[str]]] = defaultdict(list)
    with file.open(encoding="utf-8-sig", newline="") as lines:
        head, *table = list(csv.reader(lines)) or [[]]
    at = [n for n, column in enumerate(head) if column in OWNERS]
    for row in table:
        # A row of two, as a transfer, is a row of both; one without an owner is everyone's.
        for owner in {row[n] for n in at if n < len(row)} - {""} or {""}:
            rows[owner].append(row)
    common = rows.pop("", [])
    return {
        owner: hashlib.sha256(repr((head, bool(table), common, mine)).encode()).hexdigest()
        for owner, mine in [*rows.items(), ("", [])]
    }
