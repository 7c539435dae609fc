"""Five reports read in full: their sentences as a person approved them, true and different."""

import os
import re

import pytest
from bs4 import BeautifulSoup

FIVE = ("valence-romans", "nantes-metropole", "strasbourg-eurometropole", "mayotte", "occitanie-est")
ENOUGH = 10
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZÀÉÊÎÔ«])")


def _sentences(html):
    """Every sentence and table line of a page, in order."""
    soup = BeautifulSoup(html, "html.parser")
    for tag in soup.select("style, footer, .ik-skip"):
        tag.decompose()
    found = []
    for block in soup.select("h1, h2, .ik-subtitle p, main p, tr, caption, figcaption, img"):
        if block.name == "img":
            found.append(block["alt"])
        elif block.name == "tr":
            found.append(" | ".join(cell.get_text() for cell in block(["th", "td"])))
        else:
            found += SENTENCE.split(block.get_text())
    return [one.replace("\u202f", " ") for one in found]


@pytest.mark.parametrize("code", FIVE)
def test_the_report_says_what_was_read_and_approved(built, repo, code):
    said = "\n".join(_sentences((built / code / "report.html").read_text("utf-8"))) + "\n"
    approved = repo / "tests" / "golden" / f"{code}.txt"
    if os.environ.get("IMPACTKIT_APPROVE") == "1":
        approved.write_text(said, "utf-8")
    assert said == approved.read_text("utf-8"), "read the page, then approve it with IMPACTKIT_APPROVE=1"


def test_each_of_the_five_says_ten_things_that_no_other_says(built, every_report):
    said = {code: _prose((built / code / "report.html").read_text("utf-8")) for code in FIVE}
    for code, mine in said.items():
        others = set().union(*(words for other, words in said.items() if other != code))
        assert len(mine - others) >= ENOUGH, code


def _prose(html):
    """The sentences alone: a table's lines and a chart's text differ for free."""
    return {one for one in _sentences(html) if " | " not in one and not one.startswith("Courbe ")}


def test_each_heading_documented_names_its_source(territory_code, built):
    soup = BeautifulSoup((built / territory_code / "report.html").read_text("utf-8"), "html.parser")
    for caption in soup.find_all("caption"):
        header = [cell.get_text() for cell in caption.find_parent("table").thead("th")]
        if header[-1].startswith("Source"):
            for row in caption.find_parent("table").tbody("tr"):
                assert row("td")[-1].get_text().strip()
