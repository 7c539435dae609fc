"""The word gate at the door of a page: the evaluator's own prose and what the tables declare."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from impactkit.data.evaluation import load
from impactkit.errors import ImpactkitError, ReportFailed
from impactkit.evidence.gate import Gated, Ground, gate, ground_of
from impactkit.reports.page import Page
from impactkit.wording.language import Language

Runs = list[dict[str, Any]]


def gated(language: Language, page: Page, ground: Ground) -> tuple[Page, tuple[str, ...]]:
    """A page as it may be printed, and what was said again. Prose cells (`own` blocks) are read whole; of
    the rest, what tables declare outside guillemets. Raises ReportFailed naming every sentence that may not
    be printed.
    """
    seen: list[Gated] = []

    def said(text: str) -> str:
        found = gate(language, text, ground)
        seen.append(found)
        return found.text

    sections = tuple(
        replace(section, blocks=tuple(_walked(block, said) for block in section.blocks))
        for section in page.sections
    )
    if stopped := list(dict.fromkeys(one for found in seen for one in found.stopped)):
        raise language.error(ReportFailed, "over-claim", sentences=" ".join(stopped))
    again = dict.fromkeys(pair for found in seen for pair in found.reworded)
    notes = tuple(language.say("gate.again", before=before, after=after) for before, after in again)
    return replace(page, sections=sections), notes


def ground_here(folder: Path, code: str, report: Path, *, day: dt.date) -> Ground:
    """The ground of a territory whose claims were just written; the year alone without an evaluation."""
    if not (told := report / "claims.csv").is_file():
        return Ground(year=day.year)
    try:
        place = load(folder).territory(code)
    except ImpactkitError:
        # The notebook named its own evaluation in another way: the words are still read.
        return Ground(year=day.year)
    claims = pd.read_csv(told, dtype={"rule": "str", "level": "str"}, keep_default_na=True)
    return ground_of(place, claims, year=day.year)


def _walked(value: Any, said: Any) -> Any:
    """The same tree, its prose and its declared runs said again."""
    if isinstance(value, Mapping) and value.get("own"):
        text = "".join(run["t"] for run in value["runs"])
        found = said(text)
        return value if found == text else {**value, "runs": [{"t": found}]}
    if isinstance(value, Mapping):
        return {key: _walked(one, said) for key, one in value.items()}
    if not isinstance(value, list):
        return value
    runs = value and all(isinstance(one, dict) and "t" in one for one in value)
    return _runs(value, said) if runs else [_walked(one, said) for one in value]


def _runs(runs: Runs, said: Any) -> Runs:
    before = ""
    found = []
    for run in runs:
        # Between guillemets it is quoted, with its source beside it.
        quoted = before.count("«") > before.count("»")
        before += run["t"]
        text = said(run["t"]) if run.get("declared") and not quoted else run["t"]
        found.append(run if text == run["t"] else {**run, "t": text})
    return found
