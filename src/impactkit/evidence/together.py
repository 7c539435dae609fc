"""What is said of a whole programme: how much is known, what was done, the gaps of its waves, and
nothing that ranks its territories.
"""

import functools

import pandas as pd

from impactkit.data.evaluation import Evaluation
from impactkit.data.outcome_names import named
from impactkit.data.tables import labels
from impactkit.effects.balance import designs
from impactkit.effects.comparison import case_of
from impactkit.effects.decision import Decision, Obstacle, decide
from impactkit.effects.programme import programme_effect
from impactkit.effects.programmes import unseparated
from impactkit.effects.results import ProgrammeEffect
from impactkit.evidence import counted
from impactkit.evidence.declared import cited
from impactkit.evidence.effect_rows import COLUMNS, Row, row, unit_of
from impactkit.evidence.estimated import effects_of, outcomes
from impactkit.evidence.finding import Finding, Sentence, joined
from impactkit.evidence.gap import hundreds, listed
from impactkit.evidence.gap import inseparable as inseparable_from
from impactkit.evidence.life import coarse
from impactkit.evidence.picked import Picked, measured
from impactkit.indicators import hidden, indicators
from impactkit.indicators.draws import not_listed
from impactkit.indicators.transfers import suggest_transfers
from impactkit.wording.language import Language

SEPARATOR = " · "
# Below, a share is not printed: it is less than this.
LEAST = 0.001
NAMED = 3
GAPS = ["territory", "name", "wave", "value", "low", "high", "n"]


def of_programme(ev: Evaluation) -> Picked:
    """The indicator rows of the programme itself."""
    rows = indicators(ev)
    return Picked(ev.territories[0], rows[rows["territory"] == ""])


def overline(ev: Evaluation) -> str:
    """Programme and kind of page."""
    text = ev.language.say("together.overline", programme=ev.programme)
    return text + (SEPARATOR + ev.language.say("fictional") if ev.fictional else "")


def subtitle(ev: Evaluation) -> tuple[str, ...]:
    """How many territories, by wave."""
    language = ev.language
    count = of_programme(ev).count
    sizes = {wave.name: count("count_territories", group=f"wave={wave.id}") for wave in ev.waves}
    waves = [
        language.say("together.wave", wave=name, count=language.number(size)) for name, size in sizes.items()
    ]
    total = count("count_territories", group="status=labelled")
    return language.say("together.territories", n=total, count=language.number(total)), SEPARATOR.join(waves)


def sources(language: Language, told: str) -> str:
    """Who says it: three sources at most by name, more of them by their number."""
    if len(every := told.split(" ; ")) <= NAMED:
        return cited(*every)
    return language.say("together.sources", count=language.number(len(every)))


def projects(ev: Evaluation) -> Sentence:
    """Projects and jobs declared over the programme, as a floor; empty without one."""
    language = ev.language
    found = of_programme(ev)
    if (known := found.of("count_projects")) is None:
        return ()
    groups = ("about=projects", "about=jobs", "status=labelled")
    places, jobs, every = (language.number(found.count("count_territories", group=one)) for one in groups)
    about = {"places": places, "all": every, "source": sources(language, known["source"])}
    return joined(
        found.told("together.projects", "count_projects", n="value", **about),
        found.told("together.jobs", "count_jobs", n="value", places=jobs, all=every),
        found.told("together.first", "days_to_first_project", group="clock=label", all=every),
        coarse(language, found.of("days_to_first_project", group="clock=label")),
    )


def themes(ev: Evaluation) -> Sentence:
    """The themes that the challenges named bear on, as they emerged; empty without one."""
    language = ev.language
    found = of_programme(ev)
    if (whole := found.of("count_challenges")) is None:
        return ()
    if not found.may_count("challenges"):
        return ()
    every = found.count("count_territories", group="status=labelled")
    places = {
        "places": language.number(found.count("count_territories", group="about=challenges")),
        "all": language.number(every),
    }
    about = places | {"source": sources(language, whole["source"])}
    said = found.told("together.themes", "count_challenges", n="value", **about)
    ranks = found.many("index_theme_rank", "theme=").dropna(subset=["value"])
    if ranks.empty:
        return said
    words = labels(language, "challenges", "themes")
    groups = ranks[ranks["value"] == ranks["value"].min()]["group"]
    first = [group.removeprefix("theme=") for group in groups]
    having = found.of("count_territories", group=groups.iloc[0])
    assert having is not None
    holes = {
        "themes": "\u202f; ".join(words[theme] for theme in first),
        "themed": language.number(having["n"]),
    }
    holes["unthemed"] = language.number(found.count("count_challenges_unthemed"))
    count = round(having["value"])
    known = language.runs("together.themes.known", n=round(having["n"]), **holes)
    # Where each territory has a theme and each challenge too, there is nothing to tell apart.
    alike = holes["themed"] == places["places"] and not found.count("count_challenges_unthemed")
    return joined(
        said,
        () if alike else known,
        language.runs("together.themes.first", n=len(first), count=language.number(count), **holes),
    )


def exchanges(ev: Evaluation) -> Sentence:
    """Transfers known between territories, how many were taken up, pairs that could be; or nothing."""
    language = ev.language
    found = of_programme(ev)
    could = len(suggested(ev))
    known = found.of("count_transfers")
    linked = language.number(found.count("count_territories_linked"))
    adopted = language.number(found.count("count_transfers", group="status=adopted"))
    source = "" if known is None else sources(language, known["source"])
    about = {"linked": linked, "adopted": adopted, "source": source}
    said: Sentence = ()
    if found.may_count("transfers"):
        said = found.told("together.transfers", "count_transfers", n="value", **about)
    return joined(
        said, language.runs("together.suggested", n=could, count=language.number(could)) if could else ()
    )


def suggested(ev: Evaluation) -> pd.DataFrame:
    """Pairs of territories that could learn from each other, without those whose projects or challenges may
    not be counted.
    """
    found = suggest_transfers(ev)
    giving = [not not_listed(hidden(ev, code), "projects") for code in found["giver"]]
    taking = [not not_listed(hidden(ev, code), "challenges") for code in found["receiver"]]
    return found[pd.Series(giving, dtype=bool) & pd.Series(taking, dtype=bool)]


def gaps(ev: Evaluation, outcome: str) -> pd.DataFrame:
    """The gap of each labelled territory on an outcome: territory, name, wave, value, low, high, n, in
    shares or points. In the order of the evaluation, never by size.
    """
    found = []
    for place, told in effects_of(ev, outcome):
        ends = (told.estimate, told.low, told.high, told.n_comparison)
        found.append((place.code, place.name, place.wave.name, *ends))
    return pd.DataFrame(found, columns=GAPS)


@functools.lru_cache(maxsize=8)
def whole(ev: Evaluation, outcome: str) -> ProgrammeEffect:
    """The programme's mean gap, computed once."""
    return programme_effect(ev, outcome)


def estimate(ev: Evaluation) -> tuple[Sentence, ...]:
    """What may be said of the programme's mean gap on each outcome of the plan."""
    return tuple(_gap(ev, outcome) for outcome in outcomes(ev))


@functools.lru_cache(maxsize=8)
def decision(ev: Evaluation, outcome: str) -> Decision | None:
    """What may be said of the programme's mean gap: from its test, every outcome of the plan counted, its
    warnings and the other programmes; None without an estimate.
    """
    mean = whole(ev, outcome)
    if mean.estimate is None:
        return None
    distance, half, counted = (abs(end or 0.0) for end in (mean.gap, mean.half, mean.counted))
    tests = mean.tests
    return decide(
        unusual=distance > half if half else None,
        passed=distance > counted if counted else None,
        silent=(Obstacle("test", mean.refused),) if mean.refused else (),
        family=ev.language.say("obstacle.outcomes", n=tests, tests=ev.language.number(tests)),
        comparison=mean.warnings,
        programmes=inseparable(ev, outcome),
    )


def inseparable(ev: Evaluation, outcome: str) -> tuple[str, ...]:
    """The other programmes of the territories that make the mean, where any is not separated."""
    members = whole(ev, outcome).table["unit"]
    names: dict[str, None] = {}
    for code in members:
        place = ev.territory(code)
        units = case_of(place, outcome).design.units
        names |= dict.fromkeys(unseparated(place, units))
    return tuple(names)


def state(ev: Evaluation, outcome: str) -> str:
    """refused (no estimate), else the verdict: impossible, ordinary, unusual, effect."""
    decided = decision(ev, outcome)
    return "refused" if decided is None else decided.verdict


def _gap(ev: Evaluation, outcome: str) -> Sentence:
    language = ev.language
    mean, holes = whole(ev, outcome), {"outcome": named(language, outcome)}
    decided = decision(ev, outcome)
    size = functools.partial(measured, language, unit=mean.scale, sign=True)
    if decided is None:
        return language.runs("together.refused", why=mean.refused, **holes)
    holes |= {"count": language.number(mean.n_treated), "estimate": size(mean.estimate)}
    if mean.low is None or mean.high is None:
        return language.runs("together.few", why=mean.refused, **holes)
    p = mean.p or 0.0
    holes |= {"low": size(mean.low), "high": size(mean.high), "draws": language.number(mean.draws)}
    holes["share"] = (
        language.percent(p) if p >= LEAST else language.say("together.least", share=language.percent(LEAST))
    )
    said = language.runs(f"together.{decided.verdict}", **holes)
    return joined(_least(ev, outcome, mean), said, _stands(mean, decided), _spread(mean))


def _stands(mean: ProgrammeEffect, decided: Decision) -> Sentence:
    """What stands between the mean gap and the word, or what weakens it."""
    language = mean.language
    if decided.verdict != "unusual":
        why = listed(mean.warnings)
        return language.runs("together.warned", why=why) if why else ()
    reasons = decided.of("family", "comparison")
    names = decided.of("programmes")
    return joined(
        language.runs("gap.obstacles", why=listed(reasons)) if reasons else (),
        inseparable_from(language, names),
    )


def _forbidden(ev: Evaluation, outcome: str, mean: ProgrammeEffect) -> list[str]:
    """Why no mean gap could be called an effect, as it is known before any result."""
    language = ev.language
    weak, names = mean.weak, inseparable(ev, outcome)
    reasons = [language.say("programme.weak", count=weak, all=mean.n_treated)] if weak else []
    if names:
        reasons.append(language.say("obstacle.programmes", n=len(names), count=language.number(len(names))))
    return reasons


def _least(ev: Evaluation, outcome: str, mean: ProgrammeEffect) -> Sentence:
    """The mean gap that looks unusual four times in five, and the one that is called an effect, or why none
    could be.
    """
    language = ev.language
    least, effect = mean.detectable, mean.detectable_effect
    if not least:
        return ()
    tests = mean.tests
    holes = {"least": measured(language, abs(least), mean.scale), "tests": language.number(tests)}
    if reasons := _forbidden(ev, outcome, mean):
        half = (mean.high or 0.0) - (mean.estimate or 0.0)
        return language.runs(
            "together.never", why=listed(reasons), half=measured(language, half, mean.scale), **holes
        )
    if not effect:
        return language.runs("together.detectable.alone", **holes)
    printed = measured(language, abs(effect), mean.scale)
    if tests > 1 and printed == holes["least"]:
        return language.runs("together.detectable.same", **holes)
    return language.runs("together.detectable", n=tests, effect=printed, **holes)


def _spread(mean: ProgrammeEffect) -> Sentence:
    """Between which values the gap of one more territory, of a stated size, would be expected."""
    language = mean.language
    ends = mean.prediction
    if not ends or ends[0] is None:
        return ()
    low, high = (measured(language, end, mean.scale, sign=True) for end in ends)
    size = language.number(hundreds(mean.one_more or 0.0))
    shared = language.percent(mean.i2 or 0.0)
    return language.runs("together.prediction", low=low, high=high, i2=shared, size=size)


def findings(ev: Evaluation) -> tuple[Finding, ...]:
    """What a reader of the whole programme must leave with."""
    language = ev.language
    found = of_programme(ev)
    total = found.count("count_territories", group="status=labelled")
    said = [Finding("declared", one) for one in (projects(ev), themes(ev), exchanges(ev)) if one][:3]
    for outcome in outcomes(ev)[:1]:
        if (kind := state(ev, outcome)) != "refused":
            said.append(Finding("estimated" if kind == "effect" else "method", _gap(ev, outcome)))
    silent = found.count("count_territories", group="heading=projects|state=unknown")
    limit = (
        language.runs("together.silent", n=silent, count=language.number(silent), all=language.number(total))
        if silent
        else ()
    )
    return (*said, *([Finding("unknown", limit)] if limit else []))


def rows(ev: Evaluation) -> pd.DataFrame:
    """One row by figure, for effects.csv: the programme's (no territory), and the gap of each territory."""
    found: list[Row] = []
    for outcome in outcomes(ev):
        told, unit = whole(ev, outcome), unit_of(whole(ev, outcome))
        about = {"territory": "", "outcome": outcome, "source": "impactkit"}
        for one in gaps(ev, outcome).itertuples(index=False):
            mine = row("gap", unit, one.value, one.low, one.high, one.n)
            found.append(about | mine | {"territory": one.territory})
        found += [about | count for count in counted.rows(ev, outcome, told)]
        if told.estimate is None:
            continue
        whole_of = [
            row("gap", unit, told.estimate, told.low, told.high, told.n_treated),
            row("p", "part", told.p, None, None, told.draws),
            row("draws", "programmes", told.draws),
            row("detectable", unit, told.detectable),
            row("detectable_effect", unit, told.detectable_effect, None, None, told.tests),
            row("one_more", "emplois", hundreds(told.one_more) if told.one_more else None),
            row("weak", "territoires", told.weak, None, None, told.n_treated),
            row("off", "fois", told.off),
            row("i2", "part", told.i2),
            row("meta", unit, *(told.meta or ())),
            row("prediction", unit, None, *(told.prediction or ())),
        ]
        found += [about | one for one in whole_of]
    for one in designs(ev).itertuples(index=False):
        about = {"territory": one.territory, "outcome": one.outcome, "source": "impactkit"}
        found.append(about | row("comparison_units", "unités", one.units))
    return pd.DataFrame(found, columns=COLUMNS)


def method(ev: Evaluation) -> tuple[Sentence, ...]:
    """How these figures were put together."""
    language = ev.language
    ranks = language.runs("together.method.ranks", name=ev.programme)
    return language.runs("together.method"), language.runs("together.method.mean"), ranks
