"""DARES: job seekers registered at France Travail (categories A, B, C), by commune, at the end of each year.

The address could not be tried; the layout is that of a real export (BOM, semicolons). Counts are rounded to
5. The official label of the series is suspended since 1 January 2025: a break.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from impactkit.data.sources.figures import Figures, figures
from impactkit.data.sources.readers import QUARTER, table, tidy
from impactkit.wording.language import Language

COLUMNS = ("Date", "Code commune", "Catégorie", "Sexe", "Tranche d'âge", "Nombre de demandeurs d'emploi")


def jobseekers(language: Language, path: Path, settings: Mapping[str, Any]) -> tuple[Figures, ...]:
    """All ages, both sexes, categories A, B and C together; a value stands for itself ± 2.5."""
    rows = table(language, path, COLUMNS)
    whole = (rows["Catégorie"] == "ABC") & (rows["Sexe"] == "Total") & (rows["Tranche d'âge"] == "Total")
    rows = rows[whole].reset_index(drop=True)
    rows["Date"] = rows["Date"].str.replace(QUARTER, r"\1-Q\2", regex=True)
    found = tidy(
        language, rows, unit="Code commune", period="Date", value=COLUMNS[-1], where=path.name, width=5
    )
    return (figures("jobseekers", found),)
