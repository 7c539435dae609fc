"""Claims: the sentence follows from level and tests; each figure of a page has one, and an origin."""

import pandas as pd
import pytest
from pages.reading import Reading, names_in, printed, rows_of

import impactkit as ik
from impactkit.evidence.level import rule

# level, verdict, missing, withheld -> sentence
CASES = [
    ("declared", "", "", False, "claim.declared"),
    ("observed", "", "", False, "claim.observed"),
    ("before-after", "", "", False, "claim.before-after"),
    ("compared", "", "", False, "claim.compared"),
    ("method", "", "", False, "claim.method"),
    ("estimated", "impossible", "", False, "claim.impossible"),
    ("estimated", "ordinary", "", False, "claim.ordinary"),
    ("estimated", "unusual", "", False, "claim.unusual"),
    ("estimated", "effect", "", False, "claim.effect"),
    ("estimated", "effect", "not-published", False, "claim.missing"),
    ("observed", "", "not-covered", False, "claim.missing"),
    ("estimated", "effect", "", True, "claim.withheld"),
    ("declared", "", "withheld", True, "claim.withheld"),
]


@pytest.mark.parametrize(("level", "verdict", "missing", "withheld", "key"), CASES)
def test_the_sentence_is_a_function_of_what_was_earned(level, verdict, missing, withheld, key):
    assert rule(level, verdict=verdict, missing=missing, withheld=withheld) == key


def test_a_verdict_that_does_not_exist_has_no_sentence():
    with pytest.raises(ValueError, match="no verdict"):
        rule("estimated", verdict="proved")


def test_a_level_that_does_not_exist_has_no_sentence():
    with pytest.raises(ValueError, match="no level"):
        rule("proved")


def test_every_printed_figure_is_a_claim(built, french_impact, territory_code):
    """The same reading as that of indicators.csv, on claims.csv alone."""
    folder = built / territory_code
    claims = pd.read_csv(folder / "claims.csv", dtype={"group": str, "period": str, "unit": str})
    names = names_in(french_impact, french_impact.territory(territory_code), rows_of(folder))
    page = Reading((folder / "report.html").read_text("utf-8"))
    figures = printed(claims.assign(unit=claims["unit"].fillna("")))
    assert not [number for number in page.numbers(names) if number not in figures]
    assert claims["claim"].is_unique and claims["sentence"].notna().all() and claims["rule"].notna().all()


def test_only_an_estimate_that_passed_is_called_one(french_impact, repo):
    for ev in (french_impact, ik.load(repo / "data" / "demo")):
        for place in ev.territories[:6]:
            told = ik.claims(place)
            said = told["sentence"].str.contains("Effet estimé")
            assert ((told["rule"] == "claim.effect") == said).all()
            assert set(told["level"]) <= {
                "declared",
                "observed",
                "before-after",
                "compared",
                "estimated",
                "method",
            }
            # A population is context, never a result of the programme.
            about = told["indicator"].str.contains("population")
            assert (told[about]["logic"] == "context").all()


def test_every_claim_of_a_report_is_explained(built, french_impact, territory_code):
    claims = pd.read_csv(built / territory_code / "claims.csv")
    claims = claims[claims["value"].notna()].set_index("claim")
    assert len(claims)
    for claim, sentence in claims["sentence"].items():
        words = str(ik.explain(built / territory_code, claim, evaluation=french_impact.folder))
        assert words.startswith(sentence) and "Les fichiers" in words


def test_there_are_claims_to_explain(every_report):
    tables = [pd.read_csv(folder / "claims.csv") for folder in every_report]
    assert sum(int(claims["value"].notna().sum()) for claims in tables) > 27 * 5


def test_an_explanation_goes_back_to_the_line(built, repo):
    real = repo / "data" / "french-impact"
    said = str(ik.explain(built / "valence-romans", "count_jobs@2020", evaluation=real))
    row = next(
        at
        for at, line in enumerate(
            (repo / "data/french-impact/jobs.csv").read_text("utf-8").splitlines(), start=1
        )
        if line.startswith("valence-romans,")
    )
    assert f"jobs.csv | {row} | valence-romans | consigne | 2" in said
    people = str(ik.explain(built / "valence-romans", "count_population@2023", evaluation=real))
    # A figure that has the digits of a commune's code is not that commune.
    assert "64122" not in people and "26004" in people


def test_a_report_away_from_its_evaluation_still_tells_what_it_says(built, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = str(ik.explain(built / "valence-romans", "count_jobs@2020"))
    assert "Emplois déclarés" in said and "--evaluation" in said


def test_a_claim_that_is_not_there_is_refused_with_the_nearest(built, tmp_path):
    with pytest.raises(ik.UnknownName, match="count_jobs"):
        ik.explain(built / "valence-romans", "count_job@2020")
    with pytest.raises(ik.ReportFailed, match="claims.csv"):
        ik.explain(tmp_path, "count_jobs@2020")


def test_an_estimate_names_its_heaviest_units(official, built_official, sources, repo, monkeypatch):
    monkeypatch.setenv("IMPACTKIT_SOURCES", str(sources))
    real = repo / "data" / "french-impact"
    said = str(ik.explain(built_official / "montreuillois", "effect[count_jobs_private]", evaluation=real))
    heavy = ik.effect(official.territory("montreuillois"), "count_jobs_private").weights
    first = max(heavy, key=heavy.get)
    assert said.count("urssaf_emploi_prive_epci_2014_2024.csv:") == 10 and f"{first} | " in said


def test_how_strong_the_method_is_and_how_good_the_data(repo):
    told = ik.claims(ik.load(repo / "data" / "demo").territory("val-d-aubrelle")).set_index("claim")
    assert told.loc["effect[count_jobs_private]", ["maryland", "data_quality"]].tolist() == ["3", 3]
    by_level = told.groupby("level")["maryland"].unique()
    assert {level: list(found) for level, found in by_level.items()} == {
        "before-after": ["1"],
        "compared": ["2"],
        "declared": [""],
        "estimated": ["3"],
        "method": [""],
        "observed": [""],
    }
    # A hypothesis is no datum, a declared fact with its source is one.
    assert set(told.loc[told["rule"] == "claim.value", "data_quality"]) == {1}
    assert told.loc["count_jobs@2024-06-30", "data_quality"] == 2
