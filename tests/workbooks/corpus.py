"""Workbooks and tables with one figure each, written by openpyxl, by LibreOffice or as text: what the screen
shows, and what the kit makes of it. `python tests/workbooks/corpus.py` writes docs/classeurs.md again.
"""

import csv
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import openpyxl

import impactkit as ik
from impactkit.data.tables import read_text
from impactkit.wording.language import FRENCH

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "classeurs.md"
REFUSED = "refusé"
# Semicolon, double quote, UTF-8, French; the last but one: as the screen shows.
SHOWN = "csv:Text - txt - csv (StarCalc):59,34,76,1,,1036,false,true,true"
FRENCH_REGISTRY = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Setup/L10N">
<prop oor:name="ooSetupSystemLocale"><value>fr-FR</value></prop></item>
</oor:items>
"""
TOML = """title = "Essai"
programme = "Essai"
vintage = 2026
[[wave]]
id = "1"
name = "première vague"
labelled = "2019-02-25"
"""
TABLES = {
    "Coût annuel": ("Projets", "projects", "yearly_cost"),
    "Bénéficiaires": ("Projets", "projects", "beneficiaries"),
    "Emplois": ("Emplois", "jobs", "actual"),
    "ETP": ("Emplois", "jobs", "fte"),
    "Montant": ("Financements", "funding", "amount"),
    "Heures": ("Partenariats", "partnerships", "hours"),
}
ROWS = {
    "Projets": {"Projet": "Un projet neuf", "Territoire": "Val fleuri"},
    "Emplois": {"Projet": "halle", "Territoire": "Val fleuri"},
    "Financements": {"Territoire": "Val fleuri", "Financeur": "Région", "État": "versé"},
    "Partenariats": {"Territoire": "Val fleuri", "Entreprise": "Scieries", "Type": "achat"},
}


@dataclass(frozen=True)
class Case:
    """One figure: its column, what is in the cell and its format, what the screen shows, what a person
    understands (the text of the table, or that it must be refused), its header when that says a unit.
    """

    column: str
    value: object
    form: str
    screen: str
    means: str
    head: str = ""


CASES = (
    Case("Montant", 1500, "General", "1500", "1500"),
    Case("Montant", 1234.5, "#,##0.00", "1 234,50", "1234.5"),
    Case("Montant", 1500, '#,##0" €"', "1 500 €", "1500"),
    Case("Coût annuel", 12, '0" k€"', "12 k€", "12000"),
    Case("Coût annuel", 1.2, '0.0" M€"', "1,2 M€", "1200000"),
    Case("Coût annuel", 12000, '0.0,"k€"', "12,0k€", "12000"),
    Case("Montant", 1500000, '0.0,," M€"', "1,5 M€", "1500000"),
    Case("Montant", 12000, "0,", "12", REFUSED),
    Case("Montant", 12, '0" patates"', "12 patates", REFUSED),
    Case("Montant", 1200, "[$USD] #,##0", "USD 1 200", REFUSED),
    Case("ETP", 0.8, "0%", "80 %", REFUSED),
    Case("ETP", 80, '0" %"', "80 %", REFUSED),
    Case("ETP", 1.5, '0.0" ETP"', "1,5 ETP", "1.5"),
    Case("Emplois", 3, '0" ETP"', "3 ETP", REFUSED),
    Case("Emplois", 3, '0" emplois"', "3 emplois", "3"),
    Case("Bénéficiaires", 1200, '#,##0" €"', "1 200 €", REFUSED),
    Case("Bénéficiaires", 1200, "#,##0", "1 200", "1200"),
    Case("Heures", 40, '0" h"', "40 h", "40"),
    Case("Heures", 3, '0" jours"', "3 jours", REFUSED),
    Case("Coût annuel", 45, "General", "45", "45000", head="Coût annuel (k€)"),
    Case("Emplois", 3, "General", "3", REFUSED, head="Emplois (ETP)"),
    Case("Montant", 45, "General", "45", "45000000", head="Montant en M€"),
    Case("Montant", -4, "0;[Red]0", "4", REFUSED),
    Case("Montant", "12 k€", "@", "12 k€", "12000"),
    Case("Coût annuel", "1 200 ETP", "@", "1 200 ETP", REFUSED),
    Case("Bénéficiaires", "1 200 €", "@", "1 200 €", REFUSED),
    Case("Montant", "1.234", "@", "1.234", REFUSED),
    Case("Montant", "12 34", "@", "12 34", REFUSED),
    Case("Montant", "n.d.", "@", "n.d.", ""),
    Case("ETP", "1,5", "@", "1,5", "1.5"),
)
# By which spreadsheet a case is written again, and as what file.
WRITERS = {
    "openpyxl": "xlsx",
    "LibreOffice": "xlsx",
    "LibreOffice (.ods)": "ods",
    "LibreOffice (.xls)": "xls",
}
TEXTS = (
    ("texte, point-virgule", ";", "utf-8"),
    ("texte, tabulation", "\t", "utf-16"),
    ("texte, cp1252", ";", "cp1252"),
)
# Cases whose cell is text: only they are told apart in a text table.
TYPED = tuple(case for case in CASES if isinstance(case.value, str))


def _line(case: Case) -> tuple[str, list[str], list[object]]:
    sheet = TABLES[case.column][0]
    row = {**ROWS[sheet], case.head or case.column: case.value, "À la date du": "2021", "Source": "Gazette"}
    return sheet, list(row), list(row.values())


def write(case: Case, path: Path) -> Path:
    """The workbook of a case, by openpyxl."""
    title, head, values = _line(case)
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    sheet.append(head)
    sheet.append(values)
    cell = sheet.cell(2, head.index(case.head or case.column) + 1)
    cell.number_format = case.form
    book.save(path)
    return path


def write_text(case: Case, path: Path, mark: str, encoding: str) -> Path:
    """The table of a case, as text."""
    _, head, values = _line(case)
    lines = [mark.join(map(str, head)), mark.join(map(str, values))]
    path.write_text("\n".join(lines) + "\n", encoding, errors="replace")
    return path


def convert(soffice: str, paths: list[Path], kind: str, to: Path) -> list[Path]:
    """The same workbooks as LibreOffice writes them, in French."""
    profile = to / "profile" / "user"
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "registrymodifications.xcu").write_text(FRENCH_REGISTRY, "utf-8")
    home = f"-env:UserInstallation={profile.parent.as_uri()}"
    command = [soffice, home, "--headless", "--convert-to", kind, "--outdir", str(to), *map(str, paths)]
    subprocess.run(command, check=True, capture_output=True, timeout=600)
    ending = kind.partition(":")[0]
    return [to / f"{path.stem}.{ending}" for path in paths]


def screen_of(shown: Path, case: Case) -> str:
    """What LibreOffice shows in the cell of a case, from what it exported as shown."""
    with shown.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file, delimiter=";"))
    return lines[1][lines[0].index(case.head or case.column)]


def outcome(case: Case, path: Path, folder: Path) -> str:
    """What the kit makes of it: the text of the table, or « refusé »."""
    folder.mkdir()
    (folder / "evaluation.toml").write_text(TOML, "utf-8")
    places = "territory,name,wave,perimeter_kind,confidence\nval-fleuri,Val fleuri,1,none,low\n"
    (folder / "territories.csv").write_text(places, "utf-8")
    projects = "project,territory,name,as_of,source\nhalle,val-fleuri,Halle,2020,Gazette\n"
    (folder / "projects.csv").write_text(projects, "utf-8")
    done = ik.import_workbook(path, folder)
    _, table, column = TABLES[case.column]
    if done.problems:
        assert len(done.problems) == 1 and not done.written, str(done)
        return REFUSED
    return read_text(FRENCH, folder / f"{table}.csv").to_dict("records")[-1].get(column, "")


def measure(home: Path, soffice: str) -> list[tuple[str, ...]]:
    """A row for each workbook: who wrote it, its header, what the screen shows, what a person understands,
    what the kit makes of it.
    """
    books = home / "openpyxl"
    books.mkdir()
    first = [write(case, books / f"{i:02}.xlsx") for i, case in enumerate(CASES)]
    rows = []
    for writer, kind in WRITERS.items():
        to = home / kind / writer.partition(" ")[0]
        to.mkdir(parents=True)
        paths = first if writer == "openpyxl" else convert(soffice, first, kind, to) if soffice else []
        for case, path in zip(CASES, paths, strict=bool(paths)):
            rows.append(_row(writer, case, outcome(case, path, home / f"essai-{len(rows)}")))
    for writer, mark, encoding in TEXTS:
        for i, case in enumerate(TYPED):
            path = write_text(case, home / f"{TABLES[case.column][0]}.csv", mark, encoding)
            rows.append(_row(writer, case, outcome(case, path, home / f"essai-{len(rows)}-{i}")))
    return rows


def _row(writer: str, case: Case, made: str) -> tuple[str, ...]:
    return writer, case.head or case.column, case.screen, case.means or "vide", made or "vide"


def page(rows: list[tuple[str, ...]]) -> str:
    """The table as it stands in the documentation."""
    entered = [row for row in rows if row[4] != REFUSED]
    equal = sum(row[3] == row[4] for row in entered)
    refused = len(rows) - len(entered)
    lines = (
        "# Ce qu’un chiffre de classeur devient",
        "",
        "`python tests/workbooks/corpus.py` écrit chaque classeur, le reprend (`impactkit import`) et",
        "récrit cette page ; un test la compare. La colonne « à l’écran » est ce que LibreOffice montre.",
        "",
        f"{len(rows)} classeurs et tables : {len(entered)} chiffres entrent, dont {equal} égaux à ce qu’un",
        f"lecteur comprend ; {refused} sont refusés à leur cellule ; aucun ne change sans le dire.",
        "",
        "| écrit par | en-tête | à l’écran | un lecteur comprend | la table reçoit |",
        "|---|---|---|---|---|",
    )
    head = "\n".join(lines) + "\n"
    return head + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def main() -> None:
    """Write the page again; LibreOffice is needed."""
    with tempfile.TemporaryDirectory() as home:
        rows = measure(Path(home), shutil.which("soffice") or sys.exit("soffice: not here"))
    PAGE.write_text(page(rows), "utf-8")


if __name__ == "__main__":
    main()
