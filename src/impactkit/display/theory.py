"""The chain from means to impacts, as the tables tell it, and where the evidence stops."""

from impactkit.data.territories import Territory
from impactkit.display.shown import NOTHING, Chart, table_of
from impactkit.display.style import BAND, BLUE, GREY, INK, PALE, WIDTH, Axes, drawn
from impactkit.evidence.claim import claims
from impactkit.evidence.level import LEVELS
from impactkit.wording.language import Language

STEPS = ("inputs", "activities", "outputs", "outcomes", "impacts")
HEIGHT = 1.35
FEWEST = 3
BOX, GAP = 0.168, 0.04


def theory_chart(place: Territory) -> Chart:
    """Means, activities, outputs, outcomes, impacts: the strongest level of evidence of each, and the first
    of which nothing is known. Empty where fewer than three steps have a figure: that is no chain.
    """
    language = place.language
    found = strongest(place)
    if sum(map(bool, found.values())) < FEWEST:
        return NOTHING

    def draw(axes: Axes) -> None:
        axes.set_axis_off()
        axes.set(xlim=(0, 1), ylim=(0, 1))
        for at, step in enumerate(STEPS):
            _box(language, axes, at, step, found[step])

    stop = next((step for step in STEPS if not found[step]), "")
    later = bool(stop) and any(found[step] for step in STEPS[STEPS.index(stop) :])
    key = ("theory.gap" if later else "theory.stop") if stop else "theory.whole"
    end = language.say(key, step=language.say(f"theory.{stop}").lower()) if stop else language.say(key)
    rows = [(language.say(f"theory.{step}"), _level(language, found[step])) for step in STEPS]
    data = table_of(
        language, "theory.column", {"step": 1.0, "level": 1.0}, rows, caption=language.say("theory.data")
    )
    steps = "\u202f; ".join(language.say("theory.step", step=step, level=level) for step, level in rows)
    alt = language.say("theory.alt", steps=steps, end=end)
    return Chart(drawn(language, draw, HEIGHT), alt, language.runs("theory.caption", end=end), data)


def strongest(place: Territory) -> dict[str, str]:
    """The strongest level of evidence of each step; "" where no figure is known."""
    known = claims(place)
    known = known[known["value"].notna() & (known["level"] != "method")]
    return {
        step: max(known.loc[known["logic"] == step, "level"], key=LEVELS.index, default="") for step in STEPS
    }


def _level(language: Language, level: str) -> str:
    return language.say(f"level.{level}") if level else language.say("theory.nothing")


def _box(language: Language, axes: Axes, at: int, step: str, level: str) -> None:
    from matplotlib.patches import FancyBboxPatch

    left = at * (BOX + GAP)
    look_of = {"facecolor": BAND, "edgecolor": BLUE} if level else {"facecolor": "white", "edgecolor": GREY}
    style = "-" if level else (0, (4, 3))
    box = FancyBboxPatch(
        (left + 0.006, 0.14), BOX - 0.012, 0.72, boxstyle="round,pad=0,rounding_size=0.02", linewidth=1.2,
        linestyle=style, mutation_aspect=WIDTH / HEIGHT, **look_of,
    )  # fmt: skip
    axes.add_patch(box)
    middle = left + BOX / 2
    axes.text(
        middle, 0.6, language.say(f"theory.{step}"), ha="center", va="center", color=INK, weight="bold"
    )
    axes.text(
        middle,
        0.36,
        _level(language, level),
        ha="center",
        va="center",
        color=BLUE if level else GREY,
        size=8.5,
    )
    if at:
        line = {"arrowstyle": "-|>", "color": BLUE if level else PALE, "linewidth": 1.2, "linestyle": style}
        axes.annotate("", (left + 0.004, 0.5), (left - GAP - 0.004, 0.5), arrowprops=line)
