"""Nothing leaves a built page: a server of this machine hears of every request that a text could cause."""

import csv
import shutil

import local_server
import pytest
from waiting import wait_for

from impactkit.reports.page_rules import POLICY

PLACES = ("val-d-aubrelle", "baie-d-ysorne", "programme")
META = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
# What asks as soon as the page is read, one beside another; each address ends with the name of the leak.
LEAKS = {
    "img": '<img src="{site}/img" alt="x">',
    "srcset": '<img srcset="{site}/srcset 1x" alt="x">',
    "picture": '<picture><source srcset="{site}/picture"><img src="data:," alt="x"></picture>',
    "script": '<script src="{site}/script"></script>',
    "module": '<script type="module">import "{site}/module"</script>',
    "stylesheet": '<link rel="stylesheet" href="{site}/stylesheet">',
    "prefetch": '<link rel="prefetch" href="{site}/prefetch">',
    "preload": '<link rel="preload" as="image" href="{site}/preload">',
    "modulepreload": '<link rel="modulepreload" href="{site}/modulepreload">',
    "background": '<style>html {{ background: url("{site}/background") }}</style>',
    "import": '<style>@import "{site}/import";</style>',
    "font": '<style>@font-face {{ font-family: "F"; src: url("{site}/font") }}</style>'
    '<p style="font-family: F">mot</p>',
    "content": '<style>.c::before {{ content: url("{site}/content") }}</style><p class="c">mot</p>',
    "list": '<ul style="list-style-image: url({site}/list)"><li>mot</li></ul>',
    "border": '<p style="border: 9px solid; border-image: url({site}/border) 9">mot</p>',
    "mask": '<p style="mask-image: url({site}/mask)">mot</p>',
    "set": '<p style="background: image-set(url({site}/set) 1x)">mot</p>',
    "style": '<p style="background: url({site}/style)">mot</p>',
    "frame": '<iframe src="{site}/frame"></iframe>',
    "srcdoc": "<iframe srcdoc='&lt;img src=&quot;{site}/srcdoc&quot;>'></iframe>",
    "object": '<object data="{site}/object"></object>',
    "embed": '<embed src="{site}/embed">',
    "video": '<video src="{site}/video"></video>',
    "poster": '<video poster="{site}/poster"></video>',
    "audio": '<audio src="{site}/audio" autoplay></audio>',
    "vector": '<svg><image href="{site}/vector" width="9" height="9"/></svg>',
    "xlink": '<svg><image xlink:href="{site}/xlink" width="9" height="9"/></svg>',
    "feimage": '<svg width="9" height="9"><filter id="ff"><feImage href="{site}/feimage"/></filter>'
    '<rect width="9" height="9" filter="url(#ff)"/></svg>',
    "button": '<input type="image" src="{site}/button" alt="x">',
    "fetch": "<script>fetch('{site}/fetch')</script>",
    "made": "<script>new Image().src = '{site}/made'</script>",
    "beacon": "<script>navigator.sendBeacon('{site}/beacon')</script>",
    "request": "<script>var r = new XMLHttpRequest(); r.open('GET', '{site}/request'); r.send()</script>",
    "socket": "<script>new WebSocket('{site}/socket'.replace('http', 'ws'))</script>",
    "events": "<script>new EventSource('{site}/events')</script>",
    "worker": "<script>new Worker(URL.createObjectURL(new Blob([\"fetch('{site}/worker')\"])))</script>",
    "handler": '<img alt="x" src="x:" onerror="fetch(\'{site}/handler\')">',
    "ping": '<a id="pp" href="#pp" ping="{site}/ping">mot</a><script>pp.click()</script>',
}
# What changes the page itself, or leaves it: each alone.
ALONE = {
    "base": '<base href="{site}/base/"><img src="based.png" alt="x">',
    "form": '<form action="{site}/form"><input name="a"></form><script>document.forms[0].submit()</script>',
    "formaction": '<form><button formaction="{site}/formaction">a</button></form>'
    "<script>document.querySelector('button').click()</script>",
    "location": "<script>location = '{site}/location'</script>",
    "open": "<script>window.open('{site}/open')</script>",
}


@pytest.fixture(scope="module")
def canary():
    """A site of this machine that ought never to be asked anything."""
    with local_server.serving() as site:
        yield site


@pytest.fixture(scope="module")
def laden(repo, tmp_path_factory, processes, canary):
    """Reports of the invented evaluation, every cell of free text of which would like to fetch an image."""
    home = tmp_path_factory.mktemp("canari")
    folder = home / "source" / "demo"
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


@pytest.fixture(scope="module")
def site_published(laden, processes):
    """The same reports once they are signed and published in a folder."""
    home = laden.parent
    for place in PLACES:
        words = ("sign", laden / place, "--by", "Ada Exemple", "--as", "valide")
        assert processes.python("-m", "impactkit", *words).returncode == 0
    words = ("publish", home / "source" / "demo", "--reports", home, "--only", ",".join(PLACES))
    done = processes.python("-m", "impactkit", *words, "--to", home / "web")
    assert done.returncode == 0, done.stderr[-2000:]
    return home / "web" / "demo"


def opened(chromium, page, until=lambda: True):
    """What a page asked for besides itself, once it has settled, and `until` is a fact."""
    tab = chromium.new_page()
    asked = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(page.as_uri(), wait_until="networkidle")
    wait_for(until, f"what {page.name} asks for")
    tab.close()
    return [url for url in asked if url != page.as_uri() and not url.startswith("data:")]


def pages_of(*folders):
    return [page for folder in folders for page in sorted(folder.rglob("*.html"))]


def heard(canary):
    """The leaks that the site of this machine was asked for."""
    return {path.strip("/").split("/")[0].split("?")[0] for _, path, _ in canary.asked}


def test_no_text_of_a_table_makes_a_page_ask_for_anything(laden, site_published, canary, chromium):
    canary.asked.clear()
    built, published = pages_of(laden), pages_of(site_published)
    names = {"report.html", "index.html", "changes.html"}
    assert {page.name for page in built} == names and len(built) == len(PLACES) + 2
    assert {page.name for page in published} == names - {"changes.html"} and len(published) == len(
        PLACES
    ) + 1
    for page in [*built, *published]:
        text = page.read_text("utf-8")
        assert META in text.split("<style>")[0]
        assert "&lt;img src=" in text or page.name == "changes.html"
        assert opened(chromium, page) == []
    assert not canary.asked


def test_no_page_that_is_built_asks_for_anything(built, built_demo, chromium):
    pages = pages_of(built, built_demo)
    assert len(pages) > 40
    assert {page: asked for page in pages if (asked := opened(chromium, page))} == {}


def poisoned(page, markup, policy, to):
    """A page with a markup before its end, under its policy or without it."""
    text = page.read_text("utf-8")
    assert META in text and "</body>" in text
    to.write_text(
        (text if policy else text.replace(META, "")).replace("</body>", markup + "</body>"), "utf-8"
    )
    return to


KINDS = {
    "report": lambda laden, site: laden / PLACES[0] / "report.html",
    "candidate": lambda laden, site: laden / PLACES[1] / "report.html",
    "programme": lambda laden, site: laden / "programme" / "report.html",
    "contents": lambda laden, site: laden / "index.html",
    "changes": lambda laden, site: laden / "changes.html",
    "published contents": lambda laden, site: site / "index.html",
    "published report": lambda laden, site: site / PLACES[0] / "report.html",
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_leak_planted_in_a_page_is_heard_and_its_policy_stops_them_all(
    kind, laden, site_published, canary, chromium, tmp_path
):
    page = KINDS[kind](laden, site_published)
    markup = "".join(LEAKS.values()).format(site=canary.address)
    canary.asked.clear()
    every = lambda: heard(canary) >= LEAKS.keys()  # noqa: E731
    opened(chromium, poisoned(page, markup, False, tmp_path / "open.html"), every)
    canary.asked.clear()
    opened(chromium, poisoned(page, markup, True, tmp_path / "kept.html"))
    assert heard(canary) == set()


@pytest.mark.parametrize("name", [*LEAKS, *ALONE])
def test_even_markup_that_got_into_a_page_fetches_nothing(name, laden, canary, chromium, tmp_path):
    page = laden / PLACES[0] / "report.html"
    markup = (LEAKS | ALONE)[name].format(site=canary.address)
    # Without its policy the same page does ask: the canary hears.
    canary.asked.clear()
    opened(chromium, poisoned(page, markup, False, tmp_path / "open.html"), lambda: name in heard(canary))
    canary.asked.clear()
    opened(chromium, poisoned(page, markup, True, tmp_path / "kept.html"))
    assert not canary.asked


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
