"""The few findings that a reader must leave with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impactkit.evidence import compared, declared, money, unknown
from impactkit.evidence.finding import Finding, Sentence, joined
from impactkit.evidence.picked import picked
from impactkit.wording.catalogue import runs

if TYPE_CHECKING:
    from impactkit.data.territories import Territory


def findings(place: Territory) -> tuple[Finding, ...]:
    """Three to five findings: what is declared, what official figures show, what these cannot tell."""
    found = [Finding("declared", sentence) for sentence in _facts(place)[:2]]
    if not found:
        found.append(Finding("unknown", runs("declared.nothing")))
    if place.perimeter:
        found.append(Finding("observed", compared.population(place)))
    moved = joined(compared.change(place), compared.among(place))
    if moved:
        level = "compared" if picked(place).count("count_comparable") else "before-after"
        found.append(Finding(level, moved))
    limits = runs("method.describes") if place.perimeter else compared.population(place)
    cannot = joined(limits, unknown.not_covered(place), unknown.first(place))
    return (*found, Finding("method", cannot))


def _facts(place: Territory) -> list[Sentence]:
    projects = declared.jobs(place) or declared.projects(place)
    told = (projects, declared.challenges(place), declared.collective(place), money.transfers(place))
    return [sentence for sentence in told if sentence]
