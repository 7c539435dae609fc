"""Only what changed: what a report would be built from today, beside what it was built from.

The digests of one territory's own rows say whether its report is fresh; they stay with the evaluator, for
whoever has one finds the rows by trying: few and known but for a word or a number, they are soon guessed.
What a report publishes are digests of whole tables; with [secrecy], keyed, and the key is not published.
"""

import functools
import hashlib
import hmac
import json
import secrets
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from impactkit.data import csv_text
from impactkit.data.evaluation import Evaluation
from impactkit.data.folders import reference_folder
from impactkit.data.tables import PLACES, table_names
from impactkit.errors import ReportFailed
from impactkit.reports.comparison import compared
from impactkit.reports.failure import Outcome
from impactkit.reports.files import differing, sha256, tree_digest, write_json, write_whole
from impactkit.reports.record import read_record
from impactkit.reports.strays import is_file, is_folder, own_folder
from impactkit.wording.language import Language

# One territory's row in these is read for every other: who it is, where it lies, what else it received.
SHARED = ("territories", "perimeters", "events", "units", "outcomes")
# In the folder of the reports, and never published: the digests of each one's own rows, and the key.
OWN, KEY = ".inputs", ".key"
# Who answered and would not be quoted stands in no report.
TABLES, PERSONS = "evaluation/", "interviews.csv"


def inputs_of(ev: Evaluation) -> Callable[[str, Path], dict[str, str]]:
    """SHA-256, by name, of what the report of a territory (or of the programme, any other code) is built
    from with a notebook: its own rows of its tables, the tables that all share, prose, sources, kit. For the
    evaluator alone: see `published_inputs`.
    """
    everyone = {"evaluation/evaluation.toml": sha256(ev.folder / "evaluation.toml")}
    folders = {"reference": reference_folder(), "package": Path(__file__).parents[1]}
    everyone |= {name: tree_digest(folder) for name, folder in folders.items()}
    for source, parts in ev.files.items():
        for paths in parts.values():
            everyone |= {f"sources/{source}/{path.name}": sha256(path) for path in paths}
    places = {place.code for place in ev.territories}
    own = {name: file for name in table_names() if (file := ev.folder / f"{name}.csv").is_file()}
    # With [secrecy], a figure may be withheld because of the rows of another.
    shared = own if ev.secrecy else SHARED
    everyone |= {f"evaluation/{name}.csv": sha256(own[name]) for name in shared if name in own}
    of_each = {name: _by_owner(ev.language, file) for name, file in own.items() if name not in shared}

    def inputs(code: str, notebook: Path) -> dict[str, str]:
        found = {**everyone, "notebook": sha256(notebook)}
        for name, rows in of_each.items():
            mine = rows.get(code, rows[""]) if code in places else sha256(own[name])
            found[f"evaluation/{name}.csv"] = mine
        prose = ev.folder / "prose" / f"{code}.md"
        return found | ({f"evaluation/prose/{code}.md": sha256(prose)} if prose.is_file() else {})

    return inputs


def published_inputs(ev: Evaluation, target: Path) -> Callable[[Mapping[str, str]], dict[str, str]]:
    """What a report says that it was built from, given the digests of its own rows: of each table, the
    SHA-256 of the whole of it.

    With [secrecy] these are keyed (HMAC, RFC 2104): of a table that is all printed but for a figure, the
    digest would tell it. So is that of the persons asked, whose key is all that the evaluation holds.
    """
    key = _key(target) if ev.secrecy else ev.digest.encode()

    @functools.cache
    def digest(file: str) -> str:
        content = (ev.folder / file).read_bytes()
        if not ev.secrecy and file != PERSONS:
            return hashlib.sha256(content).hexdigest()
        keyed = hmac.new(key, content, hashlib.sha256)
        return keyed.hexdigest()

    def published(read: Mapping[str, str]) -> dict[str, str]:
        inputs = dict(read)
        for name in read:
            if name.startswith(TABLES):
                inputs[name] = digest(name.removeprefix(TABLES))
        return inputs

    return published


def _key(target: Path) -> bytes:
    """The key of an evaluation's reports, drawn with the first of them."""
    path = target / KEY
    if not path.is_file():
        write_whole(path, secrets.token_hex(32))
        path.chmod(0o600)
    return path.read_text("ascii").encode()


def keep_own(language: Language, report: Path, read: Mapping[str, str]) -> None:
    """Keep the digests of what a report (its folder) was built from, beside the reports."""
    write_json(own_folder(language, report.parent / OWN) / f"{report.name}.json", dict(read))


def own_of(report: Path) -> dict[str, str]:
    """The digests of what a report (its folder) was built from; none where they were lost."""
    path = report.parent / OWN / f"{report.name}.json"
    try:
        read = json.loads(path.read_text("utf-8")) if is_file(path) else {}
    except (OSError, ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}


def why_stale(
    language: Language,
    report: Path,
    inputs: Mapping[str, str],
    failed: Outcome | None,
    now: Mapping[str, str],
) -> tuple[str, ...]:
    """Why a report has to be built again, in words; nothing while it would come out the same. `now`: the
    versions of today.
    """
    try:
        # A link under its name is no report of ours.
        record = read_record(language, report) if is_folder(report) else None
    except ReportFailed:
        return (language.say("stale.damaged"),)
    if record is None:
        return (language.say("stale.failed" if failed else "stale.never"),)
    words = [language.say("stale.failed")] if failed else []
    if record.territory != report.name or compared(language, report, record).wrong:
        words.append(language.say("stale.damaged"))
    for name in differing(inputs, own_of(report)):
        kind, _, rest = name.partition("/")
        words.append(rest.rpartition("/")[2] if rest else language.say(f"stale.{kind}"))
    words += [language.say("stale.versions")] if dict(record.versions) != dict(now) else []
    return tuple(dict.fromkeys(words))


def _by_owner(language: Language, file: Path) -> dict[str, str]:
    """SHA-256 of the rows of each owner, those of nobody in particular included; "" where one has none."""
    rows: dict[str, list[Sequence[str]]] = defaultdict(list)
    table = csv_text.strict(language, file, separator=",", most=csv_text.OWN)
    head = table.header
    at = [n for n, column in enumerate(head) if column in PLACES]
    for row in table.rows:
        # A row of two, as a transfer, is a row of both; one without an owner is everyone's.
        for owner in {row[n] for n in at if n < len(row)} - {""} or {""}:
            rows[owner].append(row)
    common = rows.pop("", [])
    return {
        owner: hashlib.sha256(repr((head, bool(table.rows), common, mine)).encode()).hexdigest()
        for owner, mine in [*rows.items(), ("", [])]
    }
