"""The territory's path among grey comparable ones."""

import textwrap

import pandas as pd

from impactkit.data.territories import Territory
from impactkit.display.shown import NOTHING, Chart, Table, table_of
from impactkit.display.style import BLUE, GREY, PALE, SHADE, Axes, drawn, few_ticks, label_end, mark_label
from impactkit.evidence.declared import cited
from impactkit.evidence.finding import Sentence
from impactkit.evidence.picked import MEDIAN, as_text, measured, picked
from impactkit.indicators.comparable import ENOUGH, POPULATION, family_of
from impactkit.indicators.figures import change_of, yearly
from impactkit.indicators.rows import Row
from impactkit.indicators.trajectory import is_rate, trajectory
from impactkit.wording.catalogue import has
from impactkit.wording.language import Language

HEIGHT, NAME_WIDTH, MANY = 2.5, 20, 7
JOBS = "count_jobs_private"
# The middle half as the columns of its rows, and as it is named.
HALF = {"low": "low", "median": "value", "high": "high"}


def trajectory_chart(place: Territory, outcome: str | None = None) -> Chart:
    """An indicator among comparable territories (counts on base 100, rates as they are); without `outcome`,
    private jobs where they were imported, else the population. Empty without two dates.
    """
    language = place.language
    figures = picked(place)
    told = outcome or (JOBS if figures.of(change_of(JOBS)) is not None else POPULATION)
    path = trajectory(place, told)
    if path.empty:
        return NOTHING
    moved, half = figures.of(change_of(told)), figures.of(change_of(told), group=MEDIAN)
    assert moved is not None
    n = path[path["role"] == "comparable"]["unit"].nunique()
    first, last = moved["period"].split("/")
    what = language.say(f"figure.{told}") if has(f"figure.{told}") else told
    held = {"first": first, "last": last, "change": _signed(language, moved), "count": language.number(n)}
    held |= (
        {name: _signed(language, half, column) for name, column in HALF.items()} if half is not None else {}
    )
    about = {
        "what": what,
        "scale": language.say("chart.rate" if is_rate(told) else "chart.index", first=first),
    }
    notes = (language.runs("trajectory.note", n=n, **held),)
    notes += (language.runs("trajectory.note.half", **held),) if half is not None else ()
    data = _data(place, path, told, language.say("trajectory.data", **about), notes)
    about |= {"source": cited(moved["source"]), "vintage": moved["geography_vintage"]}
    about |= {"count": held["count"], "families": language.say(f"noun.{family_of(place, told)}", n=2)}
    way = "half" if half is not None else "few" if n else "alone"
    held |= {"what": what[0].lower() + what[1:], "name": place.name}
    held["family"] = language.say(f"noun.{family_of(place, told)}", n=max(n, 1))
    alt = language.say(f"chart.alt.{way}", n=n if way == "few" else None, **held)
    return Chart(_drawn(place, path, told, moved), alt, language.runs(f"chart.caption.{way}", **about), data)


def _data(
    place: Territory, path: pd.DataFrame, outcome: str, caption: str, notes: tuple[Sentence, ...]
) -> Table:
    """Year by year, the territory and the middle half of the comparable ones, as the rows print them."""
    language = place.language
    name, unit = yearly(outcome), "part" if is_rate(outcome) else "indice"
    mine = path[path["role"] == "territory"].set_index("period")["index" if unit == "indice" else "value"]
    half = picked(place).many(name, MEDIAN).dropna(subset=["value"]).set_index("period")
    many = path[path["role"] == "comparable"]["unit"].nunique() >= ENOUGH
    rows = []
    for year, value in mine.items():
        beside = HALF.values() if many and str(year) in half.index else ()
        ends = [as_text(language, half.loc[str(year), column], unit) for column in beside]
        rows.append((str(year), as_text(language, value, unit), *ends))
    names = ("own", *(HALF if many else ()))
    widths = dict.fromkeys(("year", *names), 1.0)
    return table_of(language, "trajectory", widths, rows, names, caption=caption, notes=notes)


def _signed(language: Language, row: Row, column: str = "value") -> str:
    return measured(language, row[column], row["unit"], sign=True)


def _drawn(place: Territory, path: pd.DataFrame, outcome: str, moved: Row) -> str:
    language = place.language
    rate = is_rate(outcome)
    path = path.assign(shown=path["value"] * 100 if rate else path["index"])
    others, mine = (path[path["role"] == role] for role in ("comparable", "territory"))

    def draw(axes: Axes) -> None:
        for _, line in others.groupby("unit"):
            axes.plot(line["period"], line["shown"], color=PALE, linewidth=0.7, zorder=1)
        ends = []
        if others["unit"].nunique() >= ENOUGH:
            half = picked(place).many(yearly(outcome), MEDIAN).astype({"period": int}).sort_values("period")
            low, median, high = (half[column] * (100 if rate else 1) for column in HALF.values())
            axes.fill_between(half["period"], low, high, color=SHADE, alpha=0.45, linewidth=0, zorder=2)
            axes.plot(half["period"], median, color=GREY, linewidth=1.4, dashes=(4, 2.5), zorder=3)
            ends.append((float(median.iloc[-1]), language.say("chart.median"), GREY, "normal"))
        look = {"color": BLUE, "linewidth": 2.6, "marker": "o", "markersize": 4}
        axes.plot(mine["period"], mine["shown"], zorder=4, **look)
        words = f"{textwrap.fill(place.name, NAME_WIDTH)}\n{_signed(language, moved)}"
        ends.append((float(mine["shown"].iloc[-1]), words, BLUE, "bold"))
        _frame(
            language, axes, mine["shown"], others["shown"], sorted({int(year) for year in path["period"]})
        )
        label_end(axes, ends, float(mine["period"].iloc[-1]))
        mark_label(language, axes, place.labelled)

    return drawn(language, draw, HEIGHT, (0.055, 0.1, 0.68, 0.86))


def _frame(language: Language, axes: Axes, own: pd.Series, others: pd.Series, years: list[int]) -> None:
    # A few far territories would flatten every other line: the window keeps 96 % of the points.
    shown = pd.concat([own, others[others.between(others.quantile(0.02), others.quantile(0.98))]])
    margin = max(0.08 * (shown.max() - shown.min()), 0.4)
    axes.set(ylim=(shown.min() - margin, shown.max() + margin), xlim=(years[0] - 0.1, years[-1] + 0.1))
    # Every year when they are few, every second one otherwise: labels must not touch.
    axes.set_xticks(years if len(years) <= MANY else years[:: -(-len(years) // MANY)])
    few_ticks(language, axes)
