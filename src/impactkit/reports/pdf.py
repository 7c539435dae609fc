"""The PDF face of a report: one static typst template reads the page as JSON. No markup is made from data.

Tagged, accessible (PDF/UA-1) and archivable (PDF/A-3a); the same page on the same day gives the same bytes.
Never compile in a process that forks afterwards: typst's threads do not survive a fork.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from typing import Any

from impactkit.display.html import clean
from impactkit.display.style import FONTS, outlined
from impactkit.errors import ReportFailed
from impactkit.reports.child import never_fork_again
from impactkit.reports.html import TEMPLATE, foot
from impactkit.reports.page import Meta, Page
from impactkit.wording.language import Language
from impactkit.wording.plain_lines import on_a_line

STANDARDS = ["ua-1", "a-3a"]
_UNDRAWN = re.compile(r'the text `"(.+?)"` could not be displayed|contains the codepoint `"(.+?)"`')
# Of what the typesetter says, so many letters.
LONGEST = 200
MIMES = {".csv": "text/csv", ".json": "application/json"}


def render_pdf(
    language: Language, page: Page, meta: Meta, attached: Mapping[str, str] | None = None
) -> bytes:
    """The page as a PDF file, with files (name: text) `attached`. Raises ReportFailed for a character that
    no font of the kit draws, or a page that cannot be set.
    """
    import typst

    never_fork_again("typst")
    data = {
        **asdict(page),
        "meta": {**asdict(meta), "date": meta.date.timetuple()[:3]},
        "words": {
            "foot": foot(language, meta),
            "draft": outlined(language.say("state.draft").upper(), "#f1f3f5") if meta.draft else "",
            "description": language.say(
                "page.description", territory=meta.territory, evaluation=meta.evaluation
            ),
            **{
                name: language.say(f"page.{name}")
                for name in ("fictional", "contents", "annexes", "keyword")
            },
        },
        "files": [
            {
                "name": name,
                "text": text,
                "mime": MIMES[Path(name).suffix],
                "what": language.say(f"attached.{name}"),
            }
            for name, text in (attached or {}).items()
        ],
    }
    # Of matplotlib's fonts, the letters that Inter does not draw.
    fonts = [str(FONTS), str(files("matplotlib") / "mpl-data" / "fonts" / "ttf")]
    how = {"root": str(TEMPLATE), "ignore_system_fonts": True, "pdf_standards": STANDARDS}
    told = {"data": json.dumps(_cleaned(data), ensure_ascii=False)}
    try:
        made: bytes = typst.compile(str(TEMPLATE / "report.typ"), sys_inputs=told, font_paths=fonts, **how)
    except typst.TypstError as cause:
        undrawn = _UNDRAWN.search(str(cause))
        if undrawn is None:
            words = on_a_line(str(cause))[:LONGEST]
            raise language.error(ReportFailed, "unset", where=meta.territory, cause=words) from cause
        character = undrawn[1] or undrawn[2]
        raise language.error(ReportFailed, "undrawn", character=character) from cause
    return made


def _cleaned(tree: Any) -> Any:
    if isinstance(tree, str):
        return clean(tree)
    if isinstance(tree, dict):
        return {key: _cleaned(value) for key, value in tree.items()}
    if isinstance(tree, list | tuple):
        return [_cleaned(value) for value in tree]
    return tree
