"""Urssaf: private-sector headcount on 31 December, by EPCI, commune and département.

Read from a public derivation of Urssaf's open data (columns code, year, jobs_private) and from Urssaf's own
export by EPCI (annee, code_epci, effectifs_salaries_moyens: a yearly mean, another measure, so another
indicator's source and never one series with the first). The address could not be tried. Without
agriculture, public sector or Mayotte.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from impactkit.data.sources.figures import Figures
from impactkit.data.sources.readers import checked, has, table, tidy, whole_code

MAYOTTE = "976"
SOURCE = "Urssaf, effectifs salariés du secteur privé au 31 décembre"
MEAN = "Urssaf, effectifs salariés moyens du secteur privé"
# Sums of communes agree with the panel of EPCI on the perimeters of these years better than on any before.
EPCI_VINTAGE = "2025"
# Every code of the file is a commune of that vintage; other panels lose the jobs of codes that died since.
COMMUNE_VINTAGE = "2021"
# Paris, Lyon and Marseille come by arrondissement.
CITIES = {"751": "75056", "132": "13055", "6938": "69123"}
# In no EPCI: the four islands.
NO_EPCI = "ZZZZZZZZZ"


def by_epci(path: Path, settings: Mapping[str, Any]) -> tuple[Figures, ...]:
    """Headcount by EPCI; communes without EPCI are left out."""
    rows = table(path, ())
    if "code_epci" in rows.columns:
        has(rows, ("annee", "code_epci", "effectifs_salaries_moyens"), path.name)
        columns = ("code_epci", "annee", "effectifs_salaries_moyens")
        return _figures(rows, "epci", path, columns, source=MEAN, as_of="{period}")
    return _figures(rows, "epci", path)


def by_departement(path: Path, settings: Mapping[str, Any]) -> tuple[Figures, ...]:
    """Headcount by département."""
    return _figures(table(path, ()), "departement", path)


def by_commune(path: Path, settings: Mapping[str, Any]) -> tuple[Figures, ...]:
    """Headcount by commune, Paris, Lyon and Marseille whole; a commune not listed has no employer."""
    rows = table(path, ("code", "year", "jobs_private"))
    rows["code"] = whole_code(rows["code"], 5, path.name)
    found = tidy(rows, unit="code", period="year", value="jobs_private", where=path.name)
    parts = found["unit"].str.startswith(tuple(CITIES))
    whole = found[parts].assign(unit=found.loc[parts, "unit"].map(_city))
    # A few jobs of Paris are told under the city's own code beside its arrondissements.
    cities = found["unit"].isin(CITIES.values())
    whole = pd.concat([whole, found[cities]]).groupby(["unit", "period"], as_index=False)["value"].sum()
    found = pd.concat([found[~parts & ~cities], whole.assign(flag="")], ignore_index=True)
    told = checked(found, path.name)
    return (_made(told, "commune", SOURCE, COMMUNE_VINTAGE, "{period}-12-31", absent=0.0),)


def _city(code: str) -> str:
    return next(city for start, city in CITIES.items() if code.startswith(start))


def _figures(
    rows: pd.DataFrame,
    family: str,
    path: Path,
    columns: tuple[str, str, str] = ("code", "year", "jobs_private"),
    source: str = SOURCE,
    as_of: str = "{period}-12-31",
) -> tuple[Figures, ...]:
    unit, period, value = columns
    has(rows, columns, path.name)
    if family == "epci":
        rows = rows[rows[unit] != NO_EPCI].reset_index(drop=True)
        rows[unit] = whole_code(rows[unit], 9, path.name)
    found = tidy(rows, unit=unit, period=period, value=value, where=path.name)
    vintage = EPCI_VINTAGE if family == "epci" else ""
    return (_made(found, family, source, vintage, as_of),)


def _made(
    found: pd.DataFrame, family: str, source: str, vintage: str, as_of: str, absent: float | None = None
) -> Figures:
    return Figures(
        "count_jobs_private",
        family,
        "emplois",
        source,
        data_vintage=found["period"].max(),
        geography_vintage=vintage,
        as_of=as_of,
        missing=(MAYOTTE,),
        absent=absent,
        _frame=found,
    )
