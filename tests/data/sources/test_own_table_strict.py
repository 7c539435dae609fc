"""Une table à soi : un nombre, un code ou une période n’est lu que d’une façon, sinon il est refusé."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from run_takes import refusal
from small_evaluation import written

import impactkit as ik
from impactkit.cli import main
from impactkit.data import series
from impactkit.data.sources import code_repair, number_marks, period_text
from impactkit.indicators.annual import annual
from impactkit.wording.language import FRENCH

NAN = "missing"
UNITS_OF, MONTHS = ("U001", "U002"), range(1, 13)
TOML = """
[[source]]
kind = "table"
file = "own.csv"
indicator = "{indicator}"
family = "{family}"
source = "Observatoire d’essai, 2024"
{more}
"""
PERIMETERS = [
    {"territory": "a", "family": "commune", "code": "01004", "role": "perimeter"},
    {"territory": "b", "family": "epci", "code": "200040459", "role": "perimeter"},
    {"territory": "c", "family": "commune", "code": "75056", "role": "perimeter"},
    {"territory": "d", "family": "commune", "code": "2A004", "role": "perimeter"},
]
UNITS = [{"unit": code, "name": code, "source": "x"} for code in ("U001", "U002")]


@pytest.fixture
def made(small):
    """Writes a table of one's own beside a small evaluation; its folder."""

    def write(rows, *, family="territory", indicator="count_shops", more=""):
        toml = TOML.format(family=family, indicator=indicator, more=more)
        ev = small({"perimeters": PERIMETERS, "units": UNITS}, more=toml)
        lines = "".join(f"{';'.join(row)}\n" for row in [("unit", "period", "value"), *rows])
        (ev.folder / "own.csv").write_text(lines, "utf-8")
        return ev.folder

    return write


def column(folder, code="a", indicator="count_shops"):
    """The values that are read, by period."""
    told = series.of_territory(ik.load(folder).territory(code), indicator)
    return {row.period: NAN if row.value != row.value else row.value for row in told.itertuples()}


def refused(folder, code="a", indicator="count_shops"):
    """The problems of a folder, that a figure refuses alike."""
    problems = ik.check(folder)
    with pytest.raises(ik.RefusedData) as caught:
        series.of_territory(ik.load(folder).territory(code), indicator)
    for problem in problems:
        assert problem.expected in caught.value.what and problem.next
    assert all(problem.file == "own.csv" for problem in problems)
    return problems


def by_year(*values):
    return [("a", str(2000 + year), value) for year, value in enumerate(values)]


# --- numbers
@pytest.mark.parametrize(
    "values",
    [
        ("1,010", "12", "7"),
        ("9.318", "12", "7"),
        ("999,999",),
        ("1.010", "2.020", "3.030"),
        ("-1.010", "3"),
        ("1.010", "12,5"),
        ("1,010", "0.25"),
        ("1.010", "1.234.567"),
    ],
)
def test_a_mark_that_nothing_proves_is_refused_at_its_cell(made, values):
    problems = refused(made(by_year(*values)))
    unsure = [value for value in values if number_marks.written_as(value).unsure]
    assert [one.value for one in problems] == unsure and problems[
        0
    ].cell == f"C{values.index(unsure[0]) + 2}"
    assert all("`decimal`" in one.next and "`thousands`" in one.next for one in problems)


@pytest.mark.parametrize(
    ("more", "read"),
    [
        ('decimal = ","', {"1,010": 1.01, "12": 12, "1234,5": 1234.5}),
        ('decimal = "."\nthousands = ","', {"1,010": 1010, "12": 12, "1,234,567.5": 1234567.5}),
        ('thousands = "."', {"9.318": 9318, "1.234.567": 1234567, "2,5": 2.5}),
        ('decimal = "."', {"9.318": 9.318, "1 200.5": 1200.5}),
    ],
)
def test_what_the_source_says_is_done(made, more, read):
    folder = made(by_year(*read), more=more)
    assert not ik.check(folder) and list(column(folder).values()) == list(read.values())


@pytest.mark.parametrize(
    ("more", "wrong"), [('decimal = ","', "1.010"), ('decimal = "."', "1,5"), ('thousands = "."', "1,2,3")]
)
def test_what_is_not_written_as_the_source_says_is_refused(made, more, wrong):
    assert [one.value for one in refused(made(by_year("3", wrong), more=more))] == [wrong]


READ = {
    ("12,5", "1,010"): (12.5, 1.01),
    ("0.318", "9.318"): (0.318, 9.318),
    ("3.14159", "9.318"): (3.14159, 9.318),
    ("1234.567", "9.318"): (1234.567, 9.318),
    ("1 200,125", "9,318"): (1200.125, 9.318),
    ("1 200", "1\u00a0300", "1\u202f400 000"): (1200, 1300, 1400000),
    ("1.234,56", "7"): (1234.56, 7),
    ("1,234.56", "7"): (1234.56, 7),
    ("1.234.567", "7"): (1234567, 7),
    ("", "n.d.", "s", "c", "nd", "3"): (NAN, NAN, NAN, NAN, NAN, 3),
    ("1e3", "1.5E2"): (1000, 150),
    ("\u22125", "+3"): (-5, 3),
}


@pytest.mark.parametrize("values", READ)
def test_what_can_be_read_one_way_is(made, values):
    folder = made(by_year(*values))
    assert not ik.check(folder) and tuple(column(folder).values()) == READ[values]


@pytest.mark.parametrize(
    "values", [("12,5", "0,75", "3.25"), ("1.5", "2.5", "1.234,5"), ("1.5", "1.234.567")]
)
def test_two_marks_that_contradict_each_other_are_refused(made, values):
    assert [one.value for one in refused(made(by_year(*values)))] == [values[-1]]


@pytest.mark.parametrize("value", ["1_000", "١٢٣", "inf", "1e400", "12 %", "12 €", "1 00", "1.2.3", "douze"])
def test_what_is_no_number_is_refused(made, value):
    assert [(one.cell, one.value) for one in refused(made(by_year("3", value)))] == [("C3", value)]


@given(st.lists(st.floats(-1e9, 1e9, allow_nan=False).map(lambda value: round(value, 4)), min_size=1))
def test_numbers_written_in_french_or_in_english_are_read_or_refused(values):
    english = [f"{value:,.4f}" for value in values]
    french = [text.replace(",", "\u202f").replace(".", ",") for text in english]
    for texts in (english, french):
        numbers = number_marks.read(FRENCH, texts)
        assert not numbers.wrong and numbers.values == values
    three = [f"{value:.3f}" for value in values]
    numbers = number_marks.read(FRENCH, three)
    for position, text in enumerate(three):
        assert position in numbers.wrong or numbers.values[position] == float(text)


# --- codes
REPAIRED = {
    "commune": {"1004": "a", "01004.0": "a", '="01004"': "a", " 01004 ": "a", "1004,0": "a", "2a004": "d"},
    "epci": {"200040459.0": "b", "200 040 459": "b", '="200040459"': "b", "2.00040459E8": "b"},
}


@pytest.mark.parametrize("more", ["", "absent = 0"])
@pytest.mark.parametrize(("family", "text"), [(name, text) for name in REPAIRED for text in REPAIRED[name]])
def test_a_code_is_repaired_where_one_right_code_exists_and_it_is_said(
    made, family, text, more, capsys, monkeypatch
):
    folder = made([(text, "2020", "3")], family=family, more=more)
    problems = ik.check(folder)
    assert not problems
    assert column(folder, REPAIRED[family][text])["2020"] == 3
    said = text.strip() != {"a": "01004", "b": "200040459", "d": "2A004"}[REPAIRED[family][text]]
    assert len(problems.notes) == said and all(text in note for note in problems.notes)
    monkeypatch.setattr(sys, "argv", ["impactkit", "check", str(folder)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code and all(note in capsys.readouterr().out for note in problems.notes)


def test_the_panel_says_what_was_rewritten(made):
    folder = made([("1004", "2020", "3"), ("1", "2020", "4")][:1], family="commune")
    assert "01004" in ik.panel(ik.load(folder), outcome="count_shops", family="commune").notes[0]


@pytest.mark.parametrize(
    ("family", "text"),
    [("departement", "1"), ("departement", "2a"), ("region", "1"), ("departement", "1.0")],
)
def test_short_codes_too(made, family, text):
    folder = made([(text, "2020", "3")], family=family)
    assert not ik.check(folder) and len(ik.check(folder).notes) == 1


@pytest.mark.parametrize("more", ["", "absent = 0"])
@pytest.mark.parametrize(
    ("family", "text"),
    [
        ("commune", "98501"),
        ("commune", "99999"),
        ("commune", "Nantes"),
        ("commune", "1.004"),
        ("commune", ""),
        ("commune", "10000000"),
        ("epci", "200040458"),
        ("epci", "Grand Lyon"),
        ("departement", "20"),
        ("region", "99"),
        ("zone", "51"),
        ("unit", "U003"),
        ("unit", "u001"),
        ("territory", "A"),
    ],
)
def test_a_code_that_is_none_is_refused_and_never_a_zero(made, family, text, more):
    problems = refused(made([(text, "2020", "3")], family=family, more=more))
    assert [(one.cell, one.value) for one in problems] == [("A2", text)]


def test_every_wrong_cell_is_said_at_once_with_the_nearest(made):
    rows = [("01004", "2020", "3"), ("01999", "2020", "1,010"), ("zut", "hier", "x")]
    problems = refused(made(rows, family="commune"))
    assert [one.cell for one in problems] == ["A3", "C3", "A4", "B4", "C4"]
    near = refused(made([("U01", "2020", "3")], family="unit"))[0].next
    assert "`U001`" in near or "`U002`" in near


def test_two_rows_that_fall_on_one_code_are_refused(made):
    rows = [("01004", "2020", "3"), ("1004", "2020", "4"), ("1004", "2021", "4")]
    assert [one.cell for one in refused(made(rows, family="commune"))] == ["A3"]


PARTS = list(code_repair.CITIES["75056"])


def test_arrondissements_add_up_to_their_city(made):
    folder = made([(part, "2020", "2") for part in PARTS], family="commune")
    assert not ik.check(folder) and len(ik.check(folder).notes) == 1
    assert column(folder, "c") == {"2020": 40}
    some = made([(part, "2020", "2") for part in PARTS[:3]], family="commune", more="absent = 0")
    assert not ik.check(some) and column(some, "c") == {"2020": 6}


@pytest.mark.parametrize("city", code_repair.CITIES)
def test_arrondissements_that_do_not_make_their_city_are_refused(made, city):
    parts = code_repair.CITIES[city]
    every = [(part, "2020", "2") for part in parts]
    assert len(refused(made(every[1:], family="commune"))) == len(parts) - 1
    assert len(refused(made([*every, (city, "2020", "40")], family="commune"))) == len(parts)
    rate = {"family": "commune", "indicator": "rate_poverty_x"}
    assert len(refused(made(every, **rate), indicator="rate_poverty_x")) == len(parts)


# 21213 ended at the end of 2019, 14666 began on 1 January 2020: no vintage has both.
ENDED, BEGUN = "21213", "14666"


def test_codes_of_two_times_are_refused_and_those_of_one_are_said(made):
    assert not ik.check(made([(BEGUN, "2020", "3")], family="commune")).notes
    problems = ik.check(made([(ENDED, "2019", "3"), ("01004", "2019", "3")], family="commune"))
    assert not problems and "2019" in problems.notes[0]
    more = "absent = 0"
    mixed = refused(made([(BEGUN, "2020", "3"), (ENDED, "2019", "3")], family="commune", more=more))
    assert [(one.cell, one.value) for one in mixed] == [("A3", ENDED)]
    early = refused(made([(BEGUN, "2020", "3")], family="commune", more="vintage = 2019"))
    assert [one.cell for one in early] == ["A2"] and "2019" in early[0].expected


@given(st.sampled_from(sorted(code_repair.official_codes("commune"))))
def test_what_a_spreadsheet_does_to_a_code_is_undone_or_refused(code):
    spoiled = [code.lstrip("0"), code.lower(), f'="{code}"', f" {code}\u00a0"]
    spoiled += [f"{int(code)}.0"] if code.isdigit() else []
    for text in spoiled:
        codes = code_repair.read(FRENCH, [text], "commune")
        assert codes.units == [code] and not codes.wrong


# --- periods
PERIODS = {
    ("2023", "2024.0", "2025,0"): ["2023", "2024", "2025"],
    ("T3 2023", "2023-T4", "2024-Q1"): ["2023-Q3", "2023-Q4", "2024-Q1"],
    ("03/2023", "2023-04", "2023/5"): ["2023-03", "2023-04", "2023-05"],
    ("01/01/2022", "2022-02-01", "1/3/2022"): ["2022-01-01", "2022-02-01", "2022-03-01"],
    ("2022-01-01 00:00:00", "2022-01-02T00:00"): ["2022-01-01", "2022-01-02"],
}


@pytest.mark.parametrize("texts", PERIODS)
def test_periods_are_dates_of_one_frequency(made, texts):
    folder = made([("a", text, "3") for text in texts])
    assert not ik.check(folder) and list(column(folder)) == PERIODS[texts]


@pytest.mark.parametrize(
    "text",
    ["T3 2023", "2023-03", "01/01/2022", "hier", "", "2023.5", "23", "02/13/2022", "31/02/2022", "٢٠٢٣"],
)
def test_another_frequency_or_no_date_is_refused_at_its_line(made, text):
    problems = refused(made([("a", "2021", "3"), ("a", "2022", "3"), ("a", text, "3")]))
    assert [(one.cell, one.value) for one in problems] == [("B4", text)]


def test_two_rows_that_fall_on_one_period_are_refused(made):
    assert [one.cell for one in refused(made([("a", "2021", "3"), ("a", "2021.0", "4")]))] == ["A3"]


@given(st.dates(min_value=period_text.dt.date(1800, 1, 1), max_value=period_text.dt.date(2200, 1, 1)))
def test_a_day_is_read_whatever_its_form(day):
    iso = day.isoformat()
    for text in (iso, f"{day:%d/%m/%Y}", f"{day.day}/{day.month}/{day.year}"):
        assert period_text.period_of(text).text == iso


# --- check opens the files
def test_a_file_that_is_not_there_yet_is_a_note(small, capsys, monkeypatch):
    ev = small({}, more=TOML.format(family="territory", indicator="count_shops", more=""))
    problems = ik.check(ev.folder)
    assert not problems and "own.csv" in problems.notes[0]
    monkeypatch.setattr(sys, "argv", ["impactkit", "check", str(ev.folder), "--format", "json"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code and capsys.readouterr().out.strip() == "[]"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("code,period,value\na,2020,3\n", "unit"),
        ("", "en-tête"),
        ("unit,period,value\na,2020\n", "2 cellules"),
        ("unit,period,value,value\na,2020,3,4\n", "deux fois"),
    ],
)
def test_a_file_that_is_no_such_table_is_a_problem(small, text, words):
    ev = small({}, more=TOML.format(family="territory", indicator="count_shops", more=""))
    (ev.folder / "own.csv").write_text(text, "utf-8")
    problems = ik.check(ev.folder)
    assert len(problems) == 1 and words in problems[0].expected and problems[0].file == "own.csv"


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b", "01004", "x", "", "a "]),
            st.sampled_from(["2020", "2021.0", "T1 2020", "hier", ""]),
            st.text(alphabet="0123456789,. eE-", max_size=7),
        ),
        max_size=6,
    )
)
def test_whatever_check_passes_figures_read(tmp_path_factory, rows):
    toml = TOML.format(family="territory", indicator="count_shops", more="")
    ev = written(tmp_path_factory.mktemp("essai") / "essai", {}, toml)
    lines = "".join(f"{';'.join(row)}\n" for row in [("unit", "period", "value"), *rows])
    (ev.folder / "own.csv").write_text(lines, "utf-8")
    problems = ik.check(ev.folder)
    ev = ik.load(ev.folder)
    if problems:
        with pytest.raises(ik.RefusedData):
            ik.indicators(ev)
    else:
        assert len(ik.indicators(ev))


@pytest.mark.parametrize("texts", [*PERIODS, ("2014", "2019", "2020", "2021", "2022")])
def test_a_run_takes_every_frequency(made, texts):
    more = 'breaks = ["2020"]' if "2020" in texts else ""
    assert refusal(made([("a", text, f"{12 + at}") for at, text in enumerate(texts)], more=more)) == ""


def test_twelve_months_make_a_year_and_eleven_do_not(made):
    months = [
        (unit, f"{year}-{month:02d}", str(month))
        for unit in UNITS_OF
        for year in (2020, 2021)
        for month in MONTHS
    ]
    folder = made(months[:-1], family="unit")
    told = annual(series.of_units(ik.load(folder), "count_shops", "unit"))
    values = told[["unit", "period", "value"]].values.tolist()
    assert values == [["U001", "2020", 6.5], ["U001", "2021", 6.5], ["U002", "2020", 6.5]]
