"""OpenDocument workbooks (.ods): ISO/IEC 26300, part 3; formats are told in the notation of `formats`."""

import datetime as dt
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from defusedxml import ElementTree

from impactkit.data.workbook.bounds import LAST_COLUMN, LAST_LINE, Tally
from impactkit.data.workbook.sheet import Cell, Place, Sheet, sound
from impactkit.wording.language import Language

NAMES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "number": "urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0",
}
# Parts of a date and how a format writes them.
DATE_PARTS = {"year": "yyyy", "month": "mm", "day": "dd"}
# Empty rows and cells are told by a number: one beyond this holds nothing that a person typed.
MOST_REPEATED = 100_000
# What a person writes at most: decimals of a number, spaces in a row, thousands that a format divides by.
MOST_DIGITS, MOST_SPACES, LARGEST_FACTOR = 30, 1_000, 1e30


def _tag(name: str) -> str:
    prefix, _, local = name.partition(":")
    return f"{{{NAMES[prefix]}}}{local}"


@dataclass
class _Styles:
    """What the styles of a document say: formats of cells, what is struck, which tables are hidden."""

    formats: dict[str, str] = field(default_factory=dict)
    struck: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)


def read(language: Language, path: Path) -> tuple[Sheet, ...]:
    """The sheets of a workbook; formulas by the results that are kept with them."""
    with zipfile.ZipFile(path) as archive:
        trees = [
            ElementTree.fromstring(archive.read(name))
            for name in ("styles.xml", "content.xml")
            if name in archive.namelist()
        ]
    styles = _styles(trees)
    tally = Tally(language, path.name)
    return tuple(_sheet(table, styles, tally) for table in trees[-1].iter(_tag("table:table")))


def _styles(trees: list[Any]) -> _Styles:
    data: dict[str, str] = {}
    signed: dict[str, list[str]] = {}
    for tree in trees:
        for kind in ("number", "currency", "percentage", "date", "text"):
            for style in tree.iter(_tag(f"number:{kind}-style")):
                name = style.get(_tag("style:name"))
                data[name] = _format(style)
                signed[name] = [
                    rule.get(_tag("style:apply-style-name")) for rule in style.iter(_tag("style:map"))
                ]
    # A style told for negative numbers names the one of the others.
    both = {
        name: ";".join([data.get(other, "") for other in signed[name][:1]] + [form])
        for name, form in data.items()
    }
    styles = _Styles()
    for tree in trees:
        for style in tree.iter(_tag("style:style")):
            _add_style(style, both, styles)
    return styles


def _add_style(style: Any, data: Mapping[str, str], styles: _Styles) -> None:
    name = style.get(_tag("style:name"))
    parent = style.get(_tag("style:parent-style-name"), "")
    form = data.get(style.get(_tag("style:data-style-name"), ""), styles.formats.get(parent, ""))
    styles.formats[name] = form
    text = style.find(_tag("style:text-properties"))
    line = "" if text is None else text.get(_tag("style:text-line-through-style"), "")
    if line not in ("", "none") or (not line and parent in styles.struck):
        styles.struck.add(name)
    table = style.find(_tag("style:table-properties"))
    if table is not None and table.get(_tag("table:display")) == "false":
        styles.hidden.add(name)


def _format(style: Any) -> str:
    """A data style in the notation of Office Open XML."""
    text = ""
    is_percent = style.tag == _tag("number:percentage-style")
    for part in style:
        local = part.tag.partition("}")[2]
        if local == "number":
            text += _digits(part)
        elif local in DATE_PARTS:
            text += DATE_PARTS[local]
        elif local in ("text", "currency-symbol") and part.text:
            words = part.text
            if is_percent and "%" in words:
                text, words = f"{text}%", words.replace("%", "")
            text += f'"{words}"' if words else ""
    return text


def _digits(part: Any) -> str:
    decimals = min(int(part.get(_tag("number:decimal-places"), "-1")), MOST_DIGITS)
    factor = min(float(part.get(_tag("number:display-factor"), "1")), LARGEST_FACTOR)
    least = min(int(part.get(_tag("number:min-integer-digits"), "1")), MOST_DIGITS)
    if decimals < 0 and factor == 1 and least <= 1:
        return "General"
    commas = ","
    thousands = 0
    while factor >= 1000:
        factor, thousands = factor / 1000, thousands + 1
    return "0" * max(least, 1) + ("." + "0" * decimals if decimals > 0 else "") + commas * thousands


def _sheet(table: Any, styles: _Styles, tally: Tally) -> Sheet:
    cells: dict[Place, Cell] = {}
    merged: list[tuple[int, int, int, int]] = []
    hidden_lines: set[int] = set()
    line = 1
    for row in table.iter(_tag("table:table-row")):
        count = _repeats(row, "table:number-rows-repeated")
        times = count if count <= MOST_REPEATED else 1
        parts = list(_row(row, styles, times, tally))
        # A row that holds nothing is only counted.
        for again in range(times if parts else 1):
            for column, cell, down, across in parts:
                at = line + again
                cells[at, column] = cell
                if down > 1 or across > 1:
                    merged.append((at, at + down - 1, column, column + across - 1))
        if row.get(_tag("table:visibility")) in ("collapse", "filter"):
            last = min(line + min(count, MOST_REPEATED), LAST_LINE + 1)
            hidden_lines.update(range(line, last))
        line += count
    return Sheet(
        table.get(_tag("table:name"), ""),
        cells,
        tuple(sorted(merged)),
        table.get(_tag("table:style-name")) in styles.hidden,
        frozenset(hidden_lines),
        frozenset(_hidden_columns(table)),
    )


def _row(row: Any, styles: _Styles, times: int, tally: Tally) -> Iterator[tuple[int, Cell, int, int]]:
    """The cells of a row that hold something, with their column and how many lines and columns they span."""
    column = 1
    for part in row:
        if part.tag not in (_tag("table:table-cell"), _tag("table:covered-table-cell")):
            continue
        count = _repeats(part, "table:number-columns-repeated")
        cell = _cell(part, styles)
        if cell is not None and count <= MOST_REPEATED:
            # Before they are made: a few letters may say a billion of them.
            tally.add(times * count, cell.value)
            down = _repeats(part, "table:number-rows-spanned")
            across = _repeats(part, "table:number-columns-spanned")
            for again in range(count):
                yield column + again, cell, down, across
        column += count


def _repeats(part: Any, name: str) -> int:
    return max(int(part.get(_tag(name), "1")), 1)


def _cell(part: Any, styles: _Styles) -> Cell | None:
    kind = part.get(_tag("office:value-type"), "")
    words = "\n".join(_words(line) for line in part.findall(_tag("text:p")))
    formula = part.get(_tag("table:formula"), "")
    style = part.get(_tag("table:style-name"), "")
    wrong = ""
    value: Any = words
    if kind in ("float", "currency", "percentage"):
        number = float(part.get(_tag("office:value")) or "nan")
        value = int(number) if number.is_integer() else number
        # LibreOffice keeps an error as the number zero with the words of the error.
        wrong = "broken" if words.startswith(("#", "Err:")) else ""
        wrong = "uncomputed" if part.get(_tag("office:value")) is None else wrong
    elif kind == "date":
        value = dt.datetime.fromisoformat(part.get(_tag("office:date-value"), ""))
    elif kind == "boolean":
        value = part.get(_tag("office:boolean-value")) == "true"
    elif formula and words.startswith(("#", "Err:")):
        wrong = "broken"
    elif formula and not words:
        value, wrong = formula, "uncomputed"
    if wrong:
        value = words or formula
    value, wrong = sound(value, wrong)
    if value == "":
        return None
    struck = style in styles.struck or any(
        span.get(_tag("text:style-name")) in styles.struck for span in part.iter(_tag("text:span"))
    )
    note = part.find(_tag("office:annotation"))
    comment = "" if note is None else " ".join(_words(line) for line in note.findall(_tag("text:p")))
    return Cell(value, styles.formats.get(style, ""), wrong, comment, struck)


def _words(line: Any) -> str:
    """The text of a paragraph; spaces that follow one another are told by a number."""
    text = line.text or ""
    for part in line:
        local = part.tag.partition("}")[2]
        if local == "s":
            text += " " * min(_repeats(part, "text:c"), MOST_SPACES)
        elif local in ("tab", "line-break"):
            text += " "
        elif local != "annotation":
            text += _words(part)
        text += part.tail or ""
    return text


def _hidden_columns(table: Any) -> Iterator[int]:
    column = 1
    for part in table.iter(_tag("table:table-column")):
        count = _repeats(part, "table:number-columns-repeated")
        if part.get(_tag("table:visibility")) in ("collapse", "filter"):
            yield from range(column, min(column + count, LAST_COLUMN + 1))
        column += count
