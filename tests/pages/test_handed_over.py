"""What makes a report fit to hand over: accessible, the same in both faces, short, whole. Over every page of
both evaluations.
"""

import functools
import re
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path

import pikepdf
import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import sync_playwright

from impactkit.data.tables import schemas
from impactkit.reports.execute import MOST_WORDS
from impactkit.reports.page_rules import problems

BREAKS = re.compile("[\\s\u00ad\u200b\u2010-]")
NUMBER = re.compile(r"\d+(?:\u202f\d{3})*(?:,\d+)?")
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What passes is not listed: it takes as long to tell as to find.
WCAG = {"runOnly": {"type": "tag", "values": LEVELS}, "resultTypes": ["violations"]}
# What a closed summary hides is reached once it is opened.
STOPS = "a[href], [tabindex]:not(details *), summary"
FOCUS = f"""() => {{
    window.reached = [];
    document.addEventListener("focusin", met => window.reached.push(Number(met.target.dataset.at ?? -1)));
    return [...document.querySelectorAll("{STOPS}")].map((one, at) => one.dataset.at = at);
}}"""
FONT = "getComputedStyle(document.querySelector('main')).fontFamily"
SOME = 8


@pytest.fixture(scope="module")
def reports(built, built_demo):
    """Every folder of a report, of both evaluations."""
    return sorted(path.parent for path in (*built.glob("*/report.html"), *built_demo.glob("*/report.html")))


@pytest.fixture(scope="module")
def pages(reports, built, built_demo):
    return [*(one / "report.html" for one in reports), *(one / "index.html" for one in (built, built_demo))]


@pytest.fixture(scope="module")
def browser():
    chromium = shutil.which("chromium")
    if not chromium:
        pytest.skip("no Chromium")
    with sync_playwright() as play:
        launched = play.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield launched
        launched.close()


@functools.cache
def soup_of(path):
    return BeautifulSoup(path.read_text("utf-8"), "html.parser")


@functools.cache
def pdf_pages(path):
    made = subprocess.run(["pdftotext", "-raw", str(path), "-"], capture_output=True, text=True, check=True)
    return made.stdout.rstrip("\f").split("\f")


def plain(words):
    return BREAKS.sub("", unicodedata.normalize("NFKC", words)).lower()


def body_pages(folder):
    """Pages between the cover and the annexes."""
    told = pdf_pages(folder / "report.pdf")
    opened = (at for at, page in enumerate(told) if re.search("^Annexes$", page, re.MULTILINE))
    return told[1 : next(opened, len(told))]


def test_both_evaluations_are_there(reports, capsys):
    with capsys.disabled():
        print(f"\n{len(reports)} rapports")
    assert len(reports) == 28 + 13


@pytest.mark.browser
@pytest.mark.slow
def test_axe_finds_nothing_and_the_keyboard_reaches_every_link_in_order(pages, browser, capsys):
    """axe-core (WCAG 2.2 AA): 0 violations on all built pages (the count of pages is printed); Tab order
    equals DOM order and every link is reached; 320 px wide without horizontal scroll.
    """
    from axe_playwright_python.sync_playwright import Axe

    narrow = browser.new_page(viewport={"width": 320, "height": 800})
    for path in pages:
        narrow.goto(path.as_uri())
        assert narrow.evaluate("document.documentElement.scrollWidth") <= 320, path
        found = Axe().run(narrow, options=WCAG).response["violations"]
        assert not found, (path, [(one["id"], one["nodes"][0]["html"][:200]) for one in found])
        asked = narrow.evaluate(FOCUS)
        for _ in asked:
            narrow.keyboard.press("Tab")
        assert narrow.evaluate("window.reached") == asked, path
    narrow.close()
    with capsys.disabled():
        print(f"\naxe-core : {len(pages)} pages, 0 violation")


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_reads_under_a_strict_policy_and_in_the_dark(reports, browser, scheme):
    from axe_playwright_python.sync_playwright import Axe

    for folder in reports[:: len(reports) // SOME]:
        tab = browser.new_page(color_scheme=scheme)
        refused = []
        tab.on("console", lambda message, refused=refused: refused.append(message.text))
        body = (folder / "report.html").read_text("utf-8")
        headers = {"Content-Security-Policy": POLICY, "Content-Type": "text/html; charset=utf-8"}
        tab.route("**/*", functools.partial(_answered, body=body, headers=headers))
        tab.goto("http://report.example/")
        assert not [one for one in refused if "policy" in one.casefold()], refused
        assert tab.evaluate("[...document.images].every(one => one.naturalWidth > 0)")
        assert tab.evaluate(FONT).startswith("Inter")
        tab.close()
        tab = browser.new_page(color_scheme=scheme)
        tab.goto((folder / "report.html").as_uri())
        assert not Axe().run(tab, options=WCAG).response["violations"], (folder, scheme)
        tab.close()


def _answered(route, *, body, headers):
    route.fulfill(body=body, headers=headers)


@pytest.mark.slow
def test_a_checker_of_accessible_pdf_finds_nothing(reports):
    """pdfua finds nothing."""
    files = [str(folder / "report.pdf") for folder in reports]
    made = subprocess.run([sys.executable, "-m", "pdfua", "check", *files], capture_output=True, text=True)
    assert made.returncode == 0, made.stdout[-2000:]


def test_the_alternative_text_of_a_figure_says_what_it_draws(reports):
    """every figure's alt text is over 40 characters and its numbers equal the chart's data."""
    count = 0
    for folder in reports:
        soup = soup_of(folder / "report.html")
        for figure in soup.select("figure"):
            alt = figure.img["alt"]
            assert len(alt) > 40, (folder, alt)
            number = figure.select_one("a[id^=figure-]")["id"].removeprefix("figure-")
            data = soup.select_one(f"#donnees-{number}").get_text(" ")
            known = set(NUMBER.findall(data))
            assert not [one for one in NUMBER.findall(alt) if one not in known], (folder.name, alt, data)
            count += 1
    assert count > 5 * 13


def test_both_faces_say_the_same(reports):
    """HTML and PDF of one territory contain the same sentences and numbers after normalising ligatures,
    hyphens and narrow spaces (test over all territories).
    """
    for folder in reports:
        soup = soup_of(folder / "report.html")
        notes = [one.get_text() for one in soup.select(".ik-notes .declared")]
        foot = plain(soup.select_one("footer").get_text().partition(" · Exemple")[0])
        first, *rest = pdf_pages(folder / "report.pdf")
        running = [plain(line) for line in rest[0].splitlines()[:2]]
        text = plain(first)
        notes_said = [f"{n}{plain(note)}" for n, note in enumerate(notes, start=1)]
        head = re.compile("^(?:" + "|".join(map(re.escape, running)) + "){1,2}")
        for number, page in enumerate(rest, start=2):
            page = plain(page)
            for words in (f"{foot}{number}/{len(rest) + 1}", *notes_said):
                page = page.replace(words, "")
            text += head.sub("", page)
        blocks = soup.select("h1, h2, h3, header p, main p, main li > p, caption, th, td, figcaption")
        lost = [one.get_text() for one in blocks if plain(one.get_text()) not in text]
        assert not lost, (folder, lost[:3])
        assert [plain(note) for note in notes if plain(note) not in plain(" ".join(rest))] == []
        printed = {one for block in blocks for one in re.findall(r"\d+(?:,\d+)?", block.get_text(" "))}
        counted = {str(n) for n in range(1, len(notes) + len(rest) + 2)}
        found = set(re.findall(r"\d+(?:,\d+)?", " ".join(rest)))
        told = printed | counted | {one for note in notes for one in re.findall(r"\d+(?:,\d+)?", note)}
        told |= set(re.findall(r"\d+(?:,\d+)?", soup.footer.get_text() + soup.h1.get_text()))
        # A note is called right after a figure's last letter: « 2024¹ ».
        assert not {one for one in found - told if one[:-1] not in told}, folder


def test_the_pdf_carries_the_twins_and_where_they_come_from(reports):
    for folder in reports:
        with pikepdf.open(folder / "report.pdf") as opened:
            attached = {name: one.get_file().read_bytes() for name, one in opened.attachments.items()}
            assert str(opened.Root.Lang) == "fr" and len(opened.Root.get("/AF", [])) == len(attached)
            with opened.open_metadata() as said:
                standards = [said[name] for name in ("pdfaid:part", "pdfaid:conformance", "pdfuaid:part")]
            assert standards == ["3", "A", "1"]
            with opened.open_outline() as outline:
                assert [one.title for one in outline.root][:1] == ["L’essentiel"]
        assert {"indicators.csv", "claims.csv", "provenance.json"} <= set(attached)
        for name, content in attached.items():
            assert content == (folder / name).read_bytes(), (folder, name)


def test_no_page_breaks_a_rule(pages):
    """No duplicated id on any page; heading levels never jump; no decimal point between digits outside
    licence names, versions and addresses, no message id or English word of the catalogue, no whole word nan,
    None or NaT.
    """
    keys, foreign = _catalogue()
    for path in pages:
        assert problems(path.read_text("utf-8"), links=path.name == "index.html") == (), path
        soup = BeautifulSoup(path.read_text("utf-8"), "html.parser")
        for one in soup.select("style"):
            one.decompose()
        words = soup.get_text(" ") + " ".join(image["alt"] for image in soup.select("img"))
        computed = re.sub(r"\S+\.(?:fr|json|csv|org|com)\b|ik\.\w+", " ", words)
        assert not re.findall(r"\d\.\d", computed), (path, re.findall(r".{20}\d\.\d.{20}", computed))
        assert not re.findall(r"\b(?:nan|None|NaT|NaN|inf)\b", words), path
        assert not [key for key in keys if key in computed], path
        met = set(re.findall(r"\b[a-z]{4,}\b", computed)) & foreign
        assert not met, (path, met)


def _catalogue():
    """Its keys, and the English words of keys and codes that no French sentence has."""
    import impactkit.wording.catalogue as catalogue

    file = Path(catalogue.__file__).with_name("locale") / "fr" / "LC_MESSAGES" / "impactkit.po"
    text = file.read_text("utf-8")
    keys = {key for key in re.findall(r'^msgid "([^"]+)"', text, re.MULTILINE) if "." in key}
    said = " ".join(re.findall(r'^msgstr.*?"(.*)"$', text, re.MULTILINE)).lower()
    french = set(re.findall(r"[a-zà-ÿ]{4,}", said))
    codes = [
        code
        for schema in schemas().values()
        for field in schema["fields"]
        for code in field.get("constraints", {}).get("enum", ())
    ]
    titles = " ".join(str(field) for schema in schemas().values() for field in schema["fields"])
    french |= set(re.findall(r"(?<=« )[a-zà-ÿ]{4,}", titles))
    words = {word for one in (*keys, *map(str, codes)) for word in re.findall(r"[a-z]{4,}", one)}
    # Words that both languages write alike, or that belong to names.
    alike = {"impact", "service", "consultant", "transport", "participation", "total", "finance", "local"}
    alike |= {"association", "candidate", "charge", "inclusion", "info", "range", "start"}
    return keys, words - french - alike


def test_the_body_is_within_four_pages_and_fifteen_hundred_words(reports, built, built_demo):
    """The body is within four pages and 1,500 words for every territory of both evaluations."""
    for folder in reports:
        soup = BeautifulSoup((folder / "report.html").read_text("utf-8"), "html.parser")
        for one in soup.select(".ik-annexes, .ik-notes, sup"):
            one.decompose()
        count = len(soup.main.get_text(" ").replace("\u202f", "").split())
        assert len(body_pages(folder)) <= 4, (folder, len(body_pages(folder)))
        assert count <= MOST_WORDS, (folder, count)


def test_a_sheet_of_what_is_known_holds_in_three_pages(reports):
    known = [folder for folder in reports if "FICHE DE CONNAISSANCE" in pdf_pages(folder / "report.pdf")[0]]
    assert len(known) > 20
    for folder in known:
        assert 1 <= len(body_pages(folder)) <= 4, folder
