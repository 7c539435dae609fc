"""What is said of a whole programme: how much is known, what was done, the gaps of its waves, and
nothing that ranks its territories.
"""

import functools

import pandas as pd

from impactkit.data.evaluation import Evaluation
from impactkit.data.tables import labels
from impactkit.effects.balance import designs
from impactkit.effects.programme import programme_effect
from impactkit.effects.results import Effect
from impactkit.evidence import counted
from impactkit.evidence.declared import cited
from impactkit.evidence.effect_rows import COLUMNS, Row, row, unit_of
from impactkit.evidence.estimated import effects_of, named, outcomes
from impactkit.evidence.finding import Finding, Sentence, joined
from impactkit.evidence.level import LEVEL
from impactkit.evidence.picked import Picked, measured
from impactkit.indicators import indicators
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
    )


def themes(ev: Evaluation) -> Sentence:
    """The themes that the challenges named bear on, as they emerged; empty without one."""
    found = of_programme(ev)
    if (whole := found.of("count_challenges")) is None:
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
    could = len(suggest_transfers(ev))
    linked = number(found.count("count_territories_linked"))
    adopted = number(found.count("count_transfers", group="status=adopted"))
    known = found.of("count_transfers")
    source = "" if known is None else sources(known["source"])
    about = {"linked": linked, "adopted": adopted, "source": source}
    said = found.told("together.transfers", "count_transfers", n="value", **about)
    return joined(said, runs("together.suggested", n=could, count=number(could)) if could else ())


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


def state(ev: Evaluation, outcome: str) -> str:
    """refused, few, ordinary, weak or estimated: from the test, every outcome counted, and its warnings."""
    found = whole(ev, outcome)
    if found.estimate is None:
        return "refused"
    if found.p is None:
        return "few"
    if min(1.0, found.p * len(outcomes(ev))) > LEVEL:
        return "ordinary"
    return "weak" if found.warnings else "estimated"


def _gap(ev: Evaluation, outcome: str) -> Sentence:
    found, about = whole(ev, outcome), {"outcome": named(outcome)}
    size = functools.partial(measured, unit=found.scale, sign=True)
    if found.estimate is None:
        return runs("together.refused", why=found.refused, **about)
    told = about | {"count": number(found.n_treated), "estimate": size(found.estimate)}
    if found.low is not None and found.high is not None:
        told |= {"low": size(found.low), "high": size(found.high)}
    kind = state(ev, outcome)
    if kind == "few":
        return runs("together.few", why=found.refused, **told)
    p = found.p or 0.0
    told["share"] = percent(p) if p >= LEAST else say("together.least", share=percent(LEAST))
    told["draws"] = number(found.about["draws"])
    why = "\u202f; ".join(one[0].lower() + one[1:].rstrip(".") for one in found.warnings)
    said = runs(f"together.{kind}", why=why, **told)
    if kind == "ordinary" and why:
        said = joined(said, runs("together.warned", why=why))
    seen = found.about["detectable"]
    least = runs("together.detectable", least=measured(abs(seen), found.scale)) if seen else ()
    return joined(least, said, _spread(found))


def _spread(found: Effect) -> Sentence:
    """The meta-analysis: between which values the gap of one more territory would be expected."""
    ends = found.about.get("prediction")
    if not ends or ends[0] is None:
        return ()
    low, high = (measured(end, found.scale, sign=True) for end in ends)
    return runs("together.prediction", low=low, high=high, i2=percent(found.about["i2"] or 0.0))


def findings(ev: Evaluation) -> tuple[Finding, ...]:
    """What a reader of the whole programme must leave with."""
    found = of_programme(ev)
    total = found.count("count_territories", group="status=labelled")
    said = [Finding("declared", one) for one in (projects(ev), themes(ev), exchanges(ev)) if one][:3]
    for outcome in outcomes(ev)[:1]:
        if (kind := state(ev, outcome)) != "refused":
            said.append(Finding("estimated" if kind == "estimated" else "method", _gap(ev, outcome)))
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
