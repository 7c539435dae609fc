"""What the kit wrote itself and finds again: records, failures, journals, moves, what was fetched."""

from __future__ import annotations

import fcntl
import functools
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import edits
import invented_report as invented
from hypothesis import strategies as st
from judge import must, outcome, plain, readable, twice

from impactkit.data.sources.cache import editions, keep
from impactkit.reports import editions as kept_editions
from impactkit.reports import failure, ledger
from impactkit.reports.comparison import compared
from impactkit.reports.explain import explain
from impactkit.reports.files import LOCK, add_line, alone
from impactkit.reports.fresh import keep_own, own_of, why_stale
from impactkit.reports.mail import SENT, _journal
from impactkit.reports.page import content_digest, read_page
from impactkit.reports.record import (
    RunRecord,
    Signature,
    damaged,
    read_record,
    signed,
    write_provenance,
    write_record,
)
from impactkit.reports.rendered import Kept, kept_page, render
from impactkit.reports.verify import examined
from impactkit.wording.language import FRENCH

CODE = "aubepine"
CLAIMS = (
    "claim,territory,indicator,group,period,value,low,high,n,unit,level,rule,sentence,source,as_of,data_vintage,"
    "geography_vintage,assumptions,checks\n"
    "c1,aubepine,count_jobs,,2021,12,,,3,emplois,declared,r1,Douze emplois.,Gazette,2021-06-30,2021,,,\n"
    "c2,aubepine,count_jobs,,2022,14,,,3,emplois,declared,r1,Quatorze emplois.,Gazette,2022-06-30,2022,,,\n"
)
EVENT = {
    "key": "k1",
    "territory": CODE,
    "address": "a@exemple.fr",
    "edition": 1,
    "state": "accepted",
    "time": "x",
}


@functools.cache
def template() -> Path:
    """A folder of reports with one report, its journals, a failure, and a cache with one file."""
    # Beside the folder of the trials, where nothing is written again.
    root = Path(tempfile.mkdtemp(dir=Path(tempfile.gettempdir()).parent))
    reports = root / "reports"
    folder = reports / CODE
    folder.mkdir(parents=True)
    page = read_page(FRENCH, invented.whole())
    (folder / "claims.csv").write_text(CLAIMS, "utf-8")
    write_provenance(FRENCH, {"notebook": "0" * 64}, folder)
    before = replace(_record(), content=content_digest(page))
    signature = Signature("Ada Exemple", "validé", "2024-06-30", before.content)
    kept_editions.write_moves(
        (kept_editions.Move("c1", "count_jobs", "2021", "11", "12", "source"),), folder
    )
    record = render(FRENCH, Kept(page, "Essai", True), replace(before, signatures=(signature,)), folder)
    keep_own(FRENCH, folder, record.inputs)
    for line in (
        ledger.note(ledger.BUILT, record, {}),
        ledger.signature_line(record, signature, ledger.hashes(folder)),
        ledger.note(ledger.PUBLISHED, record, ledger.hashes(folder)),
    ):
        ledger.add(FRENCH, reports, CODE, line)
    for state in ("sending", "accepted"):
        add_line(FRENCH, reports / SENT, {**EVENT, "state": state})
    failure.filed(
        FRENCH,
        failure.Outcome(CODE, section="Les projets", kind="ReportFailed", what="arrêté", next="relire"),
        reports,
    )
    (reports / LOCK).write_text(
        '{"process": 12, "machine": "x", "since": "2024-06-30T10:00:00+00:00"}', "utf-8"
    )
    source = root / "cache" / "shops"
    source.mkdir(parents=True)
    (source / "part").write_text("code;n\n1;2\n", "utf-8")
    keep(root / "cache", "shops", source / "part", name="shops.csv", address="https://exemple.fr/x")
    shutil.copytree(folder, root / "old")
    return root


def _record() -> RunRecord:
    shas = {"evaluation/jobs.csv": "1" * 64, "notebook": "0" * 64}
    return RunRecord("essai", CODE, "2024-06-30", "", shas, {}, {"python": "3.11.0", "impactkit": "0.1.0"})


JSONS = (
    f"reports/{CODE}/record.json",
    f"reports/{CODE}/record.json",
    f"reports/{CODE}/.page.json",
    f"reports/{CODE}/provenance.json",
    f"reports/.failed/{CODE}.json",
    f"reports/.inputs/{CODE}.json",
    f"reports/{LOCK}",
    "cache/shops/record.json",
)
LINES = (f"reports/{ledger.FOLDER}/{CODE}.jsonl", f"reports/{SENT}")
CSVS = (f"reports/{CODE}/moves.csv", f"reports/{CODE}/claims.csv")

json_edits = st.tuples(
    st.lists(edits.tree_edits, max_size=4),
    st.lists(edits.raw_edits, max_size=1),
    st.lists(edits.byte_edits, max_size=1),
)
INPUTS = {
    "records": st.tuples(st.sampled_from(JSONS), json_edits),
    "journals": st.tuples(
        st.booleans(),
        st.sampled_from(LINES),
        st.lists(st.tuples(edits.places, edits.tree_edits), max_size=3),
        st.lists(edits.raw_edits, max_size=2),
        st.lists(edits.byte_edits, max_size=1),
    ),
    "moves": st.tuples(st.sampled_from(CSVS), edits.tables),
}


def _copied(folder: Path) -> Path:
    root = folder / "here"
    shutil.copytree(template(), root)
    return root


def records(value: Any, folder: Path) -> None:
    """One file of JSON changed: it is said, or set aside, and the rest is read."""
    name, (changes, raw, flips) = value
    root = _copied(folder)
    path = root / name
    tree = edits.of_tree(json.loads(path.read_text("utf-8")), changes)
    content = edits.of_text(json.dumps(tree), raw).encode("utf-8", "surrogatepass")
    path.write_bytes(edits.of_bytes(content, flips))
    reports, report = root / "reports", root / "reports" / CODE
    found = twice(partial(read_record, FRENCH), report)
    if found[0] == "value" and found[1] is not None:
        _of_record(found[1], report, folder)
    failures = twice(partial(failure.read_failures, FRENCH), reports)[1]
    readable("\n".join(outcome.sentence(FRENCH) for outcome in failures.values()))
    twice(own_of, report)
    readable(
        " ".join(twice(partial(why_stale, FRENCH), report, {"notebook": "0" * 64}, None, {"python": "3"})[1])
    )
    _held_alone(reports)
    for edition in twice(editions, root / "cache", "shops")[1]:
        must(edition.path.parent == root / "cache" / "shops", "a file of another folder", edition)
    outcome(partial(kept_editions.keep, FRENCH), root / "old", reports, CODE, None)


def _of_record(record: RunRecord, report: Path, folder: Path) -> None:
    """A record that is read is written and reads back; what it says is compared with its report."""
    again = folder / "again"
    again.mkdir()
    write_record(record, again)
    back = outcome(partial(read_record, FRENCH), again)
    must(plain(back[1]) == plain(record), "a record that reads back otherwise", record, back)
    readable(f"{record.state} {signed(FRENCH, record.last)}")
    twice(damaged, report, record)
    twice(partial(compared, FRENCH), report, record)
    twice(partial(kept_page, FRENCH), report, record)
    seen = outcome(partial(examined, FRENCH), report)
    if seen[0] == "value":
        readable(" ".join((*seen[1].wrong, *seen[1].uncompared)))
    must(
        plain(outcome(partial(read_record, FRENCH), report)[1]) == plain(record),
        "examining changed the record",
    )


def _alone(reports: Path) -> None:
    with alone(FRENCH, reports):
        return


def _held_alone(reports: Path) -> None:
    """Whoever holds the folder is named, whatever its lock says; nobody is once it is free."""
    number = os.open(reports / LOCK, os.O_RDONLY)
    try:
        fcntl.flock(number, fcntl.LOCK_EX)
        must(outcome(_alone, reports)[0] == "refused", "two alone in one folder")
    finally:
        os.close(number)
    must(outcome(_alone, reports)[0] == "value", "nobody may work in the folder")


def journals(value: Any, folder: Path) -> None:
    """Lines changed, cut, doubled or moved: the chain is whole, or said broken where it is."""
    chained, name, changes, raw, flips = value
    root = _copied(folder)
    path = root / name
    lines = path.read_text("utf-8").splitlines()
    for place, change in changes:
        at = edits.at(lines, place)
        lines[at] = json.dumps(edits.of_tree(json.loads(lines[at]), [change]), ensure_ascii=False)
    if chained and name == LINES[0]:
        lines = _chained(lines)
    content = edits.of_text("\n".join(lines) + "\n", raw).encode("utf-8", "surrogatepass")
    path.write_bytes(edits.of_bytes(content, flips))
    reports, report = root / "reports", root / "reports" / CODE
    _of_sent(reports / SENT)
    found = twice(partial(ledger.read_ledger, FRENCH), reports, CODE)[1]
    record = read_record(FRENCH, report)
    readable(" ".join(twice(partial(compared, FRENCH), report, record)[1].wrong))
    added = outcome(
        partial(ledger.add, FRENCH), reports, CODE, ledger.note(ledger.BUILT, replace(record, edition=9), {})
    )
    must(
        (added[0] == "refused") == bool(found.broken),
        "added to a broken chain, or not to a whole one",
        added,
    )
    if added[0] == "value":
        back = ledger.read_ledger(FRENCH, reports, CODE)
        must(
            not back.broken and plain(back.lines[: len(found.lines)]) == plain(found.lines),
            "the chain was broken",
        )
        must(back.lines[-1].edition == 9, "a line that was not added", back.lines[-1])
    words = outcome(partial(ledger.broken_set_aside, FRENCH), reports, CODE)
    readable(" ".join(words[1]))
    must(not ledger.read_ledger(FRENCH, reports, CODE).broken, "set aside, and broken still")


def _chained(lines: list[str]) -> list[str]:
    """The same lines with the hashes of a chain: whoever writes a line can reckon its hash."""
    before, rows = "", []
    for line in lines:
        told = json.loads(line)
        if isinstance(told, dict):
            told["before"] = before
            text = json.dumps(
                {key: part for key, part in told.items() if key != "hash"},
                sort_keys=True,
                ensure_ascii=False,
            )
            before = told["hash"] = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        rows.append(json.dumps(told, ensure_ascii=False))
    return rows


def _of_sent(path: Path) -> None:
    """What was sent stays sent, whatever else the journal holds."""
    before = twice(_journal, path)[1]
    outcome(partial(add_line, FRENCH), path, {**EVENT, "key": "k2", "state": "sending"})
    after = twice(_journal, path)[1]
    must(after == {**before, "k2": "sending"}, "a line more, and another journal", before, after)


def moves(value: Any, folder: Path) -> None:
    """What moved and what was claimed, changed as tables are."""
    name, edit = value
    root = _copied(folder)
    path = root / name
    path.write_bytes(edits.of_table(path.read_text("utf-8"), edit))
    report = root / "reports" / CODE
    found = twice(partial(kept_editions.read_moves, FRENCH), report)[1]
    _moves_back(found, folder)
    twice(_moved, root / "old", report)
    twice(_moved, report, root / "old")
    for claim in ("c1", "c2"):
        told = outcome(explain, report, claim, evaluation=None)
        readable(str(told[1]))
    outcome(partial(write_provenance, FRENCH), {}, report)


def _moved(before: Path, after: Path) -> Any:
    return kept_editions.unquoted(
        kept_editions.moves(FRENCH, before, after, {"notebook": "0"}, {"notebook": "1"})
    )


def _moves_back(found: tuple[Any, ...], folder: Path) -> None:
    again = folder / "again"
    again.mkdir()
    kept_editions.write_moves(found, again)
    must(kept_editions.read_moves(FRENCH, again) == found, "moves that read back otherwise", found)


Check = Callable[[Any, Path], None]
