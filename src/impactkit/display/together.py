"""A whole programme: its sentences, tables and drawings. Territories keep the order of their table; none is
ranked.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd

from impactkit.data.evaluation import Evaluation
from impactkit.data.tables import labels
from impactkit.display.shown import NOTHING, Chart, Essentials, Prose, Shown, Table, Title, text
from impactkit.display.style import BAND, BLUE, GREY, INK, PALE, RUST, SHADE, drawn
from impactkit.errors import UnknownName
from impactkit.evidence import together
from impactkit.evidence.estimated import named, outcomes
from impactkit.evidence.finding import Sentence
from impactkit.evidence.picked import as_text
from impactkit.evidence.plan import plan
from impactkit.indicators.stages import known_waits, time_to_first_project
from impactkit.indicators.transfers import suggest_transfers
from impactkit.wording.catalogue import runs, say
from impactkit.wording.numbers import number, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FEWEST, SHOWN = 3, 12


def say_of(ev: Evaluation, about: str) -> Shown:
    """What the tables allow to say of a programme; see `say`."""
    if about == "head":
        return Title(together.overline(ev), ev.title, together.subtitle(ev))
    if about not in SAID:
        raise UnknownName.among(say("noun.topic"), about, ["head", *SAID])
    return Prose(SAID[about](ev), role="note" if about == "method" else "text")


def essentials_of(ev: Evaluation) -> Essentials:
    """The few findings of a programme."""
    return Essentials(together.findings(ev))


def themes_table(ev: Evaluation) -> Table:
    """Each theme: how many challenges bear on it, in which share of the territories that name some."""
    found, words = together.of_programme(ev), labels("challenges", "themes")
    rows = []
    for theme, name in words.items():
        count = found.of("count_challenges", group=f"theme={theme}")
        share = found.of("share_territories", group=f"theme={theme}")
        if count is not None and share is not None:
            rows.append((text(name), text(number(count["value"])), text(as_text(share["value"], "part"))))
    return Table(
        say("together.themes.caption"), _columns("themes", what=3.0, count=1.0, share=1.4), tuple(rows)
    )


def suggestions_table(ev: Evaluation) -> Table:
    """Pairs of territories that could learn from each other, the first of each theme; never an appraisal."""
    found = suggest_transfers(ev)
    some = found.groupby("theme", sort=False).head(max(SHOWN // max(found["theme"].nunique(), 1), 1))
    words = labels("challenges", "themes")
    rows = tuple(
        (
            text(words[row.theme]),
            text(ev.name_of(row.giver)),
            text(row.project, declared=True),
            text(ev.name_of(row.receiver)),
            text(row.challenge, declared=True),
        )
        for row in some.itertuples(index=False)
    )
    columns = _columns("suggestions", theme=1.6, giver=1.6, project=1.8, receiver=1.6, challenge=2.4)
    return Table(say("together.suggestions.caption"), columns, rows, (runs("together.suggestions.note"),))


def first_project_chart(ev: Evaluation) -> Chart:
    """How many territories still wait for their first project, day after day since the label; empty under
    three known waits.
    """
    waits = known_waits(ev, "label")
    curve = time_to_first_project(ev) if len(waits) >= FEWEST else pd.DataFrame()
    wait = together.of_programme(ev).of("days_to_first_project", group="clock=label")
    if curve.empty or wait is None:
        return NOTHING
    days, left = [0.0, *curve["days"]], [1.0, *curve["share_left"]]

    def draw(axes: Axes) -> None:
        axes.step(days, [100 * one for one in left], where="post", color=BLUE, linewidth=2.2)
        axes.axvline(wait["value"], color=RUST, linewidth=1)
        words = say("together.median", days=number(wait["value"]))
        axes.annotate(
            words, (wait["value"], 96), xytext=(5, 0), textcoords="offset points", color=RUST, va="top"
        )
        axes.set(ylim=(0, 102), xlim=(0, max(days) * 1.05))
        axes.yaxis.set_major_formatter(lambda value, _: number(value) + "\u202f%")
        axes.xaxis.set_major_formatter(lambda value, _: number(value))

    told = {"days": number(wait["value"]), "count": number(wait["n"])}
    rows = (
        (text(say("together.first.median")), text(told["days"])),
        (text(say("together.first.count")), text(told["count"])),
    )
    data = Table(say("together.first.data"), _columns("first", what=3.0, value=1.0), rows)
    svg = drawn(draw, 1.9, (0.075, 0.14, 0.9, 0.82))
    return Chart(svg, say("together.first.alt", **told), runs("together.first.caption", **told), data)


def transfers_chart(ev: Evaluation) -> Chart:
    """Who gave know-how to whom: territories on a ring, an arrow a transfer, full once taken up; empty under
    three transfers.
    """
    known = ev.table("transfers").drop_duplicates(["giver", "receiver", "topic"], keep="last")
    if len(known) < FEWEST:
        return NOTHING
    linked = set(known["giver"]) | set(known["receiver"])
    ring = [place for place in ev.territories if place.code in linked]
    turn = 2 * math.pi / len(ring)
    spot = {place.code: (math.sin(at * turn), math.cos(at * turn)) for at, place in enumerate(ring)}

    def draw(axes: Axes) -> None:
        axes.set_axis_off()
        axes.set(xlim=(-2.55, 2.55), ylim=(-1.22, 1.22))
        for row in known.itertuples():
            (x, y), (to_x, to_y) = spot[row.giver], spot[row.receiver]
            line = {"arrowstyle": "-|>", "shrinkA": 7, "shrinkB": 8, "connectionstyle": "arc3,rad=0.15"}
            taken = row.status == "adopted"
            about = {
                "color": BLUE if taken else GREY,
                "linestyle": "-" if taken else (0, (3, 3)),
                "linewidth": 1.3,
            }
            axes.annotate("", (to_x, to_y), (x, y), arrowprops={**line, **about})
        for place in ring:
            x, y = spot[place.code]
            axes.plot(x, y, "o", color=SHADE, markeredgecolor=BLUE, markersize=9, zorder=3)
            side = "left" if x > 0.05 else "right" if x < -0.05 else "center"
            axes.text(
                1.1 * x,
                1.13 * y,
                place.name,
                ha=side,
                va="center" if side != "center" else "baseline",
                color=INK,
            )

    words = labels("transfers", "status")
    rows = tuple(
        (
            text(ev.name_of(row.giver)),
            text(ev.name_of(row.receiver)),
            text(row.topic, declared=True),
            text(words.get(row.status, "") or say("cell.unknown")),
        )
        for row in known.itertuples()
    )
    columns = _columns("transfers", giver=1.8, receiver=1.8, topic=2.4, status=1.2)
    about = {
        "count": number(len(known)),
        "linked": number(len(ring)),
        "adopted": number((known["status"] == "adopted").sum()),
    }
    notes = (runs("together.transfers.note", **about),)
    data = Table(say("together.transfers.data"), columns, rows, notes)
    alt = say("together.transfers.alt", n=len(known), **about)
    return Chart(drawn(draw, 3.1), alt, runs("together.transfers.caption"), data)


def waves_chart(ev: Evaluation) -> Chart:
    """The gap of each territory on the first outcome of the plan, wave by wave, and the programme's mean;
    empty where nothing is estimated.
    """
    name = next(iter(outcomes(ev)), "")
    found = together.gaps(ev, name) if name else pd.DataFrame()
    whole = together.whole(ev, name) if len(found) else None
    if whole is None or whole.estimate is None:
        return NOTHING
    points = whole.scale == "points"
    times = 1 if points else 100
    lines = [row for _, some in found.groupby("wave", sort=False) for row in some.itertuples(index=False)]
    mean = (whole.estimate, whole.low, whole.high)

    def draw(axes: Axes) -> None:
        axes.axvline(0, color=GREY, linewidth=0.8)
        for at, row in enumerate(lines):
            _interval(axes, at, (row.value, row.low, row.high), times, BLUE, "o")
        _interval(axes, len(lines) + 0.4, mean, times, RUST, "D")
        names = [row.name for row in lines] + [say("together.mean")]
        axes.set(
            ylim=(len(lines) + 1, -0.6), yticks=[*range(len(lines)), len(lines) + 0.4], yticklabels=names
        )
        axes.tick_params(axis="y", colors=INK)
        axes.grid(True, axis="x", color=BAND)
        axes.grid(False, axis="y")
        unit = "" if points else "\u202f%"
        axes.xaxis.set_major_formatter(lambda value, _: number(value, sign=True) + unit)

    def size(value: float | None) -> str:
        if value is None or value != value:
            return say("cell.unknown")
        return number(value, 1, sign=True) if points else percent(value, sign=True)

    rows = [(row.name, row.wave, *map(size, (row.value, row.low, row.high))) for row in lines]
    rows.append((say("together.mean"), "", *map(size, mean)))
    columns = _columns("waves", territory=2.4, wave=1.8, value=1.0, low=1.0, high=1.0)
    cells = tuple(tuple(text(cell) for cell in row) for row in rows)
    what = named(name)
    data = Table(
        say("together.waves.data", what=what),
        columns,
        cells,
        (runs("together.waves.note", count=number(len(lines))),),
    )
    told = {"count": number(len(lines)), "mean": size(whole.estimate), "what": what}
    height = 0.2 * (len(lines) + 1) + 0.45
    svg = drawn(draw, height, (0.3, 0.28 / height, 0.66, 1 - 0.33 / height))
    return Chart(svg, say("together.waves.alt", **told), runs("together.waves.caption", what=what), data)


def _interval(
    axes: Axes, at: float, ends: tuple[float | None, ...], times: float, colour: str, mark: str
) -> None:
    value, low, high = ends
    if low is not None and high is not None and low == low:
        axes.plot(
            [low * times, high * times],
            [at, at],
            color=SHADE if mark == "o" else PALE,
            linewidth=4,
            zorder=1,
        )
    axes.plot((value or 0.0) * times, at, mark, color=colour, markersize=5.5, zorder=2)


def _columns(topic: str, /, **widths: float) -> tuple[tuple[str, str, float], ...]:
    figures = ("count", "share", "value", "low", "high")
    return tuple(
        (say(f"together.{topic}.{name}"), "right" if name in figures else "left", width)
        for name, width in widths.items()
    )


def _estimate(ev: Evaluation) -> tuple[Sentence, ...]:
    found = together.estimate(ev)
    return (*found, plan(ev)) if found else ()


SAID: dict[str, Callable[[Evaluation], tuple[Sentence, ...]]] = {
    "projects": lambda ev: (together.projects(ev),),
    "themes": lambda ev: (together.themes(ev),),
    "exchanges": lambda ev: (together.exchanges(ev),),
    "estimate": _estimate,
    "method": together.method,
}
