"""What a value in euros needs: five adjustments for each benefit, a price, an order in every range."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from impactkit.data.catalogue import reference_values
from impactkit.data.tables import labels
from impactkit.wording.catalogue import say

ADJUSTMENTS = ("deadweight", "attribution", "displacement", "leakage", "drop_off")
DATED = ("benefit", "cost", "in_kind", "charge", "reference_benefit", "reference_cost")
# Row (None is the header), column, value, what is expected, what to do next.
Found = tuple[int, str, str, str, str]


def valuation_faults(frame: pd.DataFrame) -> Iterator[Found]:
    """Everything that keeps the rows of `valuations` (text, as read) from being counted."""
    rows = [{str(name): cell for name, cell in row.items()} for row in frame.to_dict("records")]
    known = sorted(set(reference_values()["id"]))
    for at, row in enumerate(rows):
        yield from _order(at, row)
        role = row["role"]
        if role in ADJUSTMENTS:
            yield from _share(at, row)
        if role in DATED and not row["start"]:
            yield _fault(at, "start", "", "year")
        if role in DATED and not row["value"] and not (row["low"] and row["high"]):
            yield _fault(at, "value", "", "amount")
        if role != "benefit":
            continue
        if not row["price"] and not (row["price_low"] and row["price_high"]) and not row["reference"]:
            yield _fault(at, "price", "", "price")
        if row["reference"] and row["reference"] not in known:
            yield _fault(at, "reference", row["reference"], "reference", known=", ".join(known))
        mine = [
            one for one in rows if (one["territory"], one["project"]) == (row["territory"], row["project"])
        ]
        told = {one["role"] for one in mine if one["item"] in ("", row["item"])}
        words = labels("valuations", "role")
        missing = [words[name] for name in ADJUSTMENTS if name not in told]
        if missing:
            yield _fault(at, "role", row["item"], "adjustments", names=", ".join(missing))


def _order(at: int, row: Mapping[str, str]) -> Iterator[Found]:
    for name in ("", "price"):
        keys = (f"{name}_low", name, f"{name}_high") if name else ("low", "value", "high")
        told = [number for key in keys if (number := _number(row[key])) is not None]
        if told != sorted(told):
            yield _fault(at, keys[1], row[keys[1]], "order")


def _share(at: int, row: Mapping[str, str]) -> Iterator[Found]:
    told = [number for key in ("low", "value", "high") if (number := _number(row[key])) is not None]
    if not told or min(told) < 0 or max(told) > 1:
        yield _fault(at, "value", row["value"], "share")


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        # Not a number: the schema says so.
        return None


def _fault(at: int, column: str, value: str, kind: str, **holes: Any) -> Found:
    return at, column, value, say(f"check.value.{kind}", **holes), say(f"check.value.{kind}.next")
