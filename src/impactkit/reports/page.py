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
from dataclasses import dataclass, field
from typing import Any

from impactkit.display.html import KINDS
from impactkit.errors import ReportFailed
from impactkit.wording.catalogue import error, french_spaces, say

MIME = "application/vnd.impactkit+json"
VERSION = 1
CONTENT = "contenu"  # the anchor of the whole page: no heading may take it
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
    """A heading (empty for what stands before the first one), its anchor, and its blocks."""

    heading: str
    slug: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Page:
    """A page in reading order: the title block, then sections (the lead's first)."""

    title: Block
    sections: tuple[Section, ...]


@dataclass
class _Draft:
    heading: str
    blocks: list[Block] = field(default_factory=list)
    cells: int = 0
    printed: int = 0

    @property
    def told(self) -> bool:
        # Prose that introduces cells falls with them when they print nothing; prose alone stands.
        return bool(self.blocks) and (self.printed > 0 or self.cells == 0)


def read_page(nb: Any, prose: str = "") -> Page:
    """The page of an executed notebook (nbformat 4), with the evaluator's own sections (Markdown, `prose`)
    after the lead. Raises ReportFailed for an output outside the display tree, or prose without a signature.
    """
    lead, rest = _Draft(""), [_Draft("")]
    for cell in nb.cells:
        tags = cell.metadata.get("tags", ())
        if any(tag in DROPPED for tag in tags):
            continue
        here = lead if "lead" in tags else rest[-1]
        if cell.cell_type == "markdown":
            for kind, runs in _markdown(cell.source):
                if kind == "paragraph":
                    here.blocks.append({"kind": "paragraph", "role": "text", "runs": runs, "own": True})
                elif here is lead:
                    lead.heading = _words(runs)
                else:
                    here = _Draft(_words(runs))
                    rest.append(here)
        elif cell.cell_type == "code":
            found = _blocks(cell, here.heading)
            here.blocks += found
            here.cells += 1
            here.printed += len(found)
    titles = [block for one in (lead, *rest) for block in one.blocks if block["kind"] == "title"]
    if len(titles) != 1 or titles[0] not in lead.blocks:
        raise error(ReportFailed, "no-title")
    lead.blocks.remove(titles[0])
    kept = [one for one in (lead, *_written(prose), *rest) if one.told]
    slugs = _slugs([one.heading for one in kept])
    return Page(
        titles[0],
        tuple(Section(one.heading, slug, tuple(one.blocks)) for one, slug in zip(kept, slugs, strict=True)),
    )


def _written(prose: str) -> list[_Draft]:
    """The sections that an evaluator wrote; each ends with who signs it and when, after a dash."""
    found: list[_Draft] = []
    for kind, runs in _markdown(prose):
        if kind == "heading" or not found:
            found.append(_Draft(_words(runs) if kind == "heading" else ""))
        if kind == "paragraph":
            found[-1].blocks.append({"kind": "paragraph", "role": "text", "runs": runs, "own": True})
    for one in found:
        last = _words(list(one.blocks[-1]["runs"])) if one.blocks else ""
        if not one.heading or not re.match(r"[—–-] ?\S.*\d{4}", last):
            raise error(ReportFailed, "unsigned-prose", part=one.heading or prose.splitlines()[0])
    return found


def meta_of(
    page: Page, *, evaluation: str = "", fictional: bool = False, day: dt.date | None = None
) -> Meta:
    """What a page says of itself; without a record to keep its day, SOURCE_DATE_EPOCH, else today (UTC)."""
    name = page.title["title"]
    # The title block says it too, so that a notebook exported by nbconvert alone still says it everywhere.
    fictional = fictional or say("fictional") in page.title["overline"]
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
        tree = output.get("data", {}).get(MIME)
        if tree is not None:
            if not _ours(tree):
                raise error(ReportFailed, "foreign-output", where=heading)
            found += tree["blocks"]
        elif output.output_type == "stream" and output.get("name") == "stderr":
            raise error(ReportFailed, "warned", where=heading, words=str(output.text).strip()[-300:])
        elif output.output_type != "stream" or str(output.text).strip():
            raise error(ReportFailed, "foreign-output", where=heading)
    return found


def _ours(tree: Any) -> bool:
    try:
        return tree["version"] == VERSION and all(block["kind"] in KINDS for block in tree["blocks"])
    except (KeyError, TypeError):
        return False


def _markdown(source: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """Headings and paragraphs of a Markdown cell; a report's prose has nothing else."""
    import mistune

    found = []
    for token in mistune.create_markdown(renderer=None)(source):
        if token["type"] == "blank_line":
            continue
        if token["type"] not in ("heading", "paragraph"):
            raise error(ReportFailed, "foreign-markdown", where=source.splitlines()[0])
        runs = _runs(token["children"], source.splitlines()[0])
        if token["type"] == "heading" and token["attrs"]["level"] != 2:
            raise error(ReportFailed, "heading-level", where=_words(runs))
        found.append((token["type"], runs))
    return found


def _runs(children: list[Any], where: str, strong: bool = False) -> list[dict[str, Any]]:
    """The words of Markdown as runs: strong stays strong, emphasis and a link inside the page give their
    words; a link out of it, an image or HTML is refused.
    """
    found: list[dict[str, Any]] = []
    for child in children:
        kind = child["type"]
        if kind in ("text", "codespan", "softbreak", "linebreak"):
            words = french_spaces(child.get("raw", " "))
            found.append({"t": words, "strong": True} if strong else {"t": words})
        elif kind in ("strong", "emphasis") or kind == "link" and child["attrs"]["url"].startswith("#"):
            found += _runs(child["children"], where, strong or kind == "strong")
        else:
            raise error(ReportFailed, "foreign-markdown", where=where)
    return found


def _words(runs: list[dict[str, Any]]) -> str:
    return "".join(run["t"] for run in runs)


def _slugs(headings: list[str]) -> list[str]:
    found = [CONTENT]
    for heading in headings:
        plain = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode()
        slug = base = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "section"
        count = 1
        while slug in found:
            count += 1
            slug = f"{base}-{count}"
        found.append(slug)
    return found[1:]
