"""evaluation.toml : chaque clé de chaque section a sa forme ; ce que `check` passe, `run` le prend."""

import datetime as dt
import json
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st
from run_takes import refusal
from small_evaluation import written

import impactkit as ik
from impactkit.data.public_keys import public_text
from impactkit.data.settings import SECTIONS

SOUND = {
    "title": "Pays d’essai",
    "programme": "Essai",
    "wave": [{"id": "1", "name": "vague unique", "labelled": "2019-03-01"}],
}
PUBLIC = public_text(bytes(range(32)))
# A section's settings that stand.
GOOD = {
    "report": {"names": "initials", "face": "suivi", "faces": {"a": "evaluation"}, "limits": {"cell": 10}},
    "label": {"challenges": 3, "members": 8, "diversity": [["association"], ["network", "cooperative"]]},
    "target": {"projects": 10, "months": [12, 18], "written": "une dizaine", "source": "Gazette"},
    "rates": {"hour": 30.5, "source": "Gazette"},
    "effects": {
        "outcomes": ["count_jobs_private"],
        "before": ["2014", "2018"],
        "after": ["2020", "2024"],
        "buffer": True,
        "pool": "similar",
        "registered": dt.date(2019, 2, 1),
        "fingerprint": "abc",
        "other": [{"name": "Autre", "family": "epci", "units": ["200068781"], "leave_out": True}],
        "change": [{"date": "2020-01", "what": "quoi", "why": "pourquoi"}],
    },
    "secrecy": {"businesses": ["count_jobs"]},
    "signing": {"keys": {"Ada Exemple": PUBLIC}},
    "codes": {"theme": {"water": "eau"}},
    "words": {"le label": "la convention"},
}
WRONG = {
    "title": [3, "", " ", ["x"], "a\x00b"],
    "language": ["zz", 3],
    "fictional": ["true", 1],
    "vintage": ["2026", 2018, True, 2026.0],
    "wave": [[], [1], "1", [{"id": "1"}], [SOUND["wave"][0], SOUND["wave"][0]]],
    "source": [[1], "x", [{"kind": 3}], [{"kind": "urssaf-jobs"}, {"kind": "urssaf-jobs"}]],
    "report": [
        3,
        {"notebook": 3},
        {"notebook": "nowhere.ipynb"},
        {"programme": "nowhere.ipynb"},
        {"programme": ["x"]},
        {"names": "all"},
        {"face": "autre"},
        {"faces": {"a": "autre"}},
        {"faces": "suivi"},
        {"limits": {"cell": "x"}},
        {"limits": {"cell": 0}},
        {"limits": {"memory": 1e400}},
        {"limits": {"memory": 10**12}},
        {"limits": {"hours": 1}},
        {"limits": 10},
        {"parameters": {"since": dt.date(2020, 1, 1)}},
        {"parameters": {"since": dt.datetime(2020, 1, 1, 8)}},
        {"parameters": {"since": [dt.date(2020, 1, 1)]}},
        {"parameters": {"since": {"year": 2020}}},
        {"parameters": {"since": 2020}},
        {"parameters": {"folder": "x"}},
        {"parameters": {"territory": "a"}},
        {"parameters": "x"},
    ],
    "label": [
        {"challenges": "x"},
        {"challenges": 0},
        {"challenges": -1},
        {"challenges": 2.5},
        {"members": True},
        {"diversity": ["association"]},
        {"diversity": [["asociation"]]},
        {"diversity": [[]]},
        {"diversity": 3},
        {"chalenges": 3},
    ],
    "target": [{"projects": "dix"}, {"months": 12}, {"months": ["12"]}, {"months": [0]}, {"written": 3}],
    "rates": [{"hour": "30"}, {"hour": -1}, {"hour": float("inf")}, {"source": 3}],
    "effects": [
        {"outcomes": "count_jobs"},
        {"outcomes": []},
        {"before": [2014, 2018]},
        {"before": "['2014', '2018']"},
        {"before": ["2018", "2014"]},
        {"buffer": "false"},
        {"pool": "none"},
        {"other": [1]},
        {"other": [{"name": "x", "family": "canton", "units": ["a"]}]},
        {"change": [{"date": "hier", "what": "x", "why": "y"}]},
        {"registered": "hier", "fingerprint": "x"},
    ],
    "signing": [
        {},
        {"keys": {}},
        {"keys": "x"},
        {"keys": {"Ada Exemple": "x"}},
        {"keys": {" ": PUBLIC}},
        {"keys": {"Ada Exemple": PUBLIC, "Blaise Exemple": PUBLIC}},
        {"key": {"Ada Exemple": PUBLIC}},
    ],
    "secrecy": [{"businesses": "count_jobs"}, {"filosofi": [3]}, {"other": ["x"]}],
    "codes": [
        {"theme": "x"},
        {"theme": {"Eau vive": "eau"}},
        {"theme": {}},
        {"theme": {"water": 3}},
        {"stage": {}},
    ],
    "words": [{"le label": "la {convention}"}, {"le {label}": "x"}, {"le label": ""}, {"le label": 3}, "x"],
}
CASES = [(section, value) for section, values in WRONG.items() for value in values]


def toml(value):
    """A value as TOML writes it."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {toml(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float):
        return repr(value).replace("e+", "e")
    return json.dumps(value, ensure_ascii=True)


def folder_of(ev, settings):
    """The folder of an evaluation under other settings."""
    text = "".join(f"{json.dumps(key)} = {toml(value)}\n" for key, value in (SOUND | settings).items())
    (ev.folder / "evaluation.toml").write_text(text, "utf-8")
    return ev.folder


@pytest.mark.parametrize("section", GOOD)
def test_every_section_that_is_right_stands(small, section):
    assert refusal(folder_of(small({}), {section: GOOD[section]})) == ""


def test_all_of_them_together(small):
    assert refusal(folder_of(small({}), {**GOOD, "vintage": 2024, "fictional": True})) == ""


@pytest.mark.parametrize(("section", "value"), CASES, ids=lambda value: str(value)[:40])
def test_a_setting_of_the_wrong_kind_is_refused_by_its_name(small, section, value):
    said = refusal(folder_of(small({}), {section: value}))
    names = [section, *(value if isinstance(value, dict) else [str(value)])]
    assert any(name in said for name in names) and "À faire" in said


def test_a_date_says_how_to_write_it(small):
    said = refusal(folder_of(small({}), {"report": {"parameters": {"since": dt.date(2020, 1, 1)}}}))
    assert 'since = "2020-01-01"' in said


def test_several_wrong_settings_are_said_at_once(small):
    wrong = {"label": {"challenges": "x", "members": 0}, "rates": {"hour": "trente"}, "words": {"a": "{b}"}}
    said = refusal(folder_of(small({}), wrong))
    assert all(part in said for part in ("challenges", "members", "hour", "{b}", "4 réglages"))


def test_a_parameter_is_checked_against_the_notebook(small, repo):
    folder = folder_of(
        small({}), {"report": {"notebook": "mine.ipynb", "parameters": {"since": "2020-01-01"}}}
    )
    notebook = json.loads((repo / "notebooks" / "territory_report.ipynb").read_text("utf-8"))
    for cell in notebook["cells"]:
        if "parameters" in cell["metadata"].get("tags", ()):
            cell["source"] = ['folder = "x"\n', 'territory = "a"\n', 'sinse = "2019-01-01"\n']
    (folder / "mine.ipynb").write_text(json.dumps(notebook), "utf-8")
    problem = ik.check(folder)[0]
    assert problem.file == "evaluation.toml" and "`sinse`" in problem.next
    (folder / "mine.ipynb").write_text(json.dumps(notebook).replace("sinse", "since"), "utf-8")
    assert refusal(folder) == ""


VALUES = st.recursive(
    st.one_of(
        st.text(max_size=8),
        st.integers(-5, 10**7),
        st.floats(),
        st.booleans(),
        st.dates(),
        st.sampled_from(["2019", "2019-03", "count_jobs", "a", "epci", "association", "suivi", "similar"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=2)
    ),
    max_leaves=4,
)


@st.composite
def settings(draw):
    """Settings in which one value, at any key that exists, is anything."""
    section = draw(
        st.sampled_from([*SECTIONS, *SOUND, "words", "vintage", "fictional", "language", "source"])
    )
    if section not in SECTIONS:
        return {section: draw(VALUES)}
    key = draw(st.sampled_from(list(SECTIONS[section])))
    return {section: GOOD.get(section, {}) | {key: draw(VALUES)}}


@given(settings())
def test_whatever_check_passes_load_and_run_take(tmp_path_factory, changed):
    ev = written(tmp_path_factory.mktemp("essai") / "essai", {})
    refusal(folder_of(ev, changed))


def test_what_check_passes_a_run_builds(small, processes, tmp_path):
    folder = folder_of(small({}), {name: value for name, value in GOOD.items() if name != "effects"})
    assert refusal(folder) == ""
    summary = ik.run(folder, only=["a"], to=tmp_path / "reports")
    assert summary.built == ("a",)
    shutil.rmtree(tmp_path / "reports")


def test_an_outcome_that_nothing_gives_is_said(small):
    problems = ik.check(folder_of(small({}), {"effects": {"outcomes": ["count_job_private"]}}))
    assert not problems and "`count_jobs_private`" in problems.notes[0]


@pytest.mark.parametrize(
    "rules",
    [
        {"filosofi": ["rate_povrty"]},
        {"filosofi": ["rate_poverty"]},
        {"businesses": ["count_jobs", "count_jobs_private"]},
        {"businesses": ["count_job"]},
        {"businesses": ["value"]},
        {"businesses": ["count_population"]},
    ],
)
def test_what_no_rule_can_protect_is_refused_with_what_may_be_named(small, rules):
    said = refusal(folder_of(small({}), {"secrecy": rules}))
    assert rules[next(iter(rules))][-1] in said and next(iter(rules)) in said
    assert "amount_secured" in said and "count_jobs_insertion" in said


def test_an_indicator_under_two_rules_is_refused(small):
    twice = {"businesses": ["count_jobs"], "tax-persons": ["count_jobs"]}
    assert "`count_jobs`" in refusal(folder_of(small({}), {"secrecy": twice}))


@pytest.mark.parametrize("key", ["id", "dataset"])
@pytest.mark.parametrize("name", ["../victim", "/tmp/victim", "..", "a/b", "a\\b", "", "a..b"])
def test_a_source_names_no_path(small, key, name):
    names = {"kind": "melodi", "id": "a", "dataset": "B", "indicator": "count_population", key: name}
    lines = [f"{field} = {value!r}" for field, value in names.items()]
    with pytest.raises(ik.RefusedData, match=f"`{key} = |`id = "):
        small({}, more="\n".join(["[[source]]", *lines]).replace("\\\\", "\\"))
