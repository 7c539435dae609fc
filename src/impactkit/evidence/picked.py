"""The figures of one territory, taken from indicator rows and finished as text once."""

import functools
from dataclasses import dataclass

import pandas as pd
from pandas.api.types import is_numeric_dtype

from impactkit.data.territories import Territory
from impactkit.evidence.finding import Sentence
from impactkit.indicators import hidden, indicators
from impactkit.indicators.draws import not_listed, table_of
from impactkit.indicators.rows import Row
from impactkit.wording.language import Language
from impactkit.wording.numbers import rounded

MEDIAN = "comparable=median"
DECIMALS = {"points": 1, "fois": 1, "indice": 1, "types": 1}
# Money for money, in whatever currency.
RATIO = "euros par euro"
# From a value to what is printed on an axis, by the scale of an estimate.
TIMES = {"points": 1, "percent": 100}


@dataclass(frozen=True, eq=False)
class Picked:
    """Indicator rows of one territory, or of the programme (`code` ""), asked one at a time."""

    place: Territory
    rows: pd.DataFrame
    code: str = ""

    def of(self, indicator: str, *, group: str = "", period: str | None = None) -> Row | None:
        """The row of an indicator (the latest period when none is named); None when it has no value."""
        found = self._known.get((indicator, group), ())
        return next((row for row in found if period in (None, row["period"])), None)

    @functools.cached_property
    def _secret(self) -> frozenset[str]:
        return hidden(self.place.evaluation, self.code)

    @functools.cached_property
    def _known(self) -> dict[tuple[str, str], list[Row]]:
        """The rows that have a value by indicator and group, the latest period first."""
        found: dict[tuple[str, str], list[Row]] = {}
        last = self.rows[self.rows["value"].notna()].iloc[::-1]
        for row in last.sort_values("period", ascending=False, kind="stable").to_dict("records"):
            found.setdefault((row["indicator"], row["group"]), []).append(row)
        return found

    def count(self, indicator: str, *, group: str = "") -> int:
        """A count as a whole number; 0 when it is not known."""
        row = self.of(indicator, group=group)
        return 0 if row is None else round(row["value"])

    def told(self, key: str, indicator: str, *, group: str = "", n: str = "", **holes: object) -> Sentence:
        """The sentence of `key` about an indicator: `value` and `of` (its n) fill holes, the column that `n`
        names (value or n) chooses the plural; nothing without a value.
        """
        language = self.place.language
        row = self.of(indicator, group=group)
        # Of lines that may not be counted nothing is said that counts them.
        if row is None or (n and pd.isna(row[n])):
            return ()
        about = {
            "value": language.number(row["value"]),
            "of": "" if pd.isna(row["n"]) else language.number(row["n"]),
        }
        return language.runs(key, n=round(row[n]) if n else None, **about, **holes)

    def may_count(self, *tables: str) -> bool:
        """Whether secrecy lets the lines of these tables be counted."""
        return not any(not_listed(self._secret, table) for table in tables)

    def may_list(self, table: str, column: str) -> bool:
        """Whether secrecy lets the numbers of a column be told line by line."""
        return self.may_count(table) and f"{table}.{column}" not in self._secret

    def many(self, indicator: str, prefix: str) -> pd.DataFrame:
        """Rows of an indicator whose group starts with `prefix`."""
        return self.rows[(self.rows["indicator"] == indicator) & self.rows["group"].str.startswith(prefix)]

    @property
    def hidden(self) -> frozenset[str]:
        """Tables whose figures may not all be shown line by line (statistical secrecy)."""
        return frozenset(map(table_of, self._secret))

    def table(self, name: str) -> pd.DataFrame:
        """A table of the territory as it may be shown: without its lines where they may not be counted,
        without the numbers that secrecy hides.
        """
        found = self.place.table(name)
        if not self.may_count(name):
            return found[:0]
        numbers = [column for column in found if is_numeric_dtype(found[column])]
        gone = [column for column in numbers if not self.may_list(name, column)]
        return found.assign(**dict.fromkeys(gone, float("nan")))


def picked(place: Territory) -> Picked:
    """Every indicator row of one territory."""
    return _picked(place.evaluation, place.code)


@functools.lru_cache(maxsize=64)
def _picked(ev: object, code: str) -> Picked:
    place = ev.territory(code)  # type: ignore[attr-defined]
    return Picked(place, indicators(place.evaluation, of=place), code)


def as_text(language: Language, value: float, unit: str, *, sign: bool = False) -> str:
    """One figure by its unit: shares as percentages with one decimal, counts as whole numbers, indices with
    one decimal, ratios of money with two.
    """
    if unit in ("part", "percent"):
        return language.percent(value, 1, sign=sign)
    decimals = 2 if unit == language.in_currency(RATIO) else DECIMALS.get(unit, 0)
    return language.number(value, decimals, sign=sign)


def measured(language: Language, value: float | None, unit: str, *, sign: bool = False) -> str:
    """As `as_text`, with points named: « +0,4 point »."""
    assert value is not None
    text = as_text(language, value, unit, sign=sign)
    # As it is printed: 1,96 is « 2,0 points ».
    return f"{text} " + language.say("unit.points", n=abs(rounded(value, 1))) if unit == "points" else text


def signed(row: Row) -> bool:
    """Whether a figure tells a change: it is printed with its sign."""
    return bool(row["unit"] == "points" or row["indicator"].endswith("_change"))
