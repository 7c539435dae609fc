"""Tables of what is declared: the rows of an evaluation's table, in the words of its schema."""

from collections.abc import Mapping

import pandas as pd

from impactkit.data.tables import labels, schemas
from impactkit.data.territories import Territory
from impactkit.display.shown import MOST_ROWS, Table, table_of, text
from impactkit.evidence.finding import Sentence
from impactkit.evidence.picked import picked
from impactkit.indicators.obstacles import ANSWERED
from impactkit.indicators.roadmap import current

# Topic -> table of the evaluation, columns shown and how wide each is.
TOLD: dict[str, tuple[str, dict[str, float]]] = {
    "challenges": ("challenges", {"title": 3.4, "kind": 1.6, "themes": 2.8}),
    "roadmap": ("milestones", {"title": 3.4, "due": 1.4, "done": 1.4, "status": 1.2}),
    "outcomes": (
        "project_outcomes",
        {"what": 2.8, "project": 2.0, "dimension": 1.6, "value": 1.1, "unit": 1.2, "charge": 1.1},
    ),
    "funding": ("funding", {"payer": 3.0, "purpose": 1.5, "share": 1.5, "status": 1.2, "amount": 1.3}),
    "partnerships": ("partnerships", {"company": 2.6, "type": 2.2, "cash": 1.1, "hours": 1.0}),
    "transfers": ("transfers", {"topic": 2.6, "giver": 2.0, "receiver": 2.0, "status": 1.2}),
    "obstacles": ("obstacles", {"rule": 2.6, "what": 2.6, "outcome": 1.2, "raised": 1.3, "resolved": 1.3}),
    "questions": ("evaluation_questions", {"text": 4.0, "criterion": 1.4, "asked_by": 2.2}),
    "lessons": ("lessons", {"lesson": 4.4, "kind": 1.5, "by": 2.2}),
    "unintended": ("unintended_effects", {"what": 4.0, "direction": 1.4, "who": 2.0}),
    "interviews": ("interviews", {"quotation": 4.6, "role": 2.2, "name": 1.4, "date": 1.4}),
}


CRITERIA = ("met_collective_strength", "met_collective_diversity", "met_challenges")


def told(place: Territory, topic: str) -> Table:
    """What a table of the evaluation declares about a territory; without a row there is no table."""
    language = place.language
    name, widths = TOLD[topic]
    every = _chosen(topic, picked(place).table(name)).reset_index(drop=True)
    rows = every.head(MOST_ROWS)
    if topic == "interviews":
        rows = rows.assign(name=_names(rows, place.evaluation.report.get("names", "none")))
    fields = {field["name"]: field for field in schemas(language)[name]["fields"]}
    # A column that nobody filled says nothing.
    shown = {column: width for column, width in widths.items() if _filled(rows[column])}
    columns = [
        (fields[column]["title"], "right" if _numeric(fields[column]) else "left", width)
        for column, width in shown.items()
    ]
    projects = _project_names(place) if "project" in shown else {}
    cells = [
        tuple(_cell(place, name, column, row[column], projects) for column in shown)
        for row in rows.to_dict("records")
    ]
    source = str(every["source"].iloc[0]) if every["source"].nunique() == 1 else ""
    if not source:
        columns.append((fields["source"]["title"], "left", 3.0))
        pairs = zip(cells, rows["source"], strict=True)
        cells = [(*row, text(source, declared=True)) for row, source in pairs]
    notes = (language.runs("secrecy.table"),) if name in picked(place).hidden else ()
    left = len(every) - len(rows)
    return Table(
        language.say(f"told.{topic}"),
        tuple(columns),
        tuple(cells),
        notes,
        source,
        left=left,
        origin=f"{name}.csv",
        language=language,
    )


def _names(rows: pd.DataFrame, mode: str) -> pd.Series:
    """Names as [report] names asks: `none` (the default), `initials`, `public`; never one not public."""
    told = rows["name"].where(rows["public"].astype("str") == "true", "")
    if mode == "initials":
        return told.map(lambda name: " ".join(f"{word[0]}." for word in name.replace("-", " ").split()))
    return told if mode == "public" else told.where(told == "", "")


def criteria(place: Territory) -> Table:
    """What the label asks, and whether it is met: yes, no, or not known and why."""
    language = place.language
    rows = picked(place).rows
    found = rows[rows["indicator"].isin(CRITERIA)].set_index("indicator")
    cells = []
    for name in CRITERIA:
        row = found.loc[name]
        if row["flag"] == "missing:no-threshold":
            continue
        known = pd.notna(row["value"])
        state = "unknown" if not known else "met" if row["value"] else "unmet"
        reason = "" if known else language.say(f"reason.{row['flag'].removeprefix('missing:')}")
        cells.append((language.say(f"criterion.{name}"), language.say(f"criterion.{state}"), reason))
    if all(not reason for *_, reason in cells):
        cells = [row[:2] for row in cells]
    widths = {"asked": 3.4, "state": 1.2} | ({"why": 2.4} if cells and len(cells[0]) > 2 else {})
    return table_of(language, "criteria", widths, cells)


def _chosen(topic: str, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows that the page shows: the current roadmap, what may be quoted, consequences found."""
    if topic == "roadmap":
        return current(rows) if len(rows) else rows
    if topic == "interviews":
        return rows[(rows["consent"] == "true") & (rows["quotation"] != "")]
    if topic == "unintended":
        return rows[rows["what"] != ""]
    if topic == "obstacles":
        # What waits for an answer comes first.
        return rows.sort_values("outcome", key=lambda cells: cells.isin(ANSWERED), kind="stable")
    return rows


def _project_names(place: Territory) -> dict[str, str]:
    projects = place.table("projects")
    return dict(zip(projects["project"].tolist(), projects["name"].tolist(), strict=True))


def _cell(place: Territory, table: str, column: str, value: object, projects: Mapping[str, str]) -> Sentence:
    language = place.language
    words = labels(language, table, column)
    if value == "" or pd.isna(value):  # type: ignore[call-overload]
        return text(language.say("cell.unknown"))
    if column in ("giver", "receiver"):
        return text(place.evaluation.name_of(str(value)))
    if column == "project":
        return text(projects.get(str(value), str(value)), declared=True)
    if words:
        return text(", ".join(words[one] for one in str(value).split("|")))
    if isinstance(value, float):
        return text(language.number(value, 0 if value.is_integer() else 2), declared=True)
    if column in ("due", "done", "raised", "resolved", "date"):
        return text(language.date(str(value)))
    return text(str(value), declared=True)


def _filled(cells: pd.Series) -> bool:
    return bool((cells.notna() & (cells != "")).any())


def _numeric(field: dict[str, object]) -> bool:
    return field["type"] in ("integer", "number")
