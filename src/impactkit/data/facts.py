"""What identifies a fact of each table, how it is named, and whether two texts say one thing."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from impactkit.data.tables import field_of, shape
from impactkit.data.workbook.cells import is_date
from impactkit.data.workbook.words import clean, plain

Row = dict[str, str]
Identity = tuple[str, ...]


@dataclass(frozen=True)
class Change:
    """One value of a table that the workbook replaced."""

    table: str
    key: str
    column: str
    was: str
    becomes: str


@dataclass(frozen=True)
class Kept:
    """What a table holds and the workbook does not say: a row, or one `column` of a row (with its value)."""

    table: str
    key: str
    column: str = ""
    value: str = ""


@dataclass(frozen=True)
class Back:
    """A fact that was taken back, as it was, and the sentence that says who did it; one `column` of it, or
    all.
    """

    row: Mapping[str, str]
    words: str
    column: str = ""


def key_of(table: str) -> list[str]:
    """The columns that identify a fact of a table: its primary key, else its merge key."""
    key = shape(table).get("primaryKey") or shape(table).get("mergeKey", [])
    return [key] if isinstance(key, str) else list(key)


def columns_of_key(table: str, row: Mapping[str, str]) -> list[str]:
    """The columns that identify a row; one without a name of its own has those of `mergeKeyWithout`."""
    for name, other in shape(table).get("mergeKeyWithout", {}).items():
        if not row.get(name):
            return list(other)
    return key_of(table)


def identity(table: str, row: Mapping[str, str]) -> Identity:
    """What makes a row the same fact: its key, holes included; a row without a name of its own has the key
    that its schema gives it (`mergeKeyWithout`).
    """
    return tuple(_compared(table, name, row.get(name, "")) for name in columns_of_key(table, row))


def identities(table: str, cells: Mapping[str, Sequence[str]]) -> list[Identity]:
    """The identity of each row of a table, given its columns; those that are not there are empty. Each text
    of a column is looked at once.
    """
    count = max(map(len, cells.values()), default=0)
    nothing = [""] * count

    def compared(column: str) -> list[str]:
        texts = cells.get(column, nothing)
        if _is_verbatim(table, column):
            return list(texts)
        words = {text: plain(text) for text in dict.fromkeys(texts)}
        return [words[text] for text in texts]

    rows = list(zip(*map(compared, key_of(table)), strict=True))
    without: dict[str, list[str]] = shape(table).get("mergeKeyWithout", {})
    for name, other in reversed(without.items()):
        keys = list(zip(*map(compared, other), strict=True))
        unnamed = [row for row, text in enumerate(cells.get(name, nothing)) if not text]
        for row in unnamed:
            rows[row] = keys[row]
    return rows


def _compared(table: str, column: str, text: str) -> str:
    """A part of a key as it is compared: « La Forge » and « la forge » are one member."""
    return text if _is_verbatim(table, column) else plain(text)


def _is_verbatim(table: str, column: str) -> bool:
    """Whether a part of a key is a code or a date, and no name."""
    field = field_of(table, column)
    return bool(field["labels"]) or is_date(field)


def label(table: str, row: Mapping[str, str]) -> str:
    """A fact by its key, as people write it."""
    return " / ".join(filter(None, (row.get(name, "") for name in columns_of_key(table, row))))


def labels_of(table: str, rows: Sequence[Row]) -> list[str]:
    """Each row by its key; facts of one key (a hand wrote them) are told apart by their number."""
    keys = [label(table, row) for row in rows]
    shared = {key for key, count in Counter(keys).items() if count > 1}
    numbers: Counter[str] = Counter()
    names = []
    for key in keys:
        numbers[key] += 1
        names.append(f"{key} / {numbers[key]}" if key in shared else key)
    return names


def is_same(table: str, column: str, text: str, other: str) -> bool:
    """Whether two texts say one thing: 8 and 8.0 are one figure, and spaces of any kind are spaces."""
    if text == other:
        return True
    if field_of(table, column)["type"] not in ("integer", "number"):
        return clean(text) == clean(other)
    try:
        return float(text) == float(other)
    except ValueError:
        return False
