"""`table`: the tables of a report, and any frame of the evaluator's own."""

from collections.abc import Callable

import pandas as pd

from impactkit.data.evaluation import Evaluation
from impactkit.data.tables import labels
from impactkit.data.territories import Territory
from impactkit.display.balance import balance_table, designs_table
from impactkit.display.board import asks, board
from impactkit.display.figures import figures, missing_figures, themes
from impactkit.display.gap import checks
from impactkit.display.pool import pool
from impactkit.display.provenance import glossary, quality_table, sources_table
from impactkit.display.shown import Table, text
from impactkit.display.together import suggestions_table, themes_table
from impactkit.display.told import TOLD, criteria, told
from impactkit.display.value import value_table
from impactkit.errors import UnknownName
from impactkit.evidence import unknown
from impactkit.evidence.finding import Sentence, listed
from impactkit.evidence.picked import MEDIAN, as_text, picked
from impactkit.indicators.comparable import comparable
from impactkit.indicators.jobs import latest_jobs
from impactkit.indicators.knowledge import gaps, knowledge, to_send
from impactkit.wording.catalogue import Run, french_spaces, runs, say
from impactkit.wording.numbers import number


def table(thing: Territory | Evaluation | pd.DataFrame, *, about: str = "", caption: str = "") -> Table:
    """A table to read: one of a territory's (`about`: known, criteria, projects, few, figures, themes, pool,
    balance, checks, value, gaps, sources, quality, glossary, and what is declared: challenges, roadmap,
    outcomes, funding, partnerships, transfers, obstacles, questions, lessons, unintended, interviews), of a
    whole evaluation's (`board`: what is known; `asks`: whom to ask, the row to send; `designs`: who is
    compared with what; `themes`, `suggestions`, `glossary`), or any frame.

    A frame keeps its columns in order, its first one naming the rows; numbers go through the one formatter.
    Raises UnknownName for another topic.
    """
    if isinstance(thing, pd.DataFrame):
        return _of_frame(thing, caption)
    if isinstance(thing, Evaluation):
        if about not in WHOLE:
            raise UnknownName.among("la table", about, WHOLE)
        return WHOLE[about](thing)
    if about in TOLD:
        return told(thing, about)
    if about not in TOPICS:
        raise UnknownName.among("la table", about, [*TOPICS, *TOLD])
    return TOPICS[about](thing)


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


def _columns(topic: str, **widths: float) -> tuple[tuple[str, str, float], ...]:
    """Headers of a table by their catalogue names; figures stand on the right."""
    figures = ("actual", "change")
    return tuple(
        (say(f"{topic}.{name}"), "right" if name in figures else "left", width)
        for name, width in widths.items()
    )


def _known(place: Territory) -> Table:
    board = knowledge(place.evaluation)
    mine = board[(board["territory"] == place.code) & (board["state"] != "unknown")]
    rows = tuple(
        (
            text(say(f"heading.{row.heading}")),
            text(say(f"state.{row.state}")),
            listed((Run(one, declared=True) for one in row.source.split(" ; ")), " ; "),
        )
        for row in mine.itertuples(index=False)
    )
    return Table(say("known.caption"), _columns("known", heading=2.0, state=1.3, source=5.0), rows)


def _projects(place: Territory) -> Table:
    jobs, secret = latest_jobs(place).set_index("project"), "jobs" in picked(place).hidden
    known = place.table("projects")
    words, themes = labels("projects", "stage"), labels("projects", "theme")
    rows = []
    for row in known.itertuples(index=False):
        job = jobs.loc[row.project] if row.project in jobs.index else None
        cells = {
            "name": text(row.name, declared=True),
            "theme": text(themes.get(row.theme, "")),
            "stage": text(words.get(row.stage, "")),
            "actual": text("" if job is None or secret else number(job["actual"]), declared=True),
            "target": text("" if job is None else str(job["target"]), declared=True),
        }
        rows.append(cells)
    widths = {"name": 3.0, "theme": 2.0, "stage": 1.3, "actual": 1.0, "target": 1.4}
    # A column that nothing fills says nothing.
    widths = {name: width for name, width in widths.items() if any(cells[name] for cells in rows)}
    unknown = text(say("cell.unknown"))
    told_of = [tuple(cells[name] or unknown for name in widths) for cells in rows]
    return _sourced(say("projects.caption"), widths | {"source": 3.2}, told_of, known["source"], "projects")


def _sourced(
    caption: str, widths: dict[str, float], rows: list[tuple[Sentence, ...]], sources: pd.Series, topic: str
) -> Table:
    """A table of declared facts: one source for all stands once below it, several stand in a last column."""
    if sources.nunique() == 1:
        columns = _columns(topic, **{name: width for name, width in widths.items() if name != "source"})
        return Table(caption, columns, tuple(rows), source=sources.iloc[0])
    cells = tuple((*row, text(source, declared=True)) for row, source in zip(rows, sources, strict=True))
    return Table(caption, _columns(topic, **widths), cells)


def _few(place: Territory) -> Table:
    figures = picked(place)
    own = figures.of("rate_population_change")
    others = figures.many("rate_population_change", "comparable=")
    others = others[others["group"] != MEDIAN]
    columns = _columns("few", unit=3.0, change=1.0)
    if own is None or others.empty:
        return Table("", columns, ())
    first, last = own["period"].split("/")
    names = comparable(place).set_index("unit")["name"]
    named = [(place.name, own["value"])]
    named += [
        (names[group.removeprefix("comparable=")], value)
        for group, value in zip(others["group"], others["value"], strict=True)
    ]
    rows = tuple(
        (text(french_spaces(name)), text(as_text(value, "part", sign=True))) for name, value in named
    )
    return Table(say("few.caption", first=first, last=last), columns, rows)


def _gaps(place: Territory) -> Table:
    asked = tuple(
        (
            text(row["what"], declared=True),
            text(say(f"reason.{row['reason']}")),
            text(row["ask"], declared=True),
            text(to_send(row["heading"], place.name)[0] or say("asks.none")),
        )
        for row in gaps(place).to_dict("records")
    )
    rows = (*asked, *missing_figures(place))
    searched = text(unknown.searched(place))
    columns = _columns("gaps", what=3.2, reason=2.0, ask=2.4, sheet=1.5)
    notes = (searched, runs("gaps.send")) if searched else (runs("gaps.send"),)
    return Table(say("gaps.caption"), columns, rows, notes)


WHOLE: dict[str, Callable[[Evaluation], Table]] = {
    "board": board,
    "asks": asks,
    "designs": designs_table,
    "themes": themes_table,
    "suggestions": suggestions_table,
    "glossary": glossary,
}
TOPICS: dict[str, Callable[[Territory], Table]] = {
    "known": _known,
    "criteria": criteria,
    "projects": _projects,
    "few": _few,
    "figures": figures,
    "themes": themes,
    "pool": pool,
    "balance": balance_table,
    "checks": checks,
    "value": value_table,
    "gaps": _gaps,
    "sources": sources_table,
    "quality": quality_table,
    "glossary": glossary,
}
