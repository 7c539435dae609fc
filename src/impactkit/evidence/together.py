"""What is said of a whole programme: how much is known, what was done, the gaps of its waves, and
nothing that ranks its territories.
"""

import functools
from typing import Any

import pandas as pd

from impactkit.data.evaluation import Evaluation
from impactkit.data.tables import labels
from impactkit.effects.balance import designs
from impactkit.effects.programme import programme_effect
from impactkit.effects.results import Effect
from impactkit.effects.territory import effect
from impactkit.errors import NotEnoughData
from impactkit.evidence.declared import cited
from impactkit.evidence.effect_rows import COLUMNS
from impactkit.evidence.estimated import named, outcomes
from impactkit.evidence.finding import Finding, Sentence, joined
from impactkit.evidence.level import LEVEL
from impactkit.evidence.picked import Picked, as_text
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
    waves = [
        say(
            "together.wave",
            wave=wave.name,
            count=number(count("count_territories", group=f"wave={wave.id}")),
        )
        for wave in ev.waves
    ]
    total = count("count_territories", group="status=labelled")
    return say("together.territories", n=total, count=number(total)), SEPARATOR.join(waves)


def sources(told: str) -> str:
    """Who says it: three sources at most by name, more of them by their number."""
    every = told.split(" ; ")
    if len(every) <= NAMED:
        return cited(*every)
    return say("together.sources", count=number(len(every)))


def projects(ev: Evaluation) -> Sentence:
    """Projects and jobs declared over the programme, as a floor; empty without one."""
    found = of_programme(ev)
    named_ = found.of("count_projects")
    if named_ is None:
        return ()
    places = found.count("count_territories", group="about=projects")
    total = found.count("count_territories", group="status=labelled")
    about = {"places": number(places), "all": number(total), "source": sources(named_["source"])}
    said = [runs("together.projects", n=round(named_["value"]), count=number(named_["value"]), **about)]
    jobs = found.of("count_jobs")
    if jobs is not None:
        places = found.count("count_territories", group="about=jobs")
        said.append(
            runs("together.jobs", n=round(jobs["value"]), count=number(jobs["value"]), places=number(places))
        )
    wait = found.of("days_to_first_project", group="clock=label")
    if wait is not None:
        said.append(runs("together.first", days=number(wait["value"]), count=number(wait["n"])))
    return joined(*said)


def themes(ev: Evaluation) -> Sentence:
    """The themes that the challenges named bear on, as they emerged; empty without one."""
    found = of_programme(ev)
    whole = found.of("count_challenges")
    if whole is None:
        return ()
    words = labels("challenges", "themes")
    ranks = found.many("index_theme_rank", "theme=")
    first = [
        group.removeprefix("theme=") for group in ranks[ranks["value"] == ranks["value"].min()]["group"]
    ]
    share = found.of("share_territories", group=f"theme={first[0]}")
    assert share is not None
    about = {
        "count": number(whole["value"]),
        "places": number(share["n"]),
        "source": sources(whole["source"]),
    }
    said = runs("together.themes", n=round(whole["value"]), **about)
    told = {"themes": " ; ".join(words[one] for one in first), "share": as_text(share["value"], "part")}
    return joined(said, runs("together.themes.first", n=len(first), **told))


def exchanges(ev: Evaluation) -> Sentence:
    """Transfers known between territories, how many were taken up, pairs that could be; or nothing."""
    found = of_programme(ev)
    known = found.of("count_transfers")
    could = len(suggest_transfers(ev))
    said: list[Sentence] = []
    if known is not None:
        linked = found.count("count_territories_linked")
        adopted = found.count("count_transfers", group="status=adopted")
        about = {"count": number(known["value"]), "linked": number(linked), "adopted": number(adopted)}
        said.append(
            runs("together.transfers", n=round(known["value"]), source=sources(known["source"]), **about)
        )
    return joined(*said, runs("together.suggested", n=could, count=number(could)) if could else ())


def gaps(ev: Evaluation, outcome: str) -> pd.DataFrame:
    """The gap of each labelled territory on an outcome: territory, name, wave, value, low, high, n, in
    shares or points. In the order of the evaluation, never by size.
    """
    found = []
    for place in ev.territories:
        if place.status != "labelled":
            continue
        try:
            told = effect(place, outcome)
        except NotEnoughData:
            continue
        if told.estimate is not None:
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
    if found.estimate is None:
        return runs("together.refused", why=found.refused, **about)
    told = about | {"count": number(found.n_treated), "estimate": _size(found.estimate, found.scale)}
    if found.low is not None and found.high is not None:
        told |= {"low": _size(found.low, found.scale), "high": _size(found.high, found.scale)}
    kind = state(ev, outcome)
    if kind == "few":
        return runs("together.few", why=found.refused, **told)
    p = found.p or 0.0
    told["share"] = percent(p) if p >= LEAST else say("together.least", share=percent(LEAST))
    told["draws"] = number(found.about["draws"])
    why = " ; ".join(one[0].lower() + one[1:].rstrip(".") for one in found.warnings)
    said = runs(f"together.{kind}", why=why, **told) if kind == "weak" else runs(f"together.{kind}", **told)
    if kind == "ordinary" and why:
        said = joined(said, runs("together.warned", why=why))
    seen = found.about["detectable"]
    least = runs("together.detectable", least=_size(abs(seen), found.scale).lstrip("+")) if seen else ()
    return joined(least, said, _spread(found))


def _spread(found: Effect) -> Sentence:
    """The meta-analysis: between which values the gap of one more territory would be expected."""
    ends = found.about.get("prediction")
    if not ends or ends[0] is None:
        return ()
    low, high = (_size(end, found.scale) for end in ends)
    return runs("together.prediction", low=low, high=high, i2=percent(found.about["i2"] or 0.0))


def findings(ev: Evaluation) -> tuple[Finding, ...]:
    """What a reader of the whole programme must leave with."""
    found = of_programme(ev)
    total = found.count("count_territories", group="status=labelled")
    said = [Finding("declared", one) for one in (projects(ev), themes(ev), exchanges(ev)) if one][:3]
    for outcome in outcomes(ev)[:1]:
        kind = state(ev, outcome)
        if kind != "refused":
            said.append(Finding("estimated" if kind == "estimated" else "method", _gap(ev, outcome)))
    silent = found.count("count_territories", group="heading=projects|state=unknown")
    limit = runs("together.silent", n=silent, count=number(silent), all=number(total)) if silent else ()
    return (*said, *([Finding("unknown", limit)] if limit else []))


def rows(ev: Evaluation) -> pd.DataFrame:
    """One row by figure, for effects.csv: the programme's (no territory), and the gap of each territory."""
    found: list[dict[str, Any]] = []
    for outcome in outcomes(ev):
        told, unit = whole(ev, outcome), "points" if whole(ev, outcome).scale == "points" else "part"
        about = {"outcome": outcome, "source": "impactkit"}
        for one in gaps(ev, outcome).to_dict("records"):
            ends = {name: one[name] for name in ("territory", "value", "low", "high", "n")}
            found.append(about | ends | {"quantity": "gap", "unit": unit})
        if told.estimate is None:
            continue
        held = told.about
        mine = [
            {
                "quantity": "gap",
                "value": told.estimate,
                "low": told.low,
                "high": told.high,
                "n": told.n_treated,
            },
            {"quantity": "p", "value": told.p, "n": held["draws"], "unit": "part"},
            {"quantity": "draws", "value": held["draws"], "unit": "programmes"},
            {"quantity": "detectable", "value": held["detectable"]},
            {"quantity": "weak", "value": held["weak"], "n": told.n_treated, "unit": "territoires"},
            {"quantity": "off", "value": held["off"], "unit": "fois"},
            {"quantity": "i2", "value": held["i2"], "unit": "part"},
            {"quantity": "meta", **_three(held["meta"])},
            {"quantity": "prediction", **_two(held["prediction"])},
        ]
        found += [about | {"territory": "", "unit": unit} | one for one in mine]
    for row in designs(ev).to_dict("records"):
        told_of = {"outcome": row["outcome"], "source": "impactkit", "unit": "unités", "value": row["units"]}
        found.append(told_of | {"territory": row["territory"], "quantity": "comparison_units"})
    return pd.DataFrame(found, columns=COLUMNS)


def method(ev: Evaluation) -> tuple[Sentence, ...]:
    """How these figures were put together."""
    return (
        runs("together.method"),
        runs("together.method.mean"),
        runs("together.method.ranks", name=ev.programme),
    )


def _three(ends: tuple[float | None, ...] | None) -> dict[str, Any]:
    return dict(zip(("value", "low", "high"), ends, strict=True)) if ends else {}


def _two(ends: tuple[float | None, ...] | None) -> dict[str, Any]:
    return dict(zip(("low", "high"), ends, strict=True)) if ends else {}


def _size(value: float, scale: str) -> str:
    if scale == "points":
        return number(value, 1, sign=True) + " " + say("unit.points", n=abs(value))
    return percent(value, sign=True)
