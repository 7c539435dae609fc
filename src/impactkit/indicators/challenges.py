"""The priority challenges of each collective."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from impactkit.indicators.projects import counted

if TYPE_CHECKING:
    from impactkit.data.evaluation import Evaluation


def rows(ev: Evaluation) -> pd.DataFrame:
    """`count_challenges` by territory: the challenges that a source names, of the three that each collective
    sets.

    Trap: fewer than three known does not mean fewer than three set.
    """
    return counted(ev, table="challenges", indicator="count_challenges", unit="défis")
