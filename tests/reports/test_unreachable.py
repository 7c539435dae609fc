"""Not imported is not zero, at night either: a report is never built again without the figures that its last
edition had from a file that is no longer there. It stops, says which, and the last good one stays.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
from pathlib import Path

import pytest

import impactkit as ik
from impactkit.reports.record import read_record
from impactkit.reports.schedule import schedule
from impactkit.wording.language import FRENCH

JOBS = "urssaf_emploi_prive_epci_2014_2024.csv"
POOR = "filosofi_epci_{}.csv"
SOURCES = """
[[source]]
kind = "urssaf-jobs"

[[source]]
kind = "filosofi-epci"
"""
PERIMETERS = """territory,role,family,code,as_of,source
aubepine,perimeter,epci,200068781,2020,Essai
bruyere,perimeter,epci,243100518,2020,Essai
"""
TWINS = """
import impactkit as ik
ev = ik.load(folder)
place = ev.territory(territory)
rows = ik.indicators(ev, of=place)
ik.write_twins(place, rows=rows)
greeting = f"Bonjour {rows['value'].notna().sum()} fois"
"""
WHOLE = """
import impactkit as ik
ev = ik.load(folder)
ik.write_twins(ev, rows=ik.indicators(ev))
"""


def jobs(folder: Path, *codes: str, name: str = JOBS) -> None:
    """A small invented file in Urssaf's layout."""
    rows = [f"{code},{year},{1000 + year}" for code in codes for year in range(2014, 2025)]
    (folder / name).write_text("code,year,jobs_private\n" + "\n".join(rows) + "\n", "utf-8")


def poverty(folder: Path, year: str, *codes: str) -> None:
    """A small invented file in Filosofi's layout."""
    short = year[2:]
    rows = [f"{code},12.5,50000" for code in codes]
    text = f"CODGEO,TP60{short},NBPERSMENFISC{short}\n" + "\n".join(rows) + "\n"
    (folder / POOR.format(year)).write_text(text, "utf-8")


CODES = ("200068781", "243100518")


@pytest.fixture(scope="module")
def once(tmp_path_factory, processes, write_evaluation, write_notebook):
    """The invented evaluation with official figures, and its reports as the first night left them."""
    home = tmp_path_factory.mktemp("nuits")
    folder, sources = write_evaluation(home / "vallees"), home / "officiel"
    write_notebook(folder / "light.ipynb", middle=TWINS)
    write_notebook(folder / "whole.ipynb", middle=WHOLE)
    toml = folder / "evaluation.toml"
    toml.write_text(toml.read_text("utf-8") + 'programme = "whole.ipynb"\n' + SOURCES, "utf-8")
    (folder / "perimeters.csv").write_text(PERIMETERS, "utf-8")
    sources.mkdir()
    jobs(sources, *CODES)
    poverty(sources, "2015", *CODES)
    poverty(sources, "2016", *CODES)
    env = os.environ | {"IMPACTKIT_SOURCES": str(sources)}
    processes.impactkit("run", "vallees", cwd=home, check=True, env=env)
    return home


@pytest.fixture
def night(once, tmp_path, monkeypatch):
    """A copy of it, where a night's run is about to begin with the variable set."""
    home = tmp_path / "nuit"
    shutil.copytree(once, home)
    monkeypatch.chdir(home)
    monkeypatch.setenv("IMPACTKIT_SOURCES", str(home / "officiel"))
    return home


def official(report: Path) -> int:
    """How many published figures a report has."""
    with (report / "indicators.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    return sum(bool(row["value"] and row["data_vintage"] and "légales" not in row["source"]) for row in rows)


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_nothing_changed_nothing_stops(night, processes):
    assert official(night / "reports/vallees/aubepine") > 10
    summary = ik.run("vallees")
    assert summary.kept == ("aubepine", "bruyere", "chevrefeuille", "programme") and not summary.failed


@pytest.fixture
def attacked():
    """Two nights of reports."""


def test_a_night_without_the_variable_keeps_the_last_good_reports(night, monkeypatch, processes, attacked):
    reports = night / "reports" / "vallees"
    had = {code: everything(reports / code) for code in ("aubepine", "bruyere", "programme")}
    monkeypatch.delenv("IMPACTKIT_SOURCES")
    done = processes.impactkit("run", "vallees", "--json", cwd=night)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    for code in had:
        assert everything(reports / code) == had[code]
        failed = json.loads((reports / ".failed" / f"{code}.json").read_text("utf-8"))
        assert failed["kind"] == "ReportFailed" and failed["kept"]
        assert JOBS in failed["what"] and POOR.format(2016) in failed["what"]
        assert "IMPACTKIT_SOURCES" in failed["what"] and "evaluation.toml" in failed["next"]
    # Which had nothing to lose is built.
    assert json.loads(done.stdout.splitlines()[-1])["built"] == ["chevrefeuille"]
    assert str(official(reports / "aubepine")) in done.stderr and "est conservé" in done.stderr
    page = (reports / "index.html").read_text("utf-8")
    assert page.count("arrêté") == 3 and 'href="aubepine/report.html"' in page
    # The same every night, forced or not, until the files are back.
    again = processes.impactkit("run", "vallees", "--force", cwd=night)
    assert again.returncode == 1 and everything(reports / "aubepine") == had["aubepine"]
    monkeypatch.setenv("IMPACTKIT_SOURCES", str(night / "officiel"))
    mended = ik.run("vallees")
    assert not mended.failed and set(mended.built) >= set(had)
    assert read_record(FRENCH, reports / "aubepine").edition == 1
    assert not list((reports / ".failed").glob("*.json"))


def test_a_dry_run_says_it_and_writes_nothing(night, monkeypatch, processes):
    before = everything(night)
    monkeypatch.delenv("IMPACTKIT_SOURCES")
    done = processes.impactkit("run", "vallees", "--dry-run", cwd=night)
    assert done.returncode == 1 and everything(night) == before
    assert JOBS in done.stderr and "aubepine" in done.stderr and "bruyere" in done.stderr
    would = [line for line in done.stdout.splitlines() if "chevrefeuille" in line]
    assert len(would) == 1 and "aubepine" not in done.stdout
    summary = ik.run("vallees", dry_run=True)
    assert [one.territory for one in summary.failed] == ["aubepine", "bruyere", "programme"]


def away(folder: Path) -> None:
    shutil.move(folder, folder.with_name("ailleurs"))
    folder.mkdir()


def without_2015(folder: Path) -> None:
    (folder / POOR.format(2015)).unlink()


def without_jobs(folder: Path) -> None:
    (folder / JOBS).unlink()


def under_another_name(folder: Path) -> None:
    (folder / JOBS).rename(folder / "urssaf.csv")


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (without_2015, POOR.format(2015)),
        (without_jobs, JOBS),
        (under_another_name, JOBS),
        (away, POOR.format(2016)),
    ],
    ids=lambda one: getattr(one, "__name__", None),
)
def test_a_file_that_is_no_longer_there_stops_its_reports(night, processes, change, name):
    change(night / "officiel")
    had = everything(night / "reports/vallees/aubepine")
    summary = ik.run("vallees", only=["aubepine", "chevrefeuille"])
    (failed,) = summary.failed
    assert failed.territory == "aubepine" and name in failed.what and str(night / "officiel") in failed.what
    assert everything(night / "reports/vallees/aubepine") == had
    assert summary.built == ("chevrefeuille",)


def test_a_reason_that_a_source_gave_is_not_lost_either(night, monkeypatch, processes):
    """« Perimeter changed » is known; « not imported » is not."""
    perimeters = night / "vallees" / "perimeters.csv"
    perimeters.write_text(perimeters.read_text("utf-8").replace(CODES[1], "240800920"), "utf-8")
    sources = night / "officiel"
    (sources / JOBS).unlink()
    (sources / POOR.format(2015)).unlink()
    poverty(sources, "2016", CODES[0], "240800920")
    report = night / "reports/vallees/bruyere"
    shutil.rmtree(report)
    assert ik.run("vallees", only=["bruyere"]).built == ("bruyere",)
    assert official(report) == 0
    assert "missing:perimeter-changed" in (report / "indicators.csv").read_text("utf-8")
    monkeypatch.delenv("IMPACTKIT_SOURCES")
    (failed,) = ik.run("vallees", only=["bruyere"]).failed
    assert failed.kind == "ReportFailed" and POOR.format(2016) in failed.what


def test_one_report_alone_stops_too(night, monkeypatch, processes):
    monkeypatch.delenv("IMPACTKIT_SOURCES")
    done = processes.impactkit("report", "vallees", "aubepine", cwd=night)
    assert done.returncode == 1 and JOBS in done.stderr


def test_a_source_withdrawn_on_purpose_is_no_loss(night, monkeypatch, processes):
    toml = night / "vallees" / "evaluation.toml"
    toml.write_text(toml.read_text("utf-8").replace('[[source]]\nkind = "urssaf-jobs"\n', ""), "utf-8")
    without_jobs(night / "officiel")
    had = official(night / "reports/vallees/aubepine")
    summary = ik.run("vallees", only=["aubepine"])
    assert summary.built == ("aubepine",)
    report = night / "reports/vallees/aubepine"
    assert 0 < official(report) < had and read_record(FRENCH, report).edition == 2
    (outcome,) = summary.outcomes
    assert any("Urssaf" in note for note in outcome.notes)


def without_aubepine(folder: Path) -> None:
    jobs(folder, CODES[1])


def shorter(folder: Path) -> None:
    rows = (folder / JOBS).read_text("utf-8").splitlines()
    kept = [row for row in rows if ",2014," not in row]
    (folder / JOBS).write_text("\n".join(kept) + "\n", "utf-8")


def replaced(folder: Path) -> None:
    (folder / JOBS).unlink()
    jobs(folder, CODES[1], name=JOBS.replace("2024", "2025"))


@pytest.mark.parametrize("change", [without_aubepine, shorter, replaced])
def test_a_file_that_reads_and_says_less_is_a_change_of_the_source(night, processes, change):
    change(night / "officiel")
    had = official(night / "reports/vallees/aubepine")
    summary = ik.run("vallees", only=["aubepine", "bruyere"])
    assert set(summary.built) == {"aubepine", "bruyere"} and not summary.failed
    report = night / "reports/vallees/aubepine"
    assert official(report) < had and read_record(FRENCH, report).edition == 2
    notes = {one.territory: " ".join(one.notes) for one in summary.outcomes}
    assert "Urssaf" in notes["aubepine"]
    assert ("Urssaf" in notes["bruyere"]) == (change is shorter)


def test_a_file_moved_to_where_fetched_files_lie_is_still_there(night, monkeypatch, processes):
    """What counts is whether the figures can be read, not in which folder."""
    shutil.copytree(night / "officiel", night / "autre" / "sous-dossier")
    monkeypatch.setenv("IMPACTKIT_SOURCES", str(night / "autre"))
    summary = ik.run("vallees")
    assert not summary.failed and not summary.built


def test_a_broken_file_stops_as_ever(night, processes):
    """It is there, and it cannot be read: the build says so, and the last report stays."""
    (night / "officiel" / JOBS).write_text("code,year\n1,2\n", "utf-8")
    without_2015(night / "officiel")
    had = everything(night / "reports/vallees/aubepine")
    (failed,) = ik.run("vallees", only=["aubepine"]).failed
    assert "jobs_private" in failed.what and everything(night / "reports/vallees/aubepine") == had


def test_a_scheduled_run_has_the_variables_that_it_depends_on(night, monkeypatch, processes):
    monkeypatch.setenv("IMPACTKIT_SMTP", "smtp://nom:motdepasse@serveur.exemple.fr:587")
    monkeypatch.setenv("IMPACTKIT_MAIL_FROM", "Observatoire <mesure@exemple.fr>")
    odd = night / "à part, 100 %"
    shutil.move(night / "officiel", odd)
    # Relative to here: a scheduler starts elsewhere.
    monkeypatch.setenv("IMPACTKIT_SOURCES", odd.name)
    (text,) = schedule(FRENCH, "cron", "vallees", to=night / "reports").values()
    assert "motdepasse" not in text and "SMTP" not in text and "MAIL" not in text
    command = text.split(" ", 5)[5].replace(r"\%", "%")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("IMPACTKIT_")}
    done = processes.run(["sh", "-c", command], cwd="/", env=kept)
    assert done.returncode == 0, done.stderr
    assert official(night / "reports/vallees/aubepine") > 10


@pytest.mark.parametrize("name", ["IMPACTKIT_SOURCES", "IMPACTKIT_CACHE", "IMPACTKIT_BASE"])
def test_each_variable_is_in_both_kinds_of_file(valleys, tmp_path, monkeypatch, name):
    (tmp_path / "un dossier $HOME").mkdir()
    monkeypatch.setenv(name, str(tmp_path / "un dossier $HOME"))
    if name == "IMPACTKIT_BASE":
        shutil.move(tmp_path / "vallees", tmp_path / "un dossier $HOME" / "vallees")
    monkeypatch.setenv("IMPACTKIT_SMTP", "smtp://nom:motdepasse@serveur.exemple.fr:587")
    units = schedule(FRENCH, "systemd", "vallees", to=tmp_path / "reports")
    service = next(text for file, text in units.items() if file.endswith(".service"))
    assert f'Environment="{name}={tmp_path}/un dossier $HOME"' in service.splitlines()
    (cron,) = schedule(FRENCH, "cron", "vallees", to=tmp_path / "reports").values()
    assert f"'{name}={tmp_path}/un dossier $HOME'" in cron
    assert "motdepasse" not in service + cron


def test_without_variables_none_is_written(valleys, tmp_path, monkeypatch):
    for name in ("IMPACTKIT_SOURCES", "IMPACTKIT_CACHE", "IMPACTKIT_BASE"):
        monkeypatch.delenv(name, raising=False)
    units = schedule(FRENCH, "systemd", "vallees", to=tmp_path / "reports")
    assert not any("Environment" in text for text in units.values())
    assert "env " not in "".join(schedule(FRENCH, "cron", "vallees", to=tmp_path / "reports").values())


def test_a_variable_that_names_no_folder_is_refused_before_the_night(valleys, tmp_path, monkeypatch):
    monkeypatch.setenv("IMPACTKIT_SOURCES", str(tmp_path / "nulle-part"))
    with pytest.raises(ik.RefusedData, match="nulle-part"):
        schedule(FRENCH, "cron", "vallees", to=tmp_path / "reports")
