"""Writing a workbook that people fill: French headers with a comment, drop-down lists, an example line."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from impactkit.data.check_rules import PLACES
from impactkit.data.tables import address, schemas
from impactkit.data.workbook_cells import EXAMPLE, plain
from impactkit.data.workbook_file import LISTS
from impactkit.wording.catalogue import say

INK, PAPER, GREY = "FFFFFF", "1F4E5F", "808080"
# A list written in the cell's own rule holds 255 characters; a longer one needs cells to stand in.
LONGEST_LIST = 250
LINES = 1000
DAY = "DD/MM/YYYY"


def write_workbook(tables: Mapping[str, pd.DataFrame], path: Path, *, light: bool = False) -> None:
    """Write tables (text, columns of their schema) as a workbook, one sheet each; those without rows show an
    example line.

    `light`: the four sheets of a collective (members, challenges, projects, jobs). Codes become their French
    words, territories their names where no two share one.
    """
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    names = _place_names(tables.get("territories"))
    lists: dict[tuple[str, ...], str] = {}
    for table in sheets(tables, light=light):
        sheet = book.create_sheet(schemas()[table]["sheet"])
        _write_sheet(sheet, table, tables.get(table), names, lists)
    _write_lists(book, lists)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.new")
    book.save(aside)
    aside.replace(path)


def sheets(tables: Mapping[str, pd.DataFrame], *, light: bool) -> list[str]:
    """The tables that a workbook holds; what could not be taken in is there only when there is some."""
    leftovers = tables.get("leftovers")
    spare = {"leftovers"} if leftovers is None or leftovers.empty else set()
    order = [name for name in ORDER if name in schemas()]
    order += [name for name in schemas() if name not in order]
    return [name for name in order if name not in spare and (not light or schemas()[name].get("light"))]


ORDER = (
    "territories perimeters events members challenges milestones projects jobs project_outcomes funding "
    "partnerships transfers obstacles lessons unintended_effects evaluation_questions contributions "
    "valuations interviews unknowns units outcomes leftovers"
).split()


def _place_names(territories: pd.DataFrame | None) -> dict[str, str]:
    """Codes and the names that stand for them; not a name that two share, or that is another's code."""
    if territories is None or not {"territory", "name"} <= set(territories):
        return {}
    pairs = list(zip(territories["territory"], territories["name"], strict=True))
    borne: dict[str, set[str]] = {}
    for code, name in pairs:
        for words in (plain(name), plain(code)):
            borne.setdefault(words, set()).add(code)
    return {code: name for code, name in pairs if name and len(borne[plain(name)]) == 1}


def _write_sheet(
    sheet: Any,
    table: str,
    rows: pd.DataFrame | None,
    names: Mapping[str, str],
    lists: dict[tuple[str, ...], str],
) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font, PatternFill

    fields = schemas()[table]["fields"]
    empty = rows is None or rows.empty
    named = table != "territories"
    for column, one in enumerate(fields, start=1):
        head = sheet.cell(1, column, one["title"] + (" *" if _asked(one) else ""))
        head.font, head.fill = Font(bold=True, color=INK), PatternFill("solid", fgColor=PAPER)
        head.alignment = Alignment(vertical="center", wrap_text=True)
        head.comment = Comment(_explained(one), "impactkit", width=320, height=150)
        sheet.column_dimensions[address(1, column - 1)[:-1]].width = _width(one)
        if empty and one.get("example") is not None:
            shown = sheet.cell(2, column, f"{EXAMPLE} {_example(one)}")
            shown.font = Font(italic=True, color=GREY)
        _offer(sheet, column, one, names if named else {}, lists, first=3 if empty else 2)
    sheet.row_dimensions[1].height = 32
    sheet.freeze_panes = "A2"
    # On paper: the width of a page, the header again on each.
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
    if rows is not None and not rows.empty:
        for line, row in enumerate(rows.to_dict("records"), start=2):
            for column, one in enumerate(fields, start=1):
                _write_cell(
                    sheet.cell(line, column), str(row.get(one["name"], "")), one, names if named else {}
                )


def _asked(one: Mapping[str, Any]) -> bool:
    """Whether who fills the workbook must fill this column: a code and a source are found without them."""
    constraints = one.get("constraints", {})
    return bool(constraints.get("required")) and not constraints.get("unique") and one["name"] != "source"


def _explained(one: Mapping[str, Any]) -> str:
    lines = [one["description"]]
    if one.get("labels"):
        lines.append(say("workbook.choices", choices=" ; ".join(one["labels"].values())))
    if _asked(one):
        lines.append(say("workbook.required"))
    return "\n".join(lines)


def _example(one: Mapping[str, Any]) -> str:
    return shown(str(one["example"]), one)


def shown(text: str, one: Mapping[str, Any]) -> str:
    """A value of a table in the words of a workbook."""
    labels = one.get("labels", {})
    if one["type"] == "boolean":
        labels = {"true": say("workbook.yes"), "false": say("workbook.no")}
    if one.get("many"):
        return " ; ".join(labels.get(part, part) for part in text.split("|"))
    return str(labels.get(text, text))


def _width(one: Mapping[str, Any]) -> float:
    if one["type"] in ("integer", "number", "boolean"):
        return 14
    wide = {"note": 40, "source": 36, "title": 36, "name": 32, "what": 40, "quotation": 48, "lesson": 48}
    return wide.get(one["name"], 22)


def _offer(
    sheet: Any,
    column: int,
    one: Mapping[str, Any],
    names: Mapping[str, str],
    lists: dict[tuple[str, ...], str],
    *,
    first: int,
) -> None:
    """A drop-down list under the header of a closed list; a column of several words has none."""
    from openpyxl.worksheet.datavalidation import DataValidation

    choices = tuple(one["labels"].values()) if one.get("labels") and not one.get("many") else ()
    if one["type"] == "boolean":
        choices = (say("workbook.yes"), say("workbook.no"))
    if one["name"] in PLACES:
        choices = tuple(sorted(names.values()))
    if not choices:
        return
    written = ",".join(choices)
    if len(written) > LONGEST_LIST or any("," in choice or '"' in choice for choice in choices):
        letter = lists.setdefault(choices, address(1, len(lists))[:-1])
        formula = f"{LISTS}!${letter}$1:${letter}${len(choices)}"
    else:
        formula = f'"{written}"'
    rule = DataValidation(type="list", formula1=formula, allow_blank=True, showErrorMessage=False)
    letter = address(1, column - 1)[:-1]
    rule.add(f"{letter}{first}:{letter}{LINES}")
    sheet.add_data_validation(rule)


def _write_lists(book: Any, lists: Mapping[tuple[str, ...], str]) -> None:
    if not lists:
        return
    sheet = book.create_sheet(LISTS)
    sheet.sheet_state = "hidden"
    for column, choices in enumerate(lists, start=1):
        for line, choice in enumerate(choices, start=1):
            sheet.cell(line, column, choice)


def _write_cell(cell: Any, text: str, one: Mapping[str, Any], names: Mapping[str, str]) -> None:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if not text:
        return
    if one["type"] in ("integer", "number"):
        value = float(text)
        # A spreadsheet keeps fifteen figures: one that has more is written in words.
        exact = float(f"{value:.15g}") == value
        cell.value = text.replace(".", ",") if not exact else int(value) if value.is_integer() else value
        return
    day = _day(text) if "\\d{4}(-\\d{2}(" in str(one.get("constraints", {}).get("pattern", "")) else None
    if day is not None:
        cell.value, cell.number_format = day, DAY
        return
    words = names.get(text, text) if one["name"] in PLACES else text
    cell.value = ILLEGAL_CHARACTERS_RE.sub("\ufffd", shown(words, one))
    # What starts with = is words too, never a formula.
    cell.data_type = "s"


def _day(text: str) -> dt.date | None:
    """The day of a full date that a spreadsheet can hold; None for a month, a year, a date before 1901."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if len(text) == 10 and day.year > 1900 else None
