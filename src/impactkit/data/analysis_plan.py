"""The analysis plan: what was decided before looking, its fingerprint, and what changed since."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from impactkit.data.tables import keyed
from impactkit.errors import RefusedData, UnknownName
from impactkit.wording.catalogue import error

if TYPE_CHECKING:
    from impactkit.data.evaluation import Evaluation

# What is decided; the rest of the section says when, and what moved.
DECIDED = ("outcomes", "before", "after", "buffer", "pool", "other")
POOLS = ("all", "similar")
KEYS = (*DECIDED, "registered", "fingerprint", "change")
OTHER_KEYS = ("name", "family", "units", "leave_out")
CHANGE_KEYS = ("date", "what", "why")
# A list of two years in quotes, as Python writes it.
TWO_YEARS = r"\['\d{4}', '\d{4}'\]"


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
    """Outcomes (the first is the primary one), years before and after (None: the default of the kit),
    whether units of the territory's own département leave its pool, which units a territory is compared with
    (all; similar: from half to double its size), other programmes.

    `registered` is the date at which it was written down ("" when it was not), `fingerprint` that of what
    is decided today, `kept` whether it is the one written down.
    """

    outcomes: tuple[str, ...]
    before: tuple[str, ...] | None
    after: tuple[str, ...] | None
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


def checked(told: dict[str, Any], where: str) -> None:
    """Raises UnknownName for a key that is none, RefusedData for a value that cannot be read."""
    keyed(told, KEYS, where)
    for one in told.get("other", ()):
        keyed(one, OTHER_KEYS, where, needed=OTHER_KEYS[:3])
    for one in told.get("change", ()):
        keyed(one, CHANGE_KEYS, where, needed=CHANGE_KEYS)
    if told.get("pool", "all") not in POOLS:
        raise UnknownName.among("la clé", str(told["pool"]), POOLS, where=f"{where}, pool")
    for name in ("before", "after"):
        years = told.get(name)
        if years is not None and not (re.fullmatch(TWO_YEARS, str(years)) and years[0] <= years[1]):
            raise error(RefusedData, "plan-years", where=where, name=name)
    if told.get("before") and told.get("after") and told["before"][1] >= told["after"][0]:
        raise error(RefusedData, "plan-order", where=where)
    if told.get("registered") and not told.get("fingerprint"):
        raise error(RefusedData, "plan-fingerprint", where=where, found=fingerprint_of(told))
