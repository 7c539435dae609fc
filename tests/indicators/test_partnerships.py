"""Partnerships, transfers and obstacles."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_evaluation import drawn, same_rows, value
from tiers import examples

import impactkit as ik
from impactkit.indicators import obstacles, partnerships, transfers

RATE = '[rates]\nhour = 30.0\nsource = "Gazette d’essai, un taux d’exemple"\n'


def _partner(company, type, **rest):
    return {"territory": "a", "company": company, "type": type, **rest}


PARTNERS = [
    _partner("Scierie Bleue", "mentoring", hours=10, network="Club des scieries"),
    _partner("scierie bleue ", "purchasing", cash=5000),
    _partner("Verrerie Rouge", "purchasing", hours=4, as_of="2020"),
    _partner("Verrerie Rouge", "purchasing", hours=6, as_of="2021"),
]


def test_partnerships_by_type_cash_and_hours_at_a_stated_rate(small):
    found = partnerships.rows(small({"partnerships": PARTNERS}, more=RATE))
    assert value(found, "count_partnerships")["value"] == 3
    assert value(found, "count_partnerships", group="type=purchasing")["value"] == 2
    assert value(found, "count_partnerships", group="network=Club des scieries")["value"] == 1
    assert value(found, "count_companies")["value"] == 2
    assert value(found, "amount_cash")["value"] == 5000
    assert value(found, "count_hours")["value"] == 16
    valued = value(found, "amount_hours_valued")
    assert (valued["value"], valued["quality"]) == (480, "Gazette d’essai, un taux d’exemple")


def test_hours_have_no_price_without_a_rate(small):
    found = value(partnerships.rows(small({"partnerships": PARTNERS})), "amount_hours_valued")
    assert found["flag"] == "missing:no-rate" and found["value"] != found["value"]


def _transfer(giver, receiver, topic="tri", **rest):
    return {"giver": giver, "receiver": receiver, "topic": topic, **rest}


def test_the_directed_network_of_transfers(small):
    rows = [
        _transfer("a", "b", status="adopted"),
        _transfer("b", "a", status="offered"),
        _transfer("a", "c", status="under_way"),
        _transfer("a", "c", topic="compost"),
    ]
    found = transfers.rows(small({"transfers": rows}))
    assert value(found, "count_transfers", group="role=given")["value"] == 3
    assert value(found, "count_transfers", group="role=given|status=adopted")["value"] == 1
    assert value(found, "count_transfers", group="role=received")["value"] == 1
    assert value(found, "count_transfers", territory="")["value"] == 4
    adopted = value(found, "share_transfers_adopted", territory="")
    assert (adopted["value"], adopted["n"]) == (pytest.approx(1 / 3), 3)
    mutual = value(found, "share_transfers_mutual", territory="")
    assert (mutual["value"], mutual["n"]) == (0.5, 2)
    assert value(found, "count_territories_linked", territory="")["value"] == 3
    # Nothing is open on this heading: a territory outside the list gave none.
    assert value(found, "count_transfers", territory="d", group="role=given")["value"] == 0


def test_outside_an_open_list_nothing_is_known(small):
    open_list = [{"heading": "transfers", "what": "les autres", "reason": "not-found", "ask": "x"}]
    found = transfers.rows(small({"transfers": [_transfer("a", "b")], "unknowns": open_list}))
    assert value(found, "count_transfers", territory="d", group="role=given")["flag"] == "missing:not-found"


def test_a_transfer_is_suggested_where_a_project_meets_a_challenge(small):
    def project(code, territory, theme, **rest):
        return {"project": code, "territory": territory, "name": f"Projet {code}", "theme": theme, **rest}

    def challenge(territory, themes):
        return {
            "challenge": f"c-{territory}",
            "territory": territory,
            "title": "Moins jeter",
            "themes": themes,
        }

    ev = small(
        {
            "projects": [
                project("tri", "a", "circular", started="2020"),
                project("halle", "a", "food", stage="idea"),
                project("parc", "d", "mobility", stage="stopped", started="2019", stopped="2020"),
                project("benne", "c", "circular", stage="launched"),
            ],
            "challenges": [
                challenge("b", "inclusion|circular"),
                challenge("c", "circular|mobility"),
                challenge("d", "circular"),
            ],
            "transfers": [_transfer("a", "d", theme="circular")],
        }
    )
    found = ik.suggest_transfers(ev)
    assert [tuple(row) for row in found[["giver", "receiver", "theme"]].itertuples(index=False)] == [
        ("a", "b", "circular"),
        ("c", "b", "circular"),
        ("c", "d", "circular"),
    ]
    reason = found["reason"].iloc[0]
    assert "Projet tri" in reason and "Moins jeter" in reason and "Val-b" in reason
    assert "économie circulaire" in reason


def _obstacle(code, outcome, raised="", resolved="", **rest):
    about = {"obstacle": code, "territory": "a", "rule": "code de l’environnement", "outcome": outcome}
    return about | {"raised": raised, "resolved": resolved, **rest}


FOUR = [
    _obstacle("o1", "lifted", "2020-01-01", "2020-01-31"),
    _obstacle("o2", "lifted", "2020-01-01", "2020-04-10"),
    _obstacle("o3", "refused", "2020-01-01", "2020-07-19"),
    _obstacle("o4", "open", "2020-01-01", as_of="2020-12-31"),
]


def test_unresolved_obstacles_run_on(small):
    rows = [
        *FOUR,
        _obstacle("o5", "under_review", "2020-02-01", as_of="2020-12-31"),
        _obstacle("o6", "open"),
    ]
    found = obstacles.rows(small({"obstacles": rows}))
    for code in ("a", ""):
        assert value(found, "count_obstacles", territory=code)["value"] == 6
        # 30, 100, 200 days ended; 365 and 334 still running: half are left after 200 days, not after 100.
        days = value(found, "days_to_resolution", territory=code)
        assert (days["value"], days["n"]) == (200, 5)
        assert value(found, "count_obstacles_undated", territory=code)["value"] == 1
        lifted = value(found, "share_obstacles_lifted", territory=code)
        assert (lifted["value"], lifted["n"]) == (pytest.approx(2 / 3), 3)
    assert value(found, "count_obstacles", territory="b")["flag"] == "missing:not-searched"


def test_few_durations_have_no_median(small):
    found = value(obstacles.rows(small({"obstacles": FOUR})), "days_to_resolution")
    assert found["flag"] == "missing:too-few" and found["n"] == 4


ENDS = st.lists(
    st.tuples(st.integers(1, 700), st.sampled_from(["lifted", "refused", "open"])), min_size=5, max_size=12
)


def _rows(ends):
    from datetime import date, timedelta

    first = date(2019, 1, 1)
    for i, (days, outcome) in enumerate(ends):
        last = (first + timedelta(days)).isoformat()
        told = {"as_of": last} if outcome == "open" else {"resolved": last}
        yield _obstacle(f"o{i}", outcome, first.isoformat()) | told


@settings(max_examples=examples(30))
@given(ENDS, st.integers(1, 900), st.randoms(use_true_random=False))
def test_an_unfinished_obstacle_never_shortens_the_median_time(ends, days, chance):
    def time(some):
        found = value(obstacles.rows(drawn(obstacles=list(_rows(some)))), "days_to_resolution", territory="")
        return found["value"] if found["flag"] == "" else float("inf")

    assert time([*ends, (days, "open")]) >= time(ends)
    rows = list(_rows(ends))
    shuffled = chance.sample(rows, len(rows))
    assert same_rows(obstacles.rows(drawn(obstacles=rows)), obstacles.rows(drawn(obstacles=shuffled)))
