"""Any table of the user's own: `kind = "table"` in evaluation.toml says what its columns are."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from impactkit.data.sources.figures import Figures
from impactkit.data.sources.readers import numbers, table, tidy

USUAL = {"unit": "unit", "period": "period", "value": "value"}
AS_SET = ("indicator", "family", "source", "absent", "figure")


def read(path: Path, settings: Mapping[str, Any]) -> tuple[Figures, ...]:
    """A CSV (comma or semicolon, French or English decimals), one row by unit and period.

    Settings: `family` (commune, epci, departement, region, zone, unit or territory), `indicator`, `source`
    (who says it), `columns` (unit, period, value: their names in the file), `unit` (habitants, part ...),
    `vintage` (of the perimeters), `step` (rounding), `absent` (what an unlisted unit has), `rolling`,
    `breaks` (periods at which the series breaks), `figure` (`sample`: the column `n` counts those asked, the
    value is a share; `events`: the value counts events).
    """
    columns: dict[str, Any] = USUAL | dict(settings.get("columns", {}))
    rows = table(path, columns.values())
    size = columns.pop("n", None)
    found = tidy(rows, where=path.name, **columns)
    if size:
        found["n"] = numbers(rows[size], path.name)
    told = Figures(
        unit=settings.get("unit", ""),
        data_vintage=found["period"].max() if len(found) else "",
        geography_vintage=str(settings.get("vintage", "")),
        step=float(settings.get("step", 0.0)),
        rolling=bool(settings.get("rolling", False)),
        breaks=tuple(map(str, settings.get("breaks", ()))),
        **{key: settings[key] for key in AS_SET if key in settings},
        _frame=found,
    )
    return (told,)
