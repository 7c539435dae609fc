"""The invented evaluation: the same bytes every time, complete, and its injected facts come back exactly."""

import json
import math
import shutil
import statistics
import sys

import pandas as pd
import pytest
from small_evaluation import value

import impactkit as ik
from impactkit.data.tables import schemas
from impactkit.indicators.collective import present
from impactkit.wording.language import FRENCH

NOT_HERE = {"leftovers"}


@pytest.fixture(scope="module")
def demo(repo):
    return ik.load(repo / "data" / "demo")


@pytest.fixture(scope="module")
def truth(repo):
    return json.loads((repo / "data" / "demo" / "truth.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def rows(demo):
    return ik.indicators(demo)


def test_one_seed_gives_the_same_bytes(repo, tmp_path, processes):
    demo = repo / "data" / "demo"
    processes.run([sys.executable, demo / "make.py", tmp_path], check=True)
    made = {file.relative_to(tmp_path) for file in tmp_path.rglob("*.*") if file.is_file()}
    kept = {file.relative_to(demo) for file in demo.rglob("*.*") if file.is_file()}
    by_hand = {"README.md", "make.py"}
    assert {str(file) for file in kept - made if "__pycache__" not in str(file)} == by_hand
    for file in made:
        assert (tmp_path / file).read_bytes() == (demo / file).read_bytes(), file


def test_it_is_complete_sound_and_says_that_it_is_invented(demo, repo):
    assert not ik.check(repo / "data" / "demo")
    for name in schemas(FRENCH):
        assert name in NOT_HERE or len(demo.table(name)), name
    assert demo.fictional
    for table in demo.tables:
        frame = demo.table(table)
        if "source" in frame:
            assert frame["source"].str.contains("exemple fictif").all(), table


def test_no_name_is_that_of_a_real_place(demo, repo):
    reference = repo / "data" / "reference"
    real = set()
    for file in sorted(reference.glob("*.csv*")):
        frame = pd.read_csv(file, dtype=str, keep_default_na=False)
        real |= {name.casefold() for column in frame for name in frame[column] if column.endswith("name")}
    assert len(real) > 30_000
    invented = {place.name for place in demo.territories} | set(demo.table("units")["name"])
    assert len(invented) > 300 and not {name.casefold() for name in invented} & real


def test_the_panel_can_be_compared(demo):
    units = demo.table("units").set_index("unit")
    assert len(units) >= 330 and units["region"].nunique() >= 6
    treated = {code for place in demo.territories for code in place.units}
    others = units[~units.index.isin(treated)]
    assert len(others) >= 300
    for place in demo.territories:
        size = units.loc[list(place.units), "size"].sum()
        assert others["size"].between(size / 2, size * 2).sum() >= 20, place.code
    panel = demo.table("outcomes")
    assert sorted(panel["period"].unique()) == [str(year) for year in range(2014, 2025)]
    silent = panel[panel["value"].isna()]
    assert 0 < len(silent) < len(panel) / 20 and silent["flag"].str.startswith("missing:").all()
    assert not set(silent["unit"]) & treated


def test_small_places_move_more(demo):
    panel, sizes = demo.table("outcomes"), demo.table("units").set_index("unit")["size"]
    jobs = panel[panel["indicator"] == "count_jobs_private"].pivot(
        index="unit", columns="period", values="value"
    )
    # What all have in common is not their own movement.
    own = jobs.map(math.log).diff(axis=1)
    moves = (own - own.mean()).std(axis=1)
    small, large = (
        moves[sizes[moves.index].between(*band)].mean() for band in ((0, 10_000), (50_000, 10**6))
    )
    assert small > 1.3 * large


def _gap(panel, units, unit, since):
    """Before-after of one unit less the median of those of its size, and the smallest gap one could see."""
    logs = panel.map(math.log)
    before, after = [str(year) for year in range(2014, 2019)], [str(year) for year in range(since, 2025)]
    moved = logs[after].mean(axis=1) - logs[before].mean(axis=1)
    near = units[units["size"].between(units.loc[unit, "size"] / 2, units.loc[unit, "size"] * 2)].index
    near = moved[[one for one in near if one in moved.index and one != unit]].dropna()
    # 1.96 for a test at 5 %, 0.84 for a power of 80 %.
    return moved[unit] - near.median(), 2.8 * statistics.stdev(near)


def test_one_effect_is_far_above_what_can_be_seen_and_one_below(demo, truth):
    panel = demo.table("outcomes")
    jobs = panel[panel["indicator"] == "count_jobs_private"].pivot(
        index="unit", columns="period", values="value"
    )
    units = demo.table("units").set_index("unit")
    strong, weak = truth["effects"]["val-d-aubrelle"], truth["effects"]["merinval"]
    gap, visible = _gap(jobs, units, strong["unit"], strong["from"])
    assert strong["log_effect"] > 3 * visible and abs(gap - strong["log_effect"]) < visible
    _, visible = _gap(jobs, units, weak["unit"], weak["from"])
    assert 0 < weak["log_effect"] < visible
    others = [one for code, one in truth["effects"].items() if code not in ("val-d-aubrelle", "merinval")]
    assert all(one["log_effect"] == 0 for one in others)


def test_the_members_come_back(demo, rows, truth):
    for code, facts in truth["members"].items():
        assert value(rows, "count_members_named", code)["value"] == facts["count_members_named"], code
        assert value(rows, "index_shannon", code)["value"] == pytest.approx(facts["index_shannon"], abs=1e-8)
        assert value(rows, "index_blau", code)["value"] == pytest.approx(facts["index_blau"], abs=1e-8)
        here = present(demo.territory(code).table("members"))
        assert here["type"].value_counts().to_dict() == facts["types"]
    silent = {place.code for place in demo.territories} - truth["members"].keys()
    assert silent and all(value(rows, "index_shannon", code)["flag"] for code in silent)


def test_the_themes_emerge(rows, truth):
    for theme, count in truth["challenges_by_theme"].items():
        assert value(rows, "count_challenges", "", f"theme={theme}")["value"] == count


def test_the_projects_come_back(rows, truth):
    for code, facts in truth["projects"].items():
        assert value(rows, "count_projects", code)["value"] == facts["count_projects"]
        for stage, count in facts["stages"].items():
            assert value(rows, "count_projects", code, f"stage={stage}")["value"] == count
        first = value(rows, "days_to_first_project", code, "clock=label")
        assert first["value"] == facts["days_to_first_project"] or first["flag"] == "missing:not-yet"
        jobs = value(rows, "count_jobs", code)
        assert jobs["value"] == facts["count_jobs"] or (not facts["count_jobs"] and jobs["flag"])
        if facts["amount_cost_per_job"]:
            cost = value(rows, "amount_cost_per_job", code)["value"]
            assert cost == pytest.approx(facts["amount_cost_per_job"], abs=1e-5)
    assert sum(facts["days_to_first_project"] is not None for facts in truth["projects"].values()) >= 8


def test_the_money_comes_back_at_zero_and_missing(rows, truth):
    met = []
    for code, ratios in truth["ratio_complementary"].items():
        for status, ratio in ratios.items():
            found = value(rows, "ratio_complementary", code, f"status={status}")
            if ratio is None:
                assert found["flag"] == "missing:not-communicated" and math.isnan(found["value"])
            else:
                assert found["value"] == pytest.approx(ratio, abs=1e-8), (code, status)
            met.append(ratio)
    assert None in met and 0 in met and max(one or 0 for one in met) > 1


def test_partnerships_transfers_obstacles_and_roadmaps_come_back(rows, truth):
    for code, facts in truth["partnerships"].items():
        for kind, count in facts["types"].items():
            assert value(rows, "count_partnerships", code, f"type={kind}")["value"] == count
        for name in ("amount_cash", "count_hours"):
            found = value(rows, name, code)
            assert found["value"] == facts[name] or (not facts[name] and found["flag"])
    for code, count in truth["transfers_given"].items():
        assert value(rows, "count_transfers", code, "role=given")["value"] == count
    for outcome, count in truth["obstacles"]["outcomes"].items():
        assert value(rows, "count_obstacles", "", f"outcome={outcome}")["value"] == count
    days = value(rows, "days_to_resolution", "")["value"]
    assert days == truth["obstacles"]["days_to_resolution"] > 0
    for code, facts in truth["roadmap"].items():
        for name, count in facts.items():
            assert value(rows, name, code)["value"] == count


@pytest.mark.parametrize(("book", "added"), [("classeur-aubrelle", 3), ("classeur-brumes", 2)])
def test_the_messy_workbooks_are_taken_in(repo, tmp_path, book, added):
    shutil.copytree(repo / "data" / "demo", tmp_path / "demo")
    done = ik.import_workbook(
        tmp_path / "demo" / "workbooks" / f"{book}.xlsx", tmp_path / "demo", as_of="2024-06-30"
    )
    assert not done.problems, str(done.problems)
    assert sum(done.added.values()) + len({change.key for change in done.changes}) == added
    assert not ik.check(tmp_path / "demo")
