"""Numbers of published studies, by the name of the study, read in the table of the reference folder."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import impactkit as ik

EVENT = range(-3, 4)


@pytest.fixture(scope="module")
def reference(published) -> str:
    """The table of numbers to reach, beside the data."""
    return (published.parent / "README.md").read_text("utf-8")


def numbers(reference: str, call: str) -> list[float]:
    """The numbers of the row of the reference table whose call contains these words."""
    rows = [line.split("|") for line in reference.splitlines() if line.startswith("|")]
    found = [row for row in rows if len(row) > 4 and call in row[2]]
    assert len(found) == 1, call
    return [float(one) for one in re.findall(r"-?\d*\.\d+(?:e-\d+)?", found[0][3])]


@pytest.fixture(scope="module")
def mpdta(published):
    table = pd.read_csv(published / "mpdta.csv")
    panel = ik.Panel.from_frame(
        table, unit="countyreal", period="year", outcome="lemp", first_treated="first.treat"
    )
    covariates = table.drop_duplicates("countyreal").set_index("countyreal")[["lpop"]]
    return panel, covariates


def test_mpdta_simple(mpdta, reference):
    found = ik.group_time(mpdta[0])
    assert [found.estimate, found.se] == pytest.approx(
        numbers(reference, "group-time ATT, never-treated, no covariates"), abs=1e-8
    )


def test_mpdta_event_study(mpdta, reference):
    table = ik.group_time(mpdta[0], aggregate="event").table.set_index("period")["estimate"]
    assert [table[e] for e in EVENT] == pytest.approx(numbers(reference, "event study, e = -3..3"), abs=1e-8)


def test_mpdta_not_yet_treated(mpdta, reference):
    found = ik.group_time(mpdta[0], control="not-yet")
    told = numbers(reference, "not-yet-treated, simple ATT / SE")
    assert [found.estimate, found.se] == pytest.approx(told, abs=1e-8)


def test_mpdta_by_group(mpdta, reference):
    found = ik.group_time(mpdta[0], aggregate="group")
    assert [found.estimate, found.se] == pytest.approx(
        numbers(reference, "by group, overall / SE"), abs=1e-8
    )


def test_mpdta_covariate(mpdta, reference):
    panel, covariates = mpdta
    found = ik.group_time(panel, covariates=covariates)
    told = numbers(reference, "covariate lpop, never-treated, simple ATT / SE")
    assert [found.estimate, found.se] == pytest.approx(told, abs=1e-7)


@pytest.fixture(scope="module")
def prop99(published):
    table = pd.read_csv(published / "california_prop99.csv", sep=";")
    first = table[table["treated"] == 1].groupby("State")["Year"].min()
    table["first"] = table["State"].map(first)
    return ik.Panel.from_frame(
        table, unit="State", period="Year", outcome="PacksPerCapita", first_treated="first"
    )


@pytest.mark.parametrize(
    ("objective", "call", "within"),
    [
        ("synthetic-did", "synthetic DiD (published; the exact optimum", 2e-3),
        ("difference", "difference-in-differences", 1e-5),
        ("simplex", "synthetic control, exact simplex, outcome only", 1e-3),
    ],
)
def test_california_proposition_99(prop99, reference, objective, call, within):
    found = ik.synthetic(prop99, unit="California", objective=objective)
    assert found.estimate == pytest.approx(numbers(reference, call)[0], abs=within)
    # No standard error holds with one treated unit; p is a rank among the 38 others.
    assert found.se is None and found.p_floor == pytest.approx(1 / 39)


def test_california_exact_optimum(prop99):
    assert ik.synthetic(prop99, objective="synthetic-did").estimate == pytest.approx(-15.605398, abs=1e-4)


def test_quota_staggered(published, reference):
    table = pd.read_stata(published / "quota_example_cluster.dta")
    first = table[table["quota"] == 1].groupby("country")["year"].min()
    table["first"] = table["country"].map(first)
    panel = ik.Panel.from_frame(
        table, unit="country", period="year", outcome="womparl", first_treated="first"
    )
    found = ik.synthetic(panel, objective="synthetic-did")
    assert found.estimate == pytest.approx(numbers(reference, "staggered synthetic DiD")[0], abs=1e-2)
    assert found.estimate == pytest.approx(8.038142, abs=1e-4)


def test_ehec_honest(published, reference):
    held = np.load(published / "ehec_beta_sigma.npz")
    allowed = (0, 0.01, 0.02, 0.03, 0.05)
    found = ik.honest((held["b"], held["V"]), before=5, smoothness=allowed)
    told = numbers(reference, "Honest DiD, smoothness")
    assert found[["low", "high"]].to_numpy().ravel() == pytest.approx(told, abs=5e-4)


def test_nsw_experimental_difference(published, reference):
    table = pd.read_stata(published / "nsw_mixtape.dta")
    found = table[table["treat"] == 1]["re78"].mean() - table[table["treat"] == 0]["re78"].mean()
    assert found == pytest.approx(numbers(reference, "experimental difference")[0], abs=1e-3)


def test_the_reference_is_a_table(published):
    assert Path(published / "basque.csv").is_file()
