"""What is known, partly known or unknown, by territory and by the thirteen headings of a report."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import pandas as pd

from impactkit.data import geography
from impactkit.indicators.rows import frame, latest, row, sources

if TYPE_CHECKING:
    from impactkit.data.evaluation import Evaluation
    from impactkit.data.territories import Territory

# Heading -> the tables whose sourced rows document it; without a table a heading stays unknown.
HEADINGS: dict[str, tuple[str, ...]] = {
    "perimeter": ("perimeters",),
    "questions": (),
    "collective": ("members",),
    "challenges": ("challenges",),
    "roadmap": (),
    "projects": ("projects", "jobs"),
    "funding": ("funding",),
    "partnerships": (),
    "transfers": ("transfers",),
    "obstacles": (),
    "context": (),
    "contribution": (),
    "lessons": (),
}
BOARD = ["territory", "heading", "state", "rows", "reason", "ask", "as_of", "source"]


def knowledge(ev: Evaluation) -> pd.DataFrame:
    """The knowledge board: one row per territory and heading.

    Columns: territory, heading, state (known: sourced rows and no open question; partial: sourced rows and
    open questions; unknown: no sourced row), rows (how many), reason and ask (of the first open question),
    as_of (latest), source. Returns a copy of shape (territories x 13, 8).
    """
    return _board(ev).copy()


@functools.lru_cache(maxsize=4)
def _board(ev: Evaluation) -> pd.DataFrame:
    found = [_state(place, heading) for place in ev.territories for heading in HEADINGS]
    return pd.DataFrame(found, columns=BOARD)


def gaps(place: Territory) -> pd.DataFrame:
    """Open questions of one territory, those that would change the conclusion first: its own, then the
    programme's
    for the headings that nothing documents. Columns: heading, what, reason, searched_on, ask, rank."""
    questions = place.evaluation.table("unknowns")
    own = questions[questions["territory"] == place.code]
    board = _board(place.evaluation)
    silent = board[(board["territory"] == place.code) & (board["state"] == "unknown")]["heading"]
    general = questions[
        (questions["territory"] == "") & questions["heading"].isin(set(silent) - set(own["heading"]))
    ]
    found = pd.concat([own, general])
    order = {heading: i for i, heading in enumerate(HEADINGS)}
    found = found.assign(
        _own=found["territory"] == "", _order=found["heading"].map(order), _rank=found["rank"].fillna(99.0)
    )
    found = found.sort_values(["_rank", "_own", "_order"], kind="stable")
    return found[["heading", "what", "reason", "searched_on", "ask", "rank"]].reset_index(drop=True)


def rows(ev: Evaluation) -> pd.DataFrame:
    """`count_headings_documented` (of 13) by territory: headings with one sourced row at least; n is 13."""
    board = _board(ev)
    documented = board[board["state"] != "unknown"].groupby("territory").size()
    found: list[dict[str, Any]] = []
    for place in ev.territories:
        about = {"period": "", "source": ev.title, "n": len(HEADINGS)}
        found.append(
            row(
                place.code,
                "count_headings_documented",
                float(documented.get(place.code, 0)),
                "rubriques",
                **about,
            )
        )
    return frame(found)


def _state(place: Territory, heading: str) -> tuple[Any, ...]:
    facts = _facts(place, heading)
    sourced = facts[facts["source"] != ""]
    questions = place.evaluation.table("unknowns")
    about = questions[questions["heading"] == heading]
    own, general = about[about["territory"] == place.code], about[about["territory"] == ""]
    if len(sourced):
        state, first = ("partial", own) if len(own) else ("known", own)
    else:
        state, first = "unknown", own if len(own) else general
    reason, ask = (first["reason"].iloc[0], first["ask"].iloc[0]) if len(first) else ("", "")
    if state == "unknown" and not reason:
        reason = "not-searched"
    return (
        place.code,
        heading,
        state,
        len(sourced),
        reason,
        ask,
        latest(sourced["as_of"]),
        sources(sourced["source"]),
    )


def _facts(place: Territory, heading: str) -> pd.DataFrame:
    if heading == "context":
        years = (
            geography.population_of(place.communes, vintage=place.evaluation.vintage).dropna(
                subset=["population"]
            )
            if place.perimeter
            else pd.DataFrame({"pop_year": []})
        )
        return pd.DataFrame(
            {
                "as_of": [str(int(y)) for y in years["pop_year"]],
                "source": [geography.POPULATION_SOURCE] * len(years),
            }
        )
    found = [place.table(name) for name in HEADINGS[heading]]
    if heading == "perimeter":
        found = [rows[rows["role"] == "perimeter"] for rows in found] + [place.table("territories")]
    found = [rows[["as_of", "source"]] for rows in found]
    return pd.concat(found) if found else pd.DataFrame({"as_of": [], "source": []})
