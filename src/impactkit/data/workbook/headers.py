"""Which table a sheet holds, where its header stands, and what each column and its unit are."""

import difflib
import functools
import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass

from impactkit.data.tables import fields, schemas, table_names
from impactkit.data.workbook.sheet import Cell, Sheet
from impactkit.data.workbook.units import Unit, unit_of
from impactkit.data.workbook.words import plain
from impactkit.wording.language import Language

# A header stands in the first lines, under a title or two.
DEEPEST = 40
# No table is as wide, no title as long.
WIDEST, LONGEST_TITLE = 300, 200
NEAR_SHEET, NEAR_COLUMN = 0.85, 0.86
# Tables whose rows need a code of their own -> the column whose words give it when nobody wrote one.
NAMED = {
    "territories": ("territory", "name"),
    "challenges": ("challenge", "title"),
    "milestones": ("milestone", "title"),
    "projects": ("project", "name"),
    "obstacles": ("obstacle", "rule"),
    "evaluation_questions": ("question", "text"),
}
# Filled at the import when the workbook does not say.
GIVEN = ("source", "as_of", "territory")


@dataclass(frozen=True)
class Head:
    """A title of a sheet that names a field: its column, the unit it writes, its words that say no unit."""

    column: int
    unit: Unit | None = None
    extra: str = ""


@dataclass(frozen=True)
class Header:
    """The line of a table's header (0: there is none), and the titles that name each field."""

    line: int
    heads: Mapping[str, tuple[Head, ...]]


@functools.lru_cache(maxsize=64)
def _sheet_names(tables: tuple[tuple[str, str, str], ...]) -> dict[str, str]:
    return {plain(name): names[0] for names in tables for name in names}


def table_of(language: Language, sheet: Sheet) -> str | None:
    """The table of a sheet, by its name, a near spelling, or a header that fits one table alone."""
    every = tuple((table, schema["title"], schema["sheet"]) for table, schema in schemas(language).items())
    names = _sheet_names(every)
    if near := difflib.get_close_matches(plain(sheet.name), names, 1, NEAR_SHEET):
        return names[near[0]]
    fits: dict[int, list[str]] = {}
    for table in table_names():
        heads = header_of(language, sheet, table, near=False).heads
        needed = needed_columns(language, table)
        if heads and needed and needed.keys() <= heads.keys():
            fits.setdefault(len(heads), []).append(table)
    best = fits[max(fits)] if fits else []
    return best[0] if len(best) == 1 else None


def needed_columns(language: Language, table: str) -> dict[str, str]:
    """The columns that must be there and their titles: required, and nothing else can give them."""
    filled = (*NAMED.get(table, ("",))[:1], *GIVEN)
    required = [field for field in fields(language, table).values() if field["constraints"].get("required")]
    return {field["name"]: field["title"] for field in required if field["name"] not in filled}


def header_of(language: Language, sheet: Sheet, table: str, *, near: bool) -> Header:
    """The line that holds most names of the table's columns; `near`: a spelling nearly right counts."""
    lines = list(sheet.by_line.items())[:DEEPEST]
    headers = [Header(line, _heads(language, cells, table, near=near)) for line, cells in lines]
    enough = [header for header in headers if len(header.heads) >= 2]
    return max(enough, key=lambda header: len(header.heads), default=Header(0, {}))


def nearest_column(language: Language, title: str, table: str) -> str:
    """The title of the column that an unknown one may stand for: nearly its letters, or a word of it."""
    titles, words = _titled(language, table), _bare(title)
    near = difflib.get_close_matches(words, titles, 1, 0.7)
    shared = [name for name in titles if set(words.split()) & set(name.split()) - {"de", "du", "le", "la"}]
    best = (near or shared or [""])[0]
    return str(fields(language, table)[titles[best]]["title"]) if best else ""


def _titled(language: Language, table: str) -> dict[str, str]:
    """The columns of a table by what people call them: in the words and the currency of the evaluation."""
    columns = [
        (field["name"], field["title"], tuple(field.get("aliases", ())))
        for field in fields(language, table).values()
    ]
    return _by_title(tuple(columns))


@functools.lru_cache(maxsize=128)
def _by_title(columns: tuple[tuple[str, str, tuple[str, ...]], ...]) -> dict[str, str]:
    names: dict[str, str] = {}
    for name, _, aliases in reversed(columns):
        for alias in aliases:
            names[plain(alias)] = name
    # A title is stronger than another column's alias.
    for name, title, _ in columns:
        names[plain(name)] = name
        names[plain(title)] = name
    return names


def _heads(
    language: Language, line: Mapping[int, Cell], table: str, *, near: bool
) -> dict[str, tuple[Head, ...]]:
    titles = _titled(language, table)
    heads: dict[str, tuple[Head, ...]] = {}
    unknown: list[tuple[str, Head]] = []
    for column, cell in itertools.islice(line.items(), WIDEST):
        if not isinstance(cell.value, str) or len(cell.value) > LONGEST_TITLE:
            continue
        words, head = _split(cell.value, titles, column)
        if words in titles:
            heads[titles[words]] = (*heads.get(titles[words], ()), head)
        else:
            unknown.append((words, head))
    for words, head in unknown if near else ():
        match = difflib.get_close_matches(words, titles, 1, NEAR_COLUMN)
        if match and titles[match[0]] not in heads:
            heads[titles[match[0]]] = (head,)
    return heads


def _bare(words: str) -> str:
    return plain(re.sub(r"\*", " ", words))


def _split(title: str, titles: Mapping[str, str], column: int) -> tuple[str, Head]:
    """The name of a header, and the unit behind it: « Coût annuel (k€) », « Montant en k€ »."""
    words = _bare(title)
    if words in titles:
        return words, Head(column)
    if brackets := re.search(r"[(\[]([^)\]]*)[)\]]", words):
        name = " ".join(words.replace(brackets[0], " ").split())
        units = [unit_of(part) for part in brackets[1].split(",")]
        unit = next(filter(None, units), None)
        return name, Head(column, unit, "" if unit else brackets[1])
    parts = words.split(" ")
    for count in range(1, len(parts)):
        name, unit = " ".join(parts[:count]).strip(" ,:-"), unit_of(" ".join(parts[count:]))
        if unit and name in titles:
            return name, Head(column, unit)
    return words, Head(column)
