"""Un classeur qui voudrait lire un fichier, appeler un serveur ou lancer un programme : il n’est que lu."""

import sys
import zipfile
from pathlib import Path

import local_server
import pytest

import impactkit as ik
from impactkit.data.workbook.opening import read_sheets
from impactkit.wording.language import FRENCH

sys.path.insert(0, str(Path(__file__).parents[1] / "workbooks"))
import heavy  # noqa: E402

SECRET = "le-secret-du-disque"
ROW = '<row r="2"><c r="A2" t="inlineStr"><is><t>Halle</t></is></c></row>'
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def again(path, changes):
    """The same archive with some parts changed or added: name -> text, or what makes it of the one there."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    for name, change in changes.items():
        parts[name] = change(parts.get(name, "")) if callable(change) else change
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return path


def entity(text, where):
    """An entity that stands for a file or an address, called in the first text of a part."""
    doctype = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{where}">]>'
    return doctype + text.replace("<t>", "<t>&e;", 1)


def shared(path, text):
    cell = '<row r="2"><c r="A2" t="s"><v>0</v></c></row>'
    return heavy.xlsx(
        path, cell, parts={"sharedStrings": f'<sst xmlns="{heavy.MAIN}"><si><t>{text}</t></si></sst>'}
    )


def linked(path, target, kind="worksheet"):
    """A workbook one more part of which lies elsewhere."""
    link = f'<Relationship Id="rId9" Type="{KIND}/{kind}" Target="{target}" TargetMode="External"/>'
    return again(
        heavy.xlsx(path, ROW),
        {
            "xl/_rels/workbook.xml.rels": lambda text: text.replace(
                "</Relationships>", link + "</Relationships>"
            )
        },
    )


def moved(path, target):
    """A workbook whose sheet itself is said to lie elsewhere."""
    change = {"xl/_rels/workbook.xml.rels": lambda text: text.replace("worksheets/sheet1.xml", target)}
    return again(heavy.xlsx(path, ROW), change)


def formula(path, text):
    return heavy.xlsx(path, f'<row r="2"><c r="A2" t="str"><f>{text}</f><v>Halle</v></c></row>')


def attacks(site, secret):
    """Each attack by its name: what writes it."""
    file = secret.as_uri()
    yield (
        "entity of a file in a sheet",
        lambda p: again(heavy.xlsx(p, ROW), {"xl/worksheets/sheet1.xml": lambda text: entity(text, file)}),
    )
    yield (
        "entity of an address in a sheet",
        lambda p: again(
            heavy.xlsx(p, ROW), {"xl/worksheets/sheet1.xml": lambda text: entity(text, f"{site}/entity")}
        ),
    )
    yield (
        "entity of a file in the shared strings",
        lambda p: again(shared(p, "a"), {"xl/sharedStrings.xml": lambda text: entity(text, file)}),
    )
    yield (
        "entity of a file in the styles",
        lambda p: again(
            heavy.xlsx(p, ROW, parts={"styles": heavy._styles(1)}),
            {"xl/styles.xml": lambda text: entity(text, file)},
        ),
    )
    yield (
        "entity of a file in an OpenDocument",
        lambda p: again(
            heavy.ods(p.with_suffix(".ods"), f"<table:table-row>{heavy.words('a')}</table:table-row>"),
            {
                "content.xml": lambda text: entity(text.replace("<text:p>", "<t>", 0), file).replace(
                    "<text:p>", "<text:p>&e;", 1
                )
            },
        ),
    )
    yield (
        "outside DTD",
        lambda p: again(
            heavy.xlsx(p, ROW),
            {"xl/workbook.xml": lambda text: f'<!DOCTYPE x SYSTEM "{site}/x.dtd">' + text},
        ),
    )
    yield "sheet elsewhere on the web", lambda p: linked(p, f"{site}/sheet.xml")
    yield "other workbook", lambda p: linked(p, f"{site}/other.xlsx", "externalLinkPath")
    yield "image elsewhere", lambda p: linked(p, f"{site}/image.png", "image")
    yield "template elsewhere", lambda p: linked(p, f"{site}/model.xltx", "attachedTemplate")
    yield (
        "connection",
        lambda p: again(
            linked(p, "connections.xml", "connections"),
            {
                "xl/connections.xml": '<connections><connection id="1">'
                f'<webPr url="{site}/query"/></connection></connections>'
            },
        ),
    )
    yield "DDE", lambda p: formula(p, "cmd|'/c calc'!A0")
    yield "WEBSERVICE", lambda p: formula(p, f"WEBSERVICE(&quot;{site}/call&quot;)")
    yield "other workbook in a formula", lambda p: formula(p, f"'[{site}/b.xlsx]A'!A1")
    yield (
        "link of a cell",
        lambda p: again(
            heavy.xlsx(p, ROW, after='<hyperlinks><hyperlink ref="A2" id="rId1"/></hyperlinks>'),
            {
                "xl/worksheets/_rels/sheet1.xml.rels": '<Relationships><Relationship Id="rId1" '
                f'Type="{KIND}/hyperlink" Target="javascript:alert(1)" '
                'TargetMode="External"/></Relationships>'
            },
        ),
    )
    yield (
        "macro",
        lambda p: again(heavy.xlsx(p.with_suffix(".xlsm"), ROW), {"xl/vbaProject.bin": "Sub Auto_Open()"}),
    )
    yield (
        "sheet out of the archive",
        lambda p: moved(p, "../../../../../../../../" + str(secret).lstrip("/")),
    )
    yield "sheet by a whole path", lambda p: moved(p, str(secret))
    yield "sheet by a file address", lambda p: moved(p, file)
    yield "member out of the archive", lambda p: again(heavy.xlsx(p, ROW), {"../../victim.txt": "perdu"})
    yield (
        "member by a whole path",
        lambda p: again(heavy.xlsx(p, ROW), {"/tmp/impactkit-victim.txt": "perdu"}),
    )
    yield (
        "shared string before the first",
        lambda p: heavy.xlsx(
            p, '<row r="2"><c r="A2" t="s"><v>-1</v></c></row>', parts={"sharedStrings": heavy._shared("a")}
        ),
    )
    yield (
        "shared string beyond the last",
        lambda p: heavy.xlsx(
            p,
            '<row r="2"><c r="A2" t="s"><v>99999999999999999999</v></c></row>',
            parts={"sharedStrings": heavy._shared("a")},
        ),
    )
    yield "cell of no place", lambda p: heavy.xlsx(p, '<row r="0"><c r="ZZZZZZ0"><v>1</v></c></row>')
    yield "row before the first", lambda p: heavy.xlsx(p, '<row r="-5"><c r="A-5"><v>1</v></c></row>')
    yield "number without end", lambda p: heavy.xlsx(p, '<row r="2"><c r="A2"><v>1e400</v></c></row>')
    yield (
        "day of the year 10000",
        lambda p: heavy.xlsx(p, '<row r="2"><c r="A2" t="d"><v>99999-01-01</v></c></row>'),
    )


NAMES = [name for name, _ in attacks("", Path("/x"))]


@pytest.fixture(scope="module")
def site():
    with local_server.serving() as site:
        yield site


@pytest.mark.parametrize("name", NAMES)
def test_a_workbook_reads_no_file_calls_no_server_and_writes_nothing(name, small, site, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET, "utf-8")
    folder = small({}).folder
    (tmp_path / "deep" / "er").mkdir(parents=True)
    written = dict(attacks(site.address, secret))[name](tmp_path / "deep" / "er" / "b.xlsx")
    before = sorted(path for path in tmp_path.rglob("*"))
    said = ""
    try:
        said = repr(ik.import_workbook(written, folder, dry_run=True).problems)
        cells = [cell.value for sheet in read_sheets(FRENCH, written) for cell in sheet.cells.values()]
        said += repr(cells)
    except ik.RefusedData as cause:
        said += str(cause)
        assert cause.next
    assert SECRET not in said
    assert not site.asked
    assert sorted(path for path in tmp_path.rglob("*")) == before
    assert not Path("/tmp/impactkit-victim.txt").exists()
