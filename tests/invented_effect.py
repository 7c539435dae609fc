"""An invented gap of a territory, for what is computed from it."""

from impactkit.effects.results import TerritoryEffect
from impactkit.wording.language import FRENCH


def effect(low=0.02, high=0.2, people=1_200, estimate=0.12):
    return TerritoryEffect(
        language=FRENCH,
        outcome="o",
        unit="a",
        estimand="e",
        method="default",
        scale="percent",
        estimate=estimate,
        low=low,
        high=high,
        p=0.01,
        p_floor=0.01,
        n_comparison=100,
        place=None,
        people=people,
    )
