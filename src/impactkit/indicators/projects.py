"""Projects as they are known: how many, at which stage, how long until the first, how far from target."""

import itertools
from collections.abc import Iterator

import pandas as pd

from impactkit.data.dates import PRECISIONS, days_between
from impactkit.data.evaluation import Evaluation
from impactkit.data.territories import Territory
from impactkit.indicators.durations import median, stated
from impactkit.indicators.measures import measure
from impactkit.indicators.missing import why
from impactkit.indicators.rows import Row, frame, programme, told, told_or
from impactkit.indicators.stages import CLOCKS, DATES, ORDER, first_project, known_waits, with_reached
from impactkit.indicators.target import progress
from impactkit.wording.language import Language

SUMS = {
    "count_beneficiaries": ("beneficiaries", "personnes"),
    "amount_project_cost": ("yearly_cost", "euros par an"),
    "amount_project_revenue": ("yearly_revenue", "euros par an"),
    "count_support_hours": ("support_hours", "heures"),
}


@measure("projects")
def rows(ev: Evaluation) -> pd.DataFrame:
    """Projects by territory: count_projects (all, by stage, by theme), share_projects_passed and
    days_between_stages from a stage to the next, days_to_first_project by clock, sums over projects.

    A declared list is exhaustive or a floor, never a sample: no interval. Programme rows (territory ""):
    count_projects (all, by stage), count_territories that name some,
    the Kaplan-Meier median of days_to_first_project, and progress to the target of evaluation.toml. Trap: a
    share passed is a floor, for a project may pass later; `n` is the number of projects it is taken over.
    """
    language = ev.language
    found: list[Row] = []
    for place in ev.territories:
        projects, missing = with_reached(place.table("projects")), why(ev, place.code, "projects")
        found.append(told_or(missing, place.code, "count_projects", len(projects), "projets", projects))
        if len(projects):
            found += [
                *_split(place.code, projects, "stage"),
                *_split(place.code, projects, "theme"),
            ]
            found += [
                *_passage(place.code, projects),
                *_sums(language, place.code, projects, missing),
            ]
            found += [_wait(place, clock, projects) for clock in CLOCKS]
    return frame([*found, *_programme(ev), *progress(ev)])


def _split(code: str, projects: pd.DataFrame, column: str) -> Iterator[Row]:
    for name, some in projects.groupby(projects[column].replace("", "unknown")):
        yield told(code, "count_projects", len(some), "projets", some, group=f"{column}={name}")


def _passage(code: str, projects: pd.DataFrame) -> Iterator[Row]:
    for rank, (before, after) in enumerate(itertools.pairwise(ORDER)):
        here = projects[projects["reached"] >= rank]
        share = float((here["reached"] > rank).mean()) if len(here) else None
        about: Row = {"group": f"{before}>{after}", "n": len(here)}
        about["flag"] = "" if len(here) else "missing:unknown-stage"
        yield told(code, "share_projects_passed", share, "part", projects, **about)
        dates = pd.concat([stated(projects, DATES[stage]) for stage in (before, after)], axis=1)
        dates = dates[(dates != "").all(axis=1)]
        days = [days_between(first, last) for first, last in dates.itertuples(index=False)]
        value = float(pd.Series(days).median()) if days else None
        about |= {"n": len(days), "flag": "" if days else "missing:undated"}
        yield told(code, "days_between_stages", value, "jours", projects, **about)


def _wait(place: Territory, clock: str, projects: pd.DataFrame) -> Row:
    wait = first_project(place, clock)
    about: Row = {"group": f"clock={clock}"}
    if wait is None or wait.days is None:
        about["flag"] = "missing:no-clock" if wait is None else "missing:undated"
    elif not wait.came:
        about |= {"flag": "missing:not-yet", "low": float(wait.days), "quality": wait.precision}
    else:
        # A launch without a date may have come before the first dated one.
        about |= {"flag": "at-most" if wait.bound else "", "quality": wait.precision}
    days = wait.days if wait is not None and wait.came else None
    return told(place.code, "days_to_first_project", days, "jours", projects, **about)


def _programme(ev: Evaluation) -> Iterator[Row]:
    if len(projects := programme(ev, "projects")):
        places = projects["territory"].nunique()
        yield told("", "count_projects", len(projects), "projets", projects)
        # Its `n` is no number of projects, which secrecy may hide.
        named: Row = {"group": "about=projects", "n": places}
        yield told("", "count_territories", places, "territoires", projects, **named)
        yield from _split("", projects, "stage")
    for clock in CLOCKS:
        waits = known_waits(ev, clock)
        value, flag = median([float(wait.days or 0) for wait in waits], [wait.came for wait in waits])
        about: Row = {"n": len(waits), "group": f"clock={clock}", "flag": flag}
        about["quality"] = min((wait.precision for wait in waits), key=PRECISIONS.index, default="")
        yield told("", "days_to_first_project", value, "jours", projects, **about)


def _sums(language: Language, code: str, projects: pd.DataFrame, missing: str) -> Iterator[Row]:
    for indicator, (column, unit) in SUMS.items():
        some = projects.dropna(subset=[column])
        yield told_or(missing, code, indicator, some[column].sum(), language.in_currency(unit), some)
    both = projects.dropna(subset=["yearly_cost", "yearly_revenue"])
    both = both[both["yearly_cost"] > 0]
    ratio = both["yearly_revenue"].sum() / both["yearly_cost"].sum() if len(both) else None
    yield told_or(missing, code, "ratio_revenue_cost", ratio, language.in_currency("euros par euro"), both)
