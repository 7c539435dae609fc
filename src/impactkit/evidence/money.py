"""Sentences on money and on partnerships with companies."""

from impactkit.data.tables import labels
from impactkit.data.territories import Territory
from impactkit.evidence import declared
from impactkit.evidence.finding import Sentence, joined
from impactkit.evidence.life import MANY, by_code
from impactkit.evidence.picked import as_text, picked
from impactkit.wording.catalogue import Declared

STATUSES = ("paid", "committed", "sought")


def funding(place: Territory) -> Sentence:
    """A few lines one by one; more of them as sums by what they are for. Empty when no source says so."""
    if len(picked(place).table("funding")) <= MANY:
        return declared.funding(place)
    figures = picked(place)
    silent = figures.count("count_funding_without_amount") > 0
    return joined(
        figures.told("money.secured", "amount_secured", n="n"),
        figures.told("money.coaching", "amount_engineering_animation"),
        figures.told("money.silent", "count_funding_without_amount", n="value") if silent else (),
        _ratio(place),
    )


def _ratio(place: Territory) -> Sentence:
    """Complementary money per euro of base, at the surest status that tells it."""
    language = place.language
    for status in STATUSES:
        if (found := picked(place).of("ratio_complementary", group=f"status={status}")) is not None:
            words = labels(language, "funding", "status")[status]
            return language.runs(
                "money.ratio", ratio=as_text(language, found["value"], found["unit"]), status=words
            )
    return ()


def partnerships(place: Territory) -> Sentence:
    """How many, of which type, in euros and in hours; empty when none is known."""
    figures = picked(place)
    types = by_code(place, "count_partnerships", "type", labels(place.language, "partnerships", "type"))
    known = figures.told("money.partnerships", "count_partnerships", n="value", types=types)
    valued = figures.of("amount_hours_valued")
    rate = Declared("" if valued is None else valued["quality"])
    told = (
        figures.told("money.companies", "count_companies", n="value"),
        figures.told("money.cash", "amount_cash"),
        figures.told("money.hours", "count_hours", n="value"),
        figures.told("money.valued", "amount_hours_valued", rate=rate),
    )
    return joined(known, *told) if known else ()


def transfers(place: Territory) -> Sentence:
    """A few transfers one by one; more of them counted. Empty when no source says so."""
    language = place.language
    figures = picked(place)
    if len(figures.table("transfers")) <= MANY:
        return declared.transfers(place)
    count = figures.count
    given, received = (count("count_transfers", group=f"role={role}") for role in ("given", "received"))
    return language.runs("money.transfers", given=language.number(given), received=language.number(received))
