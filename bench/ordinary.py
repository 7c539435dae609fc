"""How often the limits of the ordinary hold the change of one more unit: part of `make check-statistics`.

Every unit that the programme does not touch is taken out in turn, and its change is looked for between the
limits that the others give at its size, as the reports compute them. The table of docs/statistics.md is
written again, and a coverage that leaves its limits makes it fail.
"""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from calibration import Limits, row, shown, written
from worlds import Cell

from impactkit.data.evaluation import Evaluation, load
from impactkit.indicators.dispersion import NEAREST, expected

ROOT = Path(__file__).resolve().parents[1]
LOW, HIGH = 93.0, 97.0
# A third of fewer units than this is shown, and not held: its standard error is two points.
ENOUGH = 200


@dataclass(frozen=True)
class Panel:
    """Changes of a figure for every unit of a kind, as the report of a territory reads them."""

    title: str
    place: str
    indicator: str
    first: str
    last: str


PANELS = (
    Panel("emploi privé, intercommunalités", "grand-chambery", "count_jobs_private", "2018", "2024"),
    Panel("emploi privé, communes", "roubaix", "count_jobs_private", "2018", "2024"),
    Panel("emploi privé, départements", "le-mans-sarthe", "count_jobs_private", "2018", "2024"),
    Panel("chômage, zones d’emploi", "grand-chambery", "rate_unemployment", "2018", "2022"),
    Panel("chômage, départements", "le-mans-sarthe", "rate_unemployment", "2018", "2022"),
)


def inside(values: pd.Series, sizes: pd.Series, *, ranks: bool = False) -> list[bool]:
    """For each unit, the smallest first, whether its change is within the limits that the others give at its
    size; without the smallest and the largest, for which nothing is printed.
    """
    known = pd.DataFrame({"value": values, "size": sizes}).dropna()
    known = known[known["size"] > 0].sort_values("size", kind="stable").reset_index(drop=True)
    found = []
    for at in range(len(known)):
        # The hundred nearest are among the hundred on each side.
        around = known.iloc[max(at - NEAREST, 0) : at + NEAREST + 1].drop(index=at)
        limits = expected(around["value"], around["size"], float(known["size"][at]), ranks=ranks)
        if limits is not None:
            found.append(limits.low <= known["value"][at] <= limits.high)
    return found


def measured(ev: Evaluation, panel: Panel) -> list[bool]:
    """`inside`, for every unit of a panel that the programme does not touch."""
    from impactkit.indicators.comparable import family_of
    from impactkit.indicators.figures import changes_of_all

    place = ev.territory(panel.place)
    told = changes_of_all(place, panel.indicator, panel.first, panel.last)
    assert told is not None
    return inside(*told[:2], ranks=family_of(place, panel.indicator) == "zone")


def table(limits: Limits) -> list[str]:
    """One line a panel: all its units, then its thirds by size."""
    lines = [
        row("évolutions", "unités", "toutes", "petites", "moyennes", "grandes"),
        row("---", "---:", "---:", "---:", "---:", "---:"),
    ]
    ev = load(ROOT / "data" / "french-impact")
    for panel in PANELS:
        held = measured(ev, panel)
        thirds = [Cell(len(part), int(part.sum())) for part in np.array_split(np.array(held), 3)]
        whole = Cell(len(held), sum(held))
        cells = [limits.told(one, LOW, HIGH) if one.count >= ENOUGH else shown(one) for one in thirds]
        about = (f"{panel.title}, {panel.first}-{panel.last}", str(len(held)))
        lines.append(row(*about, limits.told(whole, LOW, HIGH), *cells))
        print(lines[-1], flush=True)
    return [*lines, ""]


def main() -> int:
    if not os.environ.get("IMPACTKIT_SOURCES"):
        print("IMPACTKIT_SOURCES is not set: the limits of the ordinary are not measured.")
        return 0
    limits = Limits()
    written("ordinary", table(limits))
    print("the ordinary within its limits" if limits.held else "THE ORDINARY LEAVES ITS LIMITS (✗)")
    return 0 if limits.held else 1


if __name__ == "__main__":
    sys.exit(main())
