"""The pages about all the reports of an evaluation: the contents, every territory and what became of its
report; and, for the evaluator, what awaits a reading and what moved in it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from impactkit.data.evaluation import Evaluation
from impactkit.data.territories import Territory
from impactkit.display import maps
from impactkit.display.shown import Prose, Table, Title, table_of, text
from impactkit.errors import ImpactkitError, ReportFailed, UnknownName
from impactkit.evidence.face import face_name
from impactkit.evidence.head import kind
from impactkit.indicators import knowledge
from impactkit.reports.editions import Move, read_moves
from impactkit.reports.failure import Outcome, read_failures, stopped
from impactkit.reports.files import differing, write_whole
from impactkit.reports.fresh import own_of
from impactkit.reports.html import environment, render_html
from impactkit.reports.page import Meta, Page, Section, plain
from impactkit.reports.page_rules import ruled
from impactkit.reports.record import VALID, RunRecord, read_record, signed, today
from impactkit.reports.strays import is_folder
from impactkit.wording.catalogue import Declared
from impactkit.wording.language import Language

FILE, CHANGES = "index.html", "changes.html"
# The report of the programme itself, beside those of its territories.
PROGRAMME = "programme"
Found = RunRecord | ImpactkitError | None
# The columns of the two tables of changes, and how wide each is.
WAITING = {"report": 2.4, "edition": 0.8, "day": 1.4, "state": 2.0, "count": 1.2}
MOVED = {"claim": 2.6, "period": 0.9, "before": 1.8, "after": 1.8, "why": 1.5}
Inputs = Mapping[str, Mapping[str, str]]


def write_contents(ev: Evaluation, target: Path, inputs: Inputs | None = None) -> None:
    """Write `index.html` from what lies in `target`; `inputs`: for each report, the digests of what it would
    be built from today. Raises ReportFailed when it breaks a rule of pages.
    """
    language = ev.language
    changed = {code: differing(own_of(target / code), read) for code, read in (inputs or {}).items()}
    html = contents_html(
        ev, lambda code: found_in(language, target / code), read_failures(language, target), changed
    )
    write_whole(target / FILE, ruled(language, html, where=FILE, links=True))


def contents_html(
    ev: Evaluation,
    records: Callable[[str], Found],
    failures: Mapping[str, Outcome],
    changed: Mapping[str, Sequence[str]],
    absent: str = "",
) -> str:
    """The page as HTML: the programme's report, then the territories in alphabetical order.

    `records`: what a territory's folder holds, a record, nothing, or why its record cannot be read;
    `failures`: the last attempt, where it failed; `changed`: what each was built from that is not the same;
    `absent`: what to say where there is no report.
    """
    language = ev.language
    known = _documented(ev)

    def built(code: str) -> dict[str, Any]:
        """The links to a report, and its state: since when, whether something changed, why it failed."""
        found, links = records(code), []
        if isinstance(found, RunRecord):
            told = {"edition": found.edition, "date": language.date(found.first_built)}
            stale = _stale(language, changed.get(code, ()))
            state = language.say("contents.built", state=found.state, **told) + stale
            files = (
                ("report.html", "HTML"),
                ("report.pdf", "PDF"),
                ("indicators.csv", language.say("contents.data")),
            )
            links = [(f"{code}/{file}", label) for file, label in files if file in found.outputs]
        else:
            state = str(found) if found else absent or language.say("contents.absent")
        if code in failures:
            # Why, and what to do, is for who mends it, on the command line; the page says where it stands.
            state = language.say("contents.failed", sentence=stopped(language, failures[code]), kept=state)
        return {"links": links, "state": state}

    entries = [
        {
            "place": place,
            "kind": _or(language.say("contents.unread"), kind, place),
            "face": _or("", face_name, place),
        }
        | {"known": known.get(place.code, ""), **built(place.code)}
        for place in sorted(ev.territories, key=lambda place: plain(place.name))
    ]
    count = sum(bool(one["links"]) for one in entries)
    lead = language.say(
        "contents.lead", n=count, count=language.number(count), all=language.number(len(entries))
    )
    programme = built(PROGRAMME)
    shown = programme["links"] or PROGRAMME in failures
    told = {"ev": ev, "lead": lead, "drawn": maps.map(ev).blocks, "programme": programme, "shown": shown}
    return str(environment(language).get_template("contents.html.j2").render(told, entries=entries))


def _stale(language: Language, changed: Sequence[str]) -> str:
    """What a report was built from and is no longer the same; nothing while it is fresh."""
    folders = sorted({name.split("/")[0] for name in changed} - {"notebook"})
    what = ", ".join(language.say(f"contents.changed.{name}") for name in folders)
    return " " + language.say("contents.stale", what=what) if folders else ""


def _or(otherwise: str, told: Callable[[Territory], str], place: Territory) -> str:
    try:
        return told(place)
    except (UnknownName, KeyError):
        # A code that is none refuses this territory's report; the page still lists it.
        return otherwise


def found_in(language: Language, folder: Path) -> Found:
    try:
        record = read_record(language, folder) if is_folder(folder) else None
    except ReportFailed as damaged:
        return damaged
    # A copy of a report under another name tells of none.
    return record if record is not None and record.territory == folder.name else None


def _documented(ev: Evaluation) -> dict[str, str]:
    """« 7 sur 13 » by territory; nothing while a table of one of them cannot be used."""
    language = ev.language
    whole = language.number(len(knowledge.HEADINGS))
    try:
        counts = {place.code: language.number(knowledge.documented(place)) for place in ev.territories}
    except UnknownName:
        return {}
    return {code: language.say("contents.of", count=count, all=whole) for code, count in counts.items()}


def write_changes(ev: Evaluation, target: Path) -> None:
    """Write `changes.html`, for the evaluator: what awaits a reading, what moved in it, by how much, why.
    Raises ReportFailed when it breaks a rule of pages.
    """
    language = ev.language
    names = {place.code: place.name for place in ev.territories}
    # The contents page says which record cannot be read.
    found = (
        one
        for one in map(partial(found_in, language), sorted(target.iterdir()))
        if isinstance(one, RunRecord)
    )
    # Of thousands of records, what they were built from need not be held together.
    waiting = {
        record.territory: replace(record, inputs={}, outputs={}, versions={})
        for record in found
        if record.state != VALID
    }
    told = [
        (names.get(code, language.say("contents.programme")), record, read_moves(language, target / code))
        for code, record in waiting.items()
    ]
    lead = language.say("changes.lead", n=len(waiting), count=language.number(len(waiting)))
    title = Title(ev.title, language.say("changes.title"), (lead,))
    rows = [
        (
            name,
            str(record.edition),
            language.date(record.first_built),
            signed(language, record.last),
            language.number(len(found)),
        )
        for name, record, found in told
    ]
    first = table_of(language, "changes", WAITING, rows, ("edition", "count"))
    moved = [
        Section(name, f"rapport-{n}", _moved(language, name, record, found).blocks)
        for n, (name, record, found) in enumerate(one for one in told if one[2])
    ]
    none = () if moved else Prose((text(language.say("changes.none")),), "note").blocks
    sections = (Section(language.say("changes.waiting"), "attente", (*first.blocks, *none)), *moved)
    meta = Meta(
        language.say("changes.title"),
        ev.title,
        ev.title,
        today(language),
        ev.language.code,
        fictional=ev.fictional,
        edition=0,
    )
    html = render_html(language, Page(title.blocks[0], sections), meta)
    write_whole(target / CHANGES, ruled(language, html, where=CHANGES))


def _moved(language: Language, name: str, record: RunRecord, found: Sequence[Move]) -> Table:
    rows = []
    for one in found:
        words = (one.indicator or language.say("changes.text"), one.before or "–", one.after or "–")
        label, before, after = map(Declared, words)
        rows.append((label, one.period, before, after, language.say(f"changes.why.{one.why}")))
    about = {"territory": name, "edition": record.edition, "date": language.date(record.first_built)}
    return table_of(language, "changes", MOVED, rows, caption=language.say("changes.moved", **about))
