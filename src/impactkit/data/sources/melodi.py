"""INSEE Melodi: the answers of its API (JSON), its coded files (CSV or zip) and its labelled exports (CSV).

The API could not be tried here; its layout is that of INSEE's public client code, the labelled exports are
real ones. 30 requests a minute.
"""

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from impactkit.data import csv_text, geography
from impactkit.data.sources.figures import Figures
from impactkit.data.sources.readers import checked, has, numbers, table, text_frame
from impactkit.data.unpacking import DAMAGED, json_of, of_archive
from impactkit.errors import RefusedData
from impactkit.wording.language import Language

FAMILIES = {"COM": "commune", "EPCI": "epci", "DEP": "departement", "REG": "region", "ZE2020": "zone"}
LEVELS = {
    "Commune": "commune",
    "Etablissement public de coopération intercommunal": "epci",
    "Département": "departement",
    "Région": "region",
}
GEO = re.compile(r"(?:(\d{4})-)?(COM|EPCI|DEP|REG|ZE2020)-(\w+)")
SHORT = {"d'agglomération": "CA", "de communes": "CC", "urbaine": "CU"}
SECRET = "Confidentiel (secret statistique)"


def read(language: Language, path: Path, settings: Mapping[str, Any]) -> tuple[Figures, ...]:
    """One indicator of a data set, by family of units found in it.

    Settings: `dataset`, `indicator`, `where` (a value by dimension, or a list of values, which are added),
    `over` (the same, for a denominator: the indicator is then a share), `unit`, `step`, `within`
    (départements, to tell communes of one name apart in a labelled export). A secret value is `withheld`.
    Raises RefusedData for a dimension that is not there, a name that is no unit or several.
    """
    labelled = path.suffix == ".csv" and "Géographie" in table(language, path, ()).columns
    rows = _labelled(language, path, settings) if labelled else _coded(language, path)
    found = _chosen(language, rows, settings.get("where", {}), path.name)
    if "over" in settings:
        whole = _chosen(language, rows, settings["over"], path.name)
        key = ["family", "unit", "period"]
        found = found.merge(whole, on=key, suffixes=("", "_all"))
        found["value"] = found["value"] / found["value_all"].where(found["value_all"] > 0)
        found["flag"] = found["flag"].mask(found["flag"] == "", found["flag_all"])
    vintages = {family: _vintage(language, part, path.name) for family, part in rows.groupby("family")}
    return tuple(
        Figures(
            indicator=settings["indicator"],
            family=str(family),
            unit=settings.get("unit", "part" if "over" in settings else ""),
            source=f"Insee, Melodi, {settings['dataset']}",
            data_vintage=part["period"].max(),
            geography_vintage=vintages[family],
            step=float(settings.get("step", 0.0)),
            rolling="_RP_" in settings["dataset"],
            _frame=checked(language, part.drop(columns="family"), path.name),
        )
        for family, part in found.groupby("family")
    )


def _vintage(language: Language, rows: pd.DataFrame, where: str) -> str:
    """The one vintage of the units of a family. Raises RefusedData when a file has several."""
    years = sorted(rows["vintage"].unique())
    if len(years) > 1:
        raise language.error(RefusedData, "source-vintages", where=where, years=", ".join(years))
    return str(years[0])


def _coded(language: Language, path: Path) -> pd.DataFrame:
    rows = _json(language, path) if path.suffix == ".json" else _csv(language, path)
    parts = rows["GEO"].str.extract(GEO)
    # Other levels (France, urban areas) are no unit of ours.
    ours = parts[1].notna()
    rows, parts = rows[ours].rename(columns={"TIME_PERIOD": "period"}), parts[ours]
    return rows.assign(family=parts[1].map(FAMILIES), unit=parts[2], vintage=parts[0].fillna(""))


def _json(language: Language, path: Path) -> pd.DataFrame:
    try:
        rows = [_observation(one) for one in json_of(language, path)["observations"]]
    except (ValueError, KeyError, TypeError, AttributeError) as cause:
        raise language.error(RefusedData, "source-no-table", where=path.name, cause=cause) from cause
    found = has(language, pd.DataFrame(rows), ("GEO", "TIME_PERIOD"), path.name)
    return found.assign(value=numbers(language, found["value"], path.name))


def _observation(observed: Mapping[str, Any]) -> dict[str, Any]:
    """The dimensions of an observation, its value, whether it is secret. Raises TypeError for dimensions
    that are no text, ValueError for a value that is neither a number nor text.
    """
    row: dict[str, Any] = dict(observed["dimensions"])
    if not all(isinstance(part, str) for part in row.values()):
        raise TypeError("a dimension that is no text")
    value = observed.get("measures", {}).get("OBS_VALUE_NIVEAU", {}).get("value")
    if isinstance(value, bool) or not isinstance(value, int | float | str | None):
        raise ValueError("a value that is no number")
    row["secret"] = observed.get("attributes", {}).get("CONF_STATUS", "F") not in ("F", "")
    row["value"] = value
    return row


def _csv(language: Language, path: Path) -> pd.DataFrame:
    needed = ("GEO", "TIME_PERIOD", "OBS_VALUE")
    rows = (
        has(language, _zipped(language, path), needed, path.name)
        if path.suffix == ".zip"
        else table(language, path, needed)
    )
    if "GEO_OBJECT" in rows.columns:
        rows["GEO"] = rows["GEO_OBJECT"] + "-" + rows["GEO"]
    secret = rows["CONF_STATUS"].ne("F") if "CONF_STATUS" in rows.columns else False
    return rows.assign(value=numbers(language, rows["OBS_VALUE"], path.name), secret=secret)


def _zipped(language: Language, path: Path) -> pd.DataFrame:
    try:
        with zipfile.ZipFile(path) as packed:
            inner = next(name for name in packed.namelist() if name.endswith("_data.csv"))
            text = of_archive(language, packed, inner).decode("utf-8-sig")
    except (StopIteration, *DAMAGED) as cause:
        raise language.error(RefusedData, "source-no-table", where=path.name, cause=cause) from cause
    packed_table = csv_text.of_text(language, text, path.name, separator=";", unreadable="source-no-table")
    return text_frame(csv_text.sound(language, packed_table))


def _labelled(language: Language, path: Path, settings: Mapping[str, Any]) -> pd.DataFrame:
    rows = table(language, path, ("Géographie", "Niveau Géo", "Période", "Valeur"))
    rows = rows.assign(family=rows["Niveau Géo"].map(LEVELS)).dropna(subset="family").reset_index(drop=True)
    codes = {name: _codes(name, settings.get("within", ())) for name in rows["family"].unique()}
    unit = []
    for kind, name in zip(rows["family"], rows["Géographie"], strict=True):
        found = codes[kind].get(_plain(name), [])
        if len(found) != 1:
            key = "source-name-several" if found else "source-name-unknown"
            raise language.error(RefusedData, key, where=path.name, name=name, codes=", ".join(found))
        unit.append(found[0])
    secret = rows["Statut de confidentialité"].eq(SECRET) if "Statut de confidentialité" in rows else False
    value = numbers(language, rows["Valeur"], path.name)
    vintage = str(geography.VINTAGES[-1])
    return rows.assign(unit=unit, period=rows["Période"], vintage=vintage, value=value, secret=secret)


def _codes(family: str, within: Any) -> dict[str, list[str]]:
    vintage = geography.VINTAGES[-1]
    units = geography.units(family, vintage=vintage)
    if within and family in ("commune", "epci"):
        ground = geography.members("departement", vintage=vintage)
        here = set(ground[ground["unit"].isin(list(within))]["commune"])
        held = geography.members(family, vintage=vintage)
        units = units[units["code"].isin(set(held[held["commune"].isin(here)]["unit"]))]
    return dict(units.groupby(units["name"].map(_plain))["code"].apply(list))


def _plain(name: str) -> str:
    name = re.sub(r"^Communauté (d'agglomération|de communes|urbaine)", lambda found: SHORT[found[1]], name)
    return re.sub(r"\W+", " ", name).strip().lower()


def _chosen(language: Language, rows: pd.DataFrame, where: Mapping[str, Any], about: str) -> pd.DataFrame:
    combinations = 1
    for name, wanted in where.items():
        known = set(has(language, rows, (name,), about)[name])
        values = [wanted] if isinstance(wanted, str) else list(wanted)
        for value in values:
            if value not in known:
                raise language.error(RefusedData, "source-no-value", where=about, name=name, value=value)
        rows = rows[rows[name].isin(values)]
        combinations *= len(values)
    grouped = rows.groupby(["family", "unit", "period"], as_index=False)
    found = grouped.agg(size=("value", "size"), secret=("secret", "any"))
    # Dimensions left free would add a total to its parts.
    if (found["size"] > combinations).any():
        raise language.error(RefusedData, "source-free-dimension", where=about)
    found["value"] = grouped["value"].sum(skipna=False)["value"]
    found["flag"] = found["secret"].map({True: "withheld", False: ""})
    return found.drop(columns=["secret", "size"])
