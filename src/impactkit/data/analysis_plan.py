"""The analysis plan: what was decided before looking, its fingerprint, and what changed since."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from impactkit.errors import RefusedData, UnknownName
from impactkit.wording.catalogue import error

if TYPE_CHECKING:
    from impactkit.data.evaluation import Evaluation

# What is decided; the rest of the section says when, and what moved.
DECIDED = ("outcomes", "before", "after", "buffer", "other")
KEYS = (*DECIDED, "registered", "fingerprint", "change")
OTHER_KEYS = ("name", "family", "units", "leave_out")
CHANGE_KEYS = ("date", "what", "why")
LENGTH = 12


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
    leave_out: bool


@dataclass(frozen=True)
class Plan:
    """Outcomes (the first is the primary one), years before and after (None: the default of the kit),
    whether units of the territory's own département leave its pool, other programmes.

    `registered` is the date at which it was written down ("" when it was not), `fingerprint` that of what
    is decided today, `kept` whether it is the one written down.
    """

    outcomes: tuple[str, ...]
    before: tuple[str, str] | None
    after: tuple[str, str] | None
    buffer: bool
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
    first, last = told.get("before"), told.get("after")
    fingerprint = fingerprint_of(told)
    return Plan(
        outcomes=tuple(told.get("outcomes", ("count_jobs_private",))),
        before=(first[0], first[1]) if first else None,
        after=(last[0], last[1]) if last else None,
        buffer=bool(told.get("buffer", False)),
        others=tuple(
            Other(one["name"], one["family"], tuple(one["units"]), bool(one.get("leave_out", False)))
            for one in told.get("other", ())
        ),
        registered=str(told.get("registered", "")),
        fingerprint=fingerprint,
        kept=not told.get("fingerprint") or told["fingerprint"] == fingerprint,
        changes=tuple(Change(*(str(one[key]) for key in CHANGE_KEYS)) for one in told.get("change", ())),
    )


def fingerprint_of(told: Mapping[str, Any]) -> str:
    """First twelve hexadecimal digits of the SHA-256 of what is decided, whatever the order of the keys."""
    decided = {key: told[key] for key in DECIDED if key in told}
    text = json.dumps(decided, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:LENGTH]


def checked(told: dict[str, Any], where: str) -> None:
    """Raises UnknownName for a key that is none, RefusedData for a value that cannot be read."""
    for found, known in (
        (told, KEYS),
        *((one, OTHER_KEYS) for one in told.get("other", ())),
        *((one, CHANGE_KEYS) for one in told.get("change", ())),
    ):
        for key in found:
            if key not in known:
                raise UnknownName.among("la clé", key, known, where=where)
    for name in ("before", "after"):
        years = told.get(name)
        sound = years is None or (
            isinstance(years, list)
            and len(years) == 2
            and all(isinstance(year, str) and len(year) == 4 and year.isdigit() for year in years)
            and years[0] <= years[1]
        )
        if not sound:
            raise error(RefusedData, "plan-years", where=where, name=name)
    if told.get("before") and told.get("after") and told["before"][1] >= told["after"][0]:
        raise error(RefusedData, "plan-order", where=where)
    for one in told.get("other", ()):
        if not {"name", "family", "units"} <= set(one):
            raise error(RefusedData, "missing-keys", where=where, keys="name, family, units")
    for one in told.get("change", ()):
        if set(one) != set(CHANGE_KEYS):
            raise error(RefusedData, "missing-keys", where=where, keys=", ".join(CHANGE_KEYS))
    if told.get("registered") and not told.get("fingerprint"):
        raise error(RefusedData, "plan-fingerprint", where=where, found=fingerprint_of(told))
