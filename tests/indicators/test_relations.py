"""Ce qui relie deux chiffres publiés : aucun chiffre masqué n'en revient, quel que soit son nom."""

import pandas as pd
import pytest

import impactkit as ik
from impactkit.data.catalogue import of_own_tables
from impactkit.indicators import hidden, withheld
from impactkit.indicators.draws import COUNTS, ELSEWHERE, FIGURES, draws, meets

WITHHELD = "missing:withheld"
EPCI, INSIDE, OTHER = "200068781", "26362", "26281"


def rules(*names):
    listed = ", ".join(f'"{name}"' for name in names)
    return f"[secrecy]\nbusinesses = [{listed}]\n"


def shown(ev, indicator):
    """What is published of an indicator, by territory and group; nothing where it is withheld."""
    rows = ik.indicators(ev)
    rows = rows[(rows["indicator"] == indicator) & rows["value"].notna()]
    return rows.set_index(["territory", "group"])["value"].to_dict()


def lines(place="a", **amounts):
    """Funding of a territory: for each payer its amount, share, status and date."""
    return [
        {"territory": place, "payer": payer, "purpose": "operation", "amount": amount, **rest}
        for payer, (amount, rest) in amounts.items()
    ]


def projects(*counts, place="a", cost=None):
    """Projects of a territory and their jobs, one by count."""
    found = {"projects": [], "jobs": []}
    for at, count in enumerate(counts):
        code = f"{place}{at}"
        project = {"territory": place, "project": code, "name": f"Projet {code}", "stage": "launched"}
        found["projects"].append(project | ({"yearly_cost": cost[at]} if cost and cost[at] else {}))
        if count:
            found["jobs"].append({"territory": place, "project": code, "actual": count})
    return found


def merged(*parts):
    return {name: [row for part in parts for row in part[name]] for name in parts[0]}


def test_a_group_of_two_marks_is_no_difference_of_two_others(small):
    """410 000 committed less 200 000 of base is the one line that complements it."""
    base = {"share": "base", "status": "committed"}
    funding = lines(
        Un=(70_000, base),
        Deux=(60_000, base),
        Trois=(70_000, base),
        Seul=(210_000, {"share": "complementary", "status": "committed"}),
    )
    known = shown(small({"funding": funding}, rules("amount_funding")), "amount_funding")
    assert ("a", "share=complementary|status=committed") not in known
    assert len({("a", "status=committed"), ("a", "share=base|status=committed")} & known.keys()) == 1


def test_parts_dated_unlike_their_total_are_linked_to_it(small):
    paid = {"share": "base", "status": "paid"}
    funding = lines(
        Un=(70_000, paid | {"as_of": "2022"}),
        Deux=(60_000, paid | {"as_of": "2023"}),
        Trois=(50_000, paid | {"as_of": "2024"}),
        Seul=(80_000, paid | {"as_of": "2021", "purpose": "animation"}),
    )
    ev = small({"funding": funding}, rules("amount_secured"))
    known = shown(ev, "amount_secured")
    assert ("a", "purpose=animation") not in known
    assert len({("a", ""), ("a", "purpose=operation")} & known.keys()) == 1
    # One figure of engineering and animation alone would be that part.
    assert ("a", "") not in shown(ev, "amount_engineering_animation")


def test_the_programme_less_its_territories_is_none_of_them(small):
    told = merged(projects(60, 70, 68), projects(2, place="b"))
    known = shown(small(told, rules("count_jobs")), "count_jobs")
    assert ("b", "") not in known and len(known.keys() & {("", ""), ("a", "")}) == 1


def test_what_is_told_of_territories_counts_no_project(small):
    told = merged(projects(1, 2, 3, 4), projects(5, place="b"))
    rows = ik.indicators(small(told))
    about = rows[rows["group"].isin(["about=projects", "about=jobs"])]
    assert about["n"].tolist() == about["value"].tolist() == [2, 2]


@pytest.mark.parametrize(
    ("names", "secret"),
    [
        (("amount_project_cost",), "amount_project_cost"),
        (("amount_project_cost", "count_jobs"), "amount_project_cost"),
        (("amount_project_cost", "count_jobs", "amount_cost_per_job"), "amount_project_cost"),
    ],
)
def test_a_quotient_times_what_divides_it_gives_nothing_back(small, names, secret):
    told = projects(10, 20, cost=(100_000, 200_000))
    ev = small(told, rules(*names))
    assert ("a", "") not in shown(ev, secret)
    assert not {("a", "")} & shown(ev, "amount_cost_per_job").keys()


def test_a_named_quotient_hides_one_of_its_terms(small):
    told = projects(10, 20, 30, 40, cost=(100_000, 200_000, None, None))
    ev = small(told, rules("amount_cost_per_job", "count_jobs"))
    assert ("a", "") not in shown(ev, "amount_cost_per_job")
    terms = [shown(ev, name).get(("a", "")) for name in ("amount_project_cost", "count_jobs")]
    assert terms.count(None) == 1


def test_two_territories_apart_inside_one_leave_no_company(small):
    """11 less 5 less 5."""
    inside = {"wave": "1", "confidence": "high"}
    kinds = {"a": ("epci", EPCI), "b": ("commune", INSIDE), "c": ("commune", OTHER)}
    told = {
        "territories": [
            inside | {"territory": code, "name": code, "perimeter_kind": kinds[code][0]} for code in "abc"
        ],
        "perimeters": [
            {"territory": code, "family": family, "code": unit, "role": "perimeter"}
            for code, (family, unit) in kinds.items()
        ],
        "partnerships": [
            {"territory": place, "company": f"{place}{at}", "type": "mentoring"}
            for place, count in (("a", 11), ("b", 5), ("c", 5))
            for at in range(count)
        ],
    }
    known = shown(small(told, rules("count_partnerships")), "count_partnerships")
    assert len(known.keys() & {("a", ""), ("b", ""), ("c", "")}) < 3
    assert ("a", "") not in known or len(known.keys() & {("b", ""), ("c", "")}) < 2


def test_the_n_beside_a_share_is_not_what_is_withheld(small):
    told = projects(9)
    told["jobs"][0]["insertion"] = "true"
    ev = small(told, rules("count_jobs"))
    rows = ik.indicators(ev, of=ev.territory("a"))
    drawn = rows[[meets(draws(name), draws("count_jobs")) for name in rows["indicator"]]]
    assert set(drawn["indicator"]) >= {"share_jobs_insertion", "share_jobs_target"}
    assert drawn[["value", "low", "high", "n"]].isna().all(axis=None)


def test_lines_that_may_not_be_counted_are_shown_nowhere(small):
    told = projects(30, 40)
    ev = small(told, rules("count_projects"))
    place, page = ev.territory("a"), ev.territory("a")
    assert "projects#" in hidden(ev, "a") and "jobs#" in hidden(ev, "a")
    for about in ("projects", "outcomes"):
        assert "Projet a" not in str(ik.table(page, about=about))
    assert "Projet a" not in str(ik.say(place, about="projects"))
    rows = ik.indicators(ev, of=place)
    jobs = rows[rows["indicator"] == "count_jobs"].iloc[0]
    assert jobs["value"] == 70 and pd.isna(jobs["n"])


def test_each_line_is_one_contributor(small):
    """No group is small; line by line, each amount would be its payer's."""
    paid = {"status": "paid"}
    ev = small({"funding": lines(A=(51_234, paid), B=(61_234, paid), C=(71_234, paid), D=(81_234, paid))},
               rules("amount_funding", "amount_secured"))  # fmt: skip
    place = ev.territory("a")
    assert shown(ev, "amount_secured")["a", ""] == 264_936
    table = str(ik.table(place, about="funding"))
    assert "A" in table and not any(part in table for part in ("51", "61", "71", "81"))


def test_what_one_territory_hides_of_a_transfer_the_other_hides_too(small):
    told = [{"giver": "a", "receiver": other, "topic": f"Savoir {other}"} for other in "bc"]
    ev = small({"transfers": told}, rules("count_transfers"))
    for code in "abc":
        assert "Savoir" not in str(ik.table(ev.territory(code), about="transfers"))
        assert "Savoir" not in str(ik.say(ev.territory(code), about="exchanges"))


def test_every_indicator_that_may_be_named_can_be(repo, tmp_path):
    """Each kind of sum that the invented evaluation holds is one that can be protected."""
    text = (repo / "data" / "demo" / "evaluation.toml").read_text("utf-8")
    for name in ("count_projects", "count_transfers", "count_partnerships", "ratio_complementary"):
        folder = tmp_path / name
        folder.mkdir()
        for file in (repo / "data" / "demo").glob("*.csv"):
            (folder / file.name).symlink_to(file)
        (folder / "evaluation.toml").write_text(
            text.replace("[[wave]]", rules(name) + "\n[[wave]]", 1), "utf-8"
        )
        assert "few" in set(withheld(ik.load(folder))["reason"]), name


def test_every_declared_source_is_that_of_an_indicator():
    known = of_own_tables() | {"ratio_network_density", "share_ties_repeated"}
    assert not {*FIGURES, *COUNTS, *ELSEWHERE} - known - {"share_territories", "index_theme_rank",
        "count_themes_together", "count_challenges_unthemed", "share_transfers_adopted",
        "share_transfers_mutual", "count_territories_linked"}  # fmt: skip
    # What nobody declared goes with anything of its table.
    assert draws("index_maturity") == {"milestones*"} and draws("count_population") == frozenset()
    assert meets({"milestones*"}, {"milestones#"}) and not meets({"projects#"}, {"projects.yearly_cost"})
