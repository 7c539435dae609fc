"""`table`: how alike a territory and its comparison were, and who has a comparison at all."""

from impactkit.data.evaluation import Evaluation
from impactkit.data.territories import Territory
from impactkit.display.shown import Table, text
from impactkit.effects.balance import balance, designs
from impactkit.effects.comparison import case_of
from impactkit.errors import NotEnoughData
from impactkit.evidence.estimated import named, outcomes
from impactkit.evidence.picked import as_text
from impactkit.wording.catalogue import runs, say
from impactkit.wording.numbers import number

# Below it a weight moves nothing that is printed.
LIGHT = 1e-6


def balance_table(place: Territory) -> Table:
    """Before the label, for the primary outcome; no table without a comparison."""
    outcome = next(iter(outcomes(place.evaluation)), "")
    columns = tuple(
        (say(f"balance.{name}"), "left" if name == "quantity" else "right", width)
        for name, width in (("quantity", 3.0), ("own", 1.4), ("weighted", 1.4), ("every", 1.2))
    )
    nothing = Table("", columns, ())
    try:
        found = balance(place, outcome) if outcome else None
    except NotEnoughData:
        # The sentence before says why.
        return nothing
    if found is None or found.empty:
        return nothing
    design = case_of(place, outcome).design
    first, last = (design.periods[design.before[at]] for at in (0, -1))
    about = {"outcome": _capital(named(outcome)), "first": first, "last": last}
    rows = []
    for row in found.itertuples(index=False):
        points = row.quantity == "size" and design.scale == "points"
        label = say(f"balance.row.{row.quantity}" + (".points" if points else ""), **about)
        signed = row.quantity == "change"
        told = (text(_cell(value, row.unit, signed)) for value in (row.own, row.weighted, row.every))
        rows.append((text(label), *told))
    weights = case_of(place, outcome).compared()[1].values[0]
    note = runs("balance.note", count=number((weights > LIGHT).sum()))
    return Table(say("balance.caption"), columns, tuple(rows), (note,))


def designs_table(ev: Evaluation) -> Table:
    """One line per territory and outcome of the plan: the units it is compared with, or why none."""
    columns = tuple(
        (say(f"designs.{name}"), "right" if name == "units" else "left", width)
        for name, width in (
            ("territory", 2.2),
            ("outcome", 1.8),
            ("family", 1.4),
            ("units", 0.8),
            ("reason", 4.0),
        )
    )
    rows = tuple(
        (
            text(ev.name_of(row.territory)),
            text(named(row.outcome)),
            text(say(f"noun.{row.family}", n=2) if row.family else say("cell.unknown")),
            text(number(row.units)),
            text(row.reason),
        )
        for row in designs(ev).itertuples(index=False)
    )
    return Table(say("designs.caption"), columns, rows)


def _cell(value: float, unit: str, signed: bool) -> str:
    if value != value:
        return say("cell.unknown")
    told = as_text(value, unit, sign=signed)
    return told + " " + say("unit.points", n=abs(value)) if unit == "points" else told


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
