"""Money sought, committed and paid; complementary money at zero and missing."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_evaluation import drawn, same_rows, value
from tiers import examples

from impactkit.indicators import funding

OPEN = [
    {"territory": "a", "heading": "funding", "what": "le reste", "reason": "not-communicated", "ask": "x"}
]


def _line(payer, status, amount, **rest):
    return {"territory": "a", "payer": payer, "status": status, "amount": amount, **rest}


def test_a_line_paid_after_it_was_committed_is_one_money(small):
    ev = small(
        {
            "funding": [
                _line("Région", "sought", 100, as_of="2019"),
                _line("Région", "committed", 80, as_of="2020", purpose="engineering"),
                _line("Région", "paid", 30, as_of="2021", purpose="engineering"),
                _line("Banque", "committed", 20, as_of="2020", purpose="investment", payer_type="bank"),
                _line("Fondation", "paid", "", as_of="2020"),
            ]
        }
    )
    found = funding.rows(ev)
    by_status = {s: value(found, "amount_funding", group=f"status={s}") for s in funding.STATUSES}
    assert {s: row["value"] for s, row in by_status.items()} == {"sought": 100, "committed": 100, "paid": 30}
    assert value(found, "amount_secured")["value"] == 100
    assert value(found, "amount_secured", group="purpose=engineering")["value"] == 80
    assert value(found, "amount_engineering_animation")["value"] == 80
    assert value(found, "index_concentration")["value"] == pytest.approx(0.8**2 + 0.2**2)
    assert value(found, "count_funding_without_amount")["value"] == 1


def test_a_payer_whose_type_is_told_once_is_one_payer(small):
    lines = [_line("Région", "committed", 80, payer_type="region"), _line("Région", "paid", 60)]
    found = funding.rows(small({"funding": lines}))
    assert value(found, "amount_secured", group="payer_type=region")["value"] == 80
    assert value(found, "amount_secured")["value"] == 80


def test_a_line_told_again_is_read_at_its_latest_date(small):
    lines = [_line("Région", "paid", 50, as_of="2020"), _line("Région", "paid", 70, as_of="2021")]
    found = funding.rows(small({"funding": lines}))
    assert value(found, "amount_funding", group="status=paid")["value"] == 70


@pytest.mark.parametrize(
    ("lines", "unknowns", "expected"),
    [
        ([("base", 100), ("complementary", 250)], OPEN, 2.5),
        ([("base", 100), ("complementary", 0)], OPEN, 0),
        ([("base", 100)], [], 0),  # nothing is left open: no line is a zero
        ([("base", 100)], OPEN, "missing:not-communicated"),
        ([("base", 100), ("complementary", "")], [], "missing:without-amount"),
        ([("base", 0), ("complementary", 50)], [], "missing:no-base"),
        ([("complementary", 50)], [], "missing:no-base"),
        ([("", 50)], [], "missing:no-base"),
    ],
)
def test_complementary_money_at_zero_and_missing(small, lines, unknowns, expected):
    rows = [_line(f"p{i}", "paid", amount, share=share) for i, (share, amount) in enumerate(lines)]
    found = value(
        funding.rows(small({"funding": rows, "unknowns": unknowns})),
        "ratio_complementary",
        group="status=paid",
    )
    assert found["value"] == expected or (found["flag"] == expected and math.isnan(found["value"]))


def test_the_programme_ratio_is_over_territories_whose_own_is_known(small):
    rows = [
        _line("x", "paid", 100, share="base"),
        _line("y", "paid", 50, share="complementary"),
        {**_line("x", "paid", 300, share="base"), "territory": "b"},
        {**_line("y", "paid", 450, share="complementary"), "territory": "b"},
        {**_line("x", "paid", 999, share="base"), "territory": "c"},
    ]
    unknowns = [{**OPEN[0], "territory": "c"}]
    found = funding.rows(small({"funding": rows, "unknowns": unknowns}))
    whole = value(found, "ratio_complementary", territory="", group="status=paid")
    assert (whole["value"], whole["n"]) == (1.25, 2)


SHARE = st.sampled_from(["base", "complementary", ""])
LINES = st.lists(
    st.tuples(st.sampled_from("xyz"), st.sampled_from(funding.STATUSES), SHARE, st.integers(0, 1000)),
    min_size=1,
)


@settings(max_examples=examples(25))
@given(LINES, st.randoms(use_true_random=False))
def test_row_order_never_matters_and_ratios_are_positive(some, chance):
    rows = [_line(payer, status, amount, share=share) for payer, status, share, amount in some]
    first = funding.rows(drawn(funding=rows))
    assert same_rows(first, funding.rows(drawn(funding=chance.sample(rows, len(rows)))))
    assert (first[first["indicator"] == "ratio_complementary"]["value"].dropna() >= 0).all()
    held = first[(first["indicator"] == "index_concentration")]["value"].dropna()
    assert held.between(1 / 3 - 1e-9, 1 + 1e-9).all()
