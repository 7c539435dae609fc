"""`chart`: every drawing of a territory, or of a whole programme."""

from collections.abc import Callable

from impactkit.data.evaluation import Evaluation
from impactkit.data.territories import Territory
from impactkit.display.bars import composition_chart, funding_chart, jobs_chart, stages_chart, themes_chart
from impactkit.display.doubt import choices_chart, dispersion_chart, tornado_chart
from impactkit.display.gantt import roadmap_chart
from impactkit.display.gap import gap_chart
from impactkit.display.shown import Chart
from impactkit.display.spine import spine_chart
from impactkit.display.theory import theory_chart
from impactkit.display.together import first_project_chart, transfers_chart, waves_chart
from impactkit.display.trajectory import trajectory_chart
from impactkit.errors import UnknownName
from impactkit.wording.catalogue import say


def _by_kind(*charts: Callable[..., Chart]) -> dict[str, Callable[..., Chart]]:
    """Each chart under its kind, which its function is named after."""
    return {one.__name__.removesuffix("_chart"): one for one in charts}


OF_OUTCOME = _by_kind(trajectory_chart, gap_chart, choices_chart, dispersion_chart)
_WORK = (composition_chart, roadmap_chart, stages_chart, jobs_chart, funding_chart)
OF_TERRITORY = _by_kind(*_WORK, spine_chart, theory_chart, tornado_chart)
OF_PROGRAMME = _by_kind(themes_chart, stages_chart, first_project_chart, transfers_chart, waves_chart)


def chart(place: Territory | Evaluation, *, kind: str = "trajectory", outcome: str | None = None) -> Chart:
    """One chart. Of a territory: `trajectory` (among comparable ones), `gap` (over the same for each
    comparable unit), `choices` (every combination of declared choices), `dispersion` (the limits of the
    ordinary by size), each of an `outcome` (the plan's first, unless named); `composition` of the
    collective, `roadmap`, `stages` of the projects, `jobs` against ambitions, `funding`, `spine` (every
    official figure on one axis), `theory` (from means to impacts), `tornado` (what a value depends on).
    Of an evaluation: `themes`, `stages`, `first_project`, `transfers`, `waves`.

    What is not known well enough to be drawn makes an empty chart, which shows nothing. Each carries what it
    drew as a table. Raises UnknownName for another kind or an indicator that no source holds.

    >>> place = ik.load().territory("val-d-aubrelle")
    >>> print(ik.chart(place, kind="stages").alt)
    Barres, une par ligne. Projets, par avancement : idée, 1 ; lancé, 5.
    """
    if isinstance(place, Evaluation):
        if kind not in OF_PROGRAMME:
            raise UnknownName.among(say("noun.chart"), kind, OF_PROGRAMME)
        return OF_PROGRAMME[kind](place)
    if kind in OF_OUTCOME:
        return OF_OUTCOME[kind](place, outcome)
    if kind not in OF_TERRITORY:
        raise UnknownName.among(say("noun.chart"), kind, [*OF_OUTCOME, *OF_TERRITORY])
    return OF_TERRITORY[kind](place)
