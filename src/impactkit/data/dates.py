"""Dates as they are known: a year, a month or a day; days between two of them, and how precise that is."""

import calendar
import datetime as dt
import os
import re
import time

from impactkit.errors import RefusedData
from impactkit.wording.language import Language
from impactkit.wording.plain_lines import on_a_line

# The variable by which builders fix the day (reproducible-builds.org), and how much of it is said.
EPOCH, LONGEST_SAID = "SOURCE_DATE_EPOCH", 40
PRECISIONS = ("year", "month", "day")
DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


def precision(date: str) -> str:
    """`year`, `month` or `day`, from the form of an ISO date."""
    return PRECISIONS[date.count("-")]


def iso_day(text: str) -> dt.date:
    """The day that a text says as 2024-06-30, and in no other way. Raises ValueError or TypeError for what
    says none: a week of the calendar, or a day without its hyphens, is read by no one.
    """
    if not DAY.fullmatch(text):
        raise ValueError("no day")
    return dt.date.fromisoformat(text)


def parts_of(date: str) -> list[int]:
    """Its year, its month and its day, as far as it is written. Raises ValueError for what is no date."""
    if not date.isascii():
        # Python reads the digits of every alphabet; a table is written with ours.
        raise ValueError(date)
    parts = [int(part) for part in date.split("-")]
    if not dt.MINYEAR <= parts[0] <= dt.MAXYEAR:
        raise ValueError(f"year {parts[0]}")
    return parts


def middle(date: str) -> dt.date:
    """The day itself, or the middle of the month or of the year. Raises ValueError for what is no date."""
    parts = parts_of(date)
    if len(parts) == 1:
        return dt.date(parts[0], 7, 1)
    day = parts[2] if len(parts) == 3 else 15
    return dt.date(parts[0], parts[1], day)


def span(date: str) -> tuple[dt.date, dt.date]:
    """First and last day that a date may stand for: of the year, of the month, or the day itself. Raises
    ValueError for what is no date.
    """
    parts = parts_of(date)
    if len(parts) == 3:
        return middle(date), middle(date)
    year = parts[0]
    first = last = parts[1] if len(parts) > 1 else 0
    if not first:
        first, last = 1, 12
    days = calendar.monthrange(year, last)[1]
    return dt.date(year, first, 1), dt.date(year, last, days)


def after(date: dt.date, months: int) -> dt.date:
    """The same day some months later; the last day of the month when it has no such day."""
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    return dt.date(year, month + 1, min(date.day, calendar.monthrange(year, month + 1)[1]))


def days_between(first: str, last: str) -> int:
    """Days from one date to another; a month or a year counts for its middle."""
    return (middle(last) - middle(first)).days


def coarsest(*dates: str) -> str:
    """The least precise of several dates: `year`, `month` or `day`."""
    return min((precision(date) for date in dates), key=PRECISIONS.index)


def last_day(period: str) -> str:
    """The last day of a period told as a year, a quarter (2019-Q1), a month or a day, as an ISO date."""
    if "-Q" in period:
        year, quarter = period.split("-Q")
        period = f"{year}-{int(quarter) * 3:02}"
    return span(period)[1].isoformat()


def today(language: Language) -> dt.date:
    """The UTC day, or the one of SOURCE_DATE_EPOCH. Raises RefusedData when that is no date."""
    written = os.environ.get(EPOCH, "").strip()
    try:
        epoch = float(written or time.time())
        return dt.datetime.fromtimestamp(epoch, dt.UTC).date()
    except (ValueError, OverflowError, OSError) as cause:
        # No number, none that is finite, or a year that no calendar has.
        raise language.error(
            RefusedData, "epoch", where=EPOCH, value=on_a_line(written)[:LONGEST_SAID]
        ) from cause
