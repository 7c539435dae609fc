"""A language: what an evaluation says, and how. A value that the evaluation carries, and all that is made
from it.
"""

from __future__ import annotations

import errno
import functools
import itertools
import re
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from impactkit.errors import ImpactkitError, UnknownName, nearest
from impactkit.wording import catalogue, numbers
from impactkit.wording.catalogue import Declared, Run, french_spaces
from impactkit.wording.currency import EURO, name, symbol

Words = tuple[tuple[str, str], ...]
# Of names that exist, so many are listed.
MOST_OFFERED = 12


@dataclass(frozen=True)
class Language:
    """The catalogue of a language (its code), and what an evaluation says in its own way: `codes`, lists by
    name, each code with its words; `words`, phrases in lower case (`du label`) said in place of the
    catalogue's; `currency`, the one of every declared amount (ISO 4217).

    >>> FRENCH.number(1234.5, 1), FRENCH.date("2019-03")
    ('1\u202f234,5', 'mars 2019')
    """

    code: str = catalogue.FIRST
    codes: tuple[tuple[str, Words], ...] = ()
    words: Words = ()
    currency: str = EURO

    def __repr__(self) -> str:
        return f"Language({self.code}, {self.currency})"

    def __hash__(self) -> int:
        # Few languages are compared; their words are many.
        return hash((self.code, self.currency))

    def say(self, key: str, *, n: float | None = None, **holes: Any) -> str:
        """The sentence of `key` as plain text, its holes filled; `n` (also a hole) chooses the plural form.

        Raises KeyError for a key that the catalogue does not hold, or a hole left empty: a page never shows
        a message id.
        """
        return "".join(run.text for run in self.runs(key, n=n, **holes))

    def runs(self, key: str, *, n: float | None = None, **holes: Any) -> tuple[Run, ...]:
        """The sentence of `key` as runs: strong words and declared text keep their marks."""
        if n is not None:
            holes.setdefault("n", int(n))
        strong = False
        stretches: list[Run] = []
        for literal, hole, _, _ in string.Formatter().parse(self._template(key, n)):
            for i, piece in enumerate(literal.split("**")):
                strong ^= i > 0
                if piece:
                    stretches.append(Run(piece, strong))
            if hole is not None:
                stretches.append(_filled(holes[hole], strong))
        return _merged(stretches)

    def advice(self, key: str, *, n: float | None = None, **holes: Any) -> tuple[str, str]:
        """What is wrong, and what to do about it: the sentences of `key` and of `<key>.next`."""
        return self.say(key, n=n, **holes), self.say(f"{key}.next", **holes)

    def error(
        self, kind: type[ImpactkitError], key: str, *, where: str = "", **holes: Any
    ) -> ImpactkitError:
        """An error in the catalogue's words: `error.<key>` says what, `error.<key>.next` what to do."""
        what, next = self.advice(f"error.{key}", **holes)
        return kind(what, where=where, next=next)

    def unknown(
        self, noun: str, name: object, existing: Iterable[Any], *, where: str = "", **holes: Any
    ) -> UnknownName:
        """The error of a name that does not exist: `noun`, the key of what it would name (`noun.territory`),
        `existing`, the names that there are; a mapping gives what each is called, too. The nearest ones are
        offered.
        """
        offered = existing if isinstance(existing, Mapping) else [*existing]
        names = sorted(set(map(str, offered)))
        near = [f"`{code}`" for code in nearest(str(name), offered)]
        hint = self.say("unknown.none")
        if near:
            hint = self.say("unknown.near", names=self.say("unknown.or").join(near))
        elif names:
            cut = "…" if len(names) > MOST_OFFERED else "."
            hint = self.say("unknown.among", names=", ".join(names[:MOST_OFFERED]) + cut)
        what = self.say("unknown.name", noun=self.say(noun, **holes), name=name)
        return UnknownName(what, where=where, next=hint)

    def machine(self, cause: OSError) -> str:
        """What the machine refuses (a folder that is a file, a full disk), in words."""
        key = f"machine.{errno.errorcode.get(cause.errno or 0, 'other')}"
        if not catalogue.has(key):
            key = "machine.other"
        return self.say(key, file=cause.filename or "", cause=cause.strerror or cause)

    def cells(self, **texts: str) -> tuple[tuple[str, str], ...]:
        """Text under its name in the catalogue (`shown.<name>`): what a notebook shows of a thing."""
        return tuple((self.say(f"shown.{name}"), text) for name, text in texts.items())

    def number(self, x: float, decimals: int = 0, *, sign: bool = False) -> str:
        """`1234567.8` as « 1 234 568 » (see `numbers.number`)."""
        return numbers.number(x, decimals, sign=sign, code=self.code)

    def percent(self, share: float, decimals: int = 1, *, sign: bool = False) -> str:
        """A share (0.072) as « 7,2 % »."""
        return self.say("percent", figure=self.number(share * 100, decimals, sign=sign))

    def date(self, iso: str) -> str:
        """An ISO date, month or year as words (see `numbers.date`)."""
        return numbers.date(iso, code=self.code)

    def when(self, iso: str) -> str:
        """The moment of a fact in a sentence: « le 25 février 2019 », « en décembre 2019 », « en 2019 »."""
        return self.say(f"when.{('year', 'month', 'day')[iso.count('-')]}", date=self.date(iso))

    def currency_words(self, currency: str) -> str:
        """A currency in a sentence: « euros », « shillings kényans »."""
        return name(currency, self.code, count=2)

    def in_currency(self, text: str) -> str:
        """A text of the kit about declared amounts (« euros par an ») in the currency of the evaluation."""
        return self._money.reworded(text) if self.currency != EURO else text

    def reworded(self, text: str) -> str:
        """A sentence of the catalogue in the evaluation's words, the longest phrase first; what is not prose
        (a hole, a setting) is left.
        """
        return self._phrases.sub(self._replaced, text) if self._replacements else text

    def of_candidate(self) -> Language:
        """The same, of a territory that never had the label: in words that give it none."""
        unlabelled = {phrase: self.reworded(words) for phrase, words in self._without_label().items()}
        return replace(self, words=tuple((unlabelled | dict(self.words)).items()))

    def _without_label(self) -> dict[str, str]:
        # As they are written: an evaluation's own words are said in their place, never looked for.
        (lines,), _ = catalogue.forms("candidate.words", self.code)
        pairs = (line.split("=") for line in lines.split("|"))
        return {phrase.strip(): words.strip() for phrase, words in pairs}

    def _template(self, key: str, n: float | None) -> str:
        forms, plural = catalogue.forms(key, self.code)
        # In French what is below two is singular, 1.5 included; plural forms are chosen by whole numbers.
        return self.reworded(forms[0 if n is None else plural(int(abs(n)))])

    @functools.cached_property
    def _money(self) -> Language:
        return Language(self.code, currency=self.currency)

    @functools.cached_property
    def _replacements(self) -> dict[str, str]:
        money = _money_words(self.code, self.currency)
        replacements: dict[str, str] = {}
        for phrase, words in (*money, *self.words):
            replacements[french_spaces(phrase).lower()] = french_spaces(words)
        return replacements

    @functools.cached_property
    def _phrases(self) -> re.Pattern[str]:
        longest_first = sorted(self._replacements, key=len, reverse=True)
        phrases = "|".join(map(re.escape, longest_first))
        return re.compile(rf"(?<![\w{{\[`-])(?:{phrases})(?![\w}}\]`=-])", re.IGNORECASE)

    def _replaced(self, match: re.Match[str]) -> str:
        text = self._replacements[match[0].lower()]
        return text[:1].upper() + text[1:] if match[0][:1].isupper() else text


FRENCH = Language()


def language_of(settings: Mapping[str, Any]) -> Language:
    """The language of an evaluation, from the settings of its evaluation.toml."""
    lists = settings.get("codes", {}).items()
    return Language(
        settings["language"],
        tuple((name, tuple(words.items())) for name, words in lists),
        tuple(settings.get("words", {}).items()),
        settings["currency"],
    )


def _filled(value: object, strong: bool) -> Run:
    return Run(str(value), strong, isinstance(value, Declared), getattr(value, "note", ""))


def _merged(stretches: list[Run]) -> tuple[Run, ...]:
    """Stretches of one voice are one; what is declared, or cited, stands alone."""
    voices = itertools.groupby(stretches, lambda run: (run.strong, (run.declared or run.note) and id(run)))
    return tuple(
        next(same) if alone else Run("".join(run.text for run in same), strong)
        for (strong, alone), same in voices
    )


@functools.lru_cache(maxsize=16)
def _money_words(code: str, currency: str) -> Words:
    """What the catalogue says of euros, said of another currency; nothing to change for the euro."""
    if currency == EURO:
        return ()
    several = name(currency, code, count=2)
    of = "d’" if several[:1].lower() in "aeiouyéèh" else "de "
    return (
        ("d'euros", of + several),
        ("euros", several),
        ("euro", name(currency, code, count=1)),
        ("€", symbol(currency, code)),
    )
