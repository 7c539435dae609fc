"""One stray thing stops one report at most: it is said, set aside, and the rest goes on. Nothing is written,
published or deleted through a name that somebody else made.
"""

import json
import os
import shutil
import subprocess
import sys

import pytest

import impactkit as ik
from impactkit.errors import ImpactkitError, RefusedData
from impactkit.reports.files import alone
from impactkit.reports.publish import left_out, publish
from impactkit.reports.record import read_record
from impactkit.reports.signing import sign
from impactkit.reports.verify import examined, verify
from impactkit.wording.language import FRENCH

DEEP = "[" * 100_000


@pytest.fixture(autouse=True)
def attacked():
    """Every attack of this module builds its own reports: minutes together."""


@pytest.fixture
def reports(built):
    return built.parent / "reports" / built.name


@pytest.fixture
def victim(tmp_path):
    folder = tmp_path / "victim"
    folder.mkdir()
    (folder / "precious.txt").write_text("à garder", "utf-8")
    (folder / "1").mkdir()
    (folder / "1" / "precious.txt").write_text("à garder", "utf-8")
    return folder


def untouched(victim):
    files = sorted(path.relative_to(victim).as_posix() for path in victim.rglob("*") if path.is_file())
    assert files == ["1/precious.txt", "precious.txt"]
    assert (victim / "precious.txt").read_text("utf-8") == "à garder"


def checkpoints(report):
    (report / ".ipynb_checkpoints").mkdir()
    shutil.copy(report / "report.ipynb", report / ".ipynb_checkpoints" / "report-checkpoint.ipynb")


def dangling(report):
    (report / "lost.csv").symlink_to("nowhere")


def pipe(report):
    os.mkfifo(report / "pipe")


def linked_folder(report):
    (report / "more").symlink_to(report.parent, target_is_directory=True)


@pytest.mark.parametrize("leave", [checkpoints, dangling, pipe, linked_folder])
def test_what_is_no_file_of_a_report_stops_nothing(reports, leave):
    leave(reports / "aubepine")
    seen = examined(FRENCH, reports / "aubepine")
    assert seen.wrong == () and any("aubepine/" in words for words in seen.uncompared)
    summary = ik.run("vallees")
    assert summary.kept == ("aubepine", "bruyere", "chevrefeuille") and not summary.failed
    assert any("aubepine/" in words for words in summary.noted.notes)
    sign(FRENCH, reports / "aubepine", by="Ada Exemple", as_="valide")
    leave(reports / "aubepine")
    publish("vallees", to="web", only=["aubepine"])
    assert any("aubepine/" in words for words in left_out(FRENCH, reports))
    assert {path.name for path in (reports.parents[1] / "web" / "vallees" / "aubepine").iterdir()} == {
        ".page.json", "indicators.csv", "provenance.json", "record.json", "report.html", "report.ipynb",
        "report.pdf",
    }  # fmt: skip
    assert set(ik.run("vallees", force=True).built) == {"aubepine", "bruyere", "chevrefeuille"}


def cut_failure(reports):
    (reports / ".failed").mkdir(exist_ok=True)
    (reports / ".failed" / "aubepine.json").write_text('{"territory": "aub', "utf-8")


def failure_of_numbers(reports):
    (reports / ".failed").mkdir(exist_ok=True)
    (reports / ".failed" / "aubepine.json").write_text('{"territory": 1, "kept": 5}', "utf-8")


def piped_failure(reports):
    (reports / ".failed").mkdir(exist_ok=True)
    os.mkfifo(reports / ".failed" / "aubepine.json")


def deep(name):
    def left(reports):
        (reports / "aubepine" / name).write_text(DEEP, "utf-8")

    return left


def typed(reports):
    path = reports / "aubepine" / "record.json"
    path.write_text(
        path.read_text("utf-8").replace('"impactkit:edition": 1', '"impactkit:edition": "../../x"')
    )


def damaged_own(reports):
    (reports / ".inputs" / "aubepine.json").write_text(DEEP, "utf-8")


def garbled_table(reports):
    (reports / "aubepine" / "indicators.csv").write_bytes(b'\xff\x00"a,b\n"')


def garbled_moves(reports):
    (reports / "aubepine" / "moves.csv").write_text("x,y\n1\n", "utf-8")


def linked_report(reports):
    (reports / "aubepine").rename(reports.parents[1] / "elsewhere")
    (reports / "aubepine").symlink_to(reports.parents[1] / "elsewhere", target_is_directory=True)


def file_for_a_report(reports):
    shutil.rmtree(reports / "aubepine")
    (reports / "aubepine").write_text("", "utf-8")


def history_is_a_folder(reports):
    (reports / "history.jsonl").unlink()
    (reports / "history.jsonl").mkdir()
    (reports / "aubepine" / "report.html").write_text("", "utf-8")


def copied_report(reports):
    shutil.copytree(reports / "aubepine", reports / "aubepine-2")
    (reports / "aubepine" / "report.html").write_text("", "utf-8")


LEFT = [
    cut_failure, failure_of_numbers, piped_failure, deep("record.json"), deep(".page.json"),
    deep("provenance.json"), typed, damaged_own, garbled_table, garbled_moves, linked_report,
    file_for_a_report, history_is_a_folder, copied_report,
]  # fmt: skip


@pytest.mark.parametrize("leave", LEFT)
def test_one_damaged_thing_is_mended_and_the_rest_goes_on(reports, leave, processes):
    leave(reports)
    done = processes.impactkit("run", "vallees", cwd=reports.parents[1], timeout=100)
    assert done.returncode == 0 and "Traceback" not in done.stderr
    assert (
        read_record(FRENCH, reports / "aubepine").state == "brouillon"
        and verify(reports / "aubepine")[1] == ()
    )
    assert set(ik.run("vallees").kept) == {"aubepine", "bruyere", "chevrefeuille"}


@pytest.mark.parametrize("leave", [deep("record.json"), linked_report, copied_report, typed])
def test_it_stops_no_other_publication(reports, leave):
    leave(reports)
    for code in ("bruyere", "chevrefeuille"):
        sign(FRENCH, reports / code, by="Ada Exemple", as_="valide")
    if leave is copied_report:
        shutil.rmtree(reports / "aubepine")
    assert publish("vallees", to="web") == ("bruyere", "chevrefeuille")
    assert any("aubepine" in words for words in left_out(FRENCH, reports))


def test_a_cut_line_of_the_history_stays_one(reports):
    history = reports / "history.jsonl"
    history.write_text('{"started": "20', "utf-8")
    ik.run("vallees", only=["aubepine"], force=True)
    lines = history.read_text("utf-8").splitlines()
    assert len(lines) == 2 and json.loads(lines[1])["built"] == ["aubepine"]


def test_a_lock_that_is_a_link_overwrites_nothing(reports, victim):
    (reports / ".lock").unlink()
    (reports / ".lock").symlink_to(victim / "precious.txt")
    ik.run("vallees", only=["aubepine"], force=True)
    untouched(victim)


@pytest.mark.parametrize("name", [".previous", ".building", ".failed", ".inputs", ".signatures", "editions"])
def test_a_folder_of_ours_that_is_a_link_is_set_aside(reports, valleys, write_notebook, victim, name):
    shutil.rmtree(reports / name, ignore_errors=True)
    (reports / name).symlink_to(victim, target_is_directory=True)
    write_notebook(valleys / "light.ipynb", parameters='greeting = "Bonsoir"')
    summary = ik.run("vallees")
    assert set(summary.built) == {"aubepine", "bruyere", "chevrefeuille"}
    assert any(name in words for words in summary.noted.notes)
    untouched(victim)
    sign(FRENCH, reports / "aubepine", by="Ada Exemple", as_="valide")
    untouched(victim)


@pytest.mark.parametrize("territory", ["../../victim", "bruyere", "/tmp", "..", ""])
def test_a_record_names_no_path(reports, valleys, write_notebook, victim, territory):
    path = reports / "aubepine" / "record.json"
    text = path.read_text("utf-8")
    marked = '"impactkit:territory": "aubepine"'
    assert marked in text
    path.write_text(text.replace(marked, f'"impactkit:territory": "{territory}"'), "utf-8")
    with pytest.raises(ImpactkitError):
        sign(FRENCH, reports / "aubepine", by="Ada Exemple", as_="valide")
    write_notebook(valleys / "light.ipynb", parameters='greeting = "Bonsoir"')
    assert "aubepine" in ik.run("vallees", only=["aubepine"]).built
    untouched(victim)
    assert not (reports / "editions" / "bruyere").exists() and (reports / "bruyere").is_dir()


TAKEN = [(name, kind) for name in ("vallees", ".vallees") for kind in ("link", "dangling", "file")]


@pytest.mark.parametrize("name, kind", [*TAKEN, ("vallees", "folder")])
def test_a_name_of_the_web_that_is_not_ours_is_refused(reports, victim, tmp_path, name, kind):
    sign(FRENCH, reports / "aubepine", by="Ada Exemple", as_="valide")
    web = tmp_path / "web"
    web.mkdir()
    if kind == "link":
        (web / name).symlink_to(victim, target_is_directory=True)
    elif kind == "dangling":
        (web / name).symlink_to("nowhere")
    elif kind == "file":
        (web / name).write_text("", "utf-8")
    else:
        (web / name).mkdir()
    with pytest.raises(RefusedData, match="pris"):
        publish("vallees", to=web, only=["aubepine"])
    untouched(victim)
    assert [path.name for path in web.iterdir()] == [name]


def test_a_link_of_ours_led_elsewhere_publishes_nothing_of_it(reports, victim, tmp_path):
    sign(FRENCH, reports / "aubepine", by="Ada Exemple", as_="valide")
    publish("vallees", to="web", only=["aubepine"])
    link = tmp_path / "web" / "vallees"
    link.unlink()
    link.symlink_to(victim / "1", target_is_directory=True)
    with pytest.raises(RefusedData, match="pris"):
        publish("vallees", to="web", only=["aubepine"])
    untouched(victim)


def test_links_in_a_release_are_neither_published_nor_followed(reports, victim, tmp_path):
    sign(FRENCH, reports / "aubepine", by="Ada Exemple", as_="valide")
    publish("vallees", to="web", only=["aubepine"])
    releases = tmp_path / "web" / ".vallees"
    (releases / "1" / "stolen").symlink_to(victim, target_is_directory=True)
    (releases / "1" / "stolen.txt").symlink_to(victim / "precious.txt")
    (releases / "0").symlink_to(victim, target_is_directory=True)
    (releases / "new-1").symlink_to(victim, target_is_directory=True)
    (releases / "3.bak").mkdir()
    publish("vallees", to="web", only=["aubepine"])
    untouched(victim)
    names = {path.name for path in (tmp_path / "web" / "vallees").iterdir()}
    assert names == {"aubepine", "index.html", "SHA256SUMS"}


def test_two_publications_to_one_root_wait_for_each_other(reports, tmp_path):
    sign(FRENCH, reports / "aubepine", by="Ada Exemple", as_="valide")
    publish("vallees", to="web", only=["aubepine"])
    with alone(FRENCH, tmp_path / "web" / ".vallees"):
        other = "import impactkit.reports.publish as p; p.publish('vallees', to='web', only=['aubepine'])"
        done = subprocess.run([sys.executable, "-c", other], capture_output=True, text=True)
    assert done.returncode == 1 and "RefusedData" in done.stderr and "vallees" in done.stderr


def test_a_refused_name_stays_in_its_table(reports, valleys, capsys):
    heads = "territory,date,role,consent,theme,quotation,name,public,source"
    row = "aubepine,2020-01,une élue,true,emploi,Une phrase,Zoé Secrète,false,Essai"
    (valleys / "interviews.csv").write_text(f"{heads}\n{row}\n", "utf-8")
    heard = []
    summary = ik.run("vallees", only=["aubepine"], log=heard.append)
    assert [outcome.territory for outcome in summary.failed] == ["aubepine"]
    assert "interviews" in summary.failed[0].sentence(FRENCH) and "Zoé" not in summary.failed[0].sentence(
        FRENCH
    )
    for path in (reports / ".failed").iterdir():
        assert "Zoé" not in path.read_text("utf-8")
    assert "Zoé" not in json.dumps(heard, ensure_ascii=False)
