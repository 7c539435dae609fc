"""The analysis plan: its fingerprint, what it refuses, what a report says of a change."""

import shutil

import pytest

import impactkit as ik
from impactkit.data.analysis_plan import fingerprint_of, plan_of
from impactkit.evidence.plan import plan


@pytest.fixture
def changed(repo, tmp_path):
    """The invented evaluation with other words in its settings."""

    def make(**words):
        folder = tmp_path / "demo"
        shutil.copytree(repo / "data" / "demo", folder, dirs_exist_ok=True)
        text = (folder / "evaluation.toml").read_text("utf-8")
        for was, becomes in words.values():
            assert was in text
            text = text.replace(was, becomes)
        (folder / "evaluation.toml").write_text(text, "utf-8")
        return ik.load(folder)

    return make


def said(ev):
    return "".join(run.text for run in plan(ev))


def test_what_is_decided_has_one_fingerprint_whatever_its_order(changed):
    told = plan_of(changed())
    assert told.kept and told.outcomes == ("count_jobs_private", "rate_unemployment")
    assert told.before == ("2014", "2018") and not told.buffer
    decided = {"outcomes": ["a"], "buffer": True}
    assert fingerprint_of(decided) == fingerprint_of(dict(reversed(decided.items())))
    assert fingerprint_of(decided) == fingerprint_of(decided | {"registered": "2019-02-01"})
    assert fingerprint_of(decided) != fingerprint_of(decided | {"buffer": False})


def test_a_silent_change_is_said(changed):
    ev = changed(after=('after = ["2020", "2024"]', 'after = ["2022", "2024"]'))
    assert not plan_of(ev).kept and "sans que la modification soit notée" in said(ev)


def test_a_change_that_was_written_down_is_listed(changed):
    note = """
[[effects.change]]
date = "2021-03-01"
what = "les années 2020 et 2021 ne comptent plus"
why = "pandémie"

[[wave]]
id = "1"
"""
    ev = changed(
        after=('after = ["2020", "2024"]', 'after = ["2022", "2024"]'),
        note=('[[wave]]\nid = "1"\n', note),
    )
    assert "Modifié le 1er mars 2021" in said(ev) and "pandémie" in said(ev)
    assert "sans que" not in said(ev)


def test_without_a_date_nothing_was_decided_before(changed):
    ev = changed(
        when=('registered = "2019-02-01"', ""),
        mark=(f'fingerprint = "{plan_of(changed()).fingerprint}"', ""),
    )
    assert "Aucun plan d’analyse n’a été arrêté d’avance" in said(ev)


@pytest.mark.parametrize(
    ("was", "becomes", "kind", "words"),
    [
        ('before = ["2014", "2018"]', "before = [2014, 2018]", ik.RefusedData, "entre guillemets"),
        ('before = ["2014", "2018"]', 'before = ["2014", "2021"]', ik.RefusedData, "ne finissent pas avant"),
        ("buffer = false", "bufer = false", ik.UnknownName, "buffer"),
        ("fingerprint = ", "# fingerprint = ", ik.RefusedData, "sans empreinte"),
    ],
)
def test_a_plan_that_cannot_be_read_is_refused_with_what_to_do(changed, was, becomes, kind, words):
    with pytest.raises(kind, match="effects") as found:
        changed(one=(was, becomes))
    assert words in str(found.value)


def test_a_buffer_takes_the_units_of_the_same_departement_away(
    official, repo, sources, tmp_path, monkeypatch
):
    folder = tmp_path / "french-impact"
    shutil.copytree(repo / "data" / "french-impact", folder)
    text = (folder / "evaluation.toml").read_text("utf-8").replace("buffer = false", "buffer = true")
    (folder / "evaluation.toml").write_text(text, "utf-8")
    monkeypatch.setenv("IMPACTKIT_SOURCES", str(sources))
    place = ik.load(folder).territory("valence-romans")
    found = ik.effect(place, "count_jobs_private")
    from impactkit.effects.comparison import case_of

    case = case_of(place, "count_jobs_private")
    area = dict(zip(case.design.units, case.design.areas, strict=True))
    used = {area[unit] for unit, weight in found.weights.items() if weight > 1e-9}
    assert "26" in area.values() and "26" not in used
    plain = ik.detectable(official.territory("valence-romans"), "count_jobs_private")
    assert ik.detectable(place, "count_jobs_private").effect > plain.effect
