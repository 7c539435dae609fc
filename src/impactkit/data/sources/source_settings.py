"""What each key of a [[source]] of evaluation.toml may be."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from impactkit.data.setting_kinds import (
    FLAG,
    NUMBER,
    TABLE,
    TEXT,
    TEXTS,
    Kind,
    faults,
    is_number,
    is_text,
    one_of,
    table_of,
)
from impactkit.data.sources.period_text import period_of
from impactkit.errors import ImpactkitError, RefusedData
from impactkit.wording.language import Language

FAMILIES = ("commune", "epci", "ept", "departement", "region", "zone", "unit", "territory")
INDICATOR = re.compile("[a-z][a-z0-9]*(_[a-z0-9]+)*")
NAME = re.compile("[A-Za-z0-9][A-Za-z0-9_.-]*")
FIRST_YEAR, LAST_YEAR = 1990, 2100


def _file(value: Any) -> bool:
    """Whether a value names files within a folder."""
    # A backslash and a drive's colon lead elsewhere where the system is Windows.
    if not is_text(value) or value.startswith("/") or "\\" in value or ":" in value:
        return False
    parts = value.split("/")
    return ".." not in parts and not any("**" in part or part in ("", ".") for part in parts)


def _year(value: Any) -> bool:
    return str(value).isdecimal() and FIRST_YEAR <= int(value) <= LAST_YEAR and not isinstance(value, bool)


def _periods(value: Any) -> bool:
    return isinstance(value, list) and all(period_of(str(part)) is not None for part in value)


def _choices(value: Any) -> bool:
    """Whether a value gives, by dimension, a value or several."""
    return isinstance(value, dict) and all(is_text(part) or TEXTS.holds(part) for part in value.values())


def _number(value: Any) -> bool:
    return is_number(abs(value)) if type(value) in (int, float) else False


KINDS = {
    "kind": TEXT,
    "id": Kind("source-id", lambda value: isinstance(value, str) and bool(NAME.fullmatch(value)), '"shops"'),
    "address": TEXT,
    "file": Kind("file", _file, '"commerces.csv"'),
    "dataset": Kind("file", _file, '"DS_RP_POPULATION_PRINC"'),
    "indicator": Kind(
        "indicator",
        lambda value: isinstance(value, str) and bool(INDICATOR.fullmatch(value)),
        '"count_shops"',
    ),
    "family": one_of(*FAMILIES),
    "columns": table_of(TEXT),
    "unit": Kind("text", lambda value: value == "" or is_text(value), '"commerces"'),
    "source": TEXT,
    "vintage": Kind("year", _year, "2024"),
    "step": NUMBER,
    "absent": Kind("number", _number, "0"),
    "rolling": FLAG,
    "breaks": Kind("periods", _periods, '["2019"]'),
    "figure": one_of("", "sample", "events"),
    "decimal": one_of(",", "."),
    "thousands": one_of(" ", ",", ".", "'"),
    "where": Kind("choices", _choices, '{ SEX = "_T" }'),
    "over": Kind("choices", _choices, '{ SEX = "_T" }'),
    "geography": TEXTS,
    "within": TEXTS,
}
ROLES = {"unit": TEXT, "period": TEXT, "value": TEXT, "n": TEXT}


def source_faults(
    language: Language, source: Mapping[str, Any], keys: tuple[str, ...], needed: tuple[str, ...], where: str
) -> Iterator[ImpactkitError]:
    """Everything that is wrong with a source whose kind is known."""
    wrong = faults(language, source, {key: KINDS.get(key, TABLE) for key in keys}, where, needed)
    yield from wrong
    if isinstance(source.get("columns"), dict):
        yield from faults(language, source["columns"], ROLES, f"{where}, columns")
    if wrong:
        return
    decimal, thousands = source.get("decimal", ""), source.get("thousands", "")
    if decimal == thousands != "" or (thousands not in ("", ",", ".") and not decimal):
        yield language.error(RefusedData, "source-marks", where=where, decimal=decimal, thousands=thousands)
    if source.get("figure") == "sample" and "n" not in source.get("columns", {}):
        yield language.error(RefusedData, "source-sample", where=where)
