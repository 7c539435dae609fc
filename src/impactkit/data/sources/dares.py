"""DARES: job seekers registered at France Travail (categories A, B, C), by commune, at the end of each year.

The address could not be tried; the layout is that of a real export (BOM, semicolons). Counts are rounded to
5. The official label of the series is suspended since 1 January 2025: a break.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from impactkit.data.sources.figures import Figures
from impactkit.data.sources.readers import QUARTER, table, tidy, whole_code

COLUMNS = ("Date", "Code commune", "Catégorie", "Sexe", "Tranche d'âge", "Nombre de demandeurs d'emploi")


def jobseekers(path: Path, settings: Mapping[str, Any]) -> tuple[Figures, ...]:
    """All ages, both sexes, categories A, B and C together; a value stands for itself ± 2.5."""
    rows = table(path, COLUMNS)
    whole = (rows["Catégorie"] == "ABC") & (rows["Sexe"] == "Total") & (rows["Tranche d'âge"] == "Total")
    rows = rows[whole].reset_index(drop=True)
    rows["Code commune"] = whole_code(rows["Code commune"], 5, path.name)
    rows["Date"] = rows["Date"].str.replace(QUARTER, lambda match: f"{match[1]}-Q{match[2]}", regex=True)
    found = tidy(rows, unit="Code commune", period="Date", value=COLUMNS[-1], where=path.name)
    return (
        Figures(
            "count_jobseekers",
            "commune",
            "personnes",
            "DARES et France Travail, demandeurs d’emploi inscrits, catégories A, B et C",
            data_vintage=found["period"].max(),
            geography_vintage="",
            as_of="{period}",
            step=5.0,
            breaks=("2025-Q1",),
            _frame=found,
        ),
    )
