"""An evaluation is read strictly, once, and never changed by who reads it."""

import shutil

import pytest

import impactkit as ik


@pytest.fixture
def folder(repo, tmp_path):
    """A copy of the real evaluation, to spoil."""
    return shutil.copytree(repo / "data" / "french-impact", tmp_path / "essai")


def _spoil(folder, name, was, becomes):
    file = folder / name
    text = file.read_text("utf-8")
    assert was in text
    file.write_text(text.replace(was, becomes, 1), "utf-8")


def test_an_unknown_key_stops_with_the_nearest(folder):
    _spoil(folder, "evaluation.toml", "vintage", "vintaje")
    with pytest.raises(ik.UnknownName, match="vintaje") as caught:
        ik.load(folder)
    assert "`vintage`" in caught.value.next


def test_a_key_of_the_wrong_kind_is_refused(folder):
    _spoil(folder, "evaluation.toml", "2026 ", '"2026" ')
    with pytest.raises(ik.RefusedData, match="vintage"):
        ik.load(folder)


def test_a_missing_key_is_named(folder):
    _spoil(folder, "evaluation.toml", "programme", "# programme")
    with pytest.raises(ik.RefusedData, match="programme"):
        ik.load(folder)


def test_a_folder_that_is_no_evaluation_says_what_to_do(tmp_path):
    with pytest.raises(ik.RefusedData) as caught:
        ik.load(tmp_path)
    assert "data/demo" in caught.value.next


def test_without_a_folder_the_invented_evaluation_is_read():
    ev = ik.load()
    assert ev.name == "demo" and ev.fictional


def test_a_folder_near_by_is_offered(repo, monkeypatch):
    monkeypatch.chdir(repo)
    with pytest.raises(ik.UnknownName) as caught:
        ik.load("data/french-impakt")
    assert "`french-impact`" in caught.value.next


def test_a_figure_that_is_none_stops_its_territory_alone(folder):
    _spoil(folder, "jobs.csv", ",2,", ",deux,")
    ev = ik.load(folder)
    assert ev.territory("nantes-metropole").name == "Nantes Métropole"
    with pytest.raises(ik.RefusedData, match="Emplois") as caught:
        ev.territory("valence-romans")
    assert "impactkit check" in caught.value.next


def test_an_unknown_territory_is_offered_its_nearest(french_impact):
    with pytest.raises(ik.UnknownName) as caught:
        french_impact.territory("valence-roman")
    assert "`valence-romans`" in caught.value.next


def test_frames_are_copies(french_impact):
    jobs = french_impact.table("jobs")
    jobs["actual"] = 1000.0
    rows = ik.indicators(french_impact, measure="jobs")
    rows["value"] = 0.0
    again = ik.indicators(french_impact, measure="jobs", of=french_impact.territory("valence-romans"))
    assert again[again["indicator"] == "count_jobs"]["value"].tolist() == [2.0]
    assert ik.knowledge(french_impact) is not ik.knowledge(french_impact)


def test_the_same_content_is_read_once_and_another_content_anew(folder):
    first = ik.load(folder)
    assert ik.load(folder) is first
    _spoil(folder, "jobs.csv", ",2,", ",3,")
    second = ik.load(folder)
    assert second != first
    jobs = ik.indicators(second, measure="jobs").set_index(["territory", "indicator"])
    assert jobs.loc[("valence-romans", "count_jobs"), "value"] == 3


def test_a_relative_path_is_found_from_a_folder_below(repo, monkeypatch):
    monkeypatch.delenv("IMPACTKIT_BASE", raising=False)
    monkeypatch.chdir(repo / "notebooks")
    assert ik.load("data/french-impact").folder == repo / "data" / "french-impact"


def test_a_wave_that_does_not_exist_is_offered_the_ones_that_do(folder):
    _spoil(folder, "territories.csv", "Valence-Romans,1,", "Valence-Romans,3,")
    with pytest.raises(ik.UnknownName, match="vague"):
        ik.load(folder).territories  # noqa: B018


@pytest.mark.parametrize("written", ["2019-02-25", '"2019-02"'])
def test_a_label_date_is_a_day_or_a_month_with_or_without_quotes(folder, written):
    _spoil(folder, "evaluation.toml", '"2019-02-25"', written)
    assert ik.load(folder).wave("1").labelled == written.strip('"')


@pytest.mark.parametrize(
    ("was", "becomes", "said"), [('"2019-02-25"', '"2019"', "jour"), ("2026 ", "2018 ", "millésime")]
)
def test_a_date_or_a_vintage_that_cannot_serve_is_refused(folder, was, becomes, said):
    _spoil(folder, "evaluation.toml", was, becomes)
    with pytest.raises(ik.RefusedData, match=said):
        ik.load(folder)


def test_territories_without_a_row_are_refused(folder):
    header = (folder / "territories.csv").read_text("utf-8").splitlines()[0]
    (folder / "territories.csv").write_text(header + "\n", "utf-8")
    with pytest.raises(ik.RefusedData, match="territories.csv"):
        ik.load(folder)


def test_a_label_older_than_every_population_compares_nothing(folder):
    _spoil(folder, "evaluation.toml", '"2019-02-25"', '"2015-02-25"')
    events = folder / "events.csv"
    events.write_text(events.read_text("utf-8").replace("label,2019-02-25", "label,"), "utf-8")
    place = ik.load(folder).territory("valence-romans")
    rows = ik.indicators(place.evaluation, measure="context", of=place).set_index("indicator")
    assert rows.loc["count_comparable", "flag"] == "missing:no-value"
    assert "comparable" not in str(ik.essentials(place)).lower().replace("comparables :", "")


def test_what_is_given_may_be_written_into(repo):
    ev = ik.load(repo / "data" / "demo")
    place = ev.territory("val-d-aubrelle")
    every = {
        "name": [lambda: ev.table("members"), lambda: place.table("members")],
        "state": [lambda: ik.knowledge(ev)],
        "indicator": [lambda: ik.indicators(ev), lambda: ik.claims(place)],
        "role": [lambda: ik.trajectory(place, "count_jobs_private")],
    }
    for column, given in ((column, one) for column, some in every.items() for one in some):
        before, mine = list(given()[column]), given()
        # Text is written into in place, whatever pandas protects elsewhere.
        mine[column].array[0] = "X"
        mine.loc[1, column] = "Y"
        assert list(given()[column]) == before, column
