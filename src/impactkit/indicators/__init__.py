"""Indicator functions: tables in, rows of one shape out, for the whole evaluation at once."""

import functools
import itertools
from importlib import import_module
from typing import Any

import pandas as pd

from impactkit.data.evaluation import Evaluation
from impactkit.data.territories import Territory
from impactkit.indicators import context
from impactkit.indicators.measures import ORDER, rows_of
from impactkit.indicators.protected import Protected, protected
from impactkit.indicators.rows import COLUMNS, shaped

# The one measure that is long, and whose rows for one territory do not need those of the others.
ALONE = "context"
# What publishers have protected themselves.
PUBLISHED = ("context", "themes")


for _name in ORDER:
    # A module registers what it gives when it is read.
    import_module(f"impactkit.indicators.{_name}")
MEASURES = {name: rows_of(name) for name in ORDER}


def indicators(ev: Evaluation, *, measure: str | None = None, of: Territory | None = None) -> pd.DataFrame:
    """Indicator rows of an evaluation: all, one `measure` (collective, jobs, context ...) or one indicator
    by its name (count_jobs); of all territories or one. The programme's own rows have no territory.

    Columns: territory, indicator, group, period, value, low, high, n, unit, flag, quality, source, as_of,
    data_vintage, geography_vintage; key (territory, indicator, group, period). A missing value is empty and
    its `flag` says why (`missing:<reason>`). Raises UnknownName for a measure or a territory that does not
    exist.

    >>> place = ik.load().territory("val-d-aubrelle")
    >>> ik.indicators(ik.load(), measure="count_jobs", of=place)[["value", "unit", "as_of"]].values.tolist()
    [[28.0, 'emplois', '2024-06-30']]
    """
    among = [measure] if measure in MEASURES else list(MEASURES)
    own = ev.territory(of.code).code if of is not None else ""
    if of is not None and (measure is None or measure in MEASURES):
        groups = itertools.groupby(among, key=ALONE.__eq__)
        parts = [_of_place(ev, tuple(names), own) for _, names in groups]
    else:
        # An indicator by its name is looked for among the rows of all.
        parts = [_measured(ev, name, own if name == ALONE else "") for name in among]
    found = pd.concat(parts, ignore_index=True)
    if measure is not None and measure not in MEASURES:
        names = found["indicator"].unique()
        if measure not in names:
            raise ev.language.unknown("noun.measure", measure, [*MEASURES, *names])
        found = found[found["indicator"] == measure]
    if of is not None:
        found = found[found["territory"] == own]
    return found[list(COLUMNS)].reset_index(drop=True)


@functools.lru_cache(maxsize=64)
def _measured(ev: Evaluation, measure: str, own: str) -> pd.DataFrame:
    # Kept by the evaluation's digest (its hash): one territory's rows cost nothing after the first asking.
    if ev.secrecy and measure not in PUBLISHED:
        shown = _secret(ev).rows
        return shown[shown["measure"] == measure].drop(columns="measure").reset_index(drop=True)
    rows = context.rows(ev, of=own) if own else MEASURES[measure](ev)
    return shaped(rows)


def _of_place(ev: Evaluation, measures: tuple[str, ...], own: str) -> pd.DataFrame:
    """The rows of one territory, found without going through those of thousands of others."""
    if measures == (ALONE,):
        return _measured(ev, ALONE, own)
    whole, places = _joined(ev, measures)
    return whole.take(places.get(own, []))


@functools.lru_cache(maxsize=64)
def _joined(ev: Evaluation, measures: tuple[str, ...]) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The rows of some measures, and where those of each territory stand."""
    whole = pd.concat([_measured(ev, name, "") for name in measures], ignore_index=True)
    return whole, dict(whole.groupby("territory", sort=False).indices)


def withheld(ev: Evaluation) -> pd.DataFrame:
    """What [secrecy] withheld in an evaluation, and why: territory, indicator, group, period, reason, rule,
    source. For the evaluator: reasons tell which figures are small, and are never published.
    """
    return _secret(ev).log.copy()


def hidden(ev: Evaluation, code: str = "") -> frozenset[str]:
    """What the pages of a territory ("" is the programme) may not tell: lines and columns of tables, in the
    words of `draws`.
    """
    return _secret(ev).hidden.get(code, frozenset()) if ev.secrecy else frozenset()


@functools.lru_cache(maxsize=16)
def _secret(ev: Evaluation) -> Protected:
    names = [name for name in MEASURES if name not in PUBLISHED]
    parts = [shaped(MEASURES[name](ev)).assign(measure=name) for name in names]
    return protected(ev, pd.concat(parts, ignore_index=True))
