"""What is known, partly known or unknown, by territory and by the thirteen headings of a report."""

import functools
import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from impactkit.data import geography
from impactkit.data.evaluation import Evaluation
from impactkit.data.tables import PLACES, schemas
from impactkit.data.territories import Territory
from impactkit.indicators.comparable import own_populations
from impactkit.indicators.measures import measure
from impactkit.indicators.missing import questions
from impactkit.indicators.rows import Row, frame, latest, row, sources
from impactkit.wording.language import Language

# Heading -> the tables whose sourced rows document it; without a table a heading stays unknown.
HEADINGS: dict[str, tuple[str, ...]] = {
    "perimeter": ("perimeters", "territories"),
    "questions": ("evaluation_questions",),
    "collective": ("members",),
    "challenges": ("challenges",),
    "roadmap": ("milestones",),
    "projects": ("projects", "jobs", "project_outcomes"),
    "funding": ("funding",),
    "partnerships": ("partnerships",),
    "transfers": ("transfers",),
    "obstacles": ("obstacles",),
    "context": (),
    "contribution": ("contributions",),
    "lessons": ("lessons", "unintended_effects", "interviews"),
}
BOARD = ["territory", "heading", "state", "rows", "reason", "ask", "sheet", "send", "as_of", "source"]
# Columns that whoever answers need not fill: the import does, or they are for exceptions.
OURS = ("territory", "milestone", "as_of", "source", "note")
ASKED = 5


def knowledge(ev: Evaluation) -> pd.DataFrame:
    """The knowledge board: one row per territory and heading.

    Columns: territory, heading, state (known: sourced rows and no open question; partial: sourced rows and
    open questions; unknown: no sourced row), rows (how many), reason and ask (of the first open question),
    sheet and send (what is not known: the sheet of the workbook and the row to send), as_of (latest),
    source. Returns a copy of shape (territories x 13, 10).

    >>> ik.knowledge(ik.load())["state"].value_counts().to_dict()
    {'known': 122, 'unknown': 32, 'partial': 2}
    """
    return _board(ev).copy()


@functools.lru_cache(maxsize=4)
def _board(ev: Evaluation) -> pd.DataFrame:
    facts, asked = _facts(ev), questions(ev)
    found = []
    for place in ev.territories:
        for heading in HEADINGS:
            known, own = facts.get((place.code, heading), []), asked.get((place.code, heading))
            if known:
                state, reason, ask = ("partial", *own) if own else ("known", "", "")
            else:
                state, reason, ask = "unknown", *(own or asked.get(("", heading)) or ("not-searched", ""))
            days, texts = [day for day, _ in known], [source for _, source in known]
            send = ("", "") if state == "known" else to_send(ev.language, heading, place.name)
            about = (state, len(known), reason, ask, *send, latest(days), sources(texts))
            found.append((place.code, heading, *about))
    return pd.DataFrame(found, columns=BOARD)


def documented(place: Territory) -> int:
    """How many of the thirteen headings are known, or partly known, of one territory."""
    facts = _facts(place.evaluation)
    return sum((place.code, heading) in facts for heading in HEADINGS)


def to_send(language: Language, heading: str, name: str) -> tuple[str, str]:
    """Sheet of the workbook where a heading is answered, and the row to send: its columns, the territory's
    filled in; ("", "") for a heading that no sheet answers.
    """
    sheet, own, asked = fields_of(language, heading)
    return sheet, " ; ".join([*(f"{title} : {name}" for title in own), *(f"{title} : …" for title in asked)])


def fields_of(language: Language, heading: str) -> tuple[str, list[str], list[str]]:
    """Sheet of the workbook where a heading is answered; of its columns, the territory's and those to fill
    in. Nothing for a heading that no sheet answers.
    """
    if not HEADINGS[heading]:
        return "", [], []
    schema = schemas(language)[HEADINGS[heading][0]]
    # A unique column is a code that the import makes from the name.
    fields = [field for field in schema["fields"] if field["name"] not in OURS and not _is(field, "unique")]
    # What the table cannot do without is never left out; the columns keep their order.
    needed = sorted(fields, key=lambda field: not _is(field, "required"))[:ASKED]
    asked = [field["title"] for field in fields if field in needed]
    own = [field["title"] for field in schema["fields"] if field["name"] == "territory"]
    return schema["sheet"], own, asked


def _is(field: Mapping[str, Any], constraint: str) -> bool:
    return bool(field.get("constraints", {}).get(constraint))


@functools.lru_cache(maxsize=4)
def _facts(ev: Evaluation) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """Sourced rows by territory and heading: date and source of each."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for heading, tables in HEADINGS.items():
        for codes, role, *fact in itertools.chain(*(_sourced(ev.table(table)) for table in tables)):
            # What may be the ground of a territory is an open question, not a fact.
            if fact[1] and role != "candidate":
                for code in set(codes) - {""}:
                    found.setdefault((code, heading), []).append((fact[0], fact[1]))
    for code, years in own_populations(ev).items():
        if years:
            found[code, "context"] = [(str(year), geography.POPULATION_SOURCE) for year in years]
    of_unit: dict[str, list[tuple[int, str, str]]] = {}
    panel = ev.table("outcomes").dropna(subset=["value"])
    cells = zip(*(panel[name].tolist() for name in ("unit", "period", "source")), strict=True)
    for number, (unit, period, source) in enumerate(cells):
        of_unit.setdefault(unit, []).append((number, period, source))
    for place in [place for place in ev.territories if place.units]:
        # In the order of the table, whatever the unit.
        figures = sorted(itertools.chain(*(of_unit.get(unit, ()) for unit in set(place.units))))
        if figures:
            found[place.code, "context"] = list(dict.fromkeys((period, by) for _, period, by in figures))
    return found


def _sourced(rows: pd.DataFrame) -> Iterator[tuple[tuple[str, ...], str, str, str]]:
    """Of each row: the territories that it names, its role, its date and its source."""
    nothing = [""] * len(rows)
    names = [name for name in PLACES if name in rows]
    places = zip(*(rows[name].tolist() for name in names), strict=True) if names else [()] * len(rows)
    others = (rows[name].tolist() if name in rows else nothing for name in ("role", "as_of", "source"))
    yield from zip(places, *others, strict=True)


def gaps(place: Territory) -> pd.DataFrame:
    """Open questions of one territory, those that would change the conclusion first: its own, then the
    programme's for the headings that nothing documents. Columns: heading, what, reason, searched_on, ask,
    rank.
    """
    return _gaps(place).copy(deep=False)


@functools.lru_cache(maxsize=64)
def _gaps(place: Territory) -> pd.DataFrame:
    listed = place.evaluation.table("unknowns")
    own = listed[listed["territory"] == place.code]
    board = _board(place.evaluation)
    silent = board[(board["territory"] == place.code) & (board["state"] == "unknown")]["heading"]
    whole = listed[listed["territory"] == ""]
    found = pd.concat([own, whole[whole["heading"].isin(set(silent) - set(own["heading"]))]])
    order = {heading: i for i, heading in enumerate(HEADINGS)}
    found = found.assign(_order=found["heading"].map(order), _rank=found["rank"].fillna(99.0))
    found["_all"] = found["territory"] == ""
    found = found.sort_values(["_rank", "_all", "_order"], kind="stable")
    return found[["heading", "what", "reason", "searched_on", "ask", "rank"]].reset_index(drop=True)


@measure("knowledge")
def rows(ev: Evaluation) -> pd.DataFrame:
    """`count_headings_documented` (of 13) by territory: headings with one sourced row at least; n is 13."""
    board = _board(ev)
    found: list[Row] = []
    for place in ev.territories:
        count, about = float(documented(place)), {"source": ev.title, "n": len(HEADINGS)}
        found.append(row(place.code, "count_headings_documented", count, "rubriques", **about))
    status = Counter(place.status for place in ev.territories)
    waves = Counter(place.wave.id for place in ev.territories if place.status == "labelled")
    ground = [geography.departements_in(place.communes, vintage=ev.vintage) for place in ev.territories]
    inside = Counter(code for codes in ground for code in codes)
    # A programme's headings are those of its labelled territories, not of its candidates.
    labelled = [place.code for place in ev.territories if place.status == "labelled"]
    states = board[board["territory"].isin(labelled)].groupby(["heading", "state"]).size()
    counts = {f"status={name}": status[name] for name in ("labelled", "candidate") if status[name]}
    counts |= {f"wave={wave.id}": waves[wave.id] for wave in ev.waves}
    counts |= {"about=perimeter": sum(map(bool, ground)), "about=departements": len(inside)}
    counts |= {f"departement={code}": inside[code] for code in sorted(inside)}
    headed = {f"heading={heading}|state={state}": count for (heading, state), count in states.items()}
    for group, count in (counts | headed).items():
        every = len(labelled) if group in headed else len(ev.territories)
        about = {"source": ev.title, "n": every, "group": group}
        found.append(row("", "count_territories", float(count), "territoires", **about))
    return frame(found)
