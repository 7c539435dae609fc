"""Nothing leaves a built page: a server of this machine hears of every request that a text could cause."""

import csv
import shutil

import local_server
import pytest

from impactkit.reports.page_rules import POLICY

PLACES = ("val-d-aubrelle", "programme")
META = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
INJECTED = (
    '<img src="{site}/image.png" alt="x">',
    '<script src="{site}/script.js"></script>',
    '<link rel="stylesheet" href="{site}/sheet.css">',
    '<style>body {{ background: url("{site}/background.png") }}</style>',
    '<style>@import "{site}/import.css";</style>',
    '<style>@font-face {{ font-family: "F"; src: url("{site}/f.woff") }} p {{ font-family: "F" }}</style>',
    '<p style="background: url({site}/style.png)">x</p>',
    '<iframe src="{site}/frame.html"></iframe>',
    '<object data="{site}/object.svg"></object>',
    '<embed src="{site}/embed.svg">',
    '<video src="{site}/video.mp4" poster="{site}/poster.png"></video>',
    '<audio src="{site}/sound.mp3" autoplay></audio>',
    '<svg><image href="{site}/vector.png" width="9" height="9"/><use href="{site}/use.svg#a"/></svg>',
    '<input type="image" src="{site}/button.png" alt="x">',
    "<script>fetch('{site}/fetch'); new Image().src = '{site}/made.png'</script>",
    "<script>new WebSocket('{site}/socket'.replace('http', 'ws'))</script>",
    '<img alt="x" src="x:" onerror="fetch(\'{site}/handler\')">',
    '<base href="{site}/base/"><img src="based.png" alt="x">',
    '<form action="{site}/form"><input name="a"></form><script>document.forms[0].submit()</script>',
)


@pytest.fixture(scope="module")
def canary():
    """A site of this machine that ought never to be asked anything."""
    with local_server.serving() as site:
        yield site


@pytest.fixture(scope="module")
def laden(repo, tmp_path_factory, processes, canary):
    """Reports of the invented evaluation, every cell of free text of which would like to fetch an image."""
    home = tmp_path_factory.mktemp("canari")
    folder = home / "demo"
    shutil.copytree(repo / "data" / "demo", folder)
    columns = [_laid(file, canary.address) for file in sorted(folder.glob("*.csv"))]
    assert sum(columns) >= 50
    made = processes.python("-m", "impactkit", "run", folder, "--to", home, "--only", ",".join(PLACES))
    assert made.returncode == 0, made.stderr[-2000:]
    return home / "demo"


def _laid(file, address):
    """Lay the image in every cell of several words, and how many columns it is in."""
    with file.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    laden = set()
    for row in rows:
        for name in [name for name, text in row.items() if " " in (text or "")]:
            row[name] += f' <img src="{address}/x.png" alt="x">'
            laden.add(name)
    if rows:
        with file.open("w", encoding="utf-8", newline="") as opened:
            writer = csv.DictWriter(opened, rows[0])
            writer.writeheader()
            writer.writerows(rows)
    return len(laden)


def opened(chromium, page):
    """What a page asked for besides itself, once it has settled."""
    tab = chromium.new_page()
    asked = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(page.as_uri(), wait_until="networkidle")
    tab.close()
    return [url for url in asked if url != page.as_uri() and not url.startswith("data:")]


def test_no_text_of_a_table_makes_a_page_ask_for_anything(laden, canary, chromium):
    canary.asked.clear()
    pages = sorted(laden.rglob("*.html"))
    assert {page.name for page in pages} == {"report.html", "index.html", "changes.html"}
    assert len(pages) == len(PLACES) + 2
    for page in pages:
        text = page.read_text("utf-8")
        assert META in text.split("<style>")[0]
        assert "&lt;img src=" in text or page.name == "changes.html"
        assert opened(chromium, page) == []
    assert not canary.asked


@pytest.mark.parametrize("markup", INJECTED)
def test_even_markup_that_got_into_a_page_fetches_nothing(markup, laden, canary, chromium, tmp_path):
    whole = (laden / PLACES[0] / "report.html").read_text("utf-8")
    poisoned = whole.replace("</main>", markup.format(site=canary.address) + "</main>")
    page = tmp_path / "page.html"
    # Without its policy the same page does ask: the canary hears.
    for text, silent in ((poisoned.replace(META, ""), False), (poisoned, True)):
        canary.asked.clear()
        page.write_text(text, "utf-8")
        opened(chromium, page)
        assert bool(canary.asked) != silent, markup


def test_the_policy_stops_nothing_of_the_page_itself(laden, chromium):
    for file in laden.rglob("*.html"):
        tab = chromium.new_page()
        lines = []
        tab.on("console", lambda message, lines=lines: lines.append(message.text))
        tab.goto(file.as_uri())
        assert not [line for line in lines if "policy" in line.casefold()], lines
        assert tab.evaluate("[...document.images].every(image => image.naturalWidth > 0)")
        assert tab.evaluate("getComputedStyle(document.querySelector('.ik-page')).maxWidth") != "none"
        tab.close()
