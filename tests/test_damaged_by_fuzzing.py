"""What `make fuzz` found to end in something else than a value or a sentence, each in its smallest form."""

import fcntl
import gzip
import io
import json
import os
import shutil
import zipfile
from dataclasses import replace
from functools import partial
from pathlib import Path

import invented_report as invented
import pytest

import impactkit as ik
from impactkit.data import csv_text, neighbours
from impactkit.data.journal import JOURNAL, reading
from impactkit.data.notebook_parameters import declared
from impactkit.data.sources import contours, melodi
from impactkit.data.withdrawal import LOG, taken_back, withdrawals
from impactkit.data.workbook.opening import read_sheets
from impactkit.errors import RefusedData, ReportFailed
from impactkit.reports import editions, failure, ledger
from impactkit.reports.explain import explain
from impactkit.reports.files import LOCK, alone
from impactkit.reports.page import meta_of, read_page
from impactkit.reports.pdf import render_pdf
from impactkit.reports.recipients import of_cell
from impactkit.reports.record import RunRecord, Signature, read_record, write_record
from impactkit.reports.rendered import FILE as PAGE
from impactkit.reports.rendered import kept_page
from impactkit.wording.language import FRENCH

CODED = {"dataset": "DS_X", "indicator": "count_aged_75", "where": {"AGE": "Y_GE75"}}
HEAD = "date,by,why,table,key,column,row\n"
ROW = '2024-01-02,Ada,erreur,projects,halle,,"{""project"": ""halle""}"\n'
CLAIM = "claim,territory,indicator,group,period,value,low,high,n,unit,level,rule,sentence,source,as_of,"
CLAIM += "data_vintage,geography_vintage,assumptions,checks\n"
SQUARE = [[5, 45], [5.1, 45], [5.1, 45.1], [5, 45]]
SAID = "c1,a,count_jobs,,2021,12,,,3,emplois,declared,r1,Douze emplois.,Gazette,2021,2021,,,\n"


@pytest.fixture
def home(repo, tmp_path):
    """A small evaluation."""
    return Path(shutil.copytree(repo / "tests" / "workbooks" / "evaluation", tmp_path / "essai"))


def refused(act, *given, kind=RefusedData):
    """What is wrong, in a sentence that says what to do."""
    with pytest.raises(kind) as caught:
        act(*given)
    assert caught.value.what and caught.value.next and caught.value.where
    return str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        HEAD + ROW + "2024-01-02,Ada,erreur\n",
        HEAD + ROW.replace("\n", ",de trop\n"),
        HEAD.replace("table", "tableau") + ROW,
        HEAD + ROW.replace('"{""project"": ""halle""}"', "{"),
        HEAD + ROW.replace('"{""project"": ""halle""}"', "[]"),
        HEAD + ROW.replace('""halle""', "3"),
        HEAD + '"' + ROW,
        HEAD + "[" * 100_000 + "\n",
        (HEAD + ROW).replace("Ada", "Zoé").encode("cp1252"),
    ],
)
def test_a_damaged_log_of_withdrawals_lets_nothing_come_back(home, text):
    (home / LOG).write_bytes(text if isinstance(text, bytes) else text.encode())
    assert "retir" in refused(partial(withdrawals, FRENCH), home)
    before = {file.name: file.read_bytes() for file in home.iterdir()}
    book = Path(__file__).parent / "workbooks" / "sain.xlsx"
    refused(ik.import_workbook, book, home)
    assert before == {file.name: file.read_bytes() for file in home.iterdir()}


def test_a_log_of_withdrawals_that_is_whole_is_read(home):
    (home / LOG).write_text(HEAD + ROW + ROW.replace("projects", "another_kit"), "utf-8")
    assert [one.key for one in withdrawals(FRENCH, home)] == ["halle"] and "projects" in taken_back(
        FRENCH, home
    )


@pytest.mark.parametrize(
    "text",
    ["", "{", "1", "[1]", '{"a": 1}', '["../victim.csv"]', '["/etc/x.csv"]', "[" * 100_000, '["a/b/c.csv"]'],
)
def test_a_journal_that_no_import_wrote_moves_nothing(home, text):
    victim = home.parent / "victim.csv"
    victim.write_text("à garder", "utf-8")
    (home.parent / ".victim.csv.new").write_text("autre", "utf-8")
    (home / JOURNAL).write_text(text, "utf-8")

    def read():
        with reading(FRENCH, home):
            return

    assert JOURNAL in refused(read)
    refused(ik.load, home), refused(ik.check, home)
    assert victim.read_text("utf-8") == "à garder" and (home.parent / ".victim.csv.new").is_file()


def test_a_journal_goes_through_no_folder_that_is_a_link(home):
    victim = home.parent / "victim"
    victim.mkdir()
    (victim / "x.csv").write_text("à garder", "utf-8")
    (victim / ".x.csv.new").write_text("autre", "utf-8")
    (home / "receipts").symlink_to(victim)
    (home / JOURNAL).write_text('["receipts/x.csv"]', "utf-8")
    refused(ik.load, home)
    assert (victim / "x.csv").read_text("utf-8") == "à garder"


def test_a_journal_of_an_import_that_was_cut_is_finished(home):
    (home / ".projects.csv.new").write_bytes((home / "projects.csv").read_bytes() + b"\n")
    (home / JOURNAL).write_text('["projects.csv", "receipts/2024-01-01-essai.csv"]', "utf-8")
    ik.load(home)
    assert not (home / JOURNAL).exists() and (home / "projects.csv").read_bytes().endswith(b"\n\n")


def archive(text="GEO;GEO_OBJECT;AGE;TIME_PERIOD;OBS_VALUE\n26362;COM;Y_GE75;2022;7,5\n"):
    """A file of Melodi, as its zip."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("DS_X_2022_data.csv", text)
    return bytearray(file.getvalue())


def cut_at_the_start(content):
    return content[1:]


def of_another_compression(content):
    for mark, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        content[content.index(mark) + at] = 99
    return content


def locked(content):
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + at] |= 1
    return content


def damaged_inside(content):
    content[50:60] = bytes(10)
    return content


@pytest.mark.parametrize("damage", [cut_at_the_start, of_another_compression, locked, damaged_inside])
def test_an_archive_that_cannot_be_unpacked_is_no_table(tmp_path, damage):
    path = tmp_path / "DS.zip"
    path.write_bytes(damage(archive()))
    assert "DS.zip" in refused(partial(melodi.read, FRENCH), path, CODED)


@pytest.mark.parametrize("damage", [of_another_compression, locked, damaged_inside])
def test_a_workbook_that_cannot_be_unpacked_is_unreadable(repo, tmp_path, damage):
    path = tmp_path / "classeur.xlsx"
    path.write_bytes(damage(bytearray((repo / "tests" / "workbooks" / "sain.xlsx").read_bytes())))
    assert "classeur.xlsx" in refused(partial(read_sheets, FRENCH), path)


def observed(**changes):
    """An answer of Melodi with one observation."""
    about = {"GEO": "2026-COM-26362", "AGE": "Y_GE75", "TIME_PERIOD": "2022"}
    row = {"dimensions": about, "attributes": {}, "measures": {"OBS_VALUE_NIVEAU": {"value": 7.5}}}
    return {"observations": [row | changes]}


@pytest.mark.parametrize(
    "changes",
    [
        {"dimensions": {"GEO": "2026-COM-26362", "AGE": "Y_GE75", "TIME_PERIOD": 2022}},
        {"dimensions": {"GEO": "2026-COM-26362", "AGE": {}, "TIME_PERIOD": "2022"}},
        {"dimensions": {"GEO": ["2026-COM-26362"], "AGE": "Y_GE75", "TIME_PERIOD": "2022"}},
        {"dimensions": []},
        {"measures": {"OBS_VALUE_NIVEAU": {"value": True}}},
        {"measures": {"OBS_VALUE_NIVEAU": {"value": [1]}}},
        {"measures": 3},
        {"attributes": "F"},
    ],
)
def test_an_answer_whose_dimensions_are_no_text_is_no_table(tmp_path, changes):
    path = tmp_path / "DS.json"
    path.write_text(json.dumps(observed(**changes)), "utf-8")
    assert "DS.json" in refused(partial(melodi.read, FRENCH), path, CODED)


@pytest.fixture
def outlined(tmp_path, monkeypatch):
    """Writes outlines of EPCI where they are looked for: `outlined([ring, …])`, a unit each."""
    monkeypatch.setenv(contours.FOLDER, str(tmp_path))

    def written(rings):
        features = [
            {"properties": {"code": f"{code:09d}"}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
            for code, ring in enumerate(rings)
        ]
        (tmp_path / "epci.geojson").write_text(json.dumps({"features": features}), "utf-8")
        neighbours._neighbours.cache_clear()

    return written


@pytest.mark.parametrize(
    "corner", [[2**63, 45], [5, 90.5], [float("nan"), 45], [5, float("inf")], [10**400, 4]]
)
def test_a_corner_off_the_globe_is_no_outline(outlined, corner):
    outlined([[[5, 45], corner, [5.1, 45], [5, 45]]])
    assert "epci.geojson" in refused(partial(contours.outlines, FRENCH), "epci")


def test_more_outlines_than_a_country_has_are_refused_before_they_cost(outlined):
    outlined([[[-180, 0], [180, 0]] * 40])
    assert "contours" in refused(partial(neighbours.neighbours, FRENCH), "epci")
    outlined([[[5, 45], [5.001, 45]] * 20] * 300)
    assert "contours" in refused(partial(neighbours.neighbours, FRENCH), "epci")


@pytest.mark.parametrize("ring", [[], [[5, 45]], [[5, 45], [5.1, 45]], [[5, 45], [5.1, 45], [5, 45]]])
def test_a_ring_that_holds_no_ground_is_no_outline(outlined, ring):
    outlined([ring])
    assert "epci.geojson" in refused(partial(contours.outlines, FRENCH), "epci")


@pytest.mark.parametrize("kind", ["Polygon", "MultiPolygon"])
def test_a_unit_without_a_ring_is_no_outline(outlined, tmp_path, kind):
    outlined([SQUARE])
    path = tmp_path / "epci.geojson"
    unit = {"properties": {"code": "0"}, "geometry": {"type": kind, "coordinates": []}}
    path.write_text(json.dumps({"features": [unit]}), "utf-8")
    assert "epci.geojson" in refused(partial(contours.outlines, FRENCH), "epci")


def test_outlines_without_a_unit_have_no_neighbour(outlined):
    outlined([])
    assert neighbours.neighbours(FRENCH, "epci") == {}
    outlined([SQUARE, [[x + 0.1, y] for x, y in SQUARE], [[x + 5, y] for x, y in SQUARE]])
    around = neighbours.neighbours(FRENCH, "epci")
    assert around["000000000"] == {"000000001"} and around["000000002"] == frozenset()


def test_an_address_with_an_accent_and_a_name_is_one_header():
    (person,) = of_cell(FRENCH, "a", "Équipe <équipe@exemple.fr>", "B2")
    assert not person.wrong and person.header.endswith("<équipe@exemple.fr>")


@pytest.mark.parametrize("text", ["", "x\n1\n", CLAIM.replace("claim,", "constat,") + SAID])
def test_a_damaged_table_of_claims_tells_nothing_of_what_moved(tmp_path, text):
    for name, content in (("before", CLAIM + SAID), ("after", text)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "claims.csv").write_text(content, "utf-8")
    ways = (("before", "after"), ("after", "before"))
    for one, other in ways:
        moved = editions.moves(
            FRENCH, tmp_path / one, tmp_path / other, {"notebook": "0"}, {"notebook": "1"}
        )
        assert [(move.claim, move.before, move.after) for move in moved] == [("", "", "")]


@pytest.mark.parametrize(
    "text", ["x\n1\n", CLAIM.replace("claim,", "constat,") + SAID, CLAIM + SAID.replace("declared", "sûr")]
)
def test_a_table_that_is_none_of_claims_explains_nothing(tmp_path, text):
    (tmp_path / "claims.csv").write_text(text, "utf-8")
    assert "claims.csv" in refused(explain, tmp_path, "c1", kind=ReportFailed)


def test_of_two_rows_of_one_claim_the_first_is_explained(tmp_path):
    (tmp_path / "claims.csv").write_text(CLAIM + SAID + SAID.replace("Douze", "Treize"), "utf-8")
    assert "Douze emplois" in str(explain(tmp_path, "c1"))


@pytest.mark.parametrize("notebook", ["{", "[]", '{"cells": 3}', '{"cells": [{}]}', "[" * 100_000])
def test_a_damaged_notebook_names_no_evaluation(tmp_path, notebook):
    (tmp_path / "claims.csv").write_text(CLAIM + SAID, "utf-8")
    (tmp_path / "report.ipynb").write_text(notebook, "utf-8")
    assert "Douze emplois" in str(explain(tmp_path, "c1"))


def test_a_page_that_cannot_be_set_is_said(processes):
    chart = {**invented.chart(), "alt": ""}
    nb = invented.notebook(invented.prose("## Les projets"), invented.code(invented.tree(chart)))
    page = read_page(FRENCH, nb)
    words = refused(partial(render_pdf, FRENCH), page, meta_of(FRENCH, page), kind=ReportFailed)
    assert "alt" in words and "Traceback" not in words


LONG = "0x" + "f" * 5_000


@pytest.mark.parametrize(
    "line", [f"vintage = {LONG}", f"[target]\nmonths = [{LONG}]", f"[report.parameters]\na = {LONG}"]
)
def test_a_number_too_long_to_be_written_is_no_setting(home, line):
    text = (home / "evaluation.toml").read_text("utf-8").replace("vintage = 2026\n", "")
    end = f"{line}\n" if line.startswith("vintage") else ""
    (home / "evaluation.toml").write_text(f"{end}{text}\n" + ("" if end else line), "utf-8")
    assert "evaluation.toml" in refused(ik.check, home) and "evaluation.toml" in refused(ik.load, home)


@pytest.mark.parametrize(
    "source",
    [
        f"x = {LONG}",
        f"x = [1, {{2: {LONG}}}]",
        "x = " + "-" * 50_000 + "1",
        "x = " + "(" * 150 + "1" + ")" * 150,
    ],
)
def test_a_parameter_that_cannot_be_written_is_none(tmp_path, source):
    cell = {"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": [source]}
    (tmp_path / "carnet.ipynb").write_text(json.dumps({"cells": [cell]}), "utf-8")
    try:
        assert list(declared(FRENCH, tmp_path / "carnet.ipynb")) == ["x"] and source.endswith(")")
    except RefusedData as cause:
        assert cause.next


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"cells": [{"metadata": [], "source": ""}]}',
        '{"cells": [{"metadata": "parameters"}]}',
    ],
)
def test_what_is_no_notebook_declares_nothing(tmp_path, text):
    (tmp_path / "carnet.ipynb").write_text(text, "utf-8")
    refused(partial(declared, FRENCH), tmp_path / "carnet.ipynb")


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "[]",
        '{"since": "2024-06-30T10:00:00"}',
        '{"since": "2024-06-30T10:00:00+00:00"}',
        '{"since": "2024-06-30T10:00:00+00:00", "process": "x", "machine": "y"}',
        b"\xff\xfe",
        "[" * 100_000,
    ],
)
def test_a_folder_that_somebody_works_in_says_so_whatever_its_lock_holds(tmp_path, text):
    (tmp_path / LOCK).write_bytes(text if isinstance(text, bytes) else text.encode())
    with (tmp_path / LOCK).open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)

        def work():
            with alone(FRENCH, tmp_path):
                return

        assert "une autre exécution" in refused(work)


@pytest.mark.parametrize("day", ["20240630", "2024-W26-7", "2024-06-30T10:00", "2024-6-30", "٢٠٢٤-06-30"])
def test_a_day_is_written_in_one_way(tmp_path, day):
    record = RunRecord("essai", "a", "2024-06-30", "c", {}, {}, {})
    write_record(replace(record, first_built=day), tmp_path)
    refused(partial(read_record, FRENCH), tmp_path, kind=ReportFailed)
    write_record(replace(record, signatures=(Signature("Ada", "validé", day, "c"),)), tmp_path)
    refused(partial(read_record, FRENCH), tmp_path, kind=ReportFailed)
    failure.filed(FRENCH, failure.Outcome("a", kind="X", what="arrêté", next="relire"), tmp_path)
    path = tmp_path / ".failed" / "a.json"
    path.write_text(path.read_text("utf-8").replace('"kept": ""', f'"kept": "{day}"'), "utf-8")
    assert failure.read_failures(FRENCH, tmp_path)["a"].sentence(FRENCH)


@pytest.mark.parametrize(
    ("name", "text"), [("on", "hier"), ("on", "20240630"), ("time", "2024-W26-7T10:00:00")]
)
def test_a_journal_whose_days_are_none_is_broken_there(tmp_path, name, text):
    record = RunRecord("essai", "a", "2024-06-30", "c", {}, {}, {})
    ledger.add(FRENCH, tmp_path, "a", ledger.note(ledger.BUILT, record, {}))
    path = ledger.path_of(FRENCH, tmp_path, "a")
    line = replace(ledger.read_ledger(FRENCH, tmp_path, "a").lines[0], **{name: text})
    path.write_text(ledger._row(line), "utf-8")
    assert ledger.read_ledger(FRENCH, tmp_path, "a").broken == 1


def test_a_packed_table_of_many_small_cells_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "table.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n" + b"1,2\n" * 2_600_000))
    assert path.stat().st_size < 50_000
    assert "cellules" in refused(partial(csv_text.strict, FRENCH), path)
    assert "cellules" in refused(partial(csv_text.parsed, FRENCH), path)


def a_folder(path):
    path.mkdir()


def a_link_to_nowhere(path):
    path.symlink_to("nowhere")


def a_pipe(path):
    os.mkfifo(path)


KINDS = [a_folder, a_link_to_nowhere, a_pipe]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["autre.csv", "autre.toml", "recipients.csv"])
def test_what_is_no_file_of_an_evaluation_is_none_of_its_tables(home, kind, name):
    kind(home / name)
    assert not ik.check(home) and ik.load(home).tables


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["projects.csv", "territories.csv", "jobs.csv"])
def test_a_table_that_is_no_file_is_not_left_out_unsaid(home, kind, name):
    (home / name).unlink(missing_ok=True)
    kind(home / name)
    book = Path(__file__).parent / "workbooks" / "sain.xlsx"
    for act in (ik.check, ik.load, lambda folder: ik.import_workbook(book, folder)):
        assert name in refused(act, home)


@pytest.mark.parametrize("kind", KINDS)
def test_a_log_of_withdrawals_that_is_no_file_lets_nothing_come_back(home, kind):
    kind(home / LOG)
    assert LOG in refused(partial(withdrawals, FRENCH), home)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"page": []}',
        '{"page": {"title": "\\ud800", "sections": [], "notes": []}, "title": "", "fictional": false}',
        '{"page": {"title": {}, "sections": [{"heading": "", "slug": "", "blocks": [3]}], "notes": []}, '
        '"title": "", "fictional": false}',
        "[" * 100_000,
    ],
)
def test_a_kept_page_that_no_build_wrote_is_said(tmp_path, text):
    (tmp_path / PAGE).write_text(text, "utf-8")
    record = RunRecord("essai", "a", "2024-06-30", "c", {}, {}, {})
    assert PAGE in refused(partial(kept_page, FRENCH), tmp_path, record, kind=ReportFailed)
