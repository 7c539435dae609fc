"""Which indicators exist for an evaluation, and which of them a source holds already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from impactkit.data import official
from impactkit.data.catalogue import catalogue, measures
from impactkit.data.series import POPULATION
from impactkit.data.sources.kinds import KINDS
from impactkit.errors import NotEnoughData
from impactkit.wording.catalogue import has
from impactkit.wording.language import Language

if TYPE_CHECKING:
    from impactkit.data.evaluation import Evaluation

Source = Mapping[str, Any]


def known_outcomes(ev: Evaluation) -> set[str]:
    """Indicators of the catalogue and of the kit, of the sources and of the plan of an evaluation."""
    names = declared_outcomes(ev.sources)
    names.update(official.indicators(ev))
    names.update(ev.effects.get("outcomes", ()))
    return names


def declared_outcomes(sources: Iterable[Source]) -> set[str]:
    """Indicators of the catalogue, of the kit's own measures and of sources, whatever is imported."""
    names = {POPULATION}
    names.update(catalogue()["id"])
    names.update(measures().index)
    for kind in KINDS.values():
        names.update(kind.indicators)
    for source in sources:
        if "indicator" in source:
            names.add(source["indicator"])
    return names


def named(language: Language, outcome: str) -> str:
    """An outcome in a sentence: with its article where the kit knows it, else its label in the catalogue."""
    if has(f"outcome.{outcome}"):
        return language.say(f"outcome.{outcome}")
    return f"« {catalogue().set_index('id')['label_fr'].get(outcome, outcome)} »"


def must_exist(ev: Evaluation, outcome: str) -> None:
    """Raises UnknownName, with the nearest, for an indicator that does not exist."""
    if _is_imported(ev, outcome):
        return
    names = known_outcomes(ev)
    if outcome not in names:
        raise ev.language.unknown("noun.indicator", outcome, names, where=ev.name)


def must_be_imported(ev: Evaluation, outcome: str) -> None:
    """Raises UnknownName for an indicator that does not exist, NotEnoughData for one that no source of the
    evaluation holds yet, with the command that imports it.
    """
    must_exist(ev, outcome)
    if _is_imported(ev, outcome):
        return
    what = ev.language.say("error.not-imported", outcome=outcome)
    raise NotEnoughData(what, where=ev.name, next=_how_to_import(ev, outcome))


def _is_imported(ev: Evaluation, outcome: str) -> bool:
    return outcome == POPULATION or official.imported(ev, outcome)


def _how_to_import(ev: Evaluation, outcome: str) -> str:
    language = ev.language
    folder = _short(ev.folder)
    for source in ev.sources:
        kind = KINDS[source["kind"]]
        if outcome == source.get("indicator") or outcome in kind.indicators:
            return language.say("error.not-imported.declared", folder=folder, source=source["id"])
    for name, kind in KINDS.items():
        if outcome in kind.indicators:
            return language.say("error.not-imported.kind", folder=folder, source=name)
    return language.say("error.not-imported.own")


def _short(folder: Path) -> str:
    working = Path.cwd()
    if folder.is_relative_to(working):
        return str(folder.relative_to(working))
    return folder.name
