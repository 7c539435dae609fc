"""Where the files of an evaluation's sources lie: dropped in a folder, or kept when they were fetched."""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from impactkit.data.setting_kinds import refuse
from impactkit.data.sources.cache import editions
from impactkit.data.sources.kinds import COMMON, KINDS
from impactkit.data.sources.source_settings import source_faults
from impactkit.errors import ImpactkitError, RefusedData
from impactkit.wording.language import Language

# By source, by part: the files, oldest first.
Located = tuple[tuple[str, tuple[tuple[str, tuple[Path, ...]], ...]], ...]
DROPPED, CACHE = "IMPACTKIT_SOURCES", "IMPACTKIT_CACHE"


def dropped_folder(language: Language) -> Path | None:
    """The folder of dropped files that the environment names. Raises RefusedData when it is not one."""
    named = os.environ.get(DROPPED)
    if named and not Path(named).is_dir():
        raise language.error(RefusedData, "source-folder", where=DROPPED, folder=named)
    return Path(named) if named else None


def cache_folder(folder: Path) -> Path:
    """Where fetched files are kept: the folder the environment names, else `raw` beside the evaluation."""
    named = os.environ.get(CACHE)
    return Path(named) if named else folder.parent / "raw"


def checked(language: Language, source: Mapping[str, Any], where: str) -> dict[str, Any]:
    """One [[source]] of evaluation.toml, its kind and keys known. Raises UnknownName or RefusedData."""
    refuse(language, faults(language, source, where), where)
    name = source["kind"]
    own = source.get("dataset") or source.get("indicator") or ""
    return {"id": f"{name}-{own}".lower().replace("_", "-") if own else name, **source}


def faults(language: Language, source: Mapping[str, Any], where: str) -> list[ImpactkitError]:
    """Everything that is wrong with one [[source]]: its kind, its keys, their values."""
    name = source.get("kind", "")
    if not isinstance(name, str) or name not in KINDS:
        return [language.unknown("noun.source", str(name), KINDS, where=where)]
    kind = KINDS[name]
    return list(source_faults(language, source, (*COMMON, *kind.keys), kind.needed, where))


def files(language: Language, source: Mapping[str, Any], folder: Path) -> dict[str, list[Path]]:
    """The files of a source by part, oldest first: those dropped, else those fetched.

    A table of the user's own is looked for in the evaluation's folder, then among the dropped files.
    """
    kind, found = KINDS[source["kind"]], {}
    for part, pattern in kind.parts.items():
        seen: list[Path] = []
        for place in (folder if source["kind"] == "table" else None, dropped_folder(language)):
            if place is not None and not seen:
                seen = sorted(path for path in place.rglob(pattern.format(**source)) if path.is_file())
        name = f"{source['id']}-{part}"
        if paths := seen or [one.path for one in reversed(editions(cache_folder(folder), name))]:
            found[part] = paths
    return found


def located(language: Language, sources: list[dict[str, Any]], folder: Path) -> Located:
    """The files of every source of an evaluation, oldest first."""
    held = ((source["id"], files(language, source, folder)) for source in sources)
    return tuple((name, tuple((part, tuple(paths)) for part, paths in some.items())) for name, some in held)


def digest(places: Located) -> str:
    """SHA-256 of every file that the sources of an evaluation are read from."""
    sha = hashlib.sha256()
    for source, parts in places:
        for part, path in ((part, path) for part, paths in parts for path in paths):
            sha.update(f"{source}\0{part}\0{path.name}\0".encode())
            sha.update(hashlib.sha256(path.read_bytes()).digest())
    return sha.hexdigest()
