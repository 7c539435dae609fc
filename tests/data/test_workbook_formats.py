"""Whatever spreadsheet wrote it, a workbook is read the same: .xlsx (Strict too), .ods, .xls, .csv."""

import datetime as dt
import io
import shutil
import zipfile

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font
from typed_book import PLACE, book_in, folder_in, imported, table_of, tables

import impactkit as ik
from impactkit.data.workbook.xlsx import NAMES, STRICT

MONEY = ["Territoire", "Financeur", "État", "Montant", "À la date du", "Remarque"]
DAY = dt.date(2021, 6, 30)
RIGHT = {
    "Financements": [
        MONEY,
        [PLACE, "Région", "versé", 12, DAY, None],
        [PLACE, "Fonds", "engagé", 1500.5, "juin 2021", "à confirmer"],
        [PLACE, "Ville", "recherché", "1 200,50 €", 2021, None],
        ["Total", None, None, "=SUM(D2:D3)", None, None],
    ],
    "Emplois": [
        ["Territoire", "Projet", "Emplois", "ETP", "Insertion", "Ambition", "À la date du"],
        [PLACE, "halle", 3, 2.5, True, 53, DAY],
        [PLACE, "atelier", "=1+1", 1.25, "non", "une dizaine", DAY],
    ],
}
WRONG = {
    "Financements": [
        MONEY,
        [PLACE, "Région", "versé", 0.8, DAY, None],
        [PLACE, "Fonds", "versé", "300 heures", DAY, None],
        [PLACE, "Ville", "peut-être", 10, "31/02/2021", None],
        [PLACE, "État", "versé", 10, DAY, "rayé"],
        [PLACE, "Europe", "versé", 10, DAY, None],
        [PLACE, "Banque", "versé", "=1/0", DAY, None],
    ],
}


def right(path):
    formats = {
        ("Financements", "D2"): '0" k€"',
        ("Emplois", "F2"): "00000",
        ("Financements", "D3"): "#,##0.00",
    }
    formats |= {("Financements", f"E{line}"): "dd/mm/yyyy" for line in (2,)}

    def edit(book):
        book["Financements"]["D3"].comment = Comment("vu avec le trésorier", "Anne")
        secret = book.create_sheet("Brouillon")
        secret["A1"] = "ne pas lire"
        secret.sheet_state = "hidden"

    return book_in(path, RIGHT, formats, edit)


def wrong(path):
    def edit(book):
        sheet = book["Financements"]
        for column in "ABCDEF":
            sheet[f"{column}5"].font = Font(strike=True)
        sheet.row_dimensions[6].hidden = True

    return book_in(path, WRONG, {("Financements", "D2"): "0%"}, edit)


@pytest.fixture(scope="module")
def soffice():
    command = shutil.which("soffice")
    if not command:
        pytest.skip(
            "LibreOffice is not here: put the folder of soffice on PATH (Debian: libreoffice-calc-nogui)"
        )
    return command


def converted(processes, soffice, path, kind):
    """A workbook as LibreOffice writes it in another format."""
    home = path.parent / "profile"
    command = [soffice, f"-env:UserInstallation={home.as_uri()}", "--headless", "--convert-to", kind]
    ending = kind.partition(":")[0]
    to = path.parent / ending
    to.mkdir(exist_ok=True)
    processes.run([*command, "--outdir", str(to), str(path)], check=True, capture_output=True, timeout=180)
    return to / f"{path.stem}.{ending}"


def _check_right(folder, path):
    done = imported(folder, path)
    assert done.written, str(done)
    money = {row["payer"]: row for row in table_of(folder, "funding")}
    assert [money[name]["amount"] for name in ("Région", "Fonds", "Ville")] == ["12000", "1500.5", "1200.5"]
    assert [money[name]["as_of"] for name in ("Région", "Fonds", "Ville")] == [
        "2021-06-30",
        "2021-06",
        "2021",
    ]
    assert "vu avec le trésorier" in money["Fonds"]["note"] and "à confirmer" in money["Fonds"]["note"]
    jobs = {row["project"]: row for row in table_of(folder, "jobs")}
    assert (jobs["halle"]["actual"], jobs["halle"]["fte"], jobs["halle"]["target"]) == ("3", "2.5", "00053")
    assert (jobs["atelier"]["actual"], jobs["atelier"]["fte"]) == ("2", "1.25")
    assert "Brouillon" in str(done) and not any(
        "ne pas lire" in str(row) for row in table_of(folder, "leftovers")
    )


@pytest.mark.parametrize("kind", ["xlsx", "ods", "xls"])
def test_a_right_workbook_gives_the_same_tables_in_each_format(soffice, tmp_path, kind, processes):
    path = converted(processes, soffice, right(tmp_path / "juste.xlsx"), kind)
    _check_right(folder_in(tmp_path / "essai"), path)


@pytest.mark.parametrize("kind", ["xlsx", "ods", "xls"])
def test_a_wrong_workbook_gets_the_same_words_in_each_format(soffice, tmp_path, kind, processes):
    first = wrong(tmp_path / "faux.xlsx")
    folder = folder_in(tmp_path / "essai")
    done = imported(folder, converted(processes, soffice, first, kind))
    told = {one.cell: one.expected for one in done.problems}
    assert set(told) == {"D2", "D3", "C4", "E4", "A5", "A6", "D7"}, str(done)
    assert "masquées" in told["A6"] and "barré" in told["A5"] and "tableur" in told["D7"]


def strict(path):
    """The same workbook under the names of Strict Open XML, as Excel writes it."""
    content = io.BytesIO(path.read_bytes())
    with zipfile.ZipFile(content) as archive, zipfile.ZipFile(path, "w") as copy:
        for info in archive.infolist():
            part = archive.read(info)
            for name, usual in NAMES.items():
                if info.filename != "[Content_Types].xml" and b"package/" not in name:
                    part = part.replace(usual, STRICT + name)
            copy.writestr(info.filename, part)
    return path


def test_strict_open_xml_is_read(tmp_path):
    sheets = dict(RIGHT)
    sheets["Emplois"] = [*RIGHT["Emplois"][:2], [PLACE, "atelier", 2, 1.25, "non", "une dizaine", DAY]]
    sheets["Financements"] = RIGHT["Financements"][:4]
    usual = book_in(tmp_path / "a.xlsx", sheets)
    path = strict(book_in(tmp_path / "b.xlsx", sheets))
    assert b"purl.oclc.org" in zipfile.ZipFile(path).read("xl/workbook.xml")
    first, second = folder_in(tmp_path / "un"), folder_in(tmp_path / "deux")
    assert imported(first, usual, source="x").written and imported(second, path, source="x").written
    assert tables(first) == tables(second)


LINES = """Mise à jour : juin 2021{d}{d}{d}{d}{d}
Territoire{d}Nom{d}Type{d}Rôle{d}Membre depuis{d}Téléphone
Val d’Aubrelle{d}Épicerie du Lavoir{d}association{d}membre{d}25/02/2019{d}06 12
Val d’Aubrelle{d}"Forge{d} et fils"{d}entreprise{d}membre{d}févr. 2020{d}
"""


@pytest.mark.parametrize("mark", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_text_table_is_read_whatever_its_marks(tmp_path, mark, encoding):
    path = tmp_path / "Membres.csv"
    path.write_bytes(LINES.replace("{d}", mark).encode(encoding))
    folder = folder_in(tmp_path / "essai")
    done = imported(folder, path)
    assert done.written, str(done)
    members = table_of(folder, "members")
    forge = " ".join(f"Forge{mark} et fils".split())
    assert [row["name"] for row in members] == ["Épicerie du Lavoir", forge]
    assert [row["since"] for row in members] == ["2019-02-25", "2020-02"]
    assert "Téléphone" in str(done) and "06 12" in {row["value"] for row in table_of(folder, "leftovers")}


@pytest.mark.parametrize(
    ("typed", "cell"),
    [("1 200 ETP", "D2"), ("2032 euros ou plus", "D2"), ("12,5 $", "D2"), ("1.234", "D2")],
)
def test_a_text_table_gets_the_same_refusals(tmp_path, typed, cell):
    path = tmp_path / "financements.csv"
    path.write_text(f'Territoire;Financeur;État;Montant\n{PLACE};Région;versé;"{typed}"\n', "utf-8")
    done = imported(folder_in(tmp_path / "essai"), path)
    assert [(one.file, one.cell, one.value) for one in done.problems] == [(path.name, cell, typed)]


def test_a_far_cell_costs_nothing(tmp_path):
    def edit(book):
        book["Emplois"].cell(1_048_576, 16_384).font = Font(bold=True)

    path = book_in(tmp_path / "loin.xlsx", {"Emplois": RIGHT["Emplois"][:2]}, edit=edit)
    assert imported(folder_in(tmp_path / "essai"), path).written


def test_an_entity_bomb_is_refused(tmp_path):
    bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><a>&b;</a>'
    for name, part in (("a.ods", "content.xml"), ("a.xlsx", "xl/workbook.xml")):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
            archive.writestr(part, bomb)
        with pytest.raises(ik.RefusedData, match="ne se lit pas"):
            imported(folder_in(tmp_path / name.replace(".", "-")), tmp_path / name)


def test_a_workbook_older_than_excel_97_is_refused_for_what_it_is(soffice, tmp_path, processes):
    path = converted(processes, soffice, right(tmp_path / "juste.xlsx"), "xls")
    content, entry = bytearray(path.read_bytes()), "Workbook".encode("utf-16-le")
    at = content.index(entry)
    # Excel 95 called its stream « Book »: a name and its length, in the folder of the file.
    content[at : at + 16] = "Book".encode("utf-16-le").ljust(16, b"\0")
    content[at + 64] = 10
    path.write_bytes(content)
    with pytest.raises(ik.RefusedData, match="Excel 97"):
        imported(folder_in(tmp_path / "essai"), path)


@pytest.mark.parametrize("size", [8, 200, 2000])
def test_a_broken_old_workbook_is_refused(tmp_path, size):
    path = tmp_path / "casse.xls"
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * size)
    with pytest.raises(ik.RefusedData, match="ne se lit pas"):
        imported(folder_in(tmp_path / "essai"), path)


def test_a_right_workbook_of_openpyxl_reads_the_same(tmp_path):
    path = right(tmp_path / "juste.xlsx")
    book = openpyxl.load_workbook(path)
    book["Emplois"]["C3"] = 2
    book["Financements"]["D5"] = 1512.5
    book.save(path)
    _check_right(folder_in(tmp_path / "essai"), path)
