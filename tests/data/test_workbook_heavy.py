"""De petits fichiers qui deviendraient énormes : refusés en une phrase, ou lus au prix d'un classeur."""

import json
import sys
from pathlib import Path

import pytest

import impactkit as ik
from impactkit.data.workbook import bounds
from impactkit.wording.language import FRENCH

sys.path.insert(0, str(Path(__file__).parents[1] / "workbooks"))
import heavy  # noqa: E402

# One process for all: the peak is that of the dearest.
CHILD = """
import json, resource, sys, time
from pathlib import Path
import impactkit as ik
resource.setrlimit(resource.RLIMIT_AS, (3_000_000_000, 3_000_000_000))
evaluation, *books = sys.argv[1:]
seen = {}
for book in books:
    start = time.process_time()
    try:
        ik.import_workbook(book, evaluation, dry_run=True)
        words = ""
    except ik.RefusedData as cause:
        words = str(cause)
    seen[Path(book).name] = (time.process_time() - start, words)
# The peak of this process alone: that of getrusage begins with the one that started it.
status = Path("/proc/self/status").read_text()
peak = int(status.partition("VmHWM:")[2].split()[0]) / 1000
print(json.dumps({"peak": peak, "books": seen}))
"""
SECONDS, MEGABYTES = 10, 500
# What a person may have made without wishing it: read, as any other.
READ = {"corner.xlsx", "columns.xlsx", "hidden.ods", "unseen.ods", "spaces.ods", "digits.ods", "factor.ods"}


@pytest.fixture
def attacked():
    """Every small file that would become a huge one."""
    return heavy.attacks()


def test_no_small_file_costs_more_than_a_workbook(processes, repo, tmp_path, attacked):
    books = [make(tmp_path / name) for name, make in attacked.items()]
    done = processes.python("-c", CHILD, repo / "data" / "demo", *books, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    seen = json.loads(done.stdout)
    slow = {name: seconds for name, (seconds, _) in seen["books"].items() if seconds > SECONDS}
    assert not slow
    assert seen["peak"] < MEGABYTES
    read = {name for name, (_, words) in seen["books"].items() if not words}
    assert read >= READ
    for name, (_, words) in seen["books"].items():
        assert name in read or "À faire" in words, name


def test_a_cell_far_away_takes_nothing_from_the_others(tmp_path):
    far = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>perdu</t></is></c></row>'
    row = '<row r="2"><c t="inlineStr"><is><t>Halle</t></is></c></row>'
    book = heavy.xlsx(tmp_path / "far.xlsx", row + far)
    from impactkit.data.workbook.opening import read_sheets

    (sheet,) = read_sheets(FRENCH, book)
    assert sheet.cells[2, 1].value == "Halle" and sheet.cells[1_048_576, 16_384].value == "perdu"


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("A1:B3", 6),
        ("$A$1:$XFD$1048576", 16_384 * 1_048_576),
        ("A:C", 3 * 1_048_576),
        ("2:3", 2 * 16_384),
        ("A1", 1),
    ],
)
def test_a_range_counts_its_cells(text, cells):
    assert bounds._area(text) == cells


def test_a_part_counts_as_often_as_it_is_called_for(tmp_path):
    one = heavy.xlsx(tmp_path / "one.xlsx", "<row><c><v>1</v></c></row>" * 15_000)
    bounds.check_parts(FRENCH, one)
    import zipfile

    sheet = '<sheet name="S{n}" sheetId="{n}" r:id="rId{n}"/>'
    link = '<Relationship Id="rId{n}" Type="{kind}" Target="/xl/worksheets/../worksheets/sheet1.xml"/>'
    sheets = "".join(sheet.format(n=n) for n in range(1, 21))
    links = "".join(link.format(n=n, kind=f"{heavy.LINKS}/worksheet") for n in range(1, 21))
    many = tmp_path / "many.xlsx"
    with zipfile.ZipFile(one) as before, zipfile.ZipFile(many, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            text = before.read(name).decode()
            if name == "xl/workbook.xml":
                opening = f'<workbook xmlns="{heavy.MAIN}" xmlns:r="{heavy.LINKS}">'
                text = f"{opening}<sheets>{sheets}</sheets></workbook>"
            if name == "xl/_rels/workbook.xml.rels":
                text = f'<Relationships xmlns="{heavy.PACKAGE}/relationships">{links}</Relationships>'
            after.writestr(name, text)
    with pytest.raises(ik.RefusedData, match="cellules"):
        bounds.check_parts(FRENCH, many)


def test_a_packed_table_is_refused_at_the_limit(tmp_path, monkeypatch):
    import gzip

    from impactkit.data import csv_text, unpacking

    monkeypatch.setattr(unpacking.whole, "__defaults__", (1_000_000,))
    packed = tmp_path / "table.csv.gz"
    packed.write_bytes(gzip.compress(b"a,b\n" + b"1,2\n" * 1_000_000))
    with pytest.raises(ik.RefusedData, match="1\u202f?\u00a0?.?Mo"):
        csv_text.strict(FRENCH, packed)
