"""An edition is a content; who has read it is said on its pages, and any change makes it a draft again."""

import json
import sys

import pytest

import impactkit as ik
from impactkit.errors import RefusedData, ReportFailed, UnknownName
from impactkit.reports.editions import Move, moves, read_moves
from impactkit.reports.record import read_record, write_record
from impactkit.reports.signing import sign
from impactkit.reports.verify import verify
from impactkit.wording.language import FRENCH

READS = """
from impactkit.data.folders import find
greeting = (find(folder) / "territories.csv").read_text("utf-8").split(territory)[1].split(",")[1]
"""


@pytest.fixture
def report(valleys, write_notebook, processes):
    write_notebook(valleys / "light.ipynb", middle=READS)
    return ik.run("vallees", only=["aubepine"]).folder / "aubepine"


def renamed(valleys, name):
    table = valleys / "territories.csv"
    table.write_text(table.read_text("utf-8").replace("Aubépine", name), "utf-8")
    return read_record(FRENCH, ik.run("vallees", only=["aubepine"]).folder / "aubepine")


def test_an_edition_is_a_content(valleys, report, processes):
    assert read_record(FRENCH, report).edition == 1
    table = valleys / "territories.csv"
    table.write_text(table.read_text("utf-8").replace("Essai,", "Essai,vu", 1), "utf-8")
    assert ik.run("vallees", only=["aubepine"]).built == ("aubepine",)
    assert read_record(FRENCH, report).edition == 1
    assert renamed(valleys, "Aubépines").edition == 2
    old = report.parent / "editions" / "aubepine" / "1"
    assert read_record(FRENCH, old).edition == 1 and "Aubépine" in (old / "report.html").read_text("utf-8")
    assert "édition 2 du" in (report / "report.html").read_text("utf-8")


def test_a_draft_says_so_and_a_signed_report_says_who(valleys, report, processes):
    html = (report / "report.html").read_text("utf-8")
    assert 'name="robots" content="noindex"' in html and 'data-state="brouillon"' in html
    record = sign(FRENCH, report, by=" Ada  Exemple ", as_="relu")
    assert record.state == "relu" and record.edition == 1
    html = (report / "report.html").read_text("utf-8")
    assert "relu par Ada Exemple le" in html and "noindex" not in html and "data-state=" not in html
    assert sign(FRENCH, report, by="Blaise Exemple", as_="valide").state == "validé"
    # A later reading takes nothing back.
    assert sign(FRENCH, report, by="Ada Exemple", as_="relu").state == "validé"
    assert verify(report)[1] == ()
    # Built again from the same content it stays signed, from another it does not.
    ik.run("vallees", only=["aubepine"], force=True)
    assert read_record(FRENCH, report).state == "validé"
    assert renamed(valleys, "Aubépines").state == "brouillon"
    assert "data-state=" in (report / "report.html").read_text("utf-8")


def test_only_a_whole_report_is_signed_by_a_name(report, tmp_path):
    with pytest.raises(UnknownName, match="`valide`"):
        sign(FRENCH, report, by="Ada", as_="validé")
    with pytest.raises(RefusedData, match="nom"):
        sign(FRENCH, report, by="  ", as_="relu")
    with pytest.raises(ReportFailed):
        sign(FRENCH, tmp_path, by="Ada", as_="relu")
    (report / "report.html").write_text("autre", "utf-8")
    with pytest.raises(ReportFailed, match="report.html"):
        sign(FRENCH, report, by="Ada", as_="relu")
    assert read_record(FRENCH, report).state == "brouillon"


def tampered_page(report):
    told = json.loads((report / ".page.json").read_text("utf-8"))
    told["page"]["title"]["title"] += "s"
    (report / ".page.json").write_text(json.dumps(told), "utf-8")


def tampered_html(report):
    path = report / "report.html"
    path.write_text(path.read_text("utf-8").replace("Aubépine", "Ortie"), "utf-8")


def with_hashes(change):
    """The same change, its hashes written anew beside it."""

    def changed(report):
        import dataclasses

        from impactkit.reports.record import outputs_of

        change(report)
        write_record(dataclasses.replace(read_record(FRENCH, report), outputs=outputs_of(report)), report)

    return changed


@pytest.mark.parametrize(
    "change",
    [tampered_page, tampered_html, with_hashes(tampered_page), with_hashes(tampered_html)],
    ids=["page", "html", "page-and-hash", "html-and-hash"],
)
def test_tampering_is_found(report, change, processes):
    assert verify(report)[1] == ()
    change(report)
    assert verify(report)[1]
    done = processes.run(
        [sys.executable, "-m", "impactkit", "verify", str(report)], capture_output=True, text=True
    )
    assert done.returncode == 1 and done.stderr and not done.stdout


def test_the_record_is_prov(report):
    told = json.loads((report / "record.json").read_text("utf-8"))
    assert {"prefix", "entity", "activity", "agent", "used", "wasGeneratedBy"} <= set(told)
    for relation in told["wasGeneratedBy"].values():
        assert relation["prov:entity"] in told["entity"] and relation["prov:activity"] in told["activity"]
    for relation in told["used"].values():
        assert relation["prov:entity"] in told["entity"]


CLAIMS = "claim,indicator,group,period,value,sentence,data_vintage,geography_vintage\n"


@pytest.mark.parametrize(
    "before, after, changed, why",
    [
        ("", "a,x,,2021,3,s,,", "package", "period"),
        ("a,x,,2020,2,s,2023,2026", "a,x,,2020,3,s,2024,2026", "package", "source"),
        ("a,x,,2020,2,s,2023,2025", "a,x,,2020,3,s,2023,2026", "package", "perimeter"),
        ("a,x,,2020,2,s,,", "a,x,,2020,3,s,,", "evaluation/perimeters.csv", "perimeter"),
        ("a,x,,2020,2,s,,", "a,x,,2020,3,s,,", "sources/insee/f.csv", "source"),
        ("a,x,,2020,2,s,,", "a,x,,2020,3,s,,", "evaluation/jobs.csv", "correction"),
        ("a,x,,2020,2,s,,", "a,x,,2020,3,s,,", "package", "code"),
    ],
)
def test_each_move_says_why(tmp_path, before, after, changed, why):
    for name, row in (("old", before), ("new", after)):
        (tmp_path / name).mkdir()
        base = "b,x,,2020,1,s,,\n"
        (tmp_path / name / "claims.csv").write_text(
            f"{CLAIMS}{base}{row}\n" if row else CLAIMS + base, "utf-8"
        )
    found = moves(FRENCH, tmp_path / "old", tmp_path / "new", {changed: "1"}, {changed: "2"})
    was, now = (row.split(",")[4] if row else "" for row in (before, after))
    assert found == (Move("a", "x", after.split(",")[3], was, now, why),)


def test_the_evaluator_has_one_page(valleys, report):
    renamed(valleys, "Aubépines")
    # No figure moved: a text did, and a row of a table that all share is why.
    assert read_moves(FRENCH, report) == (Move("", "", "", "", "", "perimeter"),)
    page = (report.parent / "changes.html").read_text("utf-8")
    assert "Aubépines" in page and "brouillon" in page
