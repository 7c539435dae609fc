"""The analysis plan: what was decided before looking, its fingerprint, and what changed since."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from impactkit.data.setting_kinds import (
    DAY,
    FLAG,
    TABLES,
    TEXT,
    TEXTS,
    Kind,
    faults,
    is_date,
    one_of,
    refuse,
)
from impactkit.errors import RefusedData
from impactkit.wording.language import Language

if TYPE_CHECKING:
    from impactkit.data.evaluation import Evaluation

# What is decided; the rest of the section says when, and what moved.
DECIDED = ("outcomes", "before", "after", "looks", "buffer", "pool", "other")
POOLS = ("all", "similar")
FAMILIES = ("epci", "zone", "departement", "region", "commune", "ept", "unit")
KINDS = {
    "outcomes": TEXTS,
    "before": Kind("years", lambda value: _two_years(value), '["2014", "2018"]'),
    "after": Kind("years", lambda value: _two_years(value), '["2020", "2024"]'),
    "looks": Kind("looks", lambda value: _years(value), '["2022", "2024"]'),
    "buffer": FLAG,
    "pool": TEXT,
    "other": TABLES,
    "registered": DAY,
    "fingerprint": TEXT,
    "change": TABLES,
}
OTHER_KINDS = {"name": TEXT, "family": one_of(*FAMILIES), "units": TEXTS, "leave_out": FLAG}
OTHER_NEEDED = ("name", "family", "units")
CHANGE_KEYS = ("date", "what", "why")
CHANGE_KINDS = {"date": DAY, "what": TEXT, "why": TEXT}
YEAR = re.compile("[0-9]{4}")


@dataclass(frozen=True)
class Change:
    """One change of the plan: when, what, why."""

    date: str
    what: str
    why: str


@dataclass(frozen=True)
class Other:
    """Another programme: its name, the units of a family that it touched, whether they leave the pool."""

    name: str
    family: str
    units: tuple[str, ...]
    leave_out: bool = False


@dataclass(frozen=True)
class Plan:
    """Outcomes (the first is the primary one), years before and after (None: the default of the kit), the
    years at the end of which an edition is foreseen (`looks`; none: a single one),
    whether units of the territory's own département leave its pool, which units a territory is compared with
    (all; similar: from half to double its size), other programmes.

    `registered` is the date at which it was written down ("" when it was not), `fingerprint` that of what
    is decided today, `kept` whether it is the one written down.
    """

    outcomes: tuple[str, ...]
    before: tuple[str, ...] | None
    after: tuple[str, ...] | None
    looks: tuple[str, ...]
    buffer: bool
    pool: str
    others: tuple[Other, ...]
    registered: str
    fingerprint: str
    kept: bool
    changes: tuple[Change, ...]

    def left_out(self, family: str) -> frozenset[str]:
        """Units of a family that leave every pool because another programme touched them."""
        chosen = (other.units for other in self.others if other.leave_out and other.family == family)
        return frozenset().union(*chosen)


def plan_of(ev: Evaluation) -> Plan:
    """The plan of an evaluation: [effects] in evaluation.toml, the kit's defaults where it is silent."""
    told = ev.effects
    fingerprint = fingerprint_of(told)
    return Plan(
        outcomes=tuple(told.get("outcomes", ("count_jobs_private",))),
        before=tuple(told["before"]) if told.get("before") else None,
        after=tuple(told["after"]) if told.get("after") else None,
        looks=tuple(told.get("looks", ())),
        buffer=bool(told.get("buffer", False)),
        pool=str(told.get("pool", "all")),
        others=tuple(Other(**{**one, "units": tuple(one["units"])}) for one in told.get("other", ())),
        registered=str(told.get("registered", "")),
        fingerprint=fingerprint,
        kept=not told.get("fingerprint") or told["fingerprint"] == fingerprint,
        changes=tuple(Change(*(str(one[key]) for key in CHANGE_KEYS)) for one in told.get("change", ())),
    )


def fingerprint_of(told: Mapping[str, Any]) -> str:
    """First twelve hexadecimal digits of the SHA-256 of what is decided, whatever the order of the keys."""
    decided = {key: told[key] for key in DECIDED if key in told}
    text = json.dumps(decided, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def checked(language: Language, told: dict[str, Any], where: str) -> None:
    """Raises UnknownName for a key that is none, RefusedData for a value that cannot be read."""
    refuse(language, faults(language, told, KINDS, where), where)
    wrong = [
        one
        for row in told.get("other", ())
        for one in faults(language, row, OTHER_KINDS, where, OTHER_NEEDED)
    ]
    wrong += [
        one
        for row in told.get("change", ())
        for one in faults(language, row, CHANGE_KINDS, where, CHANGE_KEYS)
    ]
    refuse(language, wrong, where)
    if told.get("pool", "all") not in POOLS:
        raise language.unknown("noun.key", str(told["pool"]), POOLS, where=f"{where}, pool")
    if told.get("before") and told.get("after") and told["before"][1] >= told["after"][0]:
        raise language.error(RefusedData, "plan-order", where=where)
    if told.get("registered") and not told.get("fingerprint"):
        raise language.error(RefusedData, "plan-fingerprint", where=where, found=fingerprint_of(told))


def _two_years(value: Any) -> bool:
    """Whether a value is two years in quotes, in their order."""
    if not isinstance(value, list) or len(value) != 2:
        return False
    first, last = value
    return all(map(_is_year, value)) and bool(first <= last)


def _years(value: Any) -> bool:
    """Whether a value is a list of years in quotes, each after the one before."""
    if not isinstance(value, list) or not value:
        return False
    if not all(map(_is_year, value)):
        return False
    return value == sorted(set(value))


def _is_year(value: Any) -> bool:
    return isinstance(value, str) and YEAR.fullmatch(value) is not None and is_date(value)
