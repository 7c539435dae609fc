"""Values by year, and from which year on they may be compared."""

import pandas as pd

# How a year is written: 2019.
YEAR = 4


def annual(told: pd.DataFrame) -> pd.DataFrame:
    """Values by year: columns unit, period, value, low, high, flag and the rest of the first quarter; the
    mean of four quarters or of twelve months, of which none is missing; of days, the one of its year.
    """
    told = told[told["value"].notna()]
    within = told["period"].str.len() > YEAR
    if not within.any():
        return told.reset_index(drop=True)
    parts = told[within].assign(year=told["period"].str[:4])
    needed = parts["period"].map(in_a_year).iloc[0]
    keys, means = ["unit", "year"], ["value", "low", "high"]
    grouped = parts.groupby(keys)
    rest = parts.drop(columns=[*means, "period"]).drop_duplicates(keys).set_index(keys)
    whole = grouped[means].mean().join(rest)[grouped.size() == needed].reset_index()
    return whole.rename(columns={"year": "period"}).assign(as_of=lambda found: found["period"])


def in_a_year(period: str) -> int:
    """How many periods of this length make a year; a day stands for its own."""
    if "-Q" in period:
        return 4
    return 12 if period.count("-") == 1 else 1


def after_break(own: pd.DataFrame) -> pd.DataFrame:
    """The periods from the last break of a series on: nothing is compared across one."""
    broken = own[own["flag"] == "break"]["period"]
    return own[own["period"] >= broken.max()].reset_index(drop=True) if len(broken) else own
