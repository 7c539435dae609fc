"""`table`: what a project's worth is made of, line by line."""

from impactkit.data.tables import labels
from impactkit.data.territories import Territory
from impactkit.display.shown import Table, table_of
from impactkit.evidence.value import lines, values
from impactkit.wording.catalogue import Declared

WIDTHS = {"name": 3.4, "role": 2.0, "gross": 1.3, "net": 1.3, "discounted": 1.3}


def value_table(place: Territory) -> Table:
    """Benefits and costs of each valued project: as declared, once the five adjustments are made, brought to
    the first year. Without a valued project there is no table.
    """
    language = place.language
    words, rows = labels(language, "valuations", "role"), []
    for one in values(place):
        for line in lines(one).itertuples(index=False):
            amounts = map(language.number, (line.gross, line.net, line.discounted))
            rows.append((Declared(line.name), words[line.role], *amounts))
    notes, caption = (language.runs("value.note"),), language.say("value.caption")
    return table_of(language, "value.column", WIDTHS, rows, tuple(WIDTHS)[2:], caption=caption, notes=notes)
