"""Text as a terminal, a log or the subject of a letter may show it: nothing there is obeyed."""

import json
import re
import unicodedata
from typing import Any

# What a terminal obeys: escape sequences whole (ECMA-48: CSI, then strings such as titles and links), so
# that no half of one is left.
SEQUENCES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|(?:\x1b[P\]X^_]|[\x90\x9d\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)
# Direction of the text turned over: a name that reads otherwise than it is written.
TURNED = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
KEPT = "\n\t"
# The same, sign by sign, with halves of letters and the ends of lines that no editor shows.
OBEYED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]"
)
SIGN = "\ufffd"


def plain_lines(text: str) -> str:
    """The text, lines and tabs kept, without what a terminal obeys; other unseen signs are shown.

    >>> plain_lines("Val\\x1b[31m-rouge\\x07")
    'Val-rouge�'
    """
    bare = TURNED.sub("", SEQUENCES.sub("", text))
    return "".join(letter if _is_shown(letter) else SIGN for letter in bare)


def on_a_line(text: str) -> str:
    """The same, on one line."""
    return " ".join(plain_lines(" ".join(text.splitlines())).split())


def plain_json(value: Any, indent: int | None = None, *, sort_keys: bool = False) -> str:
    """A value as JSON that a terminal may show and a journal hold: letters as they are, and every sign that
    would be obeyed written by its number.

    >>> print(plain_json({"nom": "Val\\x9b31m"}))
    {"nom": "Val\\u009b31m"}
    """
    text = json.dumps(value, ensure_ascii=False, indent=indent, sort_keys=sort_keys)
    return OBEYED.sub(_by_number, text)


def _by_number(sign: re.Match[str]) -> str:
    return f"\\u{ord(sign[0]):04x}"


def _is_shown(letter: str) -> bool:
    return letter in KEPT or unicodedata.category(letter) not in ("Cc", "Cs", "Zl", "Zp")
