"""Reading a built page as a suspicious person would: every figure, and every word that claims."""

import functools
import re
import unicodedata
from pathlib import Path

import pandas as pd
from bs4 import BeautifulSoup
from processes import words_of

from impactkit.data import geography
from impactkit.evidence.declared import publisher
from impactkit.evidence.picked import as_text
from impactkit.wording.catalogue import french_spaces
from impactkit.wording.language import FRENCH

# Where a line of a PDF may end inside a word.
BREAKS = re.compile("[\\s\u00ad\u200b\u2010-]")
NARROW = "\u202f"
MONTHS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
QUARTERS = r"\bT[1-4] \d{4}\b"
DATES = re.compile(
    rf"{QUARTERS}|\b(?:\d{{1,2}}(?:er)? )?(?:{MONTHS}) \d{{4}}\b|\b1er janvier\b|\b(?:19|20)\d{{2}}\b"
)
NUMBERS = re.compile(rf"[+\u2212]?\d+(?:{NARROW}\d{{3}})*(?:,\d+)?(?:{NARROW}%)?")
# Numbers that are words: a base, an age group, a closing day, the share that limits are set for.
NAMES = (
    "French Impact",
    "mesure d’impact territorial",
    "base 100",
    "75 ans et plus",
    "31 décembre",
    f"95{NARROW}% des évolutions",
    "arrondi à 0,1 point",
    f"intervalle à 95{NARROW}%",
    f"à 5{NARROW}%, un sur vingt",
    f"marge d’erreur de 5{NARROW}%",
    f"au-dessus de 5{NARROW}%",
    f"95{NARROW}% d’entre eux",
    f"95{NARROW}% d’entre elles",
    f"95{NARROW}% des unités",
)
# What only an estimate may claim.
CLAIMS = re.compile(r"\b(effets?|impacts?)\b", re.IGNORECASE)
# What it takes to claim it, why it is not claimed, what selection does to what was claimed.
DENIED = re.compile(
    r"pour parler d.effet|ne pourrait être appelé effet|faisons pas un effet|pas interprété comme un effet"
    r"|pas d.effet de la labellisation à mesurer|Seul effet retenu|pour un effet véritable de",
    re.IGNORECASE,
)
GRADES = "Ce que valent ces chiffres"
FIGURE = re.compile(r"Figure \d+\.")
# A fingerprint is a name.
EDITION = re.compile(r"édition \d+")
FINGERPRINT = re.compile(r"empreinte [0-9a-f]{12}")
# A block ends a sentence: without it « 54 » and « 226 240 » of two cells would read as one number.
BLOCKS = ("p", "li", "th", "td", "caption", "figcaption", "h1", "h2", "img", "span")


class Reading:
    """One page: its computed words, and what it quotes from the tables."""

    def __init__(self, html):
        soup = BeautifulSoup(html, "html.parser")
        for tag in soup(["style"]):
            tag.decompose()
        # Marks of notes, the table of contents and the numbers of figures are places in the page; the grades
        # of what figures are worth stand in claims.csv.
        for tag in soup.select("sup, nav, .ik-notes > ol > li > a, a[id^=figure-]"):
            tag.decompose()
        for caption in soup("caption"):
            if caption.get_text() == GRADES:
                caption.find_parent(class_="ik-table").decompose()
        for image in soup("img"):
            image.replace_with(soup.new_string(f" | {_alt(image, soup)} | "))
        self.notes = [
            part for one in soup.select(".ik-notes .declared") for part in one.get_text().split(" ; ")
        ]
        for tag in soup.select(".ik-notes"):
            tag.decompose()
        self.declared = [one.get_text() for one in soup.select(".declared")]
        for one in soup.select(".declared"):
            one.replace_with(" … ")
        for name in BLOCKS:
            for tag in soup(name):
                tag.insert_before(" | ")
                tag.insert_after(" | ")
        self.words = soup.get_text()

    def computed(self, names=()):
        """The computed words without the names of territories and of the programme."""
        words = FIGURE.sub("§", self.words)
        for name in sorted({*NAMES, *names}, key=len, reverse=True):
            if name.lower() in words.lower():
                words = re.sub(re.escape(name), "§", words, flags=re.IGNORECASE)
        return words

    def claims(self, names=()):
        """The words that claim, where they do."""
        return CLAIMS.findall(DENIED.sub("§", self.computed(names)))

    def numbers(self, names=()):
        """Every figure outside dates, years and names."""
        words = EDITION.sub("§", FINGERPRINT.sub("§", self.computed(names)))
        return NUMBERS.findall(DATES.sub("§", words))


def _alt(image, soup):
    """What a drawing says, but for what it quotes: the declared cells of the table of what it drew."""
    words = image["alt"]
    number = image.find_parent("figure").get("data-number", "")
    for cell in soup.select(f"#donnees-{number} .declared") if number else ():
        words = words.replace(cell.get_text(), "…", 1)
    return words


def printed(rows):
    """Every way in which the figures of a table of indicator rows may be printed, by the one formatter."""
    found = set()
    for row in rows.to_dict("records"):
        for name in ("value", "low", "high"):
            if pd.notna(row[name]):
                for signed in (row[name], abs(row[name])):
                    found |= {
                        as_text(FRENCH, signed, row["unit"]),
                        as_text(FRENCH, signed, row["unit"], sign=True),
                    }
        if pd.notna(row["n"]):
            found.add(FRENCH.number(row["n"]))
    return found


def cells(evaluation):
    """Every cell of an evaluation as it may be quoted: its spaces set, perhaps its initial small."""
    found = set()
    for table in evaluation.tables:
        for column in evaluation.table(table):
            for value in evaluation.table(table)[column]:
                text = value if isinstance(value, str) else "" if pd.isna(value) else FRENCH.number(value)
                found |= {text, text[:1].lower() + text[1:]}
    return {french_spaces(text) for text in found - {""}}


@functools.cache
def pdf_pages(path: Path):
    """The words of each page of a PDF."""
    return words_of(path).rstrip("\f").split("\f")


def body_pages(path: Path):
    """The words of each page of a report between the cover and the annexes."""
    pages = pdf_pages(path)
    opened = (at for at, page in enumerate(pages) if re.search("^Annexes$", page, re.MULTILINE))
    return pages[1 : next(opened, len(pages))]


def plain(words):
    """Words as both faces have them: without spaces, hyphens, ligatures and capitals."""
    return BREAKS.sub("", unicodedata.normalize("NFKC", words)).lower()


def rows_of(folder):
    """Every figure that a page may print: its indicators, and what is estimated."""
    rows = pd.read_csv(folder / "indicators.csv", dtype={"group": str, "period": str})
    others = [folder / "effects.csv", folder / "values.csv"]
    return pd.concat([rows, *(pd.read_csv(path) for path in others if path.is_file())])


def names_in(evaluation, territory, rows):
    """Names may hold figures: the programme's territories, and the units listed one by one."""
    groups = {group for group in rows["group"].dropna() if group.startswith("comparable=")}
    units = {group.removeprefix("comparable=") for group in groups} - {"median", "range"}
    names = {geography.name_of(territory.family, code, vintage=evaluation.vintage) for code in units}
    # Who says it may be called « Le 24-7 ».
    sources = {source for table in evaluation.tables for source in evaluation.table(table).get("source", [])}
    territories = {territory.name for territory in evaluation.territories}
    return territories | names | set(map(publisher, sources)) - {""}


def sources_of(folder):
    """The sources of the figures of a report, each alone and as they stand together."""
    told = rows_of(folder)["source"].dropna()
    return {french_spaces(one) for cell in told for one in (cell, *cell.split(" ; "))}
