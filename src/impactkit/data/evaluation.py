"""An evaluation: a folder of tables and one `evaluation.toml`, read and typed."""

from __future__ import annotations

import functools
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from impactkit.data import analysis_plan
from impactkit.data.folders import demo_folder, find, reference_folder
from impactkit.data.journal import reading
from impactkit.data.reserved import instead, is_reserved
from impactkit.data.settings import SECTIONS, read_settings
from impactkit.data.sources import found as sources_found
from impactkit.data.tables import columns, letters, read_text, read_typed, table_files, table_names, typed
from impactkit.errors import RefusedData, Rich
from impactkit.wording.language import FRENCH, Language, language_of


@dataclass(frozen=True)
class Wave:
    """Territories labelled together: its code, its name in words, the date of the label as it is known."""

    id: str
    name: str
    labelled: str


@dataclass(frozen=True, eq=False)
class Evaluation(Rich):
    """The folder, read: who, when, on which ground. Frames are given as copies; two readings of one content
    are equal.

    >>> ev = ik.load()
    >>> ev.title, len(ev.territories), ev.fictional
    ('Territoires d’exemple (exemple fictif)', 12, True)
    """

    folder: Path
    name: str
    title: str
    programme: str
    language: Language
    fictional: bool
    vintage: int
    # Of every declared amount (ISO 4217).
    currency: str
    waves: tuple[Wave, ...]
    report: Mapping[str, Any]
    label: Mapping[str, Any]
    target: Mapping[str, Any]
    rates: Mapping[str, Any]
    effects: Mapping[str, Any]
    secrecy: Mapping[str, Any]
    signing: Mapping[str, Any]
    codes: Mapping[str, Mapping[str, str]]
    # Its own words for those of the catalogue.
    words: Mapping[str, str]
    sources: tuple[Mapping[str, Any], ...]
    # Where each source is read from, by part; found when the evaluation was.
    files: Mapping[str, Mapping[str, tuple[Path, ...]]] = field(repr=False)
    digest: str
    _tables: Mapping[str, pd.DataFrame] = field(repr=False)
    # What could not be read as a number, by territory: its file and column.
    _unread: Mapping[str, tuple[str, str]] = field(repr=False)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Evaluation) and other.digest == self.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"Evaluation({self.name}: {len(self._tables['territories'])} territories)"

    def _told(self) -> tuple[tuple[str, str], ...]:
        waves = ", ".join(f"{wave.name} ({self.language.date(wave.labelled)})" for wave in self.waves)
        places = "\n".join(f"{place.code} : {place.name}" for place in self.territories)
        return self.language.cells(
            evaluation=self.title, waves=waves, territories=places, tables=", ".join(self.tables)
        )

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables that this evaluation holds."""
        return tuple(self._tables)

    def table(self, name: str) -> pd.DataFrame:
        """A copy of one table; without rows when the folder does not hold it. Raises UnknownName."""
        if name not in table_names():
            raise self.language.unknown("noun.table", name, table_names(), where=self.name)
        frame = self._tables.get(name)
        return (_empty(self.language, name) if frame is None else frame).copy()

    def planned(self, **choices: Any) -> Evaluation:
        """The same evaluation under another plan of analysis, to explore: outcomes, before and after (two
        years each), buffer, pool, as in [effects]; the file keeps what was decided. Raises like reading it.
        """
        told = {name: list(one) if isinstance(one, tuple) else one for name, one in choices.items()}
        effects = {**self.effects, **told}
        analysis_plan.checked(self.language, effects, "[effects]")
        digest = hashlib.sha256(f"{self.digest}{analysis_plan.fingerprint_of(effects)}".encode()).hexdigest()
        return replace(self, effects=MappingProxyType(effects), digest=digest)

    @functools.cached_property
    def territories(self) -> tuple[Any, ...]:
        """The territories, in the order of the table."""
        from impactkit.data.territories import territories_of

        return territories_of(self)

    def territory(self, code: str) -> Any:
        """One territory by its code. Raises UnknownName with the nearest codes, RefusedData when one of its
        figures cannot be read.
        """
        known = self._by_code
        if code not in known:
            names = {place.code: place.name for place in self.territories}
            raise self.language.unknown("noun.territory", code, names, where=self.name)
        if code in self._unread:
            file, column = self._unread[code]
            raise self.language.error(RefusedData, "not-numbers", where=f"{file}, {code}", column=column)
        return known[code]

    def name_of(self, code: str) -> str:
        """A territory's name, even when its figures cannot be read; the code itself when there is none."""
        place = self._by_code.get(code)
        return code if place is None else str(place.name)

    @functools.cached_property
    def _by_code(self) -> dict[str, Any]:
        """The territories by their codes; of two, the first."""
        return {place.code: place for place in reversed(self.territories)}

    def wave(self, id: str) -> Wave:
        """One wave by its code."""
        known = {wave.id: wave for wave in self.waves}
        if id not in known:
            raise self.language.unknown("noun.wave", id, known, where=f"{self.name}, territories.csv")
        return known[id]


@functools.lru_cache(maxsize=64)
def _empty(language: Language, table: str) -> pd.DataFrame:
    """A table without rows; sums of no number are numbers, too."""
    return typed(language, pd.DataFrame(columns=columns(table), dtype="str"), table)[0]


def load(folder: str | Path | None = None) -> Evaluation:
    """Read an evaluation's folder; without one, the invented evaluation that comes with the kit. Raises
    UnknownName (folder, key), RefusedData (a table that cannot be read).

    The same content is read once: the result is kept by the digest of the files.

    >>> ev = ik.load("data/french-impact")
    >>> len(ev.territories), ev.territory("valence-romans").name
    (27, 'Valence-Romans')
    """
    found = (demo_folder() if folder is None else find(folder)).resolve()
    settings = settings_of(FRENCH, found, str(folder or found.name))
    language = language_of(settings)
    files = sources_found.located(language, settings["source"], found)
    with reading(language, found):
        return _read(language, found, digest_of(found) + sources_found.digest(files), files)


def settings_of(language: Language, folder: Path, typed: str) -> dict[str, Any]:
    """The settings of an evaluation's folder. Raises RefusedData when there is no evaluation.toml in it."""
    if not (folder / "evaluation.toml").is_file():
        raise language.error(RefusedData, "no-evaluation", where=typed)
    for name in table_names():
        file = folder / f"{name}.csv"
        # A pipe would be waited for, and a table that a broken link hides would pass for an empty one.
        if os.path.lexists(file) and not file.is_file():
            raise language.error(RefusedData, "no-file", where=file.name)
    settings = read_settings(language, folder / "evaluation.toml")
    return settings


def digest_of(folder: Path) -> str:
    """SHA-256 of what an evaluation's figures come from: its settings, tables and the reference data."""
    sha = hashlib.sha256()
    for root, patterns in ((folder, ("*.toml", "*.csv")), (reference_folder(), ("*.csv", "*.gz"))):
        files = [path for pattern in patterns for path in root.glob(pattern) if path.is_file()]
        for file in sorted(files):
            sha.update(os.fsencode(file.name) + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return sha.hexdigest()


@functools.lru_cache(maxsize=4)
def _read(language: Language, folder: Path, digest: str, files: sources_found.Located) -> Evaluation:
    settings = read_settings(language, folder / "evaluation.toml")
    tables: dict[str, pd.DataFrame] = {}
    unread: dict[str, tuple[str, str]] = {}
    for name, file in table_files(language, folder).items():
        tables[name], wrong = read_typed(language, file, name)
        if "" in wrong:
            raise language.error(RefusedData, "not-numbers", where=file.name, column=wrong[""])
        unread |= {code: (file.name, column) for code, column in wrong.items()}
    if "territories" not in tables or tables["territories"].empty:
        raise language.error(RefusedData, "no-territories", where=folder.name)
    _unreserved(language, folder / "territories.csv")
    return Evaluation(
        folder=folder,
        name=folder.name,
        title=settings["title"],
        programme=settings["programme"],
        language=language_of(settings),
        fictional=settings.get("fictional", False),
        vintage=settings["vintage"],
        currency=settings["currency"],
        words=MappingProxyType(settings.get("words", {})),
        waves=tuple(Wave(**wave) for wave in settings["wave"]),
        **{name: MappingProxyType(settings.get(name, {})) for name in SECTIONS},
        sources=tuple(MappingProxyType(source) for source in settings["source"]),
        files={source: dict(parts) for source, parts in files},
        digest=digest,
        _tables=MappingProxyType(tables),
        _unread=MappingProxyType(unread),
    )


def _unreserved(language: Language, path: Path) -> None:
    """Raises RefusedData for a territory under whose code no folder of reports can stand."""
    rows = read_text(language, path)
    if "territory" not in rows:
        return
    column = letters(list(rows.columns).index("territory") + 1)
    codes = list(rows["territory"].str.strip())
    for line, code in enumerate(codes, start=2):
        if is_reserved(code):
            proposed = instead(code, codes)
            words, mended = language.advice("check.reserved", code=code, proposed=proposed)
            raise RefusedData(words, where=f"{path.name}, {column}{line}", next=mended)
