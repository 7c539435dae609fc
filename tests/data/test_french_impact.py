"""The real tables hold what their sources say: codes, dates, jobs, and nothing invented."""

import pytest

from impactkit.data.tables import schemas
from impactkit.data.territories import overlaps
from impactkit.indicators.knowledge import HEADINGS
from impactkit.wording.language import FRENCH

# Every table of the folder that says facts; unknowns.csv says what is missing.
FACTS = (
    "territories",
    "perimeters",
    "events",
    "members",
    "challenges",
    "milestones",
    "projects",
    "jobs",
    "project_outcomes",
    "funding",
    "transfers",
    "lessons",
    "evaluation_questions",
)
# No source names a rule, or a company with the type of its partnership; nobody has been interviewed.
SILENT = {
    "contributions",
    "valuations",
    "partnerships",
    "obstacles",
    "interviews",
    "unintended_effects",
    "units",
    "outcomes",
    "leftovers",
}
# Every figure of the folder, as its source says it: a new one is a decision, here.
FIGURES = {
    ("funding", "lyon-metropole", "amount"): [1_000_000],
    ("funding", "toulouse-metropole", "amount"): [150_000],
    ("jobs", "valence-romans", "actual"): [2],
    ("members", "lyon-metropole", "count"): [16],
    ("members", "occitanie-est", "count"): [17],
    ("members", "strasbourg-eurometropole", "count"): [29],
    ("members", "toulouse-metropole", "count"): [22],
    ("milestones", "lyon-metropole", "version"): [1, 1, 1, 1],
    ("project_outcomes", "lyon-metropole", "value"): [110, 1_700_000],
}
# Collectives that a source calls a territorial cluster of cooperation (PTCE), and since when.
CLUSTERS = {"figeac": "2015", "genevois-innovales": "2015", "territoire-ledonien-clusterjura": "2014"}
# The settled ground of each territory, as in the shared list; "" where none is established.
PERIMETERS = {
    "aix-marseille-provence": "epci:200054807",
    "clermont-ferrand": "epci:246300701",
    "est-ensemble": "ept:200057875",
    "figeac": "epci:200067361",
    "le-mans-sarthe": "departement:72",
    "lyon-metropole": "epci:200046977",
    "mayotte": "departement:976",
    "montreuillois": "epci:200069029|200069235",
    "nantes-metropole": "epci:244400404",
    "pays-de-grasse": "epci:200039857",
    "region-bretagne": "region:53",
    "region-normandie": "region:28",
    "region-nouvelle-aquitaine": "region:75",
    "roissy-pays-de-france": "epci:200055655",
    "roubaix": "commune:59512",
    "strasbourg-eurometropole": "epci:246700488",
    "territoire-ledonien-clusterjura": "epci:200071116",
    "territoire-olympique-2024": "",
    "valence-romans": "epci:200068781",
    "vallee-de-la-marne": "epci:200057958",
    "toulouse-metropole": "epci:243100518",
    "grand-narbonne": "epci:241100593",
    "occitanie-est": "departement:11|30|34|48|66",
    "grenoble-alpes-metropole": "epci:200040715",
    "grand-chambery": "epci:200069110",
    "genevois-innovales": "",
    "grand-poitiers": "epci:200069854",
}
# Challenges whose own source says social, environmental or citizen: none does.
KINDS: dict[str, str] = {}


def test_the_27_territories_in_two_waves(french_impact):
    assert [place.code for place in french_impact.territories] == list(PERIMETERS)
    waves = [place.wave.id for place in french_impact.territories]
    assert waves == ["1"] * 20 + ["2"] * 7


@pytest.mark.parametrize("name", FACTS)
def test_every_fact_has_its_source_and_its_date(french_impact, name):
    rows = french_impact.table(name)
    assert len(rows) and (rows["source"] != "").all() and (rows["as_of"] != "").all()
    # One source a cell, its publisher first; the text of a page, not the name of a package.
    assert not rows["source"].str.contains(" ; |http|territories").any()
    assert rows["source"].str.contains(",").all()


def test_every_table_of_the_folder_is_looked_at(french_impact):
    found = {path.stem for path in french_impact.folder.glob("*.csv")}
    assert found == {*FACTS, "unknowns"}
    assert set(schemas(FRENCH)) == found | SILENT
    assert all(french_impact.table(name).empty for name in SILENT)


def test_every_figure_is_one_that_a_source_says(french_impact):
    found = {}
    for name in FACTS:
        rows = french_impact.table(name)
        for field in schemas(FRENCH)[name]["fields"]:
            if field["type"] in ("number", "integer"):
                known = rows[rows[field["name"]].notna()]
                for code, mine in known.groupby("territory"):
                    found[name, code, field["name"]] = list(mine[field["name"]])
    assert found == FIGURES


def test_clusters_are_dated_by_an_event_of_the_same_source(french_impact):
    rows = french_impact.table("territories").set_index("territory")
    dated = rows[rows["founded"] != ""]
    assert dict(dated["founded"]) == CLUSTERS
    assert set(rows[rows["ptce"].astype(str).str.lower() == "true"].index) == set(CLUSTERS)
    events = french_impact.table("events").query("kind == 'other_programme'")
    for code, year in CLUSTERS.items():
        mine = events[(events["territory"] == code) & events["title"].str.contains("pôle territorial")]
        (row,) = mine.to_dict("records")
        assert row["date"] == year
        assert row["source"] in rows.loc[code, "source"], code


def test_partners_are_members_and_challenges_are_of_the_same_territory(french_impact):
    members, challenges = french_impact.table("members"), french_impact.table("challenges")
    home = dict(zip(challenges["challenge"], challenges["territory"], strict=True))
    projects = french_impact.table("projects")
    linked = projects[projects["challenge"] != ""]
    assert len(linked) and all(
        home[code] == place for code, place in zip(linked["challenge"], linked["territory"], strict=True)
    )
    partnered = projects[projects["partners"] != ""]
    assert len(partnered)
    for row in partnered.to_dict("records"):
        known = set(members[members["territory"] == row["territory"]]["name"])
        assert set(row["partners"].split("|")) <= known, row["project"]


def test_each_perimeter_is_the_settled_one(french_impact, territory_code):
    territory = french_impact.territory(territory_code)
    codes = "|".join(part.code for part in territory.perimeter)
    assert (f"{territory.family}:{codes}" if codes else "") == PERIMETERS[territory_code]


def test_low_confidence_has_no_perimeter(french_impact):
    low = [place for place in french_impact.territories if place.confidence == "low"]
    assert {place.code for place in low} == {code for code, ground in PERIMETERS.items() if not ground}
    assert all(place.candidates and place.perimeter_kind == "none" for place in low)
    candidates = french_impact.table("perimeters").query("role == 'candidate'")
    assert candidates["source"].str.startswith("Hypothèse").all()


def test_label_dates(french_impact, territory_code):
    territory = french_impact.territory(territory_code)
    expected = "2019-02-25" if territory.wave.id == "1" else "2019-12"
    assert territory.labelled == ("2019-12-20" if territory_code == "grand-chambery" else expected)


def test_when_the_work_starts(french_impact):
    starts = french_impact.table("events").query("kind == 'start'")
    assert starts[["territory", "wave", "date"]].to_numpy().tolist() == [["", "1", "2019-05"]]


def test_the_only_jobs_are_the_two_of_the_founding_article(french_impact):
    (row,) = french_impact.table("jobs").to_dict("records")
    assert (row["territory"], row["project"]) == ("valence-romans", "consigne")
    assert (row["actual"], row["target"], row["as_of"]) == (2, "une dizaine", "2020")
    assert row["source"].startswith("Localtis,")


def test_the_only_transfer_goes_from_nantes_to_strasbourg(french_impact):
    (row,) = french_impact.table("transfers").to_dict("records")
    assert (row["giver"], row["receiver"]) == ("nantes-metropole", "strasbourg-eurometropole")
    assert row["topic"] == "les tiers-lieux"


def test_no_challenge_has_an_invented_kind(french_impact):
    rows = french_impact.table("challenges")
    assert dict(rows[rows["kind"] != ""].set_index("challenge")["kind"]) == KINDS
    assert rows.groupby("territory").size().max() <= 3


def test_the_facts_of_a_sentence_have_one_source(french_impact):
    # A sentence names one source and one date for all it lists: they must be those of every row.
    for name in ("challenges", "projects", "milestones"):
        rows = french_impact.table(name)
        assert (rows.groupby("territory")[["source", "as_of"]].nunique() == 1).all(axis=None), name
    named = french_impact.table("members").query("role != 'whole'")
    assert (named.groupby("territory")[["source", "as_of"]].nunique() == 1).all(axis=None)


@pytest.mark.parametrize(
    ("inner", "outer"),
    [("grand-poitiers", "region-nouvelle-aquitaine"), ("grand-narbonne", "occitanie-est")],
)
def test_nesting_is_found(french_impact, inner, outer):
    found = [(other.code, how) for other, how in overlaps(french_impact.territory(inner))]
    assert found == [(outer, "within")]
    back = [(other.code, how) for other, how in overlaps(french_impact.territory(outer))]
    assert (inner, "contains") in back


def test_unknowns_cover_the_thirteen_headings_and_read_in_a_sentence(french_impact):
    rows = french_impact.table("unknowns")
    general = rows[rows["territory"] == ""]
    assert sorted(general["heading"]) == sorted(HEADINGS)
    assert (general["ask"] != "").all()
    # Whoever has not looked does not say that it cannot be found.
    assert ((rows["reason"] == "not-found") == (rows["searched_on"] != "")).all()
    assert rows["what"].str.match(r"(?:Les?|La|L’|Une|Ce) ?\w").all()
    assert not rows["what"].str.endswith(".").any()
