"""The edges of the estimators: the right number, or one sentence; no traceback, no 0 with [0 ; 0]."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tiers import examples

import impactkit as ik

NAMES = {"unit": "unit", "period": "year", "outcome": "y", "first_treated": "first"}
OBJECTIVES = ("default", "simplex", "synthetic-did", "difference")
AGGREGATES = ("simple", "event", "group", "calendar")


def world(units=30, periods=8, treated=6, step=1, seed=1):
    """Units that drift, the first ones treated at the sixth period."""
    chance = np.random.default_rng(seed)
    rows = [(f"u{i:02}", 2000 + step * t) for i in range(units) for t in range(periods)]
    frame = pd.DataFrame(rows, columns=["unit", "year"])
    level = chance.normal(10, 0.3, units).repeat(periods)
    frame["y"] = np.exp(level + chance.normal(0, 0.02, len(frame)))
    frame["first"] = np.where(frame["unit"] < f"u{treated:02}", 2000 + step * 5, 0)
    return frame


def panel(frame):
    return ik.Panel.from_frame(frame, **NAMES)


def refused(call, *words):
    """One French sentence that says what, and another that says what to do next."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ik.ImpactkitError) as caught:
            call()
    wrong = caught.value
    assert wrong.what.endswith(".") and "\n" not in wrong.what and wrong.next.endswith(".")
    for word in words:
        assert word in wrong.what, wrong.what
    return wrong


# Anticipation and periods


def steps(step, control_dip):
    """Two groups and a never treated: an effect of 5, and before it a dip of those who see it come."""
    frame = world(units=30, treated=0, step=step)
    trend = frame["year"] / step
    number = frame["unit"].str[1:].astype(int)
    start = np.select([number < 10, number < 20], [5, 6], 99)
    at = (frame["year"] - 2000) / step
    frame["y"] = trend + 5.0 * (at >= start) - control_dip * (at == start - 1) + number % 3
    frame["first"] = np.where(start < 99, 2000 + step * start, 0)
    return panel(frame)


@pytest.mark.parametrize("step", [1, 2, 5])
@pytest.mark.parametrize("control", ["never", "not-yet"])
def test_anticipation_counts_periods_whatever_lies_between_them(step, control):
    found = ik.group_time(steps(step, 100.0), control=control, anticipation=1)
    assert found.estimate == pytest.approx(5)


@pytest.mark.parametrize("step", [1, 2])
def test_event_time_is_told_on_the_calendar(step):
    table = ik.group_time(steps(step, 0.0), aggregate="event").table
    assert table["period"].tolist() == [step * e for e in range(-5, 3)]
    assert table["estimate"].tolist() == pytest.approx([0] * 5 + [5] * 3)


@pytest.mark.parametrize("aggregate", AGGREGATES)
@pytest.mark.parametrize("anticipation", [5, 6, 100])
def test_anticipation_that_leaves_nothing_before(anticipation, aggregate):
    refused(
        lambda: ik.group_time(panel(world()), anticipation=anticipation, aggregate=aggregate),
        "anticipation",
        str(anticipation),
    )


@pytest.mark.parametrize("anticipation", [-1, 1.5, "1", None, True, np.nan])
def test_anticipation_is_a_whole_number(anticipation):
    refused(lambda: ik.group_time(panel(world()), anticipation=anticipation), "anticipation")


def test_a_group_that_nothing_comes_before_is_left_out_and_said():
    frame = world(units=40, treated=12)
    frame["first"] = frame["first"].where(frame["unit"] >= "u06", 2001)
    found = ik.group_time(panel(frame), anticipation=1)
    alone = ik.group_time(panel(frame[frame["unit"] >= "u06"]), anticipation=1)
    assert (found.estimate, found.se, found.n_treated) == (alone.estimate, alone.se, 6)
    assert any("2001" in sentence for sentence in found.warnings)


@pytest.mark.parametrize(
    "written",
    [
        lambda at: f"{2018 + at // 4}-Q{at % 4 + 1}",
        lambda at: f"{2018 + at // 4}-T{at % 4 + 1}",
        lambda at: f"{2018 + at // 12}-{at % 12 + 1:02}",
        lambda at: f"{2010 + at}-12-31",
        lambda at: str(9 + at),
        lambda at: pd.Timestamp(2010 + at, 1, 1),
        lambda at: pd.Period(year=2018 + at // 4, quarter=at % 4 + 1, freq="Q"),
        lambda at: 2018.0 + at / 4,
    ],
)
def test_any_calendar_gives_the_same_numbers(written):
    years = world()
    other = years.assign(year=[written(year - 2000) for year in years["year"]])
    other["first"] = [written(5) if first else None for first in years["first"]]
    for control in ("never", "not-yet"):
        a, b = (ik.group_time(panel(one), control=control, anticipation=1) for one in (years, other))
        assert (a.estimate, a.se) == (b.estimate, b.se)
    for objective in ("synthetic-did", "difference"):
        a, b = (ik.synthetic(panel(one), objective=objective) for one in (years, other))
        assert a.estimate == b.estimate
    assert ik.group_time(panel(other)).table["period"].iloc[-1] == other["year"].iloc[7]


def test_quarters_of_an_event_study_are_counted_in_quarters():
    frame = world()
    frame["year"] = [f"{2018 + at // 4}-Q{at % 4 + 1}" for at in frame["year"] - 2000]
    frame["first"] = np.where(frame["first"] > 0, "2019-Q2", "")
    table = ik.group_time(panel(frame), aggregate="event").table
    assert table["period"].tolist() == list(range(-4, 3))


@pytest.mark.parametrize("date", [2004.5, 2003.25])
def test_a_date_of_treatment_between_two_periods(date):
    frame = world().assign(first=lambda one: np.where(one["first"] > 0, date, 0))
    refused(lambda: ik.group_time(panel(frame)), "u00", str(date))
    for objective in OBJECTIVES:
        refused(lambda o=objective: ik.synthetic(panel(frame), unit="u00", objective=o), "u00", str(date))


def test_a_year_that_the_panel_skips_is_no_date_of_treatment():
    frame = world()
    frame = frame[frame["year"] != 2005]
    for call in (ik.group_time, lambda one: ik.synthetic(one, objective="difference")):
        refused(lambda c=call: c(panel(frame)), "2005")


def test_a_date_after_the_last_period():
    frame = world().assign(first=lambda one: np.where(one["first"] > 0, 2010, 0))
    refused(lambda: ik.group_time(panel(frame)), "aucune période après")
    for objective in OBJECTIVES:
        refused(lambda o=objective: ik.synthetic(panel(frame), unit="u00", objective=o), "après")
        refused(lambda o=objective: ik.synthetic(panel(frame), objective=o), "après")


def test_a_unit_treated_just_after_the_end_that_sees_it_come_is_no_comparison():
    frame = world()
    late = frame["unit"] >= "u20"
    frame.loc[late, "first"] = 2008
    seen = frame.assign(y=frame["y"].where(~(late & (frame["year"] == 2007)), 1e6))
    for control in ("never", "not-yet"):
        clean, dipped = (ik.group_time(panel(one), control=control, anticipation=1) for one in (frame, seen))
        assert clean.estimate == pytest.approx(dipped.estimate)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda f: f.assign(year=f["year"].map({2000: "avant"}).fillna("après")), "deux lignes|période"),
        (lambda f: f.assign(year=f["year"].astype(object).mask(f["year"] == 2003, "2003-Q1")), "2003-Q1"),
        (lambda f: f.assign(year=f["year"].mask(f["year"] == 2003)), "période"),
        (lambda f: f.assign(year=f["year"].astype(float).mask(f["year"] == 2003, np.inf)), "inf"),
        (lambda f: f.assign(unit=f["unit"].mask(f["unit"] == "u03")), "unité"),
        (lambda f: f.assign(unit=f["unit"].astype(object).mask(f["unit"] == "u03", 3)), "u00"),
        (lambda f: f.assign(y=f["y"].astype(object).mask(f["unit"] == "u03", "12,5")), "12,5"),
        (lambda f: f.assign(y=f["y"] + 1j), "nombre"),
        (lambda f: f.assign(y=f["y"].mask(f["unit"] == "u03", 1e200)), "démesurée"),
        (lambda f: f.head(0), "ligne"),
        (lambda f: f.assign(unit=[["u00", "u01"]] * len(f)), "plusieurs valeurs"),
        (lambda f: f.assign(first=[{}] * len(f)), "plusieurs valeurs"),
        (lambda f: f.assign(first="bientôt"), "bientôt"),
        (lambda f: f.assign(first="2005-Q1"), "2005-Q1"),
        (lambda f: f.assign(first=-5), "première période"),
        (lambda f: pd.concat([f, f[["y"]]], axis=1), "deux fois"),
    ],
)
def test_a_table_that_is_no_panel(change, words):
    wrong = refused(lambda: panel(change(world())))
    assert any(word in wrong.what for word in words.split("|")), wrong.what


@pytest.mark.parametrize("frame", [None, 3, [[1, 2]], {"unit": [1]}, np.eye(3), pd.Series([1.0])])
def test_what_is_no_table(frame):
    refused(lambda: panel(frame), "DataFrame")


def test_one_column_for_two_roles():
    refused(lambda: ik.Panel.from_frame(world(), unit="unit", period="unit", outcome="y"), "unit")


def test_what_a_table_may_say_of_never():
    frame = world()
    for never in (0, np.nan, np.inf):
        other = frame.assign(first=frame["first"].astype(float).where(frame["first"] > 0, never))
        assert ik.group_time(panel(other)).estimate == ik.group_time(panel(frame)).estimate
    coded = frame.astype({"unit": "category"}).assign(y=frame["y"].astype("Float64"))
    assert ik.group_time(panel(coded)).estimate == ik.group_time(panel(frame)).estimate


def test_a_unit_whose_name_is_a_number():
    frame = world(treated=1).assign(unit=lambda one: one["unit"].str[1:].astype(int))
    assert ik.synthetic(panel(frame), unit="0", objective="difference").n_treated == 1


# Missing values


def test_a_cohort_emptied_by_missing_values_is_not_said_untreated():
    frame = world()
    holes = frame["y"].mask((frame["first"] > 0) & (frame["year"] == 2003))
    wrong = refused(lambda: ik.group_time(panel(frame.assign(y=holes))), "u00 (2003)")
    assert "n’est dite traitée" not in wrong.what


def test_others_emptied_by_missing_values():
    frame = world()
    holes = frame["y"].mask((frame["first"] == 0) & (frame["year"] == 2003))
    refused(lambda: ik.group_time(panel(frame.assign(y=holes))), "u06 (2003)", "jamais traitées")


def test_one_cohort_of_two_emptied_is_said():
    frame = world(units=40, treated=12)
    frame["first"] = frame["first"].where(frame["unit"] >= "u06", 2004)
    holes = frame.assign(y=frame["y"].mask((frame["first"] == 2004) & (frame["year"] == 2002)))
    found = ik.group_time(panel(holes))
    assert found.n_treated == 6 and "2004" in found.warnings[0] and "6 unités" in found.warnings[1]


def test_a_missing_value_of_the_treated_is_not_blamed_on_the_others():
    frame = world(treated=1)
    holes = frame.assign(y=frame["y"].mask((frame["unit"] == "u00") & (frame["year"] == 2003)))
    for objective in OBJECTIVES:
        wrong = refused(lambda o=objective: ik.synthetic(panel(holes), objective=o), "2003")
        assert wrong.where == "u00"


# Covariates

UNITS = [f"u{i:02}" for i in range(30)]


def covariates(**columns):
    chance = np.random.default_rng(0)
    return pd.DataFrame({"x": chance.normal(size=30)} | columns, index=UNITS)


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (covariates(z=1.0), "z"),
        (covariates(z=0), "z"),
        (covariates(z=covariates()["x"].to_numpy() * -3 + 7), "z"),
        (covariates(z=[f"{i}" for i in range(30)]), "z"),
        (covariates(z=["nord", "sud"] * 15), "z"),
        (covariates(z=[np.nan] + [1.0, 2.0] * 14 + [3.0]), "u00"),
        (covariates(z=[np.inf] + [1.0, 2.0] * 14 + [3.0]), "u00"),
        (covariates(z=pd.Timestamp(2020, 1, 1)), "z"),
        (covariates().iloc[:-2], "u29"),
        (covariates().set_axis(range(30)), "u00"),
        (pd.concat([covariates(), covariates()]), "u00"),
        (covariates(z=[1.0] * 6 + [0.0] * 24), "covariables"),
        (covariates(z=np.r_[np.linspace(10, 11, 6), np.linspace(0, 1, 24)]), "qui est traité"),
        (pd.DataFrame(np.random.default_rng(1).normal(size=(30, 28)), index=UNITS), "24"),
        (covariates(z=[0.0] * 6 + [0.0] * 24 + []).assign(z=[1, 0, 1, 0, 1, 0] + [0] * 24), "covariables"),
    ],
)
@pytest.mark.parametrize("control", ["never", "not-yet"])
def test_covariates_that_cannot_be_used(frame, words, control):
    refused(lambda: ik.group_time(panel(world()), covariates=frame, control=control), words)


def test_the_scale_of_a_covariate_changes_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plain = ik.group_time(panel(world()), covariates=covariates())
        for scale, shift in ((1e9, 1e12), (1e-9, 0.0), (-1.0, 5.0)):
            other = ik.group_time(panel(world()), covariates=covariates() * scale + shift)
            assert other.estimate == pytest.approx(plain.estimate, rel=1e-6)
            assert other.se == pytest.approx(plain.se, rel=1e-5)


def test_no_column_is_no_covariate():
    empty = covariates()[[]]
    assert ik.group_time(panel(world()), covariates=empty).se == ik.group_time(panel(world())).se


# Nothing to compare


def flat(frame):
    return frame.assign(y=frame.groupby("unit")["y"].transform("first"))


@pytest.mark.parametrize("change", [flat, lambda f: f.assign(y=0.0), lambda f: f.assign(y=7.0)])
def test_what_never_moves_has_no_effect_of_zero(change):
    refused(lambda: ik.group_time(panel(change(world()))), "varie")
    for objective in OBJECTIVES:
        refused(lambda o=objective: ik.synthetic(panel(change(world(treated=1))), objective=o), "varie")


def test_units_that_move_alike_have_no_interval():
    frame = world().assign(y=lambda one: one["year"] - 2000.0)
    found = ik.group_time(panel(frame))
    assert found.estimate == 0 and (found.se, found.low, found.high) == (None, None, None) and found.refused
    assert found.table["se"].isna().all()
    alike = world(treated=1).assign(y=lambda one: np.exp((one["year"] - 2000.0) / 10))
    refused(lambda: ik.synthetic(panel(alike)), "toutes de même")


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_one_unit_is_no_comparison(objective):
    frame = world(treated=1)
    for names in (["u00"], ["u00", "u01"]):
        refused(
            lambda n=names: ik.synthetic(panel(frame[frame["unit"].isin(n)]), objective=objective), "deux"
        )


def test_one_comparison_unit_has_no_group_effect():
    frame = world(units=7)
    for control in ("never", "not-yet"):
        refused(lambda c=control: ik.group_time(panel(frame), control=c), "deux")


def test_few_comparison_units_have_no_standard_error():
    found = ik.group_time(panel(world(units=9)))
    assert found.estimate is not None and found.se is None and "3 unités" in found.refused


def test_a_small_group_has_no_standard_error_of_its_own():
    frame = world(units=40, treated=12)
    frame["first"] = frame["first"].where(frame["unit"] >= "u02", 2004)
    found = ik.group_time(panel(frame), aggregate="group")
    assert found.se is not None and found.table["se"].isna().tolist() == [True, False]


# Weights


@pytest.mark.parametrize(
    "ridge", [1e-13, 1e-300, 0, 0.0, -1, -1e-9, np.inf, -np.inf, np.nan, "1", True, 1e300]
)
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_a_ridge_that_cannot_be_used(ridge, objective):
    refused(lambda: ik.synthetic(panel(world(treated=1)), objective=objective, ridge=ridge), "ridge")


@pytest.mark.parametrize("objective", ["default", "simplex", "synthetic-did"])
def test_a_ridge_replaces_that_of_the_objective(objective):
    whole = panel(world(treated=1))
    spread = ik.synthetic(whole, objective=objective, ridge=1e8)
    assert spread.estimate != ik.synthetic(whole, objective=objective, ridge=1e-4).estimate
    # Weights that are all alike are a mean.
    logs = world(treated=1).assign(y=lambda one: np.log(one["y"]))
    own = logs[logs["unit"] == "u00"].set_index("year")["y"]
    others = logs[logs["unit"] != "u00"].groupby("year")["y"].mean()
    gap = own - others
    if objective == "default":
        assert spread.estimate == pytest.approx(gap.loc[2005:].mean() - gap.loc[:2004].mean(), abs=1e-6)


@pytest.mark.parametrize("times", [100, 0.001])
def test_outside_the_hull_of_the_others(times):
    frame = world(treated=1)
    apart = frame.assign(y=frame["y"].mask(frame["unit"] == "u00", frame["y"] * times))
    wrong = refused(lambda: ik.synthetic(panel(apart), objective="simplex"), "u00", "2000")
    assert "synthetic-did" in wrong.next
    assert ik.synthetic(panel(apart), objective="default").estimate is not None


# Honest intervals

BETA, SIGMA = np.array([0.0, 0.1, 1.0]), 0.01 * np.eye(3)


@pytest.mark.parametrize(
    "sigma",
    [
        np.ones((3, 3)),
        np.zeros((3, 3)),
        SIGMA * np.nan,
        np.where(np.eye(3) > 0, SIGMA, np.nan),
        SIGMA + np.inf,
        np.array([[1.0, 2.0, 0.0], [2.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
        np.array([[1.0, 0.5, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
        -SIGMA,
        np.outer([1, 2, 3], [1, 2, 3]) + 1e-13 * np.eye(3),
        np.outer([1e-8, 2e-8, 3e-8], [1e-8, 2e-8, 3e-8]),
        np.eye(2),
        np.ones(3),
        SIGMA * 1e-300,
    ],
)
def test_a_covariance_that_is_none(sigma):
    refused(lambda: ik.honest((BETA, sigma), before=2))


@pytest.mark.parametrize(
    "call",
    [
        lambda: ik.honest((BETA * np.nan, SIGMA), before=2),
        lambda: ik.honest((BETA + np.inf, SIGMA), before=2),
        lambda: ik.honest((["a", "b", "c"], SIGMA), before=2),
        lambda: ik.honest((BETA[None, :], SIGMA), before=2),
        lambda: ik.honest((BETA,), before=2),
        lambda: ik.honest(3, before=2),
        lambda: ik.honest((BETA, SIGMA), before=3),
        lambda: ik.honest((BETA, SIGMA), before=7),
        lambda: ik.honest((BETA, SIGMA), before=0),
        lambda: ik.honest((BETA, SIGMA), before=1.5),
        lambda: ik.honest((BETA, SIGMA), before=2, at=-1),
        lambda: ik.honest((BETA, SIGMA), before=2, at=1),
        lambda: ik.honest((BETA, SIGMA), before=2, smoothness=(0.0, -1.0)),
        lambda: ik.honest((BETA, SIGMA), before=2, smoothness=(np.nan,)),
        lambda: ik.honest((BETA, SIGMA), before=2, smoothness=(np.inf,)),
        lambda: ik.honest((BETA, SIGMA), before=2, smoothness=("a",)),
        lambda: ik.honest((BETA, SIGMA), before=2, smoothness="0.1"),
    ],
)
def test_an_event_study_that_is_none(call):
    refused(call)


def test_one_change_of_slope_is_one_row():
    pair = ik.honest((BETA, SIGMA), before=2, smoothness=(0.1,))
    assert ik.honest((BETA, SIGMA), before=2, smoothness=0.1).equals(pair)


# Any small panel


SHAPES = {
    "smooth": lambda y, chance: y,
    "whole": lambda y, chance: y.round(),
    "rare": lambda y, chance: (y > np.median(y)).astype(float),
    "sparse": lambda y, chance: np.where(chance.random(len(y)) < 0.8, 0.0, y),
    "huge": lambda y, chance: y * 1e70,
    "tiny": lambda y, chance: y * 1e-70,
    "far": lambda y, chance: y + 1e9,
    "wild": lambda y, chance: np.sign(y) * 10.0 ** chance.integers(-60, 60, len(y)),
    "one": lambda y, chance: np.where(np.arange(len(y)) == 7, 1.0, 0.0),
}


@st.composite
def panels(draw):
    """Small panels, dull or wild: ties, gaps, dates anywhere, periods apart, few units."""
    chance = np.random.default_rng(draw(st.integers(0, 10_000)))
    units = draw(st.sampled_from([1, 2, 3, 4, 6, 12, 25, 45]))
    periods = (
        np.cumsum(chance.integers(1, draw(st.integers(2, 4)), draw(st.sampled_from([1, 2, 3, 5, 8, 8]))))
        + 2000
    )
    frame = pd.DataFrame(
        [(f"u{i}", year) for i in range(units) for year in periods], columns=["unit", "year"]
    )
    level = chance.normal(0, draw(st.sampled_from([0.0, 1.0, 50.0])), units).repeat(len(periods))
    noise = chance.normal(0, draw(st.sampled_from([0.0, 1e-13, 1e-6, 1.0])), len(frame))
    frame["y"] = SHAPES[draw(st.sampled_from(sorted(SHAPES)))](100 + level + frame["year"] + noise, chance)
    if draw(st.integers(0, 3)) == 0:
        frame["y"] = frame["y"].mask(chance.random(len(frame)) < 0.02)
    dates = list(periods[min(2, len(periods) - 1) :])
    if draw(st.integers(0, 5)) == 0:
        dates += [2000, 2004, 2050]
    treated = draw(st.sampled_from([1, 1, 1, 2, 6, 12]))
    starts = {f"u{i}": chance.choice(dates) for i in range(treated)}
    frame["first"] = frame["unit"].map(starts).fillna(0)
    return frame


def sound(found):
    """Numbers, and an interval that has a width, or none."""
    assert np.isfinite(found.estimate)
    ends = (found.low, found.high)
    assert ends == (None, None) or np.isfinite(ends).all() and found.low < found.high
    assert found.se is None or found.se > 0
    assert found.p is None or 0 < found.p_floor <= found.p <= 1


@settings(max_examples=examples(400), deadline=None)
@given(panels(), st.integers(0, 3), st.sampled_from(["never", "not-yet"]), st.sampled_from(AGGREGATES))
def test_any_small_panel_has_group_effects_or_a_sentence(frame, anticipation, control, aggregate):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            sound(
                ik.group_time(panel(frame), control=control, aggregate=aggregate, anticipation=anticipation)
            )
        except ik.ImpactkitError as wrong:
            assert wrong.what and wrong.next


@settings(max_examples=examples(400), deadline=None)
@given(panels(), st.sampled_from(OBJECTIVES), st.booleans(), st.sampled_from([None, 1e-9, 1e-3, 1e9]))
def test_any_small_panel_has_a_gap_or_a_sentence(frame, objective, named, ridge):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            unit = "u0" if named else None
            sound(ik.synthetic(panel(frame), unit=unit, objective=objective, ridge=ridge))
        except ik.ImpactkitError as wrong:
            assert wrong.what and wrong.next


@settings(max_examples=examples(150), deadline=None)
@given(st.data())
def test_any_covariates_give_numbers_or_a_sentence(data):
    values = st.one_of(st.sampled_from([0.0, 1.0, 2.0]), st.floats(-1e6, 1e6), st.just(np.nan))
    columns = data.draw(st.integers(1, 3))
    cells = data.draw(
        st.lists(st.lists(values, min_size=30, max_size=30), min_size=columns, max_size=columns)
    )
    frame = pd.DataFrame(dict(enumerate(cells)), index=UNITS)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            sound(ik.group_time(panel(world()), covariates=frame))
        except ik.ImpactkitError as wrong:
            assert wrong.what and wrong.next


@settings(max_examples=examples(150), deadline=None)
@given(st.integers(2, 5), st.integers(0, 10_000), st.integers(0, 5), st.floats(0, 10))
def test_any_covariance_gives_an_interval_or_a_sentence(size, seed, rank, smoothness):
    chance = np.random.default_rng(seed)
    root = chance.normal(size=(size, rank)) if rank else np.zeros((size, 1))
    beta = chance.normal(size=size)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            found = ik.honest((beta, root @ root.T), before=size - 1, smoothness=(smoothness,)).iloc[0]
        except ik.ImpactkitError:
            return
    assume(rank >= size)
    assert np.isfinite(found).all() and found["low"] < found["high"]
