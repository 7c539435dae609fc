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
    found = tidy(language, table(language, path, COLUMNS.values()), **COLUMNS, where=path.name, width=5)
    parts = found["unit"].str.startswith(tuple(CITIES))
    whole = found[parts].assign(unit=found.loc[parts, "unit"].map(_city))
    # A few jobs of Paris are told under the city's own code beside its arrondissements.
    cities = found["unit"].isin(CITIES.values())
    whole = pd.concat([whole, found[cities]]).groupby(["unit", "period"], as_index=False)["value"].sum()
    found = pd.concat([found[~parts & ~cities], whole.assign(flag="")], ignore_index=True)
    return (figures("urssaf-commune", checked(language, found, path.name)),)


def _city(code: str) -> str:
    return next(city for start, city in CITIES.items() if code.startswith(start))
