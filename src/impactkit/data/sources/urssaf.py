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

from impactkit.data.sources.figures import Figures, figures
from impactkit.data.sources.readers import checked, has, table, tidy
from impactkit.wording.language import Language

COLUMNS: dict[str, Any] = {"unit": "code", "period": "year", "value": "jobs_private"}
MEAN: dict[str, Any] = {"unit": "code_epci", "period": "annee", "value": "effectifs_salaries_moyens"}
# Paris, Lyon and Marseille come by arrondissement.
CITIES = {"751": "75056", "132": "13055", "6938": "69123"}
# In no EPCI: the four islands.
NO_EPCI = "ZZZZZZZZZ"


def by_epci(language: Language, path: Path, settings: Mapping[str, Any]) -> tuple[Figures, ...]:
    """Headcount by EPCI; communes without EPCI are left out."""
    rows = table(language, path, ())
    mean = MEAN["unit"] in rows.columns
    columns = MEAN if mean else COLUMNS
    has(language, rows, columns.values(), path.name)
    rows = rows[rows[columns["unit"]] != NO_EPCI].reset_index(drop=True)
    found = tidy(language, rows, **columns, where=path.name, width=9)
    return (figures("urssaf-epci-mean" if mean else "urssaf-epci", found),)


def by_departement(language: Language, path: Path, settings: Mapping[str, Any]) -> tuple[Figures, ...]:
    """Headcount by département."""
    found = tidy(language, table(language, path, COLUMNS.values()), **COLUMNS, where=path.name)
    return (figures("urssaf-departement", found),)


def by_commune(language: Language, path: Path, settings: Mapping[str, Any]) -> tuple[Figures, ...]:
    """Headcount by commune, Paris, Lyon and Marseille whole; a commune not listed has no employer."""
    rows = table(language, path, COLUMNS.values())
    jobs = tidy(language, rows, **COLUMNS, where=path.name, width=5)
    parts = jobs["unit"].str.startswith(tuple(CITIES))
    # A few jobs of Paris are told under the city's own code beside its arrondissements.
    cities = jobs["unit"].isin(CITIES.values())
    arrondissements = jobs[parts]
    arrondissements = arrondissements.assign(unit=arrondissements["unit"].map(_city))
    pieces = pd.concat([arrondissements, jobs[cities]])
    by_year = pieces.groupby(["unit", "period"], as_index=False)
    sums = by_year["value"].sum().assign(flag="")
    jobs = pd.concat([jobs[~parts & ~cities], sums], ignore_index=True)
    return (figures("urssaf-commune", checked(language, jobs, path.name)),)


def _city(code: str) -> str:
    return next(city for start, city in CITIES.items() if code.startswith(start))
