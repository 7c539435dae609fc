"""Statistical secrecy: what an attacker by linear programming finds in what is published."""

import itertools

import numpy as np
import pandas as pd
import pytest
from tiers import examples

from impactkit.errors import NotEnoughData, RefusedData, UnknownName
from impactkit.indicators.rows import WITHHELD, frame
from impactkit.indicators.secrecy import (
    LOG,
    RULES,
    cell_ids,
    levels,
    primary,
    relations_of,
    told,
    withheld_rows,
)
from impactkit.indicators.suppression import Relation, Suppression, audit, suppress
from impactkit.wording.language import FRENCH

RULE = RULES["businesses"]
# What the solver's own tolerance may blur, as a share of the interval asked for.
CLOSE = 1e-4


def with_totals(inner):
    inner = np.vstack([inner, inner.sum(axis=0)])
    return np.column_stack([inner, inner.sum(axis=1)])


def table(value, n=None, largest=None, *, name=""):
    """A two-way table with its totals: the cells, and the relations of its rows and columns."""
    value = with_totals(np.asarray(value, dtype=float))
    rows, columns = value.shape
    ids = [[f"{name}{i}.{j}" for j in range(columns)] for i in range(rows)]
    cells = pd.DataFrame({"cell": sum(ids, []), "value": value.ravel()})
    cells["n"] = np.nan if n is None else with_totals(np.asarray(n, dtype=float)).ravel()
    cells["largest"] = np.nan if largest is None else np.asarray(largest, dtype=float).ravel()
    sums = [Relation(line[-1], tuple(line[:-1])) for line in ids]
    sums += [Relation(line[-1], tuple(line[:-1])) for line in zip(*ids, strict=True)]
    return cells, sums


def drawn(rng, rows, columns, *, counts=False, mean=5.5):
    """Units and the value of each cell of a random table; one in ten is empty; contributors are uneven."""
    n = rng.poisson(mean, (rows, columns)) * (rng.random((rows, columns)) > 0.1)
    units = [[np.ceil(rng.lognormal(2, 1.5, k)) for k in line] for line in n]
    value = n if counts else np.array([[sum(one) for one in line] for line in units])
    top = np.array([[max(one, default=0.0) for one in line] for line in units])
    top = np.vstack([top, top.max(axis=0)])
    top = np.column_stack([top, top.max(axis=1)])
    return value, n, None if counts else top


def secret(cells, rule=RULE):
    reasons = primary(cells, rule)
    return levels(cells, reasons, rule), dict(zip(cells["cell"], reasons, strict=True))


def recovered(cells, sums, hidden, wanted):
    """Which of the wanted cells an attacker bounds more closely than their protection intervals."""
    seen = audit(
        FRENCH, cells[["cell", "value", *(["published"] if "published" in cells else [])]], sums, hidden
    )
    seen = seen.set_index("cell")
    found = []
    for one in cells[cells["cell"].isin(wanted)].itertuples():
        low, high = max(one.value - one.lower, 0), one.value + one.upper
        blur = CLOSE * (high - low)
        at = seen.loc[one.cell]
        assert at["low"] <= one.value + blur and at["high"] >= one.value - blur
        if at["low"] > low + blur or at["high"] < high - blur:
            found.append(one.cell)
    return found


def test_nobody_recovers_a_cell_of_two_hundred_tables():
    rng = np.random.default_rng(6)
    cells_wanted = cells_found = tables = 0
    count = max(16, examples(200))
    for i in range(count):
        rows, columns = rng.integers(2, 9, size=2) if i % 10 else (8, 8)
        cells, sums = table(*drawn(rng, rows, columns, counts=i % 3 == 0))
        cells, reasons = secret(cells)
        wanted = [cell for cell, reason in reasons.items() if reason]
        if not wanted:
            assert suppress(FRENCH, cells, sums, reasons) == Suppression({}, 0.0, True)
            continue
        found = suppress(FRENCH, cells, sums, reasons)
        assert found.exact and set(wanted) <= set(found.withheld)
        assert {cell: found.withheld[cell] for cell in wanted} == {cell: reasons[cell] for cell in wanted}
        assert not recovered(cells, sums, found.withheld, wanted), f"table {i}"
        # Secondary suppression off: the same attacker, the same tables.
        cells_found += len(recovered(cells, sums, wanted, wanted))
        cells_wanted += len(wanted)
        tables += 1
    assert tables > 0.75 * count and cells_wanted > 3 * count
    assert cells_found / cells_wanted >= 0.9, cells_found / cells_wanted


def test_nobody_recovers_a_cell_between_two_reports():
    rng = np.random.default_rng(7)
    off = total = beyond = 0
    count = max(16, examples(60))
    for i in range(count):
        rows, columns = rng.integers(2, 6, size=2)
        inner, rest = (
            drawn(rng, rows, columns, counts=True, mean=4.5)[0],
            drawn(rng, rows, columns, counts=True, mean=4.5)[0],
        )
        both = [table(value, value, name=name) for name, value in
                (("inner.", inner), ("rest.", rest), ("outer.", inner + rest))]  # fmt: skip
        cells = pd.concat([one for one, _ in both], ignore_index=True)
        sums = [one for _, some in both for one in some]
        sums += [Relation("outer" + one[5:], (one, "rest" + one[5:])) for one in both[0][0]["cell"]]
        # Half of the time nobody prints the rest; a reader of both reports still has it.
        cells["published"] = ~cells["cell"].str.startswith("rest.") | (i % 2 == 0)
        cells, reasons = secret(cells)
        wanted = [cell for cell, reason in reasons.items() if reason]
        found = suppress(FRENCH, cells, sums, reasons)
        assert found.exact and not recovered(cells, sums, found.withheld, wanted), f"pair {i}"
        printed = [cell for cell in wanted if cells.set_index("cell").at[cell, "published"]]
        assert set(printed) <= set(found.withheld)
        off += len(recovered(cells, sums, printed, wanted))
        total += len(wanted)
        # Each report safe alone is not enough: together they give cells back.
        alone = [suppress(FRENCH, one.merge(cells[["cell", "lower", "upper"]]), some, {
            cell: reasons[cell] for cell in one["cell"]}).withheld for one, some in both]  # fmt: skip
        hidden = [cell for some in alone for cell in some if not cell.startswith("rest.") or i % 2 == 0]
        beyond += len(recovered(cells, sums, hidden, wanted))
    assert total > 3 * count and off / total >= 0.9, off / total
    assert beyond > 0


def test_it_is_the_cheapest_of_all_patterns():
    """Against every pattern of small tables, tried one by one with the auditor."""
    rng = np.random.default_rng(8)
    for _ in range(4):
        cells, sums = table(*drawn(rng, 2, 3, counts=True)[:2])
        cells, reasons = secret(cells)
        wanted = {cell for cell, reason in reasons.items() if reason} or {"0.0"}
        reasons |= {"0.0": reasons["0.0"] or "few"}
        if cells["value"][0] == 0:
            continue
        wanted.add("0.0")
        cells["n"] = cells["n"].where(cells["n"] != 1, 2.0)
        found = suppress(FRENCH, cells, sums, reasons)
        free = [c for c, v in zip(cells["cell"], cells["value"], strict=True) if c not in wanted and v > 0]
        fewer = (more for k in range(len(found.withheld) - len(wanted)) for more in
                 itertools.combinations(free, k))  # fmt: skip
        assert all(recovered(cells, sums, wanted | set(more), wanted) for more in fewer)


def test_the_table_of_fischetti_and_salazar():
    """The example of Fischetti & Salazar-González (2001, Management Science 47): investment by activity and
    region, one secret cell (II, C) = 22. Three more cells must go; the pattern shown with it, (II, A),
    (III, A) and (III, C), leaves it anywhere from 5 to 30: 30 - a, 34 - c, a + b = 25, b + c = 29.
    """
    cells, sums = table([[20, 50, 10], [8, 19, 22], [17, 32, 12]])
    assert cells["value"].iloc[-1] == 190
    found = suppress(FRENCH, cells, sums, {"1.2": "few"}, protection=0.25)
    assert dict(found.withheld) == {"1.0": "secondary", "1.2": "few", "2.0": "secondary", "2.2": "secondary"}
    seen = audit(FRENCH, cells, sums, found.withheld).set_index("cell")
    assert seen.loc["1.2"].tolist() == pytest.approx([5, 30])


def test_the_attacker_finds_what_the_handbook_finds():
    """Handbook on Statistical Disclosure Control, 4.2.3, example 3 (Geurts 1992): X11 is between 3 and 6.
    Any values that add up make the same published table; these do.
    """
    cells, sums = table([[4, 3], [2, 1], [3, 3]])
    assert cells["value"].tolist()[-3:] == [9, 7, 16]
    seen = audit(FRENCH, cells, sums, ["0.0", "0.1", "1.0", "1.1"]).set_index("cell")
    assert seen.loc["0.0"].tolist() == pytest.approx([3, 6])


def test_a_dominated_cell_is_protected_as_the_handbook_asks():
    """Its example 4: a cell of 330 with one contributor at 300 is unsafe at 85 %, up to 352.94."""
    cells = pd.DataFrame({"cell": ["a"], "value": [330.0], "n": [3.0], "largest": [300.0]})
    reasons = primary(cells, RULE)
    assert reasons.tolist() == ["dominance"]
    safe = levels(cells, reasons, RULE, protection=0.0)
    assert 330 + safe["upper"][0] == pytest.approx(352.94, abs=0.01)


def test_primary_rules():
    known = {"empty": (0, 0, 0), "one": (9, 1, 9), "two": (9, 2, 5), "three": (9, 3, 4)}
    known |= {"exactly": (100, 5, 85), "above": (100, 5, 85.1), "unknown": (5, np.nan, np.nan)}
    known |= {"ten": (90, 10, 20), "eleven": (90, 11, 20)}
    cells = pd.DataFrame.from_dict(known, orient="index", columns=["value", "n", "largest"])
    cells = cells.rename_axis("cell").reset_index()
    assert primary(cells, RULE).tolist() == ["", "few", "few", "", "", "dominance", "", "", ""]
    tax = primary(cells, RULES["tax-persons"]).tolist()
    assert tax == ["", "few", "few", "households", "households", "households", "", "households", ""]
    assert all(rule.source and rule.url.startswith("https://") for rule in RULES.values())
    assert [name for name, rule in RULES.items() if not rule.verified] == ["filosofi"]


@pytest.mark.parametrize("count", [1, 2])
def test_a_small_count_stays_possible_over_the_rules_width(count):
    cells, sums = table([[count, 7, 9], [8, 12, 6], [5, 9, 11]], [[count, 7, 9], [8, 12, 6], [5, 9, 11]])
    cells, reasons = secret(cells)
    seen = (
        audit(FRENCH, cells, sums, suppress(FRENCH, cells, sums, reasons).withheld)
        .set_index("cell")
        .loc["0.0"]
    )
    assert seen["high"] - seen["low"] >= RULE.fewest - CLOSE
    assert seen["low"] <= count - 1 and seen["high"] >= count + 1


def test_the_order_of_cells_does_not_matter():
    rng = np.random.default_rng(9)
    for _ in range(10):
        cells, sums = table(*drawn(rng, 5, 5))
        cells, reasons = secret(cells)
        mixed = cells.sample(frac=1, random_state=1)
        other = [Relation(one.total, one.parts[::-1]) for one in sums[::-1]]
        assert suppress(FRENCH, mixed, other, reasons) == suppress(FRENCH, cells, sums, reasons)


def test_more_protection_never_costs_less():
    rng = np.random.default_rng(10)
    for _ in range(examples(8)):
        cells, sums = table(*drawn(rng, 5, 6))
        reasons = dict(zip(cells["cell"], primary(cells, RULE), strict=True))
        costs = [
            suppress(FRENCH, cells, sums, reasons, protection=p).cost for p in (0.0, 0.1, 0.5, 1.0, 3.0)
        ]
        assert all(more >= less - 1e-5 for less, more in itertools.pairwise(costs)), costs


def test_a_large_table_is_safe_without_being_best():
    rng = np.random.default_rng(11)
    for _ in range(4):
        cells, sums = table(*drawn(rng, 9, 9))
        cells, reasons = secret(cells)
        wanted = [cell for cell, reason in reasons.items() if reason]
        quick, best = (
            suppress(FRENCH, cells, sums, reasons, most_exact=0),
            suppress(FRENCH, cells, sums, reasons),
        )
        assert not quick.exact and best.exact and quick.cost >= best.cost - 1e-5
        assert not recovered(cells, sums, quick.withheld, wanted)


def test_an_empty_cell_protects_nothing():
    n = [[2, 0, 9], [0, 8, 7], [6, 5, 9]]
    cells, sums = table(n, n)
    cells, reasons = secret(cells)
    found = suppress(FRENCH, cells, sums, reasons)
    assert not {"0.1", "1.0"} & set(found.withheld)
    assert not recovered(cells, sums, found.withheld, ["0.0"])


def test_who_is_alone_in_a_cell_learns_no_other():
    """Two units, each alone in its cell of one row: hidden from all, they would still see each other."""
    n = [[1, 1, 9, 8], [7, 6, 9, 5], [6, 8, 5, 9]]
    cells, sums = table(n, n)
    cells, reasons = secret(cells)
    found = suppress(FRENCH, cells, sums, reasons)
    for mine, theirs in (("0.0", "0.1"), ("0.1", "0.0")):
        seen = audit(FRENCH, cells, sums, set(found.withheld) - {mine}).set_index("cell").loc[theirs]
        assert seen["high"] > seen["low"] + 0.5


def test_a_cell_outside_every_sum_goes_alone():
    cells, sums = table([[1, 2], [3, 4]])
    lone = pd.concat(
        [cells, pd.DataFrame({"cell": ["lone"], "value": [7.0], "n": [1.0]})], ignore_index=True
    )
    assert suppress(FRENCH, lone, sums, {"lone": "few"}) == Suppression(
        {"lone": "few"}, pytest.approx(1.875), True
    )
    # Asked for nothing more than its absence, a cell has no company.
    bare = lone.assign(lower=0.0, upper=0.0)
    assert set(suppress(FRENCH, bare, sums, {"0.0": "few"}).withheld) == {"0.0"}


def test_what_is_wrong_is_refused():
    cells, sums = table([[1, 2], [3, 4]])
    with pytest.raises(RefusedData, match="0.0"):
        suppress(
            FRENCH, cells.assign(value=cells["value"].where(cells["cell"] != "0.0", -1)), [], {"0.0": "few"}
        )
    with pytest.raises(RefusedData, match="somme"):
        suppress(FRENCH, cells, [Relation("2.2", ("0.0",))], {"0.0": "few"})
    with pytest.raises(UnknownName):
        suppress(FRENCH, cells, [Relation("9.9", ("0.0",))], {"0.0": "few"})
    with pytest.raises(UnknownName):
        audit(FRENCH, cells, sums, ["9.9"])
    # A zero that two units make up, under a total known for empty.
    lone = pd.DataFrame({"cell": ["all", "part"], "value": [0.0, 0.0], "n": [np.nan, 2]})
    with pytest.raises(NotEnoughData):
        suppress(FRENCH, lone, [Relation("all", ("part",))], {"part": "few"})


def evaluation():
    """Two territories, one inside the other, jobs by kind of employer; the outer and inner differ by two
    employers of one kind.
    """
    kinds = {"": (60, 19), "type=association": (30, 9), "type=company": (28, 8), "type=public": (2, 2)}
    outer = {"": (95, 33), "type=association": (50, 18), "type=company": (32, 10), "type=public": (13, 5)}
    rows = [
        {"territory": place, "indicator": "count_jobs", "group": group, "period": "2024", "value": value,
         "low": value, "high": value, "n": n, "unit": "emplois", "source": "Urssaf"}
        for place, some in (("inner", kinds), ("outer", outer)) for group, (value, n) in some.items()
    ]  # fmt: skip
    share = {"territory": "inner", "indicator": "share_public", "group": "type=public", "value": 3.3, "n": 2}
    open_ = {"territory": "inner", "indicator": "count_projects", "period": "2024", "value": 1, "n": 1}
    return frame([*rows, share | {"period": "2020/2024"}, share | {"territory": "outer"}, open_])


PARTS = pd.DataFrame(
    {"indicator": "count_jobs", "total": "", "part": ["type=association", "type=company", "type=public"]}
)
NESTED = pd.DataFrame({"inner": ["inner"], "outer": ["outer"]})


def test_the_rows_of_a_whole_evaluation():
    rows = evaluation()
    before = rows.copy()
    shown, log = withheld_rows(FRENCH, rows, {"count_jobs": RULE}, PARTS, NESTED)
    pd.testing.assert_frame_equal(rows, before)
    gone = shown["flag"] == WITHHELD
    assert shown.loc[gone, ["value", "low", "high", "n"]].isna().all(axis=None)
    pd.testing.assert_frame_equal(shown[~gone], rows[~gone])
    hidden = set(cell_ids(shown)[gone])
    # The small cell; the difference of the two reports (two companies).
    assert "inner|count_jobs|type=public|2024" in hidden
    assert hidden & {"inner|count_jobs|type=company|2024", "outer|count_jobs|type=company|2024"}
    assert not shown.loc[shown["indicator"] == "count_projects", "value"].isna().any()
    # The reader of every row finds neither.
    cells, sums = relations_of(rows, PARTS, NESTED)
    assert set(cells.loc[~cells["published"], "cell"]) == {
        f"outer - inner|count_jobs|{group}|2024" for group in ("", *PARTS["part"])
    }
    cells, reasons = secret(cells[cells["cell"].str.contains("count_jobs")])
    wanted = [cell for cell, reason in reasons.items() if reason]
    assert wanted == ["inner|count_jobs|type=public|2024", "outer - inner|count_jobs|type=company|2024"]
    assert not recovered(cells, sums, hidden & set(cells["cell"]), wanted)
    # The log says what and why, never how much.
    assert list(log) == LOG and len(log) == gone.sum()
    assert set(log["reason"]) <= {"few", "secondary"} and "few" in set(log["reason"])
    assert set(log.loc[log["indicator"] == "count_jobs", "rule"]) == {"businesses"}
    assert all(
        FRENCH.say(f"secrecy.reason.{reason}") for reason in ("few", "dominance", "households", "secondary")
    )


def test_rows_said_twice_are_refused_and_none_is_none():
    rows = evaluation()
    with pytest.raises(RefusedData):
        withheld_rows(FRENCH, pd.concat([rows, rows[:1]], ignore_index=True), {"count_jobs": RULE})
    shown, log = withheld_rows(FRENCH, rows, {})
    pd.testing.assert_frame_equal(shown, rows)
    assert log.empty and list(log) == LOG
    shown, log = withheld_rows(FRENCH, rows[:0], {"count_jobs": RULE})
    assert shown.empty and log.empty


def test_a_named_rest_and_a_missing_part():
    rows = evaluation()
    rows = rows[rows["indicator"] == "count_jobs"]
    rest = rows[rows["territory"] == "inner"].assign(
        territory="rest", value=[35, 20, 4, 11], n=[14, 9, 2, 3]
    )
    three = pd.concat([rows, rest], ignore_index=True)
    cells, sums = relations_of(three, None, NESTED.assign(complement="rest"))
    assert cells["published"].all() and len(sums) == 4
    three.loc[three["group"] == "type=public", "value"] = np.nan
    cells, sums = relations_of(three, PARTS, NESTED.assign(complement="rest"))
    assert len(sums) == 3 and all("public" not in one.total for one in sums)


def test_one_sentence_for_all_reasons():
    assert "trop peu d’entreprises" in told(FRENCH, RULE) and "Insee" in told(FRENCH, RULE)
    assert "trop peu de ménages" in told(FRENCH, RULES["tax-persons"])
