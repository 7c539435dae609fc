"""What an event says of another programme: where else it is, in codes of units that exist."""

import re
from collections.abc import Iterator, Mapping

import pandas as pd

from impactkit.data import geography
from impactkit.data.check_schema import Fault
from impactkit.wording.language import Language

KIND, EVERYWHERE = "other_programme", ("everywhere", "partout")
# Employment zones are known from a file that an evaluation may not have.
ZONE = re.compile("[0-9]{4}")


def programme_faults(
    language: Language, tables: Mapping[str, pd.DataFrame], vintage: int
) -> Iterator[Fault]:
    """Events that say where else they are though they are no programme, and codes of no unit."""
    events = tables.get("events")
    if events is None or not {"kind", "elsewhere"} <= set(events):
        return
    filled, own = events[events["elsewhere"] != ""], _own_units(tables)
    for row, kind, elsewhere in zip(filled.index, filled["kind"], filled["elsewhere"], strict=True):
        if kind != KIND:
            yield Fault("events", int(row), "elsewhere", elsewhere, *language.advice("check.elsewhere-kind"))
        elif elsewhere not in EVERYWHERE:
            for code in _unknown(elsewhere, own, vintage):
                yield Fault("events", int(row), "elsewhere", code, *language.advice("check.elsewhere-code"))


def _own_units(tables: Mapping[str, pd.DataFrame]) -> frozenset[str]:
    units = tables.get("units")
    return frozenset() if units is None or "unit" not in units else frozenset(units["unit"])


def _unknown(elsewhere: str, own: frozenset[str], vintage: int) -> list[str]:
    """Codes of a list that are neither a unit of the evaluation nor an official one."""
    unknown = []
    for code in elsewhere.split("|"):
        official = any(code in geography.codes(family, vintage=vintage) for family in geography.FAMILIES)
        if code not in own and not official and not ZONE.fullmatch(code):
            unknown.append(code)
    return unknown
