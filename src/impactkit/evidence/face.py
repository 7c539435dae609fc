"""Which document a report is: what is known of the territory decides, unless evaluation.toml says so."""

from impactkit.data.territories import Territory
from impactkit.evidence.contribution import contribution
from impactkit.evidence.picked import picked
from impactkit.indicators.knowledge import documented

# The words of evaluation.toml ([report] face, [report.faces]), each with its name in the catalogue.
FACES = {"connaissance": "knowledge", "suivi": "follow", "evaluation": "evaluation"}
FOLLOWED, PROJECTS = 7, 2


def face(place: Territory) -> str:
    """`connaissance`: little is known; `suivi`: two projects or more, and seven headings documented;
    `evaluation`: besides, a question was answered with its evidence. [report] face names one for all,
    [report.faces] for one territory.
    """
    report = place.evaluation.report
    if told := report.get("faces", {}).get(place.code) or report.get("face"):
        return str(told)
    if documented(place) < FOLLOWED or len(picked(place).table("projects")) < PROJECTS:
        return "connaissance"
    return "evaluation" if any(one.by for one in contribution(place)) else "suivi"


def face_name(place: Territory) -> str:
    """The face in words: « fiche de connaissance »."""
    return place.language.say(f"face.{FACES[face(place)]}")
