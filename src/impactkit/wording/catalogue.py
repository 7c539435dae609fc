"""The catalogue: every sentence that a person reads, by its key (gettext, plural forms, holes in braces).

The `.po` files are the only source; they are read once through Babel, so nothing has to be compiled or
shipped twice. In a sentence `**two stars**` make a strong word; a hole filled with `Declared` text keeps the
mark of what it is.
"""

from __future__ import annotations

import functools
import gettext
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_FOLDER = Path(__file__).with_name("locale")
# The language that says everything; what another does not say yet, it says.
FIRST = "fr"
_BEFORE = re.compile(r" ([%;:!?»])")


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
    messages: dict[str, tuple[str, ...]] = {}
    for message in catalogue:
        key = message.id if isinstance(message.id, str) else message.id[0]
        text = message.string
        if key:
            messages[key] = (text,) if isinstance(text, str) else tuple(text or ())
    return messages, gettext.c2py(catalogue.plural_expr)


def forms(key: str, lang: str) -> tuple[tuple[str, ...], Callable[[int], int]]:
    """The plural forms of a sentence, and which of them a number takes; in French where a language does not
    say it yet. Raises KeyError for a key that the catalogue does not hold.
    """
    for code in dict.fromkeys((lang, FIRST)):
        messages, plural = _messages(code)
        texts = messages.get(key, ("",))
        if all(texts):
            return tuple(french_spaces(text) if code == FIRST else text for text in texts), plural
    raise KeyError(f"the catalogue has no sentence for {key!r}")


def has(key: str) -> bool:
    """Whether the catalogue holds `key`."""
    return key in _messages(FIRST)[0]


def languages() -> tuple[str, ...]:
    """Codes of the languages that have a catalogue, whole or begun."""
    return tuple(sorted(folder.name for folder in _FOLDER.iterdir() if folder.is_dir()))


def french_spaces(text: str) -> str:
    """Narrow no-break spaces before % ; : ! ? and inside guillemets, and the apostrophe of typography."""
    return _BEFORE.sub("\u202f\\1", text).replace("« ", "«\u202f").replace("'", "’")
