"""The network of a collective, on small invented lists counted by hand."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_evaluation import drawn, same_rows
from tiers import examples

from impactkit.indicators import ecosystem


def _member(name, **rest):
    return {"territory": "a", "name": name, "role": "member", **rest}


def _project(code, partners="", owner="", **rest):
    about = {"project": code, "territory": "a", "name": f"Projet {code}"}
    return {**about, "partners": partners, "owner": owner, **rest}


def _of(found, indicator, year, territory="a"):
    mine = found[(found["territory"] == territory) & (found["indicator"] == indicator)]
    mine = mine[mine["period"] == year]
    assert len(mine) == 1, (indicator, year)
    return mine.iloc[0].to_dict()


def _missing(row):
    return math.isnan(row["value"]) and row["flag"]


# A, B and C from 2018 on, D from 2020; C leaves in 2019. The latest news is of June 2021.
MEMBERS = [
    _member("A", since="2018"),
    _member("B", since="2018-05-02"),
    _member("C", since="2018", until="2019-11"),
    _member("D", since="2020"),
    {"territory": "a", "role": "whole", "count": 40},
]
PROJECTS = [
    _project("p1", "A|B", started="2018-03", stopped="2019-06"),
    _project("p2", "B|C", owner="A", imagined="2019", started="2021"),
    _project("p3", "A|B|Un voisin", owner="Un autre voisin", incubated="2020"),
    _project("p4", owner="D", started="2020"),
]


def test_ties_are_pairs_on_one_project_alive_that_year(small):
    place = small({"members": MEMBERS, "projects": PROJECTS}).territory("a")
    assert ecosystem.ties(place, 2017) == frozenset()
    assert ecosystem.ties(place, 2018) == {("A", "B")}
    assert ecosystem.ties(place, 2019) == {("A", "B"), ("A", "C"), ("B", "C")}
    # C has left: its pairs are over.
    assert ecosystem.ties(place, 2020) == {("A", "B")}


def test_the_network_by_year(small):
    found = ecosystem.rows(small({"members": MEMBERS, "projects": PROJECTS}))
    years = ["2018", "2019", "2020", "2021"]
    assert sorted(set(found[found["territory"] == "a"]["period"])) == years
    ties = [_of(found, "count_ties", year) for year in years]
    assert [row["value"] for row in ties] == [1, 3, 1, 1] and [row["n"] for row in ties] == [3] * 4
    density = [_of(found, "ratio_network_density", year)["value"] for year in years]
    assert density == pytest.approx([1 / 3, 1, 1 / 3, 1 / 3])
    # A and B: p1, then p2 and p3 too; the pairs of C have p2 alone.
    repeated = [_of(found, "share_ties_repeated", year) for year in years]
    assert [row["value"] for row in repeated] == pytest.approx([0, 1 / 3, 1 / 3, 1 / 3])
    assert [row["n"] for row in repeated] == [1, 3, 3, 3]
    kept = [_of(found, "share_members_kept", year) for year in years]
    assert _missing(kept[0]) == "missing:one-period"
    assert [row["value"] for row in kept[1:]] == pytest.approx([1, 2 / 3, 2 / 3])
    assert {row["n"] for row in kept} == {3}


def test_without_a_partner_told_ties_are_missing_not_zero(small):
    ev = small({"members": MEMBERS, "projects": [_project("p1", owner="A", started="2018")]})
    found = ecosystem.rows(ev)
    for name in ("count_ties", "ratio_network_density", "share_ties_repeated"):
        assert _missing(_of(found, name, "2019")) == "missing:not-searched"
    assert _of(found, "share_members_kept", "2020")["value"] == pytest.approx(2 / 3)


def test_nobody_named_and_one_member_alone(small):
    members = [_member("A", since="2020"), {"territory": "b", "role": "whole", "count": 12}]
    found = ecosystem.rows(small({"members": members, "projects": [_project("p", "A|B", started="2020")]}))
    assert _missing(_of(found, "ratio_network_density", "2020")) == "missing:not-applicable"
    assert _of(found, "count_ties", "2020")["value"] == 0
    assert _missing(_of(found, "share_ties_repeated", "2021")) == "missing:not-applicable"
    of_b = found[found["territory"] == "b"]
    assert set(of_b["indicator"]) == set(ecosystem.UNITS) and len(of_b) == 4
    assert (of_b["flag"] == "missing:not-searched").all() and of_b["value"].isna().all()


def test_members_and_projects_without_dates_are_there_from_their_first_source(small):
    members = [
        _member("A", as_of="2019"),
        _member("B", as_of="2020"),
        _member("B", as_of="2021", until="2020"),
        _member("C", since="2018", until="2018", as_of="2018"),
        _member("C", since="2020", as_of="2020"),
        # Only news of the same stay.
        _member("C", as_of="2021", until="2021"),
    ]
    projects = [
        _project("p1", "A|B", as_of="2020"),
        _project("p2", "A|C", stage="stopped", imagined="2018", as_of="2020"),
    ]
    place = small({"members": members, "projects": projects}).territory("a")
    seen = ecosystem.network(place)
    assert [sorted(seen.present(year)) for year in range(2018, 2023)] == [
        ["C"],
        ["A"],
        ["A", "B", "C"],
        ["A", "C"],
        ["A"],
    ]
    assert seen.years == (2018, 2019, 2020, 2021)
    assert ecosystem.ties(place, 2020) == {("A", "B"), ("A", "C")}
    assert ecosystem.ties(place, 2021) == frozenset()


names = st.sampled_from("ABCDE")
years = st.sampled_from(["", "2018", "2019-04", "2020", "2021-02-03"])
members = st.lists(
    st.tuples(names, years, years), min_size=1, max_size=6, unique_by=lambda told: told[0]
).map(lambda told: [_member(name, since=since, until=until) for name, since, until in told])
projects = st.lists(
    st.tuples(st.lists(names, unique=True, max_size=4), names | st.just(""), years, years), max_size=5
).map(
    lambda told: [
        _project(f"p{i}", "|".join(team), owner, started=started, stopped=stopped)
        for i, (team, owner, started, stopped) in enumerate(told)
    ]
)


@settings(max_examples=examples(30), deadline=None)
@given(members, projects, st.randoms(use_true_random=False))
def test_the_order_of_rows_never_matters_and_shares_stay_in_their_range(listed, known, seed):
    found = ecosystem.rows(drawn(members=listed, projects=known))
    mixed = {"members": listed, "projects": known}
    mixed = {name: seed.sample(told, len(told)) for name, told in mixed.items()}
    assert same_rows(found, ecosystem.rows(drawn(**mixed)))
    shares = found[(found["unit"] == "part") & found["value"].notna()]
    assert shares["value"].between(0, 1).all()


@settings(max_examples=examples(30), deadline=None)
@given(members, projects, st.lists(names, unique=True, min_size=2, max_size=3))
def test_one_more_project_never_unties(listed, known, team):
    place = drawn(members=listed, projects=known).territory("a")
    more = [*known, _project("more", "|".join(team), started="2018")]
    after = drawn(members=listed, projects=more).territory("a")
    for year in ecosystem.network(after).years:
        assert ecosystem.ties(place, year) <= ecosystem.ties(after, year)
        here = ecosystem.network(after).present(year)
        assert (set(team) <= here) <= (tuple(sorted(team))[:2] in ecosystem.ties(after, year))


def test_the_real_evaluation(french_impact):
    found = ecosystem.rows(french_impact)
    assert found["value"].notna().eq(found["flag"] == "").all()
    assert not found.duplicated(["territory", "indicator", "group", "period"]).any()
    # Read in members.csv: the five of Nantes, all named by one source of 2019; no project names partners.
    nantes = found[(found["territory"] == "nantes-metropole")]
    assert set(nantes["period"]) == {"2019"}
    assert _of(found, "share_members_kept", "2019", "nantes-metropole")["n"] == 5
    assert _missing(_of(found, "count_ties", "2019", "nantes-metropole")) == "missing:not-found"
    # Read in projects.csv: two projects of Lyon name two members each.
    lyon = french_impact.territory("lyon-metropole")
    assert ("Alter’Incub", "Ronalpia") in ecosystem.ties(lyon, 2019)
    density = _of(found, "ratio_network_density", "2019", "lyon-metropole")
    assert density["value"] == pytest.approx(len(ecosystem.ties(lyon, 2019)) / 120)
