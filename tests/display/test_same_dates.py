"""In one row of figures, a value and its change end on the same date; what is later is said apart."""

import re

import pytest

import impactkit as ik

CHANGE = re.compile(r"de (\d{4}) à (\d{4})$")


def words(sentence):
    return sentence if isinstance(sentence, str) else "".join(run.text for run in sentence)


def lines(table):
    return [[words(cell) for cell in row] for row in table.rows]


@pytest.fixture(scope="module")
def demo(repo):
    return ik.load(repo / "data" / "demo")


def test_a_value_stands_where_its_change_ends(official, french_impact, demo):
    changes = 0
    for ev in (official, french_impact, demo):
        for place in ev.territories:
            for what, value, change, *_ in lines(ik.table(place, about="figures")):
                if not change:
                    continue
                span = CHANGE.search(change)
                assert span, (place.code, what, change)
                assert value.endswith(f"({span[2]})"), (place.code, what, value, change)
                changes += 1
    assert changes > 80


def test_the_latest_quarter_is_said_apart(official):
    table = ik.table(official.territory("valence-romans"), about="figures")
    row = next(row for row in lines(table) if row[0].startswith("Chômage"))
    assert row[1].endswith("(2022)") and "T3" not in " ".join(row)
    assert row[2].startswith("−1,9 point de 2018") and "pt" not in " ".join(row)
    notes = " ".join(map(words, table.notes))
    assert "T3 2023" in notes and "moyennes annuelles" in notes


def test_every_line_of_the_axis_says_its_dates(official):
    chart = ik.chart(official.territory("valence-romans"), kind="spine")
    names = [row[0] for row in lines(chart.data)]
    assert len(names) >= 4 and all(re.search(r", \d{4}(–\d{4})?$", name) for name in names)


def test_months_too_are_set_beside_the_change_of_their_years(small):
    """Thirty units, a rate every month from 2017 to a part of 2021: its year of 2020 ends the change."""
    months = [f"{year}-{month:02}" for year in range(2017, 2022) for month in range(1, 13)][:-6]
    units = [{"unit": f"U{n:02}", "name": f"Unité {n}", "size": 9000 + 100 * n} for n in range(30)]
    rates = [
        {
            "unit": unit["unit"],
            "period": month,
            "indicator": "rate_unemployment",
            "value": round(0.09 - 0.0004 * at + 0.0001 * number, 4),
        }
        for number, unit in enumerate(units)
        for at, month in enumerate(months)
    ]
    jobs = [
        {"unit": unit["unit"], "period": str(year), "indicator": "count_jobs_private", "value": 9000 + year}
        for unit in units
        for year in range(2017, 2022)
    ]
    ground = [{"territory": "a", "code": "U03", "family": "unit", "role": "perimeter"}]
    tables = {"units": units, "outcomes": rates + jobs, "perimeters": ground}
    table = ik.table(small(tables).territory("a"), about="figures")
    row = next(row for row in lines(table) if row[0].startswith("Chômage"))
    assert row[1].endswith("(2020)") and row[2].endswith("de 2018 à 2020")
    assert "juin 2021" in " ".join(map(words, table.notes))
