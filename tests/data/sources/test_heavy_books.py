"""Un classeur publié, ou déposé à sa place, qui deviendrait énorme : refusé avant d’être ouvert."""

import json
import sys
import zipfile
from pathlib import Path

import pytest

import impactkit as ik
from impactkit.data.sources import book_bounds
from impactkit.data.sources.readers import rows_of_book, sheet
from impactkit.wording.language import FRENCH

sys.path.insert(0, str(Path(__file__).parents[2] / "workbooks"))
import heavy  # noqa: E402

# One process for all: the peak is that of the dearest.
CHILD = """
import json, resource, sys, time
from pathlib import Path
import impactkit as ik
from impactkit.data.sources.readers import rows_of_book, sheet
from impactkit.wording.language import FRENCH
resource.setrlimit(resource.RLIMIT_AS, (3_000_000_000, 3_000_000_000))
seen = {}
for book in map(Path, sys.argv[1:]):
    cells = lambda: sum(1 for _ in rows_of_book(FRENCH, book))
    for read in (lambda: sheet(FRENCH, book, "Projets", ()), cells):
        start = time.process_time()
        try:
            read()
            words = ""
        except ik.RefusedData as cause:
            words = str(cause)
        seen.setdefault(book.name, []).append((time.process_time() - start, words))
status = Path("/proc/self/status").read_text()
peak = int(status.partition("VmHWM:")[2].split()[0]) / 1000
print(json.dumps({"peak": peak, "books": seen}))
"""
SECONDS, MEGABYTES = 10, 1000


@pytest.fixture
def attacked():
    """Every small workbook that would become a huge one, and some of a published workbook's own."""
    every = {name: make for name, make in heavy.attacks().items() if name.endswith((".xlsx", ".ods"))}
    text = heavy._shared("mot " * 8_000)
    shared = heavy._cells(400_000, '<c t="s"><v>0</v></c>')
    corners = '<row r="1"><c r="A1"><v>1</v></c></row><row r="999999"><c r="ZZ999999"><v>1</v></c></row>'
    return every | {
        "corners.xlsx": lambda path: heavy.xlsx(path, corners),
        "unplaced.xlsx": lambda path: heavy.xlsx(path, "<row>" + "<c><v>1</v></c>" * 16_000 + "</row>" * 1),
        "shown.xlsx": lambda path: heavy.xlsx(path, shared, parts={"sharedStrings": text}),
    }


def test_no_published_workbook_costs_more_than_a_large_one(processes, tmp_path, attacked):
    books = [make(tmp_path / name) for name, make in attacked.items()]
    done = processes.python("-c", CHILD, *books, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    seen = json.loads(done.stdout)
    assert not {name: reads for name, reads in seen["books"].items() if max(reads)[0] > SECONDS}
    assert seen["peak"] < MEGABYTES
    for name, reads in seen["books"].items():
        for _, words in reads:
            assert not words or "À faire" in words, f"{name}: {words}"
    refused = {name for name, reads in seen["books"].items() if all(words for _, words in reads)}
    assert refused >= {"corner.xlsx", "corners.xlsx", "shown.xlsx", "shared.xlsx", "unplaced.xlsx"}


def refusal(path: Path, *, read=lambda path: sheet(FRENCH, path, "Projets", ())) -> str:
    """What is said of a workbook that is refused."""
    with pytest.raises(ik.RefusedData) as refused:
        read(path)
    return str(refused.value)


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        '<row r="900000"><c r="E900000"><v>1</v></c></row>',
        '<x:row xmlns:x="{main}" r="900000"><x:c r="e900000"><x:v>1</x:v></x:c></x:row>',
    ],
    ids=["corner", "far", "prefixed"],
)
def test_cells_far_apart_are_refused_before_the_reader_fills_what_is_between(tmp_path, rows):
    book = heavy.xlsx(tmp_path / "loin.xlsx", rows.format(main=heavy.MAIN))
    for read in (
        lambda path: sheet(FRENCH, path, "Projets", ()),
        lambda path: list(rows_of_book(FRENCH, path)),
    ):
        words = refusal(book, read=read)
        assert "loin.xlsx" in words and "cellules" in words and "télécharger" in words


def test_a_text_counts_each_time_it_is_shown(tmp_path, monkeypatch):
    monkeypatch.setattr(book_bounds, "MOST_LETTERS", 1_000)
    parts = {"sharedStrings": heavy._shared("x" * 100)}
    few, many = (heavy._cells(count, '<c r="A2" t="s"><v>0</v></c>') for count in (8, 12))
    book_bounds.check_book(FRENCH, heavy.xlsx(tmp_path / "few.xlsx", few, parts=parts))
    assert "cellules" in refusal(heavy.xlsx(tmp_path / "many.xlsx", many, parts=parts))


def test_an_ordinary_sheet_is_read_and_what_is_none_is_named(tmp_path):
    rows = "".join(
        f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>{text}</t></is></c></row>'
        for n, text in ((6, "CODGEO"), (7, "0051"))
    )
    book = heavy.xlsx(tmp_path / "petit.xlsx", rows)
    assert sheet(FRENCH, book, "Projets", ("CODGEO",))["CODGEO"].tolist() == ["0051"]
    assert ["0051", ""] in [list(row) for row in rows_of_book(FRENCH, book)]
    assert "autre" in refusal(book, read=lambda path: sheet(FRENCH, path, "autre", ()))
    words = tmp_path / "mots.xlsx"
    words.write_text("ce ne sont que des mots", "utf-8")
    assert "classeur .xlsx" in refusal(words)
    entities = tmp_path / "entites.xlsx"
    with zipfile.ZipFile(entities, "w") as archive:
        archive.writestr("xl/workbook.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    assert "classeur .xlsx" in refusal(entities)
    cut = tmp_path / "coupe.xlsx"
    cut.write_bytes(book.read_bytes()[:-200])
    assert "classeur .xlsx" in refusal(cut)
