"""Five thousand territories, or two hundred thousand projects in one: read, checked, planned and told in
bounded time and memory; what is too long for a page is cut, and said to be.
"""

from __future__ import annotations

import json
import re

import large_evaluation
import pandas as pd
import pytest
from frictionless import Resource, Schema, system
from hypothesis import given
from hypothesis import strategies as st

import impactkit as ik
from impactkit.data import check, check_schema
from impactkit.display.shown import MOST_ROWS, Table, text
from impactkit.wording.language import FRENCH

SECONDS, MEGABYTES = 10, 1000
TERRITORIES, PROJECTS = 5_000, 200_000
# What each act costs in a process of its own: seconds of work, whatever else the machine does; the peak.
MEASURED = """
import contextlib, json, os, sys, time
from dataclasses import replace
from pathlib import Path
import impactkit as ik
from impactkit.reports import run as running
from impactkit.reports.failure import Outcome
from impactkit.reports.fresh import keep_own
from impactkit.reports.ledger import BUILT, add, hashes, note
from impactkit.reports.record import RunRecord, outputs_of, versions, write_record

folder, acts = Path(sys.argv[1]), sys.argv[2:]
seconds, writing = {}, 0.0
# Nothing waits for the disk: only work is measured.
os.fsync = lambda number: None

def written(language, todo, *_):
    # A report's files without its making, which is not what is measured.
    global writing
    for job in todo:
        start = time.process_time()
        report = Path(job.to) / job.territory
        report.mkdir(exist_ok=True)
        for name in ("report.html", "report.pdf", "indicators.csv"):
            (report / name).write_text(job.territory, "utf-8")
        record = RunRecord(job.evaluation, job.territory, "2026-01-01", "0" * 64, job.inputs, {}, versions())
        record = replace(record, outputs=outputs_of(report))
        write_record(record, report)
        add(language, Path(job.to), job.territory, note(BUILT, record, hashes(report)))
        keep_own(language, report, job.own)
        writing += time.process_time() - start
        yield Outcome(job.territory)

running.outcomes_of = written
running.prepared = lambda *_: contextlib.nullcontext()

def changed():
    with (folder / "jobs.csv").open("a", encoding="utf-8") as table:
        table.write("t7,p7,,,plus tard,,2024,Registre,\\n")
    return ik.run(folder, to=folder / "reports")

doing = {
    "check": lambda: ik.check(folder),
    "load": lambda: ik.load(folder).territories,
    "plan": lambda: ik.run(folder, to=folder / "reports", dry_run=True).why,
    "first": lambda: ik.run(folder, to=folder / "reports").built,
    "again": lambda: ik.run(folder, to=folder / "reports").kept,
    "changed": lambda: changed().built,
}
counts = {}
for act in acts:
    writing, start = 0.0, time.process_time()
    counts[act] = len(doing[act]())
    seconds[act] = round(time.process_time() - start - writing, 1)
peak = int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) // 1000
print(json.dumps({"seconds": seconds, "counts": counts, "peak": peak}))
"""


def measured(processes, folder, *acts):
    """What each act costs, and how many things it gave; within the bounds, or it fails."""
    done = processes.python("-c", MEASURED, folder, *acts)
    assert done.returncode == 0, done.stderr[-3000:]
    cost = json.loads(done.stdout)
    print(cost)
    assert max(cost["seconds"].values()) < SECONDS and cost["peak"] < MEGABYTES, cost
    return cost["counts"]


@pytest.fixture
def laden(tmp_path):
    """Where a large evaluation is written."""
    return tmp_path / "grande"


def test_five_thousand_territories_are_checked_planned_and_listed(laden, processes):
    folder = large_evaluation.many_territories(laden, TERRITORIES)
    counts = measured(processes, folder, "check", "load", "plan", "first", "again", "changed")
    every = TERRITORIES + 1
    assert counts["check"] == 0 and counts["load"] == TERRITORIES
    assert (counts["plan"], counts["first"], counts["again"]) == (every, every, every)
    # That of the territory, and that of the programme.
    assert counts["changed"] == 2
    page = (folder / "reports" / folder.name / "index.html").read_text("utf-8")
    assert len(re.findall(r'href="t\d+/report.html"', page)) == TERRITORIES


def test_two_hundred_thousand_projects_of_one_territory_are_read_and_checked(laden, processes):
    folder = large_evaluation.many_projects(laden, PROJECTS)
    counts = measured(processes, folder, "check", "load")
    assert counts == {"check": 0, "load": 2}


def test_as_many_rows_that_are_all_wrong_are_said_in_bounded_time(laden, processes):
    folder = large_evaluation.many_projects(laden, 40_000)
    table = folder / "projects.csv"
    rows = table.read_text("utf-8").replace(",t0,", ",ailleurs,").replace("2023-06-30", "hier")
    table.write_text(rows.replace("Coopérative", "Coopérativ"), "utf-8")
    counts = measured(processes, folder, "check")
    # Of each of the four tables so many, and that there are more.
    assert 20_000 < counts["check"] <= 4 * 10_001


def test_that_there_are_more_problems_is_said_to_everyone(small, monkeypatch):
    monkeypatch.setattr(check, "MOST", 3)
    rows = [{"project": f"p{n}", "territory": "a", "name": "Halle", "stage": "rêvé"} for n in range(9)]
    *first, last = ik.check(small({"projects": rows}).folder)
    assert len(first) == 3 and {problem.territory for problem in first} == {"a"}
    assert last.territory == "" and "plus de 3 problèmes" in last.expected and "relancer" in last.next


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A territory with more projects than a page shows."""
    folder = large_evaluation.many_projects(tmp_path_factory.mktemp("longue") / "longue", 2_600)
    return ik.load(folder).territory("t0")


@pytest.mark.parametrize("topic, every", [("projects", 2_600), ("outcomes", 650), ("funding", 650)])
def test_a_table_longer_than_a_page_is_cut_and_says_where_the_rest_is(place, topic, every):
    (block,) = ik.table(place, about=topic).blocks
    assert len(block["rows"]) == MOST_ROWS == 500
    words = "".join(run["t"] for note in block["notes"] for run in note)
    shown = f"{every:,}".replace(",", "\u202f")
    file = {"outcomes": "project_outcomes.csv"}.get(topic, f"{topic}.csv")
    left = f"{every - MOST_ROWS:,}".replace(",", "\u202f")
    assert f"500 sur {shown}" in words and left in words
    assert file in words


def test_a_frame_longer_than_a_page_is_cut_too_and_a_short_one_is_not(place):
    frame = pd.DataFrame({"nom": [f"n{number}" for number in range(1_000)]})
    (block,) = ik.table(frame, caption="Noms").blocks
    assert len(block["rows"]) == MOST_ROWS and "500" in str(block["notes"])
    (short,) = ik.table(frame.head(MOST_ROWS), caption="Noms").blocks
    assert len(short["rows"]) == MOST_ROWS and not short["notes"]
    (left,) = Table("Noms", (("nom", "left", 1.0),), ((text("n"),),), left=4, origin="noms.csv").blocks
    assert "noms.csv" in str(left["notes"])


def test_no_chart_and_no_sentence_grows_with_the_projects(tmp_path, place):
    few = ik.load(large_evaluation.many_projects(tmp_path / "courte", 1_300)).territory("t0")
    for kind in ("stages", "jobs", "funding"):
        sizes = [len(str(ik.chart(one, kind=kind).blocks)) for one in (few, place)]
        assert sizes[1] < 1.1 * sizes[0] + 500, kind
    for topic in ("projects", "money"):
        sizes = [len(str(ik.say(one, about=topic))) for one in (few, place)]
        assert sizes[1] < 1.1 * sizes[0] + 200, topic


CELLS = st.sampled_from(["", "p1", "p2", "p1 ", "x", "2020", "2020-13", "food", "12", "-3", "1e3", "idea"])
COLUMNS = ("project", "territory", "name", "theme", "stage", "beneficiaries", "started", "as_of", "source")


@given(st.lists(st.tuples(*[CELLS] * len(COLUMNS)), min_size=1, max_size=6))
def test_reading_only_what_may_be_wrong_says_all_that_is(rows):
    frame = pd.DataFrame(rows, columns=list(COLUMNS), dtype="str")
    schema = Schema.from_descriptor(check_schema._form(FRENCH, "projects"))
    data = [list(frame.columns), *frame.to_numpy().tolist()]
    with system.use_context(trusted=True):
        report = Resource(schema=schema, data=data).validate()
    every = {
        (number - 2, name)
        for kind, number, name in report.flatten(["type", "rowNumber", "fieldName"])
        if not kind.endswith("-label") and kind != "primary-key"
    }
    faults = {
        (fault.row, fault.column or None) for fault in check_schema.cell_faults(FRENCH, "projects", frame)
    }
    assert {(row, name or None) for row, name in every} == faults
