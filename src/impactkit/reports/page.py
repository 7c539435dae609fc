"""From an executed notebook to a page: one reading, shared by HTML and PDF.

Only what the display tree holds reaches the page. The lead comes first; a heading whose section printed
nothing is dropped.
"""

import datetime as dt
import hashlib
import itertools
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from impactkit.display.html import KINDS
from impactkit.errors import ReportFailed
from impactkit.reports.numbering import Numbers
from impactkit.reports.record import RunRecord, Signature, today
from impactkit.wording.catalogue import french_spaces
from impactkit.wording.language import Language

MIME = "application/vnd.impactkit+json"
VERSION = 1
ANCHORS = ("contenu", "annexes", "notes")  # those of the page itself: no heading may take them
# The faces of a report, from the least known on: a heading tagged with one is in the body from that face on.
FACES = ("connaissance", "suivi", "evaluation")
UNSEEN = ("kind", "role", "svg", "alt", "level", "align", "anchor", "call", "tone", "source")
DROPPED = ("intro", "parameters", "injected-parameters")
Block = Mapping[str, Any]


@dataclass(frozen=True)
class Meta:
    """What a page says of itself: its date is the day its content was first built, never the clock's."""

    title: str
    evaluation: str
    territory: str
    date: dt.date
    lang: str
    fictional: bool = False
    edition: int = 1
    signature: Signature | None = None

    @property
    def draft(self) -> bool:
        """Whether nobody has signed that it was read; a page that is no report (edition 0) is not read."""
        return self.signature is None and self.edition > 0


@dataclass(frozen=True)
class Section:
    """A heading (empty for what stands before the first one), its anchor, and its blocks."""

    heading: str
    slug: str
    blocks: tuple[Block, ...]
    annex: bool = False


@dataclass(frozen=True)
class Page:
    """A page in reading order: the title block, sections (the lead's first, annexes last), and the sources
    cited, in the order of their first call.
    """

    title: Block
    sections: tuple[Section, ...]
    notes: tuple[str, ...] = ()

    @property
    def words(self) -> int:
        """How many words the body has, annexes apart; « 46 000 » and « 7,2 % » are one."""
        texts = (one for part in self.sections if not part.annex for one in _texts(part.blocks))
        return sum(len(text.replace("\u202f", "").split()) for text in texts)


@dataclass
class _Draft:
    heading: str
    needs: int = 0
    annex: bool = False
    blocks: list[Block] = field(default_factory=list)
    # Whether its cells printed something; None without a cell.
    printed: bool | None = None


def read_page(language: Language, nb: Any, prose: str = "") -> Page:
    """The page of an executed notebook (nbformat 4), with the evaluator's own sections (Markdown, `prose`)
    after the lead. Raises ReportFailed for an output outside the display tree, or prose without a signature.
    """
    lead, rest, annex = _Draft(""), [_Draft("")], False
    for cell in nb.cells:
        tags = cell.metadata.get("tags", ())
        annex |= "annex" in tags
        if any(tag in DROPPED for tag in tags):
            continue
        here = lead if "lead" in tags else rest[-1]
        if cell.cell_type == "code":
            found = _blocks(language, cell, here.heading)
            here.blocks += found
            here.printed = bool(here.printed or found)
        for one in _markdown(language, cell.source) if cell.cell_type == "markdown" else ():
            if not isinstance(one, str):
                here.blocks.append(one)
            elif here is lead:
                lead.heading = one
            else:
                here = _Draft(one, next((FACES.index(tag) for tag in tags if tag in FACES), 0), annex)
                rest.append(here)
    titles = [block for one in (lead, *rest) for block in one.blocks if block["kind"] == "title"]
    if len(titles) != 1 or titles[0] not in lead.blocks:
        raise language.error(ReportFailed, "no-title")
    lead.blocks.remove(titles[0])
    # Prose that introduces cells falls with them when they print nothing; prose alone stands.
    kept = [
        one for one in (lead, *_written(language, prose), *rest) if one.blocks and one.printed is not False
    ]
    for one in kept:
        one.annex |= one.needs > FACES.index(titles[0].get("face", FACES[-1]))
    return _put_together(language, titles[0], sorted(kept, key=lambda one: one.annex))


def _put_together(language: Language, title: Block, kept: list[_Draft]) -> Page:
    numbers = Numbers(language)
    told = [(one, tuple(map(numbers.block, one.blocks))) for one in kept]
    if numbers.data:
        told.append((_Draft(language.say("page.data"), annex=True), tuple(map(numbers.block, numbers.data))))
    slugs = _slugs([one.heading for one, _ in told])
    named = zip(told, slugs, strict=True)
    sections = (Section(one.heading, slug, blocks, one.annex) for (one, blocks), slug in named)
    return Page(title, tuple(sections), tuple(numbers.notes))


def _texts(tree: Any) -> list[str]:
    """Every text that a block prints, alternative texts and what no reader sees apart."""
    if isinstance(tree, Mapping):
        if "t" in tree:
            return [tree["t"]]
        return [one for name, value in tree.items() if name not in UNSEEN for one in _texts(value)]
    if isinstance(tree, list | tuple):
        return [one for value in tree for one in _texts(value)]
    return [tree] if isinstance(tree, str) else []


def _written(language: Language, prose: str) -> list[_Draft]:
    """The sections that an evaluator wrote; each ends with who signs it and when, after a dash."""
    found = [_Draft("")]
    for one in _markdown(language, prose):
        if isinstance(one, str):
            found.append(_Draft(one))
        else:
            found[-1].blocks.append(one)
    sections = found if found[0].blocks else found[1:]
    for section in sections:
        last = _words(section.blocks[-1]["runs"]) if section.blocks else ""
        if not section.heading or not re.match(r"[—–-] ?\S.*\d{4}", last):
            raise language.error(
                ReportFailed, "unsigned-prose", part=section.heading or prose.splitlines()[0]
            )
    return sections


def meta_of(
    language: Language,
    page: Page,
    *,
    evaluation: str = "",
    fictional: bool = False,
    day: dt.date | None = None,
    record: RunRecord | None = None,
) -> Meta:
    """What a page says of itself; without a record to keep its day, SOURCE_DATE_EPOCH, else today (UTC)."""
    name, overline = page.title["title"], page.title["overline"]
    evaluation = evaluation or overline
    # The title block says it too, so that a notebook exported by nbconvert alone still says it everywhere.
    fictional = fictional or language.say("fictional") in overline
    title = language.say("page.title", territory=name, evaluation=evaluation)
    meta = Meta(title, evaluation, name, day or today(language), language.code, fictional=fictional)
    if record is None:
        return meta
    first = dt.date.fromisoformat(record.first_built)
    return replace(meta, date=first, edition=record.edition, signature=record.last)


def content_digest(page: Page) -> str:
    """SHA-256 of what the page says, its figures by their words and data: no date, no version, no stroke."""

    def unstroked(block: Block) -> Block:
        return {name: value for name, value in block.items() if name != "svg"}

    told = [(one.heading, one.annex, [*map(unstroked, one.blocks)]) for one in page.sections]
    content = json.dumps([page.title, told, page.notes], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(content.encode("utf-8")).hexdigest()


def _blocks(language: Language, cell: Any, heading: str) -> list[Block]:
    found: list[Block] = []
    for output in cell.outputs:
        if (tree := output.get("data", {}).get(MIME)) is not None:
            if not _ours(tree):
                raise language.error(ReportFailed, "foreign-output", where=heading)
            found += tree["blocks"]
        elif output.output_type == "stream" and output.get("name") == "stderr":
            raise language.error(
                ReportFailed, "warned", where=heading, words=str(output.text).strip()[-300:]
            )
        elif output.output_type != "stream" or str(output.text).strip():
            raise language.error(ReportFailed, "foreign-output", where=heading)
    return found


def _ours(tree: Any) -> bool:
    try:
        return tree["version"] == VERSION and all(block["kind"] in KINDS for block in tree["blocks"])
    except (KeyError, TypeError):
        return False


def _markdown(language: Language, source: str) -> Iterator[str | Block]:
    """Headings (their words) and paragraphs of a Markdown cell; a report's prose has nothing else."""
    import mistune

    for token in mistune.create_markdown(renderer=None)(source):
        if token["type"] == "blank_line":
            continue
        if token["type"] not in ("heading", "paragraph"):
            raise language.error(ReportFailed, "foreign-markdown", where=source.splitlines()[0])
        runs = _runs(language, token["children"], source.splitlines()[0])
        if token["type"] == "paragraph":
            yield {"kind": "paragraph", "role": "text", "runs": runs, "own": True}
        elif token["attrs"]["level"] != 2:
            raise language.error(ReportFailed, "heading-level", where=_words(runs))
        else:
            yield _words(runs)


def _runs(language: Language, children: list[Any], where: str, strong: bool = False) -> list[dict[str, Any]]:
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
            found += _runs(language, child["children"], where, strong or kind == "strong")
        else:
            raise language.error(ReportFailed, "foreign-markdown", where=where)
    return found


def _words(runs: Sequence[Mapping[str, Any]]) -> str:
    return "".join(run["t"] for run in runs)


def _slugs(headings: list[str]) -> list[str]:
    found = list(ANCHORS)
    for heading in headings:
        base = re.sub(r"[^a-z0-9]+", "-", plain(heading)).strip("-") or "section"
        tried = itertools.chain([base], (f"{base}-{n}" for n in itertools.count(2)))
        found.append(next(slug for slug in tried if slug not in found))
    return found[len(ANCHORS) :]


def plain(text: str) -> str:
    """Letters without their accents, none capital: what anchors are made of, and what an order looks at."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
