"""Codes of a table of one's own: repaired where one right code exists, refused where none does.

A spreadsheet drops leading zeros (1004 for 01004), adds decimals (200040459.0), keeps its own marks
(="01004"). Right codes are those of the kit's geography, at any of its vintages.
"""

import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from impactkit.data import geography
from impactkit.data.check_schema import nearest
from impactkit.data.number_text import number_of
from impactkit.data.perimeters import VINTAGES
from impactkit.data.sources.column import Wrong, Wrongs, of_texts
from impactkit.wording.language import Language

# Characters of a code, where a shorter one may have lost its zeros.
WIDTHS = {"commune": 5, "departement": 2, "region": 2}
# The zones of employment of a vintage are not in the kit: their codes have four digits.
ZONE = re.compile("[0-9]{4}")
LISTED = ("unit", "territory")
# The cities that have arrondissements, and how many; the code of the first.
PARIS, LYON, MARSEILLE = "75056", "69123", "13055"
FIRST_PARTS = {PARIS: (75101, 20), LYON: (69381, 9), MARSEILLE: (13201, 16)}
# Beyond so many codes, the nearest is looked for among those that begin alike.
MANY = 2000
_FORMULA = re.compile('="([^"]*)"')


def _parts(first: int, count: int) -> tuple[str, ...]:
    return tuple(map(str, range(first, first + count)))


# The codes of the arrondissements of each city.
CITIES = {city: _parts(*first) for city, first in FIRST_PARTS.items()}


@dataclass(frozen=True)
class Codes:
    """The codes of a column after repair, what is wrong and what was rewritten, by position."""

    units: list[str] = field(default_factory=list)
    wrong: Wrongs = field(default_factory=dict)
    rewritten: dict[int, str] = field(default_factory=dict)


def read(language: Language, texts: Sequence[str], family: str, listed: Iterable[str] = ()) -> Codes:
    """The codes of a column. `listed`: the codes that exist, for the evaluation's own units and territories;
    those of the kit's geography otherwise.
    """
    codes = frozenset(listed) if family in LISTED else official_codes(family)
    repaired = {text: _repaired(text, family, codes) for text in set(texts)}
    refusals = {}
    for text, code in repaired.items():
        if not code:
            refusals[text] = _refusal(language, text, family, codes)
    units, rewritten = [], {}
    for position, text in enumerate(texts):
        code = repaired[text]
        units.append(code)
        if code not in ("", text.strip()):
            rewritten[position] = code
    return Codes(units, of_texts(texts, refusals), rewritten)


@functools.lru_cache(maxsize=8)
def official_codes(family: str) -> frozenset[str]:
    """Every code of a family at one vintage or another, arrondissements too; none for zones."""
    codes: set[str] = set()
    if family == "zone":
        return frozenset(codes)
    for vintage in VINTAGES:
        codes |= codes_at(family, vintage)
    if family == "commune":
        codes |= city_by_part().keys()
    return frozenset(codes)


@functools.lru_cache(maxsize=64)
def codes_at(family: str, vintage: int) -> frozenset[str]:
    """The codes of a family at a vintage."""
    units = geography.units(family, vintage=vintage)
    return frozenset(units["code"])


@functools.lru_cache(maxsize=1)
def city_by_part() -> dict[str, str]:
    """The city of each arrondissement."""
    cities: dict[str, str] = {}
    for city, parts in CITIES.items():
        cities |= dict.fromkeys(parts, city)
    return cities


def city_of(code: str) -> str:
    """The city of an arrondissement; any other code itself."""
    return city_by_part().get(code, code)


def vintage_of(units: Iterable[str], family: str, usual: int) -> int | None:
    """The vintage at which all of these units exist together: the usual one, else the newest; None when
    there is none.
    """
    codes = set(units)
    newest_first = sorted(VINTAGES, reverse=True)
    for vintage in (usual, *newest_first):
        if codes <= codes_at(family, vintage):
            return vintage
    return None


def strangers(units: Sequence[str], family: str, vintage: int) -> list[int]:
    """The positions of the units that do not exist at a vintage."""
    codes = codes_at(family, vintage)
    positions = []
    for position, unit in enumerate(units):
        if unit not in codes:
            positions.append(position)
    return positions


def _repaired(text: str, family: str, codes: frozenset[str]) -> str:
    """The one right code that a text stands for; "" when there is none."""
    plain = text.strip()
    if family in LISTED:
        return plain if plain in codes else ""
    plain = _bare(plain)
    if family == "zone":
        return plain if ZONE.fullmatch(plain) else ""
    padded = plain.zfill(WIDTHS.get(family, 0))
    candidates = {plain, padded} & codes
    return candidates.pop() if len(candidates) == 1 else ""


def _bare(text: str) -> str:
    """Without the marks of a spreadsheet, its spaces and its decimals; in upper case."""
    if match := _FORMULA.fullmatch(text):
        text = match[1]
    text = re.sub(r"\s", "", text)
    plain = text.removeprefix("'").upper()
    value = number_of(plain.replace(",", "."))
    if plain.isdigit() or value is None or value <= 0:
        return plain
    return f"{value:.0f}" if value.is_integer() else plain


def _refusal(language: Language, text: str, family: str, codes: frozenset[str]) -> Wrong:
    first, *_, last = VINTAGES
    expected, usual = language.advice(f"own.code.{family}", first=first, last=last)
    plain = text.strip()
    near: Iterable[str] = codes
    if len(codes) > MANY:
        near = [code for code in codes if code.startswith(plain[:2])]
    offered = nearest(language, plain, near)
    nothing = language.say("check.unknown.next")
    return expected, usual if offered == nothing else offered
