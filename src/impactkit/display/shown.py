"""Objects for the reader: each knows its blocks, and shows itself with them wherever a notebook is opened.

A block is a small tree of finished strings and SVG: the same one makes the HTML, the PDF and the plain text.
"""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from impactkit.display.html import block_html
from impactkit.evidence.finding import Finding, Sentence
from impactkit.wording.catalogue import Declared, Run, french_spaces
from impactkit.wording.language import FRENCH, Language

MIME = "application/vnd.impactkit+json"
LONGEST = 90
# No reader reads a longer table on a page; the file that it comes from holds the rest.
MOST_ROWS = 500
Block = Mapping[str, Any]


class Shown:
    """What can be shown: a tuple of blocks, possibly none."""

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The finished tree."""
        raise NotImplementedError

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        if not self.blocks:
            return {"text/plain": ""}
        return {
            MIME: {"version": 1, "blocks": list(self.blocks)},
            "text/html": "\n".join(block_html(block) for block in self.blocks),
            "text/plain": str(self),
        }

    def __str__(self) -> str:
        return "\n\n".join(_plain(block) for block in self.blocks)

    def __repr__(self) -> str:
        first = next(iter(str(self).splitlines()), "")
        return f"{type(self).__name__}({first[:LONGEST]}{'…' if len(first) > LONGEST else ''})"

    def __bool__(self) -> bool:
        return bool(self.blocks)


@dataclass(frozen=True, repr=False)
class Title(Shown):
    """The head of a report."""

    overline: str
    title: str
    subtitle: tuple[str, ...]
    face: str = "evaluation"

    @property
    def blocks(self) -> tuple[Block, ...]:
        return ({"kind": "title"} | vars(self) | {"subtitle": list(self.subtitle)},)


@dataclass(frozen=True, repr=False)
class Prose(Shown):
    """Paragraphs computed from the tables; empty ones vanish."""

    paragraphs: tuple[Sentence, ...]
    role: str = "text"

    @property
    def blocks(self) -> tuple[Block, ...]:
        about = {"kind": "paragraph", "role": self.role}
        return tuple(about | {"runs": _runs(one)} for one in self.paragraphs if one)


@dataclass(frozen=True, repr=False)
class Essentials(Shown):
    """Findings, each with its level of evidence."""

    language: Language
    findings: tuple[Finding, ...]

    @property
    def blocks(self) -> tuple[Block, ...]:
        items = [
            {
                "level": one.level,
                "label": self.language.say(f"level.{one.level}"),
                "runs": _runs(one.sentence),
            }
            for one in self.findings
        ]
        return ({"kind": "findings", "items": items},) if items else ()


@dataclass(frozen=True, repr=False)
class Table(Shown):
    """A table with its caption; the first cell of a row names it. Without a row there is no table; beyond
    `MOST_ROWS` the others are counted. `left` more were never made, `origin` is the file of them all.
    """

    caption: str
    columns: tuple[tuple[str, str, float], ...]
    rows: tuple[tuple[Sentence, ...], ...]
    notes: tuple[Sentence, ...] = ()
    # The one source of every line: at the foot of the page; where there is no page, in a sentence below.
    source: str = ""
    left: int = 0
    origin: str = ""
    language: Language = FRENCH

    @property
    def blocks(self) -> tuple[Block, ...]:
        rows, source = self.rows[:MOST_ROWS], french_spaces(self.source)
        below = self.language.say("table.source", source=source) if source else ""
        told = {"kind": "table", "caption": self.caption, "source": source, "below": below}
        cells = {
            "notes": [_runs(note) for note in (*self.notes, *self._cut())],
            "columns": [dict(zip(("label", "align", "width"), one, strict=True)) for one in self.columns],
            "rows": [[_runs(cell) for cell in row] for row in rows],
        }
        return (told | cells,) if rows else ()

    def _cut(self) -> tuple[Sentence, ...]:
        """How many rows are left out, and where they are."""
        language = self.language
        every = len(self.rows) + self.left
        left = every - min(len(self.rows), MOST_ROWS)
        if not left:
            return ()
        counts = {
            "shown": language.number(every - left),
            "all": language.number(every),
            "left": language.number(left),
        }
        key = "table.cut.of" if self.origin else "table.cut"
        return (text(language.say(key, **counts, file=self.origin)),)


NO_TABLE = Table("", (), ())


@dataclass(frozen=True, repr=False)
class Notice(Shown):
    """A word of caution beside the figures."""

    sentence: Sentence
    tone: str = "info"

    @property
    def blocks(self) -> tuple[Block, ...]:
        said = _runs(self.sentence)
        return ({"kind": "notice", "tone": self.tone, "runs": said},) if said else ()


@dataclass(frozen=True, repr=False)
class Chart(Shown):
    """A drawing (SVG), what it says to who cannot see it, its caption with the source, and what was drawn as
    a table.
    """

    svg: str
    alt: str
    caption: Sentence
    data: Table = NO_TABLE
    width: float = 1.0

    @property
    def blocks(self) -> tuple[Block, ...]:
        told = {"kind": "chart", "svg": self.svg, "alt": self.alt, "caption": _runs(self.caption)}
        return (told | {"width": self.width, "data": list(self.data.blocks)},) if self.svg else ()


NOTHING = Chart("", "", ())


def text(words: str, *, declared: bool = False) -> Sentence:
    """One plain cell or sentence."""
    return (Run(words, declared=declared),) if words else ()


def table_of(
    language: Language,
    topic: str,
    widths: Mapping[str, float],
    rows: Iterable[Iterable[str | Sentence]],
    right: Sequence[str] = (),
    *,
    caption: str = "",
    notes: tuple[Sentence, ...] = (),
    source: str = "",
) -> Table:
    """A table whose headers are `<topic>.<column>` in the catalogue, its caption `<topic>.caption` unless
    one is given. Columns named in `right` hold figures. A cell is a sentence or words (declared ones keep
    their mark). A column that nobody filled says nothing: it is left out.
    """
    told = [cells(row) for row in rows]
    filled = [any(run.text for row in told for run in row[at]) for at in range(len(widths))]
    columns = (
        (language.say(f"{topic}.{name}"), "right" if name in right else "left", width)
        for name, width in widths.items()
    )
    kept = (tuple(itertools.compress(row, filled)) for row in (columns, *told))
    return Table(
        caption or language.say(f"{topic}.caption"),
        next(kept),
        tuple(kept),
        notes,
        source,
        language=language,
    )


def cells(row: Iterable[str | Sentence]) -> tuple[Sentence, ...]:
    """A row of a table: plain words become sentences."""
    return tuple(
        text(one, declared=isinstance(one, Declared)) if isinstance(one, str) else one for one in row
    )


def show(*things: Shown) -> None:
    """Show each thing in the notebook, in order; nothing to show becomes nothing, never an empty frame.

    >>> place = ik.load().territory("val-d-aubrelle")
    >>> ik.show(ik.map(place))  # the invented territories stand nowhere: nothing is shown
    """
    from IPython.display import display

    for thing in things:
        if thing:
            display(thing)


def _runs(sentence: Sequence[Run]) -> list[dict[str, Any]]:
    found = []
    for run in sentence:
        marks: dict[str, Any] = {name: True for name in ("strong", "declared") if getattr(run, name)}
        marks |= {"note": french_spaces(run.note)} if run.note else {}
        # What is declared keeps its words; its spaces are set as everywhere else on the page.
        found.append({"t": french_spaces(run.text) if run.declared else run.text, **marks})
    return found


def _words(runs: Sequence[Mapping[str, Any]]) -> str:
    return "".join(run["t"] for run in runs)


def _plain(block: Block) -> str:
    kind = block["kind"]
    if kind == "title":
        return "\n".join([block["overline"], block["title"], *block["subtitle"]])
    if kind == "findings":
        return "\n".join(f"[{item['label']}] {_words(item['runs'])}" for item in block["items"])
    if kind == "table":
        lines = [" | ".join(column["label"] for column in block["columns"])]
        lines += [" | ".join(_words(cell) for cell in row) for row in block["rows"]]
        below = [block["below"]] if block["below"] else []
        return "\n".join([block["caption"], *lines, *map(_words, block["notes"]), *below])
    if kind == "chart":
        return f"[{block['alt']}]\n{_words(block['caption'])}"
    return _words(block["runs"])
