"""The PDF face of a report: one static typst template reads the page as JSON. No markup is made from data.

Tagged, accessible (PDF/UA-1) and archivable (PDF/A-3a); the same page on the same day gives the same bytes.
Never compile in a process that forks afterwards: typst's threads do not survive a fork.
"""

from __future__ import annotations

import json
import re
from typing import Any

from impactkit.display.html import clean
from impactkit.display.style import FONTS
from impactkit.errors import ReportFailed
from impactkit.reports.html import TEMPLATE, foot
from impactkit.reports.page import Meta, Page
from impactkit.wording.catalogue import error, say

STANDARDS = ["ua-1", "a-3a"]
_UNDRAWN = re.compile(r'the text `"(.+?)"` could not be displayed|contains the codepoint `"(.+?)"`')


def render_pdf(page: Page, meta: Meta) -> bytes:
    """The page as a PDF file. Raises ReportFailed for a character that no font of the kit draws."""
    import typst

    data = {
        "meta": {
            "title": meta.title,
            "author": meta.evaluation,
            "lang": meta.lang,
            "fictional": meta.fictional,
            "date": [meta.date.year, meta.date.month, meta.date.day],
        },
        "words": {"foot": foot(meta), "fictional": say("page.fictional")},
        "title": page.title,
        "sections": [{"heading": one.heading, "blocks": list(one.blocks)} for one in page.sections],
    }
    try:
        made: bytes = typst.compile(
            str(TEMPLATE / "report.typ"),
            root=str(TEMPLATE),
            font_paths=[str(FONTS)],
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(_cleaned(data), ensure_ascii=False)},
            pdf_standards=STANDARDS,
        )
    except typst.TypstError as cause:
        undrawn = _UNDRAWN.search(str(cause))
        if not undrawn:
            raise
        raise error(ReportFailed, "undrawn", character=undrawn[1] or undrawn[2]) from cause
    return made


def _cleaned(tree: Any) -> Any:
    if isinstance(tree, str):
        return clean(tree)
    if isinstance(tree, dict):
        return {key: _cleaned(value) for key, value in tree.items()}
    if isinstance(tree, list | tuple):
        return [_cleaned(value) for value in tree]
    return tree
