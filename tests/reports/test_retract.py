"""What is retracted is nowhere any more, published or kept, and a line says that it was."""

import shutil
import sys

import pytest

import impactkit as ik
from impactkit.errors import ImpactkitError, RefusedData
from impactkit.reports.publish import publish
from impactkit.reports.record import read_record
from impactkit.reports.retract import retract
from impactkit.reports.signing import sign
from impactkit.reports.verify import verify
from impactkit.wording.language import FRENCH

WORDS = "On m’a dit : « jamais » & puis rien"
SAID = {"by": "Ada Exemple", "why": "accord repris"}


def texts(folder):
    """Every text that lies under a folder, whatever its name, but for the page's compressed twin."""
    return {path: path.read_text("utf-8", "replace") for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(autouse=True)
def attacked():
    """Every attack of this module builds its own reports: minutes together."""


@pytest.fixture
def reports(built, write_notebook):
    """Three reports published twice; the first edition of two of them quotes somebody."""
    folder = built.parent / "reports" / built.name

    def said(codes, greeting):
        write_notebook(built / "light.ipynb", parameters=f"greeting = {greeting!r}")
        ik.run("vallees", only=codes)
        for code in codes:
            sign(FRENCH, folder / code, by="Ada Exemple", as_="valide")
        publish("vallees", to="web", only=codes)

    said(["aubepine", "bruyere"], WORDS)
    said(["aubepine", "chevrefeuille"], "Bonsoir")
    return folder


def test_one_edition(reports, tmp_path):
    gone = retract("vallees", report="aubepine", edition=2, to="web", **SAID)
    assert {edition.path for edition in gone} == {"editions/aubepine/2"}
    web = tmp_path / "web" / "vallees"
    assert not (web / "editions" / "aubepine" / "2").exists() and (web / "aubepine").is_dir()
    assert not (reports / "editions" / "aubepine" / "2").exists()
    for place in (web, reports):
        assert "aubepine,2,accord repris" in (place / "retracted.csv").read_text("utf-8")
    assert verify(web / "aubepine")[1] == ()


def test_the_edition_that_stands(reports, tmp_path, processes):
    number = read_record(FRENCH, reports / "aubepine").edition
    shutil.copytree(reports / "aubepine", tmp_path / "saved")
    retract("vallees", report="aubepine", edition=number, to="web", **SAID)
    web = tmp_path / "web" / "vallees"
    assert not (web / "aubepine").exists() and not (reports / "aubepine").exists()
    assert f"édition {number} retirée" in (web / "index.html").read_text("utf-8")
    processes.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=web, check=True, capture_output=True
    )
    # No copy of it is published again.
    shutil.copytree(tmp_path / "saved", reports / "aubepine")
    assert any("retirée" in words for words in verify(reports / "aubepine")[1])
    with pytest.raises(ImpactkitError):
        publish("vallees", to="web", only=["aubepine"])
    # What is built again is another edition, and a draft.
    ik.run("vallees", only=["aubepine"], force=True)
    again = read_record(FRENCH, reports / "aubepine")
    assert again.edition == number + 1 and again.state == "brouillon"


def test_a_quotation_is_nowhere_any_more(reports, tmp_path):
    (reports / ".failed").mkdir()
    (reports / ".failed" / "bruyere.txt").write_text(f"Trace : {WORDS}", "utf-8")
    old = tmp_path / "web" / ".vallees"
    assert any("jamais" in text for text in texts(old).values())
    # However it is typed.
    gone = retract("vallees", quotation='on m\'a dit: "jamais" & puis rien', to="web", **SAID)
    assert {edition.territory for edition in gone} == {"aubepine", "bruyere"}
    for place in (reports, tmp_path / "web"):
        assert not [path for path, text in texts(place).items() if "jamais" in text]
    assert (tmp_path / "web" / "vallees" / "aubepine").is_dir()
    assert "bruyere" in (tmp_path / "web" / "vallees" / "retracted.csv").read_text("utf-8")


def test_what_is_not_said_is_not_done(reports):
    before = texts(reports.parent)
    for wrong in (
        {"report": "aubepine", "edition": 9, **SAID},
        {"report": "aubepine", **SAID},
        {"quotation": "personne n’a dit cela", **SAID},
        {"quotation": "« … »", **SAID},
        {"quotation": WORDS, "by": "Ada", "why": f"elle retire : {WORDS}"},
        {"quotation": WORDS, "by": " ", "why": "accord repris"},
        {"quotation": WORDS, "by": "Ada", "why": ""},
        {"report": "../victim", "edition": 1, **SAID},
    ):
        with pytest.raises(RefusedData):
            retract("vallees", to="web", **wrong)
    after = texts(reports.parent)
    assert {path for path in after if after[path] != before.get(path) and path.name != ".lock"} <= {
        reports / "index.html",
        reports / "changes.html",
    }


def test_the_command(reports, tmp_path, processes):
    words = ["retract", "vallees", "--report", "aubepine", "--edition", "2", "--to", "web"]
    words += ["--by", "Ada Exemple", "--why", "erreur de calcul"]
    done = processes.run([sys.executable, "-m", "impactkit", *words], capture_output=True, text=True)
    assert done.returncode == 0 and "aubepine" in done.stdout and "Traceback" not in done.stderr
    again = processes.run([sys.executable, "-m", "impactkit", *words], capture_output=True, text=True)
    assert again.returncode == 2 and "RefusedData" in again.stderr
