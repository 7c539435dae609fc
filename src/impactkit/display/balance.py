"""`table`: how alike a territory and its comparison were, who has one at all, and who remains to be compared
with, region by region.
"""

from impactkit.data.evaluation import Evaluation
from impactkit.data.outcome_names import named
from impactkit.data.territories import Territory
from impactkit.display.shown import NO_TABLE, Table, table_of
from impactkit.effects.balance import balance, designs
from impactkit.effects.comparables import comparables
from impactkit.effects.comparison import case_of
from impactkit.errors import NotEnoughData
from impactkit.evidence import near
from impactkit.evidence.effect_rows import OWN
from impactkit.evidence.estimated import outcomes
from impactkit.evidence.finding import Sentence, joined
from impactkit.evidence.picked import measured, picked
from impactkit.indicators.comparable import POPULATION, comparable, family_of
from impactkit.indicators.figures import change_of

# Below it a weight moves nothing that is printed.
LIGHT = 1e-6
JOBS = "count_jobs_private"
# Why units are not compared, in the columns of the pool.
REASONS = {
    "outside": ("", "overseas", "smaller", "larger"),
    "programme": ("labelled", "nested", "overlapping", "candidate"),
    "unknown": ("no-value",),
}


def balance_table(place: Territory) -> Table:
    """Before the label, for the primary outcome; no table without a comparison."""
    language = place.language
    outcome = next(iter(outcomes(place.evaluation)), "")
    try:
        found = balance(place, outcome) if outcome else None
    except NotEnoughData:
        # The sentence before says why.
        return NO_TABLE
    if found is None or found.empty:
        return NO_TABLE
    case = case_of(place, outcome)
    first, last = (case.design.periods[case.design.before[at]] for at in (0, -1))
    about = {"outcome": _capital(named(language, outcome)), "first": first, "last": last}
    rows = []
    for row in found.itertuples(index=False):
        points = row.quantity == "size" and case.design.scale == "points"
        label = language.say(f"balance.row.{row.quantity}" + (".points" if points else ""), **about)
        values, sign = (getattr(row, of) for of in OWN), row.quantity == "change"
        told = (
            measured(language, x, row.unit, sign=sign) if x == x else language.say("cell.unknown")
            for x in values
        )
        rows.append((label, *told))
    heavy = (comparables(place, outcome)["weight"] > LIGHT).sum()
    widths = {"quantity": 3.0, "own": 1.4, "weighted": 1.4, "every": 1.2}
    return table_of(language, "balance", widths, rows, OWN, notes=(_note(place, outcome, heavy),))


def _note(place: Territory, outcome: str, heavy: int) -> Sentence:
    weighed = place.language.runs("balance.note", count=place.language.number(heavy))
    return joined(weighed, near.divided(place, outcome))


def designs_table(ev: Evaluation) -> Table:
    """One line per territory and outcome of the plan: the units it is compared with, or why none."""
    language = ev.language
    rows = []
    for row in designs(ev).itertuples(index=False):
        family = language.say(f"noun.{row.family}", n=2) if row.family else language.say("cell.unknown")
        rows.append(
            (
                ev.name_of(row.territory),
                named(language, row.outcome),
                family,
                language.number(row.units),
                row.reason,
            )
        )
    widths = {"territory": 2.2, "outcome": 1.8, "family": 1.4, "units": 0.8, "reason": 4.0}
    return table_of(language, "designs", widths, rows, ("units",))


def pool(place: Territory) -> Table:
    """By region: units comparable with the territory (by private jobs where they were imported, else by
    population), units outside the programme, units that it touches, units of which the size is not known.
    Without a perimeter there is no table.
    """
    language = place.language
    on = JOBS if picked(place).of(change_of(JOBS)) is not None else POPULATION
    if not place.perimeter and not (place.units and on == JOBS):
        return NO_TABLE
    units = comparable(place, on=on)
    rows = []
    for region, held in [*units.groupby("region"), (language.say("pool.all"), units)]:
        counts = [held["comparable"].sum(), *(held["reason"].isin(some).sum() for some in REASONS.values())]
        rows.append((str(region) or language.say("pool.nowhere"), *map(language.number, counts)))
    widths = {"region": 3.0, "comparable": 1.3, "outside": 1.5, "programme": 1.5, "unknown": 1.3}
    caption = language.say(
        "pool.caption", families=_capital(language.say(f"noun.{family_of(place, on)}", n=2))
    )
    return table_of(language, "pool", widths, rows, tuple(widths)[1:], caption=caption)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
