"""`new`: a whole folder or none, and a first report at once."""

import tomllib

import pytest

import impactkit as ik
from impactkit.data.tables import schemas
from impactkit.reports.parameters import declared


def test_a_new_folder_is_whole_and_its_reports_build_at_once(tmp_path, processes):
    folder = tmp_path / "pactes-de-rivieres"
    named = ["Val de Sorne", "Haut pays=U7,U8"]
    waves = ["2021-03", "2022-01-15"]
    about = {"programme": 'Pactes "de rivières"', "perimeter": "unit", "outcome": "count_jobs"}
    path = ik.new_workbook(folder, named=iter(named), waves=iter(waves), **about)
    assert path.name == "classeur.xlsx" and not ik.check(folder)
    tables = {file.stem for file in folder.glob("*.csv")}
    assert tables == set(schemas()) - {"leftovers"}
    ev = ik.load(folder)
    assert ev.programme == about["programme"] and ev.title == "Pactes de rivieres"
    assert [(one.code, one.name, one.units) for one in ev.territories] == [
        ("val-de-sorne", "Val de Sorne", ("U001",)),
        ("haut-pays", "Haut pays", ("U7", "U8")),
    ]
    assert [wave.labelled for wave in ev.waves] == waves
    assert tomllib.loads((folder / "evaluation.toml").read_text("utf-8"))["effects"]["outcomes"] == [
        "count_jobs"
    ]
    given = {name: one.default for name, one in declared(folder / "report.ipynb").items()}
    assert given == {"folder": folder.name, "territory": "val-de-sorne"}
    summary = ik.run(folder, to=tmp_path / "reports")
    assert summary.built == ("val-de-sorne", "haut-pays", "programme") and not summary.failed


def test_without_a_word_a_folder_still_stands(tmp_path):
    ik.new_workbook(tmp_path / "un-essai")
    ev = ik.load(tmp_path / "un-essai")
    assert ev.title == "Un essai" and len(ev.territories) == 1 and not ik.check(ev.folder)


def test_what_is_wrong_leaves_nothing_behind(tmp_path):
    for about, kind in (
        ({"waves": ["printemps 2021"]}, ik.RefusedData),
        ({"perimeter": "canton"}, ik.UnknownName),
    ):
        with pytest.raises(kind):
            ik.new_workbook(tmp_path / "essai", **about)
        assert not list(tmp_path.iterdir())


def test_a_folder_begun_is_not_begun_again(tmp_path):
    ik.new_workbook(tmp_path / "essai")
    before = {file.name: file.read_bytes() for file in (tmp_path / "essai").iterdir()}
    with pytest.raises(ik.RefusedData, match="commencée"):
        ik.new_workbook(tmp_path / "essai", title="Autre")
    assert before == {file.name: file.read_bytes() for file in (tmp_path / "essai").iterdir()}
