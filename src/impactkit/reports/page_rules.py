"""Rules that every built page keeps: language, alternative text, table headers, one order of headings,
nothing outside.
"""

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from itertools import pairwise

from impactkit.errors import ReportFailed
from impactkit.wording.language import Language

# Another host, or any scheme: javascript: and data:text/html lead out of the page as surely as https:.
_OUTSIDE = re.compile(r"[/\\]{2}|[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_IGNORED = re.compile(r"[\x00-\x20]")  # what a browser skips while it reads an address
_CSS_OUTSIDE = re.compile(r"url\((?!\s*['\"]?data:)|@import|image-set", re.IGNORECASE)
# What a browser is told of the page before all else: nothing is fetched, run or sent, whatever a text in it
# may have become.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
    "base-uri 'none'; form-action 'none'"
)
_ADDRESSES = ("src", "href", "xlink:href", "srcset", "data", "action", "formaction", "poster", "background")
_BANNED = ("script", "iframe", "object", "embed", "link", "base", "form")
_POLICY_FIRST = re.compile(
    r'<!DOCTYPE html>\s*<html lang="[^"<>]*">\s*<head>\s*<meta charset="utf-8">\s*'
    rf'<meta http-equiv="Content-Security-Policy" content="{re.escape(POLICY)}">'
)


def ruled(language: Language, html: str, *, where: str = "", links: bool = False) -> str:
    """The page itself. Raises ReportFailed, naming what it breaks, for one that breaks a rule, or does not
    tell browsers its policy before anything else.
    """
    broken = problems(language, html, links=links)
    if not _POLICY_FIRST.match(html):
        broken += (language.say("rule.policy"),)
    if broken:
        raise language.error(ReportFailed, "page-rules", where=where, problems=" ".join(broken))
    return html


def problems(language: Language, html: str, *, links: bool = False) -> tuple[str, ...]:
    """What a page breaks, in words; empty when it keeps every rule. `links`: relative links are the page's
    business.
    """
    reader = _Reader(language, links)
    reader.feed(html)
    reader.close()
    jumps = any(b > a + 1 for a, b in pairwise([0, *reader.levels]))
    twice = ", ".join(sorted({one for one in reader.ids if reader.ids.count(one) > 1}))
    missing = ", ".join(target for target in reader.anchors if target not in reader.ids)
    broken = {"lang": not reader.lang, "title": not reader.title.strip(), "h1": reader.levels.count(1) != 1}
    broken |= {"levels": jumps, "ids": twice, "anchors": missing}
    found = [
        *reader.found,
        *(language.say(f"rule.{name}", ids=told) for name, told in broken.items() if told),
    ]
    return tuple(dict.fromkeys(found))


def _harmless(meta: Mapping[str, str]) -> bool:
    """Whether a `meta` gives no order to the browser, other than the policy of every page."""
    if "http-equiv" not in meta:
        return True
    return meta == {"http-equiv": "Content-Security-Policy", "content": POLICY}


class _Reader(HTMLParser):
    def __init__(self, language: Language, links: bool) -> None:
        super().__init__()
        self.language = language
        self.links, self.lang, self.title = links, "", ""
        self.found, self.ids, self.anchors, self.levels = [], [], [], []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._inside = tag
        broken = {
            "tag": tag in _BANNED or tag == "meta" and not _harmless(given),
            "alt": tag == "img" and not given.get("alt", "").strip(),
            "scope": tag == "th" and given.get("scope") not in ("col", "row"),
        }
        self.found += [self.language.say(f"rule.{name}", tag=tag) for name, wrong in broken.items() if wrong]
        self.lang = given.get("lang", "") if tag == "html" else self.lang
        self.levels += [int(tag[1])] if re.fullmatch("h[1-6]", tag) else []
        self.ids += [given["id"]] if "id" in given else []
        for name, value in given.items():
            self._attribute(name, value)

    def _attribute(self, name: str, value: str) -> None:
        language = self.language
        if name.startswith("on"):
            self.found.append(language.say("rule.tag", tag=name))
        elif name in _ADDRESSES:
            address = _IGNORED.sub("", value)
            inside = not _OUTSIDE.match(address) and self.links and name == "href"
            if value.startswith("#"):
                self.anchors.append(value[1:])
            elif not inside and not (name == "src" and address.startswith("data:image/")):
                self.found.append(language.say("rule.outside", address=value[:60]))
        elif name == "style" and _CSS_OUTSIDE.search(value):
            self.found.append(language.say("rule.outside", address=value[:60]))

    def handle_data(self, data: str) -> None:
        if self._inside == "title":
            self.title += data
        elif self._inside == "style" and _CSS_OUTSIDE.search(data):
            self.found.append(self.language.say("rule.outside", address="style"))

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""
