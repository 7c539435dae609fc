"""`table`: the tables of a report, and any frame of the evaluator's own."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import pandas as pd

from impactkit.data.evaluation import Evaluation
from impactkit.data.tables import labels
from impactkit.data.territories import Territory
from impactkit.display.balance import balance_table, designs_table, pool
from impactkit.display.board import asks, board
from impactkit.display.figures import figures, missing_figures, themes
from impactkit.display.gap import checks
from impactkit.display.provenance import glossary, quality_table, sources_table
from impactkit.display.shown import MOST_ROWS, NO_TABLE, Table, table_of, text
from impactkit.display.together import suggestions_table, themes_table
from impactkit.display.told import TOLD, criteria, told
from impactkit.display.value import value_table
from impactkit.evidence import unknown
from impactkit.evidence.finding import Sentence, listed
from impactkit.evidence.picked import MEDIAN, as_text, picked
from impactkit.indicators.comparable import comparable
from impactkit.indicators.jobs import latest_jobs
from impactkit.indicators.knowledge import fields_of, gaps, knowledge
from impactkit.wording.catalogue import Declared, Run, french_spaces
from impactkit.wording.language import FRENCH, Language


def table(
    thing: Territory | Evaluation | pd.DataFrame,
    *,
    about: str = "",
    caption: str = "",
    of: Territory | Evaluation | None = None,
) -> Table:
    """A table to read: one of a territory's (`about`: known, criteria, projects, few, figures, themes, pool,
    balance, checks, value, gaps, sources, quality, glossary, and what is declared: challenges, roadmap,
    outcomes, funding, partnerships, transfers, obstacles, questions, lessons, unintended, interviews), of a
    whole evaluation's (`board`: what is known; `asks`: whom to ask, the row to send; `designs`: who is
    compared with what; `themes`, `suggestions`, `glossary`), or any frame.

    A frame keeps its columns in order, its first one naming the rows; numbers go through the one formatter,
    in the language of what it is about (`of`), else in French.
    Raises UnknownName for another topic.

    >>> place = ik.load().territory("val-d-aubrelle")
    >>> print(ik.table(place, about="projects").caption)
    Projets connus
    """
    if isinstance(thing, pd.DataFrame):
        return _of_frame(FRENCH if of is None else of.language, thing, caption)
    if isinstance(thing, Evaluation):
        if about not in WHOLE:
            raise thing.language.unknown("noun.table", about, WHOLE)
        return WHOLE[about](thing)
    if about in TOLD:
        return told(thing, about)
    if about not in TOPICS:
        raise thing.language.unknown("noun.table", about, [*TOPICS, *TOLD])
    return TOPICS[about](thing)


def _of_frame(language: Language, frame: pd.DataFrame, caption: str) -> Table:
    sides = ["right" if pd.api.types.is_numeric_dtype(frame[name]) else "left" for name in frame]
    columns = tuple((str(name), side, 1.0) for name, side in zip(frame, sides, strict=True))
    rows = tuple(tuple(map(partial(_cell, language), row)) for row in frame.itertuples(index=False))
    return Table(caption, columns, rows, language=language)


def _cell(language: Language, value: object) -> Sentence:
    if isinstance(value, str):
        return text(value)
    if pd.isna(value):  # type: ignore[call-overload]
        return text(language.say("cell.unknown"))
    whole = float(value).is_integer()  # type: ignore[arg-type]
    return text(language.number(value, 0 if whole else 2))  # type: ignore[arg-type]


def _known(place: Territory) -> Table:
    language = place.language
    board = knowledge(place.evaluation)
    rows = []
    for row in board[(board["territory"] == place.code) & (board["state"] != "unknown")].itertuples():
        sources = listed((Run(one, declared=True) for one in row.source.split(" ; ")), "\u202f; ")
        rows.append((language.say(f"heading.{row.heading}"), language.say(f"state.{row.state}"), sources))
    return table_of(language, "known", {"heading": 2.0, "state": 1.3, "source": 5.0}, rows)


def _projects(place: Territory) -> Table:
    language = place.language
    figures = picked(place)
    every, secret = figures.table("projects"), not figures.may_list("jobs", "actual")
    # Of projects that may not be counted there is no line; of jobs, no figure.
    jobs = latest_jobs(place).set_index("project") if figures.may_count("jobs") else pd.DataFrame()
    known = every.head(MOST_ROWS)
    words, themes = labels(language, "projects", "stage"), labels(language, "projects", "theme")
    widths = {"name": 3.0, "theme": 2.0, "stage": 1.3, "actual": 1.0, "target": 1.4, "source": 3.2}
    rows = []
    for row in known.itertuples(index=False):
        job = jobs.loc[row.project] if row.project in jobs.index else None
        actual = "" if job is None or secret else language.number(job["actual"])
        told = (themes.get(row.theme, ""), words.get(row.stage, ""))
        said = (actual, "" if job is None else job["target"], row.source)
        rows.append((Declared(row.name), *told, *map(Declared, said)))
    source = str(every["source"].iloc[0]) if every["source"].nunique() == 1 else ""
    # A column that nothing fills says nothing; one source for all stands once, below.
    full = [any(cells) for cells in zip(*rows, strict=True)][: len(widths) - bool(source)]
    unknown = language.say("cell.unknown")
    shown = [[one or unknown for one in itertools.compress(row, full)] for row in rows]
    widths = {name: widths[name] for name in itertools.compress(widths, full)}
    cut = table_of(language, "projects", widths, shown, ("actual",), source=source)
    return replace(cut, left=len(every) - len(known), origin="projects.csv")


def _few(place: Territory) -> Table:
    language = place.language
    figures = picked(place)
    own = figures.of("rate_population_change")
    others = figures.many("rate_population_change", "comparable=")
    others = others[others["group"] != MEDIAN]
    if own is None or others.empty:
        return NO_TABLE
    first, last = own["period"].split("/")
    names = comparable(place).set_index("unit")["name"]
    named = [names[group.removeprefix("comparable=")] for group in others["group"]]
    told = zip([place.name, *named], [own["value"], *others["value"]], strict=True)
    rows = [(french_spaces(name), as_text(language, value, "part", sign=True)) for name, value in told]
    caption = language.say("few.caption", first=first, last=last)
    return table_of(language, "few", {"unit": 3.0, "change": 1.0}, rows, ("change",), caption=caption)


def _gaps(place: Territory) -> Table:
    language = place.language
    rows: list[Sequence[str | Sentence]] = []
    for row in gaps(place).to_dict("records"):
        sheet = fields_of(language, row["heading"])[0] or language.say("asks.none")
        rows.append(
            (Declared(row["what"]), language.say(f"reason.{row['reason']}"), Declared(row["ask"]), sheet)
        )
    searched = text(unknown.searched(place))
    notes = (searched, language.runs("gaps.send")) if searched else (language.runs("gaps.send"),)
    widths = {"what": 3.2, "reason": 2.0, "ask": 2.4, "sheet": 1.5}
    return table_of(language, "gaps", widths, [*rows, *missing_figures(place)], notes=notes)


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
