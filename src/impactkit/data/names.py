"""People write names; tables hold codes: the one is found from the other, or asked for."""

import re
from collections.abc import Iterator, Mapping

import pandas as pd

from impactkit.data import geography
from impactkit.data.check_schema import Fault, nearest
from impactkit.data.tables import PLACES
from impactkit.data.workbook.headers import NAMED
from impactkit.data.workbook.words import plain
from impactkit.errors import UnknownName
from impactkit.wording.language import Language

Tables = Mapping[str, pd.DataFrame]
# How many characters the official codes of a family have.
LENGTHS = {"commune": 5, "departement": 2, "region": 2, "epci": 9}
# By territory, names as they compare and the codes that bear them.
Names = dict[str, dict[str, set[str]]]


def slug(words: str) -> str:
    """Words as a code: lower case, no accent, dashes."""
    return re.sub(r"[^a-z0-9]+", "-", plain(words)).strip("-")[:60].strip("-") or "sans-nom"


def with_codes(
    language: Language, tables: Tables, known: Tables
) -> tuple[dict[str, pd.DataFrame], list[Fault]]:
    """The tables of a workbook with codes where names stand; `known` are the folder's own tables.

    A code that nobody wrote is made from the row's words; a territory that nobody wrote is the folder's only
    one. Names that two things bear, or that nothing bears, are faults.
    """
    found = {table: frame.copy() for table, frame in tables.items()}
    faults: list[Fault] = []
    _give_codes(found, ["territories"])
    places = _names(found, known, "territories", inside=False)
    codes = _codes(places)
    for table in [name for name in found if name != "territories"]:
        frame = found[table]
        if "territory" not in frame and len(codes) == 1:
            frame.insert(0, "territory", pd.Series("", index=frame.index, dtype="str"))
        for column in [name for name in PLACES if name in frame]:
            faults += _resolve(language, table, frame, column, places)
    _give_codes(found, [name for name in NAMED if name != "territories"])
    for owner in ("projects", "challenges"):
        inside, column = _names(found, known, owner, inside=True), NAMED[owner][0]
        for table, frame in found.items():
            if table != owner and column in frame and "territory" in frame:
                faults += _resolve(language, table, frame, column, inside)
    return found, faults


def repaired_codes(perimeters: pd.DataFrame, vintage: int) -> tuple[pd.DataFrame, dict[int, str]]:
    """The rows of `perimeters` with the official codes that a spreadsheet spoils put right (a zero lost at
    the beginning, a letter in lower case), and by row the code put in its place. A code that is not spoiled,
    or that no one right code explains, stays as it is.
    """
    if not {"family", "code"} <= set(perimeters):
        return perimeters, {}
    mended = perimeters.copy()
    codes: dict[int, str] = {}
    for row, (family, code) in enumerate(zip(mended["family"], mended["code"], strict=True)):
        length = LENGTHS.get(family, 0)
        right = code.upper().rjust(length, "0")
        if code and length and right != code and _is_official(family, right, vintage):
            codes[row] = right
    mended["code"] = [codes.get(row, code) for row, code in enumerate(mended["code"])]
    return mended, codes


def _is_official(family: str, code: str, vintage: int) -> bool:
    try:
        geography.communes_of(family, code, vintage=vintage)
    except UnknownName:
        return False
    return True


def _give_codes(tables: dict[str, pd.DataFrame], only: list[str]) -> None:
    for table in [name for name in only if name in tables]:
        frame, (code, words) = tables[table], NAMED[table]
        if code not in frame:
            frame.insert(0, code, pd.Series("", index=frame.index, dtype="str"))
        if words in frame:
            made = frame[words].map(slug).astype("str")
            if "territory" in frame and code != "territory":
                made = (frame["territory"] + "-" + made).str.strip("-")
            frame[code] = frame[code].where((frame[code] != "") | (frame[words] == ""), made)


def _names(tables: Tables, known: Tables, table: str, *, inside: bool) -> Names:
    """The names of a table's rows; `inside` each territory, else all of them together under ""."""
    found: Names = {}
    code, name = NAMED[table]
    for source in (known, tables):
        for row in source[table].to_dict("records") if table in source else ():
            names = found.setdefault(row.get("territory", "") if inside else "", {})
            for words in {plain(row.get(name, "")), plain(row.get(code, ""))} - {""}:
                if row.get(code):
                    names.setdefault(words, set()).add(row[code])
    return found


def _codes(names: Names) -> list[str]:
    return sorted({code for named in names.values() for codes in named.values() for code in codes})


def _resolve(
    language: Language, table: str, frame: pd.DataFrame, column: str, names: Names
) -> Iterator[Fault]:
    """Put codes in place of the names of a column; a name of two things, or of none, is a fault."""
    everything = _codes(names)
    alone = everything[0] if len(everything) == 1 and column == "territory" else ""
    noun, places = (column, frame["territory"]) if column not in PLACES else ("territory", [""] * len(frame))
    codes = []
    for row, (value, place) in enumerate(zip(frame[column], places, strict=True)):
        inside = names.get(place, {})
        sure = not value or value in everything
        bearers = [value or alone] if sure else sorted(inside.get(plain(value), ()))
        if len(bearers) != 1:
            said, mended = language.say(f"name.unknown.{noun}"), nearest(language, plain(value), inside)
            if bearers:
                said, mended = (
                    language.say(f"name.two.{noun}"),
                    language.say("name.two.next", codes=", ".join(bearers)),
                )
            yield Fault(table, row, column, value, said, mended, place)
        codes.append(bearers[0] if len(bearers) == 1 else value)
    frame[column] = pd.Series(codes, index=frame.index, dtype="str")
