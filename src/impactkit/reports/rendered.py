"""A page and its two faces in a folder: rendered when it is built, and again when it is signed."""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from impactkit.errors import ReportFailed
from impactkit.reports.html import render_html
from impactkit.reports.page import Page, Section, content_digest, meta_of
from impactkit.reports.page_rules import ruled
from impactkit.reports.pdf import render_pdf
from impactkit.reports.record import PROVENANCE, RunRecord, outputs_of, write_record
from impactkit.wording.language import Language
from impactkit.wording.plain_lines import plain_json

TWINS = ("indicators.csv", "effects.csv", "comparables.csv", "values.csv", "claims.csv")
# What the two faces are made from; hidden, as nobody reads it.
FILE = ".page.json"


@dataclass(frozen=True)
class Kept:
    """A page, and what its faces say of its evaluation."""

    page: Page
    title: str
    fictional: bool


def kept_page(language: Language, folder: Path, record: RunRecord) -> Kept:
    """The page of a built report. Raises ReportFailed when it is not the one that its record tells of."""
    try:
        told = json.loads((folder / FILE).read_text("utf-8"))
        page = told["page"]
        sections = tuple(Section(**{**one, "blocks": tuple(one["blocks"])}) for one in page["sections"])
        kept = Kept(Page(page["title"], sections, tuple(page["notes"])), told["title"], told["fictional"])
        # Half of a letter has no digest.
        digest = content_digest(kept.page)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as cause:
        raise language.error(ReportFailed, "record", where=f"{folder.name}/{FILE}") from cause
    if digest != record.content:
        raise language.error(ReportFailed, "record", where=f"{folder.name}/{FILE}")
    return kept


def render(language: Language, kept: Kept, record: RunRecord, folder: Path) -> RunRecord:
    """Write a page, its HTML, its PDF and its record into `folder`, and give the record. Raises ReportFailed
    for a page that breaks a rule of pages.
    """
    # The page itself: what is read and signed is this, whatever its colours.
    (folder / FILE).write_text(plain_json(asdict(kept), sort_keys=True), "utf-8")
    meta = meta_of(language, kept.page, evaluation=kept.title, fictional=kept.fictional, record=record)
    (folder / "report.html").write_text(ruled(language, render_html(language, kept.page, meta)), "utf-8")
    files = [folder / name for name in sorted((*TWINS, PROVENANCE))]
    attached = {file.name: file.read_text("utf-8") for file in files if file.is_file()}
    (folder / "report.pdf").write_bytes(render_pdf(language, kept.page, meta, attached))
    finished = replace(record, outputs=outputs_of(folder))
    write_record(finished, folder)
    return finished
