"""Codes of a table of one's own: repaired where one right code exists, refused where none does.

A spreadsheet drops leading zeros (1004 for 01004), adds decimals (200040459.0), keeps its own marks
(="01004"). Right codes are those of the kit's geography, at any of its vintages.
"""

import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from impactkit.data import geography
from impactkit.data.check_schema import nearest
from impactkit.data.number_text import number_of
from impactkit.data.perimeters import VINTAGES
from impactkit.wording.catalogue import advice, say

# Characters of a code, where a shorter one may have lost its zeros.
WIDTHS = {"commune": 5, "departement": 2, "region": 2}
# The zones of employment of a vintage are not in the kit: their codes have four digits.
ZONE = re.compile("[0-9]{4}")
# The cities that have arrondissements: their code, and those of their parts.
CITIES = {
    "75056": tuple(f"751{number:02d}" for number in range(1, 21)),
    "69123": tuple(f"6938{number}" for number in range(1, 10)),
    "13055": tuple(f"132{number:02d}" for number in range(1, 17)),
}
CITY_OF = {part: city for city, parts in CITIES.items() for part in parts}
Wrong = tuple[str, str]
_FORMULA = re.compile('="([^"]*)"')


@dataclass(frozen=True)
class Codes:
    """The codes of a column after repair, what is wrong and what was rewritten, by position."""

    units: tuple[str, ...]
    wrong: Mapping[int, Wrong]
    rewritten: Mapping[int, str]


def read(texts: Sequence[str], family: str, listed: Iterable[str] = ()) -> Codes:
    """The codes of a column. `listed`: the codes that exist, for the evaluation's own units and territories;
    those of the kit's geography otherwise.
    """
    known = frozenset(listed) if family in ("unit", "territory") else official_codes(family)
    repaired = {text: _repaired(text, family, known) for text in set(texts)}
    refusals = {text: _refusal(text, family, known) for text, code in repaired.items() if not code}
    wrong = {position: refusals[text] for position, text in enumerate(texts) if text in refusals}
    units = tuple(repaired[text] for text in texts)
    moved = {
        at: code for at, (text, code) in enumerate(zip(texts, units, strict=True)) if _moved(text, code)
    }
    return Codes(units, wrong, moved)


@functools.lru_cache(maxsize=8)
def official_codes(family: str) -> frozenset[str]:
    """Every code of a family at one vintage or another, arrondissements too; none for zones."""
    if family == "zone":
        return frozenset()
    codes = {code for vintage in VINTAGES for code in geography.units(family, vintage=vintage)["code"]}
    return frozenset(codes | set(CITY_OF) if family == "commune" else codes)


def vintage_of(units: Iterable[str], family: str, usual: int) -> int | None:
    """The vintage at which all of these units exist together: the usual one, else the newest; None when
    there is none.
    """
    codes = set(units)
    for vintage in dict.fromkeys((usual, *reversed(VINTAGES))):
        if codes <= set(geography.units(family, vintage=vintage)["code"]):
            return vintage
    return None


def strangers(units: Sequence[str], family: str, vintage: int) -> list[int]:
    """The positions of the units that do not exist at a vintage."""
    codes = set(geography.units(family, vintage=vintage)["code"])
    return [position for position, unit in enumerate(units) if unit not in codes]


def cities(rows: pd.DataFrame, *, adds_up: bool, absent: bool) -> tuple[pd.DataFrame, dict[int, Wrong]]:
    """Rows (unit, period, value, flag) whose arrondissements are told as their city, and what is wrong with
    those that cannot be, by row: a rate, a city that is already there, a city without all its parts.

    `absent`: whether a part that is not listed stands for a number.
    """
    city = rows["unit"].map(CITY_OF)
    parts = rows[city.notna()].assign(city=city.dropna())
    if parts.empty:
        return rows, {}
    wrong: dict[int, Wrong] = {}
    wholes = set(zip(rows["unit"], rows["period"], strict=True))
    for (code, period), group in parts.groupby(["city", "period"]):
        missing = [part for part in CITIES[str(code)] if part not in set(group["unit"])]
        key = ""
        if not adds_up:
            key = "own.city.rate"
        elif (code, period) in wholes:
            key = "own.city.twice"
        elif missing and not absent:
            key = "own.city.parts"
        if key:
            holes = {"city": code, "period": period, "parts": ", ".join(missing)}
            wrong |= dict.fromkeys(group.index, advice(key, **holes))
    summed = parts.groupby(["city", "period"], as_index=False)["value"].sum(min_count=1, skipna=False)
    summed = summed.rename(columns={"city": "unit"}).assign(flag="")
    return pd.concat([rows[city.isna()], summed], ignore_index=True), wrong


def _repaired(text: str, family: str, known: frozenset[str]) -> str:
    """The one right code that a text stands for; "" when there is none."""
    plain = text.strip()
    if family in ("unit", "territory"):
        return plain if plain in known else ""
    if match := _FORMULA.fullmatch(plain):
        plain = match[1].strip()
    plain = re.sub(r"[\s\u00a0\u202f]", "", plain).removeprefix("'").upper()
    if family == "zone":
        return plain if ZONE.fullmatch(plain) else ""
    value = number_of(plain.replace(",", "."))
    if not plain.isdigit() and value is not None and value.is_integer() and value > 0:
        plain = str(int(value))
    candidates = {plain, plain.zfill(WIDTHS.get(family, 0))} & known
    return candidates.pop() if len(candidates) == 1 else ""


def _moved(text: str, code: str) -> bool:
    return bool(code) and text.strip() != code


def _refusal(text: str, family: str, known: frozenset[str]) -> Wrong:
    expected, usual = advice(f"own.code.{family}", first=VINTAGES[0], last=VINTAGES[-1])
    if not known:
        return expected, usual
    # Among tens of thousands of communes, those that begin alike are looked through.
    near = [code for code in known if code[:2] == text.strip()[:2]] if len(known) > 2000 else known
    offered = nearest(text.strip(), near)
    return expected, offered if offered != say("check.unknown.next") else usual
