"""`explore`: a territory, an outcome, dates and a comparison, chosen in a notebook; what is seen moves."""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import Any

import pandas as pd

from impactkit.data import official, series
from impactkit.data.evaluation import Evaluation
from impactkit.data.outcome_names import named
from impactkit.data.territories import Territory
from impactkit.display.charts import chart
from impactkit.display.html import block_html
from impactkit.display.shown import Chart
from impactkit.effects.comparison import periods_of
from impactkit.effects.detectability import detectable
from impactkit.effects.results import Detectability, Effect, sized
from impactkit.effects.territory import effect
from impactkit.errors import ImpactkitError, NotEnoughData
from impactkit.evidence.estimated import outcomes
from impactkit.indicators.trajectory import trajectory
from impactkit.wording.language import Language

# What a comparison rule is in the plan of analysis.
RULES = {
    "all": {"buffer": False, "pool": "all"},
    "similar": {"buffer": False, "pool": "similar"},
    "buffer": {"buffer": True, "pool": "all"},
}


class Explorer:
    """What `explore` shows. `call` are the lines that reproduce it, `effect`, `detectable` and `trajectory`
    what they give (None where they give nothing: `words` says why), `box` the widgets.
    """

    def __init__(self, ev: Evaluation, place: Territory, outcome: str) -> None:
        language = ev.language
        widgets = _widgets(language)
        self.ev, self.call, self.words, self._settled = ev, "", "", False
        self.effect: Effect | None = None
        self.detectable: Detectability | None = None
        self.trajectory: pd.DataFrame | None = None
        known = official.indicators(ev)
        places = [(one.name, one.code) for one in ev.territories]
        self.place = widgets.Dropdown(options=places, value=place.code)
        self.outcome = widgets.Dropdown(
            options=[(named(language, one), one) for one in known], value=outcome
        )
        self.rule = widgets.Dropdown(options=[(language.say(f"explore.rule.{one}"), one) for one in RULES])
        self.before, self.after = (widgets.SelectionRangeSlider(options=[""]) for _ in range(2))
        self.seen = widgets.HTML()
        asked = {name: getattr(self, name) for name in ("place", "outcome", "before", "after", "rule")}
        for name, one in asked.items():
            one.description = language.say(f"explore.{name}")
            one.style.description_width, one.layout.width = "9em", "32em"
            one.observe(self._dated if name in ("place", "outcome") else self._show, "value")
        self.box = widgets.VBox([*asked.values(), self.seen])
        self._dated()

    def _repr_mimebundle_(self, **asked: Any) -> Any:
        return self.box._repr_mimebundle_(**asked)

    def _dated(self, *_: Any) -> None:
        """The years that the series has, and those of the plan."""
        told = series.of_territory(self.ev.territory(self.place.value), self.outcome.value)
        known = sorted(told[told["value"].notna()]["period"].unique())
        try:
            chosen = periods_of(self.ev, known)
        except NotEnoughData:
            chosen = (known or [""], known or [""])
        years = sorted({period[:4] for period in known}) or [""]
        self._settled = False
        for slider, periods in zip((self.before, self.after), chosen, strict=True):
            slider.options, slider.value = years, (periods[0][:4], periods[-1][:4])
        self._settled = True
        self._show()

    def _show(self, *_: Any) -> None:
        # Both sliders first: halfway there is nothing to show.
        if not self._settled:
            return
        code, outcome = self.place.value, self.outcome.value
        choices = {"before": self.before.value, "after": self.after.value, **RULES[self.rule.value]}
        written = ", ".join(f"{name}={one!r}" for name, one in choices.items())
        first = f"place = ik.load({_typed(self.ev.folder)!r}).planned({written}).territory({code!r})"
        asked = (f"ik.{name}(place, {outcome!r})" for name in ("trajectory", "detectable", "effect"))
        self.call = "\n".join([first, *asked])
        self.effect = self.detectable = self.trajectory = None
        charts: list[Chart] = []
        try:
            place = self.ev.planned(**choices).territory(code)
            self.trajectory = trajectory(place, outcome)
            charts.append(chart(place, kind="trajectory", outcome=outcome))
            self.detectable, self.effect = detectable(place, outcome), effect(place, outcome)
            charts.append(chart(place, kind="gap", outcome=outcome))
            self.words = _said(self.effect, self.detectable)
        except ImpactkitError as cause:
            self.words = str(cause)
        shown = [block_html(block) for one in charts for block in one.blocks]
        paragraph = {"kind": "paragraph", "role": "text", "runs": [{"t": self.words}]}
        code_shown = f"<pre>{self.call}</pre><p>{self.ev.language.say('explore.call')}</p>"
        self.seen.value = "\n".join((block_html(paragraph), *shown, code_shown))


def explore(thing: Territory | Evaluation, outcome: str | None = None) -> Explorer:
    """In a notebook: choose territory, outcome, years before and after, comparison; the trajectory, the
    gap that would look unusual and the gap itself follow, and the call that reproduces them is shown
    (`.call`).

    Begins with a territory, or the first of an evaluation, and with `outcome`, or the plan's first. What is
    seen so has passed none of a report's checks. Raises ImpactkitError without ipywidgets (the `lab` extra),
    NotEnoughData where no source holds any figure.

    >>> print(ik.explore(ik.load("data/demo").territory("merinval")).call.splitlines()[1])
    ik.trajectory(place, 'count_jobs_private')
    """
    ev = thing if isinstance(thing, Evaluation) else thing.evaluation
    place = ev.territories[0] if isinstance(thing, Evaluation) else thing
    if not (known := [*([outcome] if outcome else []), *outcomes(ev), *official.indicators(ev)]):
        raise thing.language.error(NotEnoughData, "explore-nothing", where=ev.name)
    return Explorer(ev, place, known[0])


@functools.cache
def _widgets(language: Language) -> Any:
    try:
        import ipywidgets
    except ImportError as cause:
        raise language.error(ImpactkitError, "no-widgets") from cause
    return ipywidgets


def _typed(folder: Path) -> str:
    """A folder as `load` finds it from here, without the names of this machine where it can."""
    here = Path(os.environ.get("IMPACTKIT_BASE") or Path.cwd()).resolve()
    starts = [one for one in (here, here.parent, here.parent.parent) if folder.is_relative_to(one)]
    return str(folder.relative_to(starts[0]) if starts else folder)


def _said(found: Effect, seen: Detectability) -> str:
    language = found.language
    if found.estimate is None:
        return found.refused
    size = functools.partial(sized, language, scale=found.scale, sign=True)
    said = [language.say("explore.gap", estimate=size(found.estimate), n=found.n_comparison)]
    if found.low is not None and found.high is not None:
        said.append(language.say("explore.between", low=size(found.low), high=size(found.high)))
    if seen.unusual is not None:
        said.append(language.say("explore.least", least=sized(language, seen.unusual, found.scale)))
    return " ".join(filter(None, [*said, found.refused, language.say("explore.not")]))
