"""Drawings of doubt: every combination of choices, every end of a hypothesis, how far the ordinary goes."""

import textwrap

import numpy as np
import pandas as pd

from impactkit.data.outcome_names import named
from impactkit.data.territories import Territory
from impactkit.display.shown import NOTHING, Chart, table_of
from impactkit.display.style import BLUE, GREY, INK, PALE, RUST, SHADE, Axes, beside, drawn, figures_on
from impactkit.evidence.effect_rows import choices
from impactkit.evidence.estimated import of_outcome
from impactkit.evidence.picked import TIMES, measured, picked
from impactkit.evidence.value import STEP, swing, values
from impactkit.indicators.comparable import family_of
from impactkit.indicators.figures import ALL_UNITS, ORDINARY, change_of, changes_of_all, ordinary

MOST, DASHES = 10, (4, 3)
ENDS = ("low", "value", "high")


def choices_chart(place: Territory, outcome: str | None = None) -> Chart:
    """The estimate under every combination of declared choices, sorted, with the printed interval; its data
    by choice. Empty where nothing is estimated.
    """
    language = place.language
    name, told = of_outcome(place, outcome)
    if told is None or told.effect.low is None or told.curve.empty:
        return NOTHING
    effect, found = told.effect, np.sort(told.curve["estimate"].to_numpy(dtype=float))
    scale = TIMES[effect.scale]

    def draw(axes: Axes) -> None:
        at = np.arange(1, len(found) + 1)
        low, middle, high = (float(x or 0.0) * scale for x in (effect.low, effect.estimate, effect.high))
        axes.axhspan(low, high, color=SHADE, alpha=0.35, linewidth=0)
        axes.axhline(0, color=GREY, linewidth=0.8)
        axes.plot(at, found * scale, ".", color=BLUE, markersize=3)
        axes.plot([at[0], at[-1]], [middle] * 2, color=RUST, linewidth=1, dashes=DASHES)
        axes.set(xlim=(0, len(found) + 1), xticks=[])
        figures_on(language, axes.yaxis, effect.scale)

    def size(value: float | None) -> str:
        return measured(language, value or 0.0, effect.scale, sign=True)

    rows = []
    for row in choices(told).itertuples(index=False):
        words = (language.say(f"choice.{row.choice}"), language.say(f"choice.{row.choice}.{row.option}"))
        rows.append((*words, size(row.low), size(row.value), size(row.high)))
    widths = {"choice": 1.6, "option": 2.4, "low": 1.0, "value": 1.0, "high": 1.0}
    count = language.number(len(found))
    notes = (language.runs("choices.note", count=count, estimate=size(effect.estimate)),)
    data = table_of(
        language, "choices", widths, rows, ENDS, caption=language.say("choices.data"), notes=notes
    )
    alt = language.say(
        "choices.alt", count=count, low=size(found[0]), high=size(found[-1]), outcome=named(language, name)
    )
    return Chart(
        drawn(language, draw, 1.5, (0.075, 0.06, 0.9, 0.9)),
        alt,
        language.runs("choices.caption", count=count),
        data,
    )


def tornado_chart(place: Territory) -> Chart:
    """The first valued project: its net worth at each end of each hypothesis, the widest first; empty where
    nothing is valued.
    """
    language = place.language
    one = next(iter(values(place)), None)
    lines = swing(one)[:MOST] if one is not None else []
    if one is None or not lines:
        return NOTHING
    centre = round(one.npv / STEP) * STEP

    def draw(axes: Axes) -> None:
        every = [x for _, *pair in lines for x in pair]
        span = max(max(every) - min(every), 1.0)
        names = [textwrap.fill(textwrap.shorten(what, 66, placeholder="…"), 36) for what, *_ in lines]
        axes.set(xlim=(min(every) - 0.2 * span, max(every) + 0.2 * span), ylim=(len(lines) - 0.4, -0.6))
        axes.set(yticks=range(len(lines)), yticklabels=names, xticks=[])
        axes.tick_params(axis="y", colors=INK)
        axes.grid(False)
        axes.spines["bottom"].set_visible(False)
        for at, (_, *pair) in enumerate(lines):
            left, right = sorted(pair)
            axes.barh(at, right - left, left=left, height=0.5, color=SHADE, edgecolor=BLUE)
            for x, by, side in ((left, -3, "right"), (right, 3, "left")):
                beside(axes, language.number(x), (x, at), (by, 0), ha=side, va="center", color=GREY, size=8)
        axes.axvline(centre, color=RUST, linewidth=1)

    rows = [(what, language.number(low), language.number(high)) for what, low, high in lines]
    widths, notes = (
        {"what": 3.4, "low": 1.3, "high": 1.3},
        (language.runs("tornado.note", npv=language.number(centre)),),
    )
    data = table_of(
        language, "tornado", widths, rows, ENDS, caption=language.say("tornado.data"), notes=notes
    )
    what, *pair = lines[0]
    alt = language.say(
        "tornado.alt",
        project=one.name,
        what=what,
        low=language.number(min(pair)),
        high=language.number(max(pair)),
    )
    svg = drawn(language, draw, 0.34 * len(lines) + 0.15, (0.36, 0.03, 0.62, 0.94))
    return Chart(
        svg, alt, language.runs("tornado.caption", project=one.name, npv=language.number(centre)), data
    )


def dispersion_chart(place: Territory, outcome: str | None = None) -> Chart:
    """How units of every size changed, and the limits of the ordinary by size; the territory among them.
    Empty where the limits cannot be told.
    """
    language = place.language
    name, _ = of_outcome(place, outcome)
    own = picked(place).of(change_of(name)) if name else None
    limits = picked(place).of(change_of(name), group=ORDINARY) if name else None
    every = None if own is None else changes_of_all(place, name, *own["period"].split("/"))
    if own is None or limits is None or every is None:
        return NOTHING
    moved, sizes, at = every
    scale = TIMES["points" if own["unit"] == "points" else "percent"]
    known = pd.DataFrame({"moved": moved * scale, "size": sizes}).dropna()
    known = known[known["size"] > 0]

    def draw(axes: Axes) -> None:
        y = own["value"] * scale
        grid = np.geomspace(known["size"].min(), known["size"].max(), 40)
        found = [ordinary(place, name, (moved, sizes), float(size)) for size in grid]
        ends = np.array([[one.low, one.high] if one else [np.nan, np.nan] for one in found]) * scale
        axes.plot(known["size"], known["moved"], ".", color=PALE, markersize=2.5, zorder=1)
        for end in ends.T:
            axes.plot(grid, end, color=GREY, linewidth=1, dashes=DASHES, zorder=2)
        axes.plot(at, y, "o", color=BLUE, markersize=7, zorder=3)
        beside(axes, place.name, (at, y), (6, 5), weight="bold", color=BLUE)
        shown = known["moved"][known["moved"].between(*known["moved"].quantile([0.01, 0.99]))]
        axes.set_ylim(min(shown.min(), y) - 1, max(shown.max(), y) + 1)
        axes.set_xscale("log")
        figures_on(language, axes.xaxis)
        axes.xaxis.set_minor_formatter(lambda value, _: "")
        figures_on(language, axes.yaxis, "percent" if scale > 1 else "", sign=True)

    of = {"own": (own, "value"), "median": (limits, "value")}
    of |= {end: (limits, end) for end in ("low", "high")}
    ends = {
        key: measured(language, row[column], row["unit"], sign=True) for key, (row, column) in of.items()
    }
    near = language.number(limits["n"])
    far = language.number(picked(place).count("count_as_far", group=f"on={name}"))
    told = ends | {"count": near, "far": far}
    rows = [(language.say(f"dispersion.{key}"), words) for key, words in told.items()]
    data = table_of(
        language,
        "dispersion",
        {"what": 3.0, "value": 1.2},
        rows,
        ENDS,
        caption=language.say("dispersion.data"),
    )
    families = language.say(f"noun.{family_of(place, name)}", n=2)
    about = {"families": families, "near": near, "outcome": named(language, name)}
    alt = language.say("dispersion.alt", name=place.name, **(ends | about))
    key = "dispersion.caption" + (".all" if limits["flag"] == ALL_UNITS else "")
    return Chart(
        drawn(language, draw, 2.1, (0.075, 0.13, 0.9, 0.84)), alt, language.runs(key, **about), data
    )
