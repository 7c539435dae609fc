"""Any table of the user's own: `kind = "table"` in evaluation.toml says what its columns are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from impactkit.data import csv_text
from impactkit.data.csv_text import MOST_NAMED, CsvText, is_blank
from impactkit.data.sources.column import Cells
from impactkit.data.sources.figures import Figures
from impactkit.data.sources.own_reading import Settings, Table, figures_of
from impactkit.data.tables import letters
from impactkit.errors import Problem, RefusedData
from impactkit.wording.language import Language

USUAL = {"unit": "unit", "period": "period", "value": "value"}
# How many columns a message names.
COLUMNS_NAMED = 12


@dataclass(frozen=True)
class Reading:
    """What a file holds: its figures, or the problems that keep it from being read."""

    figures: tuple[Figures, ...] = ()
    problems: tuple[Problem, ...] = ()


def placed(source: Settings, listed: Mapping[str, Iterable[str]], vintage: int) -> dict[str, Any]:
    """The settings of a source beside what its codes are judged by: those of the evaluation's own units and
    territories (`listed`, by family), and its vintage.
    """
    family = source.get("family", "")
    codes = listed.get(family, ())
    return {**source, "listed": tuple(codes), "ground": vintage}


def read(language: Language, path: Path, settings: Settings) -> tuple[Figures, ...]:
    """A CSV (comma or semicolon, French or English decimals), one row by unit and period.

    Settings: `family` (commune, epci, departement, region, zone, unit or territory), `indicator`, `source`
    (who says it), `columns` (unit, period, value: their names in the file), `unit` (habitants, part ...),
    `decimal` and `thousands` (the marks of its numbers), `vintage` (of the perimeters), `step` (rounding),
    `absent` (what an unlisted unit has), `rolling`, `breaks` (periods at which the series breaks), `figure`
    (`sample`: the column `n` counts those asked, the value is a share; `events`: the value counts events).

    Raises RefusedData with every cell that cannot be read for sure.
    """
    reading = examined(language, path, settings)
    if not reading.problems:
        return reading.figures
    count = len(reading.problems)
    lines = list(map(str, reading.problems[:MOST_NAMED]))
    if count > MOST_NAMED:
        lines.append("…")
    named = "\n".join(lines)
    raise language.error(RefusedData, "own-table", where=path.name, n=count, count=count, lines=named)


def examined(language: Language, path: Path, settings: Settings) -> Reading:
    """The figures of a file, or every problem that it has, by cell.

    Raises RefusedData for what is no CSV.
    """
    csv = csv_text.parsed(language, path)
    problems = []
    for fault in csv.faults:
        line = str(fault.line)
        problems.append(Problem(path.name, "", line, fault.value, fault.expected, language.say("csv.next")))
    names = {**USUAL, **settings.get("columns", {})}
    header = [name.strip() for name in csv.header]
    absent = [name for name in names.values() if name not in header]
    if absent:
        seen = ", ".join(header[:COLUMNS_NAMED])
        wrong = language.advice("error.source-columns", absent=", ".join(absent), found=seen)
        problems.append(Problem(path.name, "", "1", "", *wrong))
        return Reading(problems=tuple(problems))
    columns = {}
    for role, name in names.items():
        columns[role] = _cells(csv, header.index(name))
    figures, wrong_cells = figures_of(language, Table(path.name, columns), settings)
    problems += wrong_cells
    if problems or figures is None:
        return Reading(problems=tuple(problems))
    return Reading(figures=(figures,))


def _cells(csv: CsvText, position: int) -> Cells:
    """A column of the lines that can be read for sure."""
    unsure = {fault.line for fault in csv.faults}
    cells = Cells(letters(position + 1))
    for line, row in enumerate(csv.full_rows(), start=2):
        if line not in unsure and not is_blank(row):
            cells.add(line, row[position])
    return cells
