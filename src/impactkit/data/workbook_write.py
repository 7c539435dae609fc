"""Writing a workbook that people fill: French headers with a comment, drop-down lists, an example line."""

import itertools
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from impactkit.data.tables import PLACES, fields, letters, schemas, shape, table_names
from impactkit.data.workbook.cells import is_date
from impactkit.data.workbook.manual import put_words, write_manual
from impactkit.data.workbook.opening import LISTS
from impactkit.data.workbook.words import EXAMPLE, plain
from impactkit.wording.language import Language

INK, PAPER, GREY = "FFFFFF", "1F4E5F", "808080"
# A list written in the cell's own rule holds 255 characters; a longer one needs cells to stand in.
LONGEST_LIST = 250
LINES = 1000
# Columns of words that want room.
WIDE = {"note": 40, "source": 36, "title": 36, "name": 32, "what": 40, "quotation": 48, "lesson": 48}
# Long lists of choices, and the column of the hidden sheet where each stands.
Lists = dict[tuple[str, ...], str]


def write_workbook(
    language: Language,
    tables: Mapping[str, pd.DataFrame],
    path: Path,
    *,
    light: bool = False,
    title: str = "",
) -> None:
    """Write tables (text, columns of their schema) as a workbook, one sheet each; those without rows show an
    example line.

    `light`: the four sheets of a collective (members, challenges, projects, jobs). Codes become their French
    words, territories their names where no two share one. It opens on a sheet that says how to fill it in,
    under the `title` of the evaluation.
    """
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    names = _place_names(tables.get("territories", pd.DataFrame()))
    lists: Lists = {}
    for table in sheets(tables, light=light):
        sheet = book.create_sheet(schemas(language)[table]["sheet"])
        own = names if table != "territories" else {}
        _write_sheet(
            language, sheet, table, tables.get(table, pd.DataFrame()).to_dict("records"), own, lists
        )
    write_manual(language, book, sheets(tables, light=light), title)
    if lists:
        hidden = book.create_sheet(LISTS)
        hidden.sheet_state = "hidden"
        for line, choices in enumerate(itertools.zip_longest(*lists, fillvalue=""), start=1):
            for column, choice in enumerate(choices, start=1):
                put_words(hidden.cell(line, column), choice)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.new")
    book.save(aside)
    aside.replace(path)


def sheets(tables: Mapping[str, pd.DataFrame], *, light: bool) -> list[str]:
    """The tables that a workbook holds; what could not be taken in is there only when there is some."""
    spare = "leftovers" if tables.get("leftovers", pd.DataFrame()).empty else ""
    order = dict.fromkeys((*ORDER, *table_names()))
    return [name for name in order if name != spare and (not light or shape(name).get("light"))]


ORDER = (
    "territories perimeters events members challenges milestones projects jobs project_outcomes funding "
    "partnerships transfers obstacles lessons unintended_effects evaluation_questions contributions "
    "valuations interviews unknowns units outcomes leftovers"
).split()


def _place_names(territories: pd.DataFrame) -> dict[str, str]:
    """Codes and the names that stand for them; not a name that two share, or that is another's code."""
    pairs = list(zip(territories.get("territory", ()), territories.get("name", ()), strict=False))
    told = {(plain(words), code) for code, name in pairs for words in (code, name)}
    borne = Counter(words for words, _ in told)
    return {code: name for code, name in pairs if name and borne[plain(name)] == 1}


def _write_sheet(
    language: Language, sheet: Any, table: str, rows: list[Any], names: Mapping[str, str], lists: Lists
) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font, PatternFill

    bold, paper = Font(bold=True, color=INK), PatternFill("solid", fgColor=PAPER)
    centred, grey = Alignment(vertical="center", wrap_text=True), Font(italic=True, color=GREY)
    for column, (name, one) in enumerate(fields(language, table).items(), start=1):
        head = sheet.cell(1, column)
        put_words(head, one["title"] + (" *" if _asked(one) else ""))
        head.font, head.fill, head.alignment = bold, paper, centred
        head.comment = Comment(_explained(language, one), "impactkit", width=320, height=150)
        figures = one["type"] in ("integer", "number", "boolean")
        sheet.column_dimensions[letters(column)].width = 14 if figures else WIDE.get(name, 22)
        if not rows and one.get("example") is not None:
            example = sheet.cell(2, column)
            put_words(example, f"{EXAMPLE} {shown(language, _example(one, names), one)}")
            example.font = grey
        _offer(language, sheet, letters(column), one, names, lists, first=2 if rows else 3)
        for line, row in enumerate(rows, start=2):
            _write_cell(language, sheet.cell(line, column), str(row.get(name, "")), one, names)
    sheet.row_dimensions[1].height = 32
    sheet.freeze_panes = "A2"
    # On paper: the width of a page, the header again on each.
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"


def _example(one: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """The example of a column: of a territory, one of the evaluation's own."""
    own = sorted(names.values()) if one["name"] in PLACES else []
    return own[PLACES.index(one["name"]) // 2 % len(own)] if own else str(one["example"])


def _asked(one: Mapping[str, Any]) -> bool:
    """Whether who fills the workbook must fill this column: a code and a source are found without them."""
    rule = one["constraints"]
    return bool(rule.get("required")) and not rule.get("unique") and one["name"] != "source"


def _explained(language: Language, one: Mapping[str, Any]) -> str:
    choices = " ; ".join(one["labels"].values())
    listed = language.say("workbook.choices", choices=choices) if choices else ""
    required = language.say("workbook.required") if _asked(one) else ""
    return "\n".join(filter(None, (one["description"], listed, required)))


def _words(language: Language, one: Mapping[str, Any]) -> dict[str, str]:
    """The codes of a column, and what a workbook says for them."""
    if one["type"] == "boolean":
        return {"true": language.say("workbook.yes"), "false": language.say("workbook.no")}
    return dict(one["labels"])


def shown(language: Language, text: str, one: Mapping[str, Any]) -> str:
    """A value of a table in the words of a workbook."""
    words, parts = _words(language, one), text.split("|") if one.get("many") else [text]
    return " ; ".join(words.get(part, part) for part in parts)


def _offer(
    language: Language,
    sheet: Any,
    letter: str,
    one: Mapping[str, Any],
    names: Mapping[str, str],
    lists: Lists,
    *,
    first: int,
) -> None:
    """A drop-down list under the header of a closed list; a column of several words has none."""
    from openpyxl.worksheet.datavalidation import DataValidation

    choices = tuple(sorted(names.values()) if one["name"] in PLACES else _words(language, one).values())
    if not choices or one.get("many"):
        return
    written = ",".join(choices)
    if len(written) > LONGEST_LIST or any("," in choice or '"' in choice for choice in choices):
        held = lists.setdefault(choices, letters(len(lists) + 1))
        formula = f"{LISTS}!${held}$1:${held}${len(choices)}"
    else:
        formula = f'"{written}"'
    rule = DataValidation(type="list", formula1=formula, allow_blank=True, showErrorMessage=False)
    rule.add(f"{letter}{first}:{letter}{LINES}")
    sheet.add_data_validation(rule)


def _write_cell(
    language: Language, cell: Any, text: str, one: Mapping[str, Any], names: Mapping[str, str]
) -> None:
    if text and one["type"] in ("integer", "number"):
        value = float(text)
        # A spreadsheet keeps fifteen figures: one that has more is written in words.
        exact = float(f"{value:.15g}") == value
        if exact:
            cell.value = int(value) if value.is_integer() else value
        else:
            put_words(cell, text.replace(".", ","))
    # A spreadsheet holds no month or year alone, and no day before 1901: they are words.
    elif is_date(one) and (day := pd.to_datetime(text, format="%Y-%m-%d", errors="coerce")).year > 1900:
        cell.value, cell.number_format = day.date(), "DD/MM/YYYY"
    elif text:
        words = names.get(text, text) if one["name"] in PLACES else text
        put_words(cell, shown(language, words, one))
