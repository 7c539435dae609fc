"""Every official figure on one axis: where the territory stands among comparable ones, figure by figure."""

from impactkit.data.territories import Territory
from impactkit.display.figures import figure_text, moment
from impactkit.display.shown import NOTHING, Chart, table_of
from impactkit.display.style import BLUE, GREY, INK, PALE, SHADE, Axes, drawn
from impactkit.evidence.picked import MEDIAN, picked
from impactkit.indicators.context import SIX
from impactkit.indicators.figures import change_of
from impactkit.indicators.rows import Row

LINE, FEWEST = 0.34, 2
# The middle half of the comparable ones takes this part of the axis; further than the ends is drawn at them.
HALF, FARTHEST = 0.09, 2.6
WIDTHS = {"what": 3.0, "own": 1.2, "low": 1.2, "median": 1.2, "high": 1.2}


def spine_chart(place: Territory) -> Chart:
    """One line a figure: the middle half of comparable territories, their median, the territory. Each line
    has the scale of its own dispersion. Empty under two figures.
    """
    language = place.language
    found = [(name, *rows) for name in SIX if (rows := _rows(place, name))]
    if len(found) < FEWEST:
        return NOTHING
    names, rows = [], []
    for name, own, half in found:
        level = own["indicator"] == name
        what = language.say(f"spine.{'level' if level else 'change'}", what=language.say(f"figure.{name}"))
        dates = moment(language, own["period"]) if level else own["period"].replace("/", "–")
        ends = (figure_text(language, half, end) for end in ("low", "value", "high"))
        names.append(what)
        rows.append((language.say("spine.dated", what=what, dates=dates), figure_text(language, own), *ends))
    items = "\u202f; ".join(
        language.say("spine.item", what=row[0], own=row[1], low=row[2], high=row[4]) for row in rows
    )

    def draw(axes: Axes) -> None:
        axes.set_axis_off()
        axes.set(xlim=(0, 1), ylim=(len(found), -0.55))
        for key, at, weight in (("lower", 0.4, "normal"), ("half", 0.6, "bold"), ("higher", 0.8, "normal")):
            words = language.say(f"spine.{key}")
            axes.text(at, -0.3, words, ha="center", va="center", color=GREY, size=8, weight=weight)
        lines = zip(names, rows, found, strict=True)
        for at, (name, (_, figure, *_), (_, own, half)) in enumerate(lines):
            axes.text(0.335, at + 0.4, name, ha="right", va="center", color=INK)
            _line(axes, at + 0.4, own, half)
            axes.text(0.87, at + 0.4, figure, ha="left", va="center", color=BLUE, weight="bold")

    svg = drawn(language, draw, LINE * len(found) + 0.25)
    data = table_of(
        language, "spine.column", WIDTHS, rows, tuple(WIDTHS)[1:], caption=language.say("spine.data")
    )
    return Chart(
        svg, language.say("spine.alt", name=place.name, items=items), language.runs("spine.caption"), data
    )


def _rows(place: Territory, name: str) -> tuple[Row, Row] | None:
    """The change, or the level where no change is told, beside the middle half of comparable ones."""
    for indicator in (change_of(name), name):
        if (own := picked(place).of(indicator)) is None:
            continue
        half = picked(place).of(indicator, group=MEDIAN, period=own["period"])
        if half is not None and half["high"] > half["low"]:
            return own, half
    return None


def _line(axes: Axes, at: float, own: Row, half: Row) -> None:
    width = (half["high"] - half["low"]) / 2
    middle = (half["high"] + half["low"]) / 2

    def spot(value: float) -> float:
        away = max(-FARTHEST, min(FARTHEST, (value - middle) / width))
        return float(0.6 + HALF * away)

    axes.plot([0.6 - HALF * FARTHEST, 0.6 + HALF * FARTHEST], [at, at], color=PALE, linewidth=0.8, zorder=1)
    axes.barh(at, 2 * HALF, left=0.6 - HALF, height=0.42, color=SHADE, alpha=0.6, zorder=2)
    axes.plot([spot(half["value"])] * 2, [at - 0.21, at + 0.21], color=GREY, linewidth=1.4, zorder=3)
    axes.plot(spot(own["value"]), at, "o", color=BLUE, markersize=7, zorder=4)
