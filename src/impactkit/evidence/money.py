"""Sentences on money and on partnerships with companies."""

from impactkit.data.tables import labels
from impactkit.data.territories import Territory
from impactkit.evidence import declared
from impactkit.evidence.finding import Sentence, joined
from impactkit.evidence.life import MANY, by_code
from impactkit.evidence.picked import as_text, picked
from impactkit.wording.catalogue import Declared, runs
from impactkit.wording.numbers import number

STATUSES = ("paid", "committed", "sought")


def funding(place: Territory) -> Sentence:
    """A few lines one by one; more of them as sums by what they are for. Empty when no source says so."""
    lines = place.table("funding")
    if len(lines) <= MANY:
        return declared.funding(place)
    figures = picked(place)
    told: list[Sentence] = []
    held = figures.of("amount_secured")
    if held is not None:
        told.append(runs("money.secured", amount=number(held["value"]), n=round(held["n"])))
    coaching = figures.of("amount_engineering_animation")
    if coaching is not None:
        told.append(runs("money.coaching", amount=number(coaching["value"])))
    silent = figures.count("count_funding_without_amount")
    if silent:
        told.append(runs("money.silent", n=silent, count=number(silent)))
    return joined(*told, _ratio(place))


def _ratio(place: Territory) -> Sentence:
    """Complementary money per euro of base, at the surest status that tells it."""
    for status in STATUSES:
        found = picked(place).of("ratio_complementary", group=f"status={status}")
        if found is not None:
            words = labels("funding", "status")[status]
            return runs("money.ratio", ratio=as_text(found["value"], found["unit"]), status=words)
    return ()


def partnerships(place: Territory) -> Sentence:
    """How many, of which type, in euros and in hours; empty when none is known."""
    figures = picked(place)
    known = figures.of("count_partnerships")
    if known is None:
        return ()
    count = round(known["value"])
    types = by_code(place, "count_partnerships", "type", labels("partnerships", "type"))
    told = [runs("money.partnerships", n=count, count=number(count), types=types)]
    companies, cash, hours = map(figures.of, ("count_companies", "amount_cash", "count_hours"))
    if companies is not None:
        told.append(runs("money.companies", n=round(companies["value"]), count=number(companies["value"])))
    if cash is not None:
        told.append(runs("money.cash", amount=number(cash["value"])))
    if hours is not None:
        told.append(runs("money.hours", n=round(hours["value"]), hours=number(hours["value"])))
    valued = figures.of("amount_hours_valued")
    if valued is not None:
        rate = Declared(valued["quality"])
        told.append(runs("money.valued", amount=number(valued["value"]), rate=rate))
    return joined(*told)


def transfers(place: Territory) -> Sentence:
    """A few transfers one by one; more of them counted. Empty when no source says so."""
    if len(place.table("transfers")) <= MANY:
        return declared.transfers(place)
    count = picked(place).count
    given, received = (count("count_transfers", group=f"role={role}") for role in ("given", "received"))
    return runs("money.transfers", given=number(given), received=number(received))
