"""People write names; tables hold codes: the one is found from the other, or asked for."""

import difflib
import re
from collections.abc import Iterator, Mapping

import pandas as pd

from impactkit.data.check_rules import PLACES, Fault
from impactkit.data.workbook_cells import plain
from impactkit.data.workbook_read import NAMED
from impactkit.wording.catalogue import say

# Column that refers to a code -> the table that gives it, and the column of its name.
REFERRED = {"project": ("projects", "name"), "challenge": ("challenges", "title")}


def slug(words: str) -> str:
    """Words as a code: lower case, no accent, dashes."""
    return re.sub(r"[^a-z0-9]+", "-", plain(words)).strip("-")[:60].strip("-") or "sans-nom"


def with_codes(
    tables: Mapping[str, pd.DataFrame], known: Mapping[str, pd.DataFrame]
) -> tuple[dict[str, pd.DataFrame], list[Fault]]:
    """The tables of a workbook with codes where names stand; `known` are the folder's own tables.

    A code that nobody wrote is made from the row's words; a territory that nobody wrote is the folder's only
    one. Names that two things bear, or that nothing bears, are faults.
    """
    found = {table: frame.copy() for table, frame in tables.items()}
    faults: list[Fault] = []
    _give_codes(found, only=("territories",))
    places = _names(found, known, "territories", "territory", "name")
    for table, frame in found.items():
        for column in [one for one in PLACES if table != "territories"]:
            if column == "territory" and "territory" not in frame and len(places.codes) == 1:
                frame.insert(0, "territory", pd.Series("", index=frame.index, dtype="str"))
            if column in frame:
                faults += _resolve(table, frame, column, places)
    _give_codes(found, only=tuple(name for name in NAMED if name != "territories"))
    for column, (owner, name) in REFERRED.items():
        inside = _names_by_place(found, known, owner, column, name)
        for table, frame in found.items():
            if table != owner and column in frame and "territory" in frame:
                faults += _resolve_inside(table, frame, column, inside)
    return found, faults


def made_code(table: str) -> str:
    """The column of a table whose code is made from words; "" when there is none."""
    return NAMED[table][0] if table in NAMED else ""


def _give_codes(tables: dict[str, pd.DataFrame], *, only: tuple[str, ...]) -> None:
    for table in [name for name in only if name in tables]:
        frame, (code, words) = tables[table], NAMED[table]
        if code not in frame:
            frame.insert(0, code, pd.Series("", index=frame.index, dtype="str"))
        if words not in frame:
            continue
        prefix = frame["territory"] if "territory" in frame and code != "territory" else None
        made = frame[words].map(slug).astype("str")
        made = made if prefix is None else (prefix + "-" + made).str.strip("-")
        frame[code] = frame[code].where((frame[code] != "") | (frame[words] == ""), made)


Known = dict[str, set[str]]


class _Names:
    """Names and the codes that bear them."""

    def __init__(self) -> None:
        self.codes: set[str] = set()
        self.by_name: Known = {}

    def add(self, code: str, name: str) -> None:
        if code:
            self.codes.add(code)
            for words in {plain(name), plain(code)} - {""}:
                self.by_name.setdefault(words, set()).add(code)


def _rows(
    tables: Mapping[str, pd.DataFrame], known: Mapping[str, pd.DataFrame], table: str
) -> Iterator[dict[str, str]]:
    for source in (known, tables):
        if table in source:
            yield from source[table].to_dict("records")


def _names(
    tables: Mapping[str, pd.DataFrame], known: Mapping[str, pd.DataFrame], table: str, code: str, name: str
) -> _Names:
    found = _Names()
    for row in _rows(tables, known, table):
        found.add(row.get(code, ""), row.get(name, ""))
    return found


def _names_by_place(
    tables: Mapping[str, pd.DataFrame], known: Mapping[str, pd.DataFrame], table: str, code: str, name: str
) -> dict[str, _Names]:
    found: dict[str, _Names] = {}
    for row in _rows(tables, known, table):
        found.setdefault(row.get("territory", ""), _Names()).add(row.get(code, ""), row.get(name, ""))
    return found


def _resolve(table: str, frame: pd.DataFrame, column: str, names: _Names) -> Iterator[Fault]:
    alone = next(iter(names.codes)) if len(names.codes) == 1 and column == "territory" else ""
    codes = []
    for row, value in enumerate(frame[column]):
        code, fault = _code_of(value, names, "territory")
        if fault:
            yield Fault(table, row, column, value, *fault)
        codes.append(code or (alone if not value else value))
    frame[column] = pd.Series(codes, index=frame.index, dtype="str")


def _resolve_inside(
    table: str, frame: pd.DataFrame, column: str, names: Mapping[str, _Names]
) -> Iterator[Fault]:
    codes = []
    everything = {code for one in names.values() for code in one.codes}
    for row, (value, place) in enumerate(zip(frame[column], frame["territory"], strict=True)):
        if value in everything:
            codes.append(value)
            continue
        code, fault = _code_of(value, names.get(place, _Names()), column)
        if fault:
            yield Fault(table, row, column, value, *fault, territory=place)
        codes.append(code or value)
    frame[column] = pd.Series(codes, index=frame.index, dtype="str")


def _code_of(value: str, names: _Names, noun: str) -> tuple[str, tuple[str, str] | None]:
    """The code that a name or a code means; else what is wrong with it and what to do."""
    if not value or value in names.codes:
        return value, None
    bearers = names.by_name.get(plain(value), set())
    if len(bearers) == 1:
        return next(iter(bearers)), None
    if bearers:
        codes = ", ".join(sorted(bearers))
        return "", (say(f"name.two.{noun}"), say("name.two.next", codes=codes))
    near = difflib.get_close_matches(plain(value), names.by_name, 1, 0.6)
    if near:
        return "", (say(f"name.unknown.{noun}"), say("check.unknown.near", name=near[0]))
    return "", (say(f"name.unknown.{noun}"), say("check.unknown.next"))
