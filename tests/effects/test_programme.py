"""Every territory together: one mean gap among placebo programmes, and what is never printed alone."""

from types import SimpleNamespace

import numpy as np
import pytest
import worlds

import impactkit as ik
from impactkit.effects import placebo, programme
from impactkit.effects.pooled import drawn, pooled

JOBS = "count_jobs_private"


def test_the_real_programme_cannot_be_told_from_placebo_programmes(official):
    found = ik.programme_effect(official, JOBS)
    assert (found.n_treated, found.n_comparison) == (17, 842)
    # What other code found on the same panel: +1.0 %, a spread of .75, nothing below 2.1 % to be seen.
    assert 0.005 < found.estimate < 0.015 and 0.006 < found.spread < 0.009
    assert 0.018 < found.detectable < 0.026 and found.p > 0.05 and found.low < 0 < found.high
    assert found.i2 == 0 and found.q < 17 and found.tau == 0
    # The plain difference is one of size: placebo programmes of the same sizes have nearly all of it.
    assert 0.03 < found.plain < 0.04 and found.size_bias > 0.6 * found.plain
    assert set(found.left_out) | set(found.table["unit"]) == {
        place.code for place in official.territories if place.status == "labelled"
    }
    assert all(found.left_out.values()) and any("comparaison faible" in one for one in found.warnings)
    event = found.event
    assert event["se"].notna().all() and event["size_bias"].notna().all()
    assert found.bacon["weight"].sum() == pytest.approx(1)
    assert list(found.honest["smoothness"])[0] == 0 and (found.honest["low"] < 0).all()


def test_the_demo_programme(repo):
    ev = ik.load(repo / "data" / "demo")
    one, two = ik.programme_effect(ev, JOBS), ik.programme_effect(ev, JOBS)
    assert (one.estimate, one.p, one.low) == (two.estimate, two.p, two.low)
    assert one.low < one.estimate < one.high and one.table["share"].sum() == pytest.approx(1)
    assert one.p >= one.p_floor == pytest.approx(1 / 10_001)
    assert one.prediction[0] < one.meta[1] < one.meta[2]
    with pytest.raises(ik.UnknownName):
        ik.programme_effect(ev, "count_trees")


def one_world(seed=7, units=300, treated=7):
    chance = np.random.default_rng(seed)
    design = worlds.world(units, chance)
    at = worlds.drawn(design, treated, chance, large=True)
    pool = worlds.without(design, at)
    said = worlds.tried(design, at)
    return (
        pool,
        np.array([one.gap for one in said]),
        design.sizes[at],
        tuple(design.regions[one] for one in at),
    )


def test_the_order_of_the_treated_changes_nothing():
    pool, gaps, sizes, regions = one_world()
    turned = np.random.default_rng(1).permutation(len(gaps))
    one = pooled(pool, gaps, sizes, regions, draws=500)
    two = pooled(pool, gaps[turned], sizes[turned], tuple(regions[at] for at in turned), draws=500)
    assert (one.p, one.spread, one.detectable) == pytest.approx((two.p, two.spread, two.detectable))
    assert one.estimate == pytest.approx(two.estimate)


def test_a_placebo_programme_never_holds_a_unit_twice_and_keeps_to_sizes_and_regions():
    pool, _, sizes, regions = one_world()
    picks = drawn(pool, sizes, regions, draws=300)
    assert all(len(set(row)) == len(row) for row in picks.tolist())
    told = np.array(pool.regions)
    crowded = [at for at, name in enumerate(regions) if (told == name).sum() >= 14]
    assert crowded and all((told[picks[:, at]] == regions[at]).all() for at in crowded)
    # Where regions are small every unit of one may be drawn; without a region, the nearest in size.
    anywhere = drawn(pool, sizes, ("",) * len(sizes), draws=300)
    away = np.abs(pool.sizes[anywhere] - sizes).mean()
    assert away < np.abs(pool.sizes[:, None] - sizes).mean()


def test_a_programme_moved_is_found_and_its_interval_holds_what_was_put_in():
    pool, gaps, sizes, regions = one_world()
    still, moved = (pooled(pool, gaps + shift, sizes, regions, draws=999) for shift in (0.0, 0.15))
    assert moved.p == pytest.approx(1 / 1000) and moved.low > 0
    assert moved.estimate - still.estimate == pytest.approx(0.15) and moved.half == still.half


def test_no_test_where_too_few_could_be_drawn():
    pool, gaps, sizes, regions = one_world()
    assert drawn(pool, sizes[:1], regions[:1]) is None
    few = worlds.without(pool, np.arange(len(pool.units) - (placebo.FEWEST - 1)))
    found = pooled(few, gaps[:2], sizes[:2], regions[:2])
    assert found.p is None and found.low is None and found.estimate is not None


def test_a_mean_gap_that_one_territory_carries_names_it(repo):
    found = ik.programme_effect(ik.load(repo / "data" / "demo"), JOBS)
    assert found.p < 0.05 and any("Val-d’Aubrelle" in one for one in found.warnings)


def test_of_a_gap_that_all_share_nobody_is_named():
    pool, gaps, sizes, regions = one_world()
    places = [SimpleNamespace(name=str(at)) for at in range(len(gaps))]
    one = np.zeros(len(gaps))
    one[2] = 1.0
    told = [
        programme._carried_by(pool, places, own, sizes, regions, one * 0 + 1) for own in (one, one * 0 + 0.5)
    ]
    assert told == ["2", ""]
