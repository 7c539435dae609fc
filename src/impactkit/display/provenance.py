"""Annex tables: where the figures come from, what they are worth, what the words mean."""

import pandas as pd

from impactkit.data.evaluation import Evaluation
from impactkit.data.territories import Territory
from impactkit.display.figures import moment
from impactkit.display.shown import Table, table_of
from impactkit.evidence.claim import claims
from impactkit.evidence.level import LEVELS
from impactkit.wording.catalogue import Declared
from impactkit.wording.language import Language

TERMS = ("perimetre", "comparable", "moitie", "ecart", "placebo", "intervalle")
TERMS += ("declare", "observe", "avant-apres", "compare", "estime", "methode")


def sources_table(place: Territory) -> Table:
    """Each source of a known figure: what comes from it, its edition, its perimeter, how late it goes."""
    language = place.language
    known = claims(place)
    # What the kit computes, and what the evaluation counts of itself, come from no one else.
    known = known[known["value"].notna() & ~known["source"].isin(["", "impactkit", place.evaluation.title])]
    unknown, rows = language.say("cell.unknown"), []
    for source, some in known.groupby("source", sort=True):
        logics = [one for one in dict.fromkeys(some["logic"]) if one]
        what = [language.say("heading.context" if one == "context" else f"theory.{one}") for one in logics]
        edition, ground, late = map(_last, (some["data_vintage"], some["geography_vintage"], some["as_of"]))
        told = (moment(language, edition) or unknown, ground or unknown, moment(language, late) or unknown)
        rows.append((Declared(source), ", ".join(what), *told))
    widths = {"source": 4.4, "what": 2.0, "vintage": 1.0, "geography": 1.1, "date": 1.5}
    return table_of(language, "sources", widths, rows, notes=(language.runs("sources.note"),))


def quality_table(place: Territory) -> Table:
    """By level of evidence: the strength of the method (Maryland scale) and the quality of the data."""
    language = place.language
    known = claims(place)
    known = known[known["value"].notna()]
    rows = []
    for level in LEVELS:
        if len(some := known[known["level"] == level]):
            rows.append(
                (
                    language.say(f"level.{level}"),
                    *(_span(language, some[one]) for one in ("maryland", "data_quality")),
                )
            )
    widths = {"level": 1.4, "method": 2.0, "data": 1.6}
    return table_of(language, "quality", widths, rows, notes=(language.runs("quality.note"),))


def glossary(of: Territory | Evaluation) -> Table:
    """The words of a report, in plain ones."""
    language = of.language
    rows = [(language.say(f"glossary.{one}.term"), language.say(f"glossary.{one}.meaning")) for one in TERMS]
    return table_of(language, "glossary", {"term": 1.4, "meaning": 5.0}, rows)


def _last(cells: pd.Series) -> str:
    return max((str(one) for one in cells if str(one)), default="")


def _span(language: Language, cells: pd.Series) -> str:
    if not (grades := sorted({str(one) for one in cells if str(one)})):
        return language.say("quality.none")
    return grades[0] if len(grades) == 1 else f"{grades[0]} à {grades[-1]}"
