"""Editions: a report has a new one when a printed figure, a sentence or prose changed, and for nothing else;
each keeps which figures moved, by how much and why.
"""

import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from impactkit.data.csv_writing import text_of_rows
from impactkit.errors import RefusedData, ReportFailed
from impactkit.indicators.draws import draws
from impactkit.reports.files import differing, rows
from impactkit.reports.ledger import Ledger
from impactkit.reports.record import RunRecord, read_record
from impactkit.reports.strays import free_name, own_folder, remove
from impactkit.wording.language import Language

FOLDER, MOVES, TOLD = "editions", "moves.csv", "claims.csv"
# What is compared of a claim.
CLAIMED = ("claim", "indicator", "group", "period", "value", "sentence", "data_vintage", "geography_vintage")
# Why a figure moved, the surest reason first.
PERIOD, SOURCE, GROUND, CORRECTION, CODE = "period", "source", "perimeter", "correction", "code"


@dataclass(frozen=True)
class Move:
    """A figure that moved (before, after: as written in claims.csv; "" where there is none), or a text
    (indicator ""); `why`: period, source, perimeter, correction or code.
    """

    claim: str
    indicator: str
    period: str
    before: str
    after: str
    why: str


def moves(
    language: Language, before: Path, after: Path, old: Mapping[str, str], new: Mapping[str, str]
) -> tuple[Move, ...]:
    """What moved from one built report (its folder) to the next; `old`, `new`: their inputs, by name."""
    changed = differing(old, new)
    try:
        was, now = _claims(language, before), _claims(language, after)
    except RefusedData:
        # A damaged edition is built anew; which of its figures moved, nobody can tell.
        return (Move("", "", "", "", "", _why({}, {}, changed)),)
    newest: dict[str, str] = {}
    for row in was.values():
        newest[row["indicator"]] = max(newest.get(row["indicator"], ""), row["period"])
    found = []
    for key in sorted({*was, *now}):
        one, other = was.get(key, {}), now.get(key, {})
        told = other or one
        same = one.get("value") == other.get("value")
        if same and one["sentence"] == other["sentence"]:
            continue
        fresh = not one and told["period"] > newest.get(told["indicator"], "~")
        why = PERIOD if fresh else _why(one, other, changed)
        shown = "sentence" if same else "value"
        values = one.get(shown, ""), other.get(shown, "")
        found.append(Move(told["claim"], "" if same else told["indicator"], told["period"], *values, why))
    # Prose, a heading, a table: no figure moved, and the page says something else.
    return tuple(found) or (Move("", "", "", "", "", _why({}, {}, changed)),)


def unquoted(moved: Iterable[Move]) -> tuple[Move, ...]:
    """What moved, without what it was before nor after, but for official figures: an earlier figure may be
    one that is withheld now, and of two that stand side by side the difference is that of who came between.
    """
    quoted = []
    for move in moved:
        official = move.indicator and not draws(move.indicator)
        quoted.append(move if official else replace(move, before="", after=""))
    return tuple(quoted)


def _why(one: Mapping[str, str], other: Mapping[str, str], changed: Sequence[str]) -> str:
    for vintage, why in (("data_vintage", SOURCE), ("geography_vintage", GROUND)):
        if one and other and one[vintage] != other[vintage]:
            return why
    tables = {name.partition("/")[2] for name in changed if name.startswith("evaluation/")}
    if tables & {"perimeters.csv", "territories.csv"} or "reference" in changed:
        return GROUND
    if any(name.startswith("sources/") for name in changed):
        return SOURCE
    return CORRECTION if tables else CODE


def _claims(language: Language, folder: Path) -> dict[tuple[str, ...], dict[str, str]]:
    claims = rows(language, folder / TOLD)
    if claims and not claims[0].keys() >= set(CLAIMED):
        raise language.error(RefusedData, "no-claims", where=TOLD)
    return {(row["claim"], row["group"], row["period"]): row for row in claims}


def write_moves(found: tuple[Move, ...], folder: Path) -> None:
    """Write `moves.csv` into the folder of the report that they led to."""
    header = [field.name for field in fields(Move)]
    rows = [list(asdict(move).values()) for move in found]
    (folder / MOVES).write_text(text_of_rows(header, rows), "utf-8", newline="")


def read_moves(language: Language, folder: Path) -> tuple[Move, ...]:
    """What moved to make the edition that lies in `folder`; nothing where the table is damaged."""
    try:
        return tuple(Move(**row) for row in rows(language, folder / MOVES))
    except (RefusedData, TypeError):
        return ()


def numbered(previous: RunRecord | None, ledger: Ledger, content: str) -> tuple[int, bool]:
    """The number of the edition that says `content`, and whether it is the one that stands: after a number
    that an edition has had, the next, even where an earlier one said the same.
    """
    last = ledger.standing
    edition, standing = (last.edition, last.content) if last else (0, "")
    if last is None and previous is not None:
        edition, standing = previous.edition, previous.content
    same = standing == content and ledger.retracted(edition) is None
    if same:
        return edition, True
    return max(edition, ledger.highest) + 1, False


def keep(
    language: Language, old: Path, to: Path, code: str, standing: RunRecord | None, *, secret: bool = False
) -> None:
    """Keep the edition of the report `code` that lies in `old` under `to`/editions, by its number, unless
    `standing` is the same one, or secrecy is asked for: beside the new one, it would give back what that one
    withholds. Of another under the same number, both stay.
    """
    record = read_record(language, old)
    if record is None or record.territory != code or secret or _same(record, standing):
        remove(old)
        return
    place = own_folder(language, own_folder(language, to / FOLDER) / code) / str(record.edition)
    if os.path.lexists(place):
        if _same(record, _readable(language, place)):
            remove(old)
            return
        place = free_name(place)
    old.rename(place)


def _same(record: RunRecord, other: RunRecord | None) -> bool:
    if other is None:
        return False
    return (record.edition, record.content) == (other.edition, other.content)


def _readable(language: Language, folder: Path) -> RunRecord | None:
    try:
        return read_record(language, folder)
    except ReportFailed:
        return None


def forget(to: Path) -> None:
    """Take away the editions that were kept beside the reports, and what moved in them: with [secrecy], none
    stays.
    """
    shutil.rmtree(to / FOLDER, ignore_errors=True)
