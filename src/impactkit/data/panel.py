"""A panel: one outcome, every unit of a family, every period; its gaps named, its breaks marked."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from impactkit.data import official, plain_panel, series
from impactkit.data.moments import in_order
from impactkit.errors import NotEnoughData, Rich
from impactkit.wording.language import FRENCH, Language

if TYPE_CHECKING:
    from impactkit.data.evaluation import Evaluation

FAMILIES = ("epci", "zone", "departement", "region", "commune", "ept", "unit")
# A year that stands apart from the one before and the one after by a quarter, both on the same side.
APART = 0.25


@dataclass(frozen=True, eq=False)
class Panel(Rich):
    """`frame`: unit, period, value, low, high, flag, source, as_of, data_vintage, geography_vintage, route.

    `gaps`: unit, first, last, reason (runs of periods without a value); `breaks`: periods at which the
    series breaks; `unusual`: unit, period (a year far from its two neighbours, such as ski resorts closed on
    31 December 2020); `revisions`: what the newest edition of the source changed; `rolling`: whether a
    figure pools several years, so that it is never read as of one.

    >>> told = {"place": ["a", "a", "b", "b"], "year": [1, 2, 1, 2], "sales": [3.0, 4.0, 5.0, 6.0]}
    >>> frame = pd.DataFrame(told)
    >>> ik.Panel.from_frame(frame, unit="place", period="year", outcome="sales").wide.loc["b"].tolist()
    [5.0, 6.0]
    """

    language: Language
    outcome: str
    family: str
    breaks: tuple[str, ...]
    rolling: bool
    # Units of a plain panel that were treated, and since when; empty for official figures.
    first_treated: Mapping[Any, Any] = field(repr=False)
    _frame: pd.DataFrame = field(repr=False)
    _gaps: pd.DataFrame = field(repr=False)
    _unusual: pd.DataFrame = field(repr=False)
    _revisions: pd.DataFrame = field(repr=False)
    # What was rewritten or chosen in reading the files, in finished sentences.
    notes: tuple[str, ...] = field(default=(), repr=False)

    @classmethod
    def from_frame(
        cls, frame: pd.DataFrame, *, unit: str, period: str, outcome: str, first_treated: str | None = None
    ) -> Panel:
        """Any table as a panel: the names of its columns for the unit, the period, the outcome, and the
        period from which a unit was treated (empty or 0: never).

        Periods are numbers, or years, quarters (2019-Q3), months or days, all of one sort.

        Raises RefusedData in one sentence: a column that is not there, a unit and period twice, an outcome
        that is no number, a period that is none, a unit treated from the first period or at two dates.
        """
        names = plain_panel.Names(unit, period, outcome, first_treated)
        values = plain_panel.values_of(FRENCH, frame, names)
        treated = plain_panel.treated_of(FRENCH, frame, names, values)
        nothing = pd.DataFrame()
        return cls(FRENCH, outcome, "unit", (), False, treated, values, nothing, nothing, nothing)

    def __repr__(self) -> str:
        units, periods = self._frame["unit"].nunique(), self._frame["period"].nunique()
        return f"Panel({self.outcome}: {units} units of {self.family}, {periods} periods)"

    def _told(self) -> tuple[tuple[str, str], ...]:
        language = self.language
        units, periods = (
            language.number(self._frame["unit"].nunique()),
            in_order(self._frame["period"].unique()),
        )
        told = {"outcome": self.outcome, "units": units, "periods": f"{periods[0]} – {periods[-1]}"}
        return language.cells(
            **told,
            breaks=", ".join(self.breaks),
            gaps=language.number(len(self._gaps)),
            notes=" ".join(self.notes),
        )

    @property
    def frame(self) -> pd.DataFrame:
        """The values, tidy, as a copy."""
        return self._frame.copy()

    @property
    def gaps(self) -> pd.DataFrame:
        """Runs of periods without a value, and why, as a copy."""
        return self._gaps.copy()

    @property
    def unusual(self) -> pd.DataFrame:
        """Periods that stand apart from their neighbours, as a copy."""
        return self._unusual.copy()

    @property
    def revisions(self) -> pd.DataFrame:
        """What the newest edition changed in the one before, as a copy."""
        return self._revisions.copy()

    @property
    def wide(self) -> pd.DataFrame:
        """Units in rows, periods in columns, missing as NaN; nothing is filled in."""
        table = self._frame.pivot(index="unit", columns="period", values="value")
        return table[in_order(table.columns)]


def panel(ev: Evaluation, *, outcome: str, family: str | None = None) -> Panel:
    """The panel of one outcome over a family of units (epci, zone, departement, region, commune, ept, unit).

    Without a family: the units of the evaluation, else employment zones or EPCI, whichever the source tells.
    Raises UnknownName for an outcome or a family that does not exist, NotEnoughData when no source gives it.

    >>> panel = ik.panel(ik.load(), outcome="count_jobs_private")
    >>> panel.wide.shape, panel.gaps["reason"].unique().tolist()
    ((360, 11), ['missing:withheld'])
    """
    if family is not None and family not in FAMILIES:
        raise ev.language.unknown("noun.family", family, FAMILIES)
    from impactkit.data.outcome_names import must_be_imported

    must_be_imported(ev, outcome)
    return _panel(ev, outcome, family or _usual(ev, outcome))


def _usual(ev: Evaluation, outcome: str) -> str:
    held = [one for one in ("unit", "zone", "epci", "departement") if official.figures(ev, outcome, one)]
    return held[0] if held else "epci"


@functools.lru_cache(maxsize=16)
def _panel(ev: Evaluation, outcome: str, family: str) -> Panel:
    frame = series.of_units(ev, outcome, family)
    if frame.empty:
        raise ev.language.error(NotEnoughData, "no-panel", outcome=outcome, family=family)
    frame = frame.sort_values(["unit", "period"], kind="stable").reset_index(drop=True)
    broken = tuple(sorted(frame[frame["flag"] == "break"]["period"].unique()))
    rolling = bool((frame["flag"] == "rolling").any())
    revised = official.revisions(ev, outcome)
    revised = revised[revised["family"] == family].reset_index(drop=True)
    notes = official.notes(ev, outcome, family)
    about = _gaps_of(frame), _unusual_of(frame), revised, notes
    return Panel(ev.language, outcome, family, broken, rolling, {}, frame, *about)


def _gaps_of(frame: pd.DataFrame) -> pd.DataFrame:
    """Consecutive periods without a value for one reason, as one gap."""
    silent = frame["value"].isna()
    key = frame["unit"] + "\0" + frame["flag"].where(silent, "")
    run = (key != key.shift()).cumsum()[silent]
    about = {"unit": ("unit", "first"), "first": ("period", "first"), "last": ("period", "last")}
    gaps = frame[silent].groupby(run, sort=False).agg(**about, reason=("flag", "first"))
    return gaps.reset_index(drop=True)


def _unusual_of(frame: pd.DataFrame) -> pd.DataFrame:
    """Values at least a quarter under, or over, both their neighbours; quarters and rates have none."""
    told = frame[frame["value"].notna() & frame["period"].str.fullmatch(r"\d{4}")]
    if told.empty or told["value"].max() <= 1:
        return pd.DataFrame(columns=["unit", "period", "value", "before", "after"])
    by_unit = told.groupby("unit")["value"]
    before, after = by_unit.shift(), by_unit.shift(-1)
    under = (told["value"] < before * (1 - APART)) & (told["value"] < after * (1 - APART))
    over = (told["value"] * (1 - APART) > before) & (told["value"] * (1 - APART) > after)
    found = told.assign(before=before, after=after)[under | over]
    return found[["unit", "period", "value", "before", "after"]].reset_index(drop=True)
