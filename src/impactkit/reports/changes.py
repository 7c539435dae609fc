"""`changes.html`, for the evaluator: what awaits a reading, and what moved in it, by how much, and why."""

import contextlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from impactkit.data.evaluation import Evaluation
from impactkit.display.shown import Prose, Sentence, Table, Title, text
from impactkit.errors import ReportFailed
from impactkit.reports.editions import Move, read_moves
from impactkit.reports.files import write_whole
from impactkit.reports.html import render_html
from impactkit.reports.page import Meta, Page, Section
from impactkit.reports.page_rules import ruled
from impactkit.reports.record import VALID, RunRecord, read_record, signed, today
from impactkit.wording.catalogue import say
from impactkit.wording.numbers import date, number

FILE = "changes.html"
# The columns of its two tables, and how wide each is.
WAITING = {"report": 2.4, "edition": 0.8, "day": 1.4, "state": 2.0, "count": 1.2}
MOVED = {"claim": 2.6, "period": 0.9, "before": 1.8, "after": 1.8, "why": 1.5}


def write_changes(ev: Evaluation, target: Path) -> None:
    """Write the page from what lies in `target`. Raises ReportFailed when it breaks a rule of pages."""
    names = {place.code: place.name for place in ev.territories}
    waiting: dict[str, RunRecord] = {}
    for folder in sorted(target.iterdir()):
        # The contents page says which record cannot be read.
        with contextlib.suppress(ReportFailed):
            record = read_record(folder)
            if record is not None and record.state != VALID:
                waiting[record.territory] = record
    told = [
        (names.get(code, say("contents.programme")), record, read_moves(target / code))
        for code, record in waiting.items()
    ]
    lead = say("changes.lead", n=len(waiting), count=number(len(waiting)))
    title = Title(ev.title, say("changes.title"), (lead,))
    rows = [
        (name, str(record.edition), date(record.first_built), signed(record.last), number(len(found)))
        for name, record, found in told
    ]
    first = _table(say("changes.caption"), WAITING, [tuple(map(text, row)) for row in rows])
    moved = [
        Section(name, f"rapport-{n}", _moved(name, record, found).blocks)
        for n, (name, record, found) in enumerate(one for one in told if one[2])
    ]
    none = () if moved else Prose((text(say("changes.none")),), "note").blocks
    sections = (Section(say("changes.waiting"), "attente", (*first.blocks, *none)), *moved)
    meta = Meta(say("changes.title"), ev.title, ev.title, today(), fictional=ev.fictional, edition=0)
    html = render_html(Page(title.blocks[0], sections), meta)
    write_whole(target / FILE, ruled(html, where=FILE))


def _moved(name: str, record: RunRecord, found: Sequence[Move]) -> Table:
    rows = []
    for one in found:
        words = (one.indicator or say("changes.text"), one.before or "–", one.after or "–")
        label, before, after = (text(word, declared=True) for word in words)
        rows.append((label, text(one.period), before, after, text(say(f"changes.why.{one.why}"))))
    about = {"territory": name, "edition": record.edition, "date": date(record.first_built)}
    return _table(say("changes.moved", **about), MOVED, rows)


def _table(caption: str, columns: Mapping[str, float], rows: Sequence[tuple[Sentence, ...]]) -> Table:
    sides = {"edition": "right", "count": "right"}
    heads = ((say(f"changes.{name}"), sides.get(name, "left"), width) for name, width in columns.items())
    return Table(caption, tuple(heads), tuple(rows))
