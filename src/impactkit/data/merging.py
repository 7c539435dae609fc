"""A workbook's rows beside those of the folder: new, the same, a correction, a conflict, or a fact that was
taken back.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from impactkit.data.check_schema import Fault
from impactkit.data.facts import (
    Back,
    Change,
    Identity,
    Kept,
    Row,
    columns_of_key,
    identity,
    is_same,
    key_of,
    label,
    labels_of,
)
from impactkit.data.tables import PLACES, columns, fields
from impactkit.data.workbook.headers import NAMED
from impactkit.wording.language import Language

NEW, SAME, CORRECTED, TWICE, BACK = "new", "same", "corrected", "twice", "back"


@dataclass(frozen=True)
class Merged:
    """A table after the import, and the row of the workbook that each row comes from (None: its own); what
    each row of the workbook is, by its place; two figures for one fact; what is not taken because it was
    taken back, by row and column ("" for all the row), with the sentence that says so.
    """

    frame: pd.DataFrame
    origins: tuple[int | None, ...]
    added: int = 0
    changes: tuple[Change, ...] = ()
    kept: tuple[Kept, ...] = ()
    fates: Mapping[int, str] = field(default_factory=dict)
    conflicts: tuple[Fault, ...] = ()
    back: Mapping[tuple[int, str], str] = field(default_factory=dict)

    @property
    def is_changed(self) -> bool:
        """Whether the table is no longer what it was."""
        return bool(self.added or self.changes)

    def extended(self, more: "Merged") -> "Merged":
        """The same rows of the workbook, in the table that another merge made longer."""
        beyond = (None,) * (len(more.frame) - len(self.origins))
        changes = (*self.changes, *more.changes)
        counts = self.added + more.added
        return replace(self, frame=more.frame, origins=self.origins + beyond, added=counts, changes=changes)


def merge(
    language: Language,
    table: str,
    tables: Mapping[str, pd.DataFrame],
    new: pd.DataFrame,
    *,
    taken_back: Mapping[Identity, Sequence[Back]],
    source: str = "",
    as_typed: pd.DataFrame | None = None,
) -> Merged:
    """Rows of the workbook beside the table's own: one of the same key takes its place, cell by cell.

    `taken_back`: facts that were withdrawn, by identity; they do not come back as they were.
    `source` is written for what is new or corrected where the workbook gives none; `as_typed`: the rows
    before codes were made for them.
    """
    old = tables.get(table, pd.DataFrame(columns=columns(table), dtype="str"))
    written = [name for name in columns(table) if name in new and (new[name] != "").any()]
    present = {*old.columns, *written, *(["source"] if source else [])}
    names = [name for name in columns(table) if name in present]
    merging = _Merging(language, table, _rows(old, names), source, new if as_typed is None else as_typed)
    for i, row in enumerate(_rows(new, names)):
        merging.take(i, row, taken_back.get(identity(table, row), ()))
    return merging.merged(names, len(old), new)


def _rows(frame: pd.DataFrame, names: Sequence[str]) -> list[Row]:
    rows: list[Row] = frame.reindex(columns=list(names), fill_value="").to_dict("records")
    return rows


class _Merging:
    """The rows of a table while those of a workbook are laid beside them, one by one."""

    def __init__(
        self, language: Language, table: str, rows: list[Row], source: str, as_typed: pd.DataFrame
    ) -> None:
        self.language = language
        self._table, self._rows, self._source, self._as_typed = table, rows, source, as_typed
        # Of two rows that are the same, the first.
        self._at = {identity(table, row): i for i, row in reversed(list(enumerate(rows)))}
        counts = Counter(identity(table, row) for row in rows)
        # Facts that a hand wrote on several lines of a table: only the very same line is one of them.
        self._several = {key for key, count in counts.items() if count > 1}
        self._origins: list[int | None] = [None] * len(rows)
        self._first: dict[Identity, int] = {}
        self._typed: list[Row] = []
        self._fates: dict[int, str] = {}
        self._changes: list[Change] = []
        self._conflicts: list[Fault] = []
        self._back: dict[tuple[int, str], str] = {}

    def take(self, i: int, row: Row, taken_back: Sequence[Back]) -> None:
        """Lay the row `i` of the workbook where its fact stands, or at the end."""
        key = identity(self._table, row)
        row = self._without(i, row, taken_back)
        self._typed.append(row)
        if key in self._several and (place := self._same_line(row)) is not None:
            self._origins[place], self._fates[i] = i, SAME
            return
        if key in self._first:
            first = self._first[key]
            self._conflicts += _conflicts(self.language, self._table, self._typed, first, i, self._as_typed)
            self._fates[i] = TWICE
            # What the second row alone says is not lost.
            _fill(self._rows, self._at.get(key), row)
            return
        self._first[key] = i
        if key in self._at:
            corrected = _correct(self._table, self._rows[self._at[key]], row, self._source)
            self._changes += corrected
            self._origins[self._at[key]] = i
            self._fates[i] = CORRECTED if corrected else SAME
        elif words := next((back.words for back in taken_back if _is_back(self._table, back, row)), ""):
            self._back[i, ""] = words
            self._fates[i] = BACK
        else:
            self._at[key] = len(self._rows)
            source = row.get("source") or self._source
            self._rows.append(row | ({"source": source} if "source" in row else {}))
            self._origins.append(i)
            self._fates[i] = NEW

    def _same_line(self, row: Row) -> int | None:
        """The line of the table that says the very same, and that no row of the workbook was laid on."""
        for place, (own, origin) in enumerate(zip(self._rows, self._origins, strict=True)):
            names = [name for name in row if name != "source" or row[name]]
            if origin is None and all(is_same(self._table, name, row[name], own[name]) for name in names):
                return place
        return None

    def _without(self, i: int, row: Row, taken_back: Sequence[Back]) -> Row:
        """The row without the cells that were taken back with the value that it gives them again."""
        row = dict(row)
        for back in taken_back:
            if back.column and row.get(back.column) and row[back.column] == back.row.get(back.column):
                self._back[i, back.column] = back.words
                row[back.column] = ""
        return row

    def merged(self, names: Sequence[str], count: int, new: pd.DataFrame) -> Merged:
        """The table when every row is laid; its first `count` rows are its own."""
        frame = pd.DataFrame(self._rows, columns=list(names), dtype="str")
        kept = _kept(self._table, self._rows[:count], self._origins, self._typed, new)
        return Merged(
            frame,
            tuple(self._origins),
            len(self._rows) - count,
            tuple(self._changes),
            tuple(kept),
            self._fates,
            tuple(self._conflicts),
            self._back,
        )


def _is_back(table: str, back: Back, row: Mapping[str, str]) -> bool:
    """Whether a row says nothing but what the one taken back said; where it comes from is no fact."""
    if back.column:
        return False
    before = {name: back.row.get(name, "") for name in row}
    words = {name: value for name, value in row.items() if value and name != "source"}
    return all(is_same(table, name, value, before[name]) for name, value in words.items())


def _fill(rows: list[Row], place: int | None, row: Row) -> None:
    if place is not None:
        rows[place].update({name: value for name, value in row.items() if value and not rows[place][name]})


def _correct(table: str, row: Row, typed: Row, source: str) -> list[Change]:
    """Put what the workbook says in the place of what the table said."""
    names = [name for name in typed if typed[name] and name not in columns_of_key(table, row)]
    differing = [name for name in names if not is_same(table, name, typed[name], row[name])]
    if differing and "source" in row and not typed["source"] and source not in ("", row["source"]):
        typed = typed | {"source": source}
        differing.append("source")
    key = label(table, row)
    changes = [Change(table, key, name, row[name], typed[name]) for name in differing]
    row.update({name: typed[name] for name in differing})
    return changes


def _conflicts(
    language: Language, table: str, typed: list[Row], before: int, after: int, new: pd.DataFrame
) -> Iterator[Fault]:
    """Two rows of one fact that do not say the same: a fault at both cells of what differs."""
    first, second = typed[before], typed[after]
    both = [
        name for name in first if first[name] and second[name] and name not in columns_of_key(table, first)
    ]
    differing = [name for name in both if not is_same(table, name, first[name], second[name])]
    code, words = NAMED.get(table, ("", ""))
    if not differing:
        return
    if code and len(key_of(table)) == 1:
        is_made = code not in new or "" in (new[code].iloc[before], new[code].iloc[after])
        holes = {"code": first[code], "title": fields(language, table)[code]["title"]}
        advised = language.advice("fact.name-twice" if is_made else "fact.code-twice", **holes)
        name = words if is_made else code
        yield from (Fault(table, row, name, typed[row][name], *advised) for row in (before, after))
        return
    key = ", ".join(str(fields(language, table)[name]["title"]) for name in key_of(table))
    for name in differing:
        for row, other in ((before, after), (after, before)):
            advised = language.advice("fact.twice", other=typed[other][name], fact=key)
            yield Fault(table, row, name, typed[row][name], *advised)


def _kept(
    table: str, rows: list[Row], origins: Sequence[int | None], typed: list[Row], new: pd.DataFrame
) -> Iterator[Kept]:
    """What the table holds of the rows that the workbook gives, in cells that the workbook leaves empty."""
    empty = [name for name in new if name not in ("source", "as_of", *key_of(table))]
    for row, origin in zip(rows, origins, strict=False):
        for name in empty if origin is not None else ():
            if name in row and row[name] and not typed[origin or 0][name]:
                yield Kept(table, label(table, row), name, row[name])


def absent(table: str, merged: Merged, count: int, places: set[str], *, any_row: bool) -> Iterator[Kept]:
    """The table's own rows (the first `count`) that a workbook about `places` does not give."""
    frame = merged.frame.head(count)
    where = [name for name in PLACES if name in frame]
    names = labels_of(table, frame.to_dict("records"))
    for i, row in enumerate(frame.to_dict("records")):
        inside = {row[name] for name in where} & places if where else any_row
        if merged.origins[i] is None and inside:
            yield Kept(table, names[i])
