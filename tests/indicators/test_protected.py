"""[secrecy] of evaluation.toml: whole rows protected at once; nothing in a built report gives one back."""

import json
import re
import shutil

import pandas as pd
import pytest
from small_evaluation import written

import impactkit as ik
from impactkit.indicators import withheld
from impactkit.indicators.rows import KEY
from impactkit.wording.language import FRENCH

RULES = '[secrecy]\nbusinesses = ["count_jobs", "amount_secured", "count_partnerships"]\n\n'
CODE = "trois-brumes"


@pytest.fixture(scope="module")
def secret(repo, tmp_path_factory, processes):
    """The demo with secrecy asked for, and one of its reports."""
    aside = tmp_path_factory.mktemp("secret")
    folder = shutil.copytree(repo / "data" / "demo", aside / "demo")
    path = folder / "evaluation.toml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("[[wave]]", RULES + "[[wave]]", 1), "utf-8")
    assert all(one.built for one in ik.run(folder, only=[CODE], jobs=1, to=aside / "reports").outcomes)
    return ik.load(folder), aside / "reports" / "demo" / CODE


def test_small_cells_and_what_would_give_them_back_are_withheld(secret, repo):
    ev, _ = secret
    rows, raw = ik.indicators(ev), ik.indicators(ik.load(repo / "data" / "demo"))
    mine = rows[rows["indicator"].isin(["count_jobs", "amount_secured", "count_partnerships"])]
    hidden = mine[mine["flag"] == "missing:withheld"]
    assert hidden[["value", "low", "high", "n"]].isna().all(axis=None) and len(hidden) > 30
    # Shown: no cell with one or two contributors.
    assert not ((mine["n"] > 0) & (mine["n"] < 3)).any()
    whole = raw.merge(hidden[KEY])
    assert (whole["n"] >= 3).any() or (whole["n"] < 3).all()
    # A single hidden part of a sum that is shown would be found by subtraction.
    parts = mine[mine["group"].str.startswith("payer_type=")]
    for place, some in parts.groupby("territory"):
        total = mine[
            (mine["territory"] == place) & (mine["indicator"] == "amount_secured") & (mine["group"] == "")
        ]
        if total["value"].notna().all():
            assert (some["flag"] == "missing:withheld").sum() != 1, place
    log = withheld(ev)
    assert set(log["reason"]) >= {"few", "secondary"} and not {"value", "n"} & set(log)
    # One measure asked alone is protected as all of them are.
    assert ik.indicators(ev, measure="count_jobs")["flag"].eq("missing:withheld").any()


def test_no_file_of_the_report_holds_a_withheld_figure(secret, repo):
    ev, report = secret
    place = ev.territory(CODE)
    rows = ik.indicators(ev, of=place)
    hidden = rows[
        (rows["flag"] == "missing:withheld") & rows["indicator"].isin(["amount_secured", "count_jobs"])
    ]
    raw = ik.indicators(ik.load(repo / "data" / "demo"), of=ik.load(repo / "data" / "demo").territory(CODE))
    values = raw.merge(hidden[KEY])["value"]
    told = {
        form
        for value in values
        if value >= 1000
        for form in (FRENCH.number(value), f"{value:.0f}", f"{value:.1f}")
    }
    assert len(told) >= 9
    page = (report / "report.html").read_text("utf-8")
    notebook = json.dumps(json.loads((report / "report.ipynb").read_text("utf-8")), ensure_ascii=False)
    files = {"html": page, "notebook": notebook}
    files |= {path.name: path.read_text("utf-8") for path in report.glob("*.csv")}
    for name, text in files.items():
        found = [one for one in told if re.search(rf"(?<![\d\u202f.,]){re.escape(one)}(?![\d\u202f])", text)]
        assert not found, (name, found)
    assert "secret statistique" in page


def test_without_the_section_nothing_is_withheld(repo):
    rows = ik.indicators(ik.load(repo / "data" / "demo"))
    assert not rows["flag"].eq("missing:withheld").any()


def test_a_territory_inside_another_is_not_found_by_subtraction(tmp_path):
    """b lies in a: the total of a less that of b is the one employer that is left."""
    places = [
        {"territory": code, "name": code, "wave": "1", "perimeter_kind": kind, "confidence": "high"}
        for code, kind in (("a", "epci"), ("b", "communes"))
    ]
    ground = [
        {"territory": "a", "family": "epci", "code": "200068781", "role": "perimeter"},
        {"territory": "b", "family": "commune", "code": "26362", "role": "perimeter"},
    ]
    jobs = [
        {"territory": place, "project": f"{place}{at}", "actual": count}
        for place, counts in {"a": (5, 6, 7, 8, 9), "b": (5, 6, 7, 8)}.items()
        for at, count in enumerate(counts)
    ]
    projects = [
        {
            "territory": one["territory"],
            "project": one["project"],
            "name": one["project"],
            "stage": "launched",
        }
        for one in jobs
    ]
    tables = {"territories": places, "perimeters": ground, "projects": projects, "jobs": jobs}
    ev = written(tmp_path / "ev", tables, more='[secrecy]\nbusinesses = ["count_jobs"]\n')
    assert ev.territory("b").communes < ev.territory("a").communes
    rows = ik.indicators(ev, measure="count_jobs")
    rows = rows[rows["group"] == ""].set_index("territory")["flag"]
    # Neither is small; both told would tell the rest.
    assert [rows["a"], rows["b"]].count("missing:withheld") == 1
    assert withheld(ev)["reason"].eq("secondary").any()


def test_an_unknown_rule_is_refused(tmp_path):
    with pytest.raises(ik.UnknownName, match="businesses"):
        written(tmp_path / "ev", {}, more='[secrecy]\nbusiness = ["count_jobs"]\n')


def test_rows_of_pandas_are_never_changed(secret):
    ev, _ = secret
    rows = ik.indicators(ev)
    pd.testing.assert_frame_equal(rows, ik.indicators(ev))
