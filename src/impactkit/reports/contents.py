"""The contents page of an evaluation's reports: every territory, its report, and what became of it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from impactkit.data.evaluation import Evaluation
from impactkit.errors import ImpactkitError, ReportFailed, UnknownName
from impactkit.evidence.head import kind
from impactkit.indicators import knowledge
from impactkit.reports.failure import Outcome, read_failures, stopped
from impactkit.reports.html import environment, style
from impactkit.reports.page_rules import problems
from impactkit.reports.record import RunRecord, read_record, write_whole
from impactkit.wording.catalogue import error, say
from impactkit.wording.numbers import date, number

if TYPE_CHECKING:
    from impactkit.data.territories import Territory

FILE = "index.html"
Found = RunRecord | ImpactkitError | None


def write_contents(ev: Evaluation, target: Path) -> None:
    """Write `index.html` from what lies in `target`. Raises ReportFailed when it breaks a rule of pages."""
    found = {place.code: _found(target / place.code) for place in ev.territories}
    html = contents_html(ev, found, read_failures(target))
    broken = problems(html, links=True)
    if broken:
        raise error(ReportFailed, "page-rules", where=FILE, problems=" ".join(broken))
    write_whole(target / FILE, html)


def contents_html(ev: Evaluation, records: Mapping[str, Found], failures: Mapping[str, Outcome]) -> str:
    """The page as HTML, in alphabetical order.

    `records`: what each territory's folder holds, a record, nothing, or why its record cannot be read;
    `failures`: the last attempt, where it failed.
    """
    from markupsafe import Markup

    places = sorted(ev.territories, key=lambda place: _plain(place.name))
    known = _documented(ev)
    entries = [
        _entry(place, known.get(place.code, ""), records.get(place.code), failures.get(place.code))
        for place in places
    ]
    built = sum(1 for one in entries if one["links"])
    words = {
        "skip": say("page.skip"),
        "overline": say("contents.overline"),
        "lead": say("contents.lead", n=built, count=number(built), all=number(len(entries))),
        "caption": say("contents.caption"),
        "columns": [say(f"contents.{name}") for name in ("territory", "perimeter", "known", "report")],
        "fictional": say("page.fictional") if ev.fictional else "",
        "foot": say("contents.foot"),
    }
    page = environment().get_template("contents.html.j2")
    return str(page.render(ev=ev, style=Markup(style()), entries=entries, words=words))


def _entry(place: Territory, known: str, found: Found, failed: Outcome | None) -> dict[str, Any]:
    if isinstance(found, RunRecord):
        state = say("contents.built", date=date(found.first_built))
        files = ("report.html", "HTML"), ("report.pdf", "PDF"), ("indicators.csv", say("contents.data"))
        links = [(f"{place.code}/{file}", label) for file, label in files if file in found.outputs]
    else:
        state, links = (str(found) if found else say("contents.absent")), []
    if failed:
        # Why, and what to do, is for who mends it, on the command line; the page says where it stands.
        state = say("contents.failed", sentence=stopped(failed), kept=state)
    return {
        "name": place.name,
        "wave": place.wave.name,
        "kind": _kind(place),
        "known": known,
        "links": links,
        "state": state,
    }


def _found(folder: Path) -> Found:
    try:
        return read_record(folder)
    except ReportFailed as damaged:
        return damaged


def _kind(place: Territory) -> str:
    try:
        return kind(place)
    except (UnknownName, KeyError):
        # A code that is none refuses this territory's report; the page still lists it.
        return say("contents.unread")


def _documented(ev: Evaluation) -> dict[str, str]:
    """« 7 sur 13 » by territory; nothing while a table of one of them cannot be used."""
    try:
        board = knowledge.knowledge(ev)
    except UnknownName:
        return {}
    counts = (board["state"] != "unknown").groupby(board["territory"]).agg(["sum", "size"])
    return {
        code: say("contents.of", count=number(count), all=number(size))
        for code, count, size in counts.itertuples()
    }


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
