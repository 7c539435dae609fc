"""Words as they are compared and kept: accents, spaces, case; the ways to say that a figure is missing."""

import datetime as dt
import functools
import re
import unicodedata
from typing import Any

EXAMPLE = "ex. :"
# Ways of writing that a figure is missing; in a column of free words only the first ones say so.
NOT_SAID = {*"n.d. n.d nd n.c. n.c nc n/d n/c".split(), "non communique", "non renseigne"}
PERHAPS = NOT_SAID | {*"- -- – — ? ?? inconnu inconnue na n/a n.a. #n/d".split()}
# Ways of writing: the same as above.
DITTO = {"idem", "id.", "ibid", "ibid.", "ibidem", "ditto", '"', "''", '""', "//", "-//-", '-"-', "〃", "″"}
DITTO |= {"voir ci-dessus", "meme source", "comme ci-dessus"}
_SPACES = re.compile(r"[\s\u00a0\u202f\u2007]+")


@functools.lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """Text for comparison: no accent, no case, single spaces, one apostrophe."""
    bare = text
    if not text.isascii():
        parts = unicodedata.normalize("NFKD", text.replace("’", "'"))
        bare = "".join(letter for letter in parts if not unicodedata.combining(letter))
    return _SPACES.sub(" ", bare).strip().casefold()


def clean(value: Any) -> str:
    """The words of a cell: composed accents, no space around, no-break spaces as spaces."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        value = value.date() if value.time() == dt.time() else value
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float):
        # As it is shown: a column of words keeps « 1,5 », and 2.0 is 2.
        return f"{value:.15g}".replace(".", ",")
    text = unicodedata.normalize("NFC", str(value))
    return re.sub(r"[ \t\u00a0\u202f\u2007]+", " ", text).strip()


def is_missing(words: str, *, free: bool) -> bool:
    """Whether words say that the value is not known; in a `free` column a dash or a question mark may be
    meant.
    """
    return plain(words) in (NOT_SAID if free else PERHAPS)
