"""The real tables hold what their sources say: codes, dates, jobs, and nothing invented."""

import pytest

from impactkit.data.territories import overlaps

FACTS = (
    "territories",
    "perimeters",
    "events",
    "members",
    "challenges",
    "projects",
    "jobs",
    "funding",
    "transfers",
)
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


def test_each_perimeter_is_the_settled_one(french_impact):
    for place in french_impact.territories:
        codes = "|".join(part.code for part in place.perimeter)
        assert (f"{place.family}:{codes}" if codes else "") == PERIMETERS[place.code], place.code


def test_low_confidence_has_no_perimeter(french_impact):
    low = [place for place in french_impact.territories if place.confidence == "low"]
    assert {place.code for place in low} == {code for code, ground in PERIMETERS.items() if not ground}
    assert all(place.candidates and place.perimeter_kind == "none" for place in low)
    candidates = french_impact.table("perimeters").query("role == 'candidate'")
    assert candidates["source"].str.startswith("Hypothèse").all()


def test_label_dates(french_impact):
    for place in french_impact.territories:
        expected = "2019-02-25" if place.wave.id == "1" else "2019-12"
        assert place.labelled == ("2019-12-20" if place.code == "grand-chambery" else expected)
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
    for name in ("challenges", "projects"):
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
    assert rows[rows["territory"] == ""]["heading"].nunique() == 13
    assert rows["what"].str.match(r"(?:Les?|La|L’|Une|Ce) ?\w").all()
    assert not rows["what"].str.endswith(".").any()
