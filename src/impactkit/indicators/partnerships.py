"""Partnerships with companies: of which type, through which network, in euros and in hours."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from impactkit.data.evaluation import Evaluation
from impactkit.indicators.missing import why
from impactkit.indicators.rows import frame, last_of, row, told

KEY = ["company", "type", "project"]


def rows(ev: Evaluation) -> pd.DataFrame:
    """Partnerships by territory: count_partnerships (all, by type, by network), count_companies, amount_cash
    in euros, count_hours, amount_hours_valued in euros (hours at the rate of [rates] in evaluation.toml).

    The latest row of each company, type and project. Traps: a company with two types is one company; hours
    are worth euros only at a stated rate, never added to the cash; ended partnerships count. `n`: rows that
    tell the figure.
    """
    found: list[dict[str, Any]] = []
    for place in ev.territories:
        facts = last_of(place.table("partnerships"), KEY)
        if facts.empty:
            flag = why(ev, place.code, "partnerships")
            found.append(row(place.code, "count_partnerships", None, "partenariats", flag=flag))
            continue
        found += _of(ev, place.code, facts)
    return frame(found)


def _of(ev: Evaluation, code: str, facts: pd.DataFrame) -> Iterator[dict[str, Any]]:
    yield told(code, "count_partnerships", len(facts), "partenariats", facts)
    for column in ("type", "network"):
        named = facts[facts[column] != ""]
        for name, some in named.groupby(column):
            yield told(code, "count_partnerships", len(some), "partenariats", some, group=f"{column}={name}")
    companies = facts["company"].str.strip().str.casefold().nunique()
    yield told(code, "count_companies", companies, "entreprises", facts)
    for indicator, column, unit in (("amount_cash", "cash", "euros"), ("count_hours", "hours", "heures")):
        some = facts.dropna(subset=[column])
        if len(some):
            yield told(code, indicator, some[column].sum(), unit, some)
        else:
            yield row(code, indicator, None, unit, flag=why(ev, code, "partnerships"))
    hours = facts.dropna(subset=["hours"])
    if len(hours) and "hour" in ev.rates:
        value = float(hours["hours"].sum()) * float(ev.rates["hour"])
        rate = str(ev.rates.get("source", ""))
        yield told(code, "amount_hours_valued", value, "euros", hours, quality=rate)
    else:
        flag = "missing:no-rate" if len(hours) else why(ev, code, "partnerships")
        yield row(code, "amount_hours_valued", None, "euros", flag=flag)
