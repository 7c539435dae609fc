"""What a reader does not see, or what is no row: asked about, or set aside and named; every cell counts."""

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Font
from typed_book import JOBS, PLACE, SHEETS, book_in, folder_in, imported, table_of

import impactkit as ik
from impactkit.data.workbook.words import clean

HEAD = ["Territoire", "Nom", "Type", "Rôle"]
NAMES = ("Forge", "Lavoir", "Moulin", "Verger")
MEMBERS = [HEAD, *([PLACE, name, "association", "membre"] for name in NAMES)]
STRUCK = Font(strike=True)


def taken(tmp_path, edit, sheets=None, **how):
    path = book_in(tmp_path / "classeur.xlsx", sheets or {"Membres": MEMBERS}, edit=edit)
    folder = tmp_path / f"essai-{how.get('hidden', 'ask')}"
    done = imported(folder_in(folder), path, **how)
    _counts_add_up(done, path)
    return done, folder


def _counts_add_up(done, path):
    """Every cell that holds something has its line in the receipt, once."""
    held = {
        (sheet.title, cell.coordinate)
        for sheet in openpyxl.load_workbook(path).worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None and clean(str(cell.value))
    }
    entries = [(entry.sheet, entry.cell) for entry in done.receipt.entries]
    assert sorted(entries) == sorted(held)
    assert sum(done.receipt.counts.values()) == len(held)


def hide_line(book):
    book["Membres"].row_dimensions[3].hidden = True


def filter_lines(book):
    sheet = book["Membres"]
    sheet.auto_filter.ref = "A1:D5"
    sheet.auto_filter.add_filter_column(1, ["Forge"])
    for line in (3, 4):
        sheet.row_dimensions[line].hidden = True


def fold_line(book):
    book["Membres"].row_dimensions.group(4, 4, hidden=True)


def hide_column(book):
    book["Membres"].column_dimensions["C"].hidden = True


def strike_line(book):
    for column in "ABCD":
        book["Membres"][f"{column}3"].font = STRUCK


def strike_cell(book):
    book["Membres"]["C3"].font = STRUCK


def strike_letters(book):
    gone = TextBlock(InlineFont(strike=True), "Grand ")
    book["Membres"]["B3"] = CellRichText(gone, "Lavoir")


@pytest.mark.parametrize(
    ("edit", "cell", "dropped"),
    [
        (hide_line, "A3", {"Forge", "Moulin", "Verger"}),
        (filter_lines, "A3:A4", {"Forge", "Verger"}),
        (fold_line, "A4", {"Forge", "Lavoir", "Verger"}),
        (hide_column, "C1", {"Forge", "Lavoir", "Moulin", "Verger"}),
        (strike_line, "A3", {"Forge", "Moulin", "Verger"}),
        (strike_cell, "C3", {"Forge", "Lavoir", "Moulin", "Verger"}),
        (strike_letters, "B3", {"Forge", "", "Moulin", "Verger"}),
    ],
)
def test_what_is_hidden_or_struck_is_asked_about(tmp_path, edit, cell, dropped):
    done, _ = taken(tmp_path, edit)
    assert [one.cell for one in done.problems] == [cell] and not done.written, str(done)
    assert "--hidden" in done.problems[0].next
    kept, folder = taken(tmp_path, edit, hidden="keep")
    assert kept.written and len(table_of(folder, "members")) == 4
    without, folder = taken(tmp_path, edit, hidden="drop")
    assert without.written, str(without)
    rows = table_of(folder, "members")
    assert {row["name"] for row in rows} == dropped
    aside = [entry for entry in without.receipt.entries if "drop" in entry.why]
    assert aside and all(entry.fate == "aside" for entry in aside)


def test_another_word_for_hidden_is_refused(tmp_path):
    path = book_in(tmp_path / "classeur.xlsx", {"Membres": MEMBERS})
    with pytest.raises(ik.UnknownName, match="keep"):
        imported(folder_in(tmp_path / "essai"), path, hidden="kept")


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
@pytest.mark.parametrize("title", ["Emplois", "Brouillon"])
def test_a_hidden_sheet_is_left_out_and_said(tmp_path, state, title):
    def edit(book):
        book[title].sheet_state = state

    sheets = {"Membres": MEMBERS, title: [JOBS, [PLACE, "halle", 3, 2, "dix", "2021-06-30"]]}
    done, folder = taken(tmp_path, edit, sheets)
    assert done.written and not table_of(folder, "jobs") and not table_of(folder, "leftovers")
    assert f"« {title} »".replace("« ", "«\u202f").replace(" »", "\u202f»") in str(done)
    entries = [entry for entry in done.receipt.entries if entry.sheet == title]
    assert len(entries) == 12 and {entry.fate for entry in entries} == {"aside"}


def test_comments_are_kept_in_the_remark_or_said_lost(tmp_path):
    def edit(book):
        book["Membres"]["B2"].comment = Comment("ancien nom : la Grande Forge", "Anne")
        book["Membres"]["E1"] = "Téléphone"
        book["Recettes"]["A2"].comment = Comment("à vérifier", "Anne")

    sheets = {"Membres": MEMBERS, "Recettes": [["Soupe"], ["Ortie"]]}
    done, folder = taken(tmp_path, edit, sheets)
    assert "ancien nom : la Grande Forge" in table_of(folder, "members")[0]["note"]
    became = {(sheet, cell): words for sheet, cell, _, words in done.receipt.comments}
    assert set(became) == {("Membres", "B2"), ("Recettes", "A2")}
    assert "perdu" in became["Recettes", "A2"] and "remarque" in became["Membres", "B2"]
    assert "à vérifier" in str(done)
    again = imported(folder, tmp_path / "classeur.xlsx")
    assert not again.changes and not any(again.added.values())


@pytest.mark.parametrize(
    ("title", "near"),
    [("Budget", "Coût annuel"), ("Bénéficiaire", ""), ("Date lancement prévue", ""), ("Téléphone", "")],
)
def test_a_renamed_column_is_named_with_the_one_it_may_be(tmp_path, title, near):
    sheets = {"Projets": [["Projet", "Territoire", title], ["Conserverie", PLACE, 45]]}
    done, folder = taken(tmp_path, None, sheets)
    rows = [row for row in table_of(folder, "projects") if row["name"] == "Conserverie"]
    if title == "Bénéficiaire":
        assert rows[0]["beneficiaries"] == "45"
        return
    assert rows and title in str(done) and "C1" in str(done) and near in str(done)
    fates = {entry.cell: entry for entry in done.receipt.entries}
    assert fates["C2"].fate == "aside" and fates["C2"].value == "45" and fates["C2"].why


@pytest.mark.parametrize(
    "words",
    [
        "Note : chiffres provisoires",
        "* hors intérim",
        "Source : enquête 2021",
        "Les membres sont ceux qui ont signé la charte en juin",
        "(1) au 30 juin",
        "N.B. liste arrêtée en mai",
    ],
)
@pytest.mark.parametrize("column", ["A", "B"])
def test_a_note_under_the_table_is_no_row_and_is_named(tmp_path, words, column):
    def edit(book):
        book["Membres"][f"{column}7"] = words

    done, folder = taken(tmp_path, edit)
    assert done.written, str(done)
    assert len(table_of(folder, "members")) == 4
    assert words in {row["value"] for row in table_of(folder, "leftovers")}
    entry = next(entry for entry in done.receipt.entries if entry.cell == f"{column}7")
    assert entry.fate == "aside" and "remarque" in entry.why and words in str(done)


def test_the_receipt_of_a_whole_workbook_adds_up_as_a_file_too(tmp_path):
    done, folder = taken(tmp_path, None, SHEETS)
    text = done.file.read_text("utf-8")
    assert done.file.parent == folder / "receipts" and done.file.name.endswith("-classeur.csv")
    assert len(text.splitlines()) == 1 + sum(done.receipt.counts.values())
    assert str(sum(done.receipt.counts.values())) in str(done)


def test_the_same_import_writes_the_same_receipt(tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1626000000")
    path = book_in(tmp_path / "classeur.xlsx", SHEETS)
    receipts = [imported(folder_in(tmp_path / name), path).file for name in ("un", "deux")]
    assert receipts[0].name == receipts[1].name == "2021-07-11-classeur.csv"
    assert receipts[0].read_bytes() == receipts[1].read_bytes()
    again = imported(tmp_path / "un", path).file
    assert again.name == "2021-07-11-classeur-2.csv" and receipts[0].is_file()


def test_a_refusal_and_a_trial_say_what_became_of_each_cell_and_write_nothing(tmp_path):
    sheets = {"Membres": [*MEMBERS, [PLACE, "Quai", "n’importe quoi", "membre"]]}
    done, folder = taken(tmp_path, None, sheets)
    assert done.receipt.counts["refused"] == 1 and not (folder / "receipts").exists()
    path = book_in(tmp_path / "b.xlsx", {"Membres": MEMBERS})
    trial = imported(folder, path, dry_run=True)
    assert trial.receipt.counts["taken"] == 16 and not (folder / "receipts").exists()
