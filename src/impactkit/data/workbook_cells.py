"""What people type in a cell, as a table holds it: French numbers, dates in words, codes, « n.d. »."""

import datetime as dt
import difflib
import functools
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from impactkit.wording.catalogue import say

Field = Mapping[str, Any]

EXAMPLE = "ex. :"
# Ways of writing that a figure is missing; in a column of free words only the first ones say so.
NOT_SAID = frozenset(
    {"n.d.", "n.d", "nd", "n.c.", "n.c", "nc", "n/d", "n/c", "non communique", "non renseigne"}
)
PERHAPS = NOT_SAID | {"-", "--", "–", "—", "?", "??", "inconnu", "inconnue", "na", "n/a", "n.a.", "#n/d"}
YES, NO = (
    frozenset({"oui", "o", "vrai", "true", "x", "1", "yes"}),
    frozenset({"non", "n", "faux", "false", "0"}),
)
MONTHS = ("janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre").split()
YEARS = (1900, 2100)
# Days since the last day of 1899: what a spreadsheet holds of a date when the cell is not shown as one.
SERIALS = (20_000, 60_000)
_SPACES = re.compile(r"[\s\u00a0\u202f\u2007]+")
_NUMBER = re.compile(r"[+\-−]?\d+([.,]\d+)?")


@dataclass(frozen=True)
class Told:
    """What a cell says: `text` for the table; else what is `wrong` with it and the `next` step; `missing`
    when it says that the value is missing.
    """

    text: str = ""
    wrong: str = ""
    next: str = ""
    missing: bool = False


@functools.lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """Text for comparison: no accent, no case, single spaces, one apostrophe."""
    bare = unicodedata.normalize("NFKD", text.replace("’", "'"))
    bare = "".join(one for one in bare if not unicodedata.combining(one))
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


def told(value: Any, field: Field, shown: str = "") -> Told:
    """What one cell says for one field; `shown` is its number format, which tells a month from a day."""
    kind = field["type"]
    words = clean(value)
    if not words:
        return Told()
    if field.get("labels"):
        return _code(words, field)
    if _is_date(field):
        return _date(value, shown)
    if kind == "boolean":
        return _boolean(words, field)
    if kind in ("integer", "number"):
        return _number(value, kind)
    if plain(words) in NOT_SAID:
        return Told(missing=True)
    if field.get("many"):
        return Told("|".join(part for part in map(clean, re.split(r"[;|\n]", words)) if part))
    return Told(words)


def _is_date(field: Field) -> bool:
    return str(field.get("constraints", {}).get("pattern", "")).startswith("^\\d{4}(-\\d{2}(")


def _code(words: str, field: Field) -> Told:
    known = {plain(label): code for code, label in field["labels"].items()}
    known |= {plain(code): code for code in field["labels"]}
    if plain(words) in PERHAPS and plain(words) not in known:
        return Told(missing=True)
    parts = [words]
    if field.get("many") and plain(words) not in known:
        parts = [part for part in re.split(r"[;|,/\n+]", words) if part.strip()]
    found = []
    for part in parts:
        code = known.get(plain(part))
        if code is None:
            # French words alone are offered: an English code may look alike by chance.
            french = {plain(label): label for label in field["labels"].values()}
            near = [words for words in french if words.startswith(plain(part))]
            near = near or difflib.get_close_matches(plain(part), french, n=1, cutoff=0.6)
            near = near or difflib.get_close_matches(plain(part).split(" ")[0], french, n=1, cutoff=0.8)
            allowed = ", ".join(field["labels"].values())
            if near:
                mended = say("cell.near", name=french[near[0]])
                return Told(wrong=say("cell.code", allowed=allowed), next=mended)
            return Told(wrong=say("cell.code", allowed=allowed), next=say("cell.code.next"))
        found.append(code)
    return Told("|".join(dict.fromkeys(found)))


def _boolean(words: str, field: Field) -> Told:
    if plain(words) in PERHAPS:
        return Told(missing=True)
    for text, ways in (("true", YES), ("false", NO)):
        if plain(words) in ways:
            return Told(text)
    return Told(wrong=say("cell.boolean"), next=say("cell.boolean.next"))


def _number(value: Any, kind: str) -> Told:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _counted(float(value), kind)
    words = clean(value)
    if plain(words) in PERHAPS:
        return Told(missing=True)
    bare = _SPACES.sub("", words).replace("€", "").replace("−", "-")
    bare = re.sub(r"(?i)(euros?|eur|etp|emplois?|heures?|h)$", "", bare)
    if re.fullmatch(r"[+\-]?\d{1,3}\.\d{3}", bare):
        return Told(wrong=say("cell.dot"), next=say("cell.dot.next"))
    if _NUMBER.fullmatch(bare):
        return _counted(float(bare.replace(",", ".")), kind)
    return Told(wrong=say("cell.number"), next=say("cell.number.next"))


def _counted(value: float, kind: str) -> Told:
    if value.is_integer() and abs(value) < 1e15:
        return Told(str(int(value)))
    if kind == "integer":
        return Told(wrong=say("cell.integer"), next=say("cell.integer.next"))
    return Told(repr(value))


def _date(value: Any, shown: str) -> Told:
    if isinstance(value, dt.datetime | dt.date):
        day = value.date() if isinstance(value, dt.datetime) else value
        return Told(_as_shown(day, shown))
    if isinstance(value, int | float) and not isinstance(value, bool):
        if float(value).is_integer() and YEARS[0] <= value <= YEARS[1]:
            return Told(str(int(value)))
        if SERIALS[0] <= value <= SERIALS[1]:
            day = dt.date(1899, 12, 30) + dt.timedelta(days=int(value))
            return Told(wrong=say("cell.serial"), next=say("cell.serial.next", day=f"{day:%d/%m/%Y}"))
    words = clean(value)
    if plain(words) in PERHAPS:
        return Told(missing=True)
    found = _written(plain(words))
    if found is None:
        return Told(wrong=say("cell.date"), next=say("cell.date.next"))
    try:
        dt.date.fromisoformat((found + "-01-01")[:10])
    except ValueError:
        return Told(wrong=say("cell.no-such-day"), next=say("cell.date.next"))
    return Told(found)


def _as_shown(day: dt.date, shown: str) -> str:
    """A date as precise as the cell shows it: a cell that shows 2019 says a year."""
    letters = set(re.sub(r'\[[^\]]*\]|"[^"]*"', "", shown).lower())
    if "y" in letters and "d" not in letters:
        return f"{day:%Y-%m}" if "m" in letters else f"{day:%Y}"
    return day.isoformat()


def _written(words: str) -> str | None:
    """A date in words or figures as ISO text; None when it is none."""
    if match := re.fullmatch(r"(\d{4})(?:[-/.](\d{1,2}))?(?:[-/.](\d{1,2}))?", words):
        return "-".join([match[1], *(f"{int(part):02d}" for part in match.groups()[1:] if part)])
    if match := re.fullmatch(r"(?:(\d{1,2})[-/. ])?(\d{1,2})[-/. ](\d{4}|\d{2})", words):
        # Two figures for the year need a day: 02/19 may be a day and a month.
        if len(match[3]) == 2 and match[1] is None:
            return None
        year = int(match[3]) + (2000 if len(match[3]) == 2 else 0)
        day = f"-{int(match[1]):02d}" if match[1] else ""
        return f"{year}-{int(match[2]):02d}{day}"
    if match := re.fullmatch(r"(?:(?:le )?(\d{1,2})(?:er)?[ \-])?([a-z]+)\.?[ \-](\d{4})", words):
        month = _month(match[2])
        if month:
            return f"{match[3]}-{month:02d}" + (f"-{int(match[1]):02d}" if match[1] else "")
    return None


def _month(word: str) -> int:
    """The number of a month by its name or its first letters; 0 when they name none, or two."""
    found = [i for i, name in enumerate(MONTHS, start=1) if name.startswith(word) and len(word) >= 3]
    return found[0] if len(found) == 1 else 0
