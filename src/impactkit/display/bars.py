"""Bars: the collective by type, projects by stage, jobs by project, money by use. One length a line, its
figure beside it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from impactkit.data.evaluation import Evaluation
from impactkit.data.tables import labels
from impactkit.data.territories import Territory
from impactkit.display.shown import NOTHING, Chart, Table, text
from impactkit.display.style import BLUE, GREY, INK, SHADE, drawn
from impactkit.evidence.finding import Sentence
from impactkit.evidence.picked import picked
from impactkit.evidence.together import sources
from impactkit.indicators import indicators
from impactkit.indicators.jobs import latest_jobs
from impactkit.indicators.stages import ORDER
from impactkit.wording.catalogue import runs, say
from impactkit.wording.numbers import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LINE, FEWEST, MOST, WRAP, BESIDE = 0.235, 3, 12, 44, 30
# Paid is full, committed pale, sought an outline: read without any colour.
STATUSES = {"paid": (BLUE, "-"), "committed": (SHADE, "-"), "sought": ("none", "--")}


def composition_chart(place: Territory) -> Chart:
    """Members named, by type; empty under three known types."""
    return _counted(place, "count_members_named", "type", labels("members", "type"), "composition")


def stages_chart(place: Territory | Evaluation) -> Chart:
    """Projects of a territory or of a programme by the stage they reached; empty under three projects."""
    words = labels("projects", "stage")
    ordered = {code: words[code] for code in (*ORDER, *words) if code in words}
    return _counted(place, "count_projects", "stage", ordered, "stages")


def themes_chart(ev: Evaluation) -> Chart:
    """Challenges of a whole programme by theme, as they emerged; empty under three themes."""
    return _counted(ev, "count_challenges", "theme", labels("challenges", "themes"), "themes")


def jobs_chart(place: Territory) -> Chart:
    """Declared jobs by project, beside the ambition as it is written; empty under two projects."""
    last = latest_jobs(place)
    last = last[last["actual"].notna()] if len(last) else last
    if len(last) < 2 or "jobs" in picked(place).hidden:
        return NOTHING
    names = place.table("projects").set_index("project")["name"]
    last = last.sort_values("actual", ascending=False, kind="stable").head(MOST)
    told = [str(names.get(code, code)) for code in last["project"]]
    figures = [number(count) for count in last["actual"]]
    hopes = [str(target) for target in last["target"]]
    beside = [
        say("chart.jobs.beside", count=count, target=target) if target else count
        for count, target in zip(figures, hopes, strict=True)
    ]
    rows = [
        tuple(text(cell, declared=True) for cell in (name, count, hope or say("cell.unknown")))
        for name, count, hope in zip(told, figures, hopes, strict=True)
    ]
    widths = {"project": 3.0, "actual": 1.0, "target": 2.0}
    return _chart("jobs", told, list(last["actual"]), beside, rows, widths, runs("chart.jobs.caption"))


def funding_chart(place: Territory) -> Chart:
    """Money by what it is for and how sure it is; empty under two known amounts."""
    shares, statuses = labels("funding", "share"), labels("funding", "status")
    sums = (
        picked(place).many("amount_funding", "share=").dropna(subset=["value"]).set_index("group")["value"]
    )
    keys = [(share, status, f"share={share}|status={status}") for share in shares for status in STATUSES]
    keys = [key for key in keys if key[2] in sums.index]
    if len(keys) < 2:
        return NOTHING
    names = [
        say("chart.funding.line", share=shares[one], status=statuses[status]) for one, status, _ in keys
    ]
    values = [float(sums[group]) for *_, group in keys]
    beside = [number(value) + " " + say("value.euros") for value in values]
    rows = [(text(name), text(number(value))) for name, value in zip(names, values, strict=True)]
    looks = [STATUSES[status] for _, status, _ in keys]
    caption = runs("chart.funding.caption")
    return _chart("funding", names, values, beside, rows, {"what": 3.0, "amount": 1.0}, caption, looks)


def _counted(
    place: Territory | Evaluation, indicator: str, column: str, words: dict[str, str], kind: str
) -> Chart:
    """Bars of the groups of one count, in the order of its words."""
    rows = _rows(place)
    mine = rows[(rows["indicator"] == indicator) & rows["group"].str.startswith(f"{column}=")]
    mine = mine[mine["value"].notna() & ~mine["group"].str.contains("|", regex=False)]
    counts = dict(zip(mine["group"].str.removeprefix(f"{column}="), mine["value"], strict=True))
    known = {words[code]: float(counts[code]) for code in words if code in counts}
    if sum(known.values()) < FEWEST or len(known) < 2:
        return NOTHING
    beside = [number(value) for value in known.values()]
    cells = [(text(name), text(count)) for name, count in zip(known, beside, strict=True)]
    caption = runs(f"chart.{kind}.caption", source=sources(mine["source"].iloc[0]))
    return _chart(
        kind, list(known), list(known.values()), beside, cells, {"what": 3.0, "count": 1.0}, caption
    )


def _rows(place: Territory | Evaluation) -> pd.DataFrame:
    if isinstance(place, Territory):
        return picked(place).rows
    rows = indicators(place)
    return rows[rows["territory"] == ""]


def _chart(
    kind: str,
    names: Sequence[str],
    values: Sequence[float],
    beside: Sequence[str],
    rows: Sequence[tuple[Sentence, ...]],
    widths: dict[str, float],
    caption: Sentence,
    looks: Sequence[tuple[str, str]] | None = None,
) -> Chart:
    columns = tuple(
        (say(f"chart.column.{name}"), "right" if name in ("count", "actual", "amount") else "left", width)
        for name, width in widths.items()
    )
    items = " ; ".join(f"{name}, {count}" for name, count in zip(names, beside, strict=True))
    data = Table(say(f"chart.{kind}.data"), columns, tuple(rows))
    svg = bars_svg(names, values, beside, looks or [(BLUE, "-")] * len(names))
    return Chart(svg, say("chart.bars.alt", what=say(f"chart.{kind}.data"), items=items), caption, data)


def bars_svg(
    names: Sequence[str], values: Sequence[float], beside: Sequence[str], looks: Sequence[tuple[str, str]]
) -> str:
    """One bar a line: its name on the left, what it says at its end."""
    told = [textwrap.fill(textwrap.shorten(name, 2 * WRAP, placeholder="…"), WRAP) for name in names]
    beside = [
        textwrap.fill(textwrap.shorten(words, 2 * BESIDE, placeholder="…"), BESIDE) for words in beside
    ]
    lines = [max(name.count("\n"), words.count("\n")) for name, words in zip(told, beside, strict=True)]
    heights = [1 + 0.75 * more for more in lines]
    # What is written at the end of the longest bar must hold in the page.
    longest = max(len(line) for words in beside for line in words.split("\n"))
    room = 0.61 - 0.0125 * max(longest, 8)
    total = sum(heights)

    def draw(axes: Axes) -> None:
        axes.set_axis_off()
        axes.set(xlim=(0, 1), ylim=(total, 0))
        most, at = max([*values, 1e-9]), 0.0
        for name, value, words, height, (colour, line) in zip(
            told, values, beside, heights, looks, strict=True
        ):
            middle = at + height / 2
            axes.text(0.36, middle, name, ha="right", va="center", color=INK, linespacing=1.15)
            width = room * value / most
            edge = BLUE if colour == "none" else colour
            axes.barh(middle, width, left=0.375, height=0.56, color=colour, edgecolor=edge, linestyle=line)
            axes.text(0.385 + width, middle, words, ha="left", va="center", color=GREY, size=8.5)
            at += height

    return drawn(draw, LINE * total + 0.06)
