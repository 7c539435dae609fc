"""Partnerships with companies: of which type, through which network, in euros and in hours."""

from collections.abc import Iterator

import pandas as pd

from impactkit.data.evaluation import Evaluation
from impactkit.data.territories import Territory
from impactkit.indicators.measures import measure
from impactkit.indicators.missing import why
from impactkit.indicators.rows import Row, frame, last_of, told, told_or

KEY = ["company", "type", "project"]


@measure("partnerships")
def rows(ev: Evaluation) -> pd.DataFrame:
    """Partnerships by territory: count_partnerships (all, by type, by network), count_companies, amount_cash
    in euros, count_hours, amount_hours_valued in euros (hours at the rate of [rates] in evaluation.toml).

    The latest row of each company, type and project. Traps: a company with two types is one company; hours
    are worth euros only at a stated rate, never added to the cash; ended partnerships count. `n`: rows that
    tell the figure.
    """
    return frame(one for place in ev.territories for one in _of(ev, place))


def _of(ev: Evaluation, place: Territory) -> Iterator[Row]:
    language = ev.language
    code, missing = place.code, why(ev, place.code, "partnerships")
    facts = last_of(place.table("partnerships"), KEY)
    yield told_or(missing, code, "count_partnerships", len(facts), "partenariats", facts)
    if facts.empty:
        return
    for column in ("type", "network"):
        named = facts[facts[column] != ""]
        for name, some in named.groupby(column):
            yield told(
                code,
                "count_partnerships",
                len(some),
                "partenariats",
                some,
                group=f"{column}={name}",
            )
    companies = facts["company"].str.strip().str.casefold().nunique()
    yield told(code, "count_companies", companies, "entreprises", facts)
    for indicator, column, unit in (
        ("amount_cash", "cash", language.in_currency("euros")),
        ("count_hours", "hours", "heures"),
    ):
        some = facts.dropna(subset=[column])
        yield told_or(missing, code, indicator, some[column].sum(), unit, some)
    hours, rate = facts.dropna(subset=["hours"]), ev.rates.get("hour")
    valued, flag = (hours, missing) if rate is not None or hours.empty else (hours[:0], "missing:no-rate")
    value = valued["hours"].sum() * float(rate or 0)
    source = str(ev.rates.get("source", ""))
    yield told_or(
        flag, code, "amount_hours_valued", value, language.in_currency("euros"), valued, quality=source
    )
