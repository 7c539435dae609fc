"""Jobs as they are declared by the projects."""

from collections.abc import Iterator

import pandas as pd

from impactkit.data.evaluation import Evaluation
from impactkit.data.territories import Territory
from impactkit.indicators.measures import measure
from impactkit.indicators.missing import why
from impactkit.indicators.rows import Row, frame, last_of, programme, row, told, told_or

# Under twenty units a percentage says less than the units themselves.
ENOUGH = 20


@measure("jobs")
def rows(ev: Evaluation) -> pd.DataFrame:
    """Jobs by territory, in jobs: count_jobs (sum over projects of the latest declared figure),
    count_jobs_insertion, share_jobs_insertion, share_jobs_target; count_jobs_fte in full-time
    equivalents; amount_cost_per_job (yearly cost of the projects
    whose jobs and cost are both known, over these jobs).

    Declared, not verified; a declared list is exhaustive, so no interval; no share of fewer than 20.
    Traps: two projects may have two dates, `as_of` is the latest; a target in words ("une dizaine") is never
    turned into a number; a cost pays for more than jobs. `n`: projects counted, or the share's denominator.
    """
    return frame([*(one for place in ev.territories for one in _of(place)), *_programme(ev)])


def _programme(ev: Evaluation) -> Iterator[Row]:
    last = last_of(programme(ev, "jobs").dropna(subset=["actual"]), ["territory", "project"])
    if len(last):
        places = last["territory"].nunique()
        yield told("", "count_jobs", float(last["actual"].sum()), "emplois", last)
        about = {"group": "about=jobs", "n": places}
        yield told("", "count_territories", places, "territoires", last, **about)


def _of(place: Territory) -> Iterator[Row]:
    language = place.language
    code, missing = place.code, why(place.evaluation, place.code, "projects")
    last, jobs = latest_jobs(place), place.table("jobs")
    full = last_of(jobs.dropna(subset=["fte"]), ["project"])
    yield told_or(missing, code, "count_jobs", last["actual"].sum(), "emplois", last)
    yield told_or(missing, code, "count_jobs_fte", full["fte"].sum(), "équivalents temps plein", full)
    known = last[last["insertion"] != ""]
    held = float(known[known["insertion"] == "true"]["actual"].sum())
    yield told_or(missing, code, "count_jobs_insertion", held, "emplois", known)
    if len(known):
        yield _share(code, "share_jobs_insertion", held, float(known["actual"].sum()), known)
    yield _target(code, last, jobs, missing)
    costs = place.table("projects").dropna(subset=["yearly_cost"])[["project", "yearly_cost"]]
    both = last[last["actual"] > 0].merge(costs, on="project")
    cost = both["yearly_cost"].sum() / both["actual"].sum() if len(both) else 0.0
    yield told_or(missing, code, "amount_cost_per_job", cost, language.in_currency("euros par emploi"), both)


def latest_jobs(place: Territory) -> pd.DataFrame:
    """The latest row of `jobs` with a figure, for each project of a territory."""
    return last_of(place.table("jobs").dropna(subset=["actual"]), ["project"])


def _target(code: str, last: pd.DataFrame, jobs: pd.DataFrame, missing: str) -> Row:
    """Jobs over target, for the projects whose latest target is written in digits."""
    hoped = last_of(jobs[jobs["target"] != ""], ["project"])
    hoped = hoped[hoped["target"].str.fullmatch(r"\d+")][["project", "target"]]
    both = last.drop(columns="target").merge(hoped, on="project")
    if both.empty:
        flag = "missing:in-words" if (jobs["target"] != "").any() else missing
        return row(code, "share_jobs_target", None, "part", flag=flag)
    held, total = float(both["actual"].sum()), float(both["target"].astype(int).sum())
    return _share(code, "share_jobs_target", held, total, both)


def _share(code: str, indicator: str, part: float, whole: float, facts: pd.DataFrame) -> Row:
    value, flag = (None, "missing:too-few") if whole < ENOUGH else (part / whole, "")
    return told(code, indicator, value, "part", facts, n=whole, flag=flag)
