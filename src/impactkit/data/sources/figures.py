"""What every source is read into: one tidy shape, with its two vintages."""

from dataclasses import dataclass, field

import pandas as pd

# unit and period are text; value is empty when it is missing, and flag then says why.
SHAPE = ("unit", "period", "value", "flag")


@dataclass(frozen=True)
class Figures:
    """One indicator of one source, for the units of one family (commune, epci, departement, zone, unit ...).

    `step` is the rounding of what is printed (0 when it is exact): a value stands for value ± step / 2.
    `missing` lists the départements that the source does not cover: nothing is ever read for them, not even
    a zero. `absent` is what a unit that is not listed has: 0 for an employer count, otherwise None. `figure`
    is "" for an exhaustive count, `sample` for a share seen on `n` people, `events` for a count of events:
    only these two have an interval of chance. `path` is the file that they were read from.
    """

    indicator: str
    family: str
    unit: str
    source: str
    data_vintage: str
    geography_vintage: str
    as_of: str
    step: float = 0.0
    missing: tuple[str, ...] = ()
    absent: float | None = None
    rolling: bool = False
    figure: str = ""
    breaks: tuple[str, ...] = ()
    path: str = ""
    _frame: pd.DataFrame = field(repr=False, default_factory=lambda: pd.DataFrame(columns=list(SHAPE)))

    @property
    def frame(self) -> pd.DataFrame:
        """Columns unit, period, value, flag; one row by unit and period."""
        return self._frame.copy()


def departement_of(code: str) -> str:
    """The département in the code of a commune (97105 -> 971, 2A004 -> 2A)."""
    return code[:3] if code.startswith("97") else code[:2]
