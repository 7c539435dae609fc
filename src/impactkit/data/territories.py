"""A territory of an evaluation: its name, its wave, its dates and the ground it covers."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from impactkit.data import geography
from impactkit.data.tables import PLACES, columns
from impactkit.errors import Rich
from impactkit.wording.catalogue import french_spaces
from impactkit.wording.language import Language

if TYPE_CHECKING:
    from impactkit.data.evaluation import Evaluation, Wave

# Whether all of the one, and all of the other, is ground that they share.
HOW = {(True, True): "same", (True, False): "within", (False, True): "contains", (False, False): "overlaps"}


@dataclass(frozen=True)
class Part:
    """One official unit of a perimeter."""

    family: str
    code: str


@dataclass(frozen=True)
class Territory(Rich):
    """One territory; `perimeter` is empty when no official perimeter is established (then `candidates` may
    hold possible ones). `units` are codes of the evaluation's own units (units.csv); `status` is `labelled`
    or `candidate`.

    >>> place = ik.load().territory("val-d-aubrelle")
    >>> place.name, place.wave.name, len(place.table("jobs"))
    ('Val-d’Aubrelle', 'première vague', 10)
    """

    evaluation: Evaluation
    code: str
    name: str
    wave: Wave
    status: str
    perimeter_kind: str
    confidence: str
    perimeter: tuple[Part, ...]
    candidates: tuple[Part, ...]
    units: tuple[str, ...]
    _tables: dict[str, pd.DataFrame] = field(init=False, default_factory=dict, repr=False, compare=False)

    def __repr__(self) -> str:
        return f"Territory({self.code}: {self.name})"

    @functools.cached_property
    def language(self) -> Language:
        """What it is spoken of in: of a candidate, never as if it had the label."""
        language = self.evaluation.language
        return language.of_candidate() if self.status == "candidate" else language

    def _told(self) -> tuple[tuple[str, str], ...]:
        held = {
            name: len(self.table(name)) for name in self.evaluation.tables if "territory" in columns(name)
        }
        rows = ", ".join(f"{name} ({count})" for name, count in held.items() if count)
        label = self.language.date(self.labelled) if self.labelled else ""
        return self.language.cells(
            territory=self.name, code=self.code, wave=self.wave.name, label=label, rows=rows
        )

    def table(self, name: str) -> pd.DataFrame:
        """Rows of table `name` that are about this territory, as a copy (transfers: given or received)."""
        if name not in self._tables:
            rows, held = _rows_by_place(self.evaluation, name)
            mine = held.get(self.code, [])
            if name == "events":
                waves = rows["wave"]
                mine = sorted([*mine, *(at for at in held.get("", []) if waves[at] in ("", self.wave.id))])
            # Of thousands of territories most have no row in most tables: they share that frame.
            self._tables[name] = (
                rows.take(mine).reset_index(drop=True) if mine else _no_row(self.evaluation, name)
            )
        return self._tables[name].copy()

    @functools.cached_property
    def labelled(self) -> str:
        """Date of the label as it is known (a day, a month): its own event when a source gives one, else its
        wave's; "" for a candidate.
        """
        if self.status == "candidate":
            return ""
        events = self.table("events")
        # A date that was deduced does not stand for the one of its wave.
        said = (events["kind"] == "label") & (events["deduced"] == "")
        own = events[said & (events["territory"] == self.code)]["date"]
        return next(filter(None, own), self.wave.labelled)

    @functools.cached_property
    def communes(self) -> frozenset[str]:
        """Codes of the communes of the perimeter, at the evaluation's vintage; empty when there is none."""
        return communes_of(self.perimeter, self.evaluation.vintage)

    @property
    def family(self) -> str:
        """Family of the units of the perimeter; "" without a perimeter."""
        return self.perimeter[0].family if self.perimeter else ""


@functools.lru_cache(maxsize=256)
def _rows_by_place(evaluation: Evaluation, name: str) -> tuple[pd.DataFrame, dict[str, list[int]]]:
    """Table `name`, and where in it the rows about each territory stand, in their order."""
    rows = evaluation.table(name)
    named = [rows[column] for column in PLACES if column in rows]
    found: dict[str, list[int]] = {}
    for at, codes in enumerate(zip(*named, strict=True)):
        for code in dict.fromkeys(codes):
            found.setdefault(code, []).append(at)
    return rows, found


@functools.lru_cache(maxsize=256)
def _no_row(evaluation: Evaluation, name: str) -> pd.DataFrame:
    return _rows_by_place(evaluation, name)[0].head(0)


def communes_of(parts: tuple[Part, ...], vintage: int) -> frozenset[str]:
    """Communes of several official units together, at one vintage. Raises UnknownName for a code that is not
    one.
    """
    found = (geography.communes_of(part.family, part.code, vintage=vintage) for part in parts)
    return frozenset().union(*found)


def territories_of(evaluation: Evaluation) -> tuple[Territory, ...]:
    """Every territory of the evaluation, in the order of its table."""
    held: dict[tuple[str, str], list[Part]] = {}
    for row in evaluation.table("perimeters").itertuples(index=False):
        role = "unit" if row.family == "unit" else row.role
        held.setdefault((row.territory, role), []).append(Part(row.family, row.code))

    def parts(code: str, role: str) -> tuple[Part, ...]:
        return tuple(held.get((code, role), ()))

    return tuple(
        Territory(
            evaluation=evaluation,
            code=row.territory,
            name=french_spaces(row.name),
            wave=evaluation.wave(row.wave),
            status=row.status or "labelled",
            perimeter_kind=row.perimeter_kind,
            confidence=row.confidence,
            perimeter=parts(row.territory, "perimeter"),
            candidates=parts(row.territory, "candidate"),
            units=tuple(part.code for part in parts(row.territory, "unit")),
        )
        for row in evaluation.table("territories").itertuples(index=False)
    )


def overlaps(place: Territory) -> tuple[tuple[Territory, str], ...]:
    """The other territories of the evaluation that share ground with `place`, and how: `within` (place lies
    inside), `contains`, `same` or `overlaps`.
    """
    return tuple(
        (other, HOW[shared == place.communes, shared == other.communes])
        for other in place.evaluation.territories
        if other.code != place.code and (shared := place.communes & other.communes)
    )
