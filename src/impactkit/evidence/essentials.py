"""The few findings that a reader must leave with."""

from impactkit.data.territories import Territory
from impactkit.evidence import compared, contribution, declared, estimated, gap, money, official, unknown
from impactkit.evidence.finding import Finding, Sentence, joined
from impactkit.evidence.picked import picked
from impactkit.indicators.comparable import ENOUGH
from impactkit.indicators.figures import change_of


def findings(place: Territory) -> tuple[Finding, ...]:
    """Three to five findings: what is declared, what official figures show, what these cannot tell."""
    if not (found := [Finding("declared", sentence) for sentence in _facts(place)[:2]]):
        found.append(Finding("unknown", place.language.runs("declared.nothing")))
    if place.perimeter:
        found.append(Finding("observed", compared.population(place)))
    moved, many = _moved(place)
    if moved:
        found.append(Finding("compared" if many >= ENOUGH else "before-after", moved))
    found += _estimated(place) or _contributed(place)
    cannot = joined(_limits(place), unknown.not_covered(place), unknown.first(place))
    return (*found, Finding("method", cannot))


def _estimated(place: Territory) -> list[Finding]:
    """An estimate that passed every test, and nothing else."""
    for outcome in estimated.outcomes(place.evaluation):
        whole = estimated.estimated(place, outcome)
        if whole is not None and whole.state == "effect":
            return [Finding("estimated", gap.gap(place, outcome, short=True))]
    return []


def _contributed(place: Territory) -> list[Finding]:
    """The main analysis wherever no gap can be told from the ordinary: what the evidence says of how."""
    said = contribution.appraised(place)
    return [Finding("contribution", said)] if said else []


def _limits(place: Territory) -> Sentence:
    """What these figures cannot tell: the smallest gap that could be seen, or that they only describe."""
    for outcome in estimated.outcomes(place.evaluation)[:1]:
        whole = estimated.estimated(place, outcome)
        if whole is not None and whole.seen.unusual is not None and whole.state != "effect":
            return gap.detectability(place, outcome)
    return place.language.runs("method.describes") if place.perimeter else compared.population(place)


def _moved(place: Territory) -> tuple[Sentence, int]:
    """The official figure that leads: private jobs where they were imported, else the population; how many
    territories it is compared with.
    """
    figures = picked(place)
    if figures.of(change_of(official.JOBS)) is not None:
        told = joined(official.change(place, official.JOBS), official.among(place, official.JOBS))
        return told, figures.count("count_comparable", group=f"on={official.JOBS}")
    return joined(compared.change(place), compared.among(place)), figures.count("count_comparable")


def _facts(place: Territory) -> list[Sentence]:
    projects = declared.jobs(place) or declared.projects(place)
    told = (projects, declared.challenges(place), declared.collective(place), money.transfers(place))
    return [sentence for sentence in told if sentence]
