"""The HTML face of a report: one file, no script, nothing from outside itself."""

import functools
from pathlib import Path
from typing import Any

from impactkit.display.html import block_html, clean
from impactkit.reports.page import Meta, Page
from impactkit.reports.record import READ
from impactkit.wording.catalogue import say
from impactkit.wording.numbers import date

TEMPLATE = Path(__file__).with_name("template")


@functools.lru_cache(maxsize=1)
def environment() -> Any:
    """The templates of the package; everything put in a page is escaped unless it is HTML of ours."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(TEMPLATE),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        finalize=_finished,
    )


def _finished(value: Any) -> Any:
    # Names go into titles, headings and links too: none of them may turn the direction of the text.
    return type(value)(clean(value)) if isinstance(value, str) else value


def style() -> str:
    """The one style sheet, shared by the reports and the contents page."""
    return (TEMPLATE / "style.css").read_text("utf-8")


def render_html(page: Page, meta: Meta) -> str:
    """The page as one HTML file."""
    from markupsafe import Markup

    # The kit's own HTML: every string in it was escaped when it was made.
    body, annexes = (
        [
            (one.heading, one.slug, [Markup(block_html(block)) for block in one.blocks])
            for one in page.sections
            if one.annex is annex
        ]
        for annex in (False, True)
    )
    words = {
        "skip": say("page.skip"),
        "contents": say("page.contents"),
        "annexes": say("page.annexes"),
        "notes": say("page.notes"),
        "foot": foot(meta),
        "draft": say("state.draft") if meta.draft else "",
        "fictional": say("page.fictional") if meta.fictional else "",
    }
    return str(
        environment()
        .get_template("report.html.j2")
        .render(
            meta=meta,
            style=Markup(style()),
            title=Markup(block_html(page.title)),
            body=body,
            annexes=annexes,
            notes=page.notes,
            words=words,
        )
    )


def foot(meta: Meta) -> str:
    """What stands at the foot of every page: the territory, its edition and day, who has read it."""
    if not meta.edition:
        return say("contents.foot")
    told = {"territory": meta.territory, "edition": meta.edition, "date": date(meta.date.isoformat())}
    return say("page.foot", state=state(meta), **told)


def state(meta: Meta) -> str:
    """« brouillon », or who signed, as what, when."""
    one = meta.signature
    if one is None:
        return say("state.draft")
    return say("state.read" if one.state == READ else "state.valid", by=one.by, on=date(one.on))
