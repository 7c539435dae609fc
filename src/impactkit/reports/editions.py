"""Editions: a report has a new one when a printed figure, a sentence or prose changed, and for nothing else;
each keeps which figures moved, by how much and why.
"""

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from impactkit.data.csv_writing import text_of_rows
from impactkit.errors import RefusedData
from impactkit.indicators.draws import draws
from impactkit.reports.files import differing, rows
from impactkit.reports.record import RunRecord, read_record

FOLDER, MOVES, TOLD = "editions", "moves.csv", "claims.csv"
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


def moves(before: Path, after: Path, old: Mapping[str, str], new: Mapping[str, str]) -> tuple[Move, ...]:
    """What moved from one built report (its folder) to the next; `old`, `new`: their inputs, by name."""
    changed = differing(old, new)
    try:
        was, now = _claims(before), _claims(after)
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


def _claims(folder: Path) -> dict[tuple[str, ...], dict[str, str]]:
    return {(row["claim"], row["group"], row["period"]): row for row in rows(folder / TOLD)}


def write_moves(found: tuple[Move, ...], folder: Path) -> None:
    """Write `moves.csv` into the folder of the report that they led to."""
    header = [field.name for field in fields(Move)]
    rows = [list(asdict(move).values()) for move in found]
    (folder / MOVES).write_text(text_of_rows(header, rows), "utf-8", newline="")


def read_moves(folder: Path) -> tuple[Move, ...]:
    """What moved to make the edition that lies in `folder`."""
    return tuple(Move(**row) for row in rows(folder / MOVES))


def keep(old: Path, to: Path, standing: RunRecord | None, *, secret: bool = False) -> None:
    """Keep the edition that lies in `old` under `to`/editions, unless `standing` is the same one, or secrecy
    is asked for: beside the new one, it would give back what that one withholds.
    """
    record = read_record(old)
    same = standing is not None and record is not None and record.edition == standing.edition
    if record is None or same or secret:
        shutil.rmtree(old)
        return
    place = to / FOLDER / record.territory / str(record.edition)
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(place, ignore_errors=True)
    old.rename(place)


def forget(to: Path) -> None:
    """Take away the editions that were kept beside the reports, and what moved in them: with [secrecy], none
    stays.
    """
    shutil.rmtree(to / FOLDER, ignore_errors=True)
