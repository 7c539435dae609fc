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
from impactkit.effects.results import Effect
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
from impactkit.wording.catalogue import runs, say
from impactkit.wording.numbers import number, percent

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
    text = say("together.overline", programme=ev.programme)
    return text + (SEPARATOR + say("fictional") if ev.fictional else "")


def subtitle(ev: Evaluation) -> tuple[str, ...]:
    """How many territories, by wave."""
    count = of_programme(ev).count
    sizes = {wave.name: count("count_territories", group=f"wave={wave.id}") for wave in ev.waves}
    waves = [say("together.wave", wave=name, count=number(size)) for name, size in sizes.items()]
    total = count("count_territories", group="status=labelled")
    return say("together.territories", n=total, count=number(total)), SEPARATOR.join(waves)


def sources(told: str) -> str:
    """Who says it: three sources at most by name, more of them by their number."""
    if len(every := told.split(" ; ")) <= NAMED:
        return cited(*every)
    return say("together.sources", count=number(len(every)))


def projects(ev: Evaluation) -> Sentence:
    """Projects and jobs declared over the programme, as a floor; empty without one."""
    found = of_programme(ev)
    if (known := found.of("count_projects")) is None:
        return ()
    groups = ("about=projects", "about=jobs", "status=labelled")
    places, jobs, every = (number(found.count("count_territories", group=one)) for one in groups)
    about = {"places": places, "all": every, "source": sources(known["source"])}
    return joined(
        found.told("together.projects", "count_projects", n="value", **about),
        found.told("together.jobs", "count_jobs", n="value", places=jobs, all=every),
        found.told("together.first", "days_to_first_project", group="clock=label", all=every),
        coarse(found.of("days_to_first_project", group="clock=label")),
    )


def themes(ev: Evaluation) -> Sentence:
    """The themes that the challenges named bear on, as they emerged; empty without one."""
    found = of_programme(ev)
    if (whole := found.of("count_challenges")) is None:
        return ()
    if not found.may_count("challenges"):
        return ()
    every = found.count("count_territories", group="status=labelled")
    places = {
        "places": number(found.count("count_territories", group="about=challenges")),
        "all": number(every),
    }
    about = places | {"source": sources(whole["source"])}
    said = found.told("together.themes", "count_challenges", n="value", **about)
    ranks = found.many("index_theme_rank", "theme=").dropna(subset=["value"])
    if ranks.empty:
        return said
    words = labels("challenges", "themes")
    groups = ranks[ranks["value"] == ranks["value"].min()]["group"]
    first = [group.removeprefix("theme=") for group in groups]
    having = found.of("count_territories", group=groups.iloc[0])
    assert having is not None
    holes = {"themes": "\u202f; ".join(words[theme] for theme in first), "themed": number(having["n"])}
    holes["unthemed"] = number(found.count("count_challenges_unthemed"))
    count = round(having["value"])
    known = runs("together.themes.known", n=round(having["n"]), **holes)
    # Where each territory has a theme and each challenge too, there is nothing to tell apart.
    alike = holes["themed"] == places["places"] and not found.count("count_challenges_unthemed")
    return joined(
        said,
        () if alike else known,
        runs("together.themes.first", n=len(first), count=number(count), **holes),
    )


def exchanges(ev: Evaluation) -> Sentence:
    """Transfers known between territories, how many were taken up, pairs that could be; or nothing."""
    found = of_programme(ev)
    could = len(suggested(ev))
    known = found.of("count_transfers")
    linked = number(found.count("count_territories_linked"))
    adopted = number(found.count("count_transfers", group="status=adopted"))
    source = "" if known is None else sources(known["source"])
    about = {"linked": linked, "adopted": adopted, "source": source}
    said: Sentence = ()
    if found.may_count("transfers"):
        said = found.told("together.transfers", "count_transfers", n="value", **about)
    return joined(said, runs("together.suggested", n=could, count=number(could)) if could else ())


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
def whole(ev: Evaluation, outcome: str) -> Effect:
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
    distance, half, counted = (abs(mean.about[name] or 0.0) for name in ("gap", "half", "counted"))
    tests = mean.about["tests"]
    return decide(
        unusual=distance > half if half else None,
        passed=distance > counted if counted else None,
        silent=(Obstacle("test", mean.refused),) if mean.refused else (),
        family=say("obstacle.outcomes", n=tests, tests=number(tests)),
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
    mean, holes = whole(ev, outcome), {"outcome": named(outcome)}
    decided = decision(ev, outcome)
    size = functools.partial(measured, unit=mean.scale, sign=True)
    if decided is None:
        return runs("together.refused", why=mean.refused, **holes)
    holes |= {"count": number(mean.n_treated), "estimate": size(mean.estimate)}
    if mean.low is None or mean.high is None:
        return runs("together.few", why=mean.refused, **holes)
    p = mean.p or 0.0
    holes |= {"low": size(mean.low), "high": size(mean.high), "draws": number(mean.about["draws"])}
    holes["share"] = percent(p) if p >= LEAST else say("together.least", share=percent(LEAST))
    said = runs(f"together.{decided.verdict}", **holes)
    return joined(_least(ev, outcome, mean), said, _stands(mean, decided), _spread(mean))


def _stands(mean: Effect, decided: Decision) -> Sentence:
    """What stands between the mean gap and the word, or what weakens it."""
    if decided.verdict != "unusual":
        why = listed(mean.warnings)
        return runs("together.warned", why=why) if why else ()
    reasons = decided.of("family", "comparison")
    names = decided.of("programmes")
    return joined(runs("gap.obstacles", why=listed(reasons)) if reasons else (), inseparable_from(names))


def _forbidden(ev: Evaluation, outcome: str, mean: Effect) -> list[str]:
    """Why no mean gap could be called an effect, as it is known before any result."""
    weak, names = mean.about["weak"], inseparable(ev, outcome)
    reasons = [say("programme.weak", count=weak, all=mean.n_treated)] if weak else []
    if names:
        reasons.append(say("obstacle.programmes", n=len(names), count=number(len(names))))
    return reasons


def _least(ev: Evaluation, outcome: str, mean: Effect) -> Sentence:
    """The mean gap that looks unusual four times in five, and the one that is called an effect, or why none
    could be.
    """
    least, effect = mean.about["detectable"], mean.about["detectable_effect"]
    if not least:
        return ()
    tests = mean.about["tests"]
    holes = {"least": measured(abs(least), mean.scale), "tests": number(tests)}
    if reasons := _forbidden(ev, outcome, mean):
        half = (mean.high or 0.0) - (mean.estimate or 0.0)
        return runs("together.never", why=listed(reasons), half=measured(half, mean.scale), **holes)
    if not effect:
        return runs("together.detectable.alone", **holes)
    printed = measured(abs(effect), mean.scale)
    if tests > 1 and printed == holes["least"]:
        return runs("together.detectable.same", **holes)
    return runs("together.detectable", n=tests, effect=printed, **holes)


def _spread(mean: Effect) -> Sentence:
    """Between which values the gap of one more territory, of a stated size, would be expected."""
    ends = mean.about.get("prediction")
    if not ends or ends[0] is None:
        return ()
    low, high = (measured(end, mean.scale, sign=True) for end in ends)
    size = number(hundreds(mean.about["one_more"]))
    shared = percent(mean.about["i2"] or 0.0)
    return runs("together.prediction", low=low, high=high, i2=shared, size=size)


def findings(ev: Evaluation) -> tuple[Finding, ...]:
    """What a reader of the whole programme must leave with."""
    found = of_programme(ev)
    total = found.count("count_territories", group="status=labelled")
    said = [Finding("declared", one) for one in (projects(ev), themes(ev), exchanges(ev)) if one][:3]
    for outcome in outcomes(ev)[:1]:
        if (kind := state(ev, outcome)) != "refused":
            said.append(Finding("estimated" if kind == "effect" else "method", _gap(ev, outcome)))
    silent = found.count("count_territories", group="heading=projects|state=unknown")
    limit = runs("together.silent", n=silent, count=number(silent), all=number(total)) if silent else ()
    return (*said, *([Finding("unknown", limit)] if limit else []))


def rows(ev: Evaluation) -> pd.DataFrame:
    """One row by figure, for effects.csv: the programme's (no territory), and the gap of each territory."""
    found: list[Row] = []
    for outcome in outcomes(ev):
        told, unit, held = whole(ev, outcome), unit_of(whole(ev, outcome)), whole(ev, outcome).about
        about = {"territory": "", "outcome": outcome, "source": "impactkit"}
        for one in gaps(ev, outcome).itertuples(index=False):
            mine = row("gap", unit, one.value, one.low, one.high, one.n)
            found.append(about | mine | {"territory": one.territory})
        found += [about | count for count in counted.rows(ev, outcome, told)]
        if told.estimate is None:
            continue
        whole_of = [
            row("gap", unit, told.estimate, told.low, told.high, told.n_treated),
            row("p", "part", told.p, None, None, held["draws"]),
            row("draws", "programmes", held["draws"]),
            row("detectable", unit, held["detectable"]),
            row("detectable_effect", unit, held["detectable_effect"], None, None, held["tests"]),
            row("one_more", "emplois", hundreds(held["one_more"]) if held["one_more"] else None),
            row("weak", "territoires", held["weak"], None, None, told.n_treated),
            row("off", "fois", held["off"]),
            row("i2", "part", held["i2"]),
            row("meta", unit, *(held["meta"] or ())),
            row("prediction", unit, None, *(held["prediction"] or ())),
        ]
        found += [about | one for one in whole_of]
    for one in designs(ev).itertuples(index=False):
        about = {"territory": one.territory, "outcome": one.outcome, "source": "impactkit"}
        found.append(about | row("comparison_units", "unités", one.units))
    return pd.DataFrame(found, columns=COLUMNS)


def method(ev: Evaluation) -> tuple[Sentence, ...]:
    """How these figures were put together."""
    ranks = runs("together.method.ranks", name=ev.programme)
    return runs("together.method"), runs("together.method.mean"), ranks
