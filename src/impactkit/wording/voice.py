"""Who speaks: the language, the lists of codes and the words of an evaluation.

One speaks at a time: the evaluation read last, or the one that a public function was given last.
"""

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass

_BEFORE = re.compile(r" ([%;:!?»])")
Words = tuple[tuple[str, str], ...]
# The currency in which the catalogue speaks.
EURO = "EUR"


@dataclass(frozen=True)
class Voice:
    """A language (its code), and what an evaluation says in its own way: `codes`, lists by name, each code
    with its words; `words`, phrases in lower case (`du label`) said in place of the catalogue's; `currency`,
    the one of every declared amount (ISO 4217).
    """

    lang: str = "fr"
    codes: tuple[tuple[str, Words], ...] = ()
    words: Words = ()
    currency: str = EURO

    def own(self, text: str) -> str:
        """A sentence of the catalogue in these words, the longest phrase first; what is not prose (a hole, a
        setting) is left.
        """
        return self._phrases.sub(self._said, text) if self._told else text

    def in_currency(self, text: str) -> str:
        """A text of the kit about declared amounts (« euros par an ») in the currency that speaks."""
        return self._money.own(text) if self.currency != EURO else text

    @functools.cached_property
    def _money(self) -> "Voice":
        return Voice(self.lang, currency=self.currency)

    @functools.cached_property
    def _told(self) -> dict[str, str]:
        every = dict(_money_words(self.lang, self.currency)) | dict(self.words)
        return {french_spaces(key).lower(): french_spaces(value) for key, value in every.items()}

    @functools.cached_property
    def _phrases(self) -> re.Pattern[str]:
        one = "|".join(map(re.escape, sorted(self._told, key=len, reverse=True)))
        return re.compile(rf"(?<![\w{{\[`-])(?:{one})(?![\w}}\]`=-])", re.IGNORECASE)

    def _said(self, found: re.Match[str]) -> str:
        text = self._told[found[0].lower()]
        return text[:1].upper() + text[1:] if found[0][:1].isupper() else text


_speaks = Voice()


def voice() -> Voice:
    """The one that speaks."""
    return _speaks


def speak(
    lang: str, codes: Mapping[str, Mapping[str, str]], words: Mapping[str, str], currency: str = EURO
) -> None:
    """Let an evaluation speak, until another does."""
    global _speaks
    own = tuple((name, tuple(some.items())) for name, some in codes.items())
    _speaks = Voice(lang, own, tuple(words.items()), currency)


@functools.lru_cache(maxsize=16)
def _money_words(lang: str, currency: str) -> Words:
    """What the catalogue says of euros, said of another currency; nothing to change for the euro."""
    if currency == EURO:
        return ()
    from babel.numbers import get_currency_name, get_currency_symbol

    several, single = (str(get_currency_name(currency, count=count, locale=lang)) for count in (2, 1))
    of = "d’" if several[:1].lower() in "aeiouyéèh" else "de "
    money = {"d'euros": of + several, "euros": several, "euro": single}
    return (*money.items(), ("€", str(get_currency_symbol(currency, locale=lang))))


def french_spaces(text: str) -> str:
    """Narrow no-break spaces before % ; : ! ? and inside guillemets, and the apostrophe of typography."""
    return _BEFORE.sub("\u202f\\1", text).replace("« ", "«\u202f").replace("'", "’")
