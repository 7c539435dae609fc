"""The contents page of an evaluation's reports: every territory, its report, and what became of it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from impactkit.data.evaluation import Evaluation
from impactkit.errors import ReportFailed
from impactkit.evidence.head import kind
from impactkit.indicators import indicators
from impactkit.reports.html import environment, style
from impactkit.reports.page_rules import problems
from impactkit.reports.record import read_record
from impactkit.wording.catalogue import error, say
from impactkit.wording.numbers import date, number

FILE = "index.html"


def write_contents(ev: Evaluation, target: Path, failed: Mapping[str, str]) -> None:
    """Write `index.html` at once: alphabetical, links to what stands, the reason of what does not."""
    html = contents_html(ev, target, failed)
    broken = problems(html, links=True)
    if broken:
        raise error(ReportFailed, "page-rules", where=FILE, problems=" ".join(broken))
    aside = target / f".{FILE}"
    aside.write_text(html, "utf-8")
    os.replace(aside, target / FILE)


def contents_html(ev: Evaluation, target: Path, failed: Mapping[str, str]) -> str:
    """The page as HTML; `failed`: territory -> the sentence of what stopped."""
    from markupsafe import Markup

    entries = sorted(
        (_entry(ev, code, target, failed) for code in _codes(ev)), key=lambda one: _key(one["name"])
    )
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
    return str(
        environment()
        .get_template("contents.html.j2")
        .render(ev=ev, style=Markup(style()), entries=entries, words=words)
    )


def _codes(ev: Evaluation) -> list[str]:
    return [place.code for place in ev.territories]


def _entry(ev: Evaluation, code: str, target: Path, failed: Mapping[str, str]) -> dict[str, Any]:
    place = ev.territory(code)
    known = indicators(ev, measure="knowledge", of=place).iloc[0]
    try:
        record = read_record(target / code)
        state = say("contents.built", date=date(record.first_built)) if record else say("contents.absent")
    except ReportFailed as damaged:
        record, state = None, str(damaged)
    if code in failed:
        state = say("contents.failed", sentence=failed[code].splitlines()[0], kept=state)
    files = ("report.html", "HTML"), ("report.pdf", "PDF"), ("indicators.csv", say("contents.data"))
    return {
        "name": place.name,
        "wave": place.wave.name,
        "kind": kind(place),
        "known": say("contents.of", count=number(known["value"]), all=number(known["n"])),
        "links": [
            (f"{code}/{file}", label) for file, label in files if record and (target / code / file).is_file()
        ],
        "state": state,
    }


def _key(name: str) -> str:
    import unicodedata

    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
