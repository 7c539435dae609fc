"""The currency of an evaluation, and the rates at which another one is counted in it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from impactkit.data.setting_kinds import DAY, NUMBER, TEXT, faults
from impactkit.errors import ImpactkitError, RefusedData
from impactkit.wording.currency import EURO, SHARED, codes, is_same
from impactkit.wording.language import FRENCH, Language

# What each rate says of itself.
RATE_KINDS = {"rate": NUMBER, "date": DAY, "source": TEXT}


@dataclass(frozen=True)
class Rate:
    """What one unit of a currency is worth in the evaluation's own, on a date, and who says so."""

    rate: float
    date: str
    source: str


@dataclass(frozen=True)
class Money:
    """The currency of every amount of an evaluation (ISO 4217), and the rates of others by their codes."""

    language: Language = FRENCH
    currency: str = EURO
    exchange: Mapping[str, Rate] = field(default_factory=dict)

    def is_own(self, written: str) -> bool:
        """Whether a currency, as it is written beside a figure, is the evaluation's."""
        return is_same(written, self.currency)

    def rate_of(self, written: str) -> tuple[str, Rate] | None:
        """The code and the rate of another currency; None when no rate, or more than one, is stated."""
        codes = [code for code in SHARED.get(written, (written,)) if code in self.exchange]
        return (codes[0], self.exchange[codes[0]]) if len(codes) == 1 else None


def money_of(language: Language, settings: Mapping[str, Any]) -> Money:
    """The currency of an evaluation, and the rates that its settings state for others."""
    exchange = {
        code: Rate(float(rate["rate"]), str(rate["date"]), rate["source"])
        for code, rate in settings.get("exchange", {}).items()
    }
    return Money(language, settings["currency"], exchange)


def money_faults(language: Language, settings: Mapping[str, Any], where: str) -> Iterator[ImpactkitError]:
    """What is wrong with the currency (ISO 4217; else the euro) and with the rates of others: each has a
    positive rate, its date and its source.
    """
    own = settings.get("currency", EURO)
    if own not in codes():
        yield language.unknown("noun.currency", own, codes(), where=where)
    for code, rate in settings.get("exchange", {}).items():
        place = f"{where}, [exchange.{code}]"
        if code not in codes():
            yield language.unknown("noun.currency", code, codes(), where=place)
        wrong = faults(language, rate, RATE_KINDS, place, needed=tuple(RATE_KINDS))
        yield from wrong
        if not wrong and not rate["rate"]:
            yield language.error(RefusedData, "exchange", where=place)
