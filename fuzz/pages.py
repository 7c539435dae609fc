"""The two faces of a page, HTML and PDF, with any text in every column and in every place of a page."""

from __future__ import annotations

import datetime as dt
import io
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import edits
import invented_report as invented
import pikepdf
from hypothesis import strategies as st
from judge import must, outcome, readable, twice
from small_evaluation import drawn

import impactkit as ik
from impactkit.data.tables import fields
from impactkit.display.html import clean
from impactkit.display.prose import TOPICS as SAID
from impactkit.display.tables import TOPICS as TABLES
from impactkit.display.told import TOLD
from impactkit.errors import ImpactkitError
from impactkit.reports.html import render_html
from impactkit.reports.page import Meta, Page, meta_of, read_page
from impactkit.reports.page_rules import ruled
from impactkit.reports.pdf import render_pdf
from impactkit.wording.language import FRENCH

DAY = dt.date(2024, 6, 30)
TOLD_BY = (
    "projects jobs project_outcomes milestones obstacles transfers challenges members funding partnerships "
    "interviews lessons unintended_effects evaluation_questions contributions events unknowns"
).split()
# Columns that tell which row is meant: any text there would only part the rows from their territory.
KEYS = ("territory", "giver", "receiver", "project", "wave")


@st.composite
def rows(draw: Any) -> dict[str, list[dict[str, str]]]:
    """A row or two of a few tables, any text in every column that is not a key or a closed list."""
    found = {}
    for table in draw(st.lists(st.sampled_from(TOLD_BY), min_size=1, max_size=4, unique=True)):
        found[table] = [_row(draw, table, number) for number in range(draw(st.integers(1, 2)))]
    return found


def _row(draw: Any, table: str, number: int) -> dict[str, str]:
    row = {}
    for name, field in fields(FRENCH, table).items():
        if name in KEYS:
            row[name] = "p0" if name == "project" and table != "projects" else "a"
        elif field["constraints"].get("unique"):
            row[name] = f"p{number}"
        elif field["labels"] or field["type"] != "string" or "pattern" in field["constraints"]:
            row[name] = draw(st.sampled_from([*field["labels"], str(field.get("example", ""))]))
        else:
            row[name] = draw(edits.texts)
    return row


words = st.lists(st.tuples(edits.places, edits.texts), min_size=1, max_size=12)
INPUTS = {"columns": rows(), "html": words, "pdf": st.tuples(words, st.lists(edits.texts, max_size=2))}


def _notebook(tree: Any, changes: Any) -> Any:
    """An executed notebook whose texts, wherever they stand in the page, are changed."""
    nb = invented.whole()
    leaves = [leaf for cell in nb.cells for output in cell.get("outputs", ()) for leaf in _leaves(output)]
    for place, text in changes:
        holder, key = leaves[edits.at(leaves, place)]
        holder[key] = text
    return nb


# Names of things that the kit itself writes, never a table.
OURS = ("kind", "role", "svg", "level", "align", "tone", "output_type", "name", "text/plain", "face")


def _leaves(tree: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, part in pairs:
        if isinstance(part, str) and key not in OURS:
            found.append((tree, key))
        elif isinstance(part, dict | list):
            found += _leaves(part)
    return found


class _Text(HTMLParser):
    """The words of a page, and its elements."""

    def __init__(self) -> None:
        super().__init__()
        self.words, self.tags = "", set()

    def handle_data(self, data: str) -> None:
        self.words += data

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.add(tag)


def _html(page: Page, meta: Meta) -> str:
    """The HTML face keeps every rule, and holds no element that no template writes."""
    html = render_html(FRENCH, page, meta)
    reader = _Text()
    reader.feed(html)
    for tag in ("script", "iframe", "object", "embed", "form", "base", "link"):
        must(tag not in reader.tags, "an element of a text", tag)
    return ruled(FRENCH, html)


def _bare(text: str) -> str:
    return "".join(clean(text).split())


def html(value: Any, folder: Path) -> None:
    """Any text anywhere in a page: what is written reads back from the HTML, and is nothing else."""
    found = outcome(partial(read_page, FRENCH), _notebook(None, value))
    if found[0] == "refused":
        return
    page = found[1]
    face = twice(_html, page, meta_of(FRENCH, page, evaluation="Essai", day=DAY))
    if face[0] == "refused":
        return
    reader = _Text()
    reader.feed(face[1])
    bare = "".join(reader.words.split())
    for section in page.sections:
        for block in section.blocks:
            for run in _runs(block):
                must(_bare(run) in bare, "a text that the page does not hold", run)


def _runs(tree: Any) -> list[str]:
    if isinstance(tree, dict):
        own = [tree["t"]] if isinstance(tree.get("t"), str) else []
        return own + [run for part in tree.values() for run in _runs(part)]
    return [run for part in tree for run in _runs(part)] if isinstance(tree, list | tuple) else []


def pdf(value: Any, folder: Path) -> None:
    """Any text anywhere in a page: the PDF opens, holds what is attached, and is the same twice."""
    changes, attached = value
    found = outcome(partial(read_page, FRENCH), _notebook(None, changes))
    if found[0] == "refused":
        return
    page = found[1]
    texts = [text.encode("utf-8", "replace").decode() for text in attached]
    files = dict(zip(("claims.csv", "indicators.csv"), texts, strict=False))
    face = twice(
        partial(render_pdf, FRENCH), page, meta_of(FRENCH, page, evaluation="Essai", day=DAY), files
    )
    if face[0] == "refused":
        return
    with pikepdf.open(io.BytesIO(face[1])) as book:
        must(len(book.pages) > 0, "no page")
        must(set(book.attachments) == set(files), "other attachments", list(book.attachments))
        for name, text in files.items():
            content = book.attachments[name].get_file().read_bytes()
            must(content == clean(text).encode(), "attached otherwise", name)


def columns(value: Any, folder: Path) -> None:
    """Any text in every column of the tables: said, shown, and put in both faces."""
    ev = drawn(**value)
    place = ev.territory("a")
    shown = [ik.say(place, about=topic) for topic in SAID if topic != "head"]
    shown += [ik.table(place, about=topic) for topic in (*TABLES, *TOLD)]
    shown.append(ik.essentials(place))
    for thing in shown:
        readable(str(thing))
    head = ik.say(place, about="head")
    trees = [invented.tree(*thing.blocks) for thing in shown if thing]
    nb = invented.notebook(
        invented.prose("## Les projets"),
        invented.code(*trees),
        invented.prose("## L’essentiel", "lead"),
        invented.code(invented.tree(*head.blocks), tags=["lead"]),
        lead=False,
    )
    try:
        page = read_page(FRENCH, nb)
    except ImpactkitError as cause:
        raise AssertionError("no page") from cause
    meta = meta_of(FRENCH, page, evaluation="Essai", day=DAY)
    face = outcome(_html, page, meta)
    must(face[0] == "value", "a text of a table breaks the rules of pages", face[1])
    # A letter that no font of the kit draws is refused by its name.
    outcome(partial(render_pdf, FRENCH), page, meta)
