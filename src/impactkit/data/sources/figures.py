"""What every source is read into: one tidy shape, with its two vintages."""

import functools
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

# unit and period are text; value is empty when it is missing, and flag then says why.
SHAPE = ("unit", "period", "value", "flag")


@dataclass(frozen=True, kw_only=True)
class Figures:
    """One indicator of one source, for the units of one family (commune, epci, departement, zone, unit ...).

    `step` is the rounding of what is printed (0 when it is exact): a value stands for value ± step / 2.
    `missing` lists the départements that the source does not cover: nothing is ever read for them, not even
    a zero. `absent` is what a unit that is not listed has: 0 for an employer count, otherwise None. `figure`
    is "" for an exhaustive count, `sample` for a share seen on `n` people, `events` for a count of events:
    only these two have an interval of chance. `path` is the file that they were read from. `strays` are its
    codes that are units at other vintages than `geography_vintage`.
    """

    indicator: str
    family: str
    unit: str
    source: str
    data_vintage: str
    geography_vintage: str = ""
    as_of: str = "{period}"
    step: float = 0.0
    missing: tuple[str, ...] = ()
    absent: float | None = None
    rolling: bool = False
    figure: str = ""
    breaks: tuple[str, ...] = ()
    path: str = ""
    # What was rewritten or chosen in reading, in finished sentences.
    notes: tuple[str, ...] = ()
    strays: frozenset[str] = frozenset()
    _frame: pd.DataFrame = field(repr=False)

    @property
    def frame(self) -> pd.DataFrame:
        """Columns unit, period, value, flag; one row by unit and period."""
        return self._frame.copy(deep=False)


@functools.lru_cache(maxsize=2)
def declared(name: str) -> dict[str, dict[str, Any]]:
    """One of the TOML files beside this module, its lists as tuples; read, never written into."""
    tables = tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text("utf-8"))
    return {
        name: {key: tuple(held) if isinstance(held, list) else held for key, held in table.items()}
        for name, table in tables.items()
    }


def figures(name: str, frame: pd.DataFrame, **about: Any) -> Figures:
    """The frame of a file with what figures.toml says of it under that name, or `about` instead."""
    told = {"data_vintage": frame["period"].max()} | declared("figures")[name] | about
    return Figures(**told, _frame=frame)


def departement_of(code: str) -> str:
    """The département in the code of a commune (97105 -> 971, 2A004 -> 2A)."""
    return code[:3] if code.startswith("97") else code[:2]
