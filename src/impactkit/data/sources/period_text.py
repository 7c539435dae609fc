"""Periods as people write them: years, quarters, months or days, in the forms of the kit."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from impactkit.data.sources.column import Texts, Wrongs
from impactkit.wording.language import Language

YEAR, QUARTER, MONTH, DAY = "year", "quarter", "month", "day"
FIRST, LAST = 1800, 2200
_TIME = r"(?:[T ]00:00(?::00(?:\.0+)?)?)?"
# Day before month, as France writes them.
FORMS = (
    (YEAR, re.compile(r"(?P<y>[0-9]{4})(?:[.,]0+)?")),
    (QUARTER, re.compile(r"(?P<y>[0-9]{4})[ -]?[TtQq](?P<q>[1-4])")),
    (QUARTER, re.compile(r"[TtQq](?P<q>[1-4])[ /-]?(?P<y>[0-9]{4})")),
    (MONTH, re.compile(r"(?P<y>[0-9]{4})[-/](?P<m>[0-9]{1,2})")),
    (MONTH, re.compile(r"(?P<m>[0-9]{1,2})[-/](?P<y>[0-9]{4})")),
    (DAY, re.compile(rf"(?P<y>[0-9]{{4}})[-/](?P<m>[0-9]{{1,2}})[-/](?P<d>[0-9]{{1,2}}){_TIME}")),
    (DAY, re.compile(rf"(?P<d>[0-9]{{1,2}})[-/](?P<m>[0-9]{{1,2}})[-/](?P<y>[0-9]{{4}}){_TIME}")),
)


@dataclass(frozen=True)
class Period:
    """A year (2023), a quarter (2023-Q3), a month (2023-03) or a day (2023-01-01)."""

    frequency: str
    text: str


def period_of(text: str) -> Period | None:
    """The period that a text says; None when it says none."""
    plain = text.strip()
    for frequency, form in FORMS:
        if match := form.fullmatch(plain):
            return _period(frequency, match.groupdict())
    return None


def read(language: Language, texts: Sequence[str]) -> Texts:
    """The periods of a column, all of the frequency that most have."""
    distinct = {text: period_of(text) for text in set(texts)}
    periods = [distinct[text] for text in texts]
    counts = Counter(period.frequency for period in periods if period)
    frequency = max(counts, key=counts.__getitem__, default=YEAR)
    values, wrong = [], Wrongs()
    for position, period in enumerate(periods):
        values.append(period.text if period else "")
        if period is None:
            wrong[position] = language.advice("own.period")
        elif period.frequency != frequency:
            usual = language.say(f"own.period.{frequency}")
            wrong[position] = language.advice("own.period.mixed", usual=usual)
    return Texts(values, wrong)


def _period(frequency: str, parts: dict[str, str]) -> Period | None:
    """The period in the form of the kit; None for a date that does not exist."""
    year = int(parts["y"])
    month = int(parts.get("m", 1))
    day = int(parts.get("d", 1))
    try:
        date = dt.date(year, month, day)
    except ValueError:
        return None
    if not FIRST <= year <= LAST:
        return None
    if frequency == YEAR:
        return Period(frequency, f"{year}")
    if frequency == QUARTER:
        quarter = parts["q"]
        return Period(frequency, f"{year}-Q{quarter}")
    if frequency == MONTH:
        return Period(frequency, f"{date:%Y-%m}")
    return Period(frequency, date.isoformat())
