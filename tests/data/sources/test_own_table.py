"""Any table of the user's own: said in evaluation.toml, read like an official source."""

import pytest

import impactkit as ik
from impactkit.data import series

SOURCE = """
[[source]]
kind = "table"
file = "own.csv"
indicator = "{indicator}"
family = "{family}"
source = "Observatoire d’essai, 2024"
{more}
"""
PERIMETERS = [
    {"territory": "a", "family": "epci", "code": "200068781", "role": "perimeter"},
    {"territory": "b", "family": "commune", "code": "59512", "role": "perimeter"},
    {"territory": "c", "family": "region", "code": "53", "role": "perimeter"},
]


def made(small, text, *, indicator="count_shops", family="epci", more="", name="own.csv"):
    ev = small({"perimeters": PERIMETERS})
    settings = SOURCE.format(indicator=indicator, family=family, more=more)
    toml = ev.folder / "evaluation.toml"
    toml.write_text(toml.read_text("utf-8") + settings, "utf-8")
    (ev.folder / name).write_text(text, "utf-8-sig")
    return ik.load(ev.folder)


def told(ev, code, indicator="count_shops"):
    return series.of_territory(ev.territory(code), indicator).set_index("period")


def test_by_epci_with_names_of_its_own(small):
    more = 'columns = { unit = "siren", period = "an", value = "nb" }\nunit = "commerces"\nvintage = 2024'
    text = "siren;an;nb\n200068781;2017;1 200,5\n200068781;2018;1300\n"
    ev = made(small, text, more=more)
    assert told(ev, "a")["value"].tolist() == [1200.5, 1300]
    rows = ik.indicators(ev, measure="count_shops", of=ev.territory("a"))
    assert set(rows["unit"]) == {"commerces"} and set(rows["source"]) == {"Observatoire d’essai, 2024"}
    assert set(rows["geography_vintage"]) == {"2024"} and set(rows["data_vintage"]) == {"2018"}


def test_by_commune_is_brought_to_any_perimeter(small):
    from impactkit.data import geography

    communes = sorted(geography.communes_of("epci", "200068781", vintage=2026))
    rows = [f"{code},2020,2" for code in [*communes, "59512"]]
    ev = made(small, "unit,period,value\n" + "\n".join(rows) + "\n", family="commune")
    assert told(ev, "a").loc["2020", "value"] == 2 * len(communes)
    assert told(ev, "b").loc["2020", "value"] == 2
    # Brittany has communes that the table does not list: no partial sum.
    assert told(ev, "c")["value"].isna().all()
    absent = made(small, "unit,period,value\n59512,2020,2\n", family="commune", more="absent = 0")
    assert told(absent, "a").loc["2020", "value"] == 0


def test_by_territory(small):
    ev = made(small, "unit,period,value\na,2020,3\nd,2020,4\n", family="territory")
    assert told(ev, "a").loc["2020", "value"] == 3 and told(ev, "d").loc["2020", "value"] == 4


def test_a_sample_and_events_have_their_intervals(small):
    more = 'figure = "sample"\ncolumns = { unit = "unit", period = "period", value = "value", n = "asked" }'
    text = "unit,period,value,asked\na,2020,0.25,200\n"
    ev = made(small, text, indicator="share_satisfied", family="territory", more=more)
    row = ik.indicators(ev, measure="share_satisfied", of=ev.territory("a")).iloc[0]
    # Wilson by hand: 50 of 200.
    assert (round(row["low"], 4), round(row["high"], 4), row["n"]) == (0.1951, 0.3143, 200)
    ev = made(small, "unit,period,value\na,2020,10\n", family="territory", more='figure = "events"')
    row = ik.indicators(ev, measure="count_shops", of=ev.territory("a")).iloc[0]
    # Byar by hand: 10 events.
    assert (round(row["low"], 2), round(row["high"], 2)) == (4.79, 18.39)


def test_nothing_is_compared_across_a_break(small):
    more = 'breaks = ["2019"]'
    text = "unit,period,value\n" + "".join(f"200068781,{year},{year}\n" for year in range(2014, 2025))
    ev = made(small, text, more=more)
    assert told(ev, "a").loc["2019", "flag"] == "break"
    path = ik.trajectory(ev.territory("a"), "count_shops")
    assert path["period"].min() == 2019
    panel = ik.panel(ev, outcome="count_shops")
    assert panel.breaks == ("2019",) and "11 periods" in repr(panel)


def test_a_rolling_figure_is_never_read_as_a_year(small):
    text = "unit,period,value\n" + "".join(f"200068781,{year},{year}\n" for year in (2019, 2020, 2022))
    ev = made(small, text, more="rolling = true")
    assert set(told(ev, "a")["flag"]) == {"rolling"} and ik.panel(ev, outcome="count_shops").rolling
    assert ik.trajectory(ev.territory("a"), "count_shops").empty


def test_what_an_edition_revised_is_told(small):
    ev = made(small, "unit,period,value\n200068781,2019,10\n200068781,2020,11\n", name="own-1.csv")
    (ev.folder / "own-2.csv").write_text(
        "unit,period,value\n200068781,2019,10\n200068781,2020,12\n200068781,2021,13\n", "utf-8"
    )
    toml = ev.folder / "evaluation.toml"
    toml.write_text(toml.read_text("utf-8").replace('"own.csv"', '"own-*.csv"'), "utf-8")
    ev = ik.load(ev.folder)
    assert told(ev, "a")["value"].tolist() == [10, 12, 13]
    revised = ik.panel(ev, outcome="count_shops").revisions
    assert revised[["period", "before", "after"]].values.tolist() == [["2020", 11, 12]]
    assert revised[["edition_before", "edition_after"]].values.tolist() == [["2020", "2021"]]


@pytest.mark.parametrize(
    ("more", "words"),
    [('colums = { unit = "x" }', "`columns`"), ('columns = { unit = "x" }', "x")],
)
def test_what_is_wrong_is_said(small, more, words):
    with pytest.raises(ik.ImpactkitError) as caught:
        ev = made(small, "unit,period,value\na,2020,3\n", family="territory", more=more)
        told(ev, "a")
    assert words in str(caught.value)


def test_a_kind_that_does_not_exist_is_offered_its_nearest(small):
    with pytest.raises(ik.UnknownName, match="insee-unemploiment") as caught:
        small({}, more='[[source]]\nkind = "insee-unemploiment"\n')
    assert "`insee-unemployment`" in caught.value.next
