"""What the method can see, said before any result, and what may be said of a gap: in sentences, from the
decision.
"""

import functools
from collections.abc import Iterable, Sequence

from impactkit.data import series
from impactkit.data.outcome_names import named
from impactkit.data.territories import Territory
from impactkit.effects.family import looks_of
from impactkit.effects.programmes import programmes
from impactkit.evidence import near
from impactkit.evidence.estimated import Estimated, Selection, estimated, selection
from impactkit.evidence.finding import Sentence, joined
from impactkit.evidence.picked import measured
from impactkit.indicators.jobs import latest_jobs
from impactkit.wording.catalogue import Declared, has
from impactkit.wording.language import Language

JOBS = "count_jobs_private"
ABOUT = {"dizaine": 10, "douzaine": 12, "quinzaine": 15, "vingtaine": 20, "trentaine": 30, "quarantaine": 40}
ABOUT |= {"cinquantaine": 50, "soixantaine": 60, "centaine": 100}
# Between the items of a list that hold commas.
BETWEEN = "\u202f; "
# More programmes than this are told by their number: the section on the context names them.
NAMED = 2


def detectability(place: Territory, outcome: str) -> Sentence:
    """How large a gap must be, said before any result, beside the declared ambition; why none could be
    called an effect; or why nothing could be seen at all.
    """
    language = place.language
    if place.status != "labelled":
        return language.runs("detect.candidate")
    result = estimated(place, outcome)
    if result is None:
        return ()
    seen, about = result.seen, {"outcome": named(language, outcome)}
    if seen.unusual is None:
        key = "detect.none" if result.effect.estimate is None else "detect.untested"
        return language.runs(key, reason=seen.refused or result.effect.refused, **about)
    first = language.runs(f"detect.{seen.scale}", **_threshold(place, outcome, seen.unusual, seen.people))
    return joined(first, _word(place, outcome, result), _ambition(place, outcome, seen.people))


def _threshold(place: Territory, outcome: str, size: float, people: float | None) -> dict[str, str]:
    language = place.language
    holes = {"outcome": named(language, outcome)}
    if people is None:
        return holes | {"least": measured(language, size, "points")}
    noun = str(series.of_territory(place, outcome)["measure"].iloc[-1])
    return holes | {
        "least": language.percent(size),
        "people": language.number(hundreds(people)),
        "noun": noun,
    }


def _word(place: Territory, outcome: str, result: Estimated) -> Sentence:
    """What it takes to speak of an effect, or why no gap could."""
    language = place.language
    seen = result.seen
    half = measured(language, seen.half or 0.0, seen.scale)
    if result.forbidden:
        return language.runs("detect.never", why=listed(result.forbidden), half=half)
    assert seen.effect is not None
    tests, holes = seen.tests, _threshold(place, outcome, seen.effect, seen.effect_people)
    return language.runs(f"detect.effect.{seen.scale}", n=tests, tests=language.number(tests), **holes)


def _ambition(place: Territory, outcome: str, least: float | None) -> Sentence:
    """The jobs that its projects hope for, when together they are far fewer than what looks unusual."""
    language = place.language
    if outcome != JOBS or least is None:
        return ()
    last = latest_jobs(place)
    targets = [str(target) for target in last["target"] if target] if len(last) else []
    sizes = [size for size in map(_order, targets) if size is not None]
    if not targets or len(sizes) < len(targets) or sum(sizes) > least / 2:
        return language.runs("detect.smaller")
    if len(targets) > 1:
        return language.runs("detect.ambitions")
    return language.runs("detect.ambition", target=Declared(targets[0]))


def _order(target: str) -> float | None:
    """The order of magnitude of a target, in digits or in the French words for about so many."""
    if target.isdigit():
        return float(target)
    sizes = [size for word, size in ABOUT.items() if word in target]
    digits = any(letter.isdigit() for letter in target)
    return float(sizes[0]) if len(sizes) == 1 and not digits else None


def gap(place: Territory, outcome: str, *, short: bool = False) -> Sentence:
    """What may be said of the gap, by its verdict; `short` leaves what follows to the section that tells it.
    Empty where nothing is estimated.
    """
    language = place.language
    result = estimated(place, outcome)
    if result is None or result.decision is None:
        return ()
    effect = result.effect
    size = functools.partial(measured, language, unit=effect.scale, sign=True)
    first, last = (period[:4] for period in effect.periods)
    holes = {
        "outcome": named(language, outcome),
        "estimate": size(effect.estimate),
        "first": first,
        "last": last,
    }
    if effect.low is None or effect.high is None:
        return language.runs("gap.few", **holes)
    large, among = effect.as_large, effect.among
    kind = near.kind(place, outcome)
    half = measured(language, result.seen.half or 0.0, effect.scale)
    holes |= {"low": size(effect.low), "high": size(effect.high), "half": half}
    holes |= {"count": language.number(large), "all": language.number(among), "kind": kind}
    sentence = language.runs(f"gap.{result.state}" + {0: ".none", 1: ".one"}.get(large, ""), **holes)
    return sentence if short else joined(sentence, *_after(place, outcome, result))


def _after(place: Territory, outcome: str, result: Estimated) -> tuple[Sentence, ...]:
    """What follows the gap: what stands in the way, what selection does, what weakens the comparison."""
    decision = result.decision
    assert decision is not None
    if decision.verdict == "unusual":
        return (_obstacles(result), _prudent(result))
    if decision.verdict == "effect":
        chosen = selection(place, outcome)
        assert chosen is not None
        return (_selected(result, chosen), _exaggerated(result, chosen), _separated(place, result))
    warnings = result.effect.warnings
    warned = place.language.runs("gap.warned", why=listed(warnings)) if warnings else ()
    return (warned, _prudent(result))


def _obstacles(result: Estimated) -> Sentence:
    assert result.decision is not None
    reasons = list(result.decision.of("family", "comparison", "checks"))
    names = result.decision.of("programmes")
    return joined(
        result.effect.language.runs("gap.obstacles", why=listed(reasons)) if reasons else (),
        inseparable(result.effect.language, names),
    )


def inseparable(language: Language, names: Sequence[str]) -> Sentence:
    """That neither the label nor these programmes can be told apart from the gap; many of them by their
    number.
    """
    if not names:
        return ()
    count = len(names)
    if count > NAMED:
        return language.runs("gap.inseparable.many", count=language.number(count))
    return language.runs("gap.inseparable", n=count, count=language.number(count), names=enumerated(names))


def _selected(result: Estimated, chosen: Selection) -> Sentence:
    language = result.effect.language
    size = functools.partial(measured, language, unit=result.effect.scale, sign=True)
    ends = {"low": size(chosen.low), "high": size(chosen.high)}
    counts = {"called": language.number(chosen.called), "tests": language.number(chosen.tests)}
    return language.runs("gap.selected", n=chosen.called, **ends, **counts)


def _exaggerated(result: Estimated, chosen: Selection) -> Sentence:
    """How many times too large a retained gap is on average, for some true effects."""
    language = result.effect.language
    scale = result.effect.scale
    cases = []
    for truth, times in chosen.exaggerations:
        key = "gap.exaggeration.more" if cases else "gap.exaggeration"
        cases.append(
            language.say(key, times=language.number(times, 1), truth=measured(language, truth, scale))
        )
    return language.runs("gap.exaggerated", cases=BETWEEN.join(cases)) if cases else ()


def _separated(place: Territory, result: Estimated) -> Sentence:
    names = [other.name for other in programmes(place, result.effect.periods[1])]
    return place.language.runs("gap.separated", n=len(names), names=enumerated(names)) if names else ()


def _prudent(result: Estimated) -> Sentence:
    return result.effect.language.runs("gap.prudent") if result.effect.prudent else ()


def counted(place: Territory, outcome: str) -> Sentence:
    """How many tests were made, and which look this is, so that one in twenty is not taken for news."""
    result = estimated(place, outcome)
    if result is None or result.effect.p is None:
        return ()
    tests = result.seen.tests
    return joined(
        place.language.runs("gap.tests", n=tests, count=place.language.number(tests)),
        reading(place, outcome),
    )


def reading(place: Territory, outcome: str) -> Sentence:
    """Which look at the results this edition is; empty where the plan foresees one only."""
    language = place.language
    looks = looks_of(place, outcome)
    if looks.foreseen == 1:
        return ()
    present = looks.present
    if not present.planned:
        return language.runs("gap.look.unplanned", elapsed=language.percent(present.elapsed, 0))
    rank, foreseen = (
        in_words(language, "ordinal", present.rank),
        in_words(language, "cardinal", looks.foreseen),
    )
    if present.rank == looks.foreseen:
        return language.runs("gap.look.last", rank=rank, foreseen=foreseen)
    return language.runs(
        "gap.look", rank=rank, foreseen=foreseen, spent=language.percent(looks.spent()[-1], 1)
    )


def in_words(language: Language, kind: str, count: int) -> str:
    """A small count in letters: « troisième », « cinq »; in digits beyond."""
    key = f"{kind}.{count}"
    return language.say(key) if has(key) else language.say(f"{kind}.digits", count=language.number(count))


def hundreds(people: float) -> float:
    """A threshold is an order of magnitude: three figures at most, never a person more or less."""
    step = 10 ** max(len(str(int(people))) - 3, 0)
    return round(people / step) * step


def listed(sentences: Iterable[str]) -> str:
    """Sentences as the items of one list: each begins small, without its full stop."""
    return BETWEEN.join(_small(sentence) for sentence in sentences)


def enumerated(names: Iterable[str]) -> str:
    """Names that may hold commas, in one list."""
    return BETWEEN.join(names)


def _small(sentence: str) -> str:
    return (sentence[0].lower() + sentence[1:]).rstrip(".")
