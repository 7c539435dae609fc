"""Files of INSEE: localised unemployment, salaried jobs by employment zone, poverty by EPCI, zones."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from impactkit.data.sources.figures import Figures, figures
from impactkit.data.sources.readers import checked, numbers, sheet, table, tidy, whole_code, wide
from impactkit.errors import RefusedData
from impactkit.wording.language import Language

# Filosofi 2015 knows the Métropole du Grand Paris (born in 2016) and EPCI that died in 2017; every code of
# Filosofi 2016 is one of 2019, and none was born in 2020.
PERIMETERS = {"2015": "2016", "2016": "2019"}
POVERTY = "Insee, Filosofi {}, taux de pauvreté par EPCI"


def unemployment(language: Language, path: Path, settings: Mapping[str, Any]) -> tuple[Figures, ...]:
    """Localised unemployment (ILO, seasonally adjusted, quarterly mean), share of the active, by zone.

    INSEE's own workbook, sheet `txcho_ze`, codes on the sixth line. Printed to 0.1 point. Overseas zones
    begin in 2014; before, `missing:not-covered`. Neither Mayotte nor Guyane. The address changes with each
    quarter and INSEE refuses automatic downloads: the file is dropped.
    """
    book = sheet(language, path, "txcho_ze", ("ZE2020",))
    book["ZE2020"] = whole_code(language, book["ZE2020"], 4, f"{path.name}, txcho_ze")
    found = wide(language, book, unit="ZE2020", where=path.name)
    found["value"] = found["value"] / 100
    begins = found[found["value"].notna()].groupby("unit")["period"].min()
    early = found["value"].isna() & (found["period"] < found["unit"].map(begins).fillna("9"))
    found["flag"] = found["flag"].mask(early, "missing:not-covered")
    return (figures("unemployment", found),)


def jobs(language: Language, path: Path, settings: Mapping[str, Any]) -> tuple[Figures, ...]:
    """Total salaried jobs by employment zone and year (columns ze2020, year, jobs_salaried_total)."""
    columns: dict[str, Any] = {"unit": "ze2020", "period": "year", "value": "jobs_salaried_total"}
    found = tidy(language, table(language, path, columns.values()), **columns, where=path.name, width=4)
    return (figures("jobs-zones", found),)


def poverty(language: Language, path: Path, settings: Mapping[str, Any]) -> tuple[Figures, ...]:
    """Poverty rate at 60 % of the median and persons of tax households, by EPCI, for the year of the file.

    Columns CODGEO, TP60yy, NBPERSMENFISCyy. Printed to 0.1 point; a blank is a statistical secret. Each year
    stands on the EPCI of its own time: 2015 on those before the mergers of 2017.
    """
    if not (match := re.search(r"(20\d{2})", path.name)):
        raise language.error(RefusedData, "source-no-period", where=path.name)
    year = match[1]
    rate, persons = f"TP60{year[2:]}", f"NBPERSMENFISC{year[2:]}"
    rows = table(language, path, ("CODGEO", rate, persons))
    base = pd.DataFrame(
        {"unit": whole_code(language, rows["CODGEO"], 9, path.name), "period": year, "flag": ""}
    )
    poor = base.assign(value=numbers(language, rows[rate], path.name) / 100)
    poor["flag"] = poor["flag"].mask(poor["value"].isna(), "withheld")
    people = base.assign(value=numbers(language, rows[persons], path.name))
    about = {"data_vintage": year, "source": POVERTY.format(year)}
    about |= {"geography_vintage": PERIMETERS.get(year, "")}
    told = {"poverty": poor, "tax-persons": people}
    return tuple(figures(name, checked(language, frame, path.name), **about) for name, frame in told.items())


def zones(language: Language, path: Path) -> pd.DataFrame:
    """Which commune is in which employment zone of 2020: columns commune, zone, name (vintage in `attrs`).

    INSEE's own workbook, sheet `Composition_communale`, codes on the sixth line, as text.
    """
    names = {"CODGEO": "commune", "ZE2020": "zone", "LIBZE2020": "name"}
    found = (
        sheet(language, path, "Composition_communale", names)[list(names)]
        .rename(columns=names)
        .astype("str")
    )
    for name, width in (("commune", 5), ("zone", 4)):
        found[name] = whole_code(language, found[name], width, path.name)
    year = re.search(r"(20\d{2})(?!.*20\d{2})", path.stem)
    found.attrs["vintage"] = int(year[1]) if year else 2023
    return found
