"""The first rows of a new evaluation: territories by name, the ground of their codes; right, or refused."""

import re
from collections.abc import Sequence

from impactkit.data.csv_text import cell_faults
from impactkit.data.names import slug
from impactkit.data.reserved import instead, is_reserved
from impactkit.data.sources import code_repair
from impactkit.data.tables import field_of, labels
from impactkit.data.workbook.words import plain
from impactkit.errors import RefusedData
from impactkit.wording.language import Language

NONE, UNIT = "none", "unit"
LONGEST = 200
Rows = dict[str, list[dict[str, str]]]


def first_rows(language: Language, named: Sequence[str], perimeter: str) -> Rows:
    """The rows of territories, perimeters and units for names written `Name` or `Name=CODE,CODE`.

    Raises RefusedData for a name without letters, twice or reserved, or a code that is none; UnknownName for
    another perimeter.
    """
    families = [*labels(language, "perimeters", "family"), NONE]
    if perimeter not in families:
        raise language.unknown("noun.perimeter", perimeter, families)
    typed = [_parts(language, words) for words in named]
    taken = {code for _, codes in typed for code in codes}
    rows: Rows = {"territories": [], "perimeters": [], "units": []}
    for number, (name, codes) in enumerate(typed, start=1):
        territory = _code(language, name, number)
        _refuse_twice(language, territory, name, rows)
        if codes and perimeter == NONE:
            raise language.error(RefusedData, "new-codes", where=name, families=", ".join(families))
        codes = _codes(language, codes, perimeter)
        if perimeter == UNIT and not codes:
            codes = [_free(number, taken)]
        _add(language, rows, territory, name, perimeter if codes else NONE, codes)
    return rows


def readable(language: Language, *texts: str) -> None:
    """Raises RefusedData for a text with a character that nothing shows."""
    for text in texts:
        for start, wrong in cell_faults(language, text):
            raise RefusedData(wrong, where=start, next=language.say("new.text.next"))


def _parts(language: Language, words: str) -> tuple[str, list[str]]:
    """A name and its codes, each once."""
    readable(language, words)
    name, _, typed = words.partition("=")
    codes = dict.fromkeys(map(str.strip, typed.split(",")))
    codes.pop("", None)
    return " ".join(name.split()), list(codes)


def _free(number: int, taken: set[str]) -> str:
    """The code of a unit that has none, which no other bears; from now on taken."""
    while (code := f"U{number:03d}") in taken:
        number += 1
    taken.add(code)
    return code


def _refuse_twice(language: Language, territory: str, name: str, rows: Rows) -> None:
    for row in rows["territories"]:
        if row["territory"] == territory:
            raise language.error(RefusedData, "new-twice", where=name, territory=territory)


def _add(
    language: Language, rows: Rows, territory: str, name: str, perimeter: str, codes: list[str]
) -> None:
    """Add a territory, its ground and the units that nobody named before."""
    place = {"territory": territory, "name": name, "wave": "1", "confidence": "low"}
    place["perimeter_kind"] = perimeter
    if perimeter == "departement" and len(codes) > 1:
        place["perimeter_kind"] = "departements"
    rows["territories"].append(place)
    listed = {row["unit"] for row in rows["units"]}
    for code in codes:
        ground = {"territory": territory, "family": perimeter, "role": "perimeter"}
        rows["perimeters"].append({**ground, "code": code})
        if perimeter == UNIT and code not in listed:
            unit = {"unit": code, "name": name, "source": language.say("new.source")}
            rows["units"].append(unit)


def _code(language: Language, name: str, number: int) -> str:
    """The code of a territory; a number where its letters are of another alphabet."""
    if len(name) > LONGEST or not any(map(str.isalnum, name)):
        raise language.error(RefusedData, "new-name", where=name[:LONGEST])
    latin = re.search("[a-z0-9]", plain(name))
    code = slug(name) if latin else language.say("new.code", number=number)
    if is_reserved(code):
        raise language.error(
            RefusedData, "reserved-name", where=name, name=name, code=code, proposed=instead(code)
        )
    return code


def _codes(language: Language, typed: list[str], perimeter: str) -> list[str]:
    """Codes as they are right: official ones repaired where one right code exists."""
    if perimeter == UNIT:
        rule = field_of("units", "unit")["constraints"]
        for code in typed:
            if not re.fullmatch(rule["pattern"], code):
                raise language.error(RefusedData, "new-unit", where=code)
        return typed
    repaired = code_repair.read(language, typed, perimeter) if typed else code_repair.Codes()
    for position, (what, next_step) in repaired.wrong.items():
        raise RefusedData(what, where=typed[position], next=next_step)
    cities = [code_repair.city_of(code) for code in repaired.units]
    return list(dict.fromkeys(cities))
