"""Whatever a person does to a workbook of the kit: each value comes back or its cell is named, importing
twice is importing once, and the receipt has one line for each cell that holds something.
"""

import copy
import datetime as dt
import tempfile
from pathlib import Path

import openpyxl
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from tiers import examples
from typed_book import PLACE, SHEETS, book_in, folder_in, imported, table_of, tables

import impactkit as ik
from impactkit.data.facts import label
from impactkit.data.tables import fields
from impactkit.data.workbook.words import clean, plain
from impactkit.wording.language import FRENCH

# Each example writes and reads several workbooks.
FEW = settings(
    max_examples=examples(25),
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
TITLES = ("Emplois", "Financements", "Partenariats", "Projets", "Enseignements")
FIGURES = {"Emplois": ("Emplois", "ETP"), "Financements": ("Montant",), "Partenariats": ("Euros", "Heures")}
FIGURES |= {"Projets": ("Coût annuel", "Heures d’appui"), "Enseignements": ()}


class Sheet:
    """A sheet under edit: its header, its rows, a cell of a column by its title."""

    def __init__(self, book, title, pick):
        self.book, self.sheet, self.pick = book, book[title], pick
        self.head = next((line for line in range(1, 6) if self._titles(line).keys() >= {"Source"}), 1)

    def _titles(self, line):
        cells = ((str(cell.value or "").rstrip(" *"), cell.column) for cell in self.sheet[line])
        return {title: column for title, column in cells if title}

    @property
    def rows(self):
        return [
            line
            for line in range(self.head + 1, self.sheet.max_row + 1)
            if any(cell.value is not None for cell in self.sheet[line])
        ]

    def cell(self, *titles):
        """A cell of a row, in one of the columns of these titles; nothing when there is none."""
        columns = [column for title, column in self._titles(self.head).items() if title in titles]
        if not columns or not self.rows:
            return None
        line, column = self.rows[self.pick % len(self.rows)], columns[self.pick % len(columns)]
        return self.sheet.cell(line, column)

    def figure(self):
        return self.cell(*FIGURES[self.sheet.title])

    def add(self, values):
        for column, value in enumerate(values, start=1):
            self.sheet.cell(self.sheet.max_row + (column == 1), column, value)


def put(value, form="General"):
    def edit(one):
        cell = one.figure()
        if cell is not None:
            cell.value, cell.number_format = value, form

    return edit


def form(written):
    def edit(one):
        cell = one.figure()
        if cell is not None:
            cell.number_format = written

    return edit


def words(title, text):
    def edit(one):
        cell = one.cell(title)
        if cell is not None:
            cell.value = text

    return edit


def delete_row(one):
    if one.rows:
        one.sheet.delete_rows(one.rows[one.pick % len(one.rows)])


def copy_row(one):
    if one.rows:
        line = one.rows[one.pick % len(one.rows)]
        values = [(cell.column, cell.value, cell.number_format) for cell in one.sheet[line]]
        below = one.sheet.max_row + 1
        for column, value, written in values:
            one.sheet.cell(below, column, value).number_format = written


def copy_and_change(one):
    copy_row(one)
    cell = one.figure()
    if cell is not None:
        cell.value = 77


def hide_row(one):
    if one.rows:
        one.sheet.row_dimensions[one.rows[one.pick % len(one.rows)]].hidden = True


def hide_column(one):
    one.sheet.column_dimensions[get_column_letter(one.pick % one.sheet.max_column + 1)].hidden = True


def strike(one):
    cell = one.figure() or one.cell("Source")
    if cell is not None:
        cell.font = Font(strike=True)


def add_column(one):
    column = one.sheet.max_column + 1
    one.sheet.cell(one.head, column, "Téléphone")
    for line in one.rows:
        one.sheet.cell(line, column, 612345678).number_format = "00 00 00 00 00"


def rename(one):
    column = one.pick % one.sheet.max_column + 1
    one.sheet.cell(one.head, column, "Colonne de Paul")


def unit_in_header(one):
    titles = one._titles(one.head)
    named = [title for title in titles if title in FIGURES[one.sheet.title]]
    if named:
        title = named[one.pick % len(named)]
        one.sheet.cell(one.head, titles[title], f"{title} (k€)")


def note_below(one):
    one.sheet.cell(one.sheet.max_row + 2, 1, "Note : chiffres provisoires")


def title_above(one):
    one.sheet.insert_rows(1)
    one.sheet["A1"] = "Tableau de bord, mise à jour de juin"


def total(one):
    line = one.sheet.max_row + 1
    one.sheet.cell(line, 1, "Total")
    one.sheet.cell(line, 4, 12)


def hidden_sheet(one):
    sheet = one.book.create_sheet()
    sheet["A1"], sheet["B2"] = "brouillon", 12
    sheet.sheet_state = "veryHidden" if one.pick % 2 else "hidden"


def other_sheet(one):
    sheet = one.book.create_sheet()
    sheet["B2"], sheet["C9"] = "Recette de soupe", 3


def comment(one):
    cell = one.cell("Source", "Emplois", "Montant")
    if cell is not None:
        cell.comment = Comment("vu avec le trésorier", "Anne")


def reverse(one):
    lines = [[(cell.value, copy.copy(cell.number_format)) for cell in one.sheet[line]] for line in one.rows]
    for line, values in zip(one.rows, reversed(lines), strict=True):
        for column, (value, written) in enumerate(values, start=1):
            one.sheet.cell(line, column).value = value
            one.sheet.cell(line, column).number_format = written


def new_row(one):
    titles = one._titles(one.head)
    about = {
        "Territoire": PLACE,
        "Projet": "verger",
        "Financeur": "Ville",
        "État": "engagé",
        "Entreprise": "Quai",
    }
    about |= {"Type": "mentorat", "Nature": "enseignement", "Enseignement": "Il faut un lieu", "Emplois": 2}
    about |= {"Montant": "2 k€", "À la date du": "juin 2020", "Source": "idem", "Lancé le": "2019"}
    line = one.sheet.max_row + 1
    for title, value in about.items():
        if title in titles:
            one.sheet.cell(line, titles[title], value)


EDITS = {
    "another figure": put(41),
    "a decimal": put(2.25),
    "an amount in text": put("1 250,50 €"),
    "thousands in text": put("12 k€"),
    "another unit in text": put("300 heures"),
    "words for a figure": put("une dizaine"),
    "not known": put("n.d."),
    "a format in thousands": form('0" k€"'),
    "a scaling format": form('0.0,"k€"'),
    "a percentage": form("0%"),
    "a hiding format": form(";;;"),
    "an emptied cell": put(None),
    "an emptied source": words("Source", None),
    "idem": words("Source", "idem"),
    "a date in words": words("À la date du", "le 3 mars 2020"),
    "a date as a day": words("À la date du", dt.date(2020, 3, 3)),
    "an impossible date": words("À la date du", "31/02/2020"),
    "a date to come": words("À la date du", "2061"),
    "an unknown territory": words("Territoire", "Kergoat"),
    "a territory in capitals": words("Territoire", PLACE.upper()),
    "a deleted row": delete_row,
    "a row twice": copy_row,
    "a row twice with another figure": copy_and_change,
    "a hidden row": hide_row,
    "a hidden column": hide_column,
    "a struck cell": strike,
    "a column of telephones": add_column,
    "a renamed column": rename,
    "a unit in a header": unit_in_header,
    "a note below": note_below,
    "a title above": title_above,
    "a total": total,
    "a hidden sheet": hidden_sheet,
    "another sheet": other_sheet,
    "a comment": comment,
    "rows in another order": reverse,
    "a new row": new_row,
}


def _held(path):
    """Every cell of a workbook that holds something, counted without the kit."""
    return {
        (sheet.title, cell.coordinate)
        for sheet in openpyxl.load_workbook(path).worksheets
        for line in sheet.iter_rows()
        for cell in line
        if cell.value is not None and clean(str(cell.value))
    }


def _value(folder, entry):
    """What the table of a folder holds for the row and the column of an entry."""
    rows = [
        row for row in table_of(folder, entry.table) if plain(label(entry.table, row)) == plain(entry.key)
    ]
    assert len(rows) == 1, entry
    return rows[0][entry.column]


def _facts(receipt):
    """What a receipt says the tables hold: by table, row and column."""
    kept = ("taken", "same", "changed", "replaced")
    return {(entry.table, plain(entry.key), entry.column) for entry in receipt.entries if entry.fate in kept}


@FEW
@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(EDITS)), st.sampled_from(TITLES), st.integers(0, 40)),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from(["ask", "keep", "drop"]),
)
def test_whatever_a_person_does_no_value_is_lost_or_changed_unsaid(edits, hidden):
    with tempfile.TemporaryDirectory() as aside:
        home = Path(aside)
        folder = folder_in(home / "essai")
        assert imported(folder, book_in(home / "premier.xlsx", SHEETS)).written
        path = ik.new_workbook(folder)
        book = openpyxl.load_workbook(path)
        for name, title, pick in edits:
            EDITS[name](Sheet(book, title, pick))
        book.save(path)
        before = tables(folder)
        done = imported(folder, path, hidden=hidden, source="relevé")
        entries = {(entry.sheet, entry.cell): entry for entry in done.receipt.entries}
        assert entries.keys() == _held(path) and len(entries) == len(done.receipt.entries)
        assert sum(done.receipt.counts.values()) == len(entries)
        for entry in entries.values():
            assert entry.fate not in ("aside", "changed", "retracted", "refused") or entry.why, entry
        if done.problems:
            assert tables(folder) == before and not done.written
            assert all(problem.expected and problem.next for problem in done.problems)
            return
        for entry in entries.values():
            if entry.fate in ("taken", "same", "changed", "replaced"):
                _agrees(entry, _value(folder, entry))
        after = tables(folder)
        assert not ik.check(folder)
        again = imported(folder, path, hidden=hidden, source="relevé")
        assert again.written and not again.changes and not any(again.added.values())
        assert tables(folder) == after
        (folder / "classeur.xlsx").unlink()
        back = imported(folder, ik.new_workbook(folder))
        assert not back.changes and not any(back.added.values()) and not back.receipt.kept
        assert _facts(done.receipt) <= _facts(back.receipt)


def _agrees(entry, text):
    """What the table holds is what the receipt says that it holds."""
    field = fields(FRENCH, entry.table)[entry.column]
    if field["type"] in ("integer", "number"):
        assert float(text) == float(entry.becomes), entry
    elif entry.column not in ("territory", "project", "challenge", "note"):
        assert clean(text) == clean(entry.becomes), entry
