"""Ways to doubt an effect, each in one sentence: none of them proves it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from impactkit.data import ground, official
from impactkit.data.analysis_plan import plan_of
from impactkit.effects import placebo, refits
from impactkit.effects.comparison import Case, case_of
from impactkit.effects.design import chosen
from impactkit.effects.detectability import least_seen
from impactkit.effects.family import yardstick
from impactkit.effects.programmes import programmes
from impactkit.effects.results import CheckResult, Effect, TerritoryEffect, rounded, sized
from impactkit.effects.yardstick import Yardstick
from impactkit.errors import Several
from impactkit.indicators.comparable import family_of
from impactkit.wording.language import Language

# A choice that nine variants in ten do not share is one that the result hangs on.
AGREE = 0.9
# A gap before the label that so few comparable units have is not ordinary.
UNLIKELY = 0.05


def doubts(effect: Effect, *, only: str | None = None) -> tuple[CheckResult, ...]:
    """Every check of a territory's effect, or the one named.

    fit (the gap before the label is ordinary, and its drift, carried on, does not make the gap),
    donors (each unit that weighs left out in turn), size (only
    the hundred units nearest in size), neighbours (a plain difference with the thirty nearest), regression
    (size, slope and region by least squares), buffer (without the units of its own département, and what
    that costs), covid (2020 and 2021 left out), anticipation (the last year before left out), scale (shares
    for logs, logs for points), programmes (units of the other programmes declared left out), perimeter (the
    sum of its communes for the published table), structural (quarterly series: a local level and the mean of
    the others), curve (216 combinations of the choices above).

    A check passes when what it finds lies within the printed interval; without an interval, or without what
    it needs, it cannot tell. Empty for an effect that was refused before any estimate. Raises UnknownName
    for another check.

    >>> place = ik.load().territory("val-d-aubrelle")
    >>> effect = ik.effect(place, "count_jobs_private")
    >>> print(ik.doubts(effect, only="fit")[0].sentence)
    Avant le label, l’écart entre le territoire et sa comparaison était ordinaire.
    """
    if only is not None and only not in CHECKS:
        raise effect.language.unknown("noun.check", only, CHECKS)
    if effect.estimate is None or not isinstance(effect, TerritoryEffect):
        return Several()
    case = case_of(effect.place, effect.outcome)
    quarters = "-Q" in case.design.periods[0]
    names = [only] if only else [name for name in CHECKS if quarters or name != "structural"]
    return Several(CHECKS[name](effect, case) for name in names)


def _fit(effect: TerritoryEffect, case: Case) -> CheckResult:
    language = effect.language
    design = case.design
    path, _ = case.compared()
    every = placebo.enumerated(design).paths
    near = placebo.nearest(design.sizes, case.size)
    before = list(design.before)
    own = float(np.sqrt((path[before] ** 2).mean()))
    others = np.sqrt((every[np.ix_(near, before)] ** 2).mean(axis=1))
    drift = refits.drift(case, path)
    figures = _figures(case, own, float(np.median(others)), drift)
    if float((others >= own).mean()) <= UNLIKELY:
        return CheckResult(language, "fit", False, language.say("effect.check.fit.not"), figures)
    if _carried(drift, path[list(design.after)].mean(), yardstick(effect.place, effect.outcome)):
        ends = (_told(effect.language, case.printed(path[at]), case) for at in (before[0], before[-1]))
        holes = dict(zip(("first", "last"), ends, strict=True))
        drifted = _told(effect.language, case.printed(drift), case)
        return CheckResult(
            language, "fit", False, language.say("effect.check.fit.drift", drift=drifted, **holes), figures
        )
    return CheckResult(language, "fit", True, language.say("effect.check.fit"), figures)


def _carried(drift: float, gap: float, stick: Yardstick) -> bool:
    """Whether a gap that is beyond the ordinary no longer is, once what the gap was already drifting before
    the label is taken off.
    """
    if stick.half is None or abs(gap) <= stick.half:
        return False
    return abs(gap - drift) <= stick.half


def _donors(effect: TerritoryEffect, case: Case) -> CheckResult:
    found = refits.without_each(case)["estimate"]
    return _within(effect, "donors", case, float(found.min()), float(found.max()), count=len(found))


def _size(effect: TerritoryEffect, case: Case) -> CheckResult:
    near = refits.of_similar_size(case)
    return _within(effect, "size", case, refits.gap_of(case, near), count=len(near.units))


def _neighbours(effect: TerritoryEffect, case: Case) -> CheckResult:
    return _within(effect, "neighbours", case, refits.difference(case))


def _regression(effect: TerritoryEffect, case: Case) -> CheckResult:
    return _within(effect, "regression", case, refits.regression(case))


def _buffer(effect: TerritoryEffect, case: Case) -> CheckResult:
    design = case.design
    if not design.areas or not case.area:
        return _silent(effect.language, "buffer", "no-area")
    other = replace(design, buffer=not design.buffer)
    key = "buffer" if other.buffer else "buffer.off"
    found = refits.gap_of(case, other)
    place = effect.place
    now, then = (least_seen(place, case, variant) for variant in (design, other))
    if now is None or then is None:
        return _within(effect, f"{key}.plain", case, found)
    price = {
        "before": _told(effect.language, now, case, sign=False),
        "after": _told(effect.language, then, case, sign=False),
    }
    return _within(effect, key, case, found, also=(now, then), **price)


def _covid(effect: TerritoryEffect, case: Case) -> CheckResult:
    design = case.design
    after = tuple(at for at in design.after if design.periods[at][:4] not in refits.COVID)
    if not after or after == design.after:
        return _silent(effect.language, "covid", "none")
    return _within(effect, "covid", case, refits.gap_of(case, replace(design, after=after)))


def _anticipation(effect: TerritoryEffect, case: Case) -> CheckResult:
    design = case.design
    last = design.periods[design.before[-1]][:4]
    if len(before := tuple(at for at in design.before if design.periods[at][:4] != last)) < 2:
        return _silent(effect.language, "anticipation", "none")
    return _within(effect, "anticipation", case, refits.gap_of(case, replace(design, before=before)))


def _scale(effect: TerritoryEffect, case: Case) -> CheckResult:
    if case.design.scale == "points" and not ((case.design.values > 0).all() and (case.own > 0).all()):
        return _silent(effect.language, "scale", "none")
    key = "scale" if case.design.scale == "log" else "scale.points"
    return _within(effect, key, case, refits.other_scale(case))


def _programmes(effect: TerritoryEffect, case: Case) -> CheckResult:
    place = effect.place
    family = family_of(place, effect.outcome)
    others = [
        other for other in plan_of(place.evaluation).others if other.family == family and not other.leave_out
    ]
    units = {other.name: frozenset(other.units) for other in others}
    units |= {other.name: other.units for other in programmes(place) if other.units}
    touched = frozenset().union(*units.values())
    keep = np.array([unit not in touched for unit in case.design.units])
    if not units or keep.all() or keep.sum() < 2:
        return _silent(effect.language, "programmes", "no-programme")
    gap = refits.gap_of(case, chosen(case.design, keep))
    names = ", ".join(units)
    return _within(effect, "programmes", case, gap, count=int((~keep).sum()), names=names)


def _perimeter(effect: TerritoryEffect, case: Case) -> CheckResult:
    place = effect.place
    ev, communes = place.evaluation, official.figures(place.evaluation, effect.outcome, "commune")
    if not communes or not place.communes or family_of(place, effect.outcome) in ("zone", "unit"):
        return _silent(effect.language, "perimeter", "no-communes")
    members = pd.DataFrame({"commune": sorted(place.communes), "unit": place.code})
    summed = ground.from_communes(communes[-1], members, vintage=ev.vintage).set_index("period")["value"]
    level = summed.reindex(list(case.design.periods)).to_numpy(dtype=np.float64)
    if not (np.isfinite(level).all() and (level > 0).all()):
        return _silent(effect.language, "perimeter", "no-communes")
    again = replace(case, own=np.log(level), level=level)
    return _within(effect, "perimeter", case, refits.gap_of(again, case.design))


def _structural(effect: TerritoryEffect, case: Case) -> CheckResult:
    if "-Q" not in case.design.periods[0]:
        return _silent(effect.language, "structural", "none")
    if (found := refits.structural(case)) is None:
        return _silent(effect.language, "structural", "unsettled")
    return _within(effect, "structural", case, found)


def _curve(effect: TerritoryEffect, case: Case) -> CheckResult:
    language = effect.language
    table = refits.curve(case)
    low, high = float(table["estimate"].min()), float(table["estimate"].max())
    if effect.low is None or effect.high is None:
        return _within(effect, "curve.plain", case, low, high, count=len(table))
    inside = int(table["estimate"].between(effect.low, effect.high).sum())
    same = int((np.sign(table["estimate"]) == np.sign(effect.estimate)).sum())
    told = {"inside": language.number(inside), "same": language.number(same)}
    plain = _within(effect, "curve", case, low, high, count=len(table), **told)
    counts = pd.DataFrame({"value": [inside, same], "unit": "unités"})
    figures = pd.concat([plain.table, counts], ignore_index=True)
    return CheckResult(language, "curve", inside >= AGREE * len(table), plain.sentence, figures, table)


_EVERY = (_fit, _donors, _size, _neighbours, _regression, _buffer, _covid, _anticipation, _scale)
CHECKS: dict[str, Callable[[TerritoryEffect, Case], CheckResult]] = {
    one.__name__[1:]: one for one in (*_EVERY, _programmes, _perimeter, _structural, _curve)
}


def _silent(language: Language, name: str, why: str) -> CheckResult:
    return CheckResult(language, name, None, language.say(f"effect.check.{why}"))


def _within(
    effect: TerritoryEffect,
    key: str,
    case: Case,
    *found: float,
    also: tuple = (),
    count: int = 0,
    **holes: str,
) -> CheckResult:
    """What a check found (one estimate, or the two ends of several), beside the printed interval; `key`: its
    name, then which of its sentences.
    """
    language = effect.language
    told = {
        "low": _told(effect.language, min(found), case),
        "high": _told(effect.language, max(found), case),
        "count": language.number(count),
    }
    tested = effect.low is not None and effect.high is not None
    passed = effect.low <= min(found) and max(found) <= effect.high if tested else None
    figures = _figures(case, *found, *also, count=count)
    return CheckResult(
        language, key.split(".")[0], passed, language.say(f"effect.check.{key}", **told, **holes), figures
    )


def _figures(case: Case, *found: float, count: int = 0) -> pd.DataFrame:
    unit = "part" if case.design.scale == "log" else "points"
    told = [(value, unit) for value in rounded(list(found))] + ([(count, "unités")] if count else [])
    return pd.DataFrame(told, columns=["value", "unit"])


def _told(language: Language, value: float, case: Case, *, sign: bool = True) -> str:
    return sized(language, value, "percent" if case.design.scale == "log" else "points", sign=sign)
