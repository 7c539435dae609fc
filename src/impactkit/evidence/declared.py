"""Sentences on what the sources declare: collective, challenges, projects and jobs, transfers, other
programmes.
"""

import re
from collections.abc import Sequence

import pandas as pd

from impactkit.data.territories import Territory
from impactkit.evidence.estimated import estimated, outcomes
from impactkit.evidence.finding import Sentence, filled, joined, listed
from impactkit.evidence.picked import picked
from impactkit.evidence.unknown import within
from impactkit.indicators.collective import present
from impactkit.indicators.jobs import latest_jobs
from impactkit.wording.catalogue import Cited, Declared, Run
from impactkit.wording.language import Language

# So many names hold in one sentence.
HELD = 20
AROUND = re.compile(r"\b(?:début|fin|vers|mi) \d{4}\b")


def first_of(language: Language, items: Sequence[Sentence | Run], separator: str = ", ") -> Sentence:
    """An enumeration that a sentence holds: of many, the first ones, the annex has them all."""
    told = listed(items[:HELD], separator)
    return told if len(items) <= HELD else (*told, Run(separator + language.say("declared.others")))


def publisher(source: str) -> str:
    """Who says it: the source up to its first comma."""
    return source.split(",")[0].split(" (")[0]


def told(language: Language, rows: pd.DataFrame) -> dict[str, str]:
    """When and who, to open a sentence on facts of one or several sources.

    A year alone gives way to the source's own words when it has some (« début 2020 »).
    """
    days = sorted(set(rows["as_of"]))
    own = AROUND.search(rows["source"].iloc[0]) if len(days) == 1 and len(days[0]) == 4 else None
    moment = language.say("declared.between", first=days[0][:4], last=days[-1][:4])
    if len(days) == 1:
        moment = own[0] if own else language.when(days[0])
    return {"when": moment[0].upper() + moment[1:], "who": cited(*rows["source"])}


def cited(*sources: str) -> str:
    """Who says it, with the whole references as a note where they say more."""
    who, whole = (" ; ".join(dict.fromkeys(told)) for told in (map(publisher, sources), sources))
    return who if who == whole else Cited(who.replace(" ; ", ", "), whole)


def jobs(place: Territory) -> Sentence:
    """Jobs of the projects, and the ambition as it is written; empty when no source gives a figure."""
    language = place.language
    figures, last = picked(place), latest_jobs(place)
    figure = figures.of("count_jobs")
    # The jobs are told project by project.
    if figure is None or not figures.may_count("jobs", "projects"):
        return ()
    names = place.table("projects").set_index("project")["name"]
    projects = first_of(
        language, [Run(names.get(code, code), declared=True) for code in last["project"]], "\u202f; "
    )
    count = round(figure["value"])
    key = "declared.jobs" if len(last) == 1 else "declared.jobs.several"
    said = filled(
        language, key, "projects", projects, n=count, count=language.number(count), **told(language, last)
    )
    target = last["target"].iloc[0] if len(last) == 1 else ""
    ambition = language.runs("declared.target", target=Declared(target)) if target else ()
    return joined(said, ambition, language.runs("declared.no-later"))


def projects(place: Territory) -> Sentence:
    """The projects that a source names; empty when there is none."""
    return _enumerated(place, "projects", "count_projects", "name")


def challenges(place: Territory) -> Sentence:
    """The challenges that a source names; empty when there is none."""
    return _enumerated(place, "challenges", "count_challenges", "title")


def collective(place: Territory) -> Sentence:
    """Announced size of the collective and the members named; empty when no source says either."""
    language = place.language
    figures = picked(place)
    members = figures.table("members")
    whole, named = figures.of("count_members"), figures.of("count_members_named")
    sentences: list[Sentence] = []
    if whole is not None:
        count = round(whole["value"])
        size = members[members["role"] == "whole"].sort_values("as_of").tail(1)
        sentences.append(
            language.runs("declared.members", n=count, count=language.number(count), **told(language, size))
        )
    people = present(members)
    if named is not None and len(people):
        roles = zip(people["name"], people["role"], strict=True)
        names = first_of(language, [_member(language, name, role) for name, role in roles])
        key = "declared.named.more" if whole is not None else "declared.named"
        sentences.append(filled(language, key, "names", names, n=len(people), **told(language, people)))
    return joined(*sentences)


def transfers(place: Territory) -> Sentence:
    """Expertise given to, or received from, another territory; empty when no source says so."""
    sentences = []
    for row in picked(place).table("transfers").to_dict("records"):
        given = row["giver"] == place.code
        other = place.evaluation.name_of(row["receiver"] if given else row["giver"])
        key = "declared.transfer.given" if given else "declared.transfer.received"
        about = told(place.language, pd.DataFrame([row])) | {"other": other, "topic": Declared(row["topic"])}
        sentences.append(place.language.runs(key, **about))
    return joined(*sentences)


def funding(place: Territory) -> Sentence:
    """Funding sought, committed or paid, without a total when amounts are unknown; empty when no source says
    so.
    """
    language = place.language
    sentences = []
    secret = not picked(place).may_list("funding", "amount")
    for row in picked(place).table("funding").to_dict("records"):
        about = told(language, pd.DataFrame([row])) | {"payer": Declared(row["payer"])}
        sentences.append(language.runs(f"declared.funding.{row['status']}", **about))
        if secret:
            continue
        known = pd.notna(row["amount"])
        amount = {"amount": Declared(language.number(row["amount"]))} if known else {}
        sentences.append(language.runs("declared.amount" if known else "declared.no-amount", **amount))
    return joined(*sentences)


def programmes(place: Territory) -> Sentence:
    """Other programmes present at the same time, here and everywhere; an empty register is no absence."""
    events = place.table("events")
    present = events[events["kind"] == "other_programme"]
    here, everywhere = (present[present["territory"] == code]["title"] for code in (place.code, ""))
    sentences = []
    for key, titles in (("programmes.some", here), ("programmes.everywhere", everywhere)):
        if len(titles):
            names = listed((Run(title, declared=True) for title in titles), "\u202f; ")
            sentences.append(filled(place.language, key, "names", names, n=len(titles)))
    # Nothing is to be told apart where no label was given.
    apart = place.language.runs(_apart(place) if sentences else "programmes.none") if place.labelled else ()
    return joined(*sentences, apart)


def _apart(place: Territory) -> str:
    """Which sentence follows the other programmes: they cannot be set apart from the label, unless the units
    that every gap is measured with have them too.
    """
    gaps = [estimated(place, outcome) for outcome in outcomes(place.evaluation)]
    measured = [gap for gap in gaps if gap is not None and gap.decision is not None]
    shared = bool(measured) and not any(gap.programmes for gap in measured)
    return "programmes.shared" if shared else "programmes.apart"


def _member(language: Language, name: str, role: str) -> Sentence:
    return (Run(name, declared=True), *((Run(f" ({language.say('role.lead')})"),) if role == "lead" else ()))


def _enumerated(place: Territory, table: str, indicator: str, column: str) -> Sentence:
    language = place.language
    figure, rows = picked(place).of(indicator), picked(place).table(table)
    if figure is None or rows.empty:
        return ()
    count = round(figure["value"])
    items = first_of(language, [Run(within(text), declared=True) for text in rows[column]], "\u202f; ")
    return filled(
        language,
        f"declared.{table}",
        "items",
        items,
        n=count,
        count=language.number(count),
        **told(language, rows),
    )
