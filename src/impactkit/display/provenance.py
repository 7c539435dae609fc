"""Annex tables: where the figures come from, what they are worth, what the words mean."""

import pandas as pd

from impactkit.data.evaluation import Evaluation
from impactkit.data.territories import Territory
from impactkit.display.shown import Table, text
from impactkit.evidence.claim import claims
from impactkit.evidence.level import LEVELS
from impactkit.wording.catalogue import runs, say
from impactkit.wording.numbers import date

TERMS = ("perimetre", "comparable", "moitie", "ecart", "placebo", "intervalle")
TERMS += ("declare", "observe", "avant-apres", "compare", "estime", "methode")


def sources_table(place: Territory) -> Table:
    """Each source of a known figure: what comes from it, its edition, its perimeter, how late it goes."""
    known = claims(place)
    # What the kit computes, and what the evaluation counts of itself, come from no one else.
    known = known[known["value"].notna() & ~known["source"].isin(["", "impactkit", place.evaluation.title])]
    rows = []
    for source, some in known.groupby("source", sort=True):
        logics = [
            say(f"theory.{one}") if one != "context" else say("heading.context")
            for one in dict.fromkeys(some["logic"])
            if one
        ]
        rows.append(
            (
                text(str(source), declared=True),
                text(", ".join(logics)),
                text(_moment(_last(some["data_vintage"])) or say("cell.unknown")),
                text(_last(some["geography_vintage"]) or say("cell.unknown")),
                text(_moment(_last(some["as_of"])) or say("cell.unknown")),
            )
        )
    widths = {"source": 4.4, "what": 2.0, "vintage": 1.0, "geography": 1.1, "date": 1.5}
    columns = tuple((say(f"sources.{name}"), "left", width) for name, width in widths.items())
    return Table(say("sources.caption"), columns, tuple(rows), (runs("sources.note"),) if rows else ())


def quality_table(place: Territory) -> Table:
    """By level of evidence: the strength of the method (Maryland scale) and the quality of the data."""
    known = claims(place)
    known = known[known["value"].notna()]
    rows = []
    for level in LEVELS:
        some = known[known["level"] == level]
        if len(some):
            grades = [
                sorted({str(one) for one in some[column] if str(one)})
                for column in ("maryland", "data_quality")
            ]
            rows.append((text(say(f"level.{level}")), *(text(_span(one)) for one in grades)))
    columns = tuple(
        (say(f"quality.{name}"), "left", width)
        for name, width in (("level", 1.4), ("method", 2.0), ("data", 1.6))
    )
    return Table(say("quality.caption"), columns, tuple(rows), (runs("quality.note"),) if rows else ())


def glossary(of: Territory | Evaluation) -> Table:
    """The words of a report, in plain ones."""
    columns = ((say("glossary.term"), "left", 1.4), (say("glossary.meaning"), "left", 5.0))
    rows = tuple((text(say(f"glossary.{one}.term")), text(say(f"glossary.{one}.meaning"))) for one in TERMS)
    return Table(say("glossary.caption"), columns, rows)


def _last(cells: pd.Series) -> str:
    return max((str(one) for one in cells if str(one)), default="")


def _moment(as_of: str) -> str:
    year, _, quarter = as_of.partition("-Q")
    return say("figures.quarter", year=year, quarter=quarter) if quarter else as_of and date(as_of)


def _span(grades: list[str]) -> str:
    if not grades:
        return say("quality.none")
    return grades[0] if len(grades) == 1 else f"{grades[0]} à {grades[-1]}"
