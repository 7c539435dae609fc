"""`table`: what a project's worth is made of, line by line."""

from impactkit.data.tables import labels
from impactkit.data.territories import Territory
from impactkit.display.shown import Table, text
from impactkit.evidence.value import lines, values
from impactkit.wording.catalogue import runs, say
from impactkit.wording.numbers import number

WIDTHS = {"name": 3.4, "role": 2.0, "gross": 1.3, "net": 1.3, "discounted": 1.3}


def value_table(place: Territory) -> Table:
    """Benefits and costs of each valued project: as declared, once the five adjustments are made, brought to
    the first year. Without a valued project there is no table.
    """
    words = labels("valuations", "role")
    cells = [
        (
            text(line.name, declared=True),
            text(words[line.role]),
            *(text(number(amount)) for amount in (line.gross, line.net, line.discounted)),
        )
        for one in values(place)
        for line in lines(one).itertuples(index=False)
    ]
    columns = tuple(
        (say(f"value.column.{name}"), "left" if name in ("name", "role") else "right", width)
        for name, width in WIDTHS.items()
    )
    notes = (runs("value.note"),) if cells else ()
    return Table(say("value.caption"), columns, tuple(cells), notes)
