"""A figure with the units of its cell, its header and its column: in the column's unit, or refused."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from impactkit.data.money import Money
from impactkit.data.workbook.formats import seen
from impactkit.data.workbook.reading import Reading, refused
from impactkit.data.workbook.sheet import Cell, is_figure
from impactkit.data.workbook.units import ANY_MONEY, Unit, unit_of
from impactkit.data.workbook.words import clean
from impactkit.wording.language import Language

# A number of a text: thousands apart by three or not at all, a comma or a point before the decimals.
FIGURE = re.compile(r"[+\-]?(?:\d{1,3}(?: \d{3})+|\d+)(?:[.,]\d+)*")
CURRENCY = "currency"


@dataclass(frozen=True)
class _Figure:
    """A figure as it is read on the screen, its words, and the number that the cell holds."""

    seen: float
    words: str
    value: float


def read_figure(cell: Cell, field: Mapping[str, Any], header: Unit | None, money: Money) -> Reading:
    """The figure of a cell in the unit of its column (`unit` of the schema), and how it was changed."""
    language = money.language
    figure = _of_number(language, cell) if isinstance(cell.value, int | float) else _of_text(language, cell)
    if isinstance(figure, Reading):
        return figure
    unit = unit_of(figure.words) if figure.words else None
    if figure.words and unit is None:
        return refused(
            language, "cell.number" if isinstance(cell.value, str) else "cell.words", words=figure.words
        )
    if header and unit and unit.scale != header.scale:
        return refused(language, "cell.disagree")
    if unit is None and figure.seen != figure.value:
        return refused(
            language,
            "cell.scaled",
            shown=_printed(language, figure.seen),
            value=_printed(language, figure.value),
        )
    return _converted(figure, unit or header or Unit(), field, money)


def misfit(unit: Unit, field: Mapping[str, Any], money: Money) -> Reading | None:
    """Why a unit is not the one of a column; None when it is."""
    language = money.language
    kind, _, per = str(field.get("unit", "")).partition("/")
    names = {"unit": unit_name(field, money), "written": written_name(language, unit)}
    if unit.per not in ("", per):
        return refused(language, "cell.period", **names)
    if unit.kind == "" and (unit.scale == 1 or kind):
        return None
    if kind == CURRENCY and unit.kind not in _COUNTED:
        is_counted = unit.kind == ANY_MONEY or money.is_own(unit.kind) or money.rate_of(unit.kind)
        return None if is_counted else refused(language, "cell.currency", **names)
    return None if unit.kind == kind else refused(language, "cell.unit", **names)


# Kinds of units that are no currency.
_COUNTED = ("fte", "job", "hour", "day", "month", "year", "person", "member", "share")


def unit_name(field: Mapping[str, Any], money: Money) -> str:
    """The unit of a column in words."""
    language = money.language
    kind, _, per = str(field.get("unit", "")).partition("/")
    name = (
        language.currency_words(money.currency)
        if kind == CURRENCY
        else language.say(f"unit.{kind or 'none'}")
    )
    return language.say(f"unit.per-{per}", unit=name) if per else name


def written_name(language: Language, unit: Unit) -> str:
    """A unit as a person wrote it, in words."""
    kind = language.say(f"unit.{unit.kind}") if unit.kind in _COUNTED else unit.kind
    name = f"{language.number(unit.scale)} {kind}" if unit.scale != 1 else kind
    return language.say(f"unit.per-{unit.per}", unit=name) if unit.per else name


def _of_number(language: Language, cell: Cell) -> _Figure | Reading:
    if isinstance(cell.value, bool):
        return refused(language, "cell.number")
    display = seen(cell.value, cell.form)
    if display.figure is None:
        return refused(language, "cell.unseen", value=_printed(language, cell.value))
    return _Figure(display.figure, display.words, float(cell.value))


def _of_text(language: Language, cell: Cell) -> _Figure | Reading:
    text = re.sub(r"\s+", " ", clean(cell.value)).replace("−", "-").replace("- ", "-")
    figures = FIGURE.findall(text)
    if len(figures) != 1:
        return refused(language, "cell.number")
    digits = figures[0].replace(" ", "")
    if re.fullmatch(r"[+\-]?\d{1,3}\.\d{3}", digits):
        return refused(language, "cell.dot")
    if not re.fullmatch(r"[+\-]?\d+([.,]\d+)?", digits):
        return refused(language, "cell.number")
    value = float(digits.replace(",", "."))
    if not is_figure(value):
        return refused(language, "cell.number")
    return _Figure(value, text.replace(figures[0], " ").strip(), value)


def _converted(figure: _Figure, unit: Unit, field: Mapping[str, Any], money: Money) -> Reading:
    language = money.language
    if wrong := misfit(unit, field, money):
        return wrong
    amount = float(figure.seen)
    if unit.scale != 1 or unit.kind == "share":
        amount = _rounded(amount * unit.scale / (100 if unit.kind == "share" else 1))
    how = ""
    exchange = None if money.is_own(unit.kind) else money.rate_of(unit.kind)
    if exchange:
        code, rate = exchange
        amount = _rounded(amount * rate.rate)
        how = language.say("cell.exchanged", code=code, rate=rate.rate, date=rate.date, source=rate.source)
    if abs(amount - figure.value) < 1e-12 * abs(amount):
        # What is shown in thousands is what the cell holds.
        amount = figure.value
    elif unit.kind != "share" and figure.seen != figure.value:
        # A format that divides by a thousand beside a word that says a million: one of them is wrong.
        return refused(
            language,
            "cell.scaled",
            shown=_printed(language, figure.seen),
            value=_printed(language, figure.value),
        )
    reading = _counted(language, amount, str(field["type"]))
    if reading.wrong or (unit.kind == "share" or amount == figure.value) and not how:
        return reading
    written = f"{_printed(language, figure.seen)} {figure.words or written_name(language, unit)}".strip()
    words = language.say(
        "cell.converted", shown=written, becomes=_printed(language, amount), unit=unit_name(field, money)
    )
    return Reading(reading.text, how=f"{words} {how}".strip())


def _counted(language: Language, amount: float, kind: str) -> Reading:
    if amount.is_integer() and abs(amount) < 1e15:
        return Reading(str(int(amount)))
    return refused(language, "cell.integer") if kind == "integer" else Reading(repr(amount))


def _rounded(amount: float) -> float:
    """A product without what binary arithmetic adds after fifteen figures."""
    return float(f"{amount:.15g}")


def _printed(language: Language, amount: float) -> str:
    """A figure with all its decimals, for a message."""
    decimals = len(f"{amount:.10f}".rstrip("0").partition(".")[2])
    return language.number(amount, decimals)
