"""What the label asks: met, not met, or not known."""

import pandas as pd

from impactkit.data.evaluation import Evaluation
from impactkit.data.territories import Territory
from impactkit.indicators.collective import announced, present
from impactkit.indicators.measures import measure
from impactkit.indicators.missing import complete, why
from impactkit.indicators.rows import Row, frame, row, told

UNIT = "critère"
# The threshold of evaluation.toml that each criterion asks for.
CRITERIA = {"members": "met_collective_strength", "challenges": "met_challenges"}


@measure("label")
def rows(ev: Evaluation) -> pd.DataFrame:
    """By territory, labelled or candidate, 1 met, 0 not met, else missing: met_collective_strength (as many
    members as `[label] members` of evaluation.toml asks), met_collective_diversity (a member of each
    group of types in `[label] diversity`), met_challenges (as many challenges as `[label] challenges`). `n`:
    what was counted.

    What is seen is enough to meet a criterion; not to meet it takes a list with nothing left open. Trap: a
    criterion without a threshold written is judged for nobody (`missing:no-threshold`), and none of this
    says whether a label was deserved.
    """
    every = (_strength, _diversity, _challenges)
    return frame(criterion(place) for place in ev.territories for criterion in every)


def _strength(place: Territory) -> Row:
    members = place.table("members")
    whole, named = announced(members), present(members)
    # An announced size is that of the whole: nothing is left open about it.
    closed = len(whole) > 0 or complete(place.evaluation, place.code, "collective")
    count = max(_size(whole), len(named))
    return _enough(place, "members", "collective", count, whole if count > len(named) else named, closed)


def _size(whole: pd.DataFrame) -> int:
    # An evaluation without this table has no numbers to add.
    return int(whole["count"].iloc[0]) if len(whole) else 0


def _challenges(place: Territory) -> Row:
    known, closed = place.table("challenges"), complete(place.evaluation, place.code, "challenges")
    return _enough(place, "challenges", "challenges", len(known), known, closed)


def _enough(
    place: Territory, threshold: str, heading: str, count: int, known: pd.DataFrame, closed: bool
) -> Row:
    """Whether `count` reaches what is asked; short of it, unknown until the list is closed."""
    asked, indicator = place.evaluation.label.get(threshold), CRITERIA[threshold]
    if asked is not None and (count >= asked or (len(known) and closed)):
        return told(place.code, indicator, count >= asked, UNIT, known, n=count)
    flag = "missing:no-threshold" if asked is None else why(place.evaluation, place.code, heading)
    return told(place.code, indicator, None, UNIT, known, n=count, flag=flag)


def _diversity(place: Territory) -> Row:
    indicator, asked = "met_collective_diversity", place.evaluation.label.get("diversity")
    members = place.table("members")
    whole, named = announced(members), present(members)
    if asked is None:
        return told(place.code, indicator, None, UNIT, named, flag="missing:no-threshold")
    types, flag = set(named["type"]), why(place.evaluation, place.code, "collective")
    if named.empty:
        return row(place.code, indicator, None, UNIT, flag=flag)
    if all(types & set(group) for group in asked):
        return told(place.code, indicator, 1, UNIT, named)
    if _size(whole) <= len(named) and complete(place.evaluation, place.code, "collective"):
        if "" not in types:
            return told(place.code, indicator, 0, UNIT, named)
        flag = "missing:untyped"
    return told(place.code, indicator, None, UNIT, named, flag=flag)
