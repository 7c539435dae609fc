"""Which indicators exist for an evaluation, and which of them a source holds already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from impactkit.data import official
from impactkit.data.catalogue import catalogue, measures
from impactkit.data.series import POPULATION
from impactkit.data.sources.kinds import KINDS
from impactkit.errors import NotEnoughData, UnknownName
from impactkit.wording.catalogue import say

if TYPE_CHECKING:
    from impactkit.data.evaluation import Evaluation


def known_outcomes(ev: Evaluation) -> set[str]:
    """Indicators of the catalogue and of the kit, of the sources and of the plan of an evaluation."""
    return declared_outcomes(ev.sources) | {*official.indicators(ev), *ev.effects.get("outcomes", ())}


def declared_outcomes(sources: Iterable[Mapping[str, Any]]) -> set[str]:
    """Indicators of the catalogue, of the kit's own measures and of sources, whatever is imported."""
    names = {POPULATION, *catalogue()["id"], *measures().index}
    names |= {name for kind in KINDS.values() for name in kind.indicators}
    return names | {str(source["indicator"]) for source in sources if "indicator" in source}


def must_exist(ev: Evaluation, outcome: str) -> None:
    """Raises UnknownName, with the nearest, for an indicator that does not exist."""
    if outcome != POPULATION and not official.imported(ev, outcome):
        names = known_outcomes(ev)
        if outcome not in names:
            raise UnknownName.among(say("noun.indicator"), outcome, names, where=ev.name)


def must_be_imported(ev: Evaluation, outcome: str) -> None:
    """Raises UnknownName for an indicator that does not exist, NotEnoughData for one that no source of the
    evaluation holds yet, with the command that imports it.
    """
    must_exist(ev, outcome)
    if outcome == POPULATION or official.imported(ev, outcome):
        return
    folder = _short(ev.folder)
    names = [source["id"] for source in ev.sources if _gives(source, outcome)]
    kinds = [name for name, kind in KINDS.items() if outcome in kind.indicators]
    key = "declared" if names else "kind" if kinds else "own"
    holes: dict[str, Any] = {"outcome": outcome, "folder": folder}
    holes["source"] = next(iter([*names, *kinds]), "")
    next_step = say(f"error.not-imported.{key}", **holes)
    raise NotEnoughData(say("error.not-imported", outcome=outcome), where=ev.name, next=next_step)


def _gives(source: Mapping[str, Any], outcome: str) -> bool:
    return outcome == source.get("indicator") or outcome in KINDS[source["kind"]].indicators


def _short(folder: Path) -> str:
    here = Path.cwd()
    return str(folder.relative_to(here)) if folder.is_relative_to(here) else folder.name
