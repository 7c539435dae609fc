"""Every commune and every EPCI of the registry, at every vintage, through the official files: one value a
period, on the unit's own ground, and what the files tell is all there.
"""

from __future__ import annotations

import dataclasses
import io
import zlib
from pathlib import Path

import atoms
import numpy as np
import pandas as pd
import pytest

from impactkit.data import geography, ground, series, zones
from impactkit.data import official as held

JOBS, UNEMPLOYMENT, POVERTY, PERSONS = (
    "count_jobs_private",
    "rate_unemployment",
    "rate_poverty",
    "count_persons_tax",
)
# The vintages on which the files were found to stand.
COMMUNES, EPCI, FILOSOFI = 2021, 2025, 2019
CITIES = {"751": "75056", "132": "13055", "6938": "69123"}
MAYOTTE = "976"


def codes(family: str, *, vintage: int) -> set[str]:
    return set(geography.units(family, vintage=vintage)["code"])


def text_of(path: Path) -> str:
    data = path.read_bytes()
    return (zlib.decompress(data, 31) if path.suffix == ".gz" else data).decode("utf-8-sig")


def by_hand(path: Path) -> pd.DataFrame:
    """A file of private jobs, its cities whole: code, year, jobs."""
    rows = pd.read_csv(io.StringIO(text_of(path)), dtype={"code": "str", "year": "str"})
    for start, city in CITIES.items():
        if rows["code"].str.len().eq(5).all():
            rows["code"] = rows["code"].mask(rows["code"].str.startswith(start), city)
    rows = rows[~rows["code"].str.startswith(MAYOTTE)]
    return rows.groupby(["code", "year"], as_index=False)["jobs_private"].sum()


@pytest.fixture(scope="module")
def communes(sources: Path) -> pd.DataFrame:
    return by_hand(next(sources.rglob("urssaf_emploi_prive_communes_*.csv.gz")))


@pytest.fixture(scope="module")
def panel(sources: Path) -> dict[tuple[str, str], float]:
    rows = by_hand(next(sources.rglob("urssaf_emploi_prive_epci_*.csv")))
    return rows.set_index(["code", "year"])["jobs_private"].to_dict()


@pytest.fixture(scope="module")
def poverty(sources: Path) -> dict[str, pd.DataFrame]:
    files = {year: next(sources.rglob(f"filosofi_epci_{year}.csv")) for year in ("2015", "2016")}
    texts = {year: io.StringIO(text_of(file)) for year, file in files.items()}
    tables = {
        year: pd.read_csv(text, sep=None, engine="python", dtype="str") for year, text in texts.items()
    }
    return {year: table.set_index("CODGEO") for year, table in tables.items()}


@pytest.fixture(params=geography.VINTAGES)
def ev(request, official):
    """The evaluation, on the perimeters of each vintage."""
    return dataclasses.replace(official, vintage=request.param, digest=f"{official.digest}{request.param}")


def rows_of(ev, indicator, family):
    """What the kit tells, a value or a reason, and one row by unit and period."""
    rows = series.of_units(ev, indicator, family)
    assert not rows.duplicated(["unit", "period"]).any()
    assert (rows["value"].isna() == rows["flag"].str.startswith(("missing", "withheld"))).all()
    assert set(rows["unit"]) <= codes(family, vintage=ev.vintage)
    return rows


def test_the_registry_is_the_one_that_ships(sources):
    folder = sources.parent / "registry"
    if not folder.is_dir():
        pytest.skip("the registry is not beside the official files")
    listed = pd.read_csv(next(folder.glob("epci_composition*.csv.gz")), dtype="str")
    for year, rows in listed.groupby("cog_year"):
        members = geography.members("epci", vintage=int(year)).set_index("commune")["unit"].to_dict()
        rows = rows[rows["codgeo"].isin(codes("commune", vintage=int(year)))]
        assert rows.set_index("codgeo")["siren"].to_dict() == members
    people = pd.read_csv(next(folder.glob("commune_population*.csv.gz")), dtype="str")
    listed = people[~people["codgeo"].str.match("97[578]|98")]
    for year, rows in listed.groupby("cog_year"):
        shipped = codes("commune", vintage=int(year))
        # The file of 2020 repeats the communes of 2019, and Mayotte begins in 2021.
        assert set(rows["codgeo"]) <= shipped | atoms.communes(2019) if year == "2020" else shipped


def test_the_jobs_of_every_commune(ev, communes):
    rows = rows_of(ev, JOBS, "commune")
    assert set(rows["unit"]) == codes("commune", vintage=ev.vintage)
    blocks = atoms.ground("commune", ev.vintage, COMMUNES)
    number = atoms.atoms(min(ev.vintage, COMMUNES), max(ev.vintage, COMMUNES))
    refused = {unit for unit, inside in blocks.items() if inside is None}
    covered = rows[~rows["unit"].str.startswith(MAYOTTE)]
    assert set(covered[covered["value"].isna()]["unit"]) == refused
    assert set(covered[covered["value"].isna()]["flag"]) <= {ground.CHANGED}
    # Block by block: nothing is lost and nothing twice.
    listed = communes.assign(block=[number[code, COMMUNES] for code in communes["code"]])
    cut = {number[unit, ev.vintage] for unit in refused}
    expected = listed[~listed["block"].isin(cut)].groupby(["block", "year"])["jobs_private"].sum()
    valued = covered[covered["value"].notna()]
    valued = valued.assign(block=[number[unit, ev.vintage] for unit in valued["unit"]])
    found = valued.set_index(["block", "period"])["value"]
    assert found.index.is_unique
    assert found[found != 0].to_dict() == expected[expected != 0].to_dict()


def test_the_jobs_of_every_epci(ev, communes, panel):
    rows = rows_of(ev, JOBS, "epci")
    assert set(rows["unit"]) == codes("epci", vintage=ev.vintage)
    same = {now: then for then, now in atoms.same("epci", EPCI, ev.vintage).items()}
    members = atoms.units("epci", ev.vintage)
    number = atoms.atoms(min(ev.vintage, COMMUNES), max(ev.vintage, COMMUNES))
    blocks = communes["code"].map({code: number[code, COMMUNES] for code in atoms.communes(COMMUNES)})
    of_block = communes["jobs_private"].groupby([blocks, communes["year"]]).sum().to_dict()
    entire = atoms.ground("epci", ev.vintage, COMMUNES)
    for row in rows.itertuples():
        code = same.get(row.unit)
        if any(commune.startswith(MAYOTTE) for commune in members[row.unit]):
            assert row.flag == ground.NOT_COVERED
        elif (code, row.period) in panel:
            assert (row.value, row.route) == (panel[code, row.period], "panel")
        elif (inside := entire[row.unit]) is not None:
            assert row.value == sum(of_block.get((block, row.period), 0) for block in inside)
        else:
            assert row.flag == ground.CHANGED


@pytest.mark.parametrize("family", ["departement", "region"])
def test_every_sum_of_communes_is_the_file_s(ev, communes, family):
    """What departments and regions have, summed from communes, is all that the file tells."""
    (figures,) = held.figures(ev, JOBS, "commune")
    summed = ground.from_communes(figures, geography.members(family, vintage=ev.vintage), vintage=ev.vintage)
    assert not summed.duplicated(["unit", "period"]).any()
    total = summed.groupby("period")["value"].sum()
    assert total.to_dict() == communes.groupby("year")["jobs_private"].sum().to_dict()


@pytest.mark.parametrize("indicator", [POVERTY, PERSONS])
def test_the_poverty_of_every_epci(ev, poverty, indicator):
    rows = rows_of(ev, indicator, "epci")
    assert set(rows["unit"]) == codes("epci", vintage=ev.vintage)
    same = {now: then for then, now in atoms.same("epci", FILOSOFI, ev.vintage).items()}
    for row in rows.itertuples():
        table, code = poverty[row.period], same.get(row.unit)
        short = row.period[2:]
        column = f"TP60{short}" if indicator == POVERTY else f"NBPERSMENFISC{short}"
        cell = table[column].get(code) if code else None
        if not np.isnan(row.value):
            assert cell is not None, (row.unit, "a figure of another ground")
            printed = float(cell.replace(",", "."))
            assert row.value == (printed / 100 if indicator == POVERTY else printed)
        elif row.period == "2016" and row.flag != ground.NOT_COVERED:
            # Its ground changed, it is not in the file, or the file keeps it secret.
            assert code is None or not isinstance(cell, str) or not cell.strip()


@pytest.fixture(scope="module")
def unemployment(sources: Path) -> pd.DataFrame:
    path = next(sources.rglob("chomage-zone-*.xlsx"))
    book = pd.read_excel(path, sheet_name="txcho_ze", header=5, dtype="object", engine="calamine")
    quarters = [name for name in book.columns if str(name)[:2] == "20"]
    long = book.melt("ZE2020", quarters, "quarter", "rate")
    long["period"] = long["quarter"].str.replace("-T", "-Q")
    return long.assign(rate=pd.to_numeric(long["rate"], errors="coerce") / 100)


def test_the_unemployment_of_every_zone(official, unemployment):
    rows = series.of_units(official, UNEMPLOYMENT, "zone")
    assert not rows.duplicated(["unit", "period"]).any()
    both = rows.merge(unemployment, left_on=["unit", "period"], right_on=["ZE2020", "period"], how="outer")
    assert len(both) == len(rows) == len(unemployment)
    assert np.array_equal(both["value"], both["rate"], equal_nan=True)


def test_the_unemployment_of_every_epci_lies_within_its_zones(ev, unemployment):
    rows = rows_of(ev, UNEMPLOYMENT, "epci")
    pairs = geography.members("epci", vintage=ev.vintage).merge(zones.zones(ev), on="commune")
    pairs = pairs[["unit", "zone"]].drop_duplicates()
    around = pairs.merge(unemployment, left_on="zone", right_on="ZE2020")
    span = around.groupby(["unit", "period"])["rate"].agg(["min", "max"])
    both = rows.dropna(subset=["value"]).merge(span, on=["unit", "period"])
    assert len(both) == rows["value"].notna().sum() > 90_000
    assert ((both["min"] - 1e-12 <= both["value"]) & (both["value"] <= both["max"] + 1e-12)).all()


def test_every_commune_has_one_zone_and_its_rate(official, unemployment, sources):
    composition = zones.zones(official)
    assert composition["commune"].is_unique
    away = {code for code in codes("commune", vintage=official.vintage) if code.startswith(MAYOTTE)}
    assert codes("commune", vintage=official.vintage) - set(composition["commune"]) <= away
    path = next(sources.rglob("ZE2020_au_*.xlsx"))
    insee = pd.read_excel(path, sheet_name="Composition_communale", header=5, dtype="str", engine="calamine")
    zone = dict(zip(insee["CODGEO"], insee["ZE2020"], strict=True))
    ours = dict(zip(composition["commune"], composition["zone"], strict=True))
    assert all(zone[code] == ours[code] for code in ours.keys() & zone.keys())
    # Two communes of each zone, and all that a merger or a split touched.
    by_zone = composition.groupby("zone")["commune"]
    touched = {row[name] for row in atoms.lines("commune_changes") for name in ("old", "new")}
    some = {*by_zone.first(), *by_zone.last(), *(touched & ours.keys())}
    members = pd.DataFrame({"commune": sorted(some), "unit": sorted(some)})
    rows = zones.mean_of_zones(official, UNEMPLOYMENT, members)
    assert not rows.duplicated(["unit", "period"]).any()
    rows = rows.assign(zone=rows["unit"].map(ours))
    both = rows.merge(unemployment, left_on=["zone", "period"], right_on=["ZE2020", "period"])
    assert len(both) == len(rows)
    assert np.allclose(both["value"], both["rate"], equal_nan=True)
