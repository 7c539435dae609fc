"""The contents page of an evaluation's reports: every territory, its report, and what became of it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from impactkit.data.evaluation import Evaluation
from impactkit.data.territories import Territory
from impactkit.display.maps import map
from impactkit.errors import ImpactkitError, ReportFailed, UnknownName
from impactkit.evidence.face import face_name
from impactkit.evidence.head import kind
from impactkit.indicators import knowledge
from impactkit.reports.failure import Outcome, read_failures, stopped
from impactkit.reports.files import differing, write_whole
from impactkit.reports.html import environment
from impactkit.reports.page import plain
from impactkit.reports.page_rules import ruled
from impactkit.reports.record import RunRecord, read_record
from impactkit.wording.catalogue import say
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
    write_whole(target / FILE, ruled(html, where=FILE, links=True))


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
    known = _documented(ev)

    def built(code: str) -> dict[str, Any]:
        return _built(code, records.get(code), failures.get(code), inputs, absent)

    entries = [
        {
            "name": place.name,
            "wave": place.wave.name,
            "kind": _kind(place),
            "known": known.get(place.code, ""),
            "face": _face(place),
            **built(place.code),
        }
        for place in sorted(ev.territories, key=lambda place: plain(place.name))
    ]
    count = sum(1 for one in entries if one["links"])
    lead = say("contents.lead", n=count, count=number(count), all=number(len(entries)))
    programme = built(PROGRAMME)
    told = {"ev": ev, "lead": lead, "entries": entries, "drawn": map(ev).blocks, "programme": programme}
    told["shown"] = programme["links"] or PROGRAMME in failures
    return str(environment().get_template("contents.html.j2").render(told))


def _built(
    code: str,
    found: Found,
    failed: Outcome | None,
    inputs: Mapping[str, Mapping[str, str]] | None,
    absent: str,
) -> dict[str, Any]:
    """The links to a report, and its state: since when, whether something changed, why it failed."""
    links: list[tuple[str, str]] = []
    if isinstance(found, RunRecord):
        told = {"edition": found.edition, "date": date(found.first_built)}
        state = say("contents.built", state=found.state, **told)
        state += _stale(found, inputs[code]) if inputs and code in inputs else ""
        files = ("report.html", "HTML"), ("report.pdf", "PDF"), ("indicators.csv", say("contents.data"))
        links = [(f"{code}/{file}", label) for file, label in files if file in found.outputs]
    else:
        state = str(found) if found else absent or say("contents.absent")
    if failed:
        # Why, and what to do, is for who mends it, on the command line; the page says where it stands.
        state = say("contents.failed", sentence=stopped(failed), kept=state)
    return {"links": links, "state": state}


def _stale(found: RunRecord, inputs: Mapping[str, str]) -> str:
    """What a report was built from and is no longer the same; nothing while it is fresh."""
    changed = sorted({name.split("/")[0] for name in differing(found.inputs, inputs)} - {"notebook"})
    what = ", ".join(say(f"contents.changed.{name}") for name in changed)
    return " " + say("contents.stale", what=what) if changed else ""


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
