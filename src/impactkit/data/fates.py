"""What became of each cell of a workbook, once its rows were compared with those of the folder."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from impactkit.data.facts import Change, Kept, label
from impactkit.data.merging import BACK, NEW, TWICE, Merged, absent
from impactkit.data.receipt import Receipt
from impactkit.data.tables import PLACES
from impactkit.data.workbook.taken import ASIDE, REFUSED, REPLACED, RETRACTED, SAME, Taken
from impactkit.errors import Problem
from impactkit.wording.language import Language

Changes = Mapping[tuple[str, str], Change]


def receipt_of(
    taken: Taken,
    merged: Mapping[str, Merged],
    before: Mapping[str, pd.DataFrame],
    problems: list[Problem],
) -> Receipt:
    """The receipt of a workbook: every cell with what became of it; what the tables (`before`) keep and the
    workbook does not say.
    """
    for table, frame in taken.tables.items():
        _settle(taken, table, list(frame.columns), merged[table])
    refused = {(problem.sheet, problem.cell): problem for problem in problems}
    for place, problem in refused.items():
        if place in taken.entries:
            why = f"{problem.expected} {problem.next}"
            taken.entries[place] = replace(taken.entries[place], fate=REFUSED, becomes="", why=why)
    entries, comments = tuple(taken.entries.values()), tuple(taken.comments)
    kept = tuple(_kept(taken, merged, before))
    return Receipt(taken.language, taken.workbook, entries, comments, kept, tuple(taken.remarks))


def _settle(taken: Taken, table: str, columns: list[str], merged: Merged) -> None:
    row_of = {origin: i for i, origin in enumerate(merged.origins) if origin is not None}
    changes = {(change.key, change.column): change for change in merged.changes}
    for row, fate in merged.fates.items():
        key = label(table, merged.frame.iloc[row_of[row]].to_dict()) if row in row_of else ""
        for column in columns:
            became = _became(taken.language, merged, row, column, fate, changes.get((key, column)))
            taken.settle(table, row, column, **became, key=key)


def _became(
    language: Language, merged: Merged, row: int, column: str, fate: str, change: Change | None
) -> dict[str, Any]:
    """The fate of one cell of a row, and why."""
    if words := merged.back.get((row, column)) or (fate == BACK and merged.back.get((row, ""))):
        return {"fate": RETRACTED, "becomes": "", "why": words}
    if fate == TWICE:
        return {"fate": ASIDE, "becomes": "", "why": language.say("fact.same-row")}
    if change:
        was = change.was or language.say("import.empty")
        return {"fate": REPLACED, "becomes": change.becomes, "why": language.say("fact.replaced", was=was)}
    return {} if fate == NEW else {"fate": SAME}


def _kept(taken: Taken, merged: Mapping[str, Merged], before: Mapping[str, pd.DataFrame]) -> list[Kept]:
    """Cells and rows of the tables that the workbook no longer says, of the territories that it is about."""
    kept = [kept for table in merged.values() for kept in table.kept]
    places = set[str]()
    for table in taken.tables:
        rows = [i for i, origin in enumerate(merged[table].origins) if origin is not None]
        frame = merged[table].frame.iloc[rows]
        places |= {code for name in PLACES if name in frame for code in frame[name]} - {""}
    for table, frame in taken.tables.items():
        count = len(before.get(table, ()))
        kept += absent(table, merged[table], count, places, any_row=bool(len(frame)))
    return kept
