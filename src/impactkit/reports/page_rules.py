"""Rules that every built page keeps: language, alternative text, table headers, one order of headings,
nothing outside.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

from impactkit.wording.catalogue import say

_OUTSIDE = re.compile(r"^\s*(?:[a-z][a-z0-9+.-]*:)?//|^\s*(?:https?|ftp|file):", re.IGNORECASE)
_CSS_OUTSIDE = re.compile(r"url\(\s*['\"]?(?!data:)|@import", re.IGNORECASE)
_ADDRESSES = ("src", "href", "srcset", "data", "action", "poster")


def problems(html: str, *, links: bool = False) -> tuple[str, ...]:
    """What a page breaks, in words; empty when it keeps every rule. `links`: relative links are the page's
    business.
    """
    reader = _Reader(links)
    reader.feed(html)
    reader.close()
    found = list(reader.found)
    if not reader.lang:
        found.append(say("rule.lang"))
    if not reader.title.strip():
        found.append(say("rule.title"))
    if reader.levels.count(1) != 1:
        found.append(say("rule.h1"))
    jumps = [(a, b) for a, b in zip([0, *reader.levels], reader.levels, strict=False) if b > a + 1]
    if jumps:
        found.append(say("rule.levels"))
    twice = sorted({one for one in reader.ids if reader.ids.count(one) > 1})
    if twice:
        found.append(say("rule.ids", ids=", ".join(twice)))
    missing = [target for target in reader.anchors if target not in reader.ids]
    if missing:
        found.append(say("rule.anchors", ids=", ".join(missing)))
    return tuple(dict.fromkeys(found))


class _Reader(HTMLParser):
    def __init__(self, links: bool) -> None:
        super().__init__()
        self.links, self.lang, self.title = links, "", ""
        self.found: list[str] = []
        self.ids: list[str] = []
        self.anchors: list[str] = []
        self.levels: list[int] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._inside.append(tag)
        if tag == "html":
            self.lang = given.get("lang", "")
        elif tag in ("script", "iframe", "object", "embed", "link", "base", "form"):
            self.found.append(say("rule.tag", tag=tag))
        elif tag == "img" and not given.get("alt", "").strip():
            self.found.append(say("rule.alt"))
        elif tag == "th" and given.get("scope") not in ("col", "row"):
            self.found.append(say("rule.scope"))
        elif re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if "id" in given:
            self.ids.append(given["id"])
        for name, value in given.items():
            self._attribute(name, value)

    def _attribute(self, name: str, value: str) -> None:
        if name.startswith("on"):
            self.found.append(say("rule.tag", tag=name))
        elif name in _ADDRESSES:
            if value.startswith("#"):
                self.anchors.append(value[1:])
            elif _OUTSIDE.match(value) or not (
                value.startswith("data:image/") or self.links and name == "href"
            ):
                self.found.append(say("rule.outside", address=value[:60]))
        elif name == "style" and _CSS_OUTSIDE.search(value):
            self.found.append(say("rule.outside", address=value[:60]))

    def handle_data(self, data: str) -> None:
        if self._inside and self._inside[-1] == "title":
            self.title += data
        elif self._inside and self._inside[-1] == "style" and _CSS_OUTSIDE.search(data):
            self.found.append(say("rule.outside", address="style"))

    def handle_endtag(self, tag: str) -> None:
        if tag in self._inside:
            while self._inside and self._inside.pop() != tag:
                continue
