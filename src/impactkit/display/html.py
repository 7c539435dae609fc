"""A block of the display tree as HTML: everything escaped, nothing read from outside the page."""

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

Block = Mapping[str, Any]

# Controls that turn the direction of the text could make a page read otherwise than it is written; the
# others are no text, and a PDF refuses them.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def block_html(block: Block) -> str:
    """One block (title, paragraph, findings, table, chart, notice) as HTML. Raises KeyError for another
    kind.
    """
    return _KINDS[block["kind"]](block)


def clean(text: str) -> str:
    """Text without control characters, those that turn its direction included."""
    return _CONTROLS.sub("", text)


def runs_html(runs: Sequence[Mapping[str, Any]]) -> str:
    """The runs of a sentence: strong words and declared text keep their marks."""
    found = []
    for run in runs:
        text = escape(clean(run["t"]))
        if run.get("declared"):
            text = f'<span class="declared">{text}</span>'
        found.append(f"<strong>{text}</strong>" if run.get("strong") else text)
        found.append(_call(run.get("call")))
    return "".join(found)


def _call(call: Mapping[str, Any] | None) -> str:
    """The mark of a note; only a page has numbered ones."""
    if call is None:
        return ""
    n, at = call["n"], call["at"]
    label = f'aria-label="{_text(call["label"])}"'
    return f'<sup class="ik-call"><a id="appel-{n}-{at}" href="#note-{n}" {label}>{n}</a></sup>'


def _text(words: str) -> str:
    return escape(clean(words))


def _title(block: Block) -> str:
    lines = "".join(f"<p>{_text(line)}</p>" for line in block["subtitle"])
    return (
        f'<header class="ik-title"><p class="ik-overline">{_text(block["overline"])}</p>'
        f'<h1>{_text(block["title"])}</h1><div class="ik-subtitle">{lines}</div></header>'
    )


def _paragraph(block: Block) -> str:
    name = "ik-note" if block["role"] == "note" else "ik-paragraph"
    return f'<p class="{name}">{runs_html(block["runs"])}</p>'


def _findings(block: Block) -> str:
    items = "".join(
        f'<li><span class="ik-level ik-{escape(item["level"])}">{_text(item["label"])}</span>'
        f"<p>{runs_html(item['runs'])}</p></li>"
        for item in block["items"]
    )
    return f'<ul class="ik-findings">{items}</ul>'


def _table(block: Block) -> str:
    # Said in the element too: a plain notebook page has none of our style sheet.
    sides = [f' style="text-align:{escape(column["align"])}"' for column in block["columns"]]
    total = sum(column["width"] for column in block["columns"])
    widths = "".join(f'<col style="width:{column["width"] / total:.1%}">' for column in block["columns"])
    heads = zip(sides, (_text(column["label"]) for column in block["columns"]), strict=True)
    head = "".join(f'<th scope="col"{side}>{label}</th>' for side, label in heads)
    body = "".join(f"<tr>{_row(row, sides)}</tr>" for row in block["rows"])
    told = list(block["notes"])
    # A page has numbered the source; elsewhere it stands below.
    if block.get("below") and not block.get("call"):
        told.append([{"t": block["below"]}])
    notes = "".join(f'<p class="ik-note">{runs_html(note)}</p>' for note in told)
    # On a narrow screen a table scrolls in its own box, which the keyboard must reach.
    anchor = f' id="{escape(block["anchor"])}"' if "anchor" in block else ""
    box = f'<div class="ik-table"{anchor} role="group" tabindex="0" aria-label="{_text(block["caption"])}">'
    caption = _text(block["caption"]) + _call(block.get("call"))
    return (
        f'{box}<table><caption style="text-align:left">{caption}</caption>'
        f"<colgroup>{widths}</colgroup>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{notes}</div>"
    )


def _row(row: Sequence[Any], sides: Sequence[str]) -> str:
    first, *others = (runs_html(cell) for cell in row)
    cells = "".join(f"<td{side}>{cell}</td>" for cell, side in zip(others, sides[1:], strict=True))
    return f'<th scope="row"{sides[0]}>{first}</th>{cells}'


def _chart(block: Block) -> str:
    number = f' data-number="{block["number"]}"' if "number" in block else ""
    image = base64.b64encode(block["svg"].encode("utf-8")).decode("ascii")
    return (
        f'<figure class="ik-chart"{number}>'
        f'<img src="data:image/svg+xml;base64,{image}" alt="{_text(block["alt"])}" '
        f'style="width:{block["width"]:.0%}"><figcaption>{_figure(block)}{runs_html(block["caption"])}'
        f"</figcaption>{_data(block)}</figure>"
    )


def _figure(block: Block) -> str:
    """« Figure 2 », which leads to its data at the end of the page; only a page numbers its figures."""
    if "number" not in block:
        return ""
    return f'<a id="figure-{block["number"]}" href="#donnees-{block["number"]}">{_text(block["label"])}</a> '


def _data(block: Block) -> str:
    """In a notebook, what was drawn folds under the drawing."""
    if "number" in block or not block.get("data"):
        return ""
    table = "".join(block_html(one) for one in block["data"])
    return f"<details><summary>{_text(block['data'][0]['caption'])}</summary>{table}</details>"


def _notice(block: Block) -> str:
    return f'<aside class="ik-notice ik-{escape(block["tone"])}"><p>{runs_html(block["runs"])}</p></aside>'


_KINDS: dict[str, Callable[[Block], str]] = {
    "title": _title, "paragraph": _paragraph, "findings": _findings, "table": _table, "chart": _chart,
    "notice": _notice,
}  # fmt: skip
KINDS = frozenset(_KINDS)
