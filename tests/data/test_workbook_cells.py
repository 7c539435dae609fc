"""What people type in a cell, and what the table then holds."""

import datetime as dt

import pytest

from impactkit.data.money import Money
from impactkit.data.tables import schemas
from impactkit.data.workbook.cells import Column, read_cell
from impactkit.data.workbook.sheet import Cell
from impactkit.wording.language import FRENCH


def told(value, one, shown=""):
    return read_cell(Cell(value, shown), Column(one), Money(FRENCH))


def field(table, name):
    return next(one for one in schemas(FRENCH)[table]["fields"] if one["name"] == name)


DATE, NUMBER, WHOLE = field("projects", "started"), field("funding", "amount"), field("jobs", "actual")
STAGE, THEMES, YES = field("projects", "stage"), field("challenges", "themes"), field("jobs", "insertion")
FTE = field("jobs", "fte")
WORDS, PARTNERS = field("projects", "name"), field("projects", "partners")


@pytest.mark.parametrize(
    ("one", "typed", "shown", "text"),
    [
        (DATE, "25/02/2019", "", "2019-02-25"),
        (DATE, "25/2/19", "", "2019-02-25"),
        (DATE, "25 février 2019", "", "2019-02-25"),
        (DATE, "1er févr. 2019", "", "2019-02-01"),
        (DATE, "Août 2019", "", "2019-08"),
        (DATE, "ao\u00fbt\u00a02019 ", "", "2019-08"),
        (DATE, "aou\u0302t 2019", "", "2019-08"),
        (DATE, "02/2019", "", "2019-02"),
        (DATE, "2019-2", "", "2019-02"),
        (DATE, 2019, "", "2019"),
        (DATE, dt.datetime(2019, 2, 25), "dd/mm/yyyy", "2019-02-25"),
        (DATE, dt.datetime(2019, 2, 1), "mmm yyyy", "2019-02"),
        (DATE, dt.datetime(2019, 1, 1), "yyyy", "2019"),
        (DATE, dt.datetime(2019, 2, 25), "General", "2019-02-25"),
        (NUMBER, "12 000,50 €", "", "12000.5"),
        (NUMBER, "12\u202f000", "", "12000"),
        (FTE, "3,5 ETP", "", "3.5"),
        (NUMBER, "1.5", "", "1.5"),
        (NUMBER, 0.1, "", "0.1"),
        (NUMBER, "−4", "", "-4"),
        (WHOLE, 2.0, "", "2"),
        (STAGE, " LANCE ", "", "launched"),
        (STAGE, "launched", "", "launched"),
        (THEMES, "Mobilité douce ; bien vieillir", "", "mobility|ageing"),
        (THEMES, "inclusion par l'emploi", "", "inclusion"),
        (YES, "Oui", "", "true"),
        (YES, True, "", "true"),
        (YES, "x", "", "true"),
        (YES, "NON", "", "false"),
        (WORDS, "  La   re\u0301gie ", "", "La régie"),
        (WORDS, 12, "", "12"),
        (WORDS, 1.5, "", "1,5"),
        (PARTNERS, "Envie 44; Les Ecossolies ;", "", "Envie 44|Les Ecossolies"),
        (NUMBER, "", "", ""),
    ],
)
def test_taken_kindly(one, typed, shown, text):
    said = told(typed, one, shown)
    assert (said.text, said.wrong, said.missing) == (text, "", False)


@pytest.mark.parametrize("typed", ["n.d.", "N.C.", "-", "?", "non communiqué", "Non renseigné"])
@pytest.mark.parametrize("one", [DATE, NUMBER, WHOLE, STAGE, YES], ids=lambda one: one["name"])
def test_said_to_be_missing_is_missing_never_zero(one, typed):
    said = told(typed, one)
    assert said.missing and not said.text and not said.wrong


@pytest.mark.parametrize(
    ("one", "typed", "wrong", "next"),
    [
        (DATE, "31/02/2019", "n’existe pas", "25/02/2019"),
        (DATE, "mardi", "date", "25/02/2019"),
        (DATE, "02/19", "date", "02/2019"),
        (DATE, 43521, "perdu la forme", "25/02/2019"),
        (NUMBER, "deux", "nombre", "chiffres"),
        (NUMBER, "néant", "nombre", "n.d."),
        (NUMBER, "1.234", "deux façons", "1 234"),
        (NUMBER, "10 à 12", "nombre", "chiffres"),
        (WHOLE, "2,5", "entier", "ETP"),
        (STAGE, "lancée peut-être", "liste", "lancé"),
        (STAGE, "zzz", "idée", "liste déroulante"),
        (YES, "peut-être", "oui", "vide"),
    ],
)
def test_refused_with_what_to_do(one, typed, wrong, next):
    said = told(typed, one)
    assert wrong in said.wrong and next in said.next.replace("\u202f", " ") and not said.text


def test_every_code_comes_back_from_its_french_words():
    for table, schema in schemas(FRENCH).items():
        for one in schema["fields"]:
            for code, label in one.get("labels", {}).items():
                assert told(label, one).text == code, (table, one["name"], label)
                assert told(code, one).text == code, (table, one["name"], code)
