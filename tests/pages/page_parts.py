"""The parts of a built page: sections by heading, sentences by punctuation, tables; what each is about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag

HEADINGS = ("h1", "h2", "h3")
SPACES = str.maketrans({"\u202f": " ", "\xa0": " ", "’": "'", "\n": " "})
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZÀÉÊÎÔ«0-9])")
# Of what a sentence speaks, by the first words that say so.
OUTCOMES = {
    "unemployment": re.compile(r"chômage|des actifs", re.IGNORECASE),
    "population": re.compile(r"population|habitants", re.IGNORECASE),
    "poverty": re.compile(r"pauvreté", re.IGNORECASE),
    "jobs": re.compile(r"emplois? salariés? privés?|\d emplois environ|pour l'emploi", re.IGNORECASE),
}
QUOTED = re.compile(r"« ([^»]+) »")
NUMBER = r"[+\u2212-]?\d+(?: \d{3})*(?:,\d+)?"


@dataclass(frozen=True)
class Sentence:
    """One sentence: its words, of which section and block, where it stands, and what it is about."""

    words: str
    section: str
    block: int
    kind: str
    outcome: str = ""
    level: str = ""
    figure: str = ""


@dataclass(frozen=True)
class Grid:
    """One table: caption, names of the columns, rows of cells, the lines below it."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    section: str
    outcome: str
    figure: str = ""

    def column(self, name: str) -> int | None:
        """Where a column stands, by the beginning of its name."""
        return next((at for at, words in enumerate(self.header) if words.startswith(name)), None)


@dataclass(frozen=True)
class Page:
    """A built page: its name, the lines under its title, its sentences in order, its tables."""

    name: str
    subtitle: str
    sentences: tuple[Sentence, ...]
    tables: tuple[Grid, ...]

    @property
    def sections(self) -> dict[str, list[Sentence]]:
        """Sentences by section."""
        found: dict[str, list[Sentence]] = {}
        for sentence in self.sentences:
            found.setdefault(sentence.section, []).append(sentence)
        return found

    def block(self, sentence: Sentence) -> str:
        """The whole block of a sentence."""
        return " ".join(other.words for other in self.sentences if other.block == sentence.block)


def page_of(html: str, name: str = "") -> Page:
    """A page read from its HTML."""
    soup = BeautifulSoup(html, "lxml")
    for tag in soup.select("style, script, svg, sup, nav, footer, .ik-notes, .ik-skip"):
        tag.decompose()
    for image in soup("img"):
        image["src"] = ""
    sentences: list[Sentence] = []
    tables: list[Grid] = []
    section, outcome = "", ""
    for number, (kind, tag) in enumerate(_blocks(soup)):
        if kind == "heading":
            section, outcome = words_of(tag), ""
            continue
        if kind == "table":
            grid = _grid(tag, section)
            tables.append(grid)
            text, figure, level = grid.caption, grid.figure, ""
        else:
            text, figure, level = _text(kind, tag), _figure(tag), _level(tag)
        if kind in ("caption", "alt", "table", "finding"):
            # It stands alone: what it is about, it says itself.
            outcome = ""
        for words in SENTENCE.split(text):
            outcome = about(words) or outcome
            sentences.append(Sentence(words, section, number, kind, outcome, level, figure))
    subtitle = " ".join(words_of(tag) for tag in soup.select(".ik-subtitle p"))
    return Page(name, subtitle, tuple(sentences), tuple(tables))


def words_of(tag: Tag) -> str:
    """The words of an element, with plain spaces and apostrophes."""
    return re.sub(" +", " ", tag.get_text().translate(SPACES)).strip()


def about(words: str) -> str:
    """What a sentence names, the earliest first; "" when it names nothing."""
    # What an evaluation names in its own words stands between quotation marks after « sur ».
    places = {name: match.start() for name, rule in OUTCOMES.items() if (match := rule.search(words))}
    return min(places, key=places.__getitem__) if places else ""


def numbers(words: str) -> list[float]:
    """Every number of a sentence, with its sign."""
    return [number_of(text) for text in re.findall(NUMBER, words)]


def number_of(text: str) -> float:
    """A number as the kit prints it."""
    return float(text.replace(" ", "").replace("\u2212", "-").replace(",", "."))


def _blocks(soup: BeautifulSoup) -> Iterator[tuple[str, Tag]]:
    main = soup.find("main") or soup
    for tag in main.find_all([*HEADINGS, "p", "li", "img", "figcaption", "table", "aside"]):
        if tag.name in HEADINGS:
            yield "heading", tag
        elif tag.name == "table":
            yield "table", tag
        elif tag.find_parent("table") is not None:
            continue
        elif tag.name == "img":
            yield "alt", tag
        elif tag.name == "figcaption":
            yield "caption", tag
        elif tag.name == "p" or not tag.find("p"):
            yield ("finding" if tag.find_parent("li") is not None else "prose"), tag


def _text(kind: str, tag: Tag) -> str:
    return str(tag["alt"]).translate(SPACES) if kind == "alt" else words_of(tag)


def _level(tag: Tag) -> str:
    item = tag.find_parent("li")
    mark = item.select_one(".ik-level") if item is not None else None
    return words_of(mark) if mark is not None else ""


def _figure(tag: Tag) -> str:
    """The number of the figure to which a block belongs: itself, or the table of what it drew."""
    holder = tag.find_parent("figure")
    if holder is not None:
        return str(holder.get("data-number", ""))
    holder = tag.find_parent(class_="ik-table")
    name = str(holder.get("id", "")) if holder is not None else ""
    return name.removeprefix("donnees-") if name.startswith("donnees-") else ""


def _grid(table: Tag, section: str) -> Grid:
    caption = table.find("caption")
    title = words_of(caption) if caption is not None else ""
    head = table.find("thead")
    header = [words_of(cell) for cell in head(["th", "td"])] if head is not None else []
    body = table.find("tbody") or table
    rows = [tuple(words_of(cell) for cell in row(["th", "td"])) for row in body("tr")]
    outcome = about(title) or next(filter(None, (about(row[0]) for row in rows if row)), "")
    return Grid(title, tuple(header), tuple(rows), section, outcome, _figure(table))
