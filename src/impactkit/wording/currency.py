"""Currencies by their names, signs and codes (ISO 4217, as the Unicode CLDR tells them)."""

import functools

from babel import Locale
from babel.numbers import get_currency_name, get_currency_symbol, list_currencies

# The currency in which the catalogue speaks.
EURO = "EUR"
# Signs and everyday names that several countries share stand for none of them until a code says which.
EVERYDAY = {"€": "EUR", "euro": "EUR", "euros": "EUR", "£": "GBP", "$": "$", "dollar": "$", "dollars": "$"}
EVERYDAY |= {"fcfa": "FCFA", "cfa": "FCFA", "ksh": "KES", "frs": "CHF", "us$": "USD", "yen": "JPY"}
SHARED = {"$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD"), "FCFA": ("XOF", "XAF")}


@functools.lru_cache(maxsize=1)
def codes() -> frozenset[str]:
    """The codes of every currency."""
    return frozenset(list_currencies())


def currency_of(word: str) -> str:
    """The currency that a word or a sign names: its code, a sign that several share, or ""."""
    bare = word.strip().lower()
    if bare in EVERYDAY:
        return EVERYDAY[bare]
    return bare.upper() if len(bare) == 3 and bare.upper() in codes() else ""


def is_same(written: str, code: str) -> bool:
    """Whether a currency as it is written may be that of a code: « $ » may be the Canadian dollar."""
    return written == code or code in SHARED.get(written, ())


def symbol(code: str, lang: str) -> str:
    """The sign of a currency: « € », « $CA », « KES »."""
    return str(get_currency_symbol(code, locale=lang))


def name(code: str, lang: str, *, count: float | None = None) -> str:
    """The name of a currency in small letters: « euro », « shillings kényans »."""
    return str(get_currency_name(code, count=count, locale=Locale.parse(lang)))
