"""Other programmes in force here: separated from the label, or in the way of the word."""

import shutil

import pytest

import impactkit as ik
from impactkit.effects.programmes import programmes, unseparated
from impactkit.evidence.estimated import estimated
from impactkit.evidence.gap import detectability, gap

JOBS = "count_jobs_private"
PLAN = "plan d’exemple pour l’emploi des jeunes"


@pytest.fixture
def aubrelle(repo, tmp_path):
    """Val-d'Aubrelle of the invented evaluation, what is known of its other programme being told so."""

    def told(elsewhere, date="", plan=""):
        folder = tmp_path / f"demo-{elsewhere or 'unknown'}-{date}"
        shutil.copytree(repo / "data" / "demo", folder)
        events = folder / "events.csv"
        lines = events.read_text("utf-8").splitlines()
        at = next(row for row, line in enumerate(lines) if PLAN in line)
        assert ",everywhere," in lines[at]
        lines[at] = lines[at].replace(",everywhere,", f",{elsewhere},")
        if date:
            lines[at] = lines[at].replace("other_programme,,", f"other_programme,{date},")
        events.write_text("\n".join(lines) + "\n", "utf-8")
        settings = folder / "evaluation.toml"
        settings.write_text(settings.read_text("utf-8") + plan, "utf-8")
        return ik.load(folder).territory("val-d-aubrelle")

    return told


@pytest.mark.parametrize(
    ("elsewhere", "state"),
    [("everywhere", "effect"), ("partout", "effect"), ("U100|U101", "effect"), ("", "unusual")],
)
def test_what_is_not_known_to_be_elsewhere_is_not_separated(aubrelle, elsewhere, state):
    place = aubrelle(elsewhere)
    whole = estimated(place, JOBS)
    assert whole.state == state
    said = "".join(run.text for run in gap(place, JOBS))
    assert (PLAN in said) and ("Effet estimé" in said) == (state == "effect")
    before = "".join(run.text for run in detectability(place, JOBS))
    assert ("aucun écart, si grand soit-il" in before) == (state != "effect")
    if state == "unusual":
        assert "Ni le label ni l’autre programme présent ici" in said


def test_units_that_are_no_comparison_separate_nothing(aubrelle):
    place = aubrelle("U001")
    assert [other.units for other in programmes(place)] == [frozenset({"U001"})]
    assert unseparated(place, ["U100"]) == (PLAN,)
    assert estimated(place, JOBS).state == "unusual"


def test_a_programme_that_comes_after_is_not_in_force(aubrelle):
    assert estimated(aubrelle("", date="2025-03"), JOBS).state == "effect"


def test_the_plan_may_record_the_units(aubrelle):
    other = f'\n[[effects.other]]\nname = "{PLAN}"\nfamily = "unit"\nunits = ["U100", "U101"]\n'
    place = aubrelle("", plan=other)
    assert estimated(place, JOBS).state == "effect"
    check = ik.doubts(ik.effect(place, JOBS), only="programmes")[0]
    assert check.passed and "2 unités d’autres programmes" in check.sentence


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ((",everywhere,", ",U999,"), "d’aucune unité"),
        ((",everywhere,", ",U100|ailleurs,"), "d’aucune unité"),
        (("other_programme,,plan", "call,,plan"), "autre programme"),
    ],
)
def test_a_code_of_no_unit_is_said(repo, tmp_path, change, words):
    folder = tmp_path / "demo"
    shutil.copytree(repo / "data" / "demo", folder)
    events = folder / "events.csv"
    text = events.read_text("utf-8")
    assert change[0] in text
    events.write_text(text.replace(*change, 1), "utf-8")
    problems = ik.check(folder)
    assert len(problems) == 1 and "events.csv, G" in str(problems) and words in str(problems)


def test_eleven_territories_of_the_real_evaluation_list_some(french_impact):
    listed = [
        place.code
        for place in french_impact.territories
        if (
            (events := place.table("events"))["kind"].eq("other_programme")
            & events["territory"].eq(place.code)
        ).any()
    ]
    assert len(listed) == 11
    assert all(unseparated(french_impact.territory(code), ()) for code in listed)
