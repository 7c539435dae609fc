"""The workbooks that collectives send: every planted mistake at its cell, nothing else; hostile files."""

import functools
import importlib.util
import json
import shutil
import zipfile
from collections import Counter

import openpyxl
import pytest

import impactkit as ik
from impactkit.data.tables import read_text
from impactkit.wording.language import FRENCH

MOST_OF_A_KIND, FEWEST, FEWEST_KINDS, FROM_LIBREOFFICE = 3, 25, 12, 5


def _table(text, heading):
    """The rows of the Markdown table under a heading, as tuples."""
    section = text.split(f"## {heading}")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")][1:]
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines]


@pytest.fixture(scope="module")
def folder(repo):
    return repo / "tests" / "workbooks"


@pytest.fixture(scope="module")
def planted(folder):
    return _table((folder / "README.md").read_text("utf-8"), "Ce qui est faux")


@pytest.fixture
def typed(processes):
    """Types a command of the kit."""
    return functools.partial(processes.tool, "impactkit")


def test_enough_is_planted_of_enough_kinds(planted):
    kinds = Counter(kind for *_, kind, _ in planted)
    assert len(planted) >= FEWEST and len(kinds) >= FEWEST_KINDS
    assert max(kinds.values()) <= MOST_OF_A_KIND
    assert len({book for book, *_ in planted if book.startswith("lo-")}) >= FROM_LIBREOFFICE


def test_libreoffice_wrote_those_that_say_so(folder):
    books = sorted(folder.glob("lo-*.xlsx"))
    for book in books:
        with zipfile.ZipFile(book) as parts:
            assert b"LibreOffice" in parts.read("docProps/app.xml"), book.name
    dated = openpyxl.load_workbook(folder / "lo-membres.xlsx")["Membres"]["E4"]
    assert dated.is_date and dated.value.isoformat() == "2019-02-25T00:00:00"


def test_every_planted_mistake_is_found_and_nothing_else(folder, planted):
    for book in {book for book, *_ in planted}:
        problems = ik.import_workbook(folder / f"{book}.xlsx", folder / "evaluation", dry_run=True).problems
        wanted = {(sheet, cell): word for name, sheet, cell, _, word in planted if name == book}
        found = {(one.sheet, one.cell): f"{one.expected} {one.next}" for one in problems}
        assert found.keys() == wanted.keys() and len(problems) == len(wanted), book
        for place, word in wanted.items():
            assert word in found[place], (book, place, found[place])


def test_the_command_says_them_all_at_once_and_writes_nothing(folder, planted, tmp_path, typed):
    shutil.copytree(folder / "evaluation", tmp_path / "essai")
    before = {file.name: file.read_bytes() for file in (tmp_path / "essai").iterdir()}
    done = typed("import", folder / "lo-membres.xlsx", tmp_path / "essai", "--format", "json")
    assert done.returncode == 2
    told = json.loads(done.stdout)
    rows = told["problems"] if isinstance(told, dict) else told
    assert {one["cell"] for one in rows} == {cell for book, _, cell, *_ in planted if book == "lo-membres"}
    assert {file.name: file.read_bytes() for file in (tmp_path / "essai").iterdir()} == before
    shown = ik.import_workbook(folder / "lo-membres.xlsx", tmp_path / "essai").problems._repr_html_()
    assert "31/02/2019" in shown and "<table" in shown


def test_what_is_only_untidy_is_taken_in(folder, tmp_path):
    rows = _table((folder / "README.md").read_text("utf-8"), "Ce qui est seulement en désordre")
    shutil.copytree(folder / "evaluation", tmp_path / "essai")
    for book in dict.fromkeys(book for book, *_ in rows):
        done = ik.import_workbook(folder / f"{book}.xlsx", tmp_path / "essai")
        assert not done.problems and done.written, str(done.problems)
    for _, what, table, column, value in rows:
        assert value in set(read_text(FRENCH, tmp_path / "essai" / f"{table}.csv")[column]), what
    members = read_text(FRENCH, tmp_path / "essai" / "members.csv")
    assert len(members) == 2, "titles, blanks and totals are no members"
    assert not ik.check(tmp_path / "essai")


def _bomb(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("[Content_Types].xml", "<Types/>")
        parts.writestr("xl/workbook.xml", "<workbook/>")
        with parts.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(300):
                sheet.write(b"0" * 2**20)


def _encrypted(path):
    """The head of a compound file that holds an encrypted package, as Excel and LibreOffice write one."""
    path.write_bytes(
        bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")
    )


HOSTILE = {
    "absent": lambda path: None,
    "empty": lambda path: path.write_bytes(b""),
    "text": lambda path: path.write_text("Membres;Nom\n", "utf-8"),
    "pdf": lambda path: path.write_bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"),
    "bomb": _bomb,
    "locked": _encrypted,
    "no known sheet": lambda path: _saved(path, "Recettes"),
    "truncated": lambda path: _cut(path),
}


def _saved(path, title):
    book = openpyxl.Workbook()
    book.active.title = title
    book.active.append(["Soupe", "Ortie"])
    book.save(path)


def _cut(path):
    _saved(path, "Membres")
    path.write_bytes(path.read_bytes()[:-200])


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_gets_one_sentence(kind, folder, tmp_path, typed):
    path = tmp_path / "classeur.xlsx"
    HOSTILE[kind](path)
    done = typed("import", path, folder / "evaluation", "--dry-run")
    assert done.returncode == 2, done.stderr
    lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    assert len(lines) == 2 and "À faire" in lines[1] and "Traceback" not in done.stderr, lines


@pytest.fixture(scope="module")
def soffice():
    found = shutil.which("soffice")
    if not found:
        pytest.skip(
            "LibreOffice is not here: put the folder of soffice on PATH (Debian: libreoffice-calc-nogui)"
        )
    return found


def _build(folder):
    spec = importlib.util.spec_from_file_location("build_workbooks", folder / "build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.build


def test_libreoffice_writes_the_same_workbook_today(soffice, processes, folder, tmp_path):
    _build(folder)(tmp_path, only="lo-membres")
    first, second = (
        [
            [cell.value for cell in row]
            for row in openpyxl.load_workbook(where / "lo-membres.xlsx").active.rows
        ]
        for where in (folder, tmp_path)
    )
    assert first == second
