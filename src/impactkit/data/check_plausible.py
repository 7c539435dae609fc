"""What a table may hold by its form and cannot mean: rates out of their range, dates that are not yet."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from impactkit.data.catalogue import catalogue
from impactkit.data.check_schema import Fault
from impactkit.wording.catalogue import advice

Tables = Mapping[str, pd.DataFrame]
# An indicator of the evaluation's own is a share by its name.
SHARES = ("rate_", "share_")


def plausible_faults(tables: Tables, settings: Mapping[str, Any]) -> Iterator[Fault]:
    """Every value that its form admits and its meaning does not."""
    if "outcomes" in tables:
        yield from _rates(tables["outcomes"])


def _rates(outcomes: pd.DataFrame) -> Iterator[Fault]:
    """Shares that are no part of one: 12 for twelve per cent."""
    if not {"indicator", "value"} <= set(outcomes):
        return
    units = dict(zip(catalogue()["id"], catalogue()["unit"], strict=True))
    numbers = pd.to_numeric(outcomes["value"].replace("", None), errors="coerce")
    for row, (name, value) in enumerate(zip(outcomes["indicator"], numbers, strict=True)):
        is_share = units.get(name) == "part" or name.startswith(SHARES)
        if is_share and not pd.isna(value) and not 0 <= value <= 1:
            yield Fault("outcomes", row, "value", str(outcomes["value"].iloc[row]), *advice("check.rate"))
