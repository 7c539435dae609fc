"""The two faces as nbconvert exporters: `jupyter nbconvert --to impactkit-html` and `--to impactkit-pdf`.

In a module of their own: a run renders pages without importing nbconvert.
"""

from collections.abc import Callable
from typing import Any

from nbconvert.exporters import Exporter

from impactkit.reports.html import render_html
from impactkit.reports.page import Meta, Page, meta_of, read_page
from impactkit.reports.pdf import render_pdf
from impactkit.wording.language import FRENCH, Language


class _Face(Exporter):  # type: ignore[misc]
    render: Callable[[Language, Page, Meta], Any]

    def from_notebook_node(self, nb: Any, resources: Any = None, **kw: Any) -> tuple[Any, Any]:
        """The page and nbconvert's resources. Raises ReportFailed for a notebook that was not executed."""
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        page = read_page(FRENCH, nb)
        return type(self).render(FRENCH, page, meta_of(FRENCH, page)), resources


class ImpactHtmlExporter(_Face):
    """The HTML page of an executed report notebook."""

    file_extension, output_mimetype, render = ".html", "text/html", staticmethod(render_html)


class ImpactPdfExporter(_Face):
    """The PDF of an executed report notebook."""

    file_extension, output_mimetype, render = ".pdf", "application/pdf", staticmethod(render_pdf)
