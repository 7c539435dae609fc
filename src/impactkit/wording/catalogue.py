"""The catalogue: every sentence that a person reads, by its key (gettext, plural forms, holes in braces).

The `.po` files are the only source; they are read once through Babel, so nothing has to be compiled or
shipped twice. In a sentence `**two stars**` make a strong word; a hole filled with `Declared` text keeps the
mark of what it is.
"""

from __future__ import annotations

import errno
import functools
import gettext
import itertools
import string
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from impactkit.errors import ImpactkitError
from impactkit.wording.voice import french_spaces, voice

_FOLDER = Path(__file__).with_name("locale")


class Declared(str):
    """Text that comes as written from a table of the evaluation; it is quoted, never computed."""


class Cited(str):
    """Text that names where it comes from: `note` holds the whole reference, for the foot of the page."""

    note: str

    def __new__(cls, text: str, note: str) -> Cited:
        made = super().__new__(cls, text)
        made.note = note
        return made


@dataclass(frozen=True)
class Run:
    """A stretch of a sentence in one voice; `note` is the whole reference of the source that it names."""

    text: str
    strong: bool = False
    declared: bool = False
    note: str = ""


@functools.lru_cache(maxsize=4)
def _messages(lang: str) -> tuple[dict[str, tuple[str, ...]], Callable[[int], int]]:
    """The sentences of a language by key, each in its plural forms, and which of them a number takes."""
    from babel.messages.pofile import read_po

    with (_FOLDER / lang / "LC_MESSAGES" / "impactkit.po").open("rb") as file:
        catalogue = read_po(file, locale=lang, abort_invalid=True)
    told = [(one.id, one.string) for one in catalogue if one.id]
    found = {
        key if isinstance(key, str) else key[0]: (text,) if isinstance(text, str) else tuple(text or ())
        for key, text in told
    }
    return found, gettext.c2py(catalogue.plural_expr)


def _template(key: str, n: float | None) -> str:
    speaks = voice()
    # What a language does not say yet, it says in French.
    for lang in dict.fromkeys((speaks.lang, "fr")):
        messages, plural = _messages(lang)
        if all(forms := messages.get(key, ("",))):
            # In French what is below two is singular, 1.5 included; plural forms are told by whole numbers.
            text = forms[0 if n is None else plural(int(abs(n)))]
            return speaks.own(french_spaces(text) if lang == "fr" else text)
    raise KeyError(f"the catalogue has no sentence for {key!r}")


def say(key: str, *, n: float | None = None, **holes: object) -> str:
    """The sentence of `key` as plain text, its holes filled; `n` (also a hole) chooses the plural form.

    Raises KeyError for a key that the catalogue does not hold, or a hole left empty: a page never shows a
    message id.
    """
    return "".join(run.text for run in runs(key, n=n, **holes))


def runs(key: str, *, n: float | None = None, **holes: object) -> tuple[Run, ...]:
    """The sentence of `key` as runs: strong words and declared text keep their marks."""
    if n is not None:
        holes.setdefault("n", int(n))
    strong = False
    found: list[Run] = []
    for literal, hole, _, _ in string.Formatter().parse(_template(key, n)):
        for i, piece in enumerate(literal.split("**")):
            strong ^= i > 0
            if piece:
                found.append(Run(piece, strong))
        if hole is not None:
            value = holes[hole]
            found.append(Run(str(value), strong, isinstance(value, Declared), getattr(value, "note", "")))
    # Stretches of one voice are one; what is declared, or cited, stands alone.
    voices = itertools.groupby(found, lambda run: (run.strong, (run.declared or run.note) and id(run)))
    return tuple(
        next(same) if alone else Run("".join(run.text for run in same), strong)
        for (strong, alone), same in voices
    )


def without_label() -> dict[str, str]:
    """What the catalogue says of a labelled territory, as it is said of a candidate: phrase to phrase."""
    # As they are written: an evaluation's own words are said in their place, never looked for.
    messages = (_messages(lang)[0] for lang in dict.fromkeys((voice().lang, "fr")))
    (lines,) = next(forms for known in messages if all(forms := known.get("candidate.words", ("",))))
    pairs = (line.split("=") for line in lines.split("|"))
    return {phrase.strip(): words.strip() for phrase, words in pairs}


def advice(key: str, *, n: float | None = None, **holes: Any) -> tuple[str, str]:
    """What is wrong, and what to do about it: the sentences of `key` and of `<key>.next`."""
    return say(key, n=n, **holes), say(f"{key}.next", **holes)


def cells(**told: str) -> tuple[tuple[str, str], ...]:
    """Text under its name in the catalogue (`shown.<name>`): what a notebook shows of a thing."""
    return tuple((say(f"shown.{name}"), text) for name, text in told.items())


def error(kind: type[ImpactkitError], key: str, *, where: str = "", **holes: Any) -> ImpactkitError:
    """An error whose words are the catalogue's: `error.<key>` says what, `error.<key>.next` what to do."""
    what, next = advice(f"error.{key}", **holes)
    return kind(what, where=where, next=next)


def machine(cause: OSError) -> str:
    """What the machine refuses (a folder that is a file, a full disk), in words."""
    key = f"machine.{errno.errorcode.get(cause.errno or 0, 'other')}"
    return say(
        key if has(key) else "machine.other", file=cause.filename or "", cause=cause.strerror or cause
    )


def has(key: str) -> bool:
    """Whether the catalogue holds `key`."""
    return key in _messages("fr")[0]


def languages() -> tuple[str, ...]:
    """Codes of the languages that have a catalogue, whole or begun."""
    return tuple(sorted(folder.name for folder in _FOLDER.iterdir() if folder.is_dir()))
