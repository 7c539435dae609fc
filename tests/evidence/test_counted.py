"""Every count of a programme's page has its denominator, its reason, and one value."""

import re
from collections import Counter

import pytest

import impactkit as ik
from impactkit.evidence import counted, together
from impactkit.evidence.estimated import outcomes


def words(sentence):
    return sentence if isinstance(sentence, str) else "".join(run.text for run in sentence)


@pytest.fixture(scope="module")
def demo(repo):
    return ik.load(repo / "data" / "demo")


@pytest.fixture(params=["french_impact", "demo"])
def evaluation(request):
    return request.getfixturevalue(request.param)


def labelled(ev):
    return [place for place in ev.territories if place.status == "labelled"]


def test_challenges_are_in_the_territories_that_name_them(evaluation):
    """As the table of what is not known counts them, by territory, whether a theme is evident or not."""
    every = labelled(evaluation)
    naming = [place for place in every if len(place.table("challenges"))]
    said = words(together.themes(evaluation))
    assert f"dans {len(naming)} des {len(every)} territoires labellisés" in said
    board = ik.knowledge(evaluation)
    mine = board[(board["heading"] == "challenges") & board["territory"].isin([one.code for one in every])]
    assert (mine["state"] != "unknown").sum() == len(naming)


def test_a_theme_is_counted_in_territories_and_not_in_percent(evaluation):
    held = {
        place.code: "|".join(place.table("challenges")["themes"]).split("|")
        for place in labelled(evaluation)
    }
    themed = {code: set(themes) - {""} for code, themes in held.items() if set(themes) - {""}}
    most = max(Counter(theme for themes in themed.values() for theme in themes if theme != "other").values())
    said = words(together.themes(evaluation))
    assert "%" not in said and f"{most} de ces {len(themed)} territoires" in said
    table = ik.table(evaluation, about="themes")
    shares = [words(row[2]) for row in table.rows]
    assert all(re.fullmatch(rf"\d+ sur {len(themed)}", share) for share in shares)


def test_who_has_no_project_is_counted_among_the_labelled(evaluation):
    every = labelled(evaluation)
    board = ik.knowledge(evaluation).set_index(["territory", "heading"])["state"]
    silent = sum(board[place.code, "projects"] == "unknown" for place in every)
    told = [words(finding.sentence) for finding in together.findings(evaluation)]
    told = [one for one in told if "aucun projet" in one]
    assert bool(told) == bool(silent)
    assert not silent or f"De {silent} des {len(every)} territoires labellisés" in told[0]


def test_territories_add_up_from_the_labelled_to_the_mean(official):
    for outcome in outcomes(official):
        mean = together.whole(official, outcome)
        count = counted.counted(official, outcome, mean)
        assert count.labelled == len(labelled(official))
        assert count.labelled == count.measured + sum(number for _, number in count.reasons)
        assert count.measured == count.tested + len(count.untested) >= count.together
        said = words(counted.sentence(official, outcome, mean))
        for number in (count.labelled, count.measured, count.together):
            assert re.search(rf"\b{number}\b", said), (number, said)
    page = str(ik.say(official, about="estimate"))
    assert (
        "21 des 27 territoires labellisés" in page
        and "20 sont testés" in page
        and "17 sont comparés" in page
    )
    assert "Est Ensemble" in page and "sans périmètre établi, 2" in page


def test_where_all_are_in_nothing_is_left_to_explain(demo):
    said = words(counted.sentence(demo, "count_jobs_private", together.whole(demo, "count_jobs_private")))
    assert "les 10 territoires labellisés ont tous un écart mesuré" in said
