"""The columns of a table of one's own as figures: codes, periods and numbers read one way, or refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from impactkit.data.perimeters import VINTAGES
from impactkit.data.sources import code_repair, number_marks, period_text
from impactkit.data.sources.column import Cells, Wrongs, at
from impactkit.data.sources.figures import Figures
from impactkit.data.sources.own_cities import with_cities
from impactkit.data.sources.readers import checked
from impactkit.errors import Problem
from impactkit.wording.language import Language

AS_SET = ("indicator", "family", "source", "absent", "figure")
# Families whose codes no vintage changes.
STEADY = ("unit", "territory", "zone")
COUNTS = ("count_", "amount_")
# How many rewritten codes a note quotes.
QUOTED = 5
Settings = Mapping[str, Any]


@dataclass(frozen=True)
class Table:
    """The columns of a file, by role: unit, period, value and perhaps n."""

    name: str
    columns: Mapping[str, Cells]

    def texts(self, role: str) -> list[str]:
        """The cells of a column."""
        return self.columns[role].texts

    def problems(self, wrong: Mapping[str, Wrongs]) -> list[Problem]:
        """What is wrong with the cells of each column, line by line."""
        numbered = []
        for role, cells in wrong.items():
            column = self.columns[role]
            for position, sentences in cells.items():
                line, text = column.lines[position], column.texts[position]
                cell = f"{column.letters}{line}"
                problem = Problem(self.name, "", cell, text, *sentences)
                numbered.append((line, problem))
        numbered.sort(key=lambda pair: pair[0])
        return [problem for _, problem in numbered]


def figures_of(language: Language, table: Table, settings: Settings) -> tuple[Figures | None, list[Problem]]:
    """The figures that the columns of a file make, or what is wrong with them."""
    codes = code_repair.read(language, table.texts("unit"), settings["family"], settings.get("listed", ()))
    periods = period_text.read(language, table.texts("period"))
    marks = {
        "decimal": settings.get("decimal", ""),
        "thousands": settings.get("thousands", ""),
    }
    values = number_marks.read(language, table.texts("value"), **marks)
    wrong = {"unit": codes.wrong, "period": periods.wrong, "value": values.wrong}
    columns = {"unit": codes.units, "period": periods.values, "value": values.values}
    if "n" in table.columns:
        sizes = number_marks.read(language, table.texts("n"), **marks)
        wrong["n"] = sizes.wrong
        columns["n"] = sizes.values
    if problems := table.problems(wrong):
        return None, problems
    rows = pd.DataFrame(columns)
    rows["flag"] = ""
    return _sound(language, table, rows, codes, settings)


def _sound(
    language: Language,
    table: Table,
    rows: pd.DataFrame,
    codes: code_repair.Codes,
    settings: Settings,
) -> tuple[Figures | None, list[Problem]]:
    """Figures of rows that can be read: on the ground of one vintage, one row by unit and period."""
    ground = _vintage(codes.units, settings)
    wrong = _strangers(language, codes.units, settings["family"], ground)
    wrong = wrong or _twice(language, rows, table.columns["unit"].lines)
    if wrong:
        return None, table.problems({"unit": wrong})
    notes = _rewritten(language, table, codes)
    if settings["family"] == "commune":
        adds_up = settings["indicator"].startswith(COUNTS)
        whole = with_cities(language, rows, adds_up=adds_up, absent="absent" in settings)
        if whole.wrong:
            return None, table.problems({"unit": whole.wrong})
        if len(whole.rows) < len(rows):
            notes.append(language.say("own.note.cities", file=table.name))
        rows = whole.rows
    vintage = settings.get("vintage", "")
    if not vintage and ground != settings.get("ground", ground):
        vintage = ground
        notes.append(language.say("own.note.vintage", file=table.name, vintage=vintage))
    return _figures(language, table.name, rows, settings, str(vintage), notes), []


def _vintage(units: Sequence[str], settings: Settings) -> int:
    """The vintage that the codes stand on: the one said, else one at which they all exist."""
    usual = settings.get("ground", VINTAGES[-1])
    family = settings["family"]
    if family in STEADY:
        return int(usual)
    if said := settings.get("vintage"):
        return min(max(int(said), VINTAGES[0]), VINTAGES[-1])
    places = map(code_repair.city_of, units)
    return code_repair.vintage_of(places, family, usual) or int(usual)


def _strangers(language: Language, units: Sequence[str], family: str, vintage: int) -> Wrongs:
    if family in STEADY:
        return {}
    places = list(map(code_repair.city_of, units))
    positions = code_repair.strangers(places, family, vintage)
    return at(positions, language.advice("own.code.vintage", vintage=vintage))


def _twice(language: Language, rows: pd.DataFrame, lines: Sequence[int]) -> Wrongs:
    """Rows whose unit and period stand on an earlier line."""
    wrong = Wrongs()
    first: dict[tuple[str, str], int] = {}
    keys = zip(rows["unit"], rows["period"], lines, strict=True)
    for position, (unit, period, line) in enumerate(keys):
        earlier = first.setdefault((unit, period), line)
        if earlier != line:
            wrong[position] = language.advice("own.twice", unit=unit, period=period, line=earlier)
    return wrong


def _rewritten(language: Language, table: Table, codes: code_repair.Codes) -> list[str]:
    """The note of the codes that were rewritten; none when none was."""
    texts = table.texts("unit")
    pairs: list[str] = []
    for position, code in codes.rewritten.items():
        pair = f"{texts[position]} → {code}"
        if pair not in pairs[:QUOTED]:
            pairs.append(pair)
    if not pairs:
        return []
    count = len(codes.rewritten)
    if len(pairs) > QUOTED:
        pairs[QUOTED:] = ["…"]
    examples = ", ".join(pairs)
    return [language.say("own.note.codes", n=count, count=count, file=table.name, examples=examples)]


def _figures(
    language: Language,
    name: str,
    rows: pd.DataFrame,
    settings: Settings,
    vintage: str,
    notes: Sequence[str],
) -> Figures:
    frame = checked(language, rows, name)
    if "n" in rows:
        frame["n"] = rows["n"].to_numpy()
    breaks = []
    for text in settings.get("breaks", ()):
        if period := period_text.period_of(str(text)):
            breaks.append(period.text)
    as_set = {key: settings[key] for key in AS_SET if key in settings}
    return Figures(
        unit=settings.get("unit", ""),
        data_vintage=frame["period"].max() if len(frame) else "",
        geography_vintage=vintage,
        step=float(settings.get("step", 0.0)),
        rolling=bool(settings.get("rolling", False)),
        breaks=tuple(breaks),
        **as_set,
        notes=tuple(notes),
        _frame=frame,
    )
