"""A workbook in small: what a format shows, what words count, which line is a header, where a cell goes."""

import datetime as dt

import pytest
from typed_book import PLACE, book_in, folder_in, imported, table_of

from impactkit.data.money import Money, Rate
from impactkit.data.tables import schemas
from impactkit.data.workbook.cells import Column, read_cell, shown_words
from impactkit.data.workbook.figures import misfit
from impactkit.data.workbook.formats import Seen, seen
from impactkit.data.workbook.headers import header_of
from impactkit.data.workbook.headers import table_of as table_of_sheet
from impactkit.data.workbook.reading import Reading
from impactkit.data.workbook.sheet import Cell, Sheet
from impactkit.data.workbook.units import Unit, unit_of
from impactkit.errors import RefusedData
from impactkit.wording.language import FRENCH


def field(table, name):
    return next(one for one in schemas(FRENCH)[table]["fields"] if one["name"] == name)


@pytest.mark.parametrize(
    ("value", "form", "shown"),
    [
        (12, "", Seen(12)),
        (12, " Standard ", Seen(12)),
        (12, 'General" k€"', Seen(12, "k€")),
        (1.5, "0.00", Seen(1.5, "", 2)),
        (12, '0" k€"', Seen(12, "k€", 0, "12 k€")),
        (12_345_678, '0.0,," M€"', Seen(12.345678, "M€", 1, "12,3 M€")),
        (0.125, "0.0%", Seen(12.5, "%", 1, "12,5 %")),
        (5, '"rien"', Seen(None, "rien")),
        # A condition, or what is left of them; all of them.
        (5, '[<10]0" petit";0" grand"', Seen(5, "petit", 0, "5 petit")),
        (10, '[<10]0" petit";0" grand"', Seen(10, "grand", 0, "10 grand")),
        (-3, '[<10]0" petit";0" grand"', Seen(-3, "petit", 0, "-3 petit")),
        (100, '[<10]0" petit";[>=100]0" cent";0" moyen"', Seen(100, "cent", 0, "100 cent")),
        (99, '[<10]0" petit";[>=100]0" cent";0" moyen"', Seen(99, "moyen", 0, "99 moyen")),
        (50, '[<10]0" petit";[>=100]0" cent"', Seen(50, "cent", 0, "50 cent")),
        (-50, '0" plus";[<0]0" dette"', Seen(-50, "dette", 0, "-50 dette")),
        # Positive, negative, nothing.
        (0, '0" plus";0" moins"', Seen(0, "plus", 0, "0 plus")),
        (-2, '0" plus";0" moins"', Seen(2, "moins", 0, "2 moins")),
        (-2, '0" plus";-0" moins"', Seen(-2, "moins", 0, "-2 moins")),
        (-2, '0" plus"', Seen(-2, "plus", 0, "-2 plus")),
        (-2, '[Red]0" plus";[Red](0)" moins"', Seen(-2, "moins", 0, "(2) moins")),
        (0, '0;-0;"néant"', Seen(None, "néant")),
        (1, '0;-0;"néant"', Seen(1, "", 0)),
        (0, '0" a";0" b";0" zéro";@', Seen(0, "zéro", 0, "0 zéro")),
        # Digits apart, or padded.
        (612345678, "00 00 00 00 00", Seen(612345678, "", 0, "06 12 34 56 78")),
        (1053, "00000", Seen(1053, "", 0, "01053")),
        (1234567, "00 00", Seen(1234567, "", 0, "12345 67")),
        (7, '"n° "000', Seen(7, "n°", 0, "n° 007")),
        (1234, "0.00E+00", Seen(1234, "", 2)),
    ],
)
def test_what_a_format_shows(value, form, shown):
    assert seen(value, form) == shown


@pytest.mark.parametrize(
    ("words", "unit"),
    [
        ("k€", Unit("EUR", 1e3)),
        ("€", Unit("EUR")),
        ("keur", Unit("EUR", 1e3)),
        ("ke", Unit("EUR", 1e3)),
        ("md€", Unit("EUR", 1e9)),
        ("mio €", Unit("EUR", 1e6)),
        ("mrd €", Unit("EUR", 1e9)),
        ("m€", Unit("EUR", 1e6)),
        ("centaines d’euros", Unit("EUR", 100.0)),
        ("mille euros", Unit("EUR", 1e3)),
        ("milliards d’euros", Unit("EUR", 1e9)),
        ("en milliers d’euros", Unit("EUR", 1e3)),
        ("1000 euros", Unit("EUR", 1e3)),
        ("x 100", Unit("", 100.0)),
        ("2000 euros", None),
        ("e", None),
        ("m", Unit("¤", 1e6)),
        ("millions", Unit("", 1e6)),
        ("k heures", Unit("hour", 1e3)),
        ("€/mois", Unit("EUR", 1.0, "month")),
        ("€ par an", Unit("EUR", 1.0, "year")),
        ("euros annuels", None),
        ("annuel", Unit("", 1.0, "year")),
        ("€ /", None),
        ("€ par mois annuel", None),
        ("€ annuel par an", Unit("EUR", 1.0, "year")),
        ("equivalents temps plein", Unit("fte")),
        ("heures jours", None),
        ("patates", None),
        ("de", None),
        ("%", Unit("share")),
    ],
)
def test_which_unit_words_write(words, unit):
    assert unit_of(words) == unit


def test_a_unit_fits_its_column_or_says_why_not():
    amount, hours, count = (
        field("funding", "amount"),
        field("partnerships", "hours"),
        field("jobs", "actual"),
    )
    money = Money(FRENCH, "EUR", {"CHF": Rate(0.9, "2021-01-01", "Banque")})
    fits = [(Unit("EUR"), amount), (Unit("EUR", 1e3), amount), (Unit("¤"), amount), (Unit("CHF"), amount)]
    fits += [
        (Unit("", 1e3), amount),
        (Unit(), amount),
        (Unit("hour"), hours),
        (Unit(), hours),
        (Unit(), count),
    ]
    for unit, column in fits:
        assert misfit(unit, column, money) is None, unit
    wrong = [(Unit("USD"), amount), (Unit("hour"), amount), (Unit("EUR", 1.0, "month"), amount)]
    wrong += [(Unit("day"), hours), (Unit("EUR"), hours)]
    for unit, column in wrong:
        assert misfit(unit, column, money).wrong, unit


@pytest.mark.parametrize(
    ("value", "form", "header", "reading"),
    [
        (12, "", None, Reading("12")),
        (12, '0" k€"', None, "12000"),
        (12, "", Unit("EUR", 1e3), "12000"),
        ("12", "", Unit("EUR", 1e6), "12000000"),
        ("12 k€", "", Unit("EUR", 1e3), "12000"),
        ("12 €", "", Unit("EUR", 1e3), None),
        (12_000, '0,"k€"', None, Reading("12000")),
        (12_000, "0,", None, None),
        ("12 CHF", "", None, "10.8"),
        (1e15, "", None, Reading("1000000000000000.0")),
        (0.1, '0.0" M€"', None, "100000"),
        (True, "", None, None),
    ],
)
def test_an_amount_is_in_the_unit_of_its_column(value, form, header, reading):
    money = Money(FRENCH, "EUR", {"CHF": Rate(0.9, "2021-01-01", "Banque")})
    column = Column(field("funding", "amount"), header)
    told = read_cell(Cell(value, form), column, money)
    if reading is None:
        assert told.wrong
    elif isinstance(reading, str):
        assert told.text == reading and told.how and not told.wrong
    else:
        assert told == reading


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (dt.datetime(2019, 2, 25), "mmm yyyy", "2019-02"),
        (dt.datetime(2019, 2, 25), "yyyy", "2019"),
        (dt.datetime(2019, 2, 25), 'd/m/yy "année"', "2019-02-25"),
        (dt.datetime(2019, 2, 25), "mm", "2019-02-25"),
        (1900, "", "1900"),
        (2100, "", "2100"),
        ("mai 2020", "", "2020-05"),
        ("1er mai 2020", "", "2020-05-01"),
    ],
)
def test_a_date_is_as_precise_as_it_is_shown(value, form, text):
    told = read_cell(Cell(value, form), Column(field("projects", "started")), Money(FRENCH))
    assert told == Reading(text)


def test_a_number_of_days_is_asked_about_with_its_day():
    column = Column(field("projects", "started"))
    for serial, day in ((43_521, "25/02/2019"), (20_000, "03/10/1954"), (60_000, "08/04/2064")):
        assert day in str(read_cell(Cell(serial), column, Money(FRENCH)))
    for value in (19_999, 60_001, "juin-juillet 2020", "ma 2020", "31/02/2019"):
        told = read_cell(Cell(value), column, Money(FRENCH))
        assert told.wrong and not told.text and "1954" not in told.wrong


def test_a_word_that_says_perhaps_is_a_code_where_it_is_one():
    stage = Column(field("projects", "stage"))
    assert read_cell(Cell("?"), stage, Money(FRENCH)).missing
    labels = {"yes": "oui", "perhaps": "?"}
    assert read_cell(Cell("?"), Column(stage.field | {"labels": labels}), Money(FRENCH)).text == "perhaps"
    assert read_cell(Cell("oui"), Column(stage.field | {"labels": labels}), Money(FRENCH)).text == "yes"


def sheet(*lines, name="feuille"):
    cells = {
        (line, column): Cell(value)
        for line, row in enumerate(lines, start=1)
        for column, value in enumerate(row, start=1)
        if value is not None
    }
    return Sheet(name, cells)


MONEY = ("Territoire", "Financeur", "État", "Montant")


def test_a_header_is_found_among_what_is_none():
    titles = ("Titre", 2021, "x" * 300, *MONEY)
    header = header_of(
        FRENCH, sheet(("Bilan 2021",), titles, (PLACE, 1, 2, PLACE, "Région")), "funding", near=False
    )
    assert header.line == 2
    assert {name: heads[0].column for name, heads in header.heads.items()} == {
        "territory": 4,
        "payer": 5,
        "status": 6,
        "amount": 7,
    }
    # Two titles at least; the line with the most, and the first of as many.
    assert header_of(FRENCH, sheet(("Territoire", "rien")), "funding", near=False).line == 0
    assert header_of(FRENCH, sheet(MONEY[:2], MONEY, MONEY), "funding", near=False).line == 2


def test_a_header_stands_in_the_first_forty_lines_that_hold_something():
    empty = [("note",)] * 39
    assert header_of(FRENCH, sheet(*empty, MONEY), "funding", near=False).line == 40
    assert header_of(FRENCH, sheet(*empty, ("note",), MONEY), "funding", near=False).line == 0


def test_a_title_nearly_right_counts_once():
    line = ("Territoir", "Financeur", "Financeurr", "Montant (k€)", "Montant dû (le solde)")
    plain = header_of(FRENCH, sheet(line), "funding", near=False)
    near = header_of(FRENCH, sheet(line), "funding", near=True)
    assert "territory" not in plain.heads and near.heads["territory"][0].column == 1
    assert [head.column for head in near.heads["payer"]] == [2]
    assert near.heads["amount"][0].unit == Unit("EUR", 1e3) and near.heads["amount"][0].extra == ""
    spoken = header_of(
        FRENCH, sheet(("Financeur", "Montant en milliers d’euros", "État (au choix)")), "funding", near=False
    )
    assert spoken.heads["amount"][0].unit == Unit("EUR", 1e3)
    assert spoken.heads["status"][0].unit is None and spoken.heads["status"][0].extra == "au choix"


def test_words_behind_a_title_that_are_no_unit_make_another_title():
    line = ("Territoire", "Financeur", "Montant de la facture", "Recette en euros", "État")
    heads = header_of(FRENCH, sheet(line), "funding", near=False).heads
    assert set(heads) == {"territory", "payer", "status"}


def test_a_sheet_is_a_table_by_its_name_or_its_header():
    assert table_of_sheet(FRENCH, sheet(MONEY, name="Financements")) == "funding"
    assert table_of_sheet(FRENCH, sheet(MONEY, name="Financement")) == "funding"
    assert table_of_sheet(FRENCH, sheet(("a", "b"), name="financements ")) == "funding"
    assert table_of_sheet(FRENCH, sheet(MONEY, name="Onglet 1")) == "funding"
    assert table_of_sheet(FRENCH, sheet(("Territoire", "Remarque"), name="Onglet 1")) is None
    assert table_of_sheet(FRENCH, sheet(("a", "b"), name="Onglet 1")) is None


def test_a_sheet_by_lines_from_left_to_right():
    wide = Sheet("a", {(1, 1): Cell("a"), (1, 3): Cell("b"), (4, 2): Cell("c"), (9, 1): Cell("d")},
                 merged=((1, 1, 1, 1), (3, 9, 1, 2), (4, 4, 2, 3)))  # fmt: skip
    assert wide.by_line == {1: {1: Cell("a"), 3: Cell("b")}, 4: {2: Cell("c")}, 9: {1: Cell("d")}}
    assert wide.lines_between(2, 9) == [4, 9] and wide.lines_between(1, 4) == [1, 4]
    assert wide.lines_between(5, 8) == [] and wide.wide_lines == {4, 9}


def test_what_a_cell_shows_is_what_is_kept():
    assert shown_words(Cell(612345678, "00 00 00 00 00")) == "06 12 34 56 78"
    assert shown_words(Cell(12, "")) == "12" and shown_words(Cell(" a  b ")) == "a b"


def test_a_workbook_without_any_known_sheet_is_none(tmp_path):
    book = book_in(tmp_path / "a.xlsx", {"Recettes": [("Farine", "Beurre"), (1, 2)]})
    with pytest.raises(RefusedData, match="Emplois"):
        imported(folder_in(tmp_path / "e"), book)


def test_one_sheet_is_taken_for_each_table(tmp_path):
    lines = [MONEY, (PLACE, "Région", "versé", 10)]
    book = book_in(tmp_path / "a.xlsx", {"Financements": lines, "Financement": lines})
    done = imported(folder_in(tmp_path / "e"), book)
    (problem,) = done.problems
    assert (problem.sheet, problem.cell) == ("Financement", "A1") and "Financements" in str(problem)


def test_a_unit_refused_in_a_header_is_said_once(tmp_path):
    titles = ("Territoire", "Financeur", "État", "Montant (heures)")
    book = book_in(
        tmp_path / "a.xlsx", {"Financements": [titles, (PLACE, "A", "versé", 10), (PLACE, "B", "versé", 5)]}
    )
    (problem,) = imported(folder_in(tmp_path / "e"), book).problems
    assert problem.cell == "D1"
    twice = (*MONEY, "Montant")
    book = book_in(tmp_path / "b.xlsx", {"Financements": [twice, (PLACE, "A", "versé", None, 5)]})
    (problem,) = imported(folder_in(tmp_path / "f"), book).problems
    assert problem.cell == "E1"
    payers = ("Territoire", "Financeur", "État", "Montant", "Financeur")
    lines = [payers, (PLACE, None, "versé", 5, "A")]
    book = book_in(tmp_path / "d.xlsx", {"Financements": lines})
    (problem,) = imported(folder_in(tmp_path / "h"), book).problems
    assert problem.cell == "E1"
    less = ("Territoire", "État", "Montant")
    lines = [less, (PLACE, "versé", 5)]
    book = book_in(tmp_path / "c.xlsx", {"Financements": lines})
    problems = imported(folder_in(tmp_path / "g"), book).problems
    assert [problem.cell for problem in problems] == ["A1"] and "Financeur" in str(problems)


def test_a_fact_taken_in_again_stays_one_and_a_correction_takes_its_place(tmp_path):
    folder = folder_in(tmp_path / "e")
    first = {"Financements": [MONEY, (PLACE, "A", "versé", 10), (PLACE, "B", "versé", 20)]}
    assert imported(folder, book_in(tmp_path / "a.xlsx", first)).written
    second = {"Financements": [MONEY, (PLACE, "B", "versé", 25), (PLACE, "C", "versé", 30)]}
    done = imported(folder, book_in(tmp_path / "b.xlsx", second))
    amounts = {row["payer"]: row["amount"] for row in table_of(folder, "funding")}
    assert amounts == {"A": "10", "B": "25", "C": "30"} and len(table_of(folder, "funding")) == 3
    assert [(change.was, change.becomes) for change in done.changes if change.column == "amount"] == [
        ("20", "25")
    ]
