"""The knowledge board as tables: 27 territories by heading, and what to ask of whom."""

import string

from impactkit.data.evaluation import Evaluation
from impactkit.display.shown import Table, table_of, text
from impactkit.indicators.knowledge import HEADINGS, fields_of, knowledge
from impactkit.wording.catalogue import Declared


def board(ev: Evaluation) -> Table:
    """One line per territory, one column per heading: documented, in part, or not."""
    language = ev.language
    known = knowledge(ev).set_index(["territory", "heading"])["state"]
    # Thirteen names do not hold side by side on paper: each column has its letter, named below.
    letters = dict(zip(string.ascii_uppercase, HEADINGS, strict=False))
    columns = [
        (language.say("board.territory"), "left", 2.4),
        *((letter, "left", 1.0) for letter in letters),
    ]
    rows = tuple(
        (
            text(place.name),
            *(language.runs(f"board.state.{known[place.code, heading]}") for heading in HEADINGS),
        )
        for place in ev.territories
    )
    named = [f"{letter}, {language.say(f'board.{heading}').lower()}" for letter, heading in letters.items()]
    notes = (language.runs("board.columns", names="\u202f; ".join(named)), language.runs("board.note"))
    return Table(language.say("board.caption"), tuple(columns), rows, notes, language=language)


def asks(ev: Evaluation) -> Table:
    """One line per heading: for how many territories it is open, whom to ask first, the row to send."""
    language = ev.language
    known = knowledge(ev)
    rows = []
    for heading in HEADINGS:
        left = known[(known["heading"] == heading) & (known["state"] != "known")]
        if left.empty:
            continue
        # For all territories nothing is filled in: the names of the columns say it.
        sheet, own, asked = fields_of(language, heading)
        told = (
            language.say("asks.row", sheet=sheet, row=", ".join([*own, *asked]))
            if sheet
            else language.say("asks.none")
        )
        # Most territories share the programme's answer; the commonest comes first.
        who = left[left["ask"] != ""]["ask"].value_counts()
        first = Declared(who.index[0]) if len(who) else language.say("cell.unknown")
        figures = (language.number((left["state"] == state).sum()) for state in ("unknown", "partial"))
        rows.append((language.say(f"heading.{heading}"), *figures, first, told))
    widths = {"heading": 2.0, "unknown": 0.95, "partial": 0.8, "ask": 2.7, "send": 4.8}
    count, candidates = len(ev.territories), sum(place.status == "candidate" for place in ev.territories)
    counts = {"count": language.number(count), "candidates": language.number(candidates)}
    note = (
        language.runs("asks.note.candidates", **counts)
        if candidates
        else language.runs("asks.note", n=count, **counts)
    )
    return table_of(language, "asks", widths, rows, ("unknown", "partial"), notes=(note,) if rows else ())
