"""Another programme in another country, with its own tables, units, lists and words (exemple fictif)."""

import csv
import random
import re

import pytest
from bs4 import BeautifulSoup
from test_packaging import ROOT

import impactkit as ik
from impactkit.data.tables import columns, labels
from impactkit.wording.language import FRENCH

SETTINGS = """
title = "Pactes de rivières d’Ostrélie (exemple fictif)"
programme = "Pactes de rivières"
fictional = true

[effects]
outcomes = ["count_boats"]

[label]
diversity = [["miller"], ["ferryman"]]

[codes.theme]
water = "eau et rivières"
mills = "moulins"

[codes.partnership]
barter = "troc de matériel"
towing = "halage partagé"

[codes.member]
miller = "meunerie"
ferryman = "batellerie"

[words]
"le label" = "la convention"
"du label" = "de la convention"
"label" = "convention"
"labellisation" = "convention"
"labellisés" = "conventionnés"
"labellisé" = "conventionné"
"labellisées" = "conventionnées"
"communes" = "cantons"

[[wave]]
id = "1"
name = "premiers pactes"
labelled = "2016-05"

[[source]]
kind = "table"
file = "bateaux.csv"
indicator = "count_boats"
family = "unit"
columns = { unit = "canton", period = "an", value = "bateaux" }
unit = "bateaux"
source = "Registre des mariniers d’Ostrélie (exemple fictif)"
"""
SAID = {"as_of": "2023-06", "source": "Gazette d’Ostrélie (exemple fictif)"}
YEARS, UNITS = range(2010, 2024), 80
# What only the kit's own country and programme have.
FOREIGN = re.compile(
    r"French[ -]Impact|\bInsee\b|\bEPCI\b|Urssaf|intercommunalit|labellis|\blabels?\b|France|communes?\b"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two cantons with a pact among eighty, and the boats of each."""
    home = tmp_path_factory.mktemp("ostrelie") / "pactes"
    home.mkdir()
    (home / "evaluation.toml").write_text(SETTINGS, "utf-8")
    drawn = random.Random(7)
    units = [f"C{number:03d}" for number in range(UNITS)]
    base = {unit: drawn.uniform(700, 5000) for unit in units}
    _write(home, "units", [{"unit": u, "name": f"Canton {u}", "size": round(base[u])} for u in units])
    places = {"boucle-d-aure": "C000", "haut-gue": "C001"}
    usual = {"wave": "1", "perimeter_kind": "unit", "confidence": "high"}
    _write(
        home,
        "territories",
        [{"territory": p, "name": p.replace("-", " ").capitalize(), **usual} for p in places],
    )
    about = {"family": "unit", "role": "perimeter"}
    _write(home, "perimeters", [{"territory": p, "code": unit, **about} for p, unit in places.items()])
    mine = {"territory": "boucle-d-aure"}
    _write(
        home, "challenges", [mine | {"challenge": "d1", "title": "Rouvrir le gué", "themes": "water|mills"}]
    )
    _write(
        home,
        "projects",
        [mine | {"project": "bac", "name": "Le bac", "theme": "water", "stage": "launched"}],
    )
    _write(home, "partnerships", [mine | {"company": "Halage Nord", "type": "towing", "started": "2018"}])
    # Types are counted in a sentence from five members on; below, members are read by name.
    members = [
        *((f"Moulin {name}", "miller") for name in ("d’en bas", "d’en haut", "du pont")),
        *((f"Bac {name}", "ferryman") for name in ("d’Aure", "du gué")),
    ]
    _write(home, "members", [mine | {"name": n, "type": kind, "role": "member"} for n, kind in members])
    with (home / "bateaux.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("canton", "an", "bateaux"))
        for unit in units:
            level = base[unit]
            for year in YEARS:
                level *= 1.01 + drawn.gauss(0, 0.01) + (0.05 if unit == "C000" and year > 2016 else 0)
                writer.writerow((unit, year, round(level)))
    return home


def _write(home, table, rows):
    about = {name: text for name, text in SAID.items() if name in columns(table)}
    with (home / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns(table), restval="")
        writer.writeheader()
        writer.writerows(about | row for row in rows)


def test_its_tables_are_sound_and_its_lists_are_its_own(folder):
    assert not ik.check(folder), str(ik.check(folder))
    projects = folder / "projects.csv"
    sound = projects.read_text("utf-8")
    projects.write_text(sound.replace(",water,", ",food,"), "utf-8")
    (problem,) = ik.check(folder)
    assert problem.value == "food" and "water" in problem.expected
    projects.write_text(sound, "utf-8")
    # Another evaluation read after it has the lists that ship again.
    ik.check(ROOT / "data" / "demo")
    assert "food" in labels(FRENCH, "projects", "theme")
    assert list(labels(ik.load(folder).language, "challenges", "themes")) == ["water", "mills"]


def test_its_panel_gives_a_trajectory_and_an_effect(folder):
    place = ik.load(folder).territory("boucle-d-aure")
    path = ik.trajectory(place, "count_boats")
    assert set(path["role"]) == {"territory", "comparable"} and path["period"].min() == YEARS[0]
    found = ik.effect(place, "count_boats")
    # Five percent a year for seven years, seen on average midway.
    assert 0.12 < found.estimate < 0.35 and found.p < 0.05 and found.n_comparison == UNITS - 2
    quiet = ik.effect(ik.load(folder).territory("haut-gue"), "count_boats")
    assert quiet.p > 0.05 and abs(quiet.estimate) < 0.1


def test_its_reports_are_its_own_in_both_faces(folder, tmp_path, processes):
    summary = ik.run(folder, to=tmp_path)
    assert not summary.failed, [one.sentence(FRENCH) for one in summary.failed]
    assert summary.built == ("boucle-d-aure", "haut-gue", "programme")
    report = summary.folder / "boucle-d-aure"
    assert (report / "report.pdf").read_bytes().startswith(b"%PDF")
    html = (report / "report.html").read_text("utf-8")
    text = BeautifulSoup(html, "html.parser").get_text(" ").replace("\u202f", " ")
    for words in (
        "Pactes de rivières",
        "eau et rivières",
        "halage partagé",
        "meunerie",
        "bateaux",
        "convention",
    ):
        assert words in text, words
    found = {
        match.group(0): text[max(0, match.start() - 60) : match.end() + 40]
        for match in FOREIGN.finditer(text)
    }
    assert not found, found


def test_nothing_of_one_programme_is_written_in_the_package(repo):
    named = re.compile(r"french[ _-]?impact", re.IGNORECASE)
    files = [*(repo / "src").rglob("*.py"), *(repo / "src").rglob("*.po"), *(repo / "src").rglob("*.typ")]
    found = [
        f"{file.name}: {line.strip()}"
        for file in files
        for line in file.read_text("utf-8").splitlines()
        # An example of a docstring reads a folder by its name.
        if named.search(line) and ">>>" not in line
    ]
    assert files and not found
