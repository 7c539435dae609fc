"""Writes the workbooks of this folder: `python tests/workbooks/build.py [FOLDER]`.

Those whose name begins with `lo-` are written by LibreOffice itself (`soffice`; Debian:
libreoffice-calc-nogui), in French: it reads the dates of a CSV as a French reader does, computes
formulas and keeps its own styles. The others are written by openpyxl. All names and figures are
invented.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import openpyxl

HERE = Path(__file__).resolve().parent
# Semicolon, double quote, UTF-8, from line 1, French (1036), cells not all text, dates and numbers detected.
CSV = "CSV:59,34,76,1,,1036,false,true"
SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Setup/L10N">
<prop oor:name="ooSetupSystemLocale"><value>fr-FR</value></prop></item>
</oor:items>
"""
# LibreOffice, one sheet each: what a person typed, in French.
TYPED = {
    "lo-membres": (
        "Membres",
        """
Collectif de Haute-Brume : ses membres au 30 juin 2024;;;;;;

Collectif;Structure;Catégorie;Rôle;Depuis;Jusqu’à;Situation au
Haute-Brume;Atelier des Sources;association;membre;25/02/2019;;30/06/2024
Haute-Brume;Coopérative du Phare;coopérative;membre;31/02/2019;;30/06/2024
Haut-Brume;Ferme du Verger;entreprise;membre;01/09/2020;;30/06/2024
Haute-Brume;Réseau du Moulin;résau solidaire local;membre;2021;;30/06/2024

Haute-Brume;Maison de la Gare;association;membre;15/03/2021;10/01/2020;30/06/2024
Les Deux Rives;Caisse du Pont;financeur;membre;05/2021;;30/06/2024
Haute-Brume;École des Tilleuls;recherche et formation;membre;n.d.;;juin 2024
Total;7;;;;;
""",
    ),
    "lo-emplois": (
        "Emplois",
        """
Projet;Nom du territoire;Emplois créés;Nombre d’ETP;Objectif;Emplois d’insertion;Situation au
Halle paysanne;Val-d’Aubrelle;4;3,5;une dizaine;oui;30/06/2024
Atelier-école;Val-d’Aubrelle;deux;2;une dizaine;non;30/06/2024
Halle couverte;Val-d’Aubrelle;3;3;12;oui;30/06/2024
Recyclerie;Haute-Brume;2,5;2;une dizaine;oui;30/06/2024
Recyclerie;Val-d’Aubrelle;1;1;5;oui;30/06/2023
Atelier-école;Val-d’Aubrelle;-1;1;6;oui;30/06/2022
""",
    ),
    "lo-partenariats": (
        "Partenariats",
        """
Territoire;Entreprise;Type de partenariat;Montant;Nombre d’heures;Début;Date de la source
Val-d’Aubrelle;Scieries Bleues;mécénat financier;12 500,50;;03/2022;30/06/2024
Val-d’Aubrelle;Verrerie Rouge;mentorat;;néant;04/2022;30/06/2024
Haute-Brume;Transports Vermeil;parrainage;;40;05/2022;30/06/2024
Haute-Brume;;achat;8 000 €;;2023;30/06/2024
Haute-Brume;Eaux de Malvève;achat;environ 3000;;2023;30/06/2024
""",
    ),
    "lo-sain": (
        "Emplois",
        """
Situation au;Projet;Nombre d’ETP;Emplois créés;Nom du territoire
30/06/2024;Halle paysanne;3,5;4;Val-d’Aubrelle
28/02/2023;recyclerie ;1;2;haute-brume
Total;;4,5;6;
""",
    ),
    "lo-jalons": (
        "Feuille de route",
        """
Code;Territoire;Version de la feuille de route;Action;Échéance;Réalisé le;Statut;Situation au
jalon-1;Val-d’Aubrelle;1;Ouvrir la halle;31/12/2020;15/11/2020;fait;30/06/2024
jalon-2;Val-d’Aubrelle;1;Former les bénévoles;30/06/2021;;en cours;30/06/2024
jalon-3;Val-d’Aubrelle;;Signer la charte;30/09/2021;;prévu;30/06/2024
jalon-4;Haute-Brume;1;Recruter;29/02/2021;;prévu;30/06/2024
""",
    ),
}
# LibreOffice again, with formulas and merged cells: a flat OpenDocument file that it opens and saves.
FORMULAS = {
    "Financements": [
        ["Territoire", "Financeur", "Objet", "Part", "État", "Montant", "À la date du"],
        [
            "Val-d’Aubrelle",
            "Région d’exemple",
            "ingénierie",
            "base",
            "engagé",
            "=SUM(40000;2500)",
            "30/06/2024",
        ],
        [None, "Fonds Alizarine", "investissement", "complémentaire", "versé", "=10000/0", "30/06/2024"],
        ["Haute-Brume", "Région d’exemple", "animation", "base", "engagé", 20000, "30/06/2024"],
        ["Haute-Brume", "Banque Sarcelle", "investissement", "complémentaire", "engagé", None, "30/06/2024"],
        ["Sous-total", None, None, None, None, "=SUM([.F2];[.F4])", None],
    ],
    "Freins réglementaires": [
        ["Territoire", "Texte", "Frein", "Issue", "Date de signalement", "Résolu le", "Situation au"],
        [
            "Haute-Brume",
            "règle d’exemple sur les lots",
            "lots trop grands",
            "levé",
            "12/05/2020",
            "03/02/2021",
            "30/06/2024",
        ],
        [
            "Haute-Brume",
            "code d’exemple des transports",
            "navette refusée",
            "levé",
            "12/05/2021",
            "03/02/2020",
            "30/06/2024",
        ],
        [
            "Haute-Brume",
            "règle d’exemple sur l’hygiène",
            "cuisine sans agrément",
            "ouvert",
            "mai 2022",
            None,
            "30/06/2024",
        ],
    ],
}
MERGED = {("Financements", 2, 1): (2, 1), ("Financements", 4, 6): (2, 1)}
# openpyxl: what only a program or a long life in spreadsheets leaves behind.
PLAIN = {
    "projets": {
        "Nos projets": [
            [
                "Intitulé",
                "Territoire",
                "Avancement",
                "Date de lancement",
                "Bénéficiaires",
                "Coût annuel",
                "Budget annuel",
                "À la date du",
            ],
            ["Conserverie", "Val-d’Aubrelle", "lancé", 43831, 40, 52000, 52000, "2024-06-30"],
            [
                "Garage solidaire",
                "Val-d’Aubrelle",
                "lancée peut-être",
                "2020-05-01",
                30,
                41000,
                None,
                "2024-06-30",
            ],
            [
                "Bus sante\u0301",
                "val-d’aubrelle ",
                "en préparation",
                None,
                "=SUM(20,15)",
                None,
                None,
                "2024-06-30",
            ],
            ["Légumerie", "Val-d’Aubrelle", "idée", None, "#REF!", None, None, "2024-06-30"],
            [None, "Val-d’Aubrelle", "idée", None, None, None, None, "2024-06-30"],
        ],
    },
    "entretiens": {
        "Entretiens": [
            [
                "Territoire",
                "Date",
                "Fonction",
                "Accord",
                "Citation",
                "Nom public",
                "Propos publics",
                "À la date du",
            ],
            ["Haute-Brume", "2024-05-02", "élue", "oui", "On s’est enfin parlé.", None, "non", "2024-06-30"],
            ["Haute-Brume", "2024-05-02", "agent", "non", "Rien n’a changé.", None, "non", "2024-06-30"],
            [
                "Haute-Brume",
                "2024-05-03",
                "porteuse",
                "oui",
                "Un lieu, enfin.",
                "A. Personne",
                "non",
                "2024-06-30",
            ],
        ],
        "Défis": [
            ["Code", "Nom du défi", "Territoire", "Thématiques", "À la date du"],
            ["defi-b", "Jeter moitié moins", "Haute-Brume", "économie circulaire et déchets", "2024-06-30"],
            ["defi-b", "Réparer", "Haute-Brume", "économie circulaire et déchets", "2024-06-30"],
            ["defi-d", "Un défi de trop", "Val-d’Aubrelle", "mobilité douce ; bien vieillir", "2024-06-30"],
        ],
        "Recettes de cuisine": [["Soupe", "Ortie"]],
    },
    # Nothing to say about these two: they are untidy, not wrong.
    "sain": {
        "MEMBRES DU COLLECTIF": [
            ["Mise à jour : 30 juin 2024"],
            [],
            [
                "Nom du membre ",
                "Nom du territoire",
                "TYPE",
                "Rôle",
                "Date d’entrée",
                "Situation au",
                "Téléphone",
            ],
            [
                "E\u0301picerie du Lavoir",
                "VAL-D'AUBRELLE",
                "association",
                "membre",
                "25 février 2019",
                "2024-06-30",
                "sur demande",
            ],
            [
                "Forge des Ateliers ",
                "Val-d’Aubrelle\u00a0",
                "Entreprise",
                "membre",
                "févr. 2020",
                "2024-06-30",
                None,
            ],
            [],
            ["Total", 2],
        ],
        "Financements": [
            ["Financeur", "Territoire", "Part", "État", "Montant en euros", "À la date du"],
            ["Région d’exemple", "Val-d’Aubrelle", "base", "versé", "1 234,50 €", "2024-06-30"],
            ["Fondation Céladon", "Val-d’Aubrelle", "complémentaire", "recherché", "n.d.", "2024-06-30"],
        ],
    },
}


def build(folder: Path, *, only: str = "") -> None:
    """Write the workbooks into `folder`: all, or the one named."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, sheets in PLAIN.items():
        if only in ("", name):
            _plain(folder / f"{name}.xlsx", sheets)
    with tempfile.TemporaryDirectory() as aside:
        for name, (sheet, text) in TYPED.items():
            if only in ("", name):
                source = Path(aside) / f"{sheet}.csv"
                source.write_text(text.removeprefix("\n"), "utf-8")
                _libreoffice(source, folder / f"{name}.xlsx", f"--infilter={CSV}")
        if only in ("", "lo-argent"):
            source = Path(aside) / "argent.fods"
            source.write_text(_flat(FORMULAS), "utf-8")
            _libreoffice(source, folder / "lo-argent.xlsx")


def _plain(path: Path, sheets: dict[str, list[list[object]]]) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, lines in sheets.items():
        sheet = book.create_sheet(title)
        for line in lines:
            sheet.append(line)
    book.save(path)


def _libreoffice(source: Path, path: Path, *options: str) -> None:
    home = source.parent / "profile"
    (home / "user").mkdir(parents=True, exist_ok=True)
    (home / "user" / "registrymodifications.xcu").write_text(SETTINGS, "utf-8")
    command = ["soffice", f"-env:UserInstallation={home.as_uri()}", "--headless", *options]
    command += ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(source.parent), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    path.write_bytes(source.with_suffix(".xlsx").read_bytes())


def _flat(sheets: dict[str, list[list[object]]]) -> str:
    """A flat OpenDocument spreadsheet; dates are typed in French, as dates."""
    spaces = {
        "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
        "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
        "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
        "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
        "number": "urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0",
        "of": "urn:oasis:names:tc:opendocument:xmlns:of:1.2",
    }
    names = " ".join(f'xmlns:{key}="{value}"' for key, value in spaces.items())
    style = (
        "<office:automatic-styles>"
        '<number:date-style style:name="N1" number:language="fr" number:country="FR">'
        '<number:day number:style="long"/><number:text>/</number:text><number:month number:style="long"/>'
        '<number:text>/</number:text><number:year number:style="long"/></number:date-style>'
        '<style:style style:name="D" style:family="table-cell" style:data-style-name="N1"/>'
        "</office:automatic-styles>"
    )
    tables = []
    for title, lines in sheets.items():
        rows = []
        for line, cells in enumerate(lines, start=1):
            made = [
                _cell(cell, MERGED.get((title, line, column))) for column, cell in enumerate(cells, start=1)
            ]
            rows.append(f"<table:table-row>{''.join(made)}</table:table-row>")
        tables.append(f'<table:table table:name="{title}">{"".join(rows)}</table:table>')
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {names} office:version="1.2" '
        f'office:mimetype="application/vnd.oasis.opendocument.spreadsheet">{style}<office:body>'
        f"<office:spreadsheet>{''.join(tables)}</office:spreadsheet></office:body></office:document>"
    )


def _cell(value: object, merged: tuple[int, int] | None) -> str:
    span = ""
    if merged:
        span = f' table:number-rows-spanned="{merged[0]}" table:number-columns-spanned="{merged[1]}"'
    if value is None:
        return f"<table:table-cell{span}/>"
    if isinstance(value, int | float):
        return f'<table:table-cell{span} office:value-type="float" office:value="{value}"/>'
    text = str(value)
    if text.startswith("="):
        return f'<table:table-cell{span} table:formula="of:{text}" office:value-type="float"/>'
    if text.count("/") == 2:
        iso = "-".join(reversed(text.split("/")))
        about = f'table:style-name="D" office:value-type="date" office:date-value="{iso}"'
        return f"<table:table-cell{span} {about}/>"
    return f'<table:table-cell{span} office:value-type="string"><text:p>{text}</text:p></table:table-cell>'


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
