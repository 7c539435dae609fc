"""Numbers as people write them in a table of their own: which mark is the decimal one, proved or refused.

1,010 and 9.318 may each be two numbers. A mark is the decimal one when some value of the column can only be
read so (12,5 or 0.318 or 3.14159); otherwise the source says it (`decimal`, `thousands`).
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from impactkit.data.number_text import number_of
from impactkit.data.sources.column import Numbers, Wrong, of_texts
from impactkit.data.sources.readers import BLANK
from impactkit.wording.language import Language

SPACES = " \u00a0\u202f\u2009"
MINUS = "\u2212"
OTHER = {",": ".", ".": ","}
# Digits between two marks of thousands.
GROUP = 3

_SPACED = re.compile(rf"([+-]?[0-9]{{1,3}}(?:[{SPACES}][0-9]{{3}})+)(?=$|[.,])(.*)")
_WHOLE = re.compile("[+-]?[0-9]+")
_POINTED = re.compile("[+-]?([0-9]*)([.,])([0-9]*)")
_POWER = re.compile("[+-]?[0-9]+(?:([.,])[0-9]+)?[eE][+-]?[0-9]{1,3}")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:([.,])[0-9]{3})(?:\1[0-9]{3})+")
_BOTH = re.compile(r"[+-]?[0-9]{1,3}(?:([.,])[0-9]{3})(?:\1[0-9]{3})*(?!\1)([.,])[0-9]+")


@dataclass(frozen=True)
class Written:
    """How one number is written: `decimal`, its decimal mark, `thousands`, that between its groups (each ""
    when it has none); `unsure`, the mark of a number that may be read two ways.
    """

    decimal: str = ""
    thousands: str = ""
    unsure: str = ""


def read(language: Language, texts: Sequence[str], *, decimal: str = "", thousands: str = "") -> Numbers:
    """The numbers of a column, NaN for a blank or a secret.

    `decimal`, `thousands`: the marks that the source says; either may be empty.
    """
    plain = [_without_spaces(text) for text in texts]
    counts = Counter(plain)
    for text in list(counts):
        if text.lower() in BLANK:
            del counts[text]
    if decimal or thousands:
        judged = _as_said(language, counts, decimal or OTHER[thousands], thousands)
    else:
        judged = _as_proved(language, counts)
    missing = float("nan")
    values, refusals = {}, {}
    for text, value in judged.items():
        if isinstance(value, float):
            values[text] = value
        else:
            refusals[text] = value
    numbers = [values.get(text, missing) for text in plain]
    return Numbers(numbers, of_texts(plain, refusals))


def written_as(text: str) -> Written | None:
    """How a number without spaces is written; None for what is no number."""
    if _WHOLE.fullmatch(text):
        return Written()
    if match := _POWER.fullmatch(text):
        return Written(decimal=match[1] or "")
    if match := _GROUPED.fullmatch(text):
        return Written(thousands=match[1])
    if match := _BOTH.fullmatch(text):
        return Written(decimal=match[2], thousands=match[1])
    if match := _POINTED.fullmatch(text):
        return _pointed(*match.groups())
    return None


def _pointed(before: str, mark: str, after: str) -> Written | None:
    """A number with one mark: it may be that of thousands before exactly three digits."""
    if not before and not after:
        return None
    if len(after) != GROUP or len(before) > GROUP:
        return Written(decimal=mark)
    if not before or before.startswith("0"):
        return Written(decimal=mark)
    return Written(unsure=mark)


def _without_spaces(text: str) -> str:
    """Without the spaces around, and those between groups of three digits."""
    plain = text.strip().replace(MINUS, "-")
    match = _SPACED.fullmatch(plain)
    if not match:
        return plain
    whole = re.sub(f"[{SPACES}]", "", match[1])
    return whole + match[2]


def _as_proved(language: Language, counts: Counter[str]) -> dict[str, float | Wrong]:
    """Each text of a column read by the decimal mark that most of its values prove."""
    written = {text: written_as(text) for text in counts}
    proved: Counter[str] = Counter()
    for text, form in written.items():
        if form and form.decimal:
            proved[form.decimal] += counts[text]
    decimal = max(proved, key=proved.__getitem__, default="")
    judged: dict[str, float | Wrong] = {}
    for text, form in written.items():
        judged[text] = _by(language, text, form, decimal)
    return judged


def _by(language: Language, text: str, form: Written | None, decimal: str) -> float | Wrong:
    if form is None:
        return language.advice("own.number")
    if form.unsure not in ("", decimal):
        return language.advice("own.number.unsure", mark=form.unsure)
    if decimal:
        differs = form.decimal not in ("", decimal)
        if differs or form.thousands == decimal:
            return language.advice("own.number.contradicts", mark=decimal)
    return _value(language, text, form.decimal or form.unsure, form.thousands)


def _as_said(
    language: Language, counts: Counter[str], decimal: str, thousands: str
) -> dict[str, float | Wrong]:
    """Each text of a column by the marks that the source says, and by no other."""
    whole = "[0-9]+"
    if thousands.strip():
        between = re.escape(thousands)
        whole = rf"(?:[0-9]{{1,3}}(?:{between}[0-9]{{3}})+|[0-9]+)"
    point = re.escape(decimal)
    form = re.compile(rf"[+-]?{whole}(?:{point}[0-9]*)?(?:[eE][+-]?[0-9]{{1,3}})?")
    wrong = language.advice("own.number.marks", decimal=decimal, thousands=thousands)
    judged: dict[str, float | Wrong] = {}
    for text in counts:
        sound = form.fullmatch(text)
        judged[text] = _value(language, text, decimal, thousands) if sound else wrong
    return judged


def _value(language: Language, text: str, decimal: str, thousands: str) -> float | Wrong:
    if thousands:
        text = text.replace(thousands, "")
    if decimal:
        text = text.replace(decimal, ".")
    value = number_of(text)
    return language.advice("own.number") if value is None else value
