"""The programme's own target: how many projects it hoped for, within how many months, of which start?"""

import datetime as dt
from collections.abc import Iterator

import pandas as pd

from impactkit.data.dates import after, middle, span
from impactkit.data.evaluation import Evaluation
from impactkit.indicators.durations import stated
from impactkit.indicators.rows import Row, latest, programme, told
from impactkit.indicators.stages import ORDER, with_reached


def progress(ev: Evaluation) -> Iterator[Row]:
    """`count_projects_launched` of the whole programme within the months of [target], for each possible
    start: group `clock=label:1|months=12`.

    `low` counts launches surely within, `high` adds those that may be (a coarse date, no date, no stage);
    the value takes a month or a year at its middle. Flag `not-covered`: the latest news is older than the
    end of the window. Without a [target] there is no row. Trap: never read for one territory.
    """
    if "projects" not in ev.target or "months" not in ev.target:
        return
    projects = with_reached(programme(ev, "projects"))
    if projects.empty:
        return
    launched = projects[projects["reached"] >= ORDER.index("launched")]
    dated = launched[stated(launched, "started") != ""]
    unsure = len(launched) - len(dated) + int(((projects["reached"] < 0) & (projects["stage"] == "")).sum())
    seen = span(latest(projects["as_of"]))[1]
    for clock, date in clocks(ev):
        start = middle(date)
        for months in ev.target["months"]:
            end = after(start, int(months))
            low, value, high = _within(dated["started"], start, end)
            about: Row = {"group": f"clock={clock}|months={months}", "quality": date}
            about |= {"n": len(dated), "low": float(low), "high": float(high + unsure)}
            about["flag"] = "" if seen >= end else "not-covered"
            yield told("", "count_projects_launched", value, "projets", projects, **about)


def clocks(ev: Evaluation) -> list[tuple[str, str]]:
    """Every date from which the programme's months may be counted: label of each wave, then the dated starts
    of work that the events tell for all or for a wave.
    """
    found = [(f"label:{wave.id}", wave.labelled) for wave in ev.waves]
    events = ev.table("events")
    starts = events[
        (events["kind"] == "start") & (events["territory"] == "") & (stated(events, "date") != "")
    ]
    named = [(f"start:{fact.wave or 'all'}", str(fact.date)) for fact in starts.itertuples(index=False)]
    return [*found, *sorted(named)]


def _within(dates: pd.Series, start: dt.date, end: dt.date) -> tuple[int, int, int]:
    """How many dates are surely, by their middle, and possibly from `start` to `end`."""
    ends = [span(date) for date in dates]
    low = sum(start <= first and last <= end for first, last in ends)
    high = sum(first <= end and last >= start for first, last in ends)
    return low, sum(start <= middle(date) <= end for date in dates), high
