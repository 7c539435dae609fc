"""Numbers as people write them in a table of their own: which mark is the decimal one, proved or refused.

1,010 and 9.318 may each be two numbers. A mark is the decimal one when some value of the column can only be
read so (12,5 or 0.318 or 3.14159); otherwise the source says it (`decimal`, `thousands`).
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from impactkit.data.number_text import number_of
from impactkit.data.sources.readers import BLANK
from impactkit.wording.catalogue import advice

MARKS = (",", ".")
SPACES = " \u00a0\u202f\u2009"
# What is wrong with a cell, and what to do.
Wrong = tuple[str, str]

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


def read(
    texts: Sequence[str], *, decimal: str = "", thousands: str = ""
) -> tuple[list[float], dict[int, Wrong]]:
    """The numbers of a column, NaN for a blank or a secret; what is wrong, by position in the column.

    `decimal`, `thousands`: the marks that the source says; either may be empty.
    """
    plain = [_without_spaces(text) for text in texts]
    written = {text: written_as(text) for text in set(plain) if text.lower() not in BLANK}
    if decimal or thousands:
        other = {",": ".", ".": ","}
        meant = decimal or other.get(thousands, "")
        judged = {text: _as_said(text, meant, thousands) for text in written}
    else:
        judged = _judged(written, Counter(plain))
    values, wrong = [], {}
    for position, text in enumerate(plain):
        value = judged.get(text, float("nan"))
        if not isinstance(value, float):
            wrong[position] = value
        values.append(value if isinstance(value, float) else float("nan"))
    return values, wrong


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
    match = _POINTED.fullmatch(text)
    if not match or not (match[1] or match[3]):
        return None
    before, mark, after = match.groups()
    group = len(after) == 3 and 1 <= len(before) <= 3 and not before.startswith("0")
    return Written(unsure=mark) if group else Written(decimal=mark)


def _without_spaces(text: str) -> str:
    """Without the spaces around, and those between groups of three digits."""
    plain = text.strip().replace("\u2212", "-")
    if match := _SPACED.fullmatch(plain):
        return re.sub(f"[{SPACES}]", "", match[1]) + match[2]
    return plain


def _judged(written: dict[str, Written | None], counts: Counter[str]) -> dict[str, float | Wrong]:
    """Each text of a column read by the marks that the column proves."""
    proved: Counter[str] = Counter()
    for text, form in written.items():
        if form and form.decimal:
            proved[form.decimal] += counts[text]
    decimal = max(proved, key=lambda mark: proved[mark], default="")
    return {text: _by(text, form, decimal) for text, form in written.items()}


def _by(text: str, form: Written | None, decimal: str) -> float | Wrong:
    if form is None:
        return advice("own.number")
    if form.unsure and form.unsure != decimal:
        return advice("own.number.unsure", mark=form.unsure)
    if decimal and (form.decimal not in ("", decimal) or form.thousands == decimal):
        return advice("own.number.contradicts", mark=decimal)
    return _value(text, form.decimal or form.unsure, form.thousands)


def _as_said(text: str, decimal: str, thousands: str) -> float | Wrong:
    """A number by the marks that the source says, and by no other."""
    groups = rf"[0-9]{{1,3}}(?:{re.escape(thousands)}[0-9]{{3}})+|" if thousands.strip() else ""
    part = rf"(?:{re.escape(decimal)}[0-9]*)?" if decimal else ""
    if re.fullmatch(rf"[+-]?(?:{groups}[0-9]+){part}(?:[eE][+-]?[0-9]{{1,3}})?", text):
        return _value(text, decimal, thousands)
    return advice("own.number.marks", decimal=decimal, thousands=thousands)


def _value(text: str, decimal: str, thousands: str) -> float | Wrong:
    bare = text.replace(thousands, "") if thousands else text
    value = number_of(bare.replace(decimal, ".") if decimal else bare)
    return advice("own.number") if value is None else value
