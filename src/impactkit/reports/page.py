"""From an executed notebook to a page: one reading, shared by HTML and PDF.

Only what the display tree holds reaches the page. The lead comes first; a heading whose section printed
nothing is dropped.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import time
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from impactkit.errors import ReportFailed
from impactkit.wording.catalogue import error, say

MIME = "application/vnd.impactkit+json"
DROPPED = ("intro", "parameters", "injected-parameters")
Block = Mapping[str, Any]


@dataclass(frozen=True)
class Meta:
    """What a page says of itself: its date is the day its content was first built, never the clock's."""

    title: str
    evaluation: str
    territory: str
    date: dt.date
    lang: str = "fr"
    fictional: bool = False


@dataclass(frozen=True)
class Section:
    """A heading, its anchor, and its blocks."""

    heading: str
    slug: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Page:
    """A page in reading order: the title block, then sections (the lead's first)."""

    title: Block
    sections: tuple[Section, ...]


def read_page(nb: Any) -> Page:
    """The page of an executed notebook (nbformat 4). Raises ReportFailed for an output outside the display
    tree.
    """
    lead: list[Block] = []
    lead_heading = ""
    sections: list[tuple[str, list[Block]]] = []
    for cell in nb.cells:
        tags = cell.metadata.get("tags", ())
        if any(tag in DROPPED for tag in tags):
            continue
        if cell.cell_type == "markdown":
            for kind, words in _markdown(cell.source):
                if kind == "heading" and "lead" in tags:
                    lead_heading = words
                elif kind == "heading":
                    sections.append((words, []))
                else:
                    block = {"kind": "paragraph", "role": "text", "runs": [{"t": words}]}
                    (lead if "lead" in tags else _last(sections)).append(block)
        elif cell.cell_type == "code":
            here = lead if "lead" in tags else _last(sections)
            here += _blocks(cell, sections[-1][0] if sections else lead_heading)
    titles = [block for block in lead if block["kind"] == "title"]
    if len(titles) != 1:
        raise error(ReportFailed, "no-title")
    ordered = [(lead_heading, [block for block in lead if block["kind"] != "title"]), *sections]
    kept = [(heading, blocks) for heading, blocks in ordered if blocks]
    slugs = _slugs([heading for heading, _ in kept])
    return Page(
        titles[0],
        tuple(
            Section(words, slug, tuple(blocks)) for (words, blocks), slug in zip(kept, slugs, strict=True)
        ),
    )


def meta_of(
    page: Page, *, evaluation: str = "", fictional: bool = False, day: dt.date | None = None
) -> Meta:
    """What a page says of itself; without a record to keep its day, SOURCE_DATE_EPOCH, else today (UTC)."""
    name = page.title["title"]
    title = say("page.title", territory=name, evaluation=evaluation or page.title["overline"])
    return Meta(title, evaluation or page.title["overline"], name, day or today(), fictional=fictional)


def today() -> dt.date:
    """The UTC day, or the one of SOURCE_DATE_EPOCH."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    now = float(epoch) if epoch else time.time()
    return dt.datetime.fromtimestamp(now, dt.UTC).date()


def content_digest(page: Page) -> str:
    """SHA-256 of what the page says and draws: no date, no version."""
    content = [page.title, [(section.heading, list(section.blocks)) for section in page.sections]]
    return hashlib.sha256(
        json.dumps(content, sort_keys=True, ensure_ascii=False).encode("utf-8")
    ).hexdigest()


def _blocks(cell: Any, heading: str) -> list[Block]:
    found: list[Block] = []
    for output in cell.outputs:
        data = output.get("data", {})
        if MIME in data:
            found += data[MIME]["blocks"]
        elif output.output_type == "stream" and output.get("name") == "stderr":
            raise error(ReportFailed, "warned", where=heading, words=str(output.text).strip()[-300:])
        elif output.output_type != "stream" or str(output.text).strip():
            raise error(ReportFailed, "foreign-output", where=heading)
    return found


def _markdown(source: str) -> list[tuple[str, str]]:
    """Headings and paragraphs of a Markdown cell; a report's prose has nothing else."""
    import mistune

    found = []
    for token in mistune.create_markdown(renderer=None)(source):
        if token["type"] == "blank_line":
            continue
        if token["type"] not in ("heading", "paragraph"):
            raise error(ReportFailed, "foreign-markdown", where=source.splitlines()[0])
        words = "".join(child.get("raw", " ") for child in token["children"])
        if token["type"] == "heading" and token["attrs"]["level"] != 2:
            raise error(ReportFailed, "heading-level", where=words)
        found.append((token["type"], words.replace("'", "’")))
    return found


def _last(sections: list[tuple[str, list[Block]]]) -> list[Block]:
    # What stands before the first heading prints nothing in a report: setting up, loading.
    if not sections:
        sections.append(("", []))
    return sections[-1][1]


def _slugs(headings: list[str]) -> list[str]:
    found: list[str] = []
    for heading in headings:
        plain = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode()
        slug = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "section"
        found.append(slug if slug not in found else f"{slug}-{len(found)}")
    return found
