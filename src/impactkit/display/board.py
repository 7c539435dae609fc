"""The knowledge board as tables: 27 territories by heading, and what to ask of whom."""

import string

from impactkit.data.evaluation import Evaluation
from impactkit.display.shown import Table, table_of, text
from impactkit.indicators.knowledge import HEADINGS, fields_of, knowledge
from impactkit.wording.catalogue import Declared, runs, say
from impactkit.wording.numbers import number


def board(ev: Evaluation) -> Table:
    """One line per territory, one column per heading: documented, in part, or not."""
    known = knowledge(ev).set_index(["territory", "heading"])["state"]
    # Thirteen names do not hold side by side on paper: each column has its letter, named below.
    letters = dict(zip(string.ascii_uppercase, HEADINGS, strict=False))
    columns = [(say("board.territory"), "left", 2.4), *((letter, "left", 1.0) for letter in letters)]
    rows = tuple(
        (text(place.name), *(runs(f"board.state.{known[place.code, heading]}") for heading in HEADINGS))
        for place in ev.territories
    )
    named = [f"{letter}, {say(f'board.{heading}').lower()}" for letter, heading in letters.items()]
    notes = (runs("board.columns", names="\u202f; ".join(named)), runs("board.note"))
    return Table(say("board.caption"), tuple(columns), rows, notes)


def asks(ev: Evaluation) -> Table:
    """One line per heading: for how many territories it is open, whom to ask first, the row to send."""
    known = knowledge(ev)
    rows = []
    for heading in HEADINGS:
        left = known[(known["heading"] == heading) & (known["state"] != "known")]
        if left.empty:
            continue
        # For all territories nothing is filled in: the names of the columns say it.
        sheet, own, asked = fields_of(heading)
        told = say("asks.row", sheet=sheet, row=", ".join([*own, *asked])) if sheet else say("asks.none")
        # Most territories share the programme's answer; the commonest comes first.
        who = left[left["ask"] != ""]["ask"].value_counts()
        first = Declared(who.index[0]) if len(who) else say("cell.unknown")
        counts = (number((left["state"] == state).sum()) for state in ("unknown", "partial"))
        rows.append((say(f"heading.{heading}"), *counts, first, told))
    widths = {"heading": 2.0, "unknown": 0.95, "partial": 0.8, "ask": 2.7, "send": 4.8}
    count, candidates = len(ev.territories), sum(place.status == "candidate" for place in ev.territories)
    counts = {"count": number(count), "candidates": number(candidates)}
    note = runs("asks.note.candidates", **counts) if candidates else runs("asks.note", n=count, **counts)
    return table_of("asks", widths, rows, ("unknown", "partial"), notes=(note,) if rows else ())
