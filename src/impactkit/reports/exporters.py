"""The two faces as nbconvert exporters: `jupyter nbconvert --to impactkit-html` and `--to impactkit-pdf`.

In a module of their own: a run renders pages without importing nbconvert.
"""

from typing import Any

from nbconvert.exporters import Exporter

from impactkit.reports.html import render_html
from impactkit.reports.page import meta_of, read_page
from impactkit.reports.pdf import render_pdf


class ImpactHtmlExporter(Exporter):  # type: ignore[misc]
    """The HTML page of an executed report notebook."""

    file_extension = ".html"
    output_mimetype = "text/html"

    def from_notebook_node(self, nb: Any, resources: Any = None, **kw: Any) -> tuple[str, Any]:
        """The page and nbconvert's resources. Raises ReportFailed for a notebook that was not executed."""
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        page = read_page(nb)
        return render_html(page, meta_of(page)), resources


class ImpactPdfExporter(Exporter):  # type: ignore[misc]
    """The PDF of an executed report notebook."""

    file_extension = ".pdf"
    output_mimetype = "application/pdf"

    def from_notebook_node(self, nb: Any, resources: Any = None, **kw: Any) -> tuple[bytes, Any]:
        """The PDF and nbconvert's resources. Raises ReportFailed for a notebook that was not executed."""
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        page = read_page(nb)
        return render_pdf(page, meta_of(page)), resources
