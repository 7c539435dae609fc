"""The contents page of an evaluation's reports: every territory, its report, and what became of it."""

import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from impactkit.data.evaluation import Evaluation
from impactkit.data.territories import Territory
from impactkit.display.html import block_html
from impactkit.display.maps import map
from impactkit.errors import ImpactkitError, ReportFailed, UnknownName
from impactkit.evidence.face import face_name
from impactkit.evidence.head import kind
from impactkit.indicators import knowledge
from impactkit.reports.failure import Outcome, read_failures, stopped
from impactkit.reports.html import environment, style
from impactkit.reports.page_rules import problems
from impactkit.reports.record import RunRecord, read_record, write_whole
from impactkit.wording.catalogue import error, say
from impactkit.wording.numbers import date, number

FILE = "index.html"
# The report of the programme itself, beside those of its territories.
PROGRAMME = "programme"
Found = RunRecord | ImpactkitError | None


def write_contents(
    ev: Evaluation, target: Path, inputs: Mapping[str, Mapping[str, str]] | None = None
) -> None:
    """Write `index.html` from what lies in `target`; `inputs`: for each report, the digests of what it would
    be built from today. Raises ReportFailed when it breaks a rule of pages.
    """
    found = {code: _found(target / code) for code in (*(place.code for place in ev.territories), PROGRAMME)}
    html = contents_html(ev, found, read_failures(target), inputs)
    broken = problems(html, links=True)
    if broken:
        raise error(ReportFailed, "page-rules", where=FILE, problems=" ".join(broken))
    write_whole(target / FILE, html)


def contents_html(
    ev: Evaluation,
    records: Mapping[str, Found],
    failures: Mapping[str, Outcome],
    inputs: Mapping[str, Mapping[str, str]] | None = None,
    absent: str = "",
) -> str:
    """The page as HTML: the programme's report, then the territories in alphabetical order.

    `records`: what each territory's folder holds, a record, nothing, or why its record cannot be read;
    `failures`: the last attempt, where it failed; `inputs`: as in `write_contents`;
    `absent`: what to say where there is no report.
    """
    from markupsafe import Markup

    places = sorted(ev.territories, key=lambda place: _plain(place.name))
    known = _documented(ev)
    entries = [
        {
            "name": place.name,
            "wave": place.wave.name,
            "kind": _kind(place),
            "known": known.get(place.code, ""),
            **_built(place.code, records.get(place.code), failures.get(place.code), inputs, absent),
            "face": _face(place),
        }
        for place in places
    ]
    built = sum(1 for one in entries if one["links"])
    whole = _built(PROGRAMME, records.get(PROGRAMME), failures.get(PROGRAMME), inputs, absent)
    drawn = [Markup(block_html(block)) for block in map(ev).blocks]
    words = {
        "skip": say("page.skip"),
        "overline": say("contents.overline"),
        "lead": say("contents.lead", n=built, count=number(built), all=number(len(entries))),
        "caption": say("contents.caption"),
        "columns": [
            say(f"contents.{name}") for name in ("territory", "perimeter", "face", "known", "report")
        ],
        "programme": say("contents.programme") if whole["links"] or PROGRAMME in failures else "",
        "fictional": say("page.fictional") if ev.fictional else "",
        "foot": say("contents.foot"),
    }
    page = environment().get_template("contents.html.j2")
    return str(
        page.render(ev=ev, style=Markup(style()), entries=entries, words=words, whole=whole, drawn=drawn)
    )


def _built(
    code: str,
    found: Found,
    failed: Outcome | None,
    inputs: Mapping[str, Mapping[str, str]] | None,
    absent: str,
) -> dict[str, Any]:
    """The links to a report, and its state: since when, whether something changed, why it failed."""
    if isinstance(found, RunRecord):
        told = {"edition": found.edition, "date": date(found.first_built)}
        state = say("contents.built", state=_state(found), **told)
        state += _stale(found, inputs.get(code) if inputs else None)
        files = ("report.html", "HTML"), ("report.pdf", "PDF"), ("indicators.csv", say("contents.data"))
        links = [(f"{code}/{file}", label) for file, label in files if file in found.outputs]
    else:
        state, links = (str(found) if found else absent or say("contents.absent")), []
    if failed:
        # Why, and what to do, is for who mends it, on the command line; the page says where it stands.
        state = say("contents.failed", sentence=stopped(failed), kept=state)
    return {"links": links, "state": state}


def _state(found: RunRecord) -> str:
    return say("state.draft") if found.last is None else f"{found.state}"


def _stale(found: RunRecord, inputs: Mapping[str, str] | None) -> str:
    """What a report was built from and is no longer the same; nothing while it is fresh."""
    changed = {
        name.split("/")[0]
        for name in {*found.inputs, *(inputs or {})} - {"notebook"}
        if inputs is not None and found.inputs.get(name) != inputs.get(name)
    }
    if not changed:
        return ""
    what = ", ".join(say(f"contents.changed.{name}") for name in sorted(changed))
    return " " + say("contents.stale", what=what)


def _face(place: Territory) -> str:
    try:
        return face_name(place)
    except UnknownName:
        return ""


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
