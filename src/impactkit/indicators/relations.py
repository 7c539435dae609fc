"""What a reader of every report of an evaluation may add up: the one table of relations that secrecy knows.

Each is linear: a total is its parts, each times a weight, and a rest that nobody prints. A rest that is
nothing is known to be nothing. Groups, territories inside others and the programme's own sums are found in
the rows; a few sums and limits cross indicators, and are listed here. Quotients are no sums: `draws` hides
those of what is hidden, and `QUOTIENTS` says what gives one back.
"""

import itertools
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from impactkit.data.evaluation import Evaluation
from impactkit.data.territories import Territory

# Why a figure is withheld that would only give back another.
SECONDARY = "secondary"
# Periods of a figure, each with the name of its cell.
Dated = dict[str, str]
Place = tuple[str, str, str]
# More sets of territories apart than this inside one tell nothing that fewer do not.
MOST_APART = 200
_NIL = 1e-6
# An indicator, and what it sums or is never under: indicators, each with its group.
SUMS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "amount_engineering_animation",
        (("amount_secured", "purpose=engineering"), ("amount_secured", "purpose=animation")),
    ),
    ("amount_secured", (("amount_funding", "status=committed"),)),
    ("amount_secured", (("amount_funding", "status=paid"),)),
    ("count_partnerships", (("count_companies", ""),)),
    ("count_jobs", (("count_jobs_insertion", ""),)),
    ("count_jobs", (("count_jobs_fte", ""),)),
    ("count_milestones", (("count_milestones_done", ""),)),
    ("count_milestones_done", (("count_milestones_on_time", ""),)),
    ("count_milestones_done", (("count_milestones_undated", ""),)),
    ("count_obstacles", (("count_obstacles_undated", ""),)),
    ("count_challenges", (("count_challenges_unthemed", ""),)),
)
# What is committed or paid is secured once: both, less what is both.
COMMITTED, PAID = (("amount_funding", f"status={status}") for status in ("committed", "paid"))
# What is told of a whole list apart from the groups that it makes: another group of that kind.
BESIDE = {("count_members_named", "type"): "count_members_untyped"}
# Groups of a territory that the programme's own add up, where they have other names.
ADDED = {"count_transfers": ("role=given", "role=received")}
# A quotient: what is divided, by what; {group} is its own.
QUOTIENTS = {
    "amount_cost_per_job": (("amount_project_cost", ""), ("count_jobs", "")),
    "share_jobs_insertion": (("count_jobs_insertion", ""), ("count_jobs", "")),
    "share_jobs_target": (("count_jobs", ""), ("", "")),
    "share_milestones_done": (("count_milestones_done", ""), ("count_milestones", "")),
    "share_milestones_on_time": (("count_milestones_on_time", ""), ("", "")),
    "share_obstacles_lifted": (("count_obstacles", "outcome=lifted"), ("", "")),
    "share_transfers_adopted": (("count_transfers", "status=adopted"), ("count_transfers", "")),
    "share_members": (("count_members_named", "{group}"), ("", "")),
    "ratio_complementary": (
        ("amount_funding", "share=complementary|{group}"),
        ("amount_funding", "share=base|{group}"),
    ),
    "index_concentration": (("amount_secured", ""), ("", "")),
}


@dataclass(frozen=True)
class Relation:
    """What every reader knows: the value of `total` is the sum of those of `parts` (ids of cells), each
    times its weight (one where none is told).
    """

    total: str
    parts: tuple[str, ...]
    weights: tuple[float, ...] = ()


@dataclass(frozen=True)
class Sum:
    """`total` is at least the sum of its `parts` (cells), each times its weight (one where none is told)."""

    total: str
    parts: tuple[str, ...]
    weights: tuple[float, ...] = ()


def sums_of(ev: Evaluation, rows: pd.DataFrame) -> list[Sum]:
    """Every sum that the rows hold; `rows`: known counts and amounts, with the name of each `cell`."""
    held = _Held(rows)
    families = (_groups(held), _programme(ev, held), _nested(ev, held), _across(ev, held))
    return list(dict.fromkeys(itertools.chain(*families)))


class _Held:
    """The rows by territory, indicator and group, then by period."""

    def __init__(self, rows: pd.DataFrame) -> None:
        self.at: dict[Place, Dated] = defaultdict(dict)
        self.groups: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.value = dict(zip(rows["cell"], rows["value"], strict=True))
        columns = ["territory", "indicator", "group", "period", "cell"]
        for territory, indicator, group, period, cell in rows[columns].itertuples(index=False):
            if not self.at[territory, indicator, group]:
                self.groups[territory, indicator].append(group)
            self.at[territory, indicator, group][period] = cell

    def of(self, places: Iterable[Place]) -> list[Dated]:
        return [self.at[place] for place in places if place in self.at]

    def sums(self, total: Dated, parts: list[Dated], *weights: float) -> Iterator[Sum]:
        """A total and its parts, date by date and each at its latest: parts may be dated unlike it."""
        if parts:
            yield Sum(_latest(total), tuple(map(_latest, parts)), weights)
        for period, cell in total.items() if len(total) > 1 else ():
            if dated := tuple(part[period] for part in parts if period in part):
                yield Sum(cell, dated, weights)


def _latest(dated: Dated) -> str:
    return dated[max(dated)]


def _groups(held: _Held) -> Iterator[Sum]:
    """Groups that split another: « share=base|status=paid » is a part of « status=paid »."""
    for (territory, indicator), groups in held.groups.items():
        parts: dict[tuple[str, str], list[str]] = defaultdict(list)
        for group in filter(None, groups):
            marks = group.split("|")
            for mark in marks:
                whole = "|".join(other for other in marks if other != mark)
                parts[whole, mark.partition("=")[0]].append(group)
        for (whole, kind), among in parts.items():
            if whole not in groups:
                continue
            places = [(territory, indicator, group) for group in among]
            if (indicator, kind) in BESIDE:
                places.append((territory, BESIDE[indicator, kind], ""))
            yield from _split(held, (territory, indicator, whole), places)


def _split(held: _Held, whole: Place, places: list[Place]) -> Iterator[Sum]:
    """The parts together where they make no more than the whole; else, for they share some, each alone."""
    total, parts = held.at[whole], held.of(places)
    added = sum(held.value[_latest(part)] for part in parts)
    if added <= held.value[_latest(total)] + _NIL:
        yield from held.sums(total, parts)
        return
    for part in parts:
        yield from held.sums(total, [part])


def _programme(ev: Evaluation, held: _Held) -> Iterator[Sum]:
    """What the programme tells of all its territories together."""
    codes = [place.code for place in ev.territories]
    labelled = [place.code for place in ev.territories if place.status != "candidate"]
    for (territory, indicator), groups in list(held.groups.items()):
        if territory:
            continue
        for group in groups:
            total = held.at["", indicator, group]
            roles = ADDED.get(indicator, ())
            for role in roles:
                name = "|".join(filter(None, (role, group)))
                yield from held.sums(total, held.of((code, indicator, name) for code in codes))
            if not roles:
                yield from held.sums(total, held.of((code, indicator, group) for code in labelled))


def _nested(ev: Evaluation, held: _Held) -> Iterator[Sum]:
    """Territories that lie inside another, and apart from each other."""
    for outer, inners in nests(ev):
        for (territory, indicator), groups in list(held.groups.items()):
            if territory != outer:
                continue
            for group in groups:
                total = held.at[outer, indicator, group]
                yield from held.sums(total, held.of((code, indicator, group) for code in inners))


def nests(ev: Evaluation) -> list[tuple[str, tuple[str, ...]]]:
    """Each territory with those inside it: every largest set of them that lie apart."""
    ground = {place.code: _ground(place) for place in ev.territories}
    found = []
    for outer, whole in ground.items():
        inside = [code for code, own in ground.items() if code != outer and own and own <= whole]
        apart = {
            code: {other for other in inside if other != code and not ground[code] & ground[other]}
            for code in inside
        }
        sets = itertools.islice(_cliques(frozenset(), set(inside), set(), apart), MOST_APART)
        found += [(outer, tuple(sorted(codes))) for codes in sets if codes]
    return found


def _ground(place: Territory) -> frozenset[str]:
    return frozenset(place.units or place.communes)


def _cliques(
    chosen: frozenset[str], free: set[str], done: set[str], apart: Mapping[str, set[str]]
) -> Iterator[frozenset[str]]:
    """Every largest set of territories that lie apart (Bron and Kerbosch, 1973)."""
    if not free and not done:
        yield chosen
        return
    most = max(free | done, key=lambda code: len(apart[code] & free))
    for code in sorted(free - apart[most]):
        yield from _cliques(chosen | {code}, free & apart[code], done & apart[code], apart)
        free, done = free - {code}, done | {code}


def _across(ev: Evaluation, held: _Held) -> Iterator[Sum]:
    """Sums and limits from one indicator to another, in one territory or in the programme."""
    for territory in ["", *(place.code for place in ev.territories)]:
        for indicator, parts in SUMS:
            total = held.at.get((territory, indicator, ""))
            if total:
                yield from held.sums(total, held.of((territory, *part) for part in parts))
        committed = held.at.get((territory, *COMMITTED))
        beside = held.of([(territory, "amount_secured", ""), (territory, *PAID)])
        if committed and len(beside) == 2:
            yield from held.sums(committed, beside, 1.0, -1.0)
        rate = float(ev.rates.get("hour") or 0)
        valued = held.at.get((territory, "amount_hours_valued", ""))
        if valued and rate:
            yield from held.sums(valued, held.of([(territory, "count_hours", "")]), rate)


def closed(cells: pd.DataFrame, sums: Iterable[Sum]) -> tuple[pd.DataFrame, list[Relation]]:
    """Relations that hold exactly, and the rests that they need: cell, value, n, `published` False.

    cells: cell, value, n. A sum that is more than its total is none, and is left out; so is one of which a
    cell is not known.
    """
    value, n = (dict(zip(cells["cell"], cells[name], strict=True)) for name in ("value", "n"))
    rests: dict[str, tuple[float, float]] = {}
    found = []
    for one in sums:
        if not {one.total, *one.parts} <= value.keys():
            continue
        weights = one.weights or (1.0,) * len(one.parts)
        parts = [weight * value[part] for part, weight in zip(one.parts, weights, strict=True)]
        left = value[one.total] - sum(parts)
        if left < -_NIL * max(1.0, abs(value[one.total])):
            continue
        if left <= _NIL * max(1.0, abs(value[one.total])):
            found.append(Relation(one.total, one.parts, one.weights))
            continue
        name = f"{one.total} less {' and '.join(one.parts)}"
        rests[name] = left, _count_left(one, left, value, n)
        found.append(Relation(one.total, (*one.parts, name), (*weights, 1.0)))
    rows = [{"cell": name, "value": left, "n": count} for name, (left, count) in rests.items()]
    frame = pd.DataFrame(rows, columns=["cell", "value", "n"])
    return frame.assign(published=False), found


def _count_left(one: Sum, left: float, value: Mapping[str, float], n: Mapping[str, float]) -> float:
    """How many contributors a rest has; unknown where the sum crosses indicators, or they do not add up."""
    cells: Collection[str] = (one.total, *one.parts)
    if len({cell.split("|")[1] for cell in cells}) > 1:
        return np.nan
    if all(value[cell] == n[cell] for cell in cells):
        return left
    count = n[one.total] - sum(n[part] for part in one.parts)
    return count if count > 0 else np.nan
