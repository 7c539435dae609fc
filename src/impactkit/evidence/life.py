"""Sentences on the collective's life: its variety, its roadmap, its first project, its obstacles."""

import pandas as pd

from impactkit.data.tables import labels
from impactkit.data.territories import Territory
from impactkit.evidence.finding import Sentence, joined
from impactkit.evidence.picked import as_text, picked
from impactkit.indicators.rows import Row
from impactkit.wording.language import Language

# A list that one source told is exhaustive of what it told: it is counted, never sampled.
MANY = 3
FEW = 5


def by_code(place: Territory, indicator: str, column: str, codes: dict[str, str]) -> str:
    """« association (4), collectivité (2) »: the counts of an indicator by the codes of a column."""
    found = picked(place).many(indicator, f"{column}=").dropna(subset=["value"])
    counts = dict(zip(found["group"].str.split("=").str[1], found["value"], strict=True))
    return ", ".join(
        f"{words} ({place.language.number(counts[code])})" for code, words in codes.items() if code in counts
    )


def variety(place: Territory) -> Sentence:
    """Types of the members named and how many equal types they are worth; empty under five known types, for
    so few members are better read by name.
    """
    language = place.language
    hill = picked(place).of("index_hill")
    if hill is None or hill["n"] < FEW or hill["value"] <= 1:
        return ()
    types = by_code(place, "count_members_named", "type", labels(language, "members", "type"))
    worth = as_text(language, hill["value"], hill["unit"])
    return language.runs("life.variety", types=types, hill=worth, count=language.number(hill["n"]))


def roadmap(place: Territory) -> Sentence:
    """Milestones done and in time over the latest version, and how the plan moved; empty without one."""
    figures = picked(place)
    all_, done = figures.of("count_milestones"), figures.of("count_milestones_done")
    if all_ is None or done is None:
        return ()
    late = figures.count("count_milestones_moved") > 0
    return joined(
        figures.told(
            "life.roadmap", "count_milestones", n="value", done=place.language.number(done["value"])
        ),
        figures.told("life.due", "count_milestones_on_time", n="n"),
        figures.told("life.delay", "days_milestone_delay", n="n"),
        coarse(place.language, figures.of("days_milestone_delay")),
        figures.told("life.moved", "count_milestones_moved", n="value") if late else (),
    )


def stages(place: Territory) -> Sentence:
    """How far the projects have come; empty when no stage is known."""
    language = place.language
    words = labels(language, "projects", "stage")
    told = by_code(place, "count_projects", "stage", {**words, "unknown": language.say("cell.unknown")})
    known = by_code(place, "count_projects", "stage", words)
    return language.runs("life.stages", stages=told) if known else ()


def first_project(place: Territory) -> Sentence:
    """Days from the label to the first project launched, or without one so far; empty when it cannot be
    told.
    """
    language = place.language
    rows = picked(place).rows
    found = rows[(rows["indicator"] == "days_to_first_project") & (rows["group"] == "clock=label")]
    if found.empty:
        return ()
    row = found.iloc[0]
    if pd.notna(row["value"]):
        most = "most" if row["flag"] == "at-most" else row["quality"]
        return language.runs(f"life.first.{most}", days=language.number(row["value"]))
    if row["flag"] == "missing:not-yet":
        return language.runs("life.first.none", days=language.number(row["low"]))
    return ()


def insertion(place: Territory) -> Sentence:
    """Jobs in insertion, and the yearly cost of the projects per job; what is not known is not said."""
    figures = picked(place)
    several = figures.of("count_jobs")
    # One project's figure already says whether it is in insertion.
    many = several is not None and several["n"] > 1
    held = figures.told("life.insertion", "count_jobs_insertion", n="value") if many else ()
    return joined(held, figures.told("life.cost", "amount_cost_per_job", n="n"))


def obstacles(place: Territory) -> Sentence:
    """Obstacles by outcome, and the days until half had an answer; empty when none is known."""
    figures = picked(place)
    told = by_code(place, "count_obstacles", "outcome", labels(place.language, "obstacles", "outcome"))
    known = figures.told("life.obstacles", "count_obstacles", n="value", outcomes=told)
    answer = joined(
        figures.told("life.answer", "days_to_resolution"),
        coarse(place.language, figures.of("days_to_resolution")),
    )
    return joined(known, answer) if known else ()


def coarse(language: Language, duration: Row | None) -> Sentence:
    """How precise the dates of a duration are, unless all are days; empty without one."""
    if duration is None or duration["quality"] not in ("month", "year"):
        return ()
    return language.runs(f"precision.{duration['quality']}")


def unintended(place: Territory) -> Sentence:
    """Whether unlooked-for consequences were looked for; nothing when no one says."""
    known = place.table("unintended_effects")
    searched = known[known["searched"] == "true"]
    if known.empty:
        return ()
    if searched.empty:
        return place.language.runs("life.unintended.unsearched")
    return () if (searched["what"] != "").any() else place.language.runs("life.unintended.none")
