"""What a value in euros needs: five adjustments for each benefit, a price, an order in every range."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from impactkit.data.catalogue import reference_values
from impactkit.data.check_schema import Fault
from impactkit.data.number_text import number_of
from impactkit.data.tables import columns, labels
from impactkit.wording.currency import EURO
from impactkit.wording.language import Language

ADJUSTMENTS = ("deadweight", "attribution", "displacement", "leakage", "drop_off")
DATED = ("benefit", "cost", "in_kind", "charge", "reference_benefit", "reference_cost")


def valuation_faults(language: Language, frame: pd.DataFrame, currency: str = EURO) -> Iterator[Fault]:
    """Everything that keeps the rows of `valuations` (text, as read; amounts in `currency`) from being
    counted; nothing when a column is not there.
    """
    if not set(columns("valuations")) <= set(frame):
        return
    rows = [{str(name): cell for name, cell in row.items()} for row in frame.to_dict("records")]
    known, words = sorted(set(reference_values()["id"])), labels(language, "valuations", "role")
    roles: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for row in rows:
        roles[row["territory"], row["project"], row["item"]].add(row["role"])
    for at, row in enumerate(rows):
        for keys in (("low", "value", "high"), ("price_low", "price", "price_high")):
            told = _numbers(row, *keys)
            if told != sorted(told):
                yield _fault(language, at, keys[1], row[keys[1]], "order")
        role, told = row["role"], _numbers(row, "low", "value", "high")
        if role in ADJUSTMENTS and (not told or min(told) < 0 or max(told) > 1):
            yield _fault(language, at, "value", row["value"], "share")
        if role in DATED and not row["start"]:
            yield _fault(language, at, "start", "", "year")
        if role in DATED and not row["value"] and not (row["low"] and row["high"]):
            yield _fault(language, at, "value", "", "amount")
        if role != "benefit":
            continue
        if not row["price"] and not (row["price_low"] and row["price_high"]) and not row["reference"]:
            yield _fault(language, at, "price", "", "price")
        if row["reference"] and row["reference"] not in known:
            yield _fault(language, at, "reference", row["reference"], "reference", known=", ".join(known))
        if row["reference"] and currency != EURO:
            yield _fault(
                language, at, "reference", row["reference"], "reference-in-euros", currency=currency
            )
        project = row["territory"], row["project"]
        said = roles[*project, ""] | roles[*project, row["item"]]
        if missing := [words[name] for name in ADJUSTMENTS if name not in said]:
            yield _fault(language, at, "role", row["item"], "adjustments", names=", ".join(missing))


def _numbers(row: Mapping[str, str], *keys: str) -> list[float]:
    """The numbers of some cells; of one that holds none, the schema says so."""
    values = [number_of(row[key]) for key in keys]
    return [value for value in values if value is not None]


def _fault(language: Language, at: int, column: str, value: str, kind: str, **holes: Any) -> Fault:
    return Fault("valuations", at, column, value, *language.advice(f"check.value.{kind}", **holes))
