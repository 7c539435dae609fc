"""`say`: the paragraphs of a report's sections, computed from the tables."""

from collections.abc import Callable

from impactkit.data.evaluation import Evaluation
from impactkit.data.territories import Territory, overlaps
from impactkit.display.shown import Essentials, Notice, Prose, Shown, Title
from impactkit.display.together import essentials_of, say_of
from impactkit.evidence import compared, declared, head, life, money, near, official
from impactkit.evidence import estimated as estimates
from impactkit.evidence import gap as gaps
from impactkit.evidence.contribution import contribution, sentence, to_bring
from impactkit.evidence.essentials import findings
from impactkit.evidence.face import face
from impactkit.evidence.finding import Sentence, joined
from impactkit.evidence.plan import plan
from impactkit.evidence.unknown import within
from impactkit.evidence.value import sentences


def say(place: Territory | Evaluation, *, about: str = "head") -> Shown:
    """What the tables allow to say of a territory, in the report's words; nothing known says nothing. Of an
    evaluation: head, projects, themes, exchanges, estimate, method.

    `about`: head (name, kind, size, label), label (dates, perimeter, nesting), collective, roadmap, projects
    (and jobs), money (funding and partnerships), exchanges (transfers and obstacles), contribution (question
    by question), value (what a project is worth, a range), lessons, context (official figures among
    comparable territories), estimate (what the method can see, and the gap), plan, programmes (others
    present), method.
    Raises UnknownName for another topic.

    >>> place = ik.load().territory("val-d-aubrelle")
    >>> print(ik.say(place, about="label"))  # doctest: +ELLIPSIS
    Le label a été attribué le 15 mars 2019...
    """
    if isinstance(place, Evaluation):
        return say_of(place, about)
    if about == "head":
        return Title(head.overline(place), place.name, head.subtitle(place), face(place))
    if about not in (*TOPICS, "programmes"):
        raise place.language.unknown("noun.topic", about, ["head", "programmes", *TOPICS])
    if about == "programmes":
        return Notice(declared.programmes(place))
    return Prose(TOPICS[about](place), role="note" if about == "method" else "text")


def essentials(place: Territory | Evaluation) -> Essentials:
    """The few findings that a reader must leave with, each with its level of evidence.

    >>> place = ik.load().territory("val-d-aubrelle")
    >>> [one.level for one in ik.essentials(place).findings]
    ['declared', 'declared', 'compared', 'estimated', 'method']
    """
    return (
        essentials_of(place)
        if isinstance(place, Evaluation)
        else Essentials(place.language, findings(place))
    )


def _label(place: Territory) -> tuple[Sentence, ...]:
    language = place.language
    dates = _dates(place) if place.labelled else [language.runs("known.candidate")]
    note = place.evaluation.table("territories").set_index("territory").loc[place.code, "note"]
    ground = [language.runs(f"known.perimeter.{place.confidence}", note=within(note))] if note else []
    for other, how in overlaps(place):
        ground.append(language.runs(f"known.{how}", other=other.name, wave=other.wave.name))
    return joined(*dates), joined(*ground)


def _dates(place: Territory) -> list[Sentence]:
    language = place.language
    precision = "day" if place.labelled.count("-") == 2 else "month"
    label = language.runs(f"known.label.{precision}", date=language.date(place.labelled))
    events = place.table("events")
    starts = events[(events["kind"] == "start") & (events["date"] != "")].to_dict("records")
    if not starts:
        return [label, language.runs("known.start.none")]
    who = declared.cited(starts[0]["source"])
    return [label, language.runs("known.start", when=language.when(starts[0]["date"]), who=who)]


def _projects(place: Territory) -> tuple[Sentence, ...]:
    first = declared.jobs(place) or declared.projects(place)
    return first, joined(life.stages(place), life.first_project(place)), life.insertion(place)


def _context(place: Territory) -> tuple[Sentence, ...]:
    jobs = official.paragraph(place, official.JOBS)
    rest = official.paragraph(place, official.UNEMPLOYMENT, short=bool(jobs))
    if not compared.change(place):
        return jobs, rest, compared.population(place)
    moved = compared.change(place, short=bool(jobs))
    told = joined(moved, compared.among(place), compared.median(place))
    # With several figures, how each is compared goes with the method.
    return jobs, rest, told, () if jobs else compared.rule(place)


def _estimate(place: Territory) -> tuple[Sentence, ...]:
    found: list[Sentence] = []
    told: set[Sentence] = set()
    for outcome in estimates.outcomes(place.evaluation):
        seen, gap = gaps.detectability(place, outcome), gaps.gap(place, outcome)
        after = near.divided(place, outcome) if gap else ()
        for some in ((seen,), (gap, after, gaps.counted(place, outcome))):
            # The same words for every outcome are said once.
            found.append(joined(*(one for one in some if one not in told)))
            told |= set(some)
    return tuple(found)


def _method(place: Territory) -> tuple[Sentence, ...]:
    found = [place.language.runs("method.declared"), compared.what_it_is(place)]
    rule = official.rule(place)
    return (*found, joined(compared.rule(place), rule)) if rule else tuple(found)


def _contribution(place: Territory) -> tuple[Sentence, ...]:
    questions = [sentence(place.language, question) for question in contribution(place)]
    return (*questions, to_bring(place))


TOPICS: dict[str, Callable[[Territory], tuple[Sentence, ...]]] = {
    "label": _label,
    "collective": lambda place: (declared.collective(place), life.variety(place)),
    "roadmap": lambda place: (life.roadmap(place),),
    "projects": _projects,
    "money": lambda place: (money.funding(place), money.partnerships(place)),
    "exchanges": lambda place: (money.transfers(place), life.obstacles(place)),
    "contribution": _contribution,
    "value": sentences,
    "lessons": lambda place: (life.unintended(place),),
    "context": _context,
    "estimate": _estimate,
    "plan": lambda place: (plan(place.evaluation),) if _estimate(place) else (),
    "method": _method,
}
