"""The catalogue of indicators that ships: what each one is, its traps, its targets and who publishes it."""

import functools

import pandas as pd

from impactkit.data.folders import reference_folder
from impactkit.data.perimeters import reference
from impactkit.wording.language import FRENCH


def catalogue(theme: str | None = None) -> pd.DataFrame:
    """Every indicator, or those of one theme (food, circular, inclusion, mobility, ageing, context).

    Columns: id, theme, label_fr, label_en, formula, unit, direction (higher, lower, context, contested),
    source, level, frequency, breaks, coverage, target, target_source, sdg, iris (only verified
    ids), trap, status (verified or unverified), checked. Raises UnknownName for another theme.
    """
    rows = reference("indicators")
    if theme is None:
        return rows.copy()
    if theme not in themed():
        raise FRENCH.unknown("noun.theme", theme, themed())
    return rows[[theme in held.split() for held in rows["theme"]]].reset_index(drop=True)


@functools.lru_cache(maxsize=1)
def themed() -> frozenset[str]:
    """The themes that the catalogue knows."""
    return frozenset(reference("indicators")["theme"].str.split().explode())


@functools.lru_cache(maxsize=1)
def measures() -> pd.DataFrame:
    """What the tables of an evaluation are measured by: label_fr, logic (inputs, activities, outputs,
    outcomes, context), dimension (what, who, how_much, contribution, risk) and table, by indicator. Read,
    never written into.
    """
    return reference("measures").set_index("id")


@functools.lru_cache(maxsize=1)
def of_own_tables() -> frozenset[str]:
    """The measures of an evaluation's own tables: what [secrecy] may name. A value in euros is none: it is
    read from what its project declares.
    """
    tables = measures()["table"]
    return frozenset(tables.index[~tables.isin(["", "valuations"])])


@functools.lru_cache(maxsize=1)
def reference_values() -> pd.DataFrame:
    """French reference values: id, label_fr, unit, year, value, low, high, euros, version, contested and
    source. Several versions are kept so that an old study can be done again. Read, never written into.
    """
    found = pd.read_csv(reference_folder() / "values.csv", dtype="str", keep_default_na=False)
    for name in ("value", "low", "high"):
        found[name] = pd.to_numeric(found[name].replace("", None))
    return found
