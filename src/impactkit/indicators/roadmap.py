"""The roadmap: what is done, what was done on time, how the plan itself moved."""

import itertools
from collections.abc import Iterable, Iterator
from statistics import median
from typing import Any

import pandas as pd

from impactkit.data.dates import coarsest, days_between, middle, span
from impactkit.data.evaluation import Evaluation
from impactkit.data.territories import Territory
from impactkit.indicators.durations import stated
from impactkit.indicators.measures import measure
from impactkit.indicators.missing import why
from impactkit.indicators.rows import Row, frame, latest, row, told

_NAMES = (
    "count_milestones count_milestones_done share_milestones_done share_milestones_on_time "
    "count_milestones_on_time days_milestone_delay count_milestones_dropped count_milestones_undated "
    "count_milestones_unlisted count_roadmap_versions days_roadmap_between_versions count_milestones_moved"
).split()
_KINDS = {"count_milestones": "jalons", "count_roadmap": "versions", "share": "part", "days": "jours"}
# The unit of each indicator, in the order of its rows.
UNITS = {name: next(unit for start, unit in _KINDS.items() if name.startswith(start)) for name in _NAMES}


@measure("roadmap")
def rows(ev: Evaluation) -> pd.DataFrame:
    """By territory, over the latest version of its roadmap: share_milestones_done (`n`: those not dropped),
    share_milestones_on_time (`n`: those due by the latest news), days_milestone_delay, and how many are
    dropped, done at no known date (undated), or gone from the list unsaid (unlisted). Over the versions:
    how many, days between them (median), milestones whose date moved.

    A milestone is late after the last day of the period it was due in. Trap: what a version drops or leaves
    out is no longer late, so that a rewritten roadmap looks kept; read the last four beside the shares.
    """
    found: list[Row] = []
    for place in ev.territories:
        milestones = place.table("milestones")
        if milestones.empty:
            flag = why(ev, place.code, "roadmap")
            found += [row(place.code, name, None, unit, flag=flag) for name, unit in UNITS.items()]
        else:
            found += [*_kept(place, milestones), *_versions(place, milestones)]
    return frame(found)


def current(milestones: pd.DataFrame) -> pd.DataFrame:
    """Milestones of the latest version, with `is_done` (its state or a date says so) and `is_dropped`."""
    last = milestones[milestones["version"] == milestones["version"].max()]
    dropped = last["status"] == "dropped"
    done = ((last["status"] == "done") | (last["done"] != "")) & ~dropped
    return last.assign(is_done=done, is_dropped=dropped)


def _kept(place: Territory, milestones: pd.DataFrame) -> Iterator[Row]:
    last = current(milestones)
    alive = last[~last["is_dropped"]]
    yield _told(place, "count_milestones", len(alive), last)
    yield _told(place, "count_milestones_done", int(alive["is_done"].sum()), last, n=len(alive))
    # Nothing is left where every milestone was dropped.
    share, facts = (float(alive["is_done"].mean()), alive) if len(alive) else (None, last)
    flag, today = "" if len(alive) else "missing:not-applicable", latest(milestones["as_of"])
    yield _told(place, "share_milestones_done", share, facts, n=len(alive), flag=flag)
    yield from _on_time(place, alive, today)
    yield _delay(place, alive, today)
    yield _told(place, "count_milestones_dropped", int(last["is_dropped"].sum()), last)
    undated = alive["is_done"] & (alive["done"] == "")
    yield _told(place, "count_milestones_undated", int(undated.sum()), last, n=len(alive))


def _on_time(place: Territory, alive: pd.DataFrame, today: str) -> Iterator[Row]:
    """Done by the end of the period they were due in, among those due by the latest news: what is due and
    not done is late. What is done at no known date is left out, and counted apart. `low` and `high` when
    dates known to the month or the year leave a doubt.
    """
    name = "share_milestones_on_time"
    over = [bool(date) and span(date)[1] <= span(today)[1] for date in alive["due"]]
    due = alive[pd.Series(over, index=alive.index, dtype=bool)]
    told_of = due[(due["done"] != "") | ~due["is_done"]]
    if told_of.empty:
        flag = "missing:undated" if len(due) else _nothing_due(alive)
        yield _told(place, name, None, alive, n=0, flag=flag)
        return
    # What is not done has no first day: it is late on every reading.
    pairs = [(date, span(due)[1]) for date, due in zip(told_of["done"], told_of["due"], strict=True) if date]
    sure, possible = (sum(span(date)[end] <= last for date, last in pairs) for end in (1, 0))
    likely, n = sum(middle(date) <= last for date, last in pairs), len(told_of)
    about = {} if sure == possible else {"low": sure / n, "high": possible / n}
    yield _told(place, name, likely / n, told_of, **about)
    yield _told(place, "count_milestones_on_time", likely, told_of)


def _delay(place: Territory, alive: pd.DataFrame, today: str) -> Row:
    """Median days from the end of the period due to the day done, among those done late.

    Trap: what is late and not done yet is not in it, so that it is too short; when nothing late is done,
    the value is `not-yet` and `low` the median of the days late so far.
    """
    name = "days_milestone_delay"
    dated = alive[(stated(alive, "due") != "") & (stated(alive, "done") != "")]
    pairs = list(zip(dated["due"], dated["done"], strict=True))
    if late := _late(pairs):
        known = coarsest(*(done for due, done in pairs if _late([(due, done)])))
        return _told(place, name, median(late), dated, n=len(late), quality=known)
    so_far = _late((due, today) for due in alive[(alive["due"] != "") & ~alive["is_done"]]["due"])
    if so_far:
        about = {"n": len(so_far), "low": float(median(so_far)), "flag": "missing:not-yet"}
        return _told(place, name, None, alive, **about)
    flag = "missing:not-applicable" if len(dated) else _nothing_due(alive)
    return _told(place, name, None, alive, n=0, flag=flag)


def _nothing_due(alive: pd.DataFrame) -> str:
    """Why no milestone tells of delays: none is left, some wait for their date, or none has one."""
    if alive.empty:
        return "missing:not-applicable"
    waiting = (alive["due"] != "") & ~alive["is_done"]
    return "missing:not-yet" if waiting.any() else "missing:undated"


def _late(pairs: Iterable[tuple[str, str]]) -> list[int]:
    """Days from due to done, of what is late."""
    return [days for due, done in pairs if (days := (middle(done) - span(due)[1]).days) > 0]


def _versions(place: Territory, milestones: pd.DataFrame) -> Iterator[Row]:
    versions = sorted(milestones["version"].dropna().unique())
    yield _told(place, "count_roadmap_versions", len(versions), milestones, n=len(versions))
    yield _between(place, milestones, len(versions))
    if len(versions) < 2:
        for name in ("count_milestones_moved", "count_milestones_unlisted"):
            yield _told(place, name, None, milestones, n=0, flag="missing:not-applicable")
        return
    moved, compared = _moved(milestones)
    value, flag = (moved, "") if compared else (None, "missing:undated")
    yield _told(place, "count_milestones_moved", value, milestones, n=compared, flag=flag)
    known = milestones.sort_values("version").drop_duplicates("milestone", keep="last")
    gone = known[(known["version"] < versions[-1]) & ~known["status"].isin(["done", "dropped"])]
    gone = gone[gone["done"] == ""]
    yield _told(place, "count_milestones_unlisted", len(gone), milestones, n=len(known))


def _between(place: Territory, milestones: pd.DataFrame, versions: int) -> Row:
    name = "days_roadmap_between_versions"
    dates = milestones.assign(adopted=stated(milestones, "adopted"))
    adopted = dates[dates["adopted"] != ""].groupby("version")["adopted"].min()
    if days := [days_between(first, last) for first, last in itertools.pairwise(adopted)]:
        quality = coarsest(*adopted)
        return _told(place, name, median(days), milestones, n=len(days), quality=quality)
    flag = "missing:undated" if versions > 1 else "missing:not-applicable"
    return _told(place, name, None, milestones, n=0, flag=flag)


def _moved(milestones: pd.DataFrame) -> tuple[int, int]:
    """Milestones whose date moved from a version to the next that dates them, and how many are dated twice.

    A date made more precise (2020, then 2020-06) has not moved.
    """
    moved = compared = 0
    for _, told_of in milestones[milestones["due"] != ""].sort_values("version").groupby("milestone"):
        dates = [span(date) for date in told_of["due"]]
        compared += len(dates) > 1
        moved += any(first[1] < last[0] or last[1] < first[0] for first, last in itertools.pairwise(dates))
    return moved, compared


def _told(place: Territory, indicator: str, value: float | None, facts: pd.DataFrame, **rest: Any) -> Row:
    return told(place.code, indicator, value, UNITS[indicator], facts, **rest)
