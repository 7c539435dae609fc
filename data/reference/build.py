"""Rebuild the tables of this folder from the npm package @etalab/decoupage-administratif.

    python build.py PACKAGES

PACKAGES holds one folder per version, as `npm pack` and `tar` leave them: PACKAGES/6.0.0/package/data/.
The same packages give the same bytes. Data: Etalab, INSEE, DGCL, Licence Ouverte 2.0.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
VERSIONS = {
    2019: "0.4.0",
    2020: "0.8.0",
    2021: "1.1.1",
    2022: "2.3.1",
    2023: "3.1.1",
    2024: "4.1.0",
    2025: "5.3.0",
    2026: "6.0.0",
}
# A municipal population is published on the communes of one year. A later file of communes that repeats it
# has lost the inhabitants of the communes merged since: each is read from the file drawn on its own ground.
# (0.5.1 to 0.8.0 lost 229,118 inhabitants of 2016 that way; 0.4.0 agrees with the list of EPCI everywhere.)
POPULATION = {2016: 2019, 2019: 2021, 2020: 2022, 2022: 2024, 2023: 2026}
EPCI_POPULATION = {2019: 2016, 2020: 2017, 2021: 2018, 2022: 2019, 2023: 2020, 2024: 2021, 2025: 2022}
MAYOTTE = "976"
MAYOTTE_YEAR, MAYOTTE_VINTAGE = 2017, 2026

Row = tuple[Any, ...]
Commune = dict[str, Any]


class Packages:
    """The JSON files of every version, read once each."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._read = folder, {}

    def table(self, vintage: int, name: str) -> list[dict[str, Any]]:
        key = (vintage, name)
        if key not in self._read:
            path = self.folder / VERSIONS[vintage] / "package" / "data" / f"{name}.json"
            self._read[key] = json.loads(path.read_text("utf-8"))
        return self._read[key]

    def communes(self, vintage: int) -> dict[str, Commune]:
        return {
            one["code"]: one
            for one in self.table(vintage, "communes")
            if one["type"] == "commune-actuelle" and not overseas_collectivity(one["code"])
        }

    def members(self, vintage: int) -> dict[str, str]:
        return {one["code"]: epci["code"] for epci in self.table(vintage, "epci") for one in epci["membres"]}

    def ancestors(self, vintage: int) -> dict[str, str]:
        """Code that is no commune any more -> the commune that holds its ground, in one vintage."""
        held = {
            old: one["code"]
            for one in self.communes(vintage).values()
            for old in one.get("anciensCodes") or ()
        }
        held.update(
            {
                one["code"]: one["chefLieu"]
                for one in self.table(vintage, "communes")
                if one["type"] in ("commune-deleguee", "commune-associee")
            }
        )
        return held


def overseas_collectivity(code: str) -> bool:
    """Neither département nor region, and censuses of other years: left out."""
    return code.startswith(("975", "977", "978", "98"))


def communes_by_vintage(packages: Packages) -> dict[int, dict[str, Commune]]:
    """Communes by vintage. The package of 2020 repeats those of 2019: its list of EPCI tells the change."""
    found = {vintage: packages.communes(vintage) for vintage in VERSIONS}
    before, after, listed = found[2019], found[2021], packages.members(2020)
    changed = set(before) ^ set(after)
    found[2020] = {
        code: (after if code in after else before)[code]
        for code in set(before) | set(after)
        if code not in changed or code in listed
    }
    return found


def changes(packages: Packages, communes: dict[int, dict[str, Commune]]) -> list[Row]:
    """old, new, year, kind: every code that disappears, and every code that comes out of another commune."""
    rows: list[Row] = []
    for year in sorted(communes)[1:]:
        before, after = communes[year - 1], communes[year]
        gone, born = sorted(set(before) - set(after)), sorted(set(after) - set(before))
        later = packages.ancestors(year if year != 2020 else 2021)
        earlier = packages.ancestors(year - 1)
        targets = {old: later[old] for old in gone}
        for old, new in targets.items():
            if new not in after:
                raise SystemExit(f"{year}: {old} is said to be in {new}, which does not exist")
            rows.append((old, new, year, "code" if new in born else "merger"))
        for new in born:
            if new not in targets.values():
                if earlier[new] not in before or earlier[new] not in after:
                    raise SystemExit(f"{year}: {new} comes out of {earlier[new]}, which does not exist")
                rows.append((earlier[new], new, year, "split"))
    return sorted(rows, key=lambda row: (row[2], row[0], row[1]))


def runs(by_vintage: dict[int, dict[str, Row]]) -> list[Row]:
    """Unbroken runs of equal values: (code, *values, first, last)."""
    rows: list[Row] = []
    for code in sorted({code for table in by_vintage.values() for code in table}):
        open_run: list[Any] | None = None
        for vintage in sorted(by_vintage):
            values = by_vintage[vintage].get(code)
            if open_run and values == open_run[0]:
                open_run[2] = vintage
                continue
            if open_run:
                rows.append((code, *open_run[0], open_run[1], open_run[2]))
            open_run = [values, vintage, vintage] if values is not None else None
        if open_run:
            rows.append((code, *open_run[0], open_run[1], open_run[2]))
    return rows


def population(packages: Packages) -> list[Row]:
    rows: list[Row] = []
    for year, vintage in POPULATION.items():
        for code, one in sorted(packages.communes(vintage).items()):
            if not code.startswith(MAYOTTE):
                rows.append((code, year, int(one["population"]), vintage))
    rows += [
        (code, MAYOTTE_YEAR, int(one["population"]), MAYOTTE_VINTAGE)
        for code, one in sorted(packages.communes(MAYOTTE_VINTAGE).items())
        if code.startswith(MAYOTTE)
    ]
    return sorted(rows, key=lambda row: (row[1], row[0]))


def epci_population(packages: Packages) -> list[Row]:
    rows: list[Row] = []
    for vintage, year in EPCI_POPULATION.items():
        for epci in packages.table(vintage, "epci"):
            mayotte = epci["membres"][0]["code"].startswith(MAYOTTE)
            if not mayotte or vintage == max(EPCI_POPULATION):
                true_year = MAYOTTE_YEAR if mayotte else year
                rows.append((epci["code"], true_year, int(epci["populationMunicipale"]), vintage))
    return sorted(rows, key=lambda row: (row[1], row[0]))


def write(name: str, header: str, rows: Iterable[Row]) -> None:
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(header.split(","))
    out.writerows(rows)
    data = text.getvalue().encode("utf-8")
    if name.endswith(".gz"):
        packed = io.BytesIO()
        with gzip.GzipFile(filename="", mode="wb", fileobj=packed, compresslevel=9, mtime=0) as stream:
            stream.write(data)
        data = packed.getvalue()
    (HERE / name).write_bytes(data)


def main(folder: str) -> None:
    packages = Packages(Path(folder))
    communes = communes_by_vintage(packages)
    regions = {one["code"]: one["nom"] for one in packages.table(2026, "regions") if one["zone"] != "com"}
    departements = {
        one["code"]: (one["nom"], one["region"])
        for one in packages.table(2026, "departements")
        if one["zone"] != "com"
    }

    write("regions.csv", "region,name", sorted(regions.items()))
    write(
        "departements.csv",
        "departement,name,region",
        [(code, *values) for code, values in sorted(departements.items())],
    )
    epcis = {vintage: {one["code"]: one for one in packages.table(vintage, "epci")} for vintage in VERSIONS}
    write(
        "communes.csv.gz",
        "commune,name,departement,region,first,last",
        runs(picked(communes, "nom", "departement", "region")),
    )
    write("epci.csv.gz", "epci,name,type,first,last", runs(picked(epcis, "nom", "type")))
    write(
        "epci_members.csv.gz",
        "commune,epci,first,last",
        runs(
            {
                vintage: {code: (epci,) for code, epci in packages.members(vintage).items()}
                for vintage in VERSIONS
            }
        ),
    )
    write(
        "ept.csv",
        "ept,name,commune",
        sorted(
            (one["code"], one["nom"], member["code"])
            for one in packages.table(2026, "ept")
            for member in one["membres"]
        ),
    )
    write("commune_changes.csv", "old,new,year,kind", changes(packages, communes))
    write("population.csv.gz", "commune,pop_year,population,vintage", population(packages))
    write("epci_population.csv.gz", "epci,pop_year,population,vintage", epci_population(packages))


def picked(by_vintage: dict[int, dict[str, Commune]], *fields: str) -> dict[int, dict[str, Row]]:
    return {
        vintage: {code: tuple(one[field] for field in fields) for code, one in table.items()}
        for vintage, table in by_vintage.items()
    }


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    main(sys.argv[1])
