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


@pytest.mark.parametrize(("scenario", "control"), [("mpdta_nev_dr", "never"), ("mpdta_nyt_dr", "not-yet")])
def test_mpdta_every_cell(mpdta, published, scenario, control):
    told = pd.read_csv(published / "ref_csdid_R_attgt.csv")
    told = told[told["scenario"] == scenario].set_index(["group", "t"])
    found = ik.group_time(mpdta[0], control=control).table.set_index(["group", "period"]).loc[told.index]
    assert len(told) == 12
    assert found["estimate"].to_numpy() == pytest.approx(told["att"].to_numpy(), abs=1e-9)
    assert found["se"].to_numpy() == pytest.approx(told["se"].to_numpy(), abs=1e-9)


@pytest.mark.parametrize(("control", "named"), [("never", "never_treated"), ("not-yet", "not_yet_treated")])
@pytest.mark.parametrize("anticipation", [0, 1, 2])
def test_mpdta_anticipated_as_another_library_has_it(mpdta, published, anticipation, control, named):
    from diff_diff import CallawaySantAnna

    panel, covariates = mpdta
    table = pd.read_csv(published / "mpdta.csv").rename(columns={"first.treat": "first"})
    # That library keeps the groups that nothing comes before among its units; R's leaves them out.
    table = table[(table["first"] == 0) | (table["first"] > 2003 + anticipation)]
    names = {"outcome": "lemp", "unit": "countyreal", "time": "year", "first_treat": "first"}
    # Its chances of being treated are told to four digits only.
    for columns, given, within in ((None, None, 1e-9), (["lpop"], covariates, 5e-5)):
        other = CallawaySantAnna(control_group=named, anticipation=anticipation)
        cells = other.fit(table, **names, covariates=columns).group_time_effects
        found = ik.group_time(panel, control=control, anticipation=anticipation, covariates=given)
        ours = found.table.set_index(["group", "period"])
        after = [cell for cell in cells if cell[1] >= cell[0]]
        assert after
        for cell in after:
            assert ours["estimate"][cell] == pytest.approx(cells[cell]["effect"], abs=within), cell
            assert ours["se"][cell] == pytest.approx(cells[cell]["se"], abs=within), cell


def test_years_two_apart_are_periods_like_any_others(published):
    """Every other year of the same counties, told as years or as ranks of periods, anticipation included."""
    table = pd.read_csv(published / "mpdta.csv")
    table = table[table["year"].isin([2003, 2005, 2007]) & table["first.treat"].isin([0, 2007])]
    ranks = table.assign(
        year=(table["year"] - 2001) // 2, **{"first.treat": table["first.treat"] // 2007 * 3}
    )
    found = []
    for one in (table, ranks):
        panel = ik.Panel.from_frame(
            one, unit="countyreal", period="year", outcome="lemp", first_treated="first.treat"
        )
        found.append(ik.group_time(panel, anticipation=1))
    wide = table.pivot(index="countyreal", columns="year", values="lemp")
    treated = table.groupby("countyreal")["first.treat"].first() > 0
    change = wide[2007] - wide[2003]
    assert found[0].estimate == pytest.approx(change[treated].mean() - change[~treated].mean(), abs=1e-9)
    assert (found[0].estimate, found[0].se) == (found[1].estimate, found[1].se)


def test_the_weights_of_the_optimum_are_exact(prop99):
    found = ik.synthetic(prop99, unit="California", objective="simplex")
    assert found.estimate == pytest.approx(-19.513629, abs=2e-6)
