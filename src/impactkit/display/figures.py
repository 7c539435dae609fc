"""The six context figures of a territory in one table: what each is, or why it is missing."""

import pandas as pd

from impactkit.data.catalogue import catalogue
from impactkit.data.tables import labels
from impactkit.data.territories import Territory
from impactkit.display.shown import NO_TABLE, Table, cells, table_of
from impactkit.evidence.finding import Sentence
from impactkit.evidence.picked import MEDIAN, Picked, as_text, measured, picked, signed
from impactkit.indicators.context import SIX
from impactkit.indicators.figures import change_of
from impactkit.indicators.knowledge import gaps
from impactkit.indicators.rows import Row
from impactkit.wording.catalogue import has
from impactkit.wording.language import Language

WIDTHS = {"what": 2.9, "value": 1.7, "moved": 1.8, "half": 2.0, "region": 1.0, "nation": 1.0}


def figures(place: Territory) -> Table:
    """Each figure at the end of its change, that change, and those of the middle half of comparable
    territories, of the region and of the nation; a later figure is in a note. Without one imported figure
    there is no table; gaps tell what is missing.
    """
    found = picked(place)
    rows = [row for name in SIX if (row := _row(found, name))]
    notes = tuple(
        place.language.runs(f"trap.{name}")
        for name in SIX
        if found.of(name) is not None and has(f"trap.{name}")
    )
    notes += tuple(note for name in SIX if (note := _later(found, name)))
    if len(rows) < 2:
        return NO_TABLE
    return table_of(place.language, "figures", WIDTHS, rows, tuple(WIDTHS)[1:], notes=notes)


def missing_figures(place: Territory) -> list[tuple[Sentence, ...]]:
    """One line by reason for the figures that are missing: what, why, whom to ask, where to answer."""
    language = place.language
    rows, asked = picked(place).rows, gaps(place)
    # What the evaluation says itself of what is not covered is not said twice.
    told = ((asked["heading"] == "context") & (asked["reason"] == "not-covered")).any()
    by_reason: dict[str, list[str]] = {}
    for name in SIX[1:]:
        mine = rows[(rows["indicator"] == name) & (rows["group"] == "")]
        if told and (mine["flag"] == "missing:not-covered").any():
            continue
        reason = mine["flag"].iloc[-1].removeprefix("missing:") if len(mine) else ""
        if mine["value"].isna().all() and has(f"gaps.figures.{reason}"):
            by_reason.setdefault(reason, []).append(language.say(f"figure.{name}"))
    listed = [
        (", ".join([names[0], *(name[0].lower() + name[1:] for name in names[1:])]), reason)
        for reason, names in by_reason.items()
    ]
    if len(silent := rows[_themed(rows) & (rows["flag"] == "missing:not-imported")]):
        words, held = (
            labels(language, "challenges", "themes"),
            silent["group"].str.removeprefix("theme=").unique(),
        )
        listed.append(
            (language.say("gaps.themes", themes=", ".join(words[one] for one in held)), "not-imported")
        )
    return [
        cells(
            (
                what,
                language.say(f"reason.{reason}"),
                language.say(f"gaps.figures.{reason}"),
                language.say("gaps.files"),
            )
        )
        for what, reason in listed
    ]


def themes(place: Territory) -> Table:
    """Indicators of the themes of the territory's challenges that have a value, with what a higher one means
    and the threshold or mark it is read against; without one there is no table.
    """
    language = place.language
    rows, known = picked(place).rows, catalogue().set_index("id")
    # What the six figures show already is not shown twice.
    told = rows[_themed(rows) & rows["value"].notna() & ~rows["indicator"].isin(SIX)]
    lines = []
    for _, one in told.drop_duplicates("indicator").iterrows():
        about = known.loc[one["indicator"]]
        mark = (
            language.say(f"direction.{about['direction']}"),
            about["target"] or language.say("themes.none"),
        )
        lines.append((about["label_fr"], _dated(language, one), *mark))
    return table_of(language, "themes", {"what": 3.0, "value": 1.6, "direction": 1.8, "target": 2.6}, lines)


def _themed(rows: pd.DataFrame) -> pd.Series:
    """Rows of the catalogue's theme indicators: projects, too, are counted by theme."""
    return rows["group"].str.startswith("theme=") & rows["indicator"].isin(catalogue()["id"])


def _row(found: Picked, name: str) -> tuple[str, ...] | None:
    language = found.place.language
    own, moved = _at_end(found, name), change_of(name)
    if own is None:
        return None
    change = found.of(moved)
    compared = own if change is None else change
    half = found.of(compared["indicator"], group=MEDIAN, period=compared["period"])
    since = between = ""
    if change is not None:
        first, last = change["period"].split("/")
        since = f"{figure_text(language, change)} " + language.say("figures.since", first=first, last=last)
    if half is not None:
        between = language.say(
            "figures.between",
            low=figure_text(language, half, "low"),
            high=figure_text(language, half, "high"),
        )
    areas = (found.of(moved, group=f"area={area}") for area in ("region", "nation"))
    others = ("" if row is None else figure_text(language, row) for row in areas)
    return language.say(f"figure.{name}"), _dated(language, own), since, between, *others


def _at_end(found: Picked, name: str) -> Row | None:
    """A figure where its change ends: never a quarter beside the change of yearly means. Without a change,
    or where its end is not told, the latest.
    """
    own, change = found.of(name), found.of(change_of(name))
    if change is None:
        return own
    _, last = change["period"].split("/")
    at_end = found.of(name, period=last)
    return at_end or own


def _later(found: Picked, name: str) -> Sentence:
    """The latest figure, when it is later than the one of its line; else nothing."""
    language = found.place.language
    own, last = _at_end(found, name), found.of(name)
    if own is None or last is None or own["period"] == last["period"]:
        return ()
    what = language.say(f"figure.{name}")
    year = str(own["period"])
    return language.runs("figures.later", what=what, value=_dated(language, last), year=year)


def moment(language: Language, period: str) -> str:
    """A moment in words, quarters included."""
    year, _, rest = period.partition("-Q")
    return (
        language.say("figures.quarter", year=year, quarter=rest)
        if rest
        else period and language.date(period)
    )


def _dated(language: Language, own: Row) -> str:
    return f"{as_text(language, own['value'], own['unit'])} ({moment(language, str(own['period']))})"


def figure_text(language: Language, row: Row, column: str = "value") -> str:
    """A figure in a cell: a change with its sign, points by their name."""
    return measured(language, row[column], row["unit"], sign=signed(row))
