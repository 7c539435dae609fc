"""What is signed is what is published: reports are compared with a chained journal outside their folder."""

import dataclasses
import json
import shutil
import sys

import pytest

import impactkit as ik
from impactkit.errors import ImpactkitError, RefusedData, ReportFailed
from impactkit.reports import ledger
from impactkit.reports.publish import publish
from impactkit.reports.record import Signature, outputs_of, read_record, write_record
from impactkit.reports.signing import sign
from impactkit.reports.verify import examined, verify
from impactkit.wording.language import FRENCH
from impactkit.wording.plain_lines import plain_lines


@pytest.fixture
def reports(built):
    return built.parent / "reports" / built.name


@pytest.fixture
def signed(reports):
    sign(FRENCH, reports / "aubepine", by="Ada Exemple", as_="valide")
    return reports / "aubepine"


def hashed_again(report, **changes):
    """The record written anew, with the hashes of the files as they are now."""
    record = dataclasses.replace(read_record(FRENCH, report), outputs=outputs_of(report), **changes)
    write_record(record, report)


def journal_of(report):
    (path,) = (report.parent / ".signatures").glob(f"*{report.name}*")
    return path


HOSTILE = "Ada\x9b31m \x1b]0;titre\x07Exemple\u202e\udcff"


def test_a_name_that_a_terminal_would_obey_is_signed_and_kept_in_plain_words(reports):
    record = sign(FRENCH, reports / "aubepine", by=HOSTILE, as_="relu")
    assert record.last.by == "Ada Exemple\ufffd"
    assert read_record(FRENCH, reports / "aubepine") == record
    assert verify(reports / "aubepine") == (record, ())
    with pytest.raises(RefusedData):
        sign(FRENCH, reports / "aubepine", by="\x1b[31m\u202e ", as_="relu")


def test_whatever_a_line_says_its_journal_obeys_nobody_and_is_read_again(reports):
    for number, words in enumerate(("Val\x9b31m", "a\u2028b", "\x1b[2J", "\u202eabc"), start=1):
        line = ledger.Line(ledger.SIGNED, number, by=words, why=words)
        ledger.add(FRENCH, reports, "aubepine", line)
        assert ledger.read_ledger(FRENCH, reports, "aubepine").last.by == words
    text = journal_of(reports / "aubepine").read_text("utf-8")
    assert plain_lines(text) == text and not ledger.read_ledger(FRENCH, reports, "aubepine").broken


@pytest.mark.parametrize(
    "row",
    [b"[" * 100_000, b'{"edition": ' + b"9" * 5_000 + b"}", b'{"a": NaN}', b"1", b"\xff", b'"\\ud800"'],
)
def test_a_line_that_nobody_wrote_breaks_the_journal_and_nothing_else(reports, row):
    path = journal_of(reports / "aubepine")
    lines = path.read_bytes()
    path.write_bytes(lines + row + b"\n")
    assert ledger.read_ledger(FRENCH, reports, "aubepine").broken == len(lines.splitlines()) + 1
    assert verify(reports / "aubepine")[1]


ALTERED = {
    "report.html": lambda text: text.replace("Bonjour", "Bonsoir"),
    "report.ipynb": lambda text: text.replace("Pour qui ouvre", "Pour celui qui ouvre"),
    "indicators.csv": lambda text: text + "ortie\n",
    "provenance.json": lambda text: text.replace('"sources"', '"sourcez"'),
    "moves.csv": lambda text: text + "a,b,c,d,e,f\n",
}


@pytest.mark.parametrize("name", sorted(ALTERED))
@pytest.mark.parametrize("state", ["draft", "signed"])
@pytest.mark.parametrize("versions", ["as they were", "0"])
def test_an_altered_file_with_its_hash_does_not_pass(reports, name, state, versions):
    report = reports / "aubepine"
    if state == "signed":
        sign(FRENCH, report, by="Ada Exemple", as_="valide")
    assert verify(report)[1] == ()
    file = report / name
    before = file.read_text("utf-8") if file.is_file() else ""
    file.write_text(ALTERED[name](before), "utf-8")
    told = dict(read_record(FRENCH, report).versions)
    changes = {"versions": {**told, "jinja2": "0", "typst": "0"}} if versions == "0" else {}
    hashed_again(report, **changes)
    wrong = verify(report)[1]
    assert any(name in words for words in wrong)
    with pytest.raises(ImpactkitError):
        sign(FRENCH, report, by="Blaise Exemple", as_="valide")
    if state == "signed":
        with pytest.raises(ReportFailed, match=name.replace(".", r"\.")):
            publish("vallees", to="web", only=["aubepine"])


def test_a_draft_said_to_be_valid_is_not_published(reports):
    report = reports / "aubepine"
    record = read_record(FRENCH, report)
    forged = Signature("Ada Exemple", "validé", "2026-01-01", record.content)
    write_record(dataclasses.replace(record, signatures=(forged,)), report)
    assert any("record.json" in words for words in verify(report)[1])
    with pytest.raises(ImpactkitError, match="record.json"):
        publish("vallees", to="web", only=["aubepine"])
    # Nor does a new build carry on a signature that no journal knows.
    ik.run("vallees", only=["aubepine"], force=True)
    assert read_record(FRENCH, report).state == "brouillon"


def test_without_a_journal_a_signature_is_nobodys(signed):
    shutil.rmtree(signed.parent / ".signatures")
    assert any("journal" in words for words in verify(signed)[1])
    with pytest.raises(RefusedData, match="journal"):
        publish("vallees", to="web", only=["aubepine"])
    # Signed again, it is somebody's.
    sign(FRENCH, signed, by="Ada Exemple", as_="valide")
    assert verify(signed)[1] == () and publish("vallees", to="web", only=["aubepine"]) == ("aubepine",)


def edited(lines):
    return [lines[0], lines[1].replace("Ada", "Eve"), *lines[2:]]


def without_the_first(lines):
    return lines[1:]


def swapped(lines):
    return [lines[1], lines[0], *lines[2:]]


def number(lines):
    return [*lines, "1\n"]


def cut(lines):
    return [*lines[:-1], lines[-1][:40]]


def nested(lines):
    return [*lines, "[" * 100_000 + "\n"]


@pytest.mark.parametrize("change", [edited, without_the_first, swapped, number, cut, nested])
def test_a_broken_chain_is_told(signed, change):
    path = journal_of(signed)
    lines = path.read_text("utf-8").splitlines(keepends=True)
    assert len(lines) == 2
    path.write_text("".join(change(lines)), "utf-8")
    assert any("journal" in words for words in verify(signed)[1])
    with pytest.raises(ImpactkitError, match="journal"):
        publish("vallees", to="web", only=["aubepine"])
    # A new build sets it aside, says so, and is a draft.
    summary = ik.run("vallees", only=["aubepine"], force=True)
    assert any("journal" in words for one in summary.outcomes for words in one.notes)
    assert read_record(FRENCH, signed).state == "brouillon" and verify(signed)[1] == ()


def test_each_line_holds_the_hash_of_the_one_before(signed):
    lines = [json.loads(line) for line in journal_of(signed).read_text("utf-8").splitlines()]
    assert lines[1]["before"] == lines[0]["hash"] and lines[1]["state"] == "validé"
    files = {file.name for file in signed.iterdir()}
    assert set(lines[1]["files"]) == files >= {"record.json", "report.pdf", "report.ipynb"}


def test_what_is_built_again_stays_signed_and_is_in_the_journal(signed):
    ik.run("vallees", only=["aubepine"], force=True)
    assert read_record(FRENCH, signed).state == "validé" and verify(signed)[1] == ()
    publish("vallees", to="web", only=["aubepine"])
    assert verify("web/vallees/aubepine")[1] == ()


def test_an_altered_publication_is_told(signed, tmp_path):
    publish("vallees", to="web", only=["aubepine"])
    report = tmp_path / "web" / "vallees" / "aubepine"
    assert verify(report)[1] == () and examined(FRENCH, report).uncompared == ()
    (report / "report.ipynb").write_text("{}", "utf-8")
    hashed_again(report)
    assert any("report.ipynb" in words for words in verify(report)[1])


def test_what_could_not_be_compared_is_said(signed, processes, tmp_path):
    alone = tmp_path / "elsewhere" / "aubepine"
    shutil.copytree(signed, alone)
    seen = examined(FRENCH, alone)
    assert any("journal" in words for words in (*seen.wrong, *seen.uncompared))
    draft = tmp_path / "elsewhere" / "bruyere"
    shutil.copytree(signed.parent / "bruyere", draft)
    assert any("journal" in words for words in examined(FRENCH, draft).uncompared)
    done = processes.run(
        [sys.executable, "-m", "impactkit", "verify", str(draft)], capture_output=True, text=True
    )
    assert done.returncode == 0 and "journal" in done.stdout


def test_an_earlier_edition_put_back_is_told(signed, valleys, write_notebook, tmp_path):
    shutil.copytree(signed, tmp_path / "earlier")
    write_notebook(valleys / "light.ipynb", parameters='greeting = "Bonsoir"')
    ik.run("vallees", only=["aubepine"])
    shutil.rmtree(signed)
    shutil.copytree(tmp_path / "earlier", signed)
    assert verify(signed)[1]
    with pytest.raises(ImpactkitError):
        publish("vallees", to="web", only=["aubepine"])


def test_the_page_is_that_of_the_notebook(reports):
    """Page, faces, hashes and no journal: the notebook that was executed still tells."""
    from impactkit.reports.page import content_digest
    from impactkit.reports.rendered import kept_page, render

    report = reports / "aubepine"
    shutil.rmtree(reports / ".signatures", ignore_errors=True)
    record = read_record(FRENCH, report)
    kept = kept_page(FRENCH, report, record)
    page = dataclasses.replace(kept.page, title={**kept.page.title, "title": "Ortie"})
    forged = dataclasses.replace(record, content=content_digest(page))
    render(FRENCH, dataclasses.replace(kept, page=page), forged, report)
    assert any("report.ipynb" in words for words in verify(report)[1])
