"""Every labelled territory together: one mean gap among placebo programmes, and what else is said of it."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd

from impactkit.data import official
from impactkit.data import panel as panels
from impactkit.data.analysis_plan import plan_of
from impactkit.data.evaluation import Evaluation
from impactkit.data.territories import Territory
from impactkit.effects.comparables import compared_with, comparison_warnings
from impactkit.effects.comparison import Case, case_or_why
from impactkit.effects.design import Array, Design
from impactkit.effects.difference import group_time
from impactkit.effects.honest import honest
from impactkit.effects.looks import LEVEL
from impactkit.effects.pooled import Picks, Pooled, drawn, pooled
from impactkit.effects.results import ProgrammeEffect, rounded
from impactkit.errors import NotEnoughData
from impactkit.indicators.trajectory import is_rate
from impactkit.wording.language import Language

# For differences that are not divided by what is usual at a size, units must be closer in size.
CLOSER = 20
COLUMNS = ["unit", "name", "gap", "scale", "share"]
# What the estimate supposes, by the names of its sentences.
ASSUMED = ("alone", "path", "exchange")
Members = dict["Territory", Case]


def programme_effect(ev: Evaluation, outcome: str) -> ProgrammeEffect:
    """The mean gap of the labelled territories, weighted by precision, among placebo programmes: units of
    the same sizes and regions, drawn together (see `pooled`).

    Territories are those that share one design (a family of units and its periods) with the most others;
    who is left out, and why, is in `left_out`. The estimate is a share of what was expected,
    or points of the territory (the gap of a zone divided by the share of it that the territory holds).
    `.table`: by territory, unit, name, gap and scale (what is usual at its size; logs or points), share.

    Fewer than two territories: no estimate. Raises UnknownName for an outcome that no source holds.

    >>> found = ik.programme_effect(ik.load(), "count_jobs_private")
    >>> found.n_treated, round(found.estimate, 3), round(found.detectable, 3)
    (10, 0.012, 0.005)
    """
    language = ev.language
    members, left = _members(ev, outcome)
    if len(members) < 2:
        return _alone(language, outcome, len(members), left)
    cases = list(members.values())
    design = cases[0].design
    held = np.array([case.share for case in cases])
    fits = [case.compared() for case in cases]
    gaps = np.array([path[list(design.after)].mean() for path, _ in fits])
    sizes = np.array([case.size for case in cases])
    regions = tuple(case.region for case in cases)
    plan = plan_of(ev)
    tests = sum(official.imported(ev, name) for name in plan.outcomes)
    found = pooled(design, gaps, sizes, regions, held=held, tests=max(1, tests), years=plan.looks)
    picks = drawn(design, sizes, regions, near=CLOSER)
    log = design.scale == "log"

    def told(value: float | None) -> float | None:
        return rounded(value if value is None or not log else float(np.exp(value)) - 1)

    def each(values: tuple[float, ...] | None) -> tuple[float | None, ...] | None:
        return None if values is None else tuple(told(one) for one in values)

    names = ([place.code for place in members], [place.name for place in members])
    figures = [rounded(one) for one in (gaps / held, found.scale, found.shares)]
    table = pd.DataFrame(dict(zip(COLUMNS, (*names, *figures), strict=True)))
    comparisons = filter(None, (compared_with(place, outcome) for place in members))
    weak = sum(bool(comparison_warnings(language, comparison)) for comparison in comparisons)
    warned = [language.say("programme.weak", count=weak, all=len(cases))] if weak else []
    off = abs(found.centre) / found.spread if found.spread and found.centre else None
    if off is not None and off > 1:
        warned.append(language.say("programme.off", ratio=language.number(off, 1)))
    if found.half is not None and abs(found.estimate) > found.half:
        one = _carried_by(design, list(members), gaps, sizes, regions, held)
        warned += [language.say("programme.one", name=one)] if one else []
    plain, bias = _plain(design, cases, held, picks)
    yearly = _by_year(members, design, picks)
    return ProgrammeEffect(
        language=language,
        outcome=outcome,
        unit=language.say("programme.unit"),
        estimand=language.say("programme.estimand"),
        method="programme",
        scale="percent" if log else "points",
        estimate=told(found.estimate),
        low=told(found.low),
        high=told(found.high),
        p=rounded(found.p),
        p_floor=rounded(found.floor),
        n_treated=len(cases),
        n_comparison=len(design.units),
        refused=_untested(language, found, len(design.units)),
        warnings=tuple(warned),
        assumptions=tuple(language.say(f"programme.assumption.{name}") for name in ASSUMED),
        left_out=left,
        weak=weak,
        draws=found.draws,
        gap=rounded(found.estimate),
        spread=rounded(found.spread),
        centre=rounded(found.centre),
        off=rounded(off),
        tau=rounded(found.tau),
        half=rounded(found.half),
        counted=rounded(found.counted),
        tests=max(1, tests),
        detectable=told(found.detectable),
        detectable_effect=told(found.detectable_effect),
        q=rounded(found.q),
        i2=rounded(found.i2),
        meta=each(found.meta),
        prediction=each(found.prediction),
        one_more=None if found.one_more is None else rounded(float(np.exp(found.one_more))),
        # Large units do not change like the others: without what that does, the plain difference misleads.
        plain=None if bias is None else told(plain),
        size_bias=told(bias),
        event=yearly.event,
        twfe=yearly.twfe,
        bacon=yearly.bacon,
        honest=yearly.honest,
        _table=table,
    )


def _alone(language: Language, outcome: str, members: int, left: dict[str, str]) -> ProgrammeEffect:
    """No estimate: fewer than two territories share a design."""
    return ProgrammeEffect(
        language=language,
        outcome=outcome,
        unit=language.say("programme.unit"),
        estimand=language.say("programme.estimand"),
        method="programme",
        scale="points" if is_rate(outcome) else "percent",
        n_treated=members,
        refused=language.say("programme.alone", count=members),
        left_out=left,
        _table=pd.DataFrame(columns=COLUMNS),
    )


def _untested(language: Language, mean: Pooled, units: int) -> str:
    """Why the mean has no test at this look; "" when it has one."""
    if mean.p is None:
        return language.say("programme.few", count=units)
    return "" if mean.half is not None else language.say("programme.early")


def _carried_by(
    design: Design, places: list[Territory], gaps: Array, sizes: Array, regions: tuple[str, ...], held: Array
) -> str:
    """The territory without which the mean gap would be ordinary; "" when there is none."""
    rest: dict[str, float] = {}
    for at, place in enumerate(places):
        others = regions[:at] + regions[at + 1 :]
        kept = (np.delete(one, at) for one in (gaps, sizes))
        found = pooled(design, *kept, others, held=np.delete(held, at))
        rest[place.name] = 1.0 if found.p is None else found.p
    one = max(rest, key=lambda name: rest[name])
    return one if rest[one] > LEVEL else ""


def _members(ev: Evaluation, outcome: str) -> tuple[Members, dict[str, str]]:
    """Labelled territories that share the most common design, and why each other one is left out."""
    cases: Members = {}
    left: dict[str, str] = {}
    for place in sorted(ev.territories, key=lambda one: one.code):
        if place.status == "labelled":
            case, why = case_or_why(place, outcome)
            if case is None:
                left[place.code] = why
            else:
                cases[place] = case
    # A design is one object for all the territories of a family (communes: for those of one size).
    designs = Counter(id(case.design) for case in cases.values())
    most = max(designs, key=lambda one: designs[one], default=None)
    members = {place: case for place, case in cases.items() if id(case.design) == most}
    other = ev.language.say("programme.other")
    return members, left | {place.code: other for place in cases if place not in members}


def _plain(
    design: Design, cases: list[Case], held: Array, picks: Picks | None
) -> tuple[float, float | None]:
    """Mean change of the treated less that of every unit, and the same for placebo programmes."""
    after = list(design.after)
    change = design.centred(design.values)[:, after].mean(axis=1)
    own = design.centred(np.array([case.own for case in cases]))[:, after].mean(axis=1)
    mean = float(change.mean())
    bias = None if picks is None else float((((change - mean)[picks]) / held).mean())
    return float(((own - mean) / held).mean()), bias


@dataclass(frozen=True)
class _Yearly:
    """What only a yearly series of whole units tells; None elsewhere."""

    event: pd.DataFrame | None = None
    twfe: float | None = None
    bacon: pd.DataFrame | None = None
    honest: pd.DataFrame | None = None


def _by_year(members: Members, design: Design, picks: Picks | None) -> _Yearly:
    """Event study, two-way fixed effects with their weights, and how far trends may bend: yearly series of
    whole units, every territory labelled within them.
    """
    if not all(period.isdigit() for period in design.periods):
        return _Yearly()
    periods = np.array(design.periods, dtype=np.int64)
    starts = np.array([int((place.labelled or place.wave.labelled)[:4]) for place in members])
    whole = all(case.share == 1 for case in members.values())
    if not whole or starts.min() <= periods[0] or starts.max() > periods[-1]:
        return _Yearly()
    values = np.vstack([design.values, [case.own for case in members.values()]])
    since = np.r_[np.zeros(len(design.units), dtype=np.int64), starts]
    columns = {"unit": np.arange(len(values)).repeat(len(periods)), "period": np.tile(periods, len(values))}
    frame = pd.DataFrame(columns | {"value": values.ravel(), "first": since.repeat(len(periods))})
    names = {"unit": "unit", "period": "period", "outcome": "value", "first_treated": "first"}
    plain = panels.Panel.from_frame(frame, **names)
    event = group_time(plain, aggregate="event").table.astype({"period": "int64"})
    event["estimate"] = rounded(event["estimate"])
    event[["se", "size_bias"]] = np.nan
    twfe, bacon = _two_way(frame)
    bent = None
    if picks is not None:
        placebos = _coefficients(design, periods, starts, picks, event)
        # Those of placebo programmes: influence functions know neither size nor region, and with few treated
        # units reject far too often (docs/statistics.md).
        event["se"], event["size_bias"] = rounded(placebos.std(axis=0)), rounded(placebos.mean(axis=0))
        bent = _honest(event, np.cov(placebos.T), starts, periods)
    return _Yearly(event, twfe, bacon, bent)


def _coefficients(design: Design, periods: Array, starts: Array, picks: Picks, event: pd.DataFrame) -> Array:
    """The event study of each placebo programme (draws x event times), each unit dated like its slot."""
    at = np.arange(1, len(periods))
    times = event["period"].to_numpy()
    total, count = np.zeros((len(picks), len(times))), np.zeros(len(times))
    for slot, start in enumerate(starts):
        first = int(np.searchsorted(periods, start))
        change = design.values[:, at] - design.values[:, np.where(at >= first, first - 1, at - 1)]
        columns = np.searchsorted(times, periods[at] - start)
        total[:, columns] += (change - change.mean(axis=0))[picks[:, slot]]
        count[columns] += 1
    return total / count


def _two_way(frame: pd.DataFrame) -> tuple[float, pd.DataFrame]:
    """Two-way fixed effects and the comparisons that they are made of, by diff-diff: Goodman-Bacon, J.
    Econometrics 225 (2021).
    """
    from diff_diff import BaconDecomposition

    found = BaconDecomposition(weights="exact").fit(
        frame, outcome="value", unit="unit", time="period", first_treat="first"
    )
    told = found.to_dataframe()[["treated_group", "control_group", "comparison_type", "estimate", "weight"]]
    told = told.set_axis(["treated", "control", "kind", "estimate", "weight"], axis=1)
    told[["estimate", "weight"]] = rounded(told[["estimate", "weight"]])
    return rounded(found.twfe_estimate), told


def _honest(event: pd.DataFrame, sigma: Array, starts: Picks, periods: Picks) -> pd.DataFrame | None:
    """`honest` over the event times that every date of treatment has, at the last one; None with fewer than
    two changes before.
    """
    times = event["period"].to_numpy()
    kept = (times >= periods[1] - starts.min()) & (times <= periods[-1] - starts.max())
    before = int((times[kept] < 0).sum())
    if before < 2:
        return None
    # From changes against the year before to distances from the last year before.
    turn = np.eye(int(kept.sum()))
    turn[:before, :before] = -np.triu(np.ones((before, before)))
    steps = event["estimate"].to_numpy()[kept]
    most = float(np.abs(np.diff(steps[:before])).max())
    told = (turn @ steps, turn @ sigma[np.ix_(kept, kept)] @ turn.T)
    last = len(steps) - before - 1
    try:
        return honest(told, before=before, smoothness=(0.0, most / 2, most), at=last)
    except NotEnoughData:
        # Fewer placebo programmes than coefficients: their covariance says nothing.
        return None
