"""The receipt of an import: what became of every cell that held something, as a file and on the screen."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from impactkit.data.csv_writing import text_of_rows
from impactkit.data.facts import Kept
from impactkit.data.names import slug
from impactkit.data.tables import fields, schemas
from impactkit.data.workbook.taken import CHANGED, FATES, RETRACTED, Entry
from impactkit.wording.language import Language

FOLDER = "receipts"
COLUMNS = ("sheet", "cell", "fate", "value", "becomes", "why", "table", "key", "column")
# On the screen; the file has them all.
MOST = 8


@dataclass(frozen=True)
class Receipt:
    """What an import did: an entry for each cell that held something, in the order of the sheets; comments
    (sheet, cell, words, what became of them); what the tables keep and the workbook does not say; what is
    said once for a whole column or sheet.
    """

    language: Language
    workbook: str
    entries: tuple[Entry, ...] = ()
    comments: tuple[tuple[str, str, str, str], ...] = ()
    kept: tuple[Kept, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """How many cells met each fate; together, all the cells that held something."""
        counts = Counter(entry.fate for entry in self.entries)
        return {fate: counts[fate] for fate in FATES if counts[fate]}

    def lines(self) -> Iterator[str]:
        """The receipt on the screen: what was changed or taken back, what is missing, the counts."""
        language = self.language
        for fate in (CHANGED, RETRACTED):
            entries = [entry for entry in self.entries if entry.fate == fate]
            for entry in entries[:MOST]:
                place = f"{entry.sheet}, {entry.cell}"
                yield language.say(f"receipt.{fate}", place=place, value=entry.value, why=entry.why)
            yield from _more(language, len(entries))
        yield from self.remarks[:MOST]
        yield from _more(language, len(self.remarks))
        for sheet, cell, words, became in self.comments[:MOST]:
            yield language.say("receipt.comment", place=f"{sheet}, {cell}", words=words, became=became)
        yield from _more(language, len(self.comments))
        yield from self._missing()
        yield self.summary()

    def summary(self) -> str:
        """The counts, in one sentence."""
        language = self.language
        counts = self.counts
        parts = ", ".join(
            language.say(f"fate.{fate}.count", n=count, count=count) for fate, count in counts.items()
        )
        total = sum(counts.values())
        return language.say(
            "receipt.counts", n=total, count=total, parts=parts or language.say("receipt.no-cell")
        )

    def _missing(self) -> Iterator[str]:
        """What the tables keep and the workbook no longer says, table by table."""
        language = self.language
        for table in dict.fromkeys(kept.table for kept in self.kept):
            title = schemas(language)[table]["title"]
            rows = [kept.key for kept in self.kept if kept.table == table and not kept.column]
            if rows:
                yield language.say(
                    "receipt.absent", n=len(rows), count=len(rows), table=title, keys=_few(rows), name=table
                )
            cells = [kept for kept in self.kept if kept.table == table and kept.column]
            names = [f"{kept.key} : {fields(language, table)[kept.column]['title']}" for kept in cells]
            if names:
                holes = {"table": title, "keys": _few(names), "name": table}
                yield language.say("receipt.emptied", n=len(names), count=len(names), **holes)

    def text(self) -> str:
        """The file: CSV, a line for each cell, then for each comment and each fact that was not there."""
        language = self.language
        header = [language.say(f"receipt.head.{name}") for name in COLUMNS]
        rows: list[list[str]] = []
        for entry in self.entries:
            title = schemas(language)[entry.table]["title"] if entry.table else ""
            column = fields(language, entry.table)[entry.column]["title"] if entry.column else ""
            parts = (
                entry.sheet,
                entry.cell,
                language.say(f"fate.{entry.fate}"),
                entry.value,
                entry.becomes,
                entry.why,
            )
            rows.append([*parts, title, entry.key, column])
        for sheet, cell, words, became in self.comments:
            rows.append([sheet, cell, language.say("fate.comment"), words, "", became, "", "", ""])
        for kept in self.kept:
            title, column = schemas(language)[kept.table]["title"], ""
            if kept.column:
                column = fields(language, kept.table)[kept.column]["title"]
            why = language.say("receipt.kept")
            rows.append(["", "", language.say("fate.kept"), kept.value, "", why, title, kept.key, column])
        return text_of_rows(header, rows)


def file_name(folder: Path, workbook: str, day: dt.date) -> str:
    """Where a receipt is written: its day, its workbook, and a number when there is one already."""
    stem = f"{FOLDER}/{day.isoformat()}-{slug(Path(workbook).stem)}"
    number, name = 1, f"{stem}.csv"
    while (folder / name).exists():
        number += 1
        name = f"{stem}-{number}.csv"
    return name


def _few(names: list[str]) -> str:
    return " ; ".join(names[:MOST]) + ("…" if len(names) > MOST else "")


def _more(language: Language, count: int) -> Iterator[str]:
    if count > MOST:
        yield language.say("receipt.more", n=count - MOST, count=count - MOST)
