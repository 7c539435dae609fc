"""Any table read as a panel: what cannot be one is refused in a sentence that names the line."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from impactkit.data.moments import Moment, in_order, moment_of
from impactkit.errors import RefusedData
from impactkit.wording.language import Language

# Beyond it the square of a square is no number any more.
LARGEST = 1e75
NEVER = (0, "", "0", math.inf)


@dataclass(frozen=True)
class Names:
    """The columns of a table that hold the unit, the period, the outcome, and the first period treated."""

    unit: str
    period: str
    outcome: str
    first_treated: str | None = None

    @property
    def columns(self) -> list[str]:
        """The columns that are read, in this order."""
        names = [self.unit, self.period, self.outcome]
        return names if self.first_treated is None else [*names, self.first_treated]


def values_of(language: Language, frame: pd.DataFrame, names: Names) -> pd.DataFrame:
    """unit, period, value, flag, in order. Raises RefusedData."""
    _columns(language, frame, names)
    columns = [names.unit, names.period, names.outcome]
    values = frame[columns].set_axis(["unit", "period", "value"], axis=1)
    coded = values.select_dtypes("category").columns
    values = values.astype(dict.fromkeys(coded, object))
    if values.empty:
        raise language.error(RefusedData, "panel-empty")
    _units(language, values["unit"])
    _periods(language, values["period"])
    _refuse(language, "panel-twice", values, values.duplicated(["unit", "period"]))
    values["value"] = _outcome(language, values)
    absent = values["value"].isna()
    values["flag"] = absent.map({True: "missing:not-published", False: ""})
    rank = {period: at for at, period in enumerate(in_order(values["period"].unique()))}
    order = values.assign(rank=values["period"].map(rank))
    order = order.sort_values(["unit", "rank"], kind="stable")
    return order.drop(columns="rank").reset_index(drop=True)


def treated_of(
    language: Language, frame: pd.DataFrame, names: Names, values: pd.DataFrame
) -> Mapping[Any, Any]:
    """Since when each treated unit is, by unit, as the panel writes its periods. Raises RefusedData."""
    if names.first_treated is None:
        return {}
    dates = frame[[names.unit, names.first_treated]].set_axis(["unit", "first"], axis=1).drop_duplicates()
    moving = dates[dates["unit"].duplicated()]
    if len(moving):
        raise language.error(RefusedData, "panel-moving", unit=moving["unit"].iloc[0])
    treated = dates[dates["first"].notna() & ~dates["first"].isin(NEVER)]
    periods = {moment_of(period): period for period in in_order(values["period"].unique())}
    since: dict[Any, Any] = {}
    for unit, date in zip(treated["unit"], treated["first"], strict=True):
        moment = _start(language, unit, date, periods)
        since[unit] = periods.get(moment, date)
    return since


def _start(language: Language, unit: Any, date: Any, periods: Mapping[Moment | None, Any]) -> Moment:
    """When a unit was first treated. Raises RefusedData for what is no period, or too early to know."""
    moment = moment_of(date)
    known = [period for period in periods if period is not None]
    if moment is None or moment.calendar != known[0].calendar:
        labels = list(periods.values())
        raise language.error(
            RefusedData, "panel-date", unit=unit, date=date, first=labels[0], last=labels[-1]
        )
    if moment.count <= known[0].count:
        raise language.error(RefusedData, "panel-first", unit=unit)
    return moment


def _columns(language: Language, frame: Any, names: Names) -> None:
    if not isinstance(frame, pd.DataFrame):
        raise language.error(RefusedData, "panel-frame", received=type(frame).__name__)
    absent = [name for name in names.columns if name not in frame.columns]
    if absent:
        raise language.error(RefusedData, "panel-columns", columns=", ".join(map(str, absent)))
    for name in names.columns:
        if names.columns.count(name) > 1 or list(frame.columns).count(name) > 1:
            raise language.error(RefusedData, "panel-column-twice", column=name)
        for cell in frame[name] if frame[name].dtype == object else ():
            if not pd.api.types.is_hashable(cell):
                raise language.error(RefusedData, "panel-cell", column=name, cell=cell)


def _units(language: Language, units: pd.Series) -> None:
    if units.isna().any():
        raise language.error(RefusedData, "panel-unit", line=int(units.isna().to_numpy().argmax()) + 1)
    texts = [unit for unit in units.unique() if isinstance(unit, str)]
    others = [unit for unit in units.unique() if not isinstance(unit, str)]
    if texts and others:
        raise language.error(RefusedData, "panel-units", text=texts[0], number=others[0])


def _periods(language: Language, periods: pd.Series) -> None:
    """Raises RefusedData for a period that is none, of another calendar, or written in two ways."""
    known: dict[Moment, Any] = {}
    calendar = ""
    for period in periods.unique():
        moment = moment_of(period)
        if moment is None:
            raise language.error(RefusedData, "panel-period", period=period)
        calendar = calendar or moment.calendar
        other = known.setdefault(moment, period)
        if moment.calendar != calendar or other is not period and other != period:
            first = next(iter(known.values()))
            raise language.error(RefusedData, "panel-periods", period=period, other=first)


def _outcome(language: Language, values: pd.DataFrame) -> pd.Series:
    numeric = pd.to_numeric(values["value"], errors="coerce")
    if pd.api.types.is_complex_dtype(numeric):
        raise language.error(RefusedData, "panel-text", **_line(values.iloc[0]))
    outcome = numeric.astype("Float64").astype("float64")
    _refuse(language, "panel-text", values, outcome.isna() & values["value"].notna())
    _refuse(language, "panel-infinite", values, outcome.abs() == math.inf)
    _refuse(language, "panel-large", values, outcome.abs() > LARGEST)
    return outcome


def _refuse(language: Language, key: str, values: pd.DataFrame, wrong: pd.Series) -> None:
    if wrong.any():
        raise language.error(RefusedData, key, **_line(values[wrong].iloc[0]))


def _line(line: pd.Series) -> dict[str, Any]:
    return {"unit": line["unit"], "period": line["period"], "value": line["value"]}
