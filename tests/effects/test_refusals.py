"""What no estimator can use is refused in one sentence."""

import numpy as np
import pandas as pd
import pytest

import impactkit as ik


def world(units=30, periods=8, seed=1):
    chance = np.random.default_rng(seed)
    frame = pd.DataFrame(
        [(f"u{i}", 2000 + t) for i in range(units) for t in range(periods)], columns=["unit", "year"]
    )
    level = chance.normal(10, 0.3, units).repeat(periods)
    frame["y"] = np.exp(level + chance.normal(0, 0.02, len(frame)).cumsum() * 0.1)
    frame["first"] = np.where(frame["unit"] == "u0", 2005, 0)
    return frame


def panel(frame):
    return ik.Panel.from_frame(frame, unit="unit", period="year", outcome="y", first_treated="first")


def test_a_sound_panel_has_an_answer():
    for objective in ("default", "simplex", "synthetic-did", "difference"):
        found = ik.synthetic(panel(world()), unit="u0", objective=objective)
        assert found.estimate is not None and found.se is None and found.p_floor <= 1 / 29


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda f: f.assign(first=np.where(f["unit"] == "u0", 2001, 0)), "deux périodes avant"),
        (lambda f: f.assign(first=np.where(f["unit"] == "u0", 2000, 0)), "première période"),
        (lambda f: f[f["unit"] == "u0"], "comparable"),
        (lambda f: f[f["unit"].isin(["u0", "u1"])], "moins de deux unités"),
        (lambda f: f.assign(y=5.0), "varie jamais"),
        (lambda f: f.assign(y=f["y"].mask((f["unit"] == "u3") & (f["year"] == 2002))), "u3"),
        (lambda f: f.assign(first=0), "traitée"),
        (lambda f: pd.concat([f, f.tail(1)]), "deux lignes"),
        (lambda f: f.assign(y=f["y"].mask((f["unit"] == "u3") & (f["year"] == 2002), np.inf)), "infinie"),
        (lambda f: f.assign(first=f["first"].mask(f["year"] == 2007, 2006)), "plusieurs dates"),
        (lambda f: f.rename(columns={"y": "z"}), "colonnes"),
    ],
)
@pytest.mark.parametrize("objective", ["default", "simplex", "synthetic-did"])
def test_one_sentence(change, words, objective):
    with pytest.raises(ik.ImpactkitError) as caught:
        ik.synthetic(panel(change(world())), objective=objective)
    assert words in caught.value.what and caught.value.what.count("\n") == 0 and caught.value.next


def test_a_twin_among_the_comparable_is_no_trouble():
    frame = world()
    twin = frame[frame["unit"] == "u0"].assign(unit="twin", first=0)
    found = ik.synthetic(panel(pd.concat([frame, twin])), unit="u0", objective="simplex")
    assert found.estimate == pytest.approx(0, abs=1e-3 * frame["y"].mean())


def test_few_treated_units_have_no_standard_error():
    found = ik.group_time(panel(world()))
    assert found.estimate is not None and found.se is None and found.low is None and found.refused
    assert found.table["se"].isna().all()


def test_names_are_offered():
    with pytest.raises(ik.UnknownName, match="simplexe"):
        ik.synthetic(panel(world()), objective="simplexe")
    with pytest.raises(ik.UnknownName, match="u99"):
        ik.synthetic(panel(world()), unit="u99")
    with pytest.raises(ik.UnknownName, match="nevr"):
        ik.group_time(panel(world()), control="nevr")
