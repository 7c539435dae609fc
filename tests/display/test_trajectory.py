"""What the table of a curve holds is what its caption says: an index that is 100 in its year, or a rate."""

import re

import pytest

import impactkit as ik
from impactkit.indicators.trajectory import is_rate

JOBS, UNEMPLOYMENT = "count_jobs_private", "rate_unemployment"


def words(sentence):
    return sentence if isinstance(sentence, str) else "".join(run.text for run in sentence)


def read(chart):
    """The caption of a chart's table, and the territory's figure by year."""
    cells = [[words(cell) for cell in row] for row in chart.data.rows]
    plain = {row[0]: row[1].replace("\u202f", "").replace("%", "").replace(",", ".") for row in cells}
    figures = {year: float(text) for year, text in plain.items()}
    return words(chart.data.caption), figures


@pytest.fixture(scope="module")
def demo(repo):
    return ik.load(repo / "data" / "demo")


def curves(ev, outcome):
    for place in ev.territories:
        if chart := ik.chart(place, kind="trajectory", outcome=outcome):
            yield place, chart


@pytest.mark.parametrize("outcome", [None, JOBS, UNEMPLOYMENT])
def test_a_table_on_base_100_is_100_in_its_year(french_impact, demo, official, outcome):
    checked = 0
    evaluations = (demo, official) if outcome else (demo, french_impact, official)
    for ev in evaluations:
        for _, chart in curves(ev, outcome):
            caption, figures = read(chart)
            base = re.search(r"base 100 en (\d{4})", caption)
            assert bool(base) == (outcome is None or not is_rate(outcome)), caption
            if base:
                assert figures[base[1]] == 100 and max(figures.values()) < 1000, caption
            checked += 1
    assert checked > 12


def test_what_few_comparable_units_leave_is_in_the_rows(official):
    """A metropolis that nobody is compared with still has its index among the figures of its report."""
    place = official.territory("lyon-metropole")
    _, figures = read(ik.chart(place, kind="trajectory", outcome=JOBS))
    rows = ik.indicators(official, measure="context", of=place)
    index = rows[rows["indicator"] == "index_jobs_private"]
    assert set(index["group"]) == {""}
    assert {row.period: round(row.value, 1) for row in index.itertuples()} == figures
