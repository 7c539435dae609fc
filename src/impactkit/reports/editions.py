"""Editions: a report has a new one when a printed figure, a sentence or prose changed, and for nothing else;
each keeps which figures moved, by how much and why.
"""

import csv
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

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
    was, now = _claims(before), _claims(after)
    changed = {name for name in {*old, *new} if old.get(name) != new.get(name)}
    newest = {}
    for row in was.values():
        newest[row["indicator"]] = max(newest.get(row["indicator"], ""), row["period"])
    found = []
    for key in sorted({*was, *now}):
        one, other = was.get(key), now.get(key)
        if one and other and one["value"] == other["value"] and one["sentence"] == other["sentence"]:
            continue
        told = other or one
        assert told is not None
        fresh = one is None and told["period"] > newest.get(told["indicator"], "~")
        why = PERIOD if fresh else _why(one, other, changed)
        same = bool(one and other and one["value"] == other["value"])
        name = "" if same else told["indicator"]
        values = [row["sentence" if same else "value"] if row else "" for row in (one, other)]
        found.append(Move(told["claim"], name, told["period"], values[0], values[1], why))
    # Prose, a heading, a table: no figure moved, and the page says something else.
    return tuple(found) or (Move("", "", "", "", "", _why(None, None, changed)),)


def _why(one: Mapping[str, str] | None, other: Mapping[str, str] | None, changed: set[str]) -> str:
    if one and other and one["data_vintage"] != other["data_vintage"]:
        return SOURCE
    if one and other and one["geography_vintage"] != other["geography_vintage"]:
        return GROUND
    tables = {name.partition("/")[2] for name in changed if name.startswith("evaluation/")}
    if tables & {"perimeters.csv", "territories.csv"} or "reference" in changed:
        return GROUND
    if any(name.startswith("sources/") for name in changed):
        return SOURCE
    return CORRECTION if tables else CODE


def _claims(folder: Path) -> dict[tuple[str, ...], dict[str, str]]:
    path = folder / TOLD
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as lines:
        return {(row["claim"], row["group"], row["period"]): row for row in csv.DictReader(lines)}


def write_moves(found: tuple[Move, ...], folder: Path) -> None:
    """Write `moves.csv` into the folder of the report that they led to."""
    with (folder / MOVES).open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        names = [field.name for field in fields(Move)]
        table.writerow(names)
        table.writerows([getattr(one, name) for name in names] for one in found)


def read_moves(folder: Path) -> tuple[Move, ...]:
    """What moved to make the edition that lies in `folder`."""
    path = folder / MOVES
    if not path.is_file():
        return ()
    with path.open(encoding="utf-8", newline="") as lines:
        return tuple(Move(**row) for row in csv.DictReader(lines))


def keep(old: Path, to: Path, standing: RunRecord | None) -> None:
    """Keep the edition that lies in `old` under `to`/editions, unless `standing` is the same one."""
    record = read_record(old)
    if record is None or standing is not None and record.edition >= standing.edition:
        shutil.rmtree(old)
        return
    place = to / FOLDER / record.territory / str(record.edition)
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(place, ignore_errors=True)
    old.rename(place)
