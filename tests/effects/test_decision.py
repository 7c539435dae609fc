"""From the test to the word: families, looks, the verdict, what selection does to an effect."""

from dataclasses import replace

import numpy as np
import pytest
import worlds
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from impactkit.effects.decision import Obstacle, decide
from impactkit.effects.family import step_down
from impactkit.effects.looks import boundaries, schedule
from impactkit.effects.yardstick import exaggeration, pool_of, seen_from

YEARS = ("2020", "2021", "2022", "2023", "2024")


def a_pool(units=400, kind="epci", looks=1, seed=5):
    chance = np.random.default_rng(seed)
    sizes = np.sort(chance.normal(np.log(6000), 1.2, units))
    steps = chance.standard_t(5, (units, looks)) * worlds.usual(sizes)[:, None]
    gaps = np.cumsum(steps, axis=1) / np.arange(1, looks + 1)
    spent = tuple(0.05 * (look / looks) ** 2 for look in range(1, looks + 1))
    return pool_of(gaps, sizes, "log", kind, spent)


VERDICTS = [
    ({"unusual": None, "passed": None}, "impossible"),
    ({"unusual": True, "passed": None}, "impossible"),
    ({"unusual": False, "passed": False}, "ordinary"),
    ({"unusual": False, "passed": True, "programmes": ("x",)}, "ordinary"),
    ({"unusual": True, "passed": False, "family": "17"}, "unusual"),
    ({"unusual": True, "passed": True, "comparison": ("faible",)}, "unusual"),
    ({"unusual": True, "passed": True, "checks": ("dérive",)}, "unusual"),
    ({"unusual": True, "passed": True, "programmes": ("zone franche",)}, "unusual"),
    ({"unusual": True, "passed": True}, "effect"),
]


@pytest.mark.parametrize(("given_", "verdict"), VERDICTS)
def test_one_function_decides(given_, verdict):
    decided = decide(**given_)
    assert decided.verdict == verdict
    assert bool(decided.obstacles) == (verdict == "unusual")


def test_each_obstacle_keeps_its_kind():
    decided = decide(
        unusual=True, passed=False, family="17", comparison=("a", "b"), checks=("c",), programmes=("d",)
    )
    assert [decided.of(kind) for kind in ("family", "comparison", "checks", "programmes", "test")] == [
        ("17",),
        ("a", "b"),
        ("c",),
        ("d",),
        (),
    ]
    assert decided.of("family", "checks") == ("17", "c")
    assert not decide(unusual=True, passed=True, family="17").obstacles


def test_what_makes_it_impossible_is_kept():
    decided = decide(unusual=None, passed=None, silent=[Obstacle("test", "sept unités")])
    assert decided.of("test") == ("sept unités",) and decided.of("family") == ()


@given(st.lists(st.floats(-0.6, 0.6), min_size=1, max_size=17), st.integers(0, 50))
def test_the_step_down_on_ranks_is_that_of_statsmodels(gaps, seed):
    pool = a_pool(units=400, seed=seed)
    sticks = {str(at): seen_from(pool, float(np.log(8000)), 100) for at in range(len(gaps))}
    family = step_down(sticks, {str(at): gap for at, gap in enumerate(gaps)})
    alone = [family[str(at)].p for at in range(len(gaps))]
    rejected, adjusted, *_ = multipletests(alone, alpha=0.05, method="holm")
    assert [family[str(at)].passed for at in range(len(gaps))] == rejected.tolist()
    assert [family[str(at)].adjusted for at in range(len(gaps))] == pytest.approx(adjusted.tolist())


@pytest.mark.parametrize(
    ("units", "kind", "tests", "rule"),
    [
        (842, "epci", 17, "rank"),
        (169, "zone", 12, "tail"),
        (47, "departement", 2, "rank"),
        (47, "departement", 3, ""),
        (1000, "commune", 60, ""),
        (60, "zone", 12, ""),
    ],
)
def test_the_rule_of_a_family_can_reject_or_says_that_it_cannot(units, kind, tests, rule):
    stick = seen_from(a_pool(units, kind), float(np.log(6000)), None)
    assert stick.rule(tests) == rule
    largest = stick.critical(tests)
    assert (largest is None) == (rule == "")
    if largest is not None:
        family = step_down({"a": stick} | {str(at): stick for at in range(tests - 1)}, _one_large(tests))
        assert family["a"].passed and sum(test.passed for test in family.values()) == 1


def _one_large(tests):
    return {"a": 5.0} | dict.fromkeys(map(str, range(tests - 1)), 0.0)


def test_the_first_two_of_five_looks_cannot_reject():
    history = np.abs(a_pool(100, looks=5).gaps)
    ends = boundaries(history, [0.05 * (look / 5) ** 2 for look in range(1, 6)])
    assert ends[:2] == [None, None] and all(end is not None for end in ends[2:])
    # What has crossed at a look or before it is never more than what is spent.
    crossed = np.zeros(100, dtype=bool)
    for look, end in enumerate(ends, start=1):
        if end is not None:
            crossed |= history[:, look - 1] > end
        assert (crossed.sum() + 1) / 101 <= max(0.05 * (look / 5) ** 2, 1 / 101)


@given(st.integers(19, 300), st.lists(st.floats(0.001, 0.2), min_size=1, max_size=6), st.integers(0, 99))
def test_a_boundary_spends_no_more_than_it_may(units, levels, seed):
    spent = sorted(levels)
    history = np.abs(np.random.default_rng(seed).normal(size=(units, len(spent))))
    crossed = np.zeros(units, dtype=bool)
    for column, (end, level) in enumerate(zip(boundaries(history, spent), spent, strict=True)):
        if end is None:
            assert level * (units + 1) < 1
            continue
        crossed |= history[:, column] > end
        assert (crossed.sum() + 1) / (units + 1) <= level + 1e-9


def a_design(last="2024"):
    design = worlds.world(120, np.random.default_rng(1))
    kept = [at for at, period in enumerate(design.periods) if period <= last]
    after = tuple(at for at in design.after if at in kept)
    return replace(
        design, periods=tuple(design.periods[at] for at in kept), values=design.values[:, kept], after=after
    )


def test_a_look_is_counted_by_its_time():
    looks = schedule(a_design("2022"), YEARS)
    assert (looks.present.rank, looks.foreseen, looks.present.planned) == (3, 5, True)
    assert looks.spent() == pytest.approx([0.05 / 25, 0.05 * 4 / 25, 0.05 * 9 / 25])
    # An edition that was not foreseen needs no reserve.
    late = schedule(a_design("2022"), ("2021", "2024"))
    assert not late.present.planned and late.present.elapsed == pytest.approx(0.6)
    assert len(late.looks) == 2
    alone = schedule(a_design("2022"), ())
    assert alone.spent() == (0.05,) and alone.foreseen == 1


def test_a_threshold_that_is_retained_exaggerates_what_lies_under_it():
    stick = seen_from(a_pool(), float(np.log(6000)), 100)
    unusual, beyond = stick.half + stick.spread, max(stick.half, stick.critical(10))
    times = [exaggeration(stick.near, share * unusual, beyond) for share in (0.5, 0.75, 1.0)]
    assert times[0] > times[1] > times[2] > 1
    assert exaggeration(stick.near, 0.0001, 50.0) is None


def test_an_interval_that_counts_selection_is_wider_when_less_is_called():
    stick = seen_from(a_pool(), float(np.log(6000)), 100)
    halves = [stick.selected(called, 10) for called in (1, 5, 10)]
    assert halves[0] >= halves[1] >= halves[2] >= stick.half


def test_tests_of_one_territory_have_one_rule():
    design = worlds.world(300, np.random.default_rng(3))
    at = worlds.drawn(design, 8, np.random.default_rng(4), large=True)
    said = worlds.tried(design, at)
    found = worlds.together(design, at, said, draws=400)
    assert found.p > 0 and len(found.unusual) == len(found.counted) == 2
