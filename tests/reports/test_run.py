"""A run builds what it can, replaces nothing by something broken, and says what stopped."""

import dataclasses
import json
import os
import sys

import pytest

import impactkit as ik
from impactkit.data.reserved import is_reserved
from impactkit.errors import RefusedData, UnknownName
from impactkit.reports.page_rules import problems
from impactkit.reports.record import damaged, read_record, write_record
from impactkit.wording.language import FRENCH

FILES = {"report.html", "report.pdf", "report.ipynb", "indicators.csv", "provenance.json", ".page.json"}
FILES |= {"record.json"}
FAILS = 'if territory == "bruyere":\n    raise ValueError("pas de chiffre ici")'


def files_of(report):
    return {file.name: file.read_bytes() for file in report.iterdir()}


def whole(report):
    return damaged(report, read_record(FRENCH, report)) == ()


def test_all_are_built_and_nothing_tells_of_this_machine(valleys, tmp_path, processes):
    summary = ik.run("vallees")
    assert summary.built == ("aubepine", "bruyere", "chevrefeuille") and not summary.failed
    assert summary.folder == tmp_path / "reports" / "vallees"
    for code in summary.built:
        report = summary.folder / code
        assert set(files_of(report)) == FILES and whole(report)
        assert (report / "indicators.csv").read_text("utf-8") == f"territory\n{code}\n"
        assert problems(FRENCH, (report / "report.html").read_text("utf-8")) == ()
        for name in FILES - {"report.pdf"}:
            text = (report / name).read_text("utf-8")
            assert str(tmp_path) not in text and sys.prefix not in text, name
        book = json.loads((report / "report.ipynb").read_text("utf-8"))
        injected = [
            cell for cell in book["cells"] if "injected-parameters" in cell["metadata"].get("tags", ())
        ]
        assert '"vallees"' in "".join(injected[0]["source"])
    left = {file.name for file in summary.folder.iterdir()} - set(summary.built)
    assert left == {".lock", ".inputs", ".signatures", "index.html", "changes.html", "history.jsonl"}
    # No territory may have the code of what stands beside it.
    assert all(map(is_reserved, left))
    page = (summary.folder / "index.html").read_text("utf-8")
    assert page.index("Aubépine") < page.index("Bruyère") < page.index("Chèvrefeuille")
    assert 'href="bruyere/report.pdf"' in page and "<script" not in page


@pytest.mark.parametrize("here, typed", [("vallees", "."), ("ailleurs", "../vallees"), (".", None)])
def test_a_folder_is_found_as_it_is_typed_and_a_whole_path_is_not_told(
    valleys, tmp_path, monkeypatch, here, typed, processes
):
    (tmp_path / here).mkdir(exist_ok=True)
    monkeypatch.chdir(tmp_path / here)
    summary = ik.run(typed or valleys, only=["aubepine"], to=tmp_path / "reports")
    assert summary.built == ("aubepine",), summary.failed
    assert summary.folder == tmp_path / "reports" / "vallees"
    book = (summary.folder / "aubepine" / "report.ipynb").read_text("utf-8")
    assert f'folder = \\"{typed or "vallees"}\\"' in book and str(tmp_path) not in book


def test_the_same_content_gives_the_same_bytes(valleys, processes):
    report = ik.run("vallees", only=["aubepine"]).folder / "aubepine"
    first = files_of(report)
    write_record(dataclasses.replace(read_record(FRENCH, report), first_built="2024-03-01"), report)
    ik.run("vallees", only=["aubepine"], force=True)
    assert read_record(FRENCH, report).first_built == "2024-03-01"
    assert "1er mars 2024" in (report / "report.html").read_text("utf-8")
    assert files_of(report)["report.ipynb"] == first["report.ipynb"]


READS = """
from impactkit.data.folders import find
greeting = (find(folder) / "territories.csv").read_text("utf-8").split(territory)[1].split(",")[1]
"""


def test_the_day_follows_the_content_and_the_record_the_tables(
    valleys, write_notebook, monkeypatch, processes
):
    write_notebook(valleys / "light.ipynb", middle=READS)
    table = valleys / "territories.csv"

    def record_after(was="", becomes=""):
        table.write_text(table.read_text("utf-8").replace(was, becomes, 1), "utf-8")
        return read_record(FRENCH, ik.run("vallees", only=["aubepine"], force=True).folder / "aubepine")

    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    first = record_after()
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    # A note that no page shows, then a name that the page does.
    noted, renamed = record_after("Essai,", "Essai,vu"), record_after("Aubépine", "Aubépines")
    changed = [
        {name for name in first.inputs if first.inputs[name] != later.inputs[name]}
        for later in (noted, renamed)
    ]
    assert changed == [{"evaluation/territories.csv"}] * 2
    assert first.first_built == noted.first_built == "1970-01-02" and first.content == noted.content
    assert renamed.first_built > "2024" and renamed.content != first.content
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "172800")
    assert record_after().first_built == "1970-01-03"


def test_one_failure_of_three_leaves_two_and_the_last_good_report(valleys, write_notebook, processes):
    folder = ik.run("vallees", only=["bruyere"]).folder
    good = files_of(folder / "bruyere")
    write_notebook(valleys / "light.ipynb", middle=FAILS)
    summary = ik.run("vallees")
    assert summary.built == ("aubepine", "chevrefeuille")
    (failed,) = summary.failed
    assert failed.territory == "bruyere" and failed.section == "Le milieu"
    assert failed.sentence(FRENCH).splitlines()[0] == (
        "bruyere\u202f: le rapport s’est arrêté dans «\u202fLe milieu\u202f»."
    )
    assert "ValueError : pas de chiffre ici" in failed.sentence(FRENCH) and "À faire" in failed.sentence(
        FRENCH
    )
    assert "est conservé" in failed.sentence(
        FRENCH
    ) and "reports/vallees/.failed/bruyere.ipynb" in failed.sentence(FRENCH)
    assert files_of(folder / "bruyere") == good
    assert (folder / ".failed" / "bruyere.ipynb").is_file()
    page = (folder / "index.html").read_text("utf-8")
    assert "Le milieu" in page and 'href="bruyere/report.html"' in page
    # A run of another territory does not forget it; a run that mends it does.
    ik.run("vallees", only=["aubepine"])
    assert "Le milieu" in (folder / "index.html").read_text("utf-8")
    write_notebook(valleys / "light.ipynb")
    ik.run("vallees", only=["bruyere"])
    assert "Le milieu" not in (folder / "index.html").read_text("utf-8")
    assert not list((folder / ".failed").iterdir())


def test_one_territory_with_wrong_rows_stops_itself_alone(valleys, processes):
    (valleys / "perimeters.csv").write_text(
        "territory,role,family,code,as_of,source\naubepine,perimeter,epci,999999999,2020,Essai\n", "utf-8"
    )
    # A value that is none meets what prepares the others before it meets the check.
    (valleys / "valuations.csv").write_text(
        "territory,project,item,role,as_of,source\naubepine,four,Loyer,cost,2020,Essai\n", "utf-8"
    )
    events = []
    summary = ik.run("vallees", jobs=1, log=events.append)
    assert summary.built == ("bruyere", "chevrefeuille") and summary.failed[0].territory == "aubepine"
    assert not [note for one in summary.outcomes for note in one.notes], "the others are forked as ever"
    page = (summary.folder / "index.html").read_text("utf-8")
    assert all(name in page for name in ("Aubépine", "bruyere/report.html", "chevrefeuille/report.html"))
    assert events[-1]["event"] == "ended" and (summary.folder / "history.jsonl").is_file()


@pytest.mark.parametrize(
    "middle, words",
    [
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "arrêté net"),
        ("import os, signal\nos.kill(os.getppid(), signal.SIGKILL)", "arrêté net"),
        ("display(3)", "autre chose que les objets du kit"),
        ("import warnings\nwarnings.warn('attention')", "avertissement"),
    ],
    ids=["kernel-killed", "worker-killed", "foreign-output", "warning"],
)
def test_whatever_stops_one_stops_no_other(valleys, write_notebook, middle, words, processes):
    code = f'if territory == "aubepine":\n    {middle.splitlines()[0]}\n    {middle.splitlines()[-1]}'
    write_notebook(valleys / "light.ipynb", middle=code)
    summary = ik.run("vallees", jobs=2)
    assert summary.built == ("bruyere", "chevrefeuille")
    assert words in summary.failed[0].what
    assert not (summary.folder / "aubepine").exists()


NEVER_ENDS = "import time\nwhile True:\n    time.sleep(1)"
LIMITS = {
    "cell": ("cell = {seconds}", NEVER_ENDS, "temps permis"),
    "whole": ("whole = {seconds}", NEVER_ENDS, "temps permis"),
    "memory": ("memory = 900", "a = bytearray(2 << 30)\na[0] = 1", "MemoryError"),
}


@pytest.mark.parametrize("engine", ["fork", "plain"])
@pytest.mark.parametrize("name", LIMITS)
def test_what_takes_too_much_is_stopped(valleys, write_notebook, name, engine, processes):
    limit, middle, words = LIMITS[name]
    write_notebook(valleys / "light.ipynb", middle=middle)
    settings = (valleys / "evaluation.toml").read_text("utf-8")
    # Where all that comes before takes longer than the limit, a longer one is what is tried.
    for seconds in (4, 16, 64, 256):
        limited = f"{settings}[report.limits]\n{limit.format(seconds=seconds)}\n"
        (valleys / "evaluation.toml").write_text(limited, "utf-8")
        (failed,) = ik.run("vallees", only=["aubepine"], engine=engine).failed
        if failed.section == "Le milieu":
            break
    assert words in failed.sentence(FRENCH) and failed.section == "Le milieu"


def test_an_unknown_limit_is_refused(valleys, processes):
    with (valleys / "evaluation.toml").open("a", encoding="utf-8") as file:
        file.write("[report.limits]\nmemroy = 900\n")
    with pytest.raises(UnknownName, match="`memory`"):
        ik.run("vallees")


def test_a_report_cut_in_its_move_is_put_back(valleys, processes):
    folder = ik.run("vallees", only=["aubepine"]).folder
    good = files_of(folder / "aubepine")
    (folder / ".previous").mkdir(exist_ok=True)
    os.rename(folder / "aubepine", folder / ".previous" / "aubepine")
    (folder / ".building" / "aubepine-1").mkdir(parents=True)
    ik.run("vallees", only=["bruyere"])
    assert files_of(folder / "aubepine") == good
    assert not (folder / ".building").exists()


def test_a_damaged_record_is_told_and_mended(valleys, processes):
    folder = ik.run("vallees", only=["aubepine"]).folder
    (folder / "aubepine" / "record.json").write_text("{", "utf-8")
    (outcome,) = ik.run("vallees", only=["aubepine"]).outcomes
    assert outcome.built and "record.json" in outcome.notes[0]
    assert whole(folder / "aubepine")


def test_unknown_names_are_refused_before_anything_is_written(valleys, tmp_path, processes):
    with pytest.raises(UnknownName, match="`bruyere`"):
        ik.run("vallees", only=["bruyer"])
    with pytest.raises(UnknownName):
        ik.run("vallees", only=[])
    with (valleys / "evaluation.toml").open("a", encoding="utf-8") as file:
        file.write('[report.parameters]\ngreting = "Bonsoir"\n')
    with pytest.raises(UnknownName, match="`greeting`"):
        ik.run("vallees")
    assert not (tmp_path / "reports").exists()


def test_a_wrong_cell_stops_its_territory_alone(valleys, processes):
    table = valleys / "territories.csv"
    table.write_text(table.read_text("utf-8").replace("bruyere,Bruyère,1,", "bruyere,,1,"), "utf-8")
    summary = ik.run("vallees", only=["aubepine", "bruyere"])
    assert summary.built == ("aubepine",)
    assert "territories.csv, B3" in summary.failed[0].what


def test_a_mistake_that_is_nobody_s_refuses_the_run(valleys, tmp_path, processes):
    lost = "project,territory,name,as_of,source\np1,nulle-part,Four,2020,Essai\n"
    (valleys / "projects.csv").write_text(lost, "utf-8")
    with pytest.raises(RefusedData, match="projects.csv, B2"):
        ik.run("vallees", only=["aubepine"])
    assert not (tmp_path / "reports").exists()


@pytest.mark.parametrize("code", ["../aubepine", "..", "/tmp/aubepine", "Aubépine", ".failed"])
def test_a_code_that_could_name_another_folder_refuses_the_run(valleys, tmp_path, code, processes):
    table = valleys / "territories.csv"
    table.write_text(table.read_text("utf-8").replace("aubepine", code), "utf-8")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(RefusedData, match="territories.csv, A2"):
        ik.run("vallees")
    assert sorted(tmp_path.rglob("*")) == before


def test_a_name_is_shown_as_it_is_written(valleys, processes):
    table = valleys / "territories.csv"
    table.write_text(table.read_text("utf-8").replace("Bruyère", "<b>Bru\u202eyère</b> & {{ x }}"), "utf-8")
    page = (ik.run("vallees", only=["aubepine"]).folder / "index.html").read_text("utf-8")
    assert "&lt;b&gt;Bruyère&lt;/b&gt; &amp; {{ x }}" in page and "\u202e" not in page
    assert problems(FRENCH, page, links=True) == ()


def test_two_runs_do_not_write_together(valleys, tmp_path, processes):
    import fcntl

    folder = tmp_path / "reports" / "vallees"
    folder.mkdir(parents=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(RefusedData, match="autre exécution"):
            ik.run("vallees")
    assert [file.name for file in folder.iterdir()] == [".lock"]


def test_a_failed_report_is_exit_code_1(valleys, write_notebook, processes):
    write_notebook(valleys / "light.ipynb", middle=FAILS)
    command = [
        sys.executable,
        "-m",
        "impactkit",
        "run",
        "vallees",
        "--only",
        "aubepine,bruyere",
        "--json",
    ]
    done = processes.run(command, capture_output=True, text=True)
    assert done.returncode == 1 and "Le milieu" in done.stderr and "Traceback" not in done.stderr
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["event"] for one in told] == ["started", "report", "report", "ended"]
    assert {one["territory"]: one["built"] for one in told[1:3]} == {"aubepine": True, "bruyere": False}
    assert told[3]["built"] == ["aubepine"] and told[3]["failed"] == ["bruyere"]
