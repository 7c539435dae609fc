"""The HTML face of a report: one file, no script, nothing from outside itself."""

import functools
from pathlib import Path
from typing import Any

from impactkit.display.html import block_html, clean
from impactkit.reports.page import Meta, Page
from impactkit.reports.page_rules import POLICY
from impactkit.reports.record import signed
from impactkit.wording.language import Language

TEMPLATE = Path(__file__).with_name("template")


@functools.lru_cache(maxsize=8)
def environment(language: Language) -> Any:
    """The templates of the package; everything put in a page is escaped unless it is HTML of ours."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    def finished(value: Any) -> Any:
        # Names go into titles, headings and links too: none of them may turn the direction of the text.
        return type(value)(clean(value)) if isinstance(value, str) else value

    how = {"autoescape": True, "undefined": StrictUndefined, "keep_trailing_newline": True}
    found = Environment(loader=FileSystemLoader(TEMPLATE), finalize=finished, **how)
    # The one style sheet, and the kit's own HTML: every string in it was escaped when it was made.
    found.globals |= {"style": Markup((TEMPLATE / "style.css").read_text("utf-8")), "say": language.say}
    found.globals["policy"] = Markup(POLICY)
    found.filters["block"] = lambda block: Markup(block_html(block))
    return found


def render_html(language: Language, page: Page, meta: Meta) -> str:
    """The page as one HTML file."""
    template = environment(language).get_template("report.html.j2")
    return str(template.render(page=page, meta=meta, foot=foot(language, meta)))


def foot(language: Language, meta: Meta) -> str:
    """What stands at the foot of every page: the territory, its edition and day, who has read it."""
    if not meta.edition:
        return language.say("contents.foot")
    told = {
        "territory": meta.territory,
        "edition": meta.edition,
        "date": language.date(meta.date.isoformat()),
    }
    return language.say("page.foot", state=signed(language, meta.signature), **told)
