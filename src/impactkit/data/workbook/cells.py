"""What a cell says for a column: its value and format, the units of its header and of the column, give the
text of the table, with what was changed; or a refusal.
"""

import datetime as dt
import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from impactkit.data.money import Money
from impactkit.data.workbook.figures import read_figure
from impactkit.data.workbook.formats import seen
from impactkit.data.workbook.reading import Reading, refused
from impactkit.data.workbook.sheet import Cell
from impactkit.data.workbook.units import Unit
from impactkit.data.workbook.words import PERHAPS, clean, is_missing, plain
from impactkit.wording.language import Language

Field = Mapping[str, Any]

YES_OR_NO = dict.fromkeys("oui o vrai true x 1 yes".split(), "true")
YES_OR_NO |= dict.fromkeys("non n faux false 0".split(), "false")
MONTHS = "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre".split()
# Dates as people write them; two figures for the year need a day: 02/19 may be a day and a month.
WRITTEN = (
    r"(?P<y>\d{4})(?:[-/.](?P<m>\d{1,2}))?(?:[-/.](?P<d>\d{1,2}))?",
    r"(?:(?P<d>\d{1,2})[-/. ])?(?P<m>\d{1,2})[-/. ](?P<y>\d{4})",
    r"(?P<d>\d{1,2})[-/. ](?P<m>\d{1,2})[-/. ](?P<y>\d{2})",
    r"(?:(?:le )?(?P<d>\d{1,2})(?:er)?[ \-])?(?P<m>[a-z]{3,})\.?[ \-](?P<y>\d{4})",
)


@dataclass(frozen=True)
class Column:
    """A column of a sheet: the field of the table, and the unit that its header writes."""

    field: Field
    unit: Unit | None = None


def read_cell(cell: Cell, column: Column, money: Money) -> Reading:
    """What a cell puts in its column of the table; amounts are in the currency of `money`."""
    language = money.language
    if cell.wrong:
        return refused(language, f"cell.{cell.wrong}")
    field, words = column.field, shown_words(cell)
    if not words:
        return Reading()
    if field.get("verbatim"):
        # What another workbook said, « n.d. » too, is repeated as it is.
        return Reading(words)
    if field["labels"]:
        return _code(language, words, field)
    dated = is_date(field)
    if is_missing(words, free=field["type"] == "string" and not dated):
        return Reading(missing=True)
    if dated:
        return _date(language, cell.value, cell.form)
    if field["type"] == "boolean":
        answer = YES_OR_NO.get(plain(words))
        return Reading(answer) if answer else refused(language, "cell.boolean")
    if field["type"] in ("integer", "number"):
        return read_figure(cell, field, column.unit, money)
    if field.get("many"):
        return Reading("|".join(filter(None, map(clean, re.split(r"[;|\n]", words)))))
    return Reading(words)


def shown_words(cell: Cell) -> str:
    """A cell as the screen shows it: a figure with the words and the zeros of its format."""
    if isinstance(cell.value, int | float) and not isinstance(cell.value, bool):
        return seen(cell.value, cell.form).text or clean(cell.value)
    return clean(cell.value)


def is_date(field: Field) -> bool:
    """Whether a field holds a date: a year, a month or a day."""
    return str(field["constraints"].get("pattern", "")).startswith("^\\d{4}(-\\d{2}(")


def _code(language: Language, words: str, field: Field) -> Reading:
    # French words alone are offered: an English code may look alike by chance.
    french = {plain(label): code for code, label in field["labels"].items()}
    codes = french | {plain(code): code for code in field["labels"]}
    if plain(words) in PERHAPS and plain(words) not in codes:
        return Reading(missing=True)
    parts = [words]
    if field.get("many") and plain(words) not in codes:
        parts = [part for part in re.split(r"[;|,/\n+]", words) if part.strip()]
    for part in map(plain, parts):
        if part not in codes:
            return _no_code(language, part, french, field)
    return Reading("|".join(dict.fromkeys(codes[plain(part)] for part in parts)))


def _no_code(language: Language, part: str, french: Mapping[str, str], field: Field) -> Reading:
    """A word of no list, with the nearest one that is."""
    near = [words for words in french if words.startswith(part)]
    near = near or difflib.get_close_matches(part, french, n=1, cutoff=0.6)
    near = near or difflib.get_close_matches(part.split(" ")[0], french, n=1, cutoff=0.8)
    reading = refused(language, "cell.code", allowed=", ".join(field["labels"].values()))
    if not near:
        return reading
    return replace(reading, next=language.say("cell.near", name=field["labels"][french[near[0]]]))


def _date(language: Language, value: Any, form: str) -> Reading:
    if isinstance(value, dt.date):
        return Reading(_as_shown(value, form))
    if isinstance(value, int | float) and not isinstance(value, bool):
        if float(value).is_integer() and 1900 <= value <= 2100:
            return Reading(str(int(value)))
        # Days since the last day of 1899: a date whose cell is not shown as one.
        if 20_000 <= value <= 60_000:
            day = dt.date(1899, 12, 30) + dt.timedelta(days=int(value))
            return refused(language, "cell.serial", day=f"{day:%d/%m/%Y}")
    if not (written := _written(plain(clean(value)))):
        return refused(language, "cell.date")
    try:
        dt.date.fromisoformat((written + "-01-01")[:10])
    except ValueError:
        return replace(refused(language, "cell.date"), wrong=language.say("cell.no-such-day"))
    return Reading(written)


def _as_shown(day: dt.date, form: str) -> str:
    """A date as precise as the cell shows it: a cell that shows 2019 says a year."""
    letters = set(re.sub(r'\[[^\]]*\]|"[^"]*"', "", form).lower())
    if "y" in letters and "d" not in letters:
        return f"{day:%Y-%m}" if "m" in letters else f"{day:%Y}"
    return f"{day:%Y-%m-%d}"


def _written(words: str) -> str:
    """A date in words or figures as ISO text; "" when it is none."""
    for match in filter(None, (re.fullmatch(pattern, words) for pattern in WRITTEN)):
        year, month, day = f"20{match['y']}"[-4:], match["m"] or "", match["d"]
        if month.isalpha():
            # A name or its first letters, which two months may share.
            meant = [i for i, name in enumerate(MONTHS, start=1) if name.startswith(month)]
            if len(meant) != 1:
                return ""
            month = str(meant[0])
        return "-".join([year, *(f"{int(part):02d}" for part in (month, day) if part)])
    return ""
