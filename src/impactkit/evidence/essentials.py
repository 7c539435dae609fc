"""The few findings that a reader must leave with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impactkit.evidence import compared, declared
from impactkit.evidence.finding import Finding, Sentence, joined
from impactkit.evidence.picked import picked
from impactkit.indicators.knowledge import gaps
from impactkit.wording.catalogue import Declared, runs, say

if TYPE_CHECKING:
    from impactkit.data.territories import Territory


def findings(place: Territory) -> tuple[Finding, ...]:
    """Three to five findings, strongest declared fact first, then official figures, then what these cannot
    tell.
    """
    found = [Finding("declared", sentence) for sentence in _facts(place)[:2]]
    if not found:
        found.append(Finding("declared", runs("declared.nothing")))
    found.append(Finding("observed", compared.population(place)))
    moved = joined(compared.change(place), compared.among(place))
    if moved:
        count = picked(place).of("count_comparable")
        level = "compared" if count is not None and count["value"] else "before-after"
        found.append(Finding(level, moved))
    return (*found, Finding("method", joined(*_limits(place))))


def _facts(place: Territory) -> list[Sentence]:
    ways = (declared.jobs, declared.projects, declared.challenges, declared.collective, declared.transfers)
    told = [(way, way(place)) for way in ways]
    # A project whose jobs are told is told.
    jobs = bool(told[0][1])
    return [sentence for way, sentence in told if sentence and not (jobs and way is declared.projects)]


def _limits(place: Territory) -> list[Sentence]:
    said = [runs("method.describes" if place.perimeter else "method.nothing")]
    open_questions = gaps(place)
    if len(open_questions):
        first = open_questions.iloc[0]
        said.append(runs("method.first-gap", what=Declared(first["what"]), reason=reason(first)))
    return said


def reason(gap: object) -> str:
    """Why something is not known, in words of the closed list."""
    from impactkit.wording.numbers import date

    code, searched = gap["reason"], gap["searched_on"]  # type: ignore[index]
    if code == "not-found" and searched:
        return say("reason.not-found.on", date=date(searched))
    return say(f"reason.{code}")
