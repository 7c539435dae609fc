"""`changes.html`, for the evaluator: what awaits a reading, and what moved in it, by how much, and why."""

from collections.abc import Mapping
from pathlib import Path

from impactkit.data.evaluation import Evaluation
from impactkit.display.shown import Sentence, Table, Title, text
from impactkit.errors import ReportFailed
from impactkit.reports.editions import Move, read_moves
from impactkit.reports.html import render_html
from impactkit.reports.page import Meta, Page, Section
from impactkit.reports.page_rules import problems
from impactkit.reports.record import VALID, RunRecord, read_record, today, write_whole
from impactkit.wording.catalogue import error, say
from impactkit.wording.numbers import date, number

FILE = "changes.html"


def write_changes(ev: Evaluation, target: Path) -> None:
    """Write the page from what lies in `target`. Raises ReportFailed when it breaks a rule of pages."""
    names = {place.code: place.name for place in ev.territories}
    waiting: dict[str, RunRecord] = {}
    for folder in sorted(target.iterdir()):
        try:
            record = read_record(folder)
        except ReportFailed:
            # The contents page says it.
            continue
        if record is not None and record.state != VALID:
            waiting[record.territory] = record
    moved = {code: read_moves(target / code) for code in waiting}
    title = Title(
        ev.title, say("changes.title"), (say("changes.lead", n=len(waiting), count=number(len(waiting))),)
    )
    sections = [Section(say("changes.waiting"), "attente", _waiting(waiting, moved, names).blocks)]
    for n, (code, found) in enumerate((code, found) for code, found in moved.items() if found):
        heading = names.get(code, say("contents.programme"))
        sections.append(Section(heading, f"rapport-{n}", _moved(heading, waiting[code], found).blocks))
    if len(sections) == 1:
        sections[0] = Section(sections[0].heading, "attente", (*sections[0].blocks, _none()))
    meta = Meta(say("changes.title"), ev.title, ev.title, today(), fictional=ev.fictional, edition=0)
    html = render_html(Page(title.blocks[0], tuple(sections)), meta)
    broken = problems(html)
    if broken:
        raise error(ReportFailed, "page-rules", where=FILE, problems=" ".join(broken))
    write_whole(target / FILE, html)


def _waiting(
    waiting: Mapping[str, RunRecord], moved: Mapping[str, tuple[Move, ...]], names: Mapping[str, str]
) -> Table:
    columns = tuple(
        (say(f"changes.{name}"), side, width)
        for name, side, width in (
            ("report", "left", 2.4), ("edition", "right", 0.8), ("day", "left", 1.4), ("state", "left", 2.0),
            ("count", "right", 1.2),
        )
    )  # fmt: skip
    rows = []
    for code, record in waiting.items():
        state = (
            say("state.read", by=record.last.by, on=date(record.last.on))
            if record.last
            else say("state.draft")
        )
        cells = (
            names.get(code, say("contents.programme")),
            str(record.edition),
            date(record.first_built),
            state,
        )
        rows.append(tuple(map(text, (*cells, number(len(moved[code]))))))
    return Table(say("changes.caption"), columns, tuple(rows))


def _moved(name: str, record: RunRecord, found: tuple[Move, ...]) -> Table:
    columns = tuple(
        (say(f"changes.{one}"), side, width)
        for one, side, width in (
            ("claim", "left", 2.6), ("period", "left", 0.9), ("before", "left", 1.8), ("after", "left", 1.8),
            ("why", "left", 1.5),
        )
    )  # fmt: skip
    rows: list[tuple[Sentence, ...]] = []
    for one in found:
        before, after = (text(words or "–", declared=True) for words in (one.before, one.after))
        label = one.indicator or say("changes.text")
        rows.append(
            (
                text(label, declared=True),
                text(one.period),
                before,
                after,
                text(say(f"changes.why.{one.why}")),
            )
        )
    caption = say("changes.moved", territory=name, edition=record.edition, date=date(record.first_built))
    return Table(caption, columns, tuple(rows))


def _none() -> Mapping[str, object]:
    return {"kind": "paragraph", "role": "note", "runs": [{"t": say("changes.none")}]}
