"""The currency of an evaluation, and the rates at which another one is counted in it."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from impactkit.data.tables import keyed
from impactkit.errors import RefusedData, UnknownName
from impactkit.wording.catalogue import error, say
from impactkit.wording.currency import SHARED, codes, is_same
from impactkit.wording.voice import EURO

# What each rate says of itself, and the form of its date.
KEYS, DATE = ("rate", "date", "source"), r"\d{4}-\d{2}(-\d{2})?"


@dataclass(frozen=True)
class Rate:
    """What one unit of a currency is worth in the evaluation's own, on a date, and who says so."""

    rate: float
    date: str
    source: str


@dataclass(frozen=True)
class Money:
    """The currency of every amount of an evaluation (ISO 4217), and the rates of others by their codes."""

    currency: str = EURO
    exchange: Mapping[str, Rate] = field(default_factory=dict)

    def is_own(self, written: str) -> bool:
        """Whether a currency, as it is written beside a figure, is the evaluation's."""
        return is_same(written, self.currency)

    def rate_of(self, written: str) -> tuple[str, Rate] | None:
        """The code and the rate of another currency; None when no rate, or more than one, is stated."""
        codes = [code for code in SHARED.get(written, (written,)) if code in self.exchange]
        return (codes[0], self.exchange[codes[0]]) if len(codes) == 1 else None


def money_of(settings: Mapping[str, Any]) -> Money:
    """The currency of an evaluation, and the rates that its settings state for others."""
    exchange = {code: Rate(**rate) for code, rate in settings.get("exchange", {}).items()}
    return Money(settings["currency"], exchange)


def checked_money(settings: dict[str, Any], where: str) -> None:
    """Settings with a currency of ISO 4217 (else the euro), and for each other one a rate, its date and its
    source. Raises UnknownName for another currency, RefusedData for a rate that says less.
    """
    if settings.setdefault("currency", EURO) not in codes():
        raise UnknownName.among(say("noun.currency"), settings["currency"], codes(), where=where)
    for code, rate in settings.get("exchange", {}).items():
        place = f"{where}, [exchange.{code}]"
        if code not in codes():
            raise UnknownName.among(say("noun.currency"), code, codes(), where=place)
        keyed(rate, KEYS, place, needed=KEYS)
        rate["date"] = str(rate["date"])
        is_rate = isinstance(rate["rate"], int | float) and 0 < rate["rate"] < math.inf
        if not is_rate or not re.fullmatch(DATE, rate["date"]) or not rate["source"]:
            raise error(RefusedData, "exchange", where=place)
