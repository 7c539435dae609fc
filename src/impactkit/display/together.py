"""A whole programme: its sentences, tables and drawings. Territories keep the order of their table; none is
ranked.
"""

import math
from collections.abc import Callable

import pandas as pd

from impactkit.data.evaluation import Evaluation
from impactkit.data.outcome_names import named
from impactkit.data.tables import labels
from impactkit.display.shown import NOTHING, Chart, Essentials, Prose, Shown, Table, Title, table_of
from impactkit.display.style import BAND, BLUE, GREY, INK, PALE, RUST, SHADE, Axes, beside, drawn, figures_on
from impactkit.evidence import counted, together
from impactkit.evidence.estimated import outcomes
from impactkit.evidence.finding import Sentence
from impactkit.evidence.picked import TIMES, as_text
from impactkit.evidence.plan import plan
from impactkit.indicators.stages import known_waits, time_to_first_project
from impactkit.wording.catalogue import Declared

FEWEST, SHOWN = 3, 12
FIGURES = ("count", "share", "value", "low", "high")


def say_of(ev: Evaluation, about: str) -> Shown:
    """What the tables allow to say of a programme; see `say`."""
    if about == "head":
        return Title(together.overline(ev), ev.title, together.subtitle(ev))
    if about not in SAID:
        raise ev.language.unknown("noun.topic", about, ["head", *SAID])
    return Prose(SAID[about](ev), role="note" if about == "method" else "text")


def essentials_of(ev: Evaluation) -> Essentials:
    """The few findings of a programme."""
    return Essentials(ev.language, together.findings(ev))


def themes_table(ev: Evaluation) -> Table:
    """Each theme: how many challenges bear on it, in how many of the territories with a theme."""
    language = ev.language
    found, rows = together.of_programme(ev), []
    for theme, name in labels(language, "challenges", "themes").items():
        count = found.of("count_challenges", group=f"theme={theme}")
        places = found.of("count_territories", group=f"theme={theme}")
        if count is not None and places is not None:
            having = language.say(
                "together.themes.of",
                count=language.number(places["value"]),
                all=language.number(places["n"]),
            )
            rows.append((name, language.number(count["value"]), having))
    return table_of(language, "together.themes", {"what": 3.0, "count": 1.0, "share": 1.4}, rows, FIGURES)


def suggestions_table(ev: Evaluation) -> Table:
    """Pairs of territories that could learn from each other, the first of each theme; never an appraisal."""
    language = ev.language
    found, words = together.suggested(ev), labels(language, "challenges", "themes")
    some = found.groupby("theme", sort=False).head(max(SHOWN // max(found["theme"].nunique(), 1), 1))
    rows = []
    for row in some.itertuples(index=False):
        giver, receiver = ev.name_of(row.giver), ev.name_of(row.receiver)
        rows.append((words[row.theme], giver, Declared(row.project), receiver, Declared(row.challenge)))
    widths = {"theme": 1.6, "giver": 1.6, "project": 1.8, "receiver": 1.6, "challenge": 2.4}
    return table_of(
        language, "together.suggestions", widths, rows, notes=(language.runs("together.suggestions.note"),)
    )


def first_project_chart(ev: Evaluation) -> Chart:
    """How many territories still wait for their first project, day after day since the label; empty under
    three known waits.
    """
    language = ev.language
    waits = known_waits(ev, "label")
    curve = time_to_first_project(ev) if len(waits) >= FEWEST else pd.DataFrame()
    wait = together.of_programme(ev).of("days_to_first_project", group="clock=label")
    if curve.empty or wait is None:
        return NOTHING
    days, left = [0.0, *curve["days"]], [1.0, *curve["share_left"]]
    told = {"days": language.number(wait["value"]), "count": language.number(wait["n"])}

    def draw(axes: Axes) -> None:
        axes.step(days, [100 * one for one in left], where="post", color=BLUE, linewidth=2.2)
        axes.axvline(wait["value"], color=RUST, linewidth=1)
        words = language.say("together.median", days=told["days"])
        beside(axes, words, (wait["value"], 96), (5, 0), color=RUST, va="top")
        axes.set(ylim=(0, 102), xlim=(0, max(days) * 1.05))
        figures_on(language, axes.yaxis, "percent")
        figures_on(language, axes.xaxis)

    rows = (
        (language.say("together.first.median"), told["days"]),
        (language.say("together.first.count"), told["count"]),
    )
    caption = language.say("together.first.data")
    data = table_of(language, "together.first", {"what": 3.0, "value": 1.0}, rows, FIGURES, caption=caption)
    svg = drawn(language, draw, 1.9, (0.075, 0.14, 0.9, 0.82))
    return Chart(
        svg,
        language.say("together.first.alt", **told),
        language.runs("together.first.caption", **told),
        data,
    )


def transfers_chart(ev: Evaluation) -> Chart:
    """Who gave know-how to whom: territories on a ring, an arrow a transfer, full once taken up; empty under
    three transfers.
    """
    language = ev.language
    known = ev.table("transfers").drop_duplicates(["giver", "receiver", "topic"], keep="last")
    if len(known) < FEWEST or not together.of_programme(ev).may_count("transfers"):
        return NOTHING
    linked = set(known["giver"]) | set(known["receiver"])
    ring = [place for place in ev.territories if place.code in linked]
    turn = 2 * math.pi / len(ring)
    spot = {place.code: (math.sin(at * turn), math.cos(at * turn)) for at, place in enumerate(ring)}

    def draw(axes: Axes) -> None:
        axes.set_axis_off()
        axes.set(xlim=(-2.55, 2.55), ylim=(-1.22, 1.22))
        for row in known.itertuples():
            line = {"arrowstyle": "-|>", "shrinkA": 7, "shrinkB": 8, "connectionstyle": "arc3,rad=0.15"}
            taken = row.status == "adopted"
            line |= {"color": BLUE if taken else GREY, "linestyle": "-" if taken else (0, (3, 3))}
            axes.annotate("", spot[row.receiver], spot[row.giver], arrowprops=line | {"linewidth": 1.3})
        for place in ring:
            x, y = spot[place.code]
            axes.plot(x, y, "o", color=SHADE, markeredgecolor=BLUE, markersize=9, zorder=3)
            side = "left" if x > 0.05 else "right" if x < -0.05 else "center"
            level = "baseline" if side == "center" else "center"
            axes.text(1.1 * x, 1.13 * y, place.name, ha=side, va=level, color=INK)

    words, rows = labels(language, "transfers", "status"), []
    for row in known.itertuples():
        status = words.get(row.status, "") or language.say("cell.unknown")
        rows.append((ev.name_of(row.giver), ev.name_of(row.receiver), Declared(row.topic), status))
    adopted = language.number((known["status"] == "adopted").sum())
    about = {"count": language.number(len(known)), "linked": language.number(len(ring)), "adopted": adopted}
    widths = {"giver": 1.8, "receiver": 1.8, "topic": 2.4, "status": 1.2}
    caption, notes = (
        language.say("together.transfers.data"),
        (language.runs("together.transfers.note", **about),),
    )
    data = table_of(language, "together.transfers", widths, rows, caption=caption, notes=notes)
    alt = language.say("together.transfers.alt", n=len(known), **about)
    return Chart(drawn(language, draw, 3.1), alt, language.runs("together.transfers.caption"), data)


def waves_chart(ev: Evaluation) -> Chart:
    """The gap of each territory on the first outcome of the plan, wave by wave, and the programme's mean;
    empty where nothing is estimated.
    """
    language = ev.language
    name = next(iter(outcomes(ev)), "")
    found = together.gaps(ev, name) if name else pd.DataFrame()
    whole = together.whole(ev, name) if len(found) else None
    if whole is None or whole.estimate is None:
        return NOTHING
    told = [row for _, some in found.groupby("wave", sort=False) for row in some.itertuples(index=False)]
    told = [((row.name, row.wave), (row.value, row.low, row.high)) for row in told]
    count = len(told)
    told.append(((language.say("together.mean"), ""), (whole.estimate, whole.low, whole.high)))
    places = [*range(count), count + 0.4]

    def draw(axes: Axes) -> None:
        axes.axvline(0, color=GREY, linewidth=0.8)
        for at, (_, ends) in zip(places, told, strict=True):
            _interval(axes, at, ends, TIMES[whole.scale], mean=at > count)
        axes.set(ylim=(count + 1, -0.6), yticks=places, yticklabels=[words[0] for words, _ in told])
        axes.tick_params(axis="y", colors=INK)
        axes.grid(True, axis="x", color=BAND)
        axes.grid(False, axis="y")
        figures_on(language, axes.xaxis, whole.scale, sign=True)

    def size(value: float | None) -> str:
        known = value is not None and value == value
        return as_text(language, value, whole.scale, sign=True) if known else language.say("cell.unknown")

    rows, what = [(*words, *map(size, ends)) for words, ends in told], named(language, name)
    widths = {"territory": 2.4, "wave": 1.8, "value": 1.0, "low": 1.0, "high": 1.0}
    caption = language.say("together.waves.data", what=what)
    notes = (language.runs("together.waves.note", count=language.number(count)),)
    data = table_of(language, "together.waves", widths, rows, FIGURES, caption=caption, notes=notes)
    alt = language.say(
        "together.waves.alt", count=language.number(count), mean=size(whole.estimate), what=what
    )
    height = 0.2 * (count + 1) + 0.45
    svg = drawn(language, draw, height, (0.3, 0.28 / height, 0.66, 1 - 0.33 / height))
    return Chart(svg, alt, language.runs("together.waves.caption", what=what), data)


def _interval(axes: Axes, at: float, ends: tuple[float | None, ...], times: float, *, mean: bool) -> None:
    value, low, high = ends
    if low is not None and high is not None and low == low:
        colour = PALE if mean else SHADE
        axes.plot([low * times, high * times], [at, at], color=colour, linewidth=4, zorder=1)
    look = {"color": RUST if mean else BLUE, "marker": "D" if mean else "o"}
    axes.plot((value or 0.0) * times, at, linestyle="none", markersize=5.5, zorder=2, **look)


def _estimate(ev: Evaluation) -> tuple[Sentence, ...]:
    said = together.estimate(ev)
    counts = tuple(counted.sentence(ev, name, together.whole(ev, name)) for name in outcomes(ev))
    return (*counts, *said, plan(ev)) if said else ()


SAID: dict[str, Callable[[Evaluation], tuple[Sentence, ...]]] = {
    "projects": lambda ev: (together.projects(ev),),
    "themes": lambda ev: (together.themes(ev),),
    "exchanges": lambda ev: (together.exchanges(ev),),
    "estimate": _estimate,
    "method": together.method,
}
