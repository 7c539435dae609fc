"""Rules that stand in the way: open, lifted, refused, and how long an answer takes."""

import pandas as pd

from impactkit.data.dates import PRECISIONS, coarsest, days_between
from impactkit.data.evaluation import Evaluation
from impactkit.indicators.durations import median, stated
from impactkit.indicators.measures import measure
from impactkit.indicators.missing import why
from impactkit.indicators.rows import Row, frame, programme, told, told_or

ANSWERED = ("lifted", "refused")


@measure("obstacles")
def rows(ev: Evaluation) -> pd.DataFrame:
    """Obstacles by territory, and for the programme (territory ""): count_obstacles in all and by outcome,
    share_obstacles_lifted among answered, days_to_resolution (Kaplan-Meier median from raised to resolved),
    count_obstacles_undated (an answer or a raising without a date: out of the durations).

    Trap: an unanswered obstacle is not dropped, it runs until its latest news; without it the time would be
    too short. Under five durations the median is missing. `n`: obstacles counted, or durations.
    """
    found: list[Row] = []
    obstacles = ev.table("obstacles")
    for code in [*(place.code for place in ev.territories), ""]:
        mine = obstacles[obstacles["territory"] == code] if code else programme(ev, "obstacles")
        missing = why(ev, code, "obstacles")
        found.append(told_or(missing, code, "count_obstacles", len(mine), "freins", mine))
        if mine.empty:
            continue
        for outcome, some in mine.groupby("outcome"):
            group = f"outcome={outcome}"
            found.append(told(code, "count_obstacles", len(some), "freins", some, group=group))
        if len(answered := mine[mine["outcome"].isin(ANSWERED)]):
            share = float((answered["outcome"] == "lifted").mean())
            found.append(told(code, "share_obstacles_lifted", share, "part", answered))
        days, ended = durations(mine)
        value, flag = median(days, ended)
        about = {"n": len(days), "flag": flag}
        about["quality"] = min((known for *_, known in _dated(mine)), key=PRECISIONS.index, default="")
        found.append(told(code, "days_to_resolution", value, "jours", mine, **about))
        found.append(told(code, "count_obstacles_undated", len(mine) - len(days), "freins", mine))
    return frame(found)


def durations(obstacles: pd.DataFrame) -> tuple[list[float], list[bool]]:
    """Days from raised to resolved, or to the latest news of what is not, and whether it ended; without
    those whose dates cannot tell.
    """
    return [days for days, _, _ in _dated(obstacles)], [ended for _, ended, _ in _dated(obstacles)]


def _dated(obstacles: pd.DataFrame) -> list[tuple[float, bool, str]]:
    """Days, whether it ended, and how precise its dates are, for each that sources date."""
    found = []
    ends = zip(stated(obstacles, "raised"), stated(obstacles, "resolved"), strict=True)
    for (raised, resolved), fact in zip(ends, obstacles.itertuples(index=False), strict=True):
        over = fact.outcome in ANSWERED
        last = resolved if over else str(fact.as_of)
        if raised and last:
            days = float(max(days_between(raised, last), 0))
            found.append((days, over, coarsest(raised, last)))
    return found
