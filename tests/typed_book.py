"""Workbooks as a person types them: sheets of lines, cells with a format, a folder to take them into."""

import openpyxl
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string

import impactkit as ik
from impactkit.wording.language import FRENCH

TOML = """title = "Essai"
programme = "Essai"
vintage = 2026
{more}
[[wave]]
id = "1"
name = "première vague"
labelled = "2019-02-25"
"""
PLACES = ("Val d’Aubrelle", "Haute-Sorne")
PROJECTS = ("halle", "atelier", "verger")


def folder_in(home, more=""):
    """A small evaluation of two territories and three projects, all of the first."""
    home.mkdir()
    (home / "evaluation.toml").write_text(TOML.format(more=more), "utf-8")
    lines = ["territory,name,wave,perimeter_kind,confidence"]
    lines += [f"{code},{name},1,none,low" for code, name in zip(("aubrelle", "sorne"), PLACES, strict=True)]
    (home / "territories.csv").write_text("\n".join(lines) + "\n", "utf-8")
    lines = ["project,territory,name,stage,as_of,source"]
    lines += [f"{code},aubrelle,Projet {code},idea,2020,Gazette" for code in PROJECTS]
    (home / "projects.csv").write_text("\n".join(lines) + "\n", "utf-8")
    (home / "units.csv").write_text("unit,name,source\nU001,Une unité,Gazette\n", "utf-8")
    return home


def book_in(path, sheets, formats=None, edit=None):
    """A workbook: `sheets` by title, lines of values; `formats` by (sheet, cell); `edit` changes it before
    it is saved.
    """
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, lines in sheets.items():
        sheet = book.create_sheet(title)
        for line in lines:
            sheet.append(line)
    for (title, cell), form in (formats or {}).items():
        book[title][cell].number_format = form
    if edit:
        edit(book)
    book.save(path)
    return path


def table_of(folder, name):
    """The rows of a table of a folder, as text."""
    from impactkit.data.tables import read_text

    file = folder / f"{name}.csv"
    return read_text(FRENCH, file).to_dict("records") if file.is_file() else []


def imported(folder, path, **how):
    """An import dated like its facts."""
    return ik.import_workbook(path, folder, **{"as_of": "2021-06-30", **how})


JOBS = ["Territoire", "Projet", "Emplois", "ETP", "Ambition", "À la date du"]
MONEY = ["Territoire", "Financeur", "État", "Montant", "À la date du"]
FIRM = ["Territoire", "Entreprise", "Type", "Euros", "Heures", "À la date du"]
PLACE = "Val d’Aubrelle"
SHEETS = {
    "Emplois": [
        JOBS,
        [PLACE, "halle", 3, 2.5, "dix", "2021-06-30"],
        [PLACE, "atelier", 1, 1, None, "2021-06-30"],
    ],
    "Financements": [MONEY, [PLACE, "Région", "versé", 1000, "2021-06-30"]],
    "Partenariats": [FIRM, [PLACE, "Scieries", "achat", 500, 10, "2021-06-30"]],
    "Enseignements": [["Territoire", "Nature", "Enseignement"], [PLACE, "enseignement", "Le temps manque"]],
    "Entretiens": [["Territoire", "Date", "Fonction", "Accord"], [PLACE, "2021-05-02", "élue", "oui"]],
    "Événements": [["Territoire", "Nature", "Date", "Intitulé"], [PLACE, "mesure", "2020", "Enquête"]],
    "Inconnues": [
        ["Rubrique", "Ce qui manque", "Pourquoi", "À demander à"],
        ["projets et emplois", "Coûts", "non recherché", "le maire"],
    ],
    "Notes du bureau": [["Qui", "Quoi"], ["Anne", "rappeler"]],
}


def tables(folder):
    """The tables of a folder, byte for byte."""
    return {file.name: file.read_bytes() for file in folder.glob("*.csv")}


def changed(**cells):
    """The sheets with some cells replaced: `Emplois_C2=5`."""
    sheets = {title: [list(line) for line in lines] for title, lines in SHEETS.items()}
    for place, value in cells.items():
        title, cell = place.split("_")
        column, line = coordinate_from_string(cell)
        sheets[title][line - 1][column_index_from_string(column) - 1] = value
    return sheets
