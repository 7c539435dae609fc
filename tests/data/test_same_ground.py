"""Two perimeters are the same when their communes are, followed through every merger and split: a part of a
merged block is never the block, and no figure is told twice, or on another ground than its own.
"""

import atoms
import pandas as pd
import pytest
import tiers
from hypothesis import given, settings
from hypothesis import strategies as st

import impactkit as ik
from impactkit.data import geography, ground, official, series
from impactkit.data.sources import melodi
from impactkit.wording.language import FRENCH

CHANGED, NOT_PUBLISHED = "missing:perimeter-changed", "missing:not-published"
YEARS = st.sampled_from(geography.VINTAGES)


@settings(max_examples=tiers.examples(25))
@given(YEARS, YEARS, st.sampled_from(["epci", "commune", "departement", "region"]))
def test_the_same_ground_is_the_same_union_of_whole_blocks(then, now, family):
    found = series.vintages(then, now, family)
    assert found == atoms.same(family, then, now)
    assert len(set(found.values())) == len(found)
    # Seen from the other end it is the same.
    assert series.vintages(now, then, family) == {new: old for old, new in found.items()}


@settings(max_examples=tiers.examples(60))
@given(YEARS, YEARS, YEARS)
def test_what_is_the_same_twice_is_the_same(one, two, three):
    first, second = series.vintages(one, two, "epci"), series.vintages(two, three, "epci")
    if min(one, three) <= two <= max(one, three):
        through = {unit: second[new] for unit, new in first.items() if new in second}
        assert through.items() <= series.vintages(one, three, "epci").items()


@pytest.mark.parametrize(
    ("then", "now", "family", "code"),
    [
        (2024, 2026, "epci", "240800920"),
        (2024, 2026, "epci", "241927243"),
        (2019, 2026, "epci", "244400552"),
        # The same seen from today, and over the one year of the merger.
        (2026, 2024, "epci", "240800920"),
        (2025, 2024, "epci", "241927243"),
        (2023, 2024, "epci", "244400552"),
        # Saint-Denis took Pierrefitte in, Oullins Pierre-Bénite; Saline lost Sannerville.
        (2024, 2025, "commune", "93066"),
        (2023, 2026, "commune", "69149"),
        (2019, 2020, "commune", "14712"),
        (2026, 2019, "commune", "85084"),
    ],
)
def test_a_part_is_never_the_block(then, now, family, code):
    assert code not in series.vintages(then, now, family)


@pytest.mark.parametrize(
    ("then", "now", "old", "new"),
    [
        # A code that changed and came back, one that changed.
        (2021, 2026, "27058", "27676"),
        (2019, 2026, "27676", "27676"),
        (2024, 2026, "69159", "69114"),
    ],
)
def test_a_new_code_on_the_same_ground_is_followed(then, now, old, new):
    assert series.vintages(then, now, "commune")[old] == new


SOURCE = """
[[source]]
kind = "table"
file = "own*.csv"
indicator = "{indicator}"
family = "{family}"
source = "Observatoire d’essai"
{more}
"""


def made(small, rows, *, indicator="count_shops", family="commune", more="", codes=()):
    """An evaluation with an own table of `rows` (unit, value) for 2020, and a territory for each of `codes`
    (family, code), named a, b, c ...
    """
    perimeters = [
        {"territory": place, "family": kind, "code": code, "role": "perimeter"}
        for place, (kind, code) in zip("abcd", codes, strict=False)
    ]
    ev = small({"perimeters": perimeters} if perimeters else {})
    toml = ev.folder / "evaluation.toml"
    settings = SOURCE.format(indicator=indicator, family=family, more=more)
    toml.write_text(toml.read_text("utf-8") + settings, "utf-8")
    text = "".join(f"{unit},2020,{value}\n" for unit, value in rows)
    (ev.folder / "own.csv").write_text(f"unit,period,value\n{text}", "utf-8")
    return ik.load(ev.folder)


def told(ev, indicator, family, unit):
    """Values and flags of one unit: at most one row a period."""
    rows = series.of_units(ev, indicator, family)
    assert not rows.duplicated(["unit", "period"]).any()
    rows = rows[rows["unit"] == unit]
    return [
        (None if pd.isna(value) else value, flag)
        for value, flag in zip(rows["value"], rows["flag"], strict=True)
    ]


# Two communes that became one since -> the commune of 2026.
MERGED = [("93066", "93059", "93066"), ("69149", "69152", "69149"), ("02054", "02695", "02054")]


@pytest.mark.parametrize(("one", "other", "now"), MERGED)
def test_counts_of_merged_communes_are_added_and_rates_refused(small, one, other, now):
    counts = made(small, [(one, 3), (other, 4)], more="vintage = 2021")
    assert told(counts, "count_shops", "commune", now) == [(7, "")]
    rates = made(small, [(one, 0.3), (other, 0.4)], indicator="share_shops", more="vintage = 2021")
    assert told(rates, "share_shops", "commune", now) == [(None, CHANGED)]


@pytest.mark.parametrize(("one", "other", "now"), MERGED)
def test_a_block_of_which_a_part_is_not_told_is_missing(small, one, other, now):
    half = made(small, [(one, 3)], more="vintage = 2021")
    assert told(half, "count_shops", "commune", now) == [(None, NOT_PUBLISHED)]
    none = made(small, [(one, 3)], more="vintage = 2021\nabsent = 0")
    assert told(none, "count_shops", "commune", now) == [(3, "")]


@pytest.mark.parametrize(("one", "other", "now"), MERGED)
def test_codes_that_died_since_tell_the_vintage_of_a_table_without_one(small, one, other, now):
    ev = made(small, [(one, 3), (other, 4)])
    assert told(ev, "count_shops", "commune", now) == [(7, "")]
    (figures,) = official.figures(ev, "count_shops", "commune")
    assert int(figures.geography_vintage) < 2026


@pytest.mark.parametrize("code", ["93066", "69149", "02054"])
def test_codes_of_several_years_in_one_table_are_not_added_to_one_another(small, code):
    """A commune of 2026 beside one that was gone by then, in one table: on which ground, nobody knows."""
    born_in_2025, gone_in_2020 = ("15031", 1), ("21213", 1)
    ev = made(small, [(code, 3), ("93059", 4), ("69152", 4), ("02695", 4), born_in_2025, gone_in_2020])
    with pytest.raises(ik.RefusedData, match="21213") as refused:
        told(ev, "count_shops", "commune", code)
    assert "vintage" in str(refused.value)


@pytest.mark.parametrize("year", [2012, 2018, 2027])
@pytest.mark.parametrize("family", ["commune", "epci"])
def test_before_and_after_the_registry_no_ground_is_known(small, family, year):
    code = {"commune": "26362", "epci": "200068781"}[family]
    ev = made(small, [(code, 3)], family=family, more=f"vintage = {year}", codes=[(family, code)])
    assert told(ev, "count_shops", family, code) == [(None, CHANGED)]
    assert series.of_territory(ev.territory("a"), "count_shops")["value"].isna().all()


@pytest.mark.parametrize(
    ("vintage", "code"), [(2024, "240800920"), (2024, "241927243"), (2019, "244400552")]
)
def test_an_epci_that_grew_by_a_merger_is_refused_and_its_neighbour_is_not(small, vintage, code):
    ev = made(small, [(code, 9), ("200068781", 5)], family="epci", more=f"vintage = {vintage}")
    assert told(ev, "count_shops", "epci", code) == [(None, CHANGED)]
    assert told(ev, "count_shops", "epci", "200068781") == [(5, "")]
    # On the same ground and not listed is not a change of perimeter.
    assert told(ev, "count_shops", "epci", "243100518") == [(None, NOT_PUBLISHED)]


@pytest.mark.parametrize("code", ["240800920", "241927243", "244400552"])
def test_communes_of_any_vintage_add_up_to_an_epci_only_where_it_holds_them_all(small, code):
    for vintage in (2019, 2022, 2024):
        members = geography.communes_of("epci", code, vintage=vintage)
        ev = made(small, [(one, 1) for one in members], more=f"vintage = {vintage}\nabsent = 0")
        expected = [(len(members), "")] if code in atoms.same("epci", vintage, 2026) else None
        found = told(ev, "count_shops", "epci", code)
        # What the EPCI of today holds beyond those communes has none: the sum stands, or the block is cut.
        assert expected in (None, found)


@pytest.mark.parametrize("family", ["epci", "ept", "departement", "region", "nation"])
@pytest.mark.parametrize("vintage", [2019, 2022, 2025])
def test_every_commune_is_counted_once_in_every_family(small, family, vintage):
    communes = geography.units("commune", vintage=vintage)["code"]
    ev = made(small, [(code, 1) for code in communes], more=f"vintage = {vintage}")
    rows = series.of_units(ev, "count_shops", family)
    assert not rows.duplicated(["unit", "period"]).any()
    number = atoms.atoms(vintage, 2026)
    blocks = pd.Series({code: number[code, vintage] for code in communes}).value_counts()
    if family == "nation":
        expected = {series.NATION: len(communes)}
    elif family == "ept":
        listed = pd.DataFrame(atoms.lines("ept"))
        expected = {
            unit: sum(blocks[block] for block in {number[code, 2026] for code in part})
            for unit, part in listed.groupby("ept")["commune"]
        }
    else:
        expected = {
            unit: None if inside is None else sum(blocks[block] for block in inside)
            for unit, inside in atoms.ground(family, 2026, vintage).items()
        }
    found = rows.set_index("unit")["value"]
    assert {unit: None if pd.isna(value) else value for unit, value in found.items()} == expected
    assert set(rows[rows["value"].isna()]["flag"]) <= {CHANGED}


def test_an_edition_on_other_perimeters_revises_nothing_of_another_ground(small):
    ev = made(small, [("240800920", 10), ("200068781", 10)], family="epci", more="vintage = 2024")
    (ev.folder / "own-2.csv").write_text(
        "unit,period,value\n240800920,2020,12\n200068781,2020,13\n", "utf-8"
    )
    ev = ik.load(ev.folder)
    revised = official.revisions(ev, "count_shops")
    assert set(revised["unit"]) == {"200068781", "240800920"}


@pytest.mark.parametrize(
    "levels", [("2024-COM-26362", "2026-COM-59512"), ("2025-EPCI-200068781", "2026-EPCI-200054807")]
)
def test_a_file_of_two_vintages_in_one_family_is_refused(tmp_path, levels):
    text = "GEO;TIME_PERIOD;OBS_VALUE\n" + "".join(f"{level};2022;7\n" for level in levels)
    (tmp_path / "DS.csv").write_text(text, "utf-8")
    with pytest.raises(ik.RefusedData, match="2026") as caught:
        melodi.read(FRENCH, tmp_path / "DS.csv", {"dataset": "DS_X", "indicator": "count_shops"})
    assert caught.value.where == "DS.csv" and caught.value.next


def test_each_family_of_a_file_has_its_own_vintage(tmp_path):
    text = "GEO;TIME_PERIOD;OBS_VALUE\n2024-COM-26362;2022;7\n2026-EPCI-200068781;2022;9\n"
    (tmp_path / "DS.csv").write_text(text, "utf-8")
    found = melodi.read(FRENCH, tmp_path / "DS.csv", {"dataset": "DS_X", "indicator": "count_shops"})
    assert {one.family: one.geography_vintage for one in found} == {"commune": "2024", "epci": "2026"}


def test_a_unit_of_the_programme_that_holds_a_part_of_a_block_has_no_figure(small):
    """Figures of 2026 asked on the ground of a territory of 2024 that was merged since."""
    figures = official.figures(made(small, [("93066", 9)], more="vintage = 2026"), "count_shops", "commune")[
        0
    ]
    for part, value in ((["93059"], None), (["93066"], None), (["93059", "93066"], 9)):
        members = pd.DataFrame({"commune": part, "unit": "a"})
        row = ground.from_communes(figures, members, vintage=2024).iloc[0]
        assert (row["value"] == value) if value else (pd.isna(row["value"]) and row["flag"] == CHANGED)
