"""Sentences on what the sources declare: collective, challenges, projects and jobs, transfers, other
programmes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from impactkit.evidence.finding import Sentence, filled, joined, listed
from impactkit.evidence.picked import picked
from impactkit.evidence.unknown import within
from impactkit.wording.catalogue import Declared, Run, runs, say
from impactkit.wording.numbers import number, when

if TYPE_CHECKING:
    from impactkit.data.territories import Territory


def publisher(source: str) -> str:
    """Who says it: the source up to its first comma."""
    return source.split(",")[0].split(" (")[0]


def told(row: pd.Series) -> dict[str, str]:
    """When and who, to open a sentence."""
    moment = when(row["as_of"])
    return {"when": moment[0].upper() + moment[1:], "who": publisher(row["source"])}


def jobs(place: Territory) -> Sentence:
    """Jobs of the projects, and the ambition as it is written; empty when no source gives a figure."""
    figure = picked(place).of("count_jobs")
    if figure is None:
        return ()
    rows = place.table("jobs").dropna(subset=["actual"]).sort_values("as_of")
    names = place.table("projects").set_index("project")["name"]
    last = rows.groupby("project", sort=False).tail(1)
    projects = listed(Run(names.get(code, code), declared=True) for code in last["project"])
    count = round(figure["value"])
    said = filled("declared.jobs", "projects", projects, n=count, count=number(count), **told(figure))
    target = last["target"].iloc[0] if len(last) == 1 else ""
    ambition = runs("declared.target", target=Declared(target)) if target else ()
    return joined(said, ambition, runs("declared.no-later"))


def projects(place: Territory) -> Sentence:
    """The projects that a source names; empty when there is none."""
    return _enumerated(place, "projects", "count_projects", "name")


def challenges(place: Territory) -> Sentence:
    """The challenges that a source names; empty when there is none."""
    return _enumerated(place, "challenges", "count_challenges", "title")


def collective(place: Territory) -> Sentence:
    """Announced size of the collective and the members named; empty when no source says either."""
    figures, members = picked(place), place.table("members")
    whole, named = figures.of("count_members"), figures.of("count_members_named")
    sentences: list[Sentence] = []
    if whole is not None:
        count = round(whole["value"])
        sentences.append(runs("declared.members", n=count, count=number(count), **told(whole)))
    if named is not None:
        people = members[members["role"] != "whole"]
        names = listed(
            _member(name, role) for name, role in zip(people["name"], people["role"], strict=True)
        )
        key = "declared.named.more" if whole is not None else "declared.named"
        sentences.append(filled(key, "names", names, n=len(people), **told(named)))
    return joined(*sentences)


def transfers(place: Territory) -> Sentence:
    """Expertise given to, or received from, another territory; empty when no source says so."""
    sentences = []
    for row in place.table("transfers").to_dict("records"):
        given = row["giver"] == place.code
        other = place.evaluation.territory(row["receiver"] if given else row["giver"])
        sentences.append(
            runs(
                "declared.transfer.given" if given else "declared.transfer.received",
                other=other.name,
                topic=Declared(row["topic"]),
                **told(pd.Series(row)),
            )
        )
    return joined(*sentences)


def funding(place: Territory) -> Sentence:
    """Funding sought, committed or paid, without a total when amounts are unknown; empty when no source says
    so.
    """
    sentences = []
    for row in place.table("funding").to_dict("records"):
        known = pd.notna(row["amount"])
        sentences.append(
            runs(f"declared.funding.{row['status']}", payer=Declared(row["payer"]), **told(pd.Series(row)))
        )
        amount = Declared(number(row["amount"])) if known else ""
        sentences.append(runs("declared.amount", amount=amount) if known else runs("declared.no-amount"))
    return joined(*sentences)


def programmes(place: Territory) -> Sentence:
    """Other programmes present at the same time; an empty register is said not to be an absence."""
    events = place.table("events")
    found = events[(events["kind"] == "other_programme") & (events["territory"] == place.code)]
    if found.empty:
        return runs("programmes.none")
    names = listed((Run(title, declared=True) for title in found["title"]), " ; ")
    return filled("programmes.some", "names", names, n=len(found))


def _member(name: str, role: str) -> Sentence:
    return (Run(name, declared=True), *((Run(f" ({say('role.lead')})"),) if role == "lead" else ()))


def _enumerated(place: Territory, table: str, indicator: str, column: str) -> Sentence:
    figure = picked(place).of(indicator)
    if figure is None:
        return ()
    count = round(figure["value"])
    items = listed((Run(within(text), declared=True) for text in place.table(table)[column]), " ; ")
    return filled(f"declared.{table}", "items", items, n=count, count=number(count), **told(figure))
