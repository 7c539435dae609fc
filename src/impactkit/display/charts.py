"""`chart`: every drawing of a territory, or of a whole programme."""

from collections.abc import Callable

from impactkit.data.evaluation import Evaluation
from impactkit.data.outcome_names import must_exist
from impactkit.data.territories import Territory
from impactkit.display import bars
from impactkit.display.doubt import choices_chart, dispersion_chart, tornado_chart
from impactkit.display.gantt import roadmap_chart
from impactkit.display.gap import gap_chart
from impactkit.display.shown import Chart
from impactkit.display.spine import spine_chart
from impactkit.display.theory import theory_chart
from impactkit.display.together import first_project_chart, transfers_chart, waves_chart
from impactkit.display.trajectory import trajectory_chart

OF_OUTCOME: dict[str, Callable[[Territory, str | None], Chart]] = {
    "trajectory": trajectory_chart,
    "gap": gap_chart,
    "choices": choices_chart,
    "dispersion": dispersion_chart,
}
OF_TERRITORY: dict[str, Callable[[Territory], Chart]] = {
    "composition": bars.composition_chart,
    "roadmap": roadmap_chart,
    "stages": bars.stages_chart,
    "jobs": bars.jobs_chart,
    "funding": bars.funding_chart,
    "spine": spine_chart,
    "theory": theory_chart,
    "tornado": tornado_chart,
}
OF_PROGRAMME: dict[str, Callable[[Evaluation], Chart]] = {
    "themes": bars.themes_chart,
    "stages": bars.stages_chart,
    "first_project": first_project_chart,
    "transfers": transfers_chart,
    "waves": waves_chart,
}


def chart(place: Territory | Evaluation, *, kind: str = "trajectory", outcome: str | None = None) -> Chart:
    """One chart. Of a territory: `trajectory` (among comparable ones), `gap` (over the same for each
    comparable unit), `choices` (every combination of declared choices), `dispersion` (the limits of the
    ordinary by size), each of an `outcome` (the plan's first, unless named); `composition` of the
    collective, `roadmap`, `stages` of the projects, `jobs` against ambitions, `funding`, `spine` (every
    official figure on one axis), `theory` (from means to impacts), `tornado` (what a value depends on).
    Of an evaluation: `themes`, `stages`, `first_project`, `transfers`, `waves`.

    What is not known well enough to be drawn makes an empty chart, which shows nothing. Each carries what it
    drew as a table. Raises UnknownName for another kind or an indicator that does not exist.

    >>> place = ik.load().territory("val-d-aubrelle")
    >>> print(ik.chart(place, kind="stages").alt)
    Barres, une par ligne. Projets, par avancement : idée, 1 ; lancé, 5.
    """
    if isinstance(place, Evaluation):
        if kind not in OF_PROGRAMME:
            raise place.language.unknown("noun.chart", kind, OF_PROGRAMME)
        return OF_PROGRAMME[kind](place)
    if kind in OF_OUTCOME:
        if outcome is not None:
            must_exist(place.evaluation, outcome)
        return OF_OUTCOME[kind](place, outcome)
    if kind not in OF_TERRITORY:
        raise place.language.unknown("noun.chart", kind, [*OF_OUTCOME, *OF_TERRITORY])
    return OF_TERRITORY[kind](place)
