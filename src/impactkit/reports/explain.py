"""`explain`: one figure of a built report, followed back to the rows that it comes from."""

import functools
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from impactkit.data import csv_text, official, series
from impactkit.data.catalogue import measures
from impactkit.data.evaluation import load
from impactkit.data.folders import reference_folder
from impactkit.data.sources.readers import rows_of_book
from impactkit.data.tables import read_text
from impactkit.data.territories import Territory
from impactkit.display.shown import Block, Prose, Shown, Table, text
from impactkit.effects.territory import effect
from impactkit.errors import ImpactkitError, ReportFailed
from impactkit.evidence.finding import Sentence
from impactkit.indicators.comparable import POPULATION, family_of
from impactkit.reports.files import sha256
from impactkit.wording.catalogue import has
from impactkit.wording.language import FRENCH, Language

HEAVIEST, TOLD = 10, "claims.csv"
# What is read of a claim.
ASKED = (
    *("claim", "territory", "indicator", "level", "rule", "sentence", "value", "low", "high", "n", "unit"),
    *("source", "as_of", "data_vintage", "geography_vintage", "assumptions", "checks"),
)
PUBLISHED = ("count_jobs_private", "rate_unemployment", POPULATION)
# Lines of one file that are worth printing.
MOST_LINES = 12
# Codes stand in the first columns; further on the same digits may be a figure.
KEYS, WIDTH = 2, 120
FOLDER = re.compile(r"""^folder\s*=\s*["'](.+)["']\s*$""", re.MULTILINE)


@dataclass(frozen=True, repr=False)
class Explained(Shown):
    """Several things to read, one after the other."""

    things: tuple[Shown, ...]

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks of each, in order."""
        return tuple(block for thing in self.things for block in thing.blocks)


def explain(report: str | Path, claim: str, *, evaluation: str | Path | None = None) -> Explained:
    """A claim of a built report (its folder): the sentence, the rule that chose it, the figure, the rows of
    the territory, the ten comparison units that weigh most, and the path, row count and hash of each file.
    `evaluation`: the folder that it was built from, when it is not where its notebook names it.

    Raises ReportFailed for a folder without claims.csv, UnknownName for a claim that is not there.

    >>> ik.explain("data/demo", "count_jobs")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    impactkit.errors.ReportFailed: data/demo : ce dossier n’a pas de claims.csv : ce n’est pas un rapport...
    """
    folder = Path(report)
    if not (folder / TOLD).is_file():
        raise FRENCH.error(ReportFailed, "no-claims", where=str(folder))
    row = _claimed(FRENCH, folder, claim)
    if (place := _territory(folder, str(row["territory"]), evaluation)) is None:
        return Explained((Prose((*_said(FRENCH, row), text(FRENCH.say("explain.no-evaluation")))),))
    language = place.language
    files = _files(place, str(row["indicator"]))
    codes = _units(place, str(row["indicator"]))
    lines = _table(language, "rows", (line for path in files for line in _told(language, path, codes)))
    hashed = _table(
        language, "files", ((path.name, *_print(language, path, path.stat().st_mtime_ns)) for path in files)
    )
    return Explained((Prose(_said(language, row)), lines, _heaviest(place, row, files), hashed))


def _claimed(language: Language, folder: Path, claim: str) -> dict[str, str]:
    """The row of a claim. Raises ReportFailed for a table that is none of claims, UnknownName for a claim
    that is not there.
    """
    claims = read_text(language, folder / TOLD).to_dict("records")
    if claims and not set(ASKED) <= set(claims[0]):
        raise language.error(ReportFailed, "no-claims", where=str(folder))
    rows = [row for row in claims if row["claim"] == claim]
    if not rows:
        names = [row["claim"] for row in claims]
        raise language.unknown("noun.claim", claim, names, where=str(folder))
    row = {str(name): str(cell) for name, cell in rows[0].items()}
    if not has(f"level.{row['level']}"):
        raise language.error(ReportFailed, "no-claims", where=str(folder))
    return row


def _territory(folder: Path, code: str, evaluation: str | Path | None) -> Territory | None:
    """The territory of a report, in the evaluation that its notebook names; None when that is not here."""
    if evaluation is not None:
        return load(evaluation).territory(code)
    try:
        named = _named(folder / "report.ipynb")
        return load(named).territory(code) if named else None
    except ImpactkitError:
        # The report has been moved away from its evaluation: what it says of itself is still told.
        return None


def _named(notebook: Path) -> str:
    """The folder of the evaluation that a notebook names, the last that it does; "" for none."""
    try:
        cells = json.loads(notebook.read_text("utf-8"))["cells"]
        sources = ["".join(cell["source"]) for cell in cells]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ""
    folders = [line[1] for line in map(FOLDER.search, sources) if line]
    return folders[-1] if folders else ""


def _said(language: Language, row: dict[str, Any]) -> tuple[Sentence, ...]:
    level = language.say(f"level.{row['level']}")
    found = [row["sentence"], language.say("explain.rule", rule=row["rule"], level=level)]
    figures = [f"{name} = {row[name]}" for name in ("value", "low", "high", "n", "unit") if row[name]]
    found.append(language.say("explain.figures", figures=", ".join(figures)))
    if row["source"]:
        dates = [row[name] for name in ("as_of", "data_vintage", "geography_vintage") if row[name]]
        found.append(language.say("explain.source", source=row["source"], dates=" ; ".join(dates) or "–"))
    found += [
        language.say(f"explain.{name}", told=row[name]) for name in ("assumptions", "checks") if row[name]
    ]
    return tuple(text(one) for one in found)


def _files(place: Territory, indicator: str) -> list[Path]:
    """The files that a figure comes from: a table of the evaluation, official files, the reference data."""
    ev, told = place.evaluation, _published(indicator)
    if table := measures()["table"].get(indicator, ""):
        return [path for path in (ev.folder / f"{table}.csv",) if path.is_file()]
    if told == POPULATION:
        return [reference_folder() / "population.csv.gz"]
    if (ev.table("outcomes")["indicator"] == told).any():
        return [ev.folder / "outcomes.csv"]
    family = family_of(place, told) if place.perimeter or place.units else ""
    known = [one for name in (family, "commune") for one in official.figures(ev, told, name)]
    paths = {Path(one.path) for one in known if one.path}
    # What the kit counts itself comes from the ground of the territory, and from all that is said of it.
    own = ("perimeters",) if place.perimeter else ev.tables
    return sorted(paths or {path for name in own if (path := ev.folder / f"{name}.csv").is_file()})


def _published(indicator: str) -> str:
    """The published figure behind a change, an index or a count of comparable units."""
    return next((name for name in PUBLISHED if name.split("_", 1)[1] in indicator), indicator)


def _units(place: Territory, indicator: str) -> set[str]:
    """The codes by which files name what a figure is about."""
    told = _published(indicator)
    if measures()["table"].get(indicator, "") or not (place.perimeter or place.units):
        return {place.code}
    if told == POPULATION:
        return set(place.communes)
    held = series.of_territory(place, told)
    zones = set(held["zone"]) - {""} if "zone" in held else set()
    return zones or set(place.units) or {part.code for part in place.perimeter}


def _heaviest(place: Territory, row: dict[str, Any], files: list[Path]) -> Table:
    language = place.language
    if row["level"] != "estimated":
        return Table("", (), ())
    weights = effect(place, row["indicator"]).weights
    heavy = sorted(weights, key=lambda unit: (-weights[unit], unit))[:HEAVIEST]
    where = {
        unit: " ; ".join(filter(None, (_where(language, path, unit) for path in files))) for unit in heavy
    }
    return _table(
        language, "heaviest", ((unit, language.percent(weights[unit]), where[unit]) for unit in heavy)
    )


def _table(language: Language, name: str, rows: Iterable[tuple[str, str, str]]) -> Table:
    told = tuple(tuple(text(cell) for cell in row) for row in rows)
    columns = tuple(
        (language.say(f"explain.{name}.{at}"), "left", 1.0) for at in ("first", "second", "third")
    )
    return Table(language.say(f"explain.{name}"), columns, told)


def _lines(language: Language, path: Path, codes: set[str]) -> tuple[tuple[int, str], ...]:
    """Line (from 1) and content of each row that opens with one of these codes."""
    return _found(language, path, path.stat().st_mtime_ns, frozenset(codes))


@functools.lru_cache(maxsize=64)
def _found(
    language: Language, path: Path, changed: int, codes: frozenset[str]
) -> tuple[tuple[int, str], ...]:
    return tuple(
        (at, " | ".join(cell for cell in cells if cell)[:WIDTH])
        for at, cells in enumerate(_cells(language, path), start=1)
        if not codes.isdisjoint(cells[:KEYS])
    )


@functools.lru_cache(maxsize=64)
def _print(language: Language, path: Path, changed: int) -> tuple[str, str]:
    """How many rows a file has, and its hash."""
    return language.number(sum(1 for _ in _cells(language, path))), sha256(path)


def _told(language: Language, path: Path, codes: set[str]) -> list[tuple[str, str, str]]:
    found = [(path.name, str(at), content) for at, content in _lines(language, path, codes)]
    if len(found) <= MOST_LINES:
        return found
    more = language.say("explain.more", count=language.number(len(found) - MOST_LINES + 1))
    return [*found[: MOST_LINES - 2], ("", "", more), found[-1]]


def _where(language: Language, path: Path, unit: str) -> str:
    lines = [at for at, _ in _lines(language, path, {unit})]
    return f"{path.name}:{lines[0]}-{lines[-1]}" if lines else ""


def _cells(language: Language, path: Path) -> Iterator[Sequence[str]]:
    """Rows of a CSV (perhaps compressed) or of every sheet of a workbook, as text."""
    if path.suffix == ".xlsx":
        yield from rows_of_book(language, path)
        return
    table = csv_text.strict(language, path)
    yield table.header
    yield from table.rows
