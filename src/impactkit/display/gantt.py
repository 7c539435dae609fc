"""The roadmap on the calendar: when each milestone was due, and when it was done."""

import textwrap
from dataclasses import replace
from functools import partial

import pandas as pd

from impactkit.data.dates import middle
from impactkit.data.territories import Territory
from impactkit.display.shown import NOTHING, Chart
from impactkit.display.style import BAND, BLUE, GREY, INK, PALE, RUST, Axes, drawn
from impactkit.display.told import told
from impactkit.evidence.picked import picked
from impactkit.indicators.roadmap import current
from impactkit.wording.language import Language

LINE, FEWEST, MOST, NAME = 0.25, 3, 14, 40


def roadmap_chart(place: Territory) -> Chart:
    """Milestones of the current roadmap: due (an open mark), done (a full one), the time between. Empty
    under three dated milestones.
    """
    language = place.language
    rows = picked(place).table("milestones")
    rows = current(rows) if len(rows) else rows
    if len(rows := rows[(rows["due"] != "") | (rows["done"] != "")]) < FEWEST:
        return NOTHING
    first = rows["due"].where(rows["due"] != "", rows["done"])
    rows = rows.assign(first=[_moment(one) for one in first]).sort_values("first", kind="stable")
    done = int((rows["done"] != "").sum())
    shown = rows.head(MOST).to_dict("records")
    count, items = language.number(len(rows)), "\u202f; ".join(map(partial(_said, language), shown))
    alt = language.say("chart.roadmap.alt", name=place.name, n=len(rows), count=count, items=items)
    caption = language.runs("chart.roadmap.caption", n=done, done=language.number(done), count=count)

    def draw(axes: Axes) -> None:
        _frame(axes, rows, len(shown))
        for at, row in enumerate(shown):
            y, name = at + 0.5, textwrap.shorten(str(row["title"]), NAME, placeholder="…")
            left = axes.get_yaxis_transform()
            axes.text(-0.02, y, name, transform=left, ha="right", va="center", color=INK)
            due, end = (_moment(row[column]) if row[column] else None for column in ("due", "done"))
            if due is not None and end is not None:
                axes.plot([due, end], [y, y], color=RUST if end > due else BLUE, linewidth=2.5, zorder=2)
            if due is not None:
                axes.plot(due, y, "o", color="white", markeredgecolor=GREY, markersize=7, zorder=3)
            if end is not None:
                axes.plot(end, y, "D", color=BLUE, markersize=5.5, zorder=4)
        if place.labelled:
            axes.axvline(_moment(place.labelled), color=RUST, linewidth=1, zorder=1)

    height = LINE * len(shown) + 0.3
    svg = drawn(language, draw, height, (0.37, 0.22 / height, 0.61, 1 - 0.27 / height))
    return Chart(svg, alt, caption, replace(told(place, "roadmap"), notes=(caption,)))


def _frame(axes: Axes, rows: pd.DataFrame, count: int) -> None:
    ends = [_moment(one) for column in ("due", "done") for one in rows[column] if one]
    first, last = min(ends) - 0.3, max(ends) + 0.3
    years = range(int(min(ends)), int(max(ends)) + 2)
    axes.set(ylim=(count, 0), xlim=(first, last), yticks=[])
    axes.set_xticks([year for year in years if first <= year <= last])
    axes.xaxis.set_major_formatter(lambda value, _: str(int(value)))
    axes.grid(True, axis="x", color=BAND)
    axes.spines["bottom"].set_color(PALE)


def _moment(iso: str) -> float:
    day = middle(iso)
    return day.year + (day.timetuple().tm_yday - 1) / 365.25


def _said(language: Language, row: dict[str, str]) -> str:
    ends = [
        language.say(f"chart.roadmap.{name}", date=language.date(row[name]))
        for name in ("due", "done")
        if row[name]
    ]
    return ", ".join([str(row["title"]), *ends])
