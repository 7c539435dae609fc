"""Other programmes in force on a territory, and whether they can be told apart from the label."""

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from impactkit.data.analysis_plan import plan_of
from impactkit.data.check_programmes import EVERYWHERE, KIND
from impactkit.data.territories import Territory


@dataclass(frozen=True)
class OtherProgramme:
    """Its name; `everywhere`: the comparison units have it too; `units`: those recorded to have it."""

    name: str
    everywhere: bool = False
    units: frozenset[str] = frozenset()

    def separated(self, compared: Collection[str]) -> bool:
        """Whether what it did is on both sides of the gap, the other side being these units; where nothing
        says so, it is not.
        """
        return self.everywhere or not self.units.isdisjoint(compared)


def programmes(place: Territory, until: str = "") -> tuple[OtherProgramme, ...]:
    """The other programmes recorded for a territory or for the whole programme, once each, without those
    that begin after `until` (a period). A record of the plan ([[effects.other]]) says which units had them.
    """
    events = place.table("events")
    rows = events[(events["kind"] == KIND) & events["territory"].isin([place.code, ""])]
    if until:
        rows = rows[rows["date"].str[:4] <= until[:4]]
    recorded = {other.name: frozenset(other.units) for other in plan_of(place.evaluation).others}
    return tuple(_programme(name, group, recorded) for name, group in rows.groupby("title", sort=False))


def unseparated(place: Territory, compared: Collection[str], until: str = "") -> tuple[str, ...]:
    """The names of those that cannot be told apart from the label in a comparison with these units."""
    others = programmes(place, until)
    return tuple(other.name for other in others if not other.separated(compared))


def _programme(
    name: str,
    rows: pd.DataFrame,
    recorded: dict[str, frozenset[str]],
) -> OtherProgramme:
    marks = [str(mark) for mark in rows["elsewhere"] if mark]
    units = recorded.get(name, frozenset())
    for mark in marks:
        if mark not in EVERYWHERE:
            units |= frozenset(mark.split("|"))
    return OtherProgramme(str(name), not set(EVERYWHERE).isdisjoint(marks), units)
