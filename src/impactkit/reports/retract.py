"""`retract`: an edition, or every edition that holds a quotation, taken out of what is published and of what
is kept; a line says that it was.
"""

import html
import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from impactkit.data.csv_writing import text_of_rows
from impactkit.data.evaluation import Evaluation, load
from impactkit.errors import RefusedData
from impactkit.reports.contents import found_in, write_changes, write_contents
from impactkit.reports.editions import FOLDER as EDITIONS
from impactkit.reports.execute import recover
from impactkit.reports.failure import FAILED
from impactkit.reports.files import alone
from impactkit.reports.keys import OwnKey, own_key
from impactkit.reports.ledger import RETRACTED, Line, add, broken_set_aside
from impactkit.reports.record import CODE, RunRecord, today
from impactkit.reports.release import Web, filled, pruned, switch, web_of
from impactkit.reports.strays import files_of, is_folder, remove
from impactkit.wording.language import Language
from impactkit.wording.plain_lines import on_a_line

LOG = "retracted.csv"
COLUMNS = ("date", "territory", "edition", "why")
_TAG = re.compile("<[^>]*>")


@dataclass(frozen=True, order=True)
class Edition:
    """One edition of a report, by its number; where it lies under a folder of reports, or of a release."""

    territory: str
    number: int
    path: str


def retract(
    folder: str | Path,
    *,
    by: str,
    why: str,
    report: str = "",
    edition: int = 0,
    quotation: str = "",
    to: str | Path | None = None,
    reports: str | Path = "reports",
) -> tuple[Edition, ...]:
    """Take the edition number `edition` of `report`, or every edition that holds `quotation`, out of the
    built reports and, under `to`, out of the published ones; the editions that were. `by` and `why` are
    kept, and `why` is published.

    Raises RefusedData when nobody or nothing is said, no such edition is there, or for a key that cannot be
    used.
    """
    ev = load(folder)
    language = ev.language
    key = own_key(language)
    by, why = on_a_line(by), on_a_line(why)
    if not by or not why:
        raise language.error(RefusedData, "retract-unsigned", where=ev.name)
    if bool(quotation.strip()) == bool(report and edition) or _holds(why, quotation):
        raise language.error(RefusedData, "retract-what", where=ev.name)
    source = Path(reports).resolve() / ev.name
    gone: list[Edition] = []
    line = Line(RETRACTED, 0, by=by, why=why, on=today(language).isoformat())
    if is_folder(source):
        with alone(language, source):
            recover(language, source)
            gone += _from_built(ev, source, line, key, (report, edition, quotation))
    if to is not None:
        web = web_of(language, Path(to).resolve(), ev.name)
        with alone(language, web.releases):
            gone += _from_published(ev, web, line, key, (report, edition, quotation))
    if not gone:
        raise language.error(RefusedData, "retract-none", where=ev.name)
    return tuple(gone)


Wanted = tuple[str, int, str]


def _from_built(
    ev: Evaluation, source: Path, line: Line, key: OwnKey | None, wanted: Wanted
) -> list[Edition]:
    gone = [edition for edition in editions_in(ev.language, source) if _is_wanted(source, edition, wanted)]
    if not gone:
        return []
    _noted(ev.language, source, source, gone, line, key)
    for edition in gone:
        remove(source / edition.path)
    _, _, quotation = wanted
    if quotation and is_folder(source / FAILED):
        for file in files_of(source / FAILED):
            if _holds(text_of(file), quotation):
                remove(file)
    write_contents(ev, source)
    write_changes(ev, source)
    return gone


def _from_published(
    ev: Evaluation, web: Web, line: Line, key: OwnKey | None, wanted: Wanted
) -> list[Edition]:
    current = web.current
    if current is None:
        return []
    gone = [edition for edition in editions_in(ev.language, current) if _is_wanted(current, edition, wanted)]
    if not gone:
        return []
    # Said before it is done: a retraction that is cut is begun again, and never half said.
    _noted(ev.language, web.releases, current, gone, line, key)
    release = filled(web, ev, {}, [edition.path for edition in gone])
    switch(web.link, release)
    # Nobody finishes reading what is retracted.
    pruned(web, int(release.name))
    return gone


def editions_in(language: Language, folder: Path) -> Iterator[Edition]:
    """The editions that lie in a folder of reports: those that stand, and those that are kept."""
    for report in sorted(folder.iterdir()):
        if is_folder(report) and CODE.fullmatch(report.name) and report.name != EDITIONS:
            found = found_in(language, report)
            number = found.edition if isinstance(found, RunRecord) else 0
            yield Edition(report.name, number, report.name)
    kept = folder / EDITIONS
    if not is_folder(kept):
        return
    for place in sorted(path for path in kept.glob("*/*") if is_folder(path) and is_folder(path.parent)):
        number = place.name.partition(".")[0]
        if number.isdecimal():
            yield Edition(place.parent.name, int(number), place.relative_to(folder).as_posix())


def _is_wanted(folder: Path, edition: Edition, wanted: Wanted) -> bool:
    report, number, quotation = wanted
    if not quotation:
        return (edition.territory, edition.number) == (report, number)
    return any(_holds(text_of(file), quotation) for file in files_of(folder / edition.path))


def _noted(
    language: Language, place: Path, folder: Path, gone: list[Edition], line: Line, key: OwnKey | None
) -> None:
    """A line in each journal, and one in the list that goes with the reports."""
    numbers = sorted({(edition.territory, edition.number) for edition in gone})
    for territory, number in numbers:
        broken_set_aside(language, place, territory)
        about = {"by": line.by, "why": line.why, "on": line.on}
        add(language, place, territory, Line(RETRACTED, number, **about), key=key)
    path = folder / LOG
    before = path.read_text("utf-8") if path.is_file() else text_of_rows(COLUMNS, ())
    rows = [(line.on, territory, str(number), line.why) for territory, number in numbers]
    _rewritten(path, before + text_of_rows(rows[0], rows[1:]))


def _rewritten(path: Path, text: str) -> None:
    # A release shares its files with the one before: never written again, always anew.
    aside = path.with_name(f".{path.name}.new")
    remove(aside)
    with aside.open("x", encoding="utf-8", newline="") as file:
        file.write(text)
    aside.replace(path)


def _holds(text: str, quotation: str) -> bool:
    """Whether a text holds a quotation, whatever its typography."""
    letters = _letters(quotation)
    return bool(letters) and letters in _letters(text)


def _letters(text: str) -> str:
    """Letters and figures alone, in one case, without accents."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(filter(str.isalnum, plain))


def text_of(file: Path) -> str:
    """What a file says: the strings of JSON, one after the other; a page without its marks."""
    text = file.read_bytes().decode("utf-8", "replace")
    if file.suffix == ".html":
        return html.unescape(_TAG.sub("", text))
    if file.suffix not in (".json", ".ipynb"):
        return text
    try:
        return "".join(_strings(json.loads(text)))
    except (ValueError, RecursionError):
        return text


def _strings(tree: Any) -> Iterator[str]:
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, dict):
        # What a run says, but not its marks: they would cut a quotation in two.
        if isinstance(tree.get("t"), str):
            yield tree["t"]
            return
        for branch in tree.values():
            yield from _strings(branch)
    elif isinstance(tree, list):
        for branch in tree:
            yield from _strings(branch)
