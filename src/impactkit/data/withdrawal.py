"""`withdraw`: a fact taken back, kept in a log with who, when and why; no old workbook brings it back."""

import csv
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from impactkit.data.check_rules import faults
from impactkit.data.check_schema import cell_faults
from impactkit.data.csv_writing import original, text_of_rows
from impactkit.data.dates import today
from impactkit.data.evaluation import settings_of
from impactkit.data.facts import Back, Identity, identity, labels_of
from impactkit.data.folders import find
from impactkit.data.journal import changing, replace_all
from impactkit.data.tables import as_csv, fields, read_folder, schemas, table_names
from impactkit.errors import RefusedData
from impactkit.wording.language import Language, language_of

LOG = "withdrawn.csv"
COLUMNS = ("date", "by", "why", "table", "key", "column", "row")


@dataclass(frozen=True)
class Withdrawn:
    """A fact that was taken back: when, by whom, why; its table, its key, one column of it or all (""), and
    the row as it was.
    """

    date: str
    by: str
    why: str
    table: str
    key: str
    column: str
    row: Mapping[str, str]

    def sentence(self, language: Language) -> str:
        """What was taken back, in a sentence."""
        holes = {
            "table": schemas(language)[self.table]["title"],
            "fact": self.key,
            "by": self.by,
            "why": self.why,
        }
        return language.say("withdrawn.told", date=self.date, **holes)


def withdraw(
    language: Language, folder: str | Path, table: str, key: str, *, by: str, why: str, column: str = ""
) -> Withdrawn:
    """Take a fact back: the row of `table` whose key is `key` (« halle / 2021-06 »), or one `column` of it.

    Nothing is lost: `withdrawn.csv` keeps the row as it was, who took it back, when and why. Raises
    UnknownName for a table, a key or a column that does not exist, RefusedData when nobody or nothing is
    said, or when other rows refer to this one.
    """
    home = find(folder).resolve()
    settings = settings_of(language, home, str(folder))
    language = language_of(settings)
    if table not in table_names():
        raise language.unknown("noun.table", table, table_names(), where=home.name)
    if column and column not in fields(language, table):
        raise language.unknown("noun.column", column, fields(language, table), where=f"{table}.csv")
    if not by.strip() or not why.strip():
        raise language.error(RefusedData, "withdraw-unsigned", where=f"{table}.csv")
    with changing(language, home):
        tables = read_folder(language, home)
        frame = tables.get(table, pd.DataFrame(columns=list(fields(language, table)), dtype="str"))
        names = labels_of(table, frame.to_dict("records"))
        if key not in names:
            raise language.unknown("noun.fact", key, names, where=f"{table}.csv")
        row = names.index(key)
        before = {str(name): str(value) for name, value in frame.iloc[row].items()}
        without = _without(frame, row, column)
        broken = [
            *cell_faults(language, table, without),
            *faults(language, {**tables, table: without}, settings),
        ]
        already = [*cell_faults(language, table, frame), *faults(language, tables, settings)]
        if worse := [fault for fault in broken if _outline(fault) not in set(map(_outline, already))]:
            where = f"{worse[0].table}.csv"
            raise language.error(
                RefusedData, "withdraw-needed", where=where, value=worse[0].value, expected=worse[0].expected
            )
        withdrawn = Withdrawn(
            today(language).isoformat(), by.strip(), why.strip(), table, key, column, before
        )
        log = [*withdrawals(language, home), withdrawn]
        replace_all(language, home, {f"{table}.csv": as_csv(without), LOG: _text(log)})
    return withdrawn


def _without(frame: pd.DataFrame, row: int, column: str) -> pd.DataFrame:
    if not column:
        return frame.drop(index=frame.index[row]).reset_index(drop=True)
    emptied = frame.copy()
    emptied.iloc[row, list(frame.columns).index(column)] = ""
    return emptied


def _outline(fault: object) -> tuple[object, ...]:
    """A fault without its row, which moves when another row goes."""
    return tuple(getattr(fault, name) for name in ("table", "column", "value", "expected"))


def withdrawals(language: Language, folder: Path) -> list[Withdrawn]:
    """What was taken back in a folder, in order. Raises RefusedData for a log that cannot be read: what it
    holds would come back.
    """
    file = folder / LOG
    if not os.path.lexists(file):
        return []
    if not file.is_file():
        raise language.error(RefusedData, "withdrawn-damaged", where=LOG, line=1)
    log: list[Withdrawn] = []
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            for row in csv.DictReader(lines, strict=True):
                log.append(_read(row))
    except (OSError, ValueError, TypeError, RecursionError, csv.Error) as cause:
        raise language.error(RefusedData, "withdrawn-damaged", where=LOG, line=len(log) + 2) from cause
    return [withdrawn for withdrawn in log if withdrawn.table in table_names()]


def _read(row: Mapping[str, Any]) -> Withdrawn:
    """A line of the log. Raises TypeError or ValueError for one that is none."""
    texts = {name: original(cell) for name, cell in row.items()}
    cells = json.loads(texts.pop("row", ""))
    if not isinstance(cells, dict) or not all(isinstance(cell, str) for cell in cells.values()):
        raise TypeError("no row")
    return Withdrawn(**texts, row=cells)


def taken_back(language: Language, folder: Path) -> dict[str, dict[Identity, list[Back]]]:
    """Facts that were taken back, by table and identity."""
    rows: dict[str, dict[Identity, list[Back]]] = {}
    for withdrawn in withdrawals(language, folder):
        back = Back(withdrawn.row, withdrawn.sentence(language), withdrawn.column)
        of_table = rows.setdefault(withdrawn.table, {})
        of_table.setdefault(identity(withdrawn.table, withdrawn.row), []).append(back)
    return rows


def _text(log: list[Withdrawn]) -> str:
    rows = []
    for withdrawn in log:
        row = json.dumps(dict(withdrawn.row), ensure_ascii=False)
        rows.append([*(getattr(withdrawn, name) for name in COLUMNS[:-1]), row])
    return text_of_rows(COLUMNS, rows)
