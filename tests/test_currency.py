"""An evaluation counts in its own currency, and says it wherever it prints an amount."""

import re

import pytest
from typed_book import PLACE, book_in, folder_in, imported, table_of

import impactkit as ik

MONEY = ["Territoire", "Financeur", "État", "Objet", "Montant", "À la date du"]
SHEETS = {
    "Financements": [
        MONEY,
        [PLACE, "Region", "versé", "ingénierie", 1500, "2021-06-30"],
        [PLACE, "Fund", "engagé", "investissement", "2 000", "2021-06-30"],
    ],
    "Projets": [
        ["Code du projet", "Projet", "Territoire", "Avancement", "Coût annuel", "Recettes annuelles"],
        ["bus", "Bus", PLACE, "lancé", 12000, 4000],
    ],
    "Emplois": [["Territoire", "Projet", "Emplois"], [PLACE, "bus", 3]],
    "Partenariats": [
        ["Territoire", "Entreprise", "Type", "Montant", "Heures"],
        [PLACE, "Mill", "achat", 500, 8],
    ],
}
HOUR = '[rates]\nhour = 3.0\nsource = "tarif d’essai"\n'
RATE = '[exchange.{code}]\nrate = {rate}\ndate = "2021-06-30"\nsource = "Banque centrale"\n'


def taken(tmp_path, more, sheets=None, formats=None):
    folder = folder_in(tmp_path / "essai", more)
    path = book_in(tmp_path / "classeur.xlsx", sheets or SHEETS, formats)
    return imported(folder, path), folder


@pytest.mark.parametrize(
    ("currency", "words"),
    [("KES", "shillings kényans"), ("CAD", "dollars canadiens"), ("CHF", "francs suisses")],
)
def test_every_amount_is_told_in_the_currency(tmp_path, currency, words, processes):
    done, folder = taken(tmp_path, f'currency = "{currency}"\n{HOUR}')
    assert done.written, str(done)
    ev = ik.load(folder)
    assert ev.currency == currency
    units = set(ik.indicators(ev)["unit"])
    assert words in units and f"{words} par an" in units and not any("euro" in unit for unit in units)
    claims = ik.claims(ev.territory("aubrelle"))
    assert not claims["sentence"].str.contains("euro|€", case=False).any()
    assert claims["sentence"].str.contains(words).any()
    summary = ik.run(folder, only=["aubrelle"], to=tmp_path / "reports", jobs=1)
    assert not summary.failed
    page = (summary.folder / "aubrelle" / "report.html").read_text("utf-8")
    text = re.sub(r"<style.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL)
    assert words in text and not re.search(r"\beuros?\b|€", text, re.IGNORECASE)


def test_without_a_word_it_is_the_euro(tmp_path):
    done, folder = taken(tmp_path, "")
    assert done.written and ik.load(folder).currency == "EUR"
    assert "euros" in set(ik.indicators(ik.load(folder))["unit"])


@pytest.mark.parametrize(
    ("currency", "typed", "form"),
    [
        ("KES", "1 200 €", ""),
        ("KES", 1200, '#,##0 "€"'),
        ("EUR", "1 200 KES", ""),
        ("EUR", 1200, "[$CHF-100C] #,##0"),
        ("CAD", "1 200 £", ""),
        ("XOF", "12 k€", ""),
    ],
)
def test_an_amount_in_another_currency_is_refused(tmp_path, currency, typed, form):
    sheets = {"Financements": [MONEY, [PLACE, "Region", "versé", None, typed, "2021-06-30"]]}
    done, _ = taken(
        tmp_path, f'currency = "{currency}"', sheets, {("Financements", "E2"): form or "General"}
    )
    assert [one.cell for one in done.problems] == ["E2"] and "[exchange" in done.problems[0].next


@pytest.mark.parametrize(
    ("currency", "code", "rate", "typed", "becomes"),
    [
        ("KES", "EUR", 130.0, "1 200 €", "156000"),
        ("EUR", "USD", 0.84, "1 000 $", "840"),
        ("EUR", "XOF", 0.00152449, "1 000 000 FCFA", "1524.49"),
        ("EUR", "CHF", 0.9, "12 kCHF", "10800"),
    ],
)
def test_a_stated_rate_converts_and_is_said(tmp_path, currency, code, rate, typed, becomes):
    more = f'currency = "{currency}"\n{RATE.format(code=code, rate=rate)}'
    sheets = {"Financements": [MONEY, [PLACE, "Region", "versé", None, typed, "2021-06-30"]]}
    done, folder = taken(tmp_path, more, sheets)
    assert done.written, str(done)
    assert table_of(folder, "funding")[0]["amount"] == becomes
    assert "Banque centrale" in str(done) and "2021-06-30" in str(done)


@pytest.mark.parametrize("typed", ["1 200 KES", "1 200 Ksh", "1,2 k KES", "1 200"])
def test_an_amount_in_the_currency_itself_is_taken(tmp_path, typed):
    sheets = {"Financements": [MONEY, [PLACE, "Region", "versé", None, typed, "2021-06-30"]]}
    done, folder = taken(tmp_path, 'currency = "KES"', sheets)
    assert done.written and table_of(folder, "funding")[0]["amount"] == "1200", str(done)


def test_a_header_in_euros_is_refused_elsewhere(tmp_path):
    sheets = {
        "Financements": [[*MONEY[:4], "Montant en euros", MONEY[5]], [PLACE, "R", "versé", None, 5, "2021"]]
    }
    done, _ = taken(tmp_path, 'currency = "KES"', sheets)
    assert [one.cell for one in done.problems] == ["E1"]


@pytest.mark.parametrize(
    "more",
    [
        'currency = "KSH"',
        'currency = "euros"',
        'currency = "eur"',
        "[exchange.USD]\nrate = 0.9\n",
        '[exchange.USD]\nrate = 0\ndate = "2021"\nsource = "x"\n',
        '[exchange.USDD]\nrate = 1\ndate = "2021-06"\nsource = "x"\n',
        '[exchange.USD]\nrate = inf\ndate = "2021-06"\nsource = "x"\n',
    ],
)
def test_settings_that_say_no_currency_or_no_rate_are_refused(tmp_path, more):
    with pytest.raises((ik.UnknownName, ik.RefusedData), match="evaluation.toml"):
        ik.check(folder_in(tmp_path / "essai", more))


def test_the_workbook_asks_for_the_currency(tmp_path):
    import openpyxl

    folder = folder_in(tmp_path / "essai", 'currency = "KES"')
    book = openpyxl.load_workbook(ik.new_workbook(folder))
    words = [
        text
        for sheet in book.worksheets
        if sheet.sheet_state == "visible"
        for cell in next(sheet.iter_rows(max_row=1))
        for text in (str(cell.value), cell.comment.text if cell.comment else "")
    ]
    assert any("shillings kényans" in text for text in words)
    assert not [text for text in words if re.search(r"\beuros?\b|€", text, re.IGNORECASE)]
