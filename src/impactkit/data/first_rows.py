"""The first rows of a new evaluation: territories by name, the ground of their codes; right, or refused."""

import re
from collections.abc import Iterable, Sequence

from impactkit.data.csv_text import INVISIBLE
from impactkit.data.names import slug
from impactkit.data.reserved import instead, is_reserved
from impactkit.data.sources import code_repair
from impactkit.data.tables import fields, labels
from impactkit.data.workbook.words import plain
from impactkit.errors import RefusedData, UnknownName
from impactkit.wording.catalogue import error, say

NONE, UNIT = "none", "unit"
LONGEST = 200
Rows = dict[str, list[dict[str, str]]]


def first_rows(named: Sequence[str], perimeter: str) -> Rows:
    """The rows of territories, perimeters and units for names written `Name` or `Name=CODE,CODE`.

    Raises RefusedData for a name without letters, twice or reserved, or a code that is none; UnknownName for
    another perimeter.
    """
    families = [*labels("perimeters", "family"), NONE]
    if perimeter not in families:
        raise UnknownName.among(say("noun.perimeter"), perimeter, families)
    rows: Rows = {"territories": [], "perimeters": [], "units": []}
    codes_of_units = _unit_codes(named) if perimeter == UNIT else set()
    for number, words in enumerate(named, start=1):
        name, typed = _parts(words)
        territory = _code(name, number)
        if territory in [row["territory"] for row in rows["territories"]]:
            raise error(RefusedData, "new-twice", where=name, territory=territory)
        if typed and perimeter == NONE:
            raise error(RefusedData, "new-codes", where=words, families=", ".join(families[:-1]))
        codes = _codes(typed, perimeter)
        if perimeter == UNIT and not codes:
            codes = [_free(number, codes_of_units)]
            codes_of_units.add(codes[0])
        kind = _kind(perimeter, codes)
        place = {"territory": territory, "name": name, "wave": "1", "perimeter_kind": kind}
        rows["territories"].append({**place, "confidence": "low"})
        if kind == NONE:
            continue
        ground = {"territory": territory, "family": perimeter, "role": "perimeter"}
        rows["perimeters"] += [{**ground, "code": code} for code in codes]
        if perimeter == UNIT:
            known = {row["unit"] for row in rows["units"]}
            about = {"name": name, "source": say("new.source")}
            rows["units"] += [{"unit": code, **about} for code in codes if code not in known]
    return rows


def readable(*texts: str) -> None:
    """Raises RefusedData for a text with a character that nothing shows."""
    for text in texts:
        if invisible := INVISIBLE.search(text):
            what = say("csv.invisible", code=f"U+{ord(invisible[0]):04X}")
            raise RefusedData(what, where=INVISIBLE.sub("�", text), next=say("new.text.next"))


def _parts(words: str) -> tuple[str, list[str]]:
    """A name and its codes, each once."""
    readable(words)
    name, _, typed = words.partition("=")
    codes = [code.strip() for code in typed.split(",") if code.strip()]
    return " ".join(name.split()), list(dict.fromkeys(codes))


def _unit_codes(named: Iterable[str]) -> set[str]:
    return {code for words in named for code in _parts(words)[1]}


def _free(number: int, taken: set[str]) -> str:
    """The code of a unit that has none, that no other bears."""
    while (code := f"U{number:03d}") in taken:
        number += 1
    return code


def _code(name: str, number: int) -> str:
    """The code of a territory; a number where its letters are of another alphabet."""
    if len(name) > LONGEST or not any(letter.isalnum() for letter in name):
        raise error(RefusedData, "new-name", where=name[:LONGEST])
    latin = re.search("[a-z0-9]", plain(name))
    code = slug(name) if latin else say("new.code", number=number)
    if is_reserved(code):
        raise error(RefusedData, "reserved-name", where=name, name=name, code=code, proposed=instead(code))
    return code


def _codes(typed: list[str], perimeter: str) -> list[str]:
    """Codes as they are right: official ones repaired where one right code exists."""
    if perimeter in (UNIT, NONE):
        pattern = fields("units")["unit"]["constraints"]["pattern"]
        for code in typed:
            if not re.fullmatch(pattern, code):
                raise error(RefusedData, "new-unit", where=code)
        return typed
    repaired = code_repair.read(typed, perimeter)
    for position, (what, next_step) in repaired.wrong.items():
        raise RefusedData(what, where=typed[position], next=next_step)
    return list(dict.fromkeys(code_repair.CITY_OF.get(code, code) for code in repaired.units))


def _kind(perimeter: str, codes: list[str]) -> str:
    if perimeter == NONE or not codes:
        return NONE
    return "departements" if perimeter == "departement" and len(codes) > 1 else perimeter
