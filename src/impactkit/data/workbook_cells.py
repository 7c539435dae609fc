"""What people type in a cell, as a table holds it: French numbers, dates in words, codes, « n.d. »."""

import datetime as dt
import difflib
import functools
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from impactkit.wording.catalogue import advice, say

Field = Mapping[str, Any]

EXAMPLE = "ex. :"
# Ways of writing that a figure is missing; in a column of free words only the first ones say so.
NOT_SAID = {*"n.d. n.d nd n.c. n.c nc n/d n/c".split(), "non communique", "non renseigne"}
PERHAPS = NOT_SAID | {*"- -- – — ? ?? inconnu inconnue na n/a n.a. #n/d".split()}
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
_SPACES = re.compile(r"[\s\u00a0\u202f\u2007]+")


@dataclass(frozen=True)
class Told:
    """What a cell says: `text` for the table; else what is `wrong` with it and the `next` step; `missing`
    when it says that the value is missing.
    """

    text: str = ""
    wrong: str = ""
    next: str = ""
    missing: bool = False


def refused(key: str, **holes: Any) -> Told:
    """A cell that says nothing the table can hold: what is wrong, and what to do."""
    return Told("", *advice(key, **holes))


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
    if not (words := clean(value)):
        return Told()
    if field["labels"]:
        return _code(words, field)
    dated = is_date(field)
    if plain(words) in (NOT_SAID if kind == "string" and not dated else PERHAPS):
        return Told(missing=True)
    if dated:
        return _date(value, shown)
    if kind == "boolean":
        return Told(YES_OR_NO[plain(words)]) if plain(words) in YES_OR_NO else refused("cell.boolean")
    if kind in ("integer", "number"):
        return _number(value, kind)
    if field.get("many"):
        return Told("|".join(filter(None, map(clean, re.split(r"[;|\n]", words)))))
    return Told(words)


def is_date(field: Field) -> bool:
    """Whether a field holds a date: a year, a month or a day."""
    return str(field["constraints"].get("pattern", "")).startswith("^\\d{4}(-\\d{2}(")


def _code(words: str, field: Field) -> Told:
    # French words alone are offered: an English code may look alike by chance.
    french = {plain(label): code for code, label in field["labels"].items()}
    known = french | {plain(code): code for code in field["labels"]}
    if plain(words) in PERHAPS and plain(words) not in known:
        return Told(missing=True)
    parts = [words]
    if field.get("many") and plain(words) not in known:
        parts = [part for part in re.split(r"[;|,/\n+]", words) if part.strip()]
    for part in map(plain, parts):
        if part not in known:
            near = [words for words in french if words.startswith(part)]
            near = near or difflib.get_close_matches(part, french, n=1, cutoff=0.6)
            near = near or difflib.get_close_matches(part.split(" ")[0], french, n=1, cutoff=0.8)
            said = refused("cell.code", allowed=", ".join(field["labels"].values()))
            offered = [say("cell.near", name=field["labels"][french[words]]) for words in near]
            return replace(said, next=offered[0]) if offered else said
    return Told("|".join(dict.fromkeys(known[plain(part)] for part in parts)))


def _number(value: Any, kind: str) -> Told:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _counted(float(value), kind)
    bare = _SPACES.sub("", clean(value)).replace("€", "").replace("−", "-")
    bare = re.sub(r"(?i)(euros?|eur|etp|emplois?|heures?|h)$", "", bare)
    if re.fullmatch(r"[+\-]?\d{1,3}\.\d{3}", bare):
        return refused("cell.dot")
    if re.fullmatch(r"[+\-]?\d+([.,]\d+)?", bare):
        return _counted(float(bare.replace(",", ".")), kind)
    return refused("cell.number")


def _counted(value: float, kind: str) -> Told:
    if value.is_integer() and abs(value) < 1e15:
        return Told(str(int(value)))
    return refused("cell.integer") if kind == "integer" else Told(repr(value))


def _date(value: Any, shown: str) -> Told:
    if isinstance(value, dt.date):
        return Told(_as_shown(value, shown))
    if isinstance(value, int | float) and not isinstance(value, bool):
        if float(value).is_integer() and 1900 <= value <= 2100:
            return Told(str(int(value)))
        # Days since the last day of 1899: a date whose cell is not shown as one.
        if 20_000 <= value <= 60_000:
            day = dt.date(1899, 12, 30) + dt.timedelta(days=int(value))
            return refused("cell.serial", day=f"{day:%d/%m/%Y}")
    if not (found := _written(plain(clean(value)))):
        return refused("cell.date")
    try:
        dt.date.fromisoformat((found + "-01-01")[:10])
    except ValueError:
        return replace(refused("cell.date"), wrong=say("cell.no-such-day"))
    return Told(found)


def _as_shown(day: dt.date, shown: str) -> str:
    """A date as precise as the cell shows it: a cell that shows 2019 says a year."""
    letters = set(re.sub(r'\[[^\]]*\]|"[^"]*"', "", shown).lower())
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
