"""The PDF face of a report: one static typst template reads the page as JSON. No markup is made from data.

Tagged, accessible (PDF/UA-1) and archivable (PDF/A-3a); the same page on the same day gives the same bytes.
Never compile in a process that forks afterwards: typst's threads do not survive a fork.
"""

from __future__ import annotations

import json
from typing import Any

from nbconvert.exporters import Exporter

from impactkit.display.html import clean
from impactkit.display.style import FONTS
from impactkit.reports.html import TEMPLATE, foot
from impactkit.reports.page import Meta, Page, meta_of, read_page
from impactkit.wording.catalogue import say

STANDARDS = ["ua-1", "a-3a"]


def render_pdf(page: Page, meta: Meta) -> bytes:
    """The page as a PDF file."""
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
    made: bytes = typst.compile(
        str(TEMPLATE / "report.typ"),
        root=str(TEMPLATE),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(_cleaned(data), ensure_ascii=False)},
        pdf_standards=STANDARDS,
    )
    return made


def _cleaned(tree: Any) -> Any:
    if isinstance(tree, str):
        return clean(tree)
    if isinstance(tree, dict):
        return {key: _cleaned(value) for key, value in tree.items()}
    if isinstance(tree, list | tuple):
        return [_cleaned(value) for value in tree]
    return tree


class ImpactPdfExporter(Exporter):  # type: ignore[misc]
    """`jupyter nbconvert --to impactkit-pdf`: the PDF of an executed report notebook."""

    file_extension = ".pdf"
    output_mimetype = "application/pdf"

    def from_notebook_node(self, nb: Any, resources: Any = None, **kw: Any) -> tuple[bytes, Any]:
        """The PDF and nbconvert's resources. Raises ReportFailed for a notebook that was not executed."""
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        page = read_page(nb)
        return render_pdf(page, meta_of(page)), resources
