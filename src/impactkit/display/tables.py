"""`table`: the tables of a report, and any frame of the evaluator's own."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from impactkit.data.territories import Territory
from impactkit.display.shown import Table, text
from impactkit.errors import UnknownName
from impactkit.evidence.essentials import reason
from impactkit.evidence.finding import Sentence
from impactkit.evidence.picked import MEDIAN, as_text, picked
from impactkit.indicators.comparable import comparable
from impactkit.indicators.knowledge import gaps, knowledge
from impactkit.wording.catalogue import say
from impactkit.wording.numbers import number

Columns = tuple[tuple[str, str, float], ...]
Rows = tuple[tuple[Sentence, ...], ...]


def table(thing: Territory | pd.DataFrame, *, about: str = "", caption: str = "") -> Table:
    """A table to read: one of a territory's (`about`: known, challenges, projects, few, gaps), or any frame.

    A frame keeps its columns in order, its first one naming the rows; numbers go through the one formatter.
    Raises UnknownName for another topic.
    """
    if isinstance(thing, pd.DataFrame):
        return _of_frame(thing, caption)
    if about not in TOPICS:
        raise UnknownName.among("la table", about, TOPICS)
    words, columns, rows = TOPICS[about](thing)
    return Table(caption or words, columns, rows)


def _of_frame(frame: pd.DataFrame, caption: str) -> Table:
    numeric = {name for name in frame.columns if pd.api.types.is_numeric_dtype(frame[name])}
    columns = tuple((str(name), "right" if name in numeric else "left", 1.0) for name in frame.columns)
    rows = tuple(tuple(_cell(value) for value in row) for row in frame.itertuples(index=False))
    return Table(caption, columns, rows)


def _cell(value: object) -> Sentence:
    if isinstance(value, str):
        return text(value)
    if pd.isna(value):  # type: ignore[call-overload]
        return text(say("cell.unknown"))
    whole = float(value).is_integer()  # type: ignore[arg-type]
    return text(number(value, 0 if whole else 2))  # type: ignore[arg-type]


def _known(place: Territory) -> tuple[str, Columns, Rows]:
    board = knowledge(place.evaluation)
    mine = board[(board["territory"] == place.code) & (board["state"] != "unknown")]
    columns = (
        (say("known.heading"), "left", 2.2),
        (say("known.state"), "left", 1.2),
        (say("known.source"), "left", 5.0),
    )
    rows = tuple(
        (text(say(f"heading.{row.heading}")), text(say(f"state.{row.state}")), _sources(row.source))
        for row in mine.itertuples(index=False)
    )
    return say("known.caption"), columns, rows


def _challenges(place: Territory) -> tuple[str, Columns, Rows]:
    columns = (
        (say("challenges.title"), "left", 3.0),
        (say("challenges.kind"), "left", 1.2),
        (say("challenges.source"), "left", 3.0),
    )
    rows = tuple(
        (text(row.title, declared=True), text(_kinds(row.kind)), text(row.source, declared=True))
        for row in place.table("challenges").itertuples(index=False)
    )
    return say("challenges.caption"), columns, rows


def _projects(place: Territory) -> tuple[str, Columns, Rows]:
    jobs = (
        place.table("jobs").sort_values("as_of").groupby("project", sort=False).tail(1).set_index("project")
    )
    columns = (
        (say("projects.name"), "left", 2.6),
        (say("projects.stage"), "left", 1.2),
        (say("projects.actual"), "right", 0.9),
        (say("projects.target"), "left", 1.4),
        (say("projects.source"), "left", 3.0),
    )
    rows = []
    for row in place.table("projects").itertuples(index=False):
        count, target = "", ""
        if row.project in jobs.index:
            job = jobs.loc[row.project]
            count, target = ("" if pd.isna(job["actual"]) else number(job["actual"])), str(job["target"])
        unknown = say("cell.unknown")
        rows.append(
            (
                text(row.name, declared=True),
                text(say(f"stage.{row.stage}") if row.stage else unknown),
                text(count or unknown, declared=bool(count)),
                text(target or unknown, declared=bool(target)),
                text(row.source, declared=True),
            )
        )
    return say("projects.caption"), columns, tuple(rows)


def _few(place: Territory) -> tuple[str, Columns, Rows]:
    figures = picked(place)
    own = figures.of("rate_population_change")
    others = figures.many("rate_population_change", "comparable=")
    others = others[others["group"] != MEDIAN]
    columns = ((say("few.unit"), "left", 3.0), (say("few.change"), "right", 1.0))
    if own is None or others.empty:
        return "", columns, ()
    first, last = own["period"].split("/")
    names = comparable(place).set_index("unit")["name"]
    rows = [(text(place.name), text(as_text(own["value"], "part", sign=True)))]
    rows += [
        (text(names[group.removeprefix("comparable=")]), text(as_text(value, "part", sign=True)))
        for group, value in zip(others["group"], others["value"], strict=True)
    ]
    return say("few.caption", first=first, last=last), columns, tuple(rows)


def _gaps(place: Territory) -> tuple[str, Columns, Rows]:
    columns = (
        (say("gaps.what"), "left", 3.0),
        (say("gaps.reason"), "left", 2.4),
        (say("gaps.ask"), "left", 2.2),
    )
    rows = tuple(
        (text(row["what"], declared=True), text(reason(row)), text(row["ask"], declared=True))
        for row in gaps(place).to_dict("records")
    )
    return say("gaps.caption"), columns, rows


def _kinds(kinds: str) -> str:
    return ", ".join(say(f"kind.{kind}") for kind in kinds.split("|")) if kinds else say("cell.unknown")


def _sources(sources: str) -> Sentence:
    from impactkit.evidence.finding import listed
    from impactkit.wording.catalogue import Run

    return listed((Run(one, declared=True) for one in sources.split(" ; ")), " ; ")


TOPICS: dict[str, Callable[[Territory], tuple[str, Columns, Rows]]] = {
    "known": _known,
    "challenges": _challenges,
    "projects": _projects,
    "few": _few,
    "gaps": _gaps,
}
