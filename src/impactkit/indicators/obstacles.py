"""Rules that stand in the way: open, lifted, refused, and how long an answer takes."""

import pandas as pd

from impactkit.data.dates import days_between
from impactkit.data.evaluation import Evaluation
from impactkit.indicators.durations import median
from impactkit.indicators.missing import why
from impactkit.indicators.rows import Row, frame, programme, told, told_or

ANSWERED = ("lifted", "refused")


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
        found.append(told(code, "days_to_resolution", value, "jours", mine, n=len(days), flag=flag))
        found.append(told(code, "count_obstacles_undated", len(mine) - len(days), "freins", mine))
    return frame(found)


def durations(obstacles: pd.DataFrame) -> tuple[list[float], list[bool]]:
    """Days from raised to resolved, or to the latest news of what is not, and whether it ended; without
    those whose dates cannot tell.
    """
    days, ended = [], []
    for fact in obstacles.itertuples(index=False):
        over = fact.outcome in ANSWERED
        last = str(fact.resolved if over else fact.as_of)
        if fact.raised and last:
            days.append(float(max(days_between(str(fact.raised), last), 0)))
            ended.append(over)
    return days, ended
