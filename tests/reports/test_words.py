"""The word gate at the door of a page: prose cells and the text of tables, in a built report."""

import json
import shutil

import invented_report as sample
import pandas as pd
import pytest
from evidence.test_gate import GROUND, REWORDED, STOPPED
from invented_report import paragraph, run, table

import impactkit as ik
from impactkit.reports.page import read_page
from impactkit.reports.words import gated
from impactkit.wording.language import FRENCH


def page(*blocks, prose=()):
    told = [sample.prose(text) for text in prose]
    return read_page(
        FRENCH, sample.notebook(sample.prose("## Récit"), *told, sample.code(sample.tree(*blocks)))
    )


def words(found):
    return json.dumps([section.blocks for section in found.sections], ensure_ascii=False)


FILLER = paragraph(run("Un fait."))


@pytest.mark.parametrize("name", STOPPED)
def test_an_over_claim_stops_the_build_in_prose_and_in_tables(name):
    claim = STOPPED[name]
    for made in (page(FILLER, prose=[claim]), page(table([(claim, "3")]))):
        with pytest.raises(ik.ReportFailed) as stopped:
            gated(FRENCH, made, GROUND)
        assert claim.split(" : ")[0] in str(stopped.value).replace("\u202f", " ")


@pytest.mark.parametrize("name", REWORDED)
def test_an_over_claim_is_said_again_in_prose_and_in_tables(name):
    before, after = REWORDED[name]
    for made in (page(FILLER, prose=[before]), page(table([(before, "3")]))):
        found, notes = gated(FRENCH, made, GROUND)
        plain = words(found).replace("\u202f", " ")
        assert after in plain and (before in plain) == (before in after)
        assert len(notes) == 1 and "devient" in notes[0]


SIGNED = "\n\n— L’évaluatrice, 12 mars 2026"


@pytest.mark.parametrize("name", [*STOPPED, *REWORDED])
def test_a_file_of_prose_passes_the_same_gate(name):
    text = STOPPED.get(name) or REWORDED[name][0]
    made = read_page(
        FRENCH,
        sample.notebook(sample.code(sample.tree(FILLER))),
        f"## Ce que nous en pensons\n\n{text}{SIGNED}",
    )
    assert "Ce que nous en pensons" in [section.heading for section in made.sections]
    if name in STOPPED:
        with pytest.raises(ik.ReportFailed):
            gated(FRENCH, made, GROUND)
        return
    found, notes = gated(FRENCH, made, GROUND)
    assert REWORDED[name][1] in words(found).replace("\u202f", " ") and len(notes) == 1


@pytest.mark.parametrize(
    "text", ["## Titre\n\nSans signature.", "Sans titre." + SIGNED, "## Titre\n\n— Personne"]
)
def test_prose_without_a_title_or_a_signature_is_refused(text):
    with pytest.raises(ik.ReportFailed, match="signé"):
        read_page(FRENCH, sample.notebook(sample.code(sample.tree(FILLER))), text)


def test_a_quotation_keeps_its_words_and_all_stops_are_told_at_once():
    quoted = paragraph(
        run("Une porteuse dit : « "), run(STOPPED["ratio without range"], declared=True), run(" ».")
    )
    found, notes = gated(FRENCH, page(quoted), GROUND)
    assert "rapporte 3,40" in words(found) and not notes
    with pytest.raises(ik.ReportFailed) as stopped:
        gated(FRENCH, page(table([(claim, "3") for claim in STOPPED.values()])), GROUND)
    assert str(stopped.value).count("«") >= len(STOPPED)


def test_a_built_report_is_stopped_by_its_tables_and_says_which_sentence(repo, tmp_path, processes):
    folder = shutil.copytree(repo / "data" / "demo", tmp_path / "demo")
    lessons = pd.read_csv(folder / "lessons.csv", dtype="str", keep_default_na=False)
    mine = lessons.index[lessons["territory"] == "trois-brumes"]
    lessons.loc[mine[0], "lesson"] = "Chaque euro investi rapporte 3,40 € à la société"
    lessons.to_csv(folder / "lessons.csv", index=False)
    found = ik.run(folder, only=["trois-brumes", "merinval"], jobs=2, to=tmp_path / "reports")
    states = {one.territory: one for one in found.outcomes}
    assert not states["merinval"].what
    assert "3,40" in states["trois-brumes"].what and "fourchette" in states["trois-brumes"].what
    assert not (tmp_path / "reports" / "demo" / "trois-brumes" / "report.html").exists()
