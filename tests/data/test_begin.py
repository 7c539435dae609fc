"""`new`: a whole folder or none, and a first report at once."""

import shutil
import tomllib
from pathlib import Path

import pytest

import impactkit as ik
from impactkit.data import begin
from impactkit.data.notebook_parameters import declared
from impactkit.data.tables import schemas
from impactkit.wording.language import FRENCH


def test_a_new_folder_is_whole_and_its_reports_build_at_once(tmp_path, processes):
    folder = tmp_path / "pactes-de-rivieres"
    named = ["Val de Sorne", "Haut pays=U7,U8"]
    waves = ["2021-03", "2022-01-15"]
    about = {"programme": 'Pactes "de rivières"', "perimeter": "unit", "outcome": "count_jobs"}
    path = ik.new_workbook(folder, named=iter(named), waves=iter(waves), **about)
    assert path.name == "classeur.xlsx" and not ik.check(folder)
    tables = {file.stem for file in folder.glob("*.csv")}
    assert tables == set(schemas(FRENCH)) - {"leftovers"}
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
    given = {name: one.default for name, one in declared(FRENCH, folder / "report.ipynb").items()}
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


def files(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_an_example_is_copied_as_it_ships_with_its_workbook(repo, tmp_path):
    path = ik.new_workbook(tmp_path / "essai", example="demo")
    copied = files(tmp_path / "essai")
    assert copied.pop(path.relative_to(tmp_path / "essai"))
    assert copied.pop(Path(".gitignore"))
    shipped = files(repo / "data" / "demo")
    assert copied == {name: text for name, text in shipped.items() if "__pycache__" not in name.parts}
    assert ik.load(tmp_path / "essai").title == ik.load(repo / "data" / "demo").title


@pytest.mark.parametrize(
    "about, kind, words",
    [
        ({"example": "demi"}, ik.UnknownName, "`demo`"),
        ({"example": "demo", "named": ["Val fleuri"]}, ik.RefusedData, "tel qu’il est"),
        ({"example": "demo", "perimeter": "unit"}, ik.RefusedData, "tel qu’il est"),
    ],
)
def test_an_example_that_cannot_be_copied_leaves_nothing_behind(tmp_path, about, kind, words):
    with pytest.raises(kind, match=words):
        ik.new_workbook(tmp_path / "essai", **about)
    assert not list(tmp_path.iterdir())


def test_an_example_that_is_not_wholly_copied_leaves_nothing_behind(repo, tmp_path, monkeypatch):
    spoiled = shutil.copytree(repo / "data" / "demo", tmp_path / "spoiled")
    (spoiled / "units.csv").unlink()
    (spoiled / "units.csv").symlink_to("nowhere")
    monkeypatch.setitem(begin.EXAMPLES, "demo", lambda: spoiled)
    with pytest.raises(OSError, match="nowhere|units.csv"):
        ik.new_workbook(tmp_path / "essai", example="demo")
    assert list(tmp_path.iterdir()) == [spoiled]


def test_an_example_is_not_copied_over_what_is_there(tmp_path):
    (tmp_path / "essai").mkdir()
    (tmp_path / "essai" / "notes.txt").write_text("les miennes", "utf-8")
    with pytest.raises(ik.RefusedData, match="autre chose"):
        ik.new_workbook(tmp_path / "essai", example="demo")
    assert files(tmp_path / "essai") == {Path("notes.txt"): b"les miennes"}
    ik.new_workbook(tmp_path / "begun")
    before = files(tmp_path / "begun")
    with pytest.raises(ik.RefusedData, match="commencée"):
        ik.new_workbook(tmp_path / "begun", example="demo")
    assert files(tmp_path / "begun") == before
