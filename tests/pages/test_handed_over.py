"""What makes a report fit to hand over: accessible, the same in both faces, short, whole. Over every page of
both evaluations.
"""

import functools
import re
from pathlib import Path

import pikepdf
import pytest
from bs4 import BeautifulSoup
from pages.reading import body_pages, pdf_pages, plain

from impactkit.data.tables import schemas
from impactkit.reports.execute import MOST_WORDS
from impactkit.reports.page_rules import problems
from impactkit.wording.language import FRENCH

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
    return [...document.querySelectorAll("{STOPS}")].map((stop, at) => stop.dataset.at = at);
}}"""
FONT = "getComputedStyle(document.querySelector('main')).fontFamily"
# Reports that are also read in the dark and under a strict policy.
IN_THE_DARK = 8


@pytest.fixture
def page(page_name, built, request):
    """The path of one page (« french-impact/mayotte/report.html »)."""
    evaluation, _, name = page_name.partition("/")
    return (built if evaluation == "french-impact" else request.getfixturevalue("built_demo")) / name


@functools.cache
def soup_of(path):
    return BeautifulSoup(path.read_text("utf-8"), "html.parser")


def test_both_evaluations_are_there(every_report):
    assert len(every_report) == 28 + 13


def test_every_page_is_among_those_that_are_tried(every_report):
    import tiers

    names = tiers.parameters(tiers.ALL)
    reports = {f"{folder.parent.name}/{folder.name}" for folder in every_report}
    pages = {f"{name}/report.html" for name in reports}
    pages |= {f"{folder.parent.name}/index.html" for folder in every_report}
    assert set(names["report_name"]) == reports and set(names["page_name"]) == pages


def violations(tab):
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(tab, options=WCAG).response["violations"]
    return [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in found]


def test_axe_finds_nothing_and_the_keyboard_reaches_every_link_in_order(page, chromium):
    """axe-core (WCAG 2.2 AA): 0 violations; Tab order equals DOM order and every link is reached; 320 px
    wide without horizontal scroll.
    """
    narrow = chromium.new_page(viewport={"width": 320, "height": 800})
    narrow.goto(page.as_uri())
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 320
    assert not violations(narrow)
    stops = narrow.evaluate(FOCUS)
    for _ in stops:
        narrow.keyboard.press("Tab")
    assert narrow.evaluate("window.reached") == stops
    narrow.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_reads_under_a_strict_policy_and_in_the_dark(every_report, chromium, scheme):
    for folder in every_report[:: len(every_report) // IN_THE_DARK]:
        tab = chromium.new_page(color_scheme=scheme)
        refused = []
        tab.on("console", lambda message, refused=refused: refused.append(message.text))
        body = (folder / "report.html").read_text("utf-8")
        headers = {"Content-Security-Policy": POLICY, "Content-Type": "text/html; charset=utf-8"}
        tab.route("**/*", functools.partial(_answered, body=body, headers=headers))
        tab.goto("http://report.example/")
        assert not [line for line in refused if "policy" in line.casefold()], refused
        assert tab.evaluate("[...document.images].every(image => image.naturalWidth > 0)")
        assert tab.evaluate(FONT).startswith("Inter")
        tab.close()
        tab = chromium.new_page(color_scheme=scheme)
        tab.goto((folder / "report.html").as_uri())
        assert not violations(tab), (folder, scheme)
        tab.close()


def _answered(route, *, body, headers):
    route.fulfill(body=body, headers=headers)


def test_a_checker_of_accessible_pdf_finds_nothing(report, processes):
    """pdfua finds nothing."""
    made = processes.python("-m", "pdfua", "check", report / "report.pdf")
    assert made.returncode == 0, made.stdout[-2000:]


def test_the_alternative_text_of_a_figure_says_what_it_draws(report):
    """Every figure's alternative text is over 40 characters and its numbers equal the chart's data."""
    soup = soup_of(report / "report.html")
    figures = soup.select("figure")
    for figure in figures:
        alt = figure.img["alt"]
        assert len(alt) > 40, alt
        number = figure.select_one("a[id^=figure-]")["id"].removeprefix("figure-")
        data = soup.select_one(f"#donnees-{number}").get_text(" ")
        drawn = set(NUMBER.findall(data))
        assert not [figure for figure in NUMBER.findall(alt) if figure not in drawn], (alt, data)


def test_there_are_figures_to_read(every_report):
    assert sum(len(soup_of(folder / "report.html").select("figure")) for folder in every_report) > 5 * 13


def test_both_faces_say_the_same(report):
    """HTML and PDF of one territory contain the same sentences and numbers after normalising ligatures,
    hyphens and narrow spaces (test over all territories).
    """
    soup = soup_of(report / "report.html")
    notes = [one.get_text() for one in soup.select(".ik-notes .declared")]
    foot = plain(soup.select_one("footer").get_text().partition(" · Exemple")[0])
    first, *rest = pdf_pages(report / "report.pdf")
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
    assert not lost, (report, lost[:3])
    assert [plain(note) for note in notes if plain(note) not in plain(" ".join(rest))] == []
    printed = {one for block in blocks for one in re.findall(r"\d+(?:,\d+)?", block.get_text(" "))}
    counted = {str(n) for n in range(1, len(notes) + len(rest) + 2)}
    found = set(re.findall(r"\d+(?:,\d+)?", " ".join(rest)))
    told = printed | counted | {one for note in notes for one in re.findall(r"\d+(?:,\d+)?", note)}
    told |= set(re.findall(r"\d+(?:,\d+)?", soup.footer.get_text() + soup.h1.get_text()))
    # A note is called right after a figure's last letter: « 2024¹ ».
    assert not {one for one in found - told if one[:-1] not in told}, report


def test_the_pdf_carries_the_twins_and_where_they_come_from(report):
    with pikepdf.open(report / "report.pdf") as opened:
        attached = {name: one.get_file().read_bytes() for name, one in opened.attachments.items()}
        assert str(opened.Root.Lang) == "fr" and len(opened.Root.get("/AF", [])) == len(attached)
        with opened.open_metadata() as said:
            standards = [said[name] for name in ("pdfaid:part", "pdfaid:conformance", "pdfuaid:part")]
        assert standards == ["3", "A", "1"]
        with opened.open_outline() as outline:
            assert [one.title for one in outline.root][:1] == ["L’essentiel"]
    assert {"indicators.csv", "claims.csv", "provenance.json"} <= set(attached)
    for name, content in attached.items():
        assert content == (report / name).read_bytes(), (report, name)


def test_no_page_breaks_a_rule(page):
    """No duplicated id on any page; heading levels never jump; no decimal point between digits outside
    licence names, versions and addresses, no message id or English word of the catalogue, no whole word nan,
    None or NaT.
    """
    keys, foreign = _catalogue()
    assert problems(FRENCH, page.read_text("utf-8"), links=page.name == "index.html") == ()
    soup = BeautifulSoup(page.read_text("utf-8"), "html.parser")
    for one in soup.select("style"):
        one.decompose()
    words = soup.get_text(" ") + " ".join(image["alt"] for image in soup.select("img"))
    computed = re.sub(r"\S+\.(?:fr|json|csv|org|com)\b|ik\.\w+", " ", words)
    assert not re.findall(r"\d\.\d", computed), (page, re.findall(r".{20}\d\.\d.{20}", computed))
    assert not re.findall(r"\b(?:nan|None|NaT|NaN|inf)\b", words)
    assert not [key for key in keys if key in computed]
    met = set(re.findall(r"\b[a-z]{4,}\b", computed)) & foreign
    assert not met, met


@functools.cache
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
        for schema in schemas(FRENCH).values()
        for field in schema["fields"]
        for code in field.get("constraints", {}).get("enum", ())
    ]
    titles = " ".join(str(field) for schema in schemas(FRENCH).values() for field in schema["fields"])
    french |= set(re.findall(r"(?<=« )[a-zà-ÿ]{4,}", titles))
    words = {word for one in (*keys, *map(str, codes)) for word in re.findall(r"[a-z]{4,}", one)}
    # Words that both languages write alike, or that belong to names.
    alike = {"impact", "service", "consultant", "transport", "participation", "total", "finance", "local"}
    alike |= {"association", "candidate", "charge", "inclusion", "info", "range", "start"}
    return keys, words - french - alike


def test_the_body_is_within_four_pages_and_fifteen_hundred_words(report):
    """The body is within four pages and 1,500 words."""
    soup = BeautifulSoup((report / "report.html").read_text("utf-8"), "html.parser")
    for tag in soup.select(".ik-annexes, .ik-notes, sup"):
        tag.decompose()
    count = len(soup.main.get_text(" ").replace("\u202f", "").split())
    assert len(body_pages(report / "report.pdf")) <= 4
    assert count <= MOST_WORDS


def test_a_sheet_of_what_is_known_holds_in_three_pages(every_report):
    files = [folder / "report.pdf" for folder in every_report]
    sheets = [file for file in files if "FICHE DE CONNAISSANCE" in pdf_pages(file)[0]]
    assert len(sheets) > 20
    for file in sheets:
        assert 1 <= len(body_pages(file)) <= 4, file
