"""Any table of the user's own: `kind = "table"` in evaluation.toml says what its columns are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from impactkit.data import csv_text
from impactkit.data.csv_text import MOST_NAMED, CsvText
from impactkit.data.population import VINTAGES
from impactkit.data.sources import code_repair, number_marks, period_text
from impactkit.data.sources.figures import Figures
from impactkit.data.sources.readers import checked
from impactkit.data.tables import letters
from impactkit.errors import Problem, RefusedData
from impactkit.wording.catalogue import advice, error, say

USUAL = {"unit": "unit", "period": "period", "value": "value"}
AS_SET = ("indicator", "family", "source", "absent", "figure")
# How many rewritten codes a note quotes.
QUOTED = 5
Wrong = Mapping[int, tuple[str, str]]


@dataclass(frozen=True)
class Reading:
    """What a file holds: its figures, or the problems that keep it from being read."""

    figures: tuple[Figures, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class _Column:
    """One column of the file: its role, its letters in a spreadsheet, its cells by row of the file."""

    role: str
    letters: str
    cells: Mapping[int, str]

    def problems(self, name: str, wrong: Wrong) -> list[Problem]:
        """What is wrong with its cells, by position among them."""
        cells = list(self.cells.items())
        problems = []
        for position, sentences in wrong.items():
            line, text = cells[position]
            problems.append(Problem(name, "", f"{self.letters}{line + 2}", text, *sentences))
        return problems


def placed(source: Mapping[str, Any], listed: Mapping[str, Iterable[str]], vintage: int) -> dict[str, Any]:
    """The settings of a source beside what its codes are judged by: those of the evaluation's own units and
    territories (`listed`, by family), and its vintage.
    """
    return {**source, "listed": tuple(listed.get(source.get("family", ""), ())), "ground": vintage}


def read(path: Path, settings: Mapping[str, Any]) -> tuple[Figures, ...]:
    """A CSV (comma or semicolon, French or English decimals), one row by unit and period.

    Settings: `family` (commune, epci, departement, region, zone, unit or territory), `indicator`, `source`
    (who says it), `columns` (unit, period, value: their names in the file), `unit` (habitants, part ...),
    `decimal` and `thousands` (the marks of its numbers), `vintage` (of the perimeters), `step` (rounding),
    `absent` (what an unlisted unit has), `rolling`, `breaks` (periods at which the series breaks), `figure`
    (`sample`: the column `n` counts those asked, the value is a share; `events`: the value counts events).

    Raises RefusedData with every cell that cannot be read for sure.
    """
    reading = examined(path, settings)
    if not reading.problems:
        return reading.figures
    count = len(reading.problems)
    lines = [str(problem) for problem in reading.problems[:MOST_NAMED]]
    if count > MOST_NAMED:
        lines.append("…")
    raise error(RefusedData, "own-table", where=path.name, n=count, count=count, lines="\n".join(lines))


def examined(path: Path, settings: Mapping[str, Any]) -> Reading:
    """The figures of a file, or every problem that it has, by cell.

    Raises RefusedData for what is no CSV.
    """
    table = csv_text.parsed(path)
    broken = [
        Problem(path.name, "", str(fault.line), fault.value, fault.expected, say("csv.next"))
        for fault in table.faults
    ]
    names = USUAL | dict(settings.get("columns", {}))
    header = [name.strip() for name in table.header]
    if absent := [name for name in names.values() if name not in header]:
        seen = ", ".join(header[:12])
        wrong = advice("error.source-columns", absent=", ".join(absent), found=seen)
        return Reading((), (*broken, Problem(path.name, "", "1", "", *wrong)))
    columns = {role: _column(role, table, header.index(name)) for role, name in names.items()}
    reading = _told(path.name, columns, settings)
    return Reading((), (*broken, *reading.problems)) if broken else reading


def _column(role: str, table: CsvText, position: int) -> _Column:
    unsure = {fault.line - 2 for fault in table.faults}
    cells = {
        line: row[position]
        for line, row in enumerate(table.full_rows())
        if line not in unsure and any(map(str.strip, row))
    }
    return _Column(role, letters(position + 1), cells)


def _told(name: str, columns: Mapping[str, _Column], settings: Mapping[str, Any]) -> Reading:
    """The figures that the columns of a file make, or what is wrong with them."""
    texts = {role: list(column.cells.values()) for role, column in columns.items()}
    family = settings["family"]
    codes = code_repair.read(texts["unit"], family, settings.get("listed", ()))
    periods, wrong_periods = period_text.read(texts["period"])
    marks = {mark: settings.get(mark, "") for mark in ("decimal", "thousands")}
    values, wrong_values = number_marks.read(texts["value"], **marks)
    wrong: dict[str, Wrong] = {"unit": codes.wrong, "period": wrong_periods, "value": wrong_values}
    rows = pd.DataFrame({"unit": codes.units, "period": periods, "value": values, "flag": ""})
    if "n" in columns:
        rows["n"], wrong["n"] = number_marks.read(texts["n"], **marks)
    notes = _rewritten(name, texts["unit"], codes)
    vintage = None
    if not any(wrong.values()):
        vintage, wrong = _ground(rows, settings)
    if not any(wrong.values()):
        rows, wrong = _one_row_each(rows, settings, list(columns["unit"].cells))
    if any(wrong.values()):
        problems = [one for role, cells in wrong.items() for one in columns[role].problems(name, cells)]
        return Reading((), tuple(sorted(problems, key=_line)))
    if any(unit in code_repair.CITY_OF for unit in codes.units):
        notes.append(say("own.note.cities", file=name))
    if vintage is not None and vintage != settings.get("ground", vintage) and not settings.get("vintage"):
        notes.append(say("own.note.vintage", file=name, vintage=vintage))
    return Reading((_figures(rows, settings, name, vintage, notes),))


def _line(problem: Problem) -> int:
    return int(problem.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))


def _ground(rows: pd.DataFrame, settings: Mapping[str, Any]) -> tuple[int | None, dict[str, Wrong]]:
    """The vintage that the codes stand on, and those that do not stand on it."""
    family, usual = settings["family"], int(settings.get("ground", VINTAGES[-1]))
    if family in ("unit", "territory", "zone"):
        return None, {}
    units = [code_repair.CITY_OF.get(unit, unit) for unit in rows["unit"]]
    vintage: int | None = int(settings.get("vintage") or usual)
    if settings.get("vintage"):
        vintage = min(max(int(settings["vintage"]), VINTAGES[0]), VINTAGES[-1])
    else:
        vintage = code_repair.vintage_of(units, family, usual)
    stands_on = usual if vintage is None else vintage
    wrong = advice("own.code.vintage", vintage=stands_on)
    return vintage, {"unit": dict.fromkeys(code_repair.strangers(units, family, stands_on), wrong)}


def _one_row_each(
    rows: pd.DataFrame, settings: Mapping[str, Any], lines: Sequence[int]
) -> tuple[pd.DataFrame, dict[str, Wrong]]:
    """One row by unit and period, arrondissements told as their city, and what cannot be so."""
    twice: dict[int, tuple[str, str]] = {}
    first: dict[tuple[str, str], int] = {}
    for position, key in enumerate(zip(rows["unit"], rows["period"], strict=True)):
        if first.setdefault(key, position) != position:
            holes = {"unit": key[0], "period": key[1], "line": lines[first[key]] + 2}
            twice[position] = advice("own.twice", **holes)
    if twice or settings["family"] != "commune":
        return rows, {"unit": twice}
    adds_up = settings["indicator"].startswith(("count_", "amount_"))
    told, wrong = code_repair.cities(rows, adds_up=adds_up, absent="absent" in settings)
    return told, {"unit": wrong}


def _rewritten(name: str, texts: Sequence[str], codes: code_repair.Codes) -> list[str]:
    pairs = dict.fromkeys(f"{texts[position]} → {code}" for position, code in codes.rewritten.items())
    if not pairs:
        return []
    count = len(codes.rewritten)
    examples = ", ".join(list(pairs)[:QUOTED]) + (", …" if len(pairs) > QUOTED else "")
    return [say("own.note.codes", n=count, count=count, file=name, examples=examples)]


def _figures(
    rows: pd.DataFrame, settings: Mapping[str, Any], name: str, vintage: int | None, notes: Sequence[str]
) -> Figures:
    frame = checked(rows, name)
    if "n" in rows:
        frame["n"] = rows["n"].to_numpy()
    ground = settings.get("vintage", "")
    if not ground and vintage is not None and vintage != settings.get("ground", vintage):
        ground = vintage
    breaks = [period_text.period_of(str(period)) for period in settings.get("breaks", ())]
    return Figures(
        unit=settings.get("unit", ""),
        data_vintage=frame["period"].max() if len(frame) else "",
        geography_vintage=str(ground),
        step=float(settings.get("step", 0.0)),
        rolling=bool(settings.get("rolling", False)),
        breaks=tuple(period.text for period in breaks if period),
        **{key: settings[key] for key in AS_SET if key in settings},
        notes=tuple(notes),
        _frame=frame,
    )
