"""The rows of a whole evaluation, protected before any territory is taken: [secrecy] in evaluation.toml."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from impactkit.data.evaluation import Evaluation
from impactkit.indicators.draws import (
    COUNTS,
    FIGURES,
    adds,
    draws,
    is_related,
    meets,
    not_listed,
    spread,
    table_of,
)
from impactkit.indicators.relations import QUOTIENTS, SECONDARY, sums_of
from impactkit.indicators.rows import KEY

# What two territories share is told in the reports of both.
SHARED = "transfers"
NUMBERS = ["value", "low", "high"]
# Cells and sources by territory; "" is the programme.
Reasons = dict[str, str]
Hidden = Mapping[str, frozenset[str]]


@dataclass(frozen=True, eq=False)
class Protected:
    """Rows as they may be published, the log of what was withheld and why (for the evaluator alone), and
    what the pages of each territory hide ("" is the programme): see `draws`.
    """

    rows: pd.DataFrame
    log: pd.DataFrame
    hidden: Hidden = field(default_factory=lambda: MappingProxyType({}))


def protected(ev: Evaluation, rows: pd.DataFrame) -> Protected:
    """[secrecy] names the indicators that each rule protects; their `n` is the number of contributors.

    First the figures that add up, by every relation among them (`relations`), with what no relation tells of
    and is drawn from the same lines or columns. Then what is no sum: shares, quotients, medians, and the `n`
    of lines that may not be counted.
    """
    # A solver comes with it: only where something is to be protected.
    from impactkit.indicators.secrecy import RULES, cell_ids, hidden_where, logged, reasons_of

    rules = _beside({name: RULES[rule] for rule, names in ev.secrecy.items() for name in names})
    if not rules:
        return Protected(rows, pd.DataFrame())
    rows = rows.assign(cell=cell_ids(rows))
    reasons = _added(ev, rows, rules)
    hidden = _hidden(ev, rows, reasons)
    derived = _drawn(rows, hidden) & ~rows["indicator"].map(adds)
    derived &= ~_divided(rows, rows["cell"].isin(list(reasons)))
    told = rows.loc[derived & rows[NUMBERS].notna().any(axis=1), "cell"]
    why = reasons_of(rows["cell"], dict.fromkeys(told, SECONDARY) | reasons)
    shown = _uncounted(hidden_where(rows, why != ""), hidden)
    # What has no value may still tell how many it would be taken over.
    shown["n"] = shown["n"].mask(derived)
    # Line by line, each figure is that of one contributor.
    lines = {source for name in rules for source in FIGURES.get(name, ())}
    pages = {code: spread(sources | lines) for code, sources in hidden.items()}
    return Protected(shown.drop(columns="cell"), logged(rows, why, rules), MappingProxyType(pages))


def _beside(rules: dict[str, Any]) -> dict[str, Any]:
    """The rules, and the same for what adds up the same lines or columns: by one more cut, a contributor
    alone in a cell would stand alone in another.
    """
    extended = dict(rules)
    for name, rule in rules.items():
        for other in (*FIGURES, *COUNTS):
            if adds(other) and draws(name) & draws(other):
                extended.setdefault(other, rule)
    return extended


def _added(ev: Evaluation, rows: pd.DataFrame, rules: Mapping[str, Any]) -> Reasons:
    """Why cells are withheld of the figures that add up, and of the quotients that [secrecy] names."""
    named, adding = rows["indicator"].isin(list(rules)), rows["indicator"].map(adds)
    quotients = _primary(rows[named & ~adding], rules)
    operands = _given_back(rows[adding], rows[rows["cell"].isin(list(quotients))])
    found = _withheld(ev, rows[adding], rules, operands)
    hidden = _hidden(ev, rows, found | quotients)
    apart = adding & ~rows["indicator"].map(is_related)
    drawn = rows.loc[apart & _drawn(rows, hidden) & rows["value"].notna(), "cell"]
    if len(drawn):
        found = _withheld(ev, rows[adding], rules, dict.fromkeys(drawn, SECONDARY) | found)
    return found | quotients


def _withheld(ev: Evaluation, rows: pd.DataFrame, rules: Mapping[str, Any], more: Reasons) -> Reasons:
    """Why each cell is withheld, of figures that add up; `more`: cells that are, whatever their rule."""
    from impactkit.indicators.secrecy import cell_ids, withheld_rows

    known = rows[rows["value"].notna()]
    _, log = withheld_rows(ev.language, known, rules, sums=sums_of(ev, known), more=more)
    return dict(zip(cell_ids(log), log["reason"], strict=True))


def _primary(rows: pd.DataFrame, rules: Mapping[str, Any]) -> Reasons:
    """Why shares, quotients and medians that [secrecy] names tell too much."""
    from impactkit.indicators.secrecy import primary

    found: Reasons = {}
    for name, some in rows[rows["value"].notna()].groupby("indicator"):
        found |= dict(zip(some["cell"], primary(some, rules[name]), strict=True))
    return {cell: why for cell, why in found.items() if why}


def _given_back(rows: pd.DataFrame, quotients: pd.DataFrame) -> Reasons:
    """The cells, of the rows, that would give back a withheld quotient beside what it is divided by."""
    cells = rows[rows["value"].notna()].groupby(KEY[:3])["cell"].agg(list).to_dict()
    found: Reasons = {}
    for one in quotients.to_dict("records"):
        for indicator, group in QUOTIENTS.get(one["indicator"], ())[:1]:
            place = one["territory"], indicator, group.format(group=one["group"])
            found |= dict.fromkeys(cells.get(place, ()), SECONDARY)
    return found


def _divided(rows: pd.DataFrame, secret: pd.Series) -> pd.Series:
    """Whether each row is a quotient of two figures that are shown: whoever divides finds it."""
    shown = rows[~secret & rows["value"].notna()].sort_values("period", kind="stable")
    value = shown.drop_duplicates(KEY[:3], keep="last").set_index(KEY[:3])["value"].to_dict()
    found = pd.Series(False, index=rows.index)
    for at, one in zip(rows.index, rows.to_dict("records"), strict=True):
        places = [
            (one["territory"], indicator, group.format(group=one["group"]))
            for indicator, group in QUOTIENTS.get(one["indicator"], ())
        ]
        if len(places) == 2 and places[0] in value and value.get(places[1]):
            found[at] = bool(np.isclose(value[places[0]] / value[places[1]], one["value"]))
    return found


def _hidden(ev: Evaluation, rows: pd.DataFrame, reasons: Iterable[str]) -> Hidden:
    """What each territory hides, from the cells withheld; the programme hides what any of them does."""
    found: dict[str, set[str]] = defaultdict(set)
    cells = rows[rows["cell"].isin(list(reasons))]
    for territory, indicator in zip(cells["territory"], cells["indicator"], strict=True):
        found[territory] |= draws(indicator)
    every = set().union(*found.values())
    shared = {source for source in every if table_of(source) == SHARED}
    codes = [place.code for place in ev.territories]
    hidden = {code: spread(found[code] | shared) for code in codes}
    return MappingProxyType(hidden | {"": spread(every)})


def _drawn(rows: pd.DataFrame, hidden: Hidden) -> pd.Series:
    """Whether each row is drawn from what its territory hides."""
    pairs = rows[["territory", "indicator"]].drop_duplicates().itertuples(index=False, name=None)
    meeting = {pair for pair in pairs if meets(draws(pair[1]), hidden.get(pair[0], frozenset()))}
    each = zip(rows["territory"], rows["indicator"], strict=True)
    return pd.Series([pair in meeting for pair in each], index=rows.index, dtype=bool)


def _uncounted(rows: pd.DataFrame, hidden: Hidden) -> pd.DataFrame:
    """The rows without their `n`, where it would count lines that may not be."""
    pairs = rows[["territory", "indicator"]].drop_duplicates().itertuples(index=False, name=None)
    silent = {
        (territory, indicator)
        for territory, indicator in pairs
        for table in map(table_of, draws(indicator))
        if not_listed(hidden.get(territory, frozenset()), table)
    }
    each = zip(rows["territory"], rows["indicator"], strict=True)
    gone = pd.Series([pair in silent for pair in each], index=rows.index, dtype=bool)
    return rows.assign(n=rows["n"].mask(gone & (rows["n"] != rows["value"])))
