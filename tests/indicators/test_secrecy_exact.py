"""Secrecy in small: sums, rests, attackers and patterns that a hand can count."""

import numpy as np
import pandas as pd
import pytest
from small_evaluation import drawn

import impactkit as ik
from impactkit.indicators import withheld
from impactkit.indicators.draws import adds, draws, is_related, meets, not_listed, spread, table_of
from impactkit.indicators.relations import Relation, Sum, closed, nests, sums_of
from impactkit.indicators.rows import WITHHELD, frame
from impactkit.indicators.secrecy import (
    RULES,
    cell_ids,
    hidden_where,
    levels,
    logged,
    primary,
    reasons_of,
    relations_of,
    withheld_rows,
)
from impactkit.indicators.suppression import Suppression, audit, suppress
from impactkit.wording.language import FRENCH

RULE = RULES["businesses"]
SUM = Relation("t", ("a", "b"))


def cells(**values):
    """Cells by name: a value, or a value and what is known beside it."""
    rows = [
        {"cell": name, **(told if isinstance(told, dict) else {"value": told})}
        for name, told in values.items()
    ]
    return pd.DataFrame(rows).assign(value=lambda table: table["value"].astype(float))


def bounds(table, sums, hidden, **about):
    seen = audit(FRENCH, table, sums, hidden, **about)
    return {row.cell: (row.low, row.high) for row in seen.itertuples()}


def test_an_attacker_subtracts_what_is_published():
    table = cells(a=2, b=5, t=7)
    assert bounds(table, [SUM], ["a"]) == {"a": pytest.approx((2, 2))}
    assert bounds(table, [SUM], ["a", "b"]) == {"a": pytest.approx((0, 7)), "b": pytest.approx((0, 7))}
    assert bounds(table, [SUM], ["a", "t"]) == {"a": (0, np.inf), "t": (5, np.inf)}
    assert bounds(table, [], ["a"]) == {"a": (0, np.inf)} and bounds(table, [SUM], []) == {}


def test_an_attacker_who_believes_in_debts_knows_less():
    table = cells(a=2, b=5, t=7)
    free = (-np.inf, np.inf)
    assert bounds(table, [SUM], ["a", "b"], known_nonnegative=False) == {"a": free, "b": free}
    debts = cells(a=-2, b=5, t=3)
    assert bounds(debts, [SUM], ["a"], known_nonnegative=False) == {"a": pytest.approx((-2, -2))}


def test_an_attacker_knows_floors_weights_and_what_is_never_printed():
    table = cells(a={"value": 2, "floor": 1.0}, b={"value": 5, "floor": 1.0}, t={"value": 7, "floor": 1.0})
    assert bounds(table, [SUM], ["a", "b"]) == {"a": pytest.approx((1, 6)), "b": pytest.approx((1, 6))}
    half = Relation("t", ("a", "b"), (0.5, 3.0))
    assert bounds(cells(a=2, b=5, t=16), [half], ["a"]) == {"a": pytest.approx((2, 2))}
    assert bounds(cells(a=2, b=5, t=16), [half], ["a", "b"]) == {
        "a": pytest.approx((0, 32)),
        "b": pytest.approx((0, 16 / 3)),
    }
    rest = cells(a={"value": 2, "published": True}, b={"value": 5, "published": False},
                 t={"value": 7, "published": True})  # fmt: skip
    assert bounds(rest, [SUM], ["a"]) == {"a": pytest.approx((0, 7)), "b": pytest.approx((0, 7))}


def test_the_cheapest_company_is_the_smallest():
    """b costs 1 + 5 / 15, t 1 + 7 / 15: one of them must go with a."""
    found = suppress(FRENCH, cells(a=2, b=5, t=7), [SUM], {"a": "few"}, protection=0.5)
    assert dict(found.withheld) == {"a": "few", "b": "secondary"} and found.exact
    assert found.cost == pytest.approx(2 * 1 + (2 + 5) / 15)
    dear = cells(a={"value": 2, "worth": 0.0}, b={"value": 5, "worth": 9.0}, t={"value": 7, "worth": 0.0})
    assert dict(suppress(FRENCH, dear, [SUM], {"a": "few"}).withheld) == {"a": "few", "t": "secondary"}


def test_a_rest_that_nobody_prints_protects_for_nothing():
    table = cells(a={"value": 2, "published": True}, b={"value": 5, "published": False},
                  t={"value": 7, "published": True})  # fmt: skip
    found = suppress(FRENCH, table, [SUM], {"a": "few"})
    assert dict(found.withheld) == {"a": "few"} and found.cost == pytest.approx(1 + 2 / 15)


def test_each_group_of_linked_cells_is_protected_though_the_first_needs_nothing():
    known = {"lower": 0.0, "upper": 0.0}
    open_ = {"lower": np.nan, "upper": np.nan}
    values = {"0": 3, "a": 2, "b": 5, "t": 7, "z": 4}
    table = cells(**{
        name: {"value": value, **(known if name in "0z" else open_)} for name, value in values.items()
    })  # fmt: skip
    found = suppress(FRENCH, table, [SUM], {"0": "few", "a": "few", "z": "few"})
    assert set(found.withheld) == {"0", "a", "b", "z"} and found.exact


def test_protection_asked_for_decides_how_many_go():
    """a is 10, between cells of 1 and 100: 1 alone would leave it between 9 and 11."""
    sums = [Relation("t", ("a", "b", "c"))]
    table = cells(a=10, b=1, c=100, t=111)
    near = suppress(FRENCH, table, sums, {"a": "few"}, protection=0.1)
    assert dict(near.withheld) == {"a": "few", "b": "secondary"}
    # One by one, the same: b can give one up, and no more is asked of it.
    quick = suppress(FRENCH, table, sums, {"a": "few"}, protection=0.1, most_exact=0)
    assert dict(quick.withheld) == dict(near.withheld) and not quick.exact
    wide = suppress(FRENCH, table, sums, {"a": "few"}, protection=0.5)
    assert {"a", "c"} <= set(wide.withheld) or {"a", "t"} <= set(wide.withheld)
    low, high = bounds(table, sums, wide.withheld)["a"]
    assert low <= 5 and high >= 15
    fixed = table.assign(lower=[5.0] + [np.nan] * 3, upper=[0.0] + [np.nan] * 3)
    assert bounds(table, sums, suppress(FRENCH, fixed, sums, {"a": "few"}).withheld)["a"][0] <= 5


def test_a_quick_pattern_is_safe_and_gives_back_what_is_needless():
    """Two sums share b: found one by one, more would go than is needed."""
    sums = [Relation("t", ("a", "b")), Relation("u", ("b", "c"))]
    table = cells(a=20, b=30, c=25, t=50, u=55)
    best, quick = (
        suppress(FRENCH, table, sums, {"a": "few", "c": "few"}, most_exact=most) for most in (300, 0)
    )
    assert set(best.withheld) == {"a", "b", "c"} and best.exact
    assert not quick.exact and len(quick.withheld) == 3 and quick.cost >= best.cost
    for found in (best, quick):
        for name in ("a", "c"):
            low, high = bounds(table, sums, found.withheld)[name]
            value = table.set_index("cell").at[name, "value"]
            assert low <= value * 0.9 + 1e-6 and high >= value * 1.1 - 1e-6


@pytest.mark.parametrize("most", [300, 0])
def test_who_is_alone_in_a_cell_must_not_find_the_other(most):
    """a is one contributor's: if only a and b were withheld of their sum, that one would know b."""
    row, column = Relation("t", ("a", "b", "c")), Relation("u", ("a", "d"))
    lone = {"value": 5, "n": 1.0}
    table = cells(a=lone, b={"value": 6, "n": 2.0}, c={"value": 9, "n": 4.0}, d={"value": 8, "n": 4.0},
                  t={"value": 20, "n": 7.0}, u={"value": 13, "n": 5.0})  # fmt: skip
    found = suppress(FRENCH, table, [row, column], {"a": "few", "b": "few"}, most_exact=most)
    assert {"c", "t"} & set(found.withheld)
    low, high = bounds(table, [row, column], set(found.withheld) - {"a"})["b"]
    assert high >= 7 - 1e-6
    two = table.assign(n=table["n"].where(table["n"] != 1, 2.0))
    assert len(suppress(FRENCH, two, [row, column], {"a": "few", "b": "few"}, most_exact=most).withheld) == 3


def test_a_zero_is_known_and_a_hidden_zero_of_units_is_not():
    table = cells(a={"value": 3, "n": 2.0}, b={"value": 0, "n": 0.0}, c={"value": 0, "n": 2.0},
                  t={"value": 3, "n": 4.0})  # fmt: skip
    sums = [Relation("t", ("a", "b", "c"))]
    found = suppress(FRENCH, table, sums, {"a": "few", "b": "few"})
    assert "b" not in found.withheld and {"a"} <= set(found.withheld) <= {"a", "c", "t"}
    assert suppress(FRENCH, table, sums, {"b": "few", "a": ""}) == Suppression({}, 0.0, True)


def test_levels_are_those_of_the_rule():
    table = pd.DataFrame(
        {"cell": list("abcd"), "value": [2.0, 40.0, 1.0, 100.0], "n": [2.0, 9.0, 1.0, 5.0],
         "floor": [0.0, 0.0, 1.0, 0.0], "largest": [np.nan, 10.0, np.nan, 90.0]}
    )  # fmt: skip
    reasons = pd.Series(["few", "households", "few", "dominance"])
    safe = levels(table, reasons, RULES["tax-persons"])
    assert safe["lower"].tolist() == [1.0, 4.0, 1.0, 10.0]
    # Three values wide, less what lies below; up to where nobody would dominate.
    assert safe["upper"].tolist() == pytest.approx([2.0, 4.0, 3.0, 10.0])
    dominated = table.assign(largest=[np.nan, 10.0, np.nan, 99.0])
    assert levels(dominated, reasons, RULE, 0.0)["upper"][3] == pytest.approx(99 / 0.85 - 100)
    bare = levels(table[["cell", "value", "n"]], pd.Series([""] * 4), RULE, 0.5)
    assert bare["upper"].tolist() == [1.0, 20.0, 1.0, 50.0] == bare["lower"].tolist()


def test_reasons_begin_and_end_where_the_rule_says():
    table = pd.DataFrame({"cell": list("abcdef"), "value": [9.0] * 6, "n": [0, 1, 2, 3, 10, 11]})
    assert primary(table, RULE).tolist() == ["", "few", "few", "", "", ""]
    for name in ("tax-persons", "filosofi"):
        tax = primary(table, RULES[name]).tolist()
        assert tax == ["", "few", "few", "households", "households", ""]
    whole = table.assign(value=100.0, largest=[86, 86, 86, 85, 86, -86])
    assert primary(whole, RULE).tolist() == ["", "few", "few", "", "dominance", "dominance"]


def test_a_rest_is_a_cell_that_nobody_prints():
    table = cells(**{
        "a|count_x||": {"value": 10, "n": 10.0},
        "a|count_x|k=1|": {"value": 4, "n": 4.0},
        "a|count_x|k=2|": {"value": 5, "n": 5.0},
        "a|amount_y||": {"value": 10.0, "n": 3.0},
        "a|amount_y|k=1|": {"value": 4.0, "n": 2.0},
        "a|amount_y|k=2|": {"value": 4.0, "n": 3.0},
    })  # fmt: skip
    whole, one, two, money, first, second = table["cell"]
    rests, found = closed(table, [Sum(whole, (one, two)), Sum(money, (first,)), Sum(money, (second,))])
    name = f"{whole} less {one} and {two}"
    assert found[0] == Relation(whole, (one, two, name), (1.0, 1.0, 1.0))
    assert rests["cell"][0] == name and rests["value"].tolist() == [1.0, 6.0, 6.0]
    # One project is left, one payer; of as many payers as there are, how many is not known.
    assert rests["n"].tolist()[:2] == [1.0, 1.0] and np.isnan(rests["n"][2])
    assert not rests["published"].any()


def test_a_rest_of_nothing_is_known_to_be_nothing():
    table = cells(**{
        "a|count_x||": {"value": 9, "n": 9.0},
        "a|count_x|k=1|": {"value": 4, "n": 4.0},
        "a|count_x|k=2|": {"value": 5, "n": 5.0},
        "a|amount_z||": {"value": 2.0, "n": 5.0},
    })  # fmt: skip
    whole, one, two, other = table["cell"]
    rests, found = closed(table, [Sum(whole, (one, two))])
    assert rests.empty and found == [Relation(whole, (one, two))]
    # More than the total is no sum; half a unit under it is a rest; an unknown cell is no part.
    assert closed(table, [Sum(one, (two,)), Sum(whole, ("b|count_x||",))])[1] == []
    assert closed(table, [Sum(whole, (one, other), (2.0, 0.25))])[0]["value"].tolist() == [0.5]
    rests, found = closed(table, [Sum(whole, (one, other))])
    # Across two indicators, how many contributors are left is not known.
    assert rests["value"].tolist() == [3.0] and rests["n"].isna().all() and len(found) == 1


def row(territory, indicator, group="", value=1.0, n=None, period="2024"):
    return {"territory": territory, "indicator": indicator, "group": group, "period": period,
            "value": value, "n": value if n is None else n}  # fmt: skip


def sums(*rows, ev=None):
    table = frame(list(rows))
    table = table.assign(cell=cell_ids(table))
    return sums_of(ev or drawn(), table)


def test_groups_of_one_kind_split_the_whole():
    found = sums(row("a", "count_obstacles", "", 5), row("a", "count_obstacles", "outcome=open", 2),
                 row("a", "count_obstacles", "outcome=lifted", 3))  # fmt: skip
    parts = ("a|count_obstacles|outcome=open|2024", "a|count_obstacles|outcome=lifted|2024")
    assert found == [Sum("a|count_obstacles||2024", parts)]
    # Groups that share lines are each under the whole.
    shared = sums(row("a", "count_obstacles", "", 4), row("a", "count_obstacles", "outcome=open", 2),
                  row("a", "count_obstacles", "outcome=lifted", 3))  # fmt: skip
    assert shared == [Sum("a|count_obstacles||2024", (part,)) for part in parts]
    hair = sums(row("a", "amount_secured", "", 5), row("a", "amount_secured", "purpose=x", 2),
                row("a", "amount_secured", "purpose=y", 3.4))  # fmt: skip
    assert [len(one.parts) for one in hair] == [1, 1]


def test_a_total_is_linked_to_its_parts_whatever_their_dates():
    found = sums(
        row("a", "amount_secured", "", 9, period="2023"),
        row("a", "amount_secured", "", 10, period="2024"),
        row("a", "amount_secured", "purpose=x", 4, period="2023"),
        row("a", "amount_secured", "purpose=y", 6, period="2022"),
    )
    latest = ("a|amount_secured|purpose=x|2023", "a|amount_secured|purpose=y|2022")
    assert Sum("a|amount_secured||2024", latest) in found
    assert Sum("a|amount_secured||2023", latest[:1]) in found and len(found) == 2


def test_the_programme_adds_up_its_territories_and_one_indicator_limits_another():
    found = sums(
        row("", "count_jobs", "", 9),
        row("a", "count_jobs", "", 4),
        row("b", "count_jobs", "", 3),
        row("a", "count_jobs_insertion", "", 1),
        row("a", "count_jobs_fte", "", 2.5),
    )
    assert set(found) == {
        Sum("|count_jobs||2024", ("a|count_jobs||2024", "b|count_jobs||2024")),
        Sum("a|count_jobs||2024", ("a|count_jobs_insertion||2024",)),
        Sum("a|count_jobs||2024", ("a|count_jobs_fte||2024",)),
    }


def test_what_is_committed_and_not_paid_is_secured():
    found = sums(row("a", "amount_funding", "status=committed", 8), row("a", "amount_secured", "", 10),
                 row("a", "amount_funding", "status=paid", 4))  # fmt: skip
    committed, secured, paid = ("a|amount_funding|status=committed|2024", "a|amount_secured||2024",
                                "a|amount_funding|status=paid|2024")  # fmt: skip
    assert Sum(committed, (secured, paid), (1.0, -1.0)) in found
    assert Sum(secured, (committed,)) in found and Sum(secured, (paid,)) in found


def test_territories_inside_another_are_told_by_every_set_that_lies_apart(small):
    """Four communes: b and c lie apart inside a, d inside both a and b."""
    ground = {"a": ("26362", "26281", "26004", "26088"), "b": ("26362", "26281"), "c": ("26004",),
              "d": ("26281",)}  # fmt: skip
    about = {"family": "commune", "role": "perimeter"}
    usual = {"wave": "1", "perimeter_kind": "commune", "confidence": "low"}
    ev = small({
        "territories": [usual | {"territory": code, "name": code} for code in ground],
        "perimeters": [about | {"territory": place, "code": code}
                       for place, codes in ground.items() for code in codes],
    })  # fmt: skip
    assert sorted(nests(ev)) == [("a", ("b", "c")), ("a", ("c", "d")), ("b", ("d",))]
    jobs = zip("abcd", (9, 4, 3, 2), strict=True)
    rows = [row(code, "count_jobs", "", value) for code, value in jobs]
    # The outer one tells nothing of obstacles.
    rows += [row("b", "count_obstacles", "", 2), row("d", "count_obstacles", "", 1)]
    named = {
        (one.total.split("|")[1], one.total[0], tuple(part[0] for part in one.parts))
        for one in sums(*rows, ev=ev)
    }
    assert named == {
        ("count_jobs", "a", ("b", "c")),
        ("count_jobs", "a", ("c", "d")),
        ("count_jobs", "b", ("d",)),
        ("count_obstacles", "b", ("d",)),
    }


def test_a_named_rest_makes_one_relation_of_those_apart():
    table = frame([row(code, "count_jobs", "", value) for code, value in (("o", 9), ("i", 4), ("j", 3))])
    nested = pd.DataFrame({"inner": ["i", "j"], "outer": ["o", "o"], "complement": ["r", "r"]})
    found, relations = relations_of(table, None, nested)
    (one,) = relations
    assert one == Relation(
        "o|count_jobs||2024", ("i|count_jobs||2024", "j|count_jobs||2024", "r|count_jobs||2024")
    )
    rest = found.set_index("cell").loc["r|count_jobs||2024"]
    assert rest["value"] == 2 and not rest["published"]


def test_every_reader_knows_that_a_group_has_one_line_at_least():
    """1 of 4: were the total shown, the one is 1, 2 or 3; three wide is asked for, above what is known."""
    table = frame(
        [row("t", "count_jobs", "", 4), row("t", "count_jobs", "k=1", 1), row("t", "count_jobs", "k=2", 3)]
    )
    parts = pd.DataFrame({"indicator": "count_jobs", "total": "", "part": ["k=1", "k=2"]})
    shown, log = withheld_rows(FRENCH, table, {"count_jobs": RULE}, parts)
    assert shown["value"].isna().tolist() == [True, True, False] or shown["value"].isna().sum() == 3
    assert "t|count_jobs||2024" in set(cell_ids(log))
    # Amounts have no such floor: the total stays.
    money = table.assign(n=[9.0, 1.0, 8.0], value=[4.0, 1.0, 3.0])
    shown, _ = withheld_rows(FRENCH, money, {"count_jobs": RULE}, parts)
    assert shown["value"].notna().tolist() == [True, False, False]


def test_a_figure_that_one_contributor_dominates_is_hidden():
    table = frame([row(place, "amount_x", "", 100.0, 5) for place in "ab"])
    shown, log = withheld_rows(FRENCH, table, {"amount_x": RULE}, largest=pd.Series([86.0, 85.0]))
    assert shown["value"].isna().tolist() == [True, False] and log["reason"].tolist() == ["dominance"]


def test_what_is_below_zero_has_no_floor():
    table = frame(
        [
            row("t", "amount_x", "", 4, 9),
            row("t", "amount_x", "k=1", -1, 1),
            row("t", "amount_x", "k=2", 5, 8),
        ]
    )
    parts = pd.DataFrame({"indicator": "amount_x", "total": "", "part": ["k=1", "k=2"]})
    shown, _ = withheld_rows(FRENCH, table, {"amount_x": RULE}, parts)
    assert shown["value"].isna().sum() == 2 and pd.isna(shown["value"][1])


@pytest.mark.parametrize("scale", [1.0, 0.1])
def test_the_programme_goes_before_a_territory(scale):
    table = frame(
        [
            row(place, "count_jobs", "", count * scale, count)
            for place, count in (("", 9), ("a", 2), ("b", 7))
        ]
    )
    adding = [Sum("|count_jobs||2024", ("a|count_jobs||2024", "b|count_jobs||2024"))]
    shown, log = withheld_rows(FRENCH, table, {"count_jobs": RULE}, sums=adding)
    assert shown["value"].notna().tolist() == [False, False, True]
    assert log[["territory", "reason", "rule"]].to_numpy().tolist() == [
        ["", "secondary", "businesses"],
        ["a", "few", "businesses"],
    ]
    more, log = withheld_rows(FRENCH, table[2:], {}, more={"b|count_jobs||2024": "secondary"})
    assert more["flag"].tolist() == [WITHHELD] and log[["rule", "source"]].to_numpy().tolist() == [["", ""]]


def test_a_hidden_row_keeps_its_place_and_nothing_else():
    table = frame([row("a", "count_jobs"), row("b", "count_jobs")])
    shown = hidden_where(table, pd.Series([True, False]))
    assert shown[["value", "low", "high", "n"]].iloc[0].isna().all() and shown["flag"][0] == WITHHELD
    assert shown["territory"].tolist() == ["a", "b"] and shown["value"][1] == 1 and table["value"][0] == 1
    why = reasons_of(cell_ids(table), {"a|count_jobs||2024": "few"})
    assert why.tolist() == ["few", ""]
    log = logged(table, why, {"count_jobs": RULE})
    assert log.to_numpy().tolist() == [["a", "count_jobs", "", "2024", "few", "businesses", RULE.source]]


def test_what_is_drawn_from_what():
    assert table_of("jobs.actual") == table_of("jobs#") == table_of("jobs*") == "jobs"
    assert meets({"jobs.actual"}, {"jobs.actual", "x#"}) and not meets({"jobs.actual"}, {"jobs.fte"})
    assert meets({"jobs.actual"}, {"jobs*"}) and meets({"jobs*"}, {"jobs.fte"}) and not meets({"jobs#"}, ())
    assert not meets({"jobs*"}, {"projects*"})
    assert adds("count_jobs") and adds("amount_funding") and not adds("share_members")
    assert not adds("count_ties") and is_related("count_jobs") and not is_related("count_jobs_fte")
    assert draws("count_projects") == {"projects#"} and draws("share_projects_passed") == {"projects*"}


def test_what_is_hidden_spreads_to_what_names_it():
    assert spread({"projects#"}) == {"projects#", "jobs#", "project_outcomes#", "valuations*"}
    assert spread({"projects*"}) == {"projects*", "jobs#", "project_outcomes#", "valuations*"}
    assert spread({"projects.yearly_cost"}) == {"projects.yearly_cost", "valuations*"}
    assert spread({"obstacles#"}) == {"obstacles#"} and spread(()) == frozenset()
    assert not_listed({"jobs#"}, "jobs") and not_listed({"jobs*"}, "jobs")
    assert not not_listed({"jobs.fte", "projects#"}, "jobs")


def test_a_share_that_is_named_is_hidden_where_few_make_it(small):
    """No sum is drawn from the lines that a share is taken over: its own rule alone can hide it."""
    obstacles = [
        {"territory": place, "rule": f"règle {number}", "outcome": "lifted"}
        for place, count in (("a", 2), ("b", 3))
        for number in range(count)
    ]
    ev = small({"obstacles": obstacles}, '[secrecy]\nbusinesses = ["share_obstacles_lifted"]\n')
    rows = ik.indicators(ev, measure="share_obstacles_lifted").set_index("territory")
    assert pd.isna(rows["value"]["a"]) and rows["flag"]["a"] == WITHHELD and rows["value"]["b"] == 1.0
    assert "few" in set(withheld(ev)["reason"])


def test_a_quotient_of_two_figures_that_are_shown_is_shown(small):
    """One project alone tells its jobs by insertion: full-time equivalents, nearly jobs, go with them; but
    whoever divides the costs, which are shown, by the jobs, which are shown, finds the quotient.
    """
    about = {"territory": "a", "stage": "launched"}
    projects = [about | {"project": f"p{at}", "name": f"p{at}", "yearly_cost": 90_000} for at in range(4)]
    jobs = [{"territory": "a", "project": f"p{at}", "actual": 9, "fte": 8} for at in range(4)]
    jobs[0]["insertion"] = "true"
    ev = small({"projects": projects, "jobs": jobs}, '[secrecy]\nbusinesses = ["count_jobs_insertion"]\n')
    rows = ik.indicators(ev, of=ev.territory("a"))
    value = rows[rows["group"] == ""].set_index("indicator")["value"]
    assert pd.isna(value["count_jobs_insertion"]) and pd.isna(value["count_jobs_fte"])
    reasons = withheld(ev).set_index("indicator")["reason"]
    assert reasons.to_dict() == {"count_jobs_insertion": "few", "count_jobs_fte": "secondary"}
    assert (value["count_jobs"], value["amount_project_cost"]) == (36, 360_000)
    assert value["amount_cost_per_job"] == 10_000


def test_a_rule_holds_for_whatever_adds_up_the_same_lines(small):
    """No group of the amount that is named is small; one purpose of what is secured has one payer."""
    purposes = ("operation", "operation", "operation", "animation")
    funding = [
        {
            "territory": "a",
            "payer": f"payeur {at}",
            "purpose": purpose,
            "amount": 50_000 + at,
            "status": "paid",
        }
        for at, purpose in enumerate(purposes)
    ]
    named = small({"funding": funding}, '[secrecy]\nbusinesses = ["amount_funding"]\n')
    log = withheld(named)
    few = log[log["reason"] == "few"]
    assert {tuple(cell) for cell in few[["indicator", "group"]].to_numpy()} == {
        ("amount_secured", "purpose=animation"),
        ("amount_engineering_animation", ""),
    }
    assert set(few["rule"]) == {"businesses"}
