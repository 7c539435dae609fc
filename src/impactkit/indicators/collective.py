"""The collective: who is in it, how varied, how old, how organised, as far as a source says."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence

import pandas as pd

from impactkit.data.dates import coarsest, days_between, precision, span
from impactkit.data.evaluation import Evaluation
from impactkit.data.tables import labels
from impactkit.data.territories import Territory
from impactkit.indicators.measures import measure
from impactkit.indicators.missing import why
from impactkit.indicators.rows import Row, frame, latest, row, told, told_or

UNITS = dict.fromkeys(("index_shannon", "index_blau", "index_hill", "index_evenness"), "indice")
UNITS["index_hill"] = "types"
YEAR = 365.25


@measure("collective")
def rows(ev: Evaluation) -> pd.DataFrame:
    """By territory: `count_members` (the size that a source announces for the whole collective, on a row of
    role `whole`), `count_members_named` (named one by one and not gone), their types, diversity, age, PTCE,
    organisation.

    share_members and the four indices are over the members whose type is known (`n`); index_maturity is
    the rank of the latest organisation, 1 (no body) to 4 (a legal structure). Trap: named members are a
    floor; without an announced size the size is missing, never their number.
    """
    found: list[Row] = []
    for place in ev.territories:
        missing = why(ev, place.code, "collective")
        found += [*_size(place, missing), *_variety(place, missing), _age(place, missing)]
        fact = place.table("territories")
        known, met = fact[fact["ptce"] != ""], (fact["ptce"] == "true").sum()
        found.append(told_or(missing, place.code, "met_ptce", met, "critère", known))
        found.append(_maturity(place, missing))
    return frame(found)


def announced(members: pd.DataFrame) -> pd.DataFrame:
    """The row of the latest size announced for the whole collective; no row when none is."""
    whole = members[members["role"] == "whole"].dropna(subset=["count"])
    return whole.sort_values(["as_of", "count"]).tail(1)


def newest_last(members: pd.DataFrame) -> pd.DataFrame:
    """Members by date of their news; of one date, those still there after those who left."""
    order = members.assign(_until=members["until"].replace("", "9999"))
    return order.sort_values(["as_of", "_until", "type"], kind="stable").drop(columns="_until")


def present(members: pd.DataFrame) -> pd.DataFrame:
    """Named members not gone by the latest news of the table, each once: its latest row tells.

    Trap: an end known to the year counts as gone when its year has begun by then.
    """
    if members.empty:
        return members
    named = newest_last(members[members["role"] != "whole"])
    # Two members without a name are two members.
    once = named[(named["name"] == "") | ~named.duplicated("name", keep="last")].sort_index()
    today = latest(members["as_of"])
    stays = [not end or span(end)[0] > span(today)[1] for end in once["until"]]
    return once[pd.Series(stays, index=once.index, dtype=bool)]


def diversity(types: Sequence[str]) -> dict[str, float | None]:
    """Four indices of one list of types (p: share of each type present; k: number of types present).

    Shannon -sum p ln p, in [0, ln k]; Blau 1 - sum p^2, in [0, 1 - 1/k]; Hill exp(Shannon), the number of
    equally frequent types that would be as varied, in [1, k]; evenness Shannon / ln k (Pielou), None for one
    type, where 0/0 says nothing. Every index is None for an empty list.
    Trap: all grow with the number of members known; compare only lists that are as complete.
    """
    if not (counts := sorted(Counter(types).values())):
        return dict.fromkeys(UNITS)
    shares = [count / sum(counts) for count in counts]
    shannon = math.fsum(-share * math.log(share) for share in shares)
    even = shannon / math.log(len(counts)) if len(counts) > 1 else None
    blau = 1 - math.fsum(share * share for share in shares)
    return dict(zip(UNITS, (shannon, blau, math.exp(shannon), even), strict=True))


def _size(place: Territory, missing: str) -> Iterator[Row]:
    members = place.table("members")
    whole, named = announced(members), members[members["role"] != "whole"]
    yield told_or(missing, place.code, "count_members", whole["count"].sum(), "membres", whole)
    yield told_or(missing, place.code, "count_members_named", len(present(members)), "membres", named)


def _variety(place: Territory, missing: str) -> Iterator[Row]:
    language = place.language
    members = present(place.table("members"))
    typed = members[members["type"] != ""]
    untyped = len(members) - len(typed)
    yield told_or(missing, place.code, "count_members_untyped", untyped, "membres", members)
    for kind in [name for name in labels(language, "members", "type") if name in set(typed["type"])]:
        some, group = typed[typed["type"] == kind], f"type={kind}"
        yield told(place.code, "count_members_named", len(some), "membres", some, group=group)
        yield told(place.code, "share_members", len(some) / len(typed), "part", typed, group=group)
    about, flag = typed, "missing:not-applicable"
    if typed.empty:
        about, flag = members, "missing:untyped" if len(members) else missing
        yield told(place.code, "share_members", None, "part", members, n=0, flag=flag)
    for indicator, value in diversity(list(typed["type"])).items():
        unknown = flag if value is None else ""
        yield told(place.code, indicator, value, UNITS[indicator], about, n=len(typed), flag=unknown)


def _age(place: Territory, missing: str) -> Row:
    """Years from the founding to the label, or to the date of the wave that a candidate aims at; `low` and
    `high` when a date is less precise than a day, `quality` how precise. Negative: founded after.
    """
    indicator, fact = "count_years_before_label", place.table("territories")
    founded, label = str(fact["founded"].iloc[0]), place.labelled or place.wave.labelled
    if not founded:
        return row(place.code, indicator, None, "années", flag=missing)
    days = days_between(founded, label)
    about: Row = {"period": label, "quality": coarsest(founded, label), "n": 1}
    if coarsest(founded, label) != "day":
        (first, last), (start, end) = span(founded), span(label)
        shortest, longest = (start - last).days, (end - first).days
        about |= {"low": shortest / YEAR, "high": longest / YEAR}
        # The two middles may come in the wrong order while the dates allow one day for both.
        days = max(days, 0) if longest >= 0 else days
    return told(place.code, indicator, days / YEAR, "années", fact, **about)


def _maturity(place: Territory, missing: str) -> Row:
    events = place.table("events")
    mine = (events["territory"] == place.code) & (events["kind"] == "governance")
    told_of = events[mine & (events["maturity"] != "")].sort_values(["date", "as_of"], kind="stable").tail(1)
    if told_of.empty:
        return row(place.code, "index_maturity", None, "indice", flag=missing)
    rank = 1 + list(labels(place.language, "events", "maturity")).index(str(told_of["maturity"].iloc[0]))
    date = str(told_of["date"].iloc[0])
    about = {"period": date, "quality": precision(date)} if date else {"quality": "undated"}
    return told(place.code, "index_maturity", rank, "indice", told_of, **about)
