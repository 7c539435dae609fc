"""Entities in a workbook's XML: refused by defusedxml, and by a sentence where it does not stand guard."""

import os
import zipfile

import openpyxl
import pytest

from impactkit.data.workbook.opening import read_sheets
from impactkit.errors import RefusedData
from impactkit.wording.language import FRENCH

LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
BOMBS = {
    "billion laughs": f'<!DOCTYPE x [<!ENTITY a0 "ha">{LAUGHS}]>',
    "one long entity": f'<!DOCTYPE x [<!ENTITY a9 "{"ha" * 50_000}">]>',
    "a file": '<!DOCTYPE x [<!ENTITY a9 SYSTEM "file:///etc/hostname">]>',
    "an address": '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:1/p"> %p; <!ENTITY a9 "x">]>',
}
PARTS = {
    "xl/workbook.xml": b"<sheets>",
    "xl/worksheets/sheet1.xml": b"<sheetData>",
    "xl/styles.xml": b"<fonts",
    "docProps/core.xml": b"creator",
    "content.xml": b"<text:p>",
}
CONTENT = """<?xml version="1.0"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>
<table:table table:name="Emplois"><table:table-row><table:table-cell office:value-type="string">
<text:p>Ville</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"""


def workbook(path, part="", declared="", encoding="utf-8"):
    """A right workbook, one of its parts with entities that it declares and uses."""
    if part == "content.xml" or path.suffix == ".ods":
        files = {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": CONTENT.encode(),
        }
    else:
        book = openpyxl.Workbook()
        book.active.append(["Ville", "Région"])
        book.save(path)
        with zipfile.ZipFile(path) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
    if part:
        mark, text = PARTS[part], files[part]
        rest = text.partition(b"?>")[2] if text.startswith(b"<?xml") else text
        begun, _, after = rest.partition(mark)
        assert after, part
        used = mark + b"&a9;" if mark.endswith(b">") else mark
        whole = declared + (begun + used + after).decode()
        files[part] = f'<?xml version="1.0" encoding="{encoding}"?>{whole}'.encode(encoding)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


@pytest.mark.parametrize("bomb", sorted(BOMBS))
@pytest.mark.parametrize("part", sorted(PARTS))
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused_wherever_they_stand(tmp_path, part, bomb, encoding):
    kind = "ods" if part == "content.xml" else "xlsx"
    assert read_sheets(FRENCH, workbook(tmp_path / f"juste.{kind}"))
    path = workbook(tmp_path / f"piege.{kind}", part, BOMBS[bomb], encoding)
    with pytest.raises(RefusedData, match="ne se lit pas") as refused:
        read_sheets(FRENCH, path)
    # As soon as they are declared: nothing is unfolded, nothing else is opened.
    assert "ntities" in repr(refused.value.__cause__)


WITHOUT = """import sys
sys.modules["defusedxml"] = None
import impactkit as ik
from pathlib import Path
from impactkit.data.workbook.opening import read_sheets
from impactkit.wording.language import FRENCH
print(read_sheets(FRENCH, Path(sys.argv[1])))
"""


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_without_defusedxml_no_workbook_is_opened(tmp_path, processes, kind):
    done = processes.python("-c", WITHOUT, workbook(tmp_path / f"juste.{kind}"))
    assert done.returncode != 0 and "defusedxml" in done.stderr and not done.stdout


def test_nor_where_the_environment_sets_it_aside(tmp_path, processes):
    asked = WITHOUT.replace('sys.modules["defusedxml"] = None', "")
    path = workbook(tmp_path / "juste.xlsx")
    assert "Ville" in processes.python("-c", asked, path).stdout
    aside = {**os.environ, "OPENPYXL_DEFUSEDXML": "False"}
    done = processes.python("-c", asked, path, env=aside)
    assert done.returncode != 0 and "defusedxml" in done.stderr and not done.stdout
