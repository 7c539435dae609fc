"""Bars: the collective by type, projects by stage, jobs by project, money by use. One length a line, its
figure beside it.
"""

import textwrap
from collections.abc import Mapping, Sequence

from impactkit.data.evaluation import Evaluation
from impactkit.data.tables import labels
from impactkit.data.territories import Territory
from impactkit.display.shown import NOTHING, Chart, table_of
from impactkit.display.style import BLUE, GREY, INK, SHADE, Axes, drawn
from impactkit.evidence.finding import Sentence
from impactkit.evidence.picked import picked
from impactkit.evidence.together import of_programme, sources
from impactkit.indicators.jobs import latest_jobs
from impactkit.indicators.stages import ORDER
from impactkit.wording.catalogue import Declared
from impactkit.wording.language import Language

LINE, FEWEST, MOST, WRAP, BESIDE = 0.235, 3, 12, 44, 30
# Paid is full, committed pale, sought an outline: read without any colour.
STATUSES = {"paid": (BLUE, "-"), "committed": (SHADE, "-"), "sought": ("none", "--")}


def composition_chart(place: Territory) -> Chart:
    """Members named, by type; empty under three known types."""
    return _counted(
        place, "count_members_named", "type", labels(place.language, "members", "type"), "composition"
    )


def stages_chart(place: Territory | Evaluation) -> Chart:
    """Projects of a territory or of a programme by the stage they reached; empty under three projects."""
    words = labels(place.language, "projects", "stage")
    ordered = {code: words[code] for code in (*ORDER, *words) if code in words}
    return _counted(place, "count_projects", "stage", ordered, "stages")


def themes_chart(ev: Evaluation) -> Chart:
    """Challenges of a whole programme by theme, as they emerged; empty under three themes."""
    return _counted(ev, "count_challenges", "theme", labels(ev.language, "challenges", "themes"), "themes")


def jobs_chart(place: Territory) -> Chart:
    """Declared jobs by project, beside the ambition as it is written; empty under two projects."""
    language = place.language
    last = latest_jobs(place)
    last = last[last["actual"].notna()] if len(last) else last
    figures = picked(place)
    if len(last) < 2 or not (figures.may_list("jobs", "actual") and figures.may_count("projects")):
        return NOTHING
    names = place.table("projects").set_index("project")["name"]
    last = last.sort_values("actual", ascending=False, kind="stable").head(MOST)
    rows = [
        (str(names.get(row.project, row.project)), language.number(row.actual), str(row.target))
        for row in last.itertuples(index=False)
    ]
    beside = [
        language.say("chart.jobs.beside", count=count, target=target) if target else count
        for _, count, target in rows
    ]
    cells = [
        tuple(map(Declared, (name, count, hope or language.say("cell.unknown"))))
        for name, count, hope in rows
    ]
    widths = {"project": 3.0, "actual": 1.0, "target": 2.0}
    return _chart(
        language, "jobs", list(last["actual"]), beside, cells, widths, language.runs("chart.jobs.caption")
    )


def funding_chart(place: Territory) -> Chart:
    """Money by what it is for and how sure it is; empty under two known amounts."""
    language = place.language
    shares, statuses = labels(language, "funding", "share"), labels(language, "funding", "status")
    known = picked(place).many("amount_funding", "share=").dropna(subset=["value"])
    sums = known.set_index("group")["value"]
    keys = [(share, status, f"share={share}|status={status}") for share in shares for status in STATUSES]
    keys = [key for key in keys if key[2] in sums.index]
    if len(keys) < 2:
        return NOTHING
    values = [float(sums[group]) for *_, group in keys]
    names = [language.say("chart.funding.line", share=shares[a], status=statuses[b]) for a, b, _ in keys]
    rows = list(zip(names, map(language.number, values), strict=True))
    beside = [amount + " " + language.say("value.euros") for _, amount in rows]
    looks = [STATUSES[status] for _, status, _ in keys]
    caption = language.runs("chart.funding.caption")
    return _chart(language, "funding", values, beside, rows, {"what": 3.0, "amount": 1.0}, caption, looks)


def _counted(
    place: Territory | Evaluation, indicator: str, column: str, words: dict[str, str], kind: str
) -> Chart:
    """Bars of the groups of one count, in the order of its words."""
    language = place.language
    found = picked(place) if isinstance(place, Territory) else of_programme(place)
    mine = found.many(indicator, f"{column}=").dropna(subset=["value"])
    mine = mine[~mine["group"].str.contains("|", regex=False)]
    counts = dict(zip(mine["group"].str.removeprefix(f"{column}="), mine["value"], strict=True))
    known = {words[code]: float(counts[code]) for code in words if code in counts}
    if sum(known.values()) < FEWEST or len(known) < 2:
        return NOTHING
    beside = [language.number(value) for value in known.values()]
    caption = language.runs(f"chart.{kind}.caption", source=sources(language, mine["source"].iloc[0]))
    rows = list(zip(known, beside, strict=True))
    return _chart(language, kind, list(known.values()), beside, rows, {"what": 3.0, "count": 1.0}, caption)


def _chart(
    language: Language,
    kind: str,
    values: Sequence[float],
    beside: Sequence[str],
    rows: Sequence[tuple[str, ...]],
    widths: Mapping[str, float],
    caption: Sentence,
    looks: Sequence[tuple[str, str]] | None = None,
) -> Chart:
    names, what = [row[0] for row in rows], language.say(f"chart.{kind}.data")
    data = table_of(language, "chart.column", widths, rows, ("count", "actual", "amount"), caption=what)
    items = "\u202f; ".join(f"{name}, {count}" for name, count in zip(names, beside, strict=True))
    svg = _bars(language, names, values, beside, looks or [(BLUE, "-")] * len(names))
    return Chart(svg, language.say("chart.bars.alt", what=what, items=items), caption, data)


def _held(words: str, width: int) -> str:
    """Words on two lines at most."""
    return textwrap.fill(textwrap.shorten(words, 2 * width, placeholder="…"), width)


def _bars(
    language: Language,
    names: Sequence[str],
    values: Sequence[float],
    beside: Sequence[str],
    looks: Sequence[tuple[str, str]],
) -> str:
    """One bar a line: its name on the left, what it says at its end."""
    told = [(_held(name, WRAP), _held(words, BESIDE)) for name, words in zip(names, beside, strict=True)]
    heights = [1 + 0.75 * max(one.count("\n") for one in pair) for pair in told]
    # What is written at the end of the longest bar must hold in the page.
    room = 0.61 - 0.0125 * max(8, *(len(line) for _, words in told for line in words.split("\n")))
    total, most = sum(heights), max([*values, 1e-9])

    def draw(axes: Axes) -> None:
        axes.set_axis_off()
        axes.set(xlim=(0, 1), ylim=(total, 0))
        at = 0.0
        for (name, words), value, height, (colour, line) in zip(told, values, heights, looks, strict=True):
            middle = at + height / 2
            axes.text(0.36, middle, name, ha="right", va="center", color=INK, linespacing=1.15)
            width = room * value / most
            edge = BLUE if colour == "none" else colour
            axes.barh(middle, width, left=0.375, height=0.56, color=colour, edgecolor=edge, linestyle=line)
            axes.text(0.385 + width, middle, words, ha="left", va="center", color=GREY, size=8.5)
            at += height

    return drawn(language, draw, LINE * total + 0.06)
