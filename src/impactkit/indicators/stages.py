"""How far each project has come, and when each territory's first one was launched."""

import functools
from typing import NamedTuple

import pandas as pd

from impactkit.data.dates import coarsest, days_between, middle, span
from impactkit.data.evaluation import Evaluation
from impactkit.data.territories import Territory
from impactkit.indicators.durations import curve, stated
from impactkit.indicators.rows import latest

# The stages in their order, and the date of each.
DATES = {"idea": "imagined", "incubated": "incubated", "launched": "started", "scaled": "scaled"}
ORDER = tuple(DATES)
CLOCKS = ("label", "start")


class Wait(NamedTuple):
    """How long a territory waited for its first project: days until it or until the last news, whether it
    came, the precision of the dates, whether a launch without a date may have come before; `days` None when
    it cannot be told.
    """

    days: int | None
    came: bool
    precision: str
    bound: bool


def with_reached(projects: pd.DataFrame) -> pd.DataFrame:
    """Projects with `reached`: rank of the furthest stage that the stage or a date tells; -1 when unknown.

    A stopped project has reached what its dates tell.
    """
    told = projects["stage"].map({stage: rank for rank, stage in enumerate(ORDER)}).fillna(-1)
    for rank, column in enumerate(DATES.values()):
        told = told.where((projects[column] == "") | (told >= rank), rank)
    return projects.assign(reached=told.astype(int))


def clock_of(place: Territory, clock: str) -> str:
    """Date from which a territory's time is counted: its label, or the start of work (its own event,
    else its wave's, else the programme's); "" when it is not known.
    """
    if clock == "label":
        return place.labelled
    events = place.table("events")
    starts = events[(events["kind"] == "start") & (stated(events, "date") != "")]
    for mine in (starts["territory"] == place.code, starts["wave"] == place.wave.id, starts["wave"] == ""):
        if mine.any():
            return str(min(starts[mine]["date"], key=middle))
    return ""


@functools.lru_cache(maxsize=256)
def first_project(place: Territory, clock: str) -> Wait | None:
    """How long the territory waited for its first project launched on or after the clock; None without a
    clock or without a project.
    """
    start, projects = clock_of(place, clock), place.table("projects")
    if not start or projects.empty:
        return None
    projects = with_reached(projects)
    started, launched = stated(projects, "started"), projects["reached"] >= ORDER.index("launched")
    # No date said, no stage, or a month or a year that holds the clock: it may have come first, or before.
    unsure = launched & (started == "")
    unsure |= (projects["reached"] == -1) & (projects["stage"] != "stopped")
    unsure |= started.map(lambda date: bool(date) and _astride(date, start))
    dates = [date for date in started if date and date_after(date, start)]
    if waits := {days_between(start, date): date for date in dates}:
        days = min(waits)
        return Wait(days, True, coarsest(start, waits[days]), bool(unsure.any()))
    if unsure.any():
        return Wait(None, False, "", False)
    seen = latest(projects["as_of"])
    return Wait(max(days_between(start, seen), 0), False, coarsest(start, seen), False)


def _astride(date: str, start: str) -> bool:
    """Whether a month or a year begins before the clock, by its middle, and ends after it."""
    first, last = span(date)
    return first < last and not date_after(date, start) and last >= span(start)[0]


def date_after(date: str, start: str) -> bool:
    """Whether a date, as precise as it is known, is on or after another."""
    return days_between(start, date) >= 0


def time_to_first_project(ev: Evaluation, *, clock: str = "label") -> pd.DataFrame:
    """Share of territories still without a project launched, by days since `clock` (label, start).

    Kaplan-Meier over the territories whose clock and projects are known; those with nothing launched yet
    stay in until their latest news. Columns days, at_risk, ended, share_left.
    """
    waits = known_waits(ev, clock)
    return curve([float(wait.days or 0) for wait in waits], [wait.came for wait in waits])


def known_waits(ev: Evaluation, clock: str) -> list[Wait]:
    """The waits that can be told, ended or not."""
    labelled = [place for place in ev.territories if place.status == "labelled"]
    found = [first_project(place, clock) for place in labelled]
    return [wait for wait in found if wait is not None and wait.days is not None]
