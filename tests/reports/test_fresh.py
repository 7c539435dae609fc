"""Only what changed is built again, and it is said why; the rest is left as it is."""

import sys

import pytest

import impactkit as ik
from impactkit.reports.files import LOCK
from impactkit.reports.record import read_record
from impactkit.wording.language import FRENCH

CODES = ("aubepine", "bruyere", "chevrefeuille")
HEAD = "project,territory,name,stage,as_of,source\n"


def again():
    dry = ik.run("vallees", dry_run=True)
    assert not dry.outcomes
    done = ik.run("vallees")
    assert done.built == tuple(code for code, words in dry.why.items() if words)
    assert set(done.built) | set(done.kept) == set(CODES)
    return {code: words for code, words in dry.why.items() if words}


def test_nothing_changed_nothing_is_built(built, tmp_path):
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "reports").rglob("*")}
    assert again() == {}
    after = {path: path.stat().st_mtime_ns for path in (tmp_path / "reports").rglob("*")}
    # The lock names its last holder.
    assert {path for path in after if after[path] != before.get(path)} <= {
        tmp_path / "reports/vallees/.lock"
    }


def test_a_row_rebuilds_its_territory_alone(built):
    with (built / "projects.csv").open("a", encoding="utf-8") as file:
        file.write("p2,bruyere,Moulin,idea,2020,Essai\n")
    assert again() == {"bruyere": ("projects.csv",)}


@pytest.mark.parametrize(
    "file, text, why",
    [
        (
            "perimeters.csv",
            "territory,family,code,role,as_of,source\n",
            "perimeters.csv",
        ),
        ("evaluation.toml", None, "evaluation.toml"),
        ("light.ipynb", None, "le carnet"),
    ],
)
def test_what_all_share_rebuilds_all(built, file, text, why):
    path = built / file
    path.write_text(text or path.read_text("utf-8") + "\n", "utf-8")
    assert again() == dict.fromkeys(CODES, (why,))


def test_prose_rebuilds_its_own(built):
    (built / "prose").mkdir()
    (built / "prose" / "bruyere.md").write_text(
        "## Ce que nous avons vu\n\nUn four.\n\n— A. B., 3 mars 2024\n", "utf-8"
    )
    assert again() == {"bruyere": ("bruyere.md",)}


def test_a_damaged_or_a_failed_report_is_built_again(built, tmp_path, write_notebook, processes):
    (tmp_path / "reports/vallees/bruyere/report.html").write_text("autre", "utf-8")
    assert again() == {"bruyere": ("fichiers abîmés",)}
    fails = 'if territory == "aubepine":\n    raise ValueError("non")'
    write_notebook(built / "light.ipynb", middle=fails)
    assert len(ik.run("vallees").failed) == 1
    dry = ik.run("vallees", dry_run=True)
    assert dry.why["aubepine"] == ("échec de la dernière fois", "le carnet")
    assert dry.kept == ("bruyere", "chevrefeuille")


def test_all_on_demand(built, processes):
    assert ik.run("vallees", force=True).built == CODES


def test_without_change_nothing_is_begun(built, processes):
    # How long that takes is `make bench`'s to say.
    heavy = {"frictionless", "jinja2", "papermill", "typst"}
    code = f"import sys, impactkit as ik\nprint(ik.run('vallees').kept, {heavy!r} & set(sys.modules))"
    before = written(built.parent / "reports")
    done = processes.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"{CODES} set()"
    assert written(built.parent / "reports") == before


def written(folder):
    """When each file was, but for the lock, which tells who came last."""
    files = (file for file in folder.rglob("*") if file.is_file() and file.name != LOCK)
    return {file: file.stat().st_mtime_ns for file in files}


def test_versions_of_the_libraries_count(built, monkeypatch, processes):
    from impactkit.reports import run

    monkeypatch.setattr(run, "versions", lambda: {"python": "9"})
    assert ik.run("vallees", dry_run=True).why == dict.fromkeys(CODES, ("les bibliothèques",))
    assert read_record(FRENCH, ik.run("vallees", dry_run=True).folder / "aubepine") is not None
