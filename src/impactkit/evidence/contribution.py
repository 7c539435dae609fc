"""Contribution: for each question, what supports it, what would explain it otherwise, what is missing, and
the appraisal that its evidence carries. The main analysis wherever no gap could be seen.

Source: Mayne, « Contribution analysis », Evaluation 18 (2012).
"""

from dataclasses import dataclass

import pandas as pd

from impactkit.data.territories import Territory
from impactkit.evidence.declared import publisher
from impactkit.evidence.finding import Sentence, filled, joined, listed
from impactkit.evidence.picked import MEDIAN, picked
from impactkit.evidence.unknown import within
from impactkit.indicators.figures import change_of
from impactkit.indicators.knowledge import to_send
from impactkit.wording.catalogue import Declared, Run
from impactkit.wording.language import Language

JOBS = "count_jobs_private"
APPRAISALS = ("not_established", "plausible", "probable", "established")


@dataclass(frozen=True)
class Evidence:
    """One piece: its words, what kind it is, who says it; for a rival, what was found for or against it."""

    text: str
    kind: str
    source: str
    weighed: str = ""
    # Put there by the kit from what it knows, not by whoever appraises: its own words, with what they quote.
    filled: Sentence = ()


@dataclass(frozen=True)
class Question:
    """One question of the evaluation, or the territory as a whole (`code` ""), and all that bears on it."""

    code: str
    text: str
    link: str
    support: tuple[Evidence, ...]
    rivals: tuple[Evidence, ...]
    missing: tuple[Evidence, ...]
    appraisal: str
    why: str
    by: str
    as_of: str


def contribution(place: Territory) -> tuple[Question, ...]:
    """The contribution analysis of a territory, question by question; a question without any evidence is
    there too, with the rivals that are known. Empty when nothing is asked and nothing was brought.
    """
    asked = place.table("evaluation_questions")
    brought = place.table("contributions")
    codes = [*asked["question"], *([""] if (brought["question"] == "").any() else [])]
    words = asked.set_index("question")
    found = []
    for code in codes:
        rows = brought[brought["question"] == code]
        about = words.loc[code] if code else {"text": place.language.say("contribution.whole"), "link": ""}
        verdicts = rows[rows["role"] == "appraisal"].sort_values("as_of", kind="stable")
        given = verdicts[verdicts["appraisal"] != ""]
        last = given.iloc[-1] if len(given) else dict.fromkeys(given.columns, "")
        support, own, missing = (_pieces(rows, role) for role in ("support", "rival", "missing"))
        rivals = (*own, *_known_rivals(place, own))
        why = within(str(last["text"]).rstrip(".")) if len(given) else ""
        verdict = (str(last["appraisal"]) or APPRAISALS[0], why, str(last["by"]), str(last["as_of"]))
        asking = (code, str(about["text"]), str(about["link"]))
        found.append(Question(*asking, support, rivals, missing, *verdict))
    return tuple(found)


def sentence(language: Language, question: Question) -> Sentence:
    """What may be said of one question: the appraisal, what supports it, what else explains it, what is
    missing.
    """
    parts = [language.runs(f"contribution.{question.appraisal}", question=Declared(question.text))]
    for name in ("support", "rivals", "missing"):
        if pieces := getattr(question, name):
            parts.append(filled(language, f"contribution.{name}", "items", _listed(pieces)))
    if not question.support:
        parts.append(language.runs("contribution.no-support"))
    if question.by:
        about = {
            "by": Declared(question.by),
            "when": language.when(question.as_of),
            "why": Declared(question.why),
        }
        parts.append(language.runs("contribution.appraised", **about))
    return joined(*parts)


def appraised(place: Territory) -> Sentence:
    """The strongest appraisal that was given, in one sentence for the essentials; empty without one."""
    if not (given := [one for one in contribution(place) if one.by]):
        return ()
    best = max(given, key=lambda one: (APPRAISALS.index(one.appraisal), one.code))
    return place.language.runs(f"contribution.{best.appraisal}", question=Declared(best.text))


def to_bring(place: Territory) -> Sentence:
    """The sheet and the row that would begin to answer what was asked; empty once something was brought, or
    where nothing was asked.
    """
    if len(place.table("contributions")) or not contribution(place):
        return ()
    sheet, row = to_send(place.language, "contribution", place.name)
    return place.language.runs("contribution.send", sheet=sheet, row=row)


def _listed(pieces: tuple[Evidence, ...]) -> Sentence:
    def told(one: Evidence) -> Sentence:
        words: Sentence = one.filled or (Run(within(one.text.rstrip(".")), declared=True),)
        if one.source:
            words = (*words, Run(f" ({publisher(one.source)})"))
        weighed = Run(within(one.weighed.rstrip(".")), declared=True)
        return (*words, Run(", "), weighed) if one.weighed else words

    return listed((told(one) for one in pieces), "\u202f; ")


def _pieces(rows: pd.DataFrame, role: str) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(row["text"], row["evidence"], row["source"], row["weighed"])
        for row in rows[rows["role"] == role].to_dict("records")
    )


def _known_rivals(place: Territory, own: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """Explanations that the tables already hold: other programmes, and what happened everywhere."""
    language = place.language
    events = place.table("events")
    programmes = events[events["kind"] == "other_programme"].drop_duplicates("title")
    told = " ".join(one.text for one in own).casefold()
    found = []
    for row in programmes.to_dict("records"):
        if row["title"].casefold() not in told:
            words = language.runs("contribution.programme", title=Declared(row["title"]))
            found.append(Evidence(row["title"], "document", row["source"], filled=words))
    if picked(place).of(change_of(JOBS), group=MEDIAN) is not None:
        found.append(
            Evidence(
                language.say("contribution.trend"), "figure", "", filled=language.runs("contribution.trend")
            )
        )
    return tuple(found)
