"""`fetch`: bring what may be fetched, say what is fresh, what changed, and what must be dropped."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from impactkit.data.sources.download import download, pages
from impactkit.data.sources.found import cache_folder, dropped_folder, files
from impactkit.data.sources.kinds import KINDS, Kind
from impactkit.data.sources.limit import Limiter
from impactkit.errors import ImpactkitError, UnknownName
from impactkit.wording.catalogue import say

MELODI_PAGE = 10_000


@dataclass(frozen=True)
class Fetched:
    """One file of one source: `state` is new, fresh, changed, dropped (found in the folder), to-drop or
    failed; `words` says it whole.
    """

    source: str
    part: str
    state: str
    words: str


def fetch(
    sources: tuple[Mapping[str, Any], ...],
    folder: Path,
    *,
    only: str | None = None,
    progress: Callable[[str, int, int | None], None] | None = None,
) -> tuple[Fetched, ...]:
    """Every file of the sources of an evaluation (`only`: of one, by its id or kind), in order.

    A file that was dropped is left alone; one that cannot be fetched is named, with its page and the folder.
    A source that fails does not stop the others. Raises UnknownName for a source that is not there.
    """
    known = {name for source in sources for name in (source["id"], source["kind"])}
    if only is not None and only not in known:
        raise UnknownName.among(say("noun.source"), only, known)
    return tuple(
        _part(source, part, folder, progress)
        for source in sources
        if only in (None, source["id"], source["kind"])
        for part in KINDS[source["kind"]].parts
    )


def _part(
    source: Mapping[str, Any],
    part: str,
    folder: Path,
    progress: Callable[[str, int, int | None], None] | None,
) -> Fetched:
    kind, name = KINDS[source["kind"]], f"{source['id']} ({part})"
    address = source.get("address") or kind.address.get(part, "").format(**source)
    here = files(source, folder).get(part, [])
    kept = [path for path in here if cache_folder(folder) in path.parents]
    if here and not kept:
        return Fetched(source["id"], part, "dropped", say("fetch.dropped", name=name, file=here[-1].name))
    if not address:
        return Fetched(source["id"], part, "to-drop", _to_drop(kind, part, source))
    try:
        state = _fetched(source, part, address, folder, progress)
    except ImpactkitError as cause:
        return Fetched(source["id"], part, "failed", f"{cause}\n  {_to_drop(kind, part, source)}")
    return Fetched(source["id"], part, state, say(f"fetch.{state}", name=name))


def _fetched(
    source: Mapping[str, Any],
    part: str,
    address: str,
    folder: Path,
    progress: Callable[[str, int, int | None], None] | None,
) -> str:
    kind, cache = KINDS[source["kind"]], cache_folder(folder)
    place = f"{source['id']}-{part}"

    def told(received: int, total: int | None) -> None:
        if progress:
            progress(place, received, total)

    if source["kind"] == "melodi":
        params = {"maxResult": MELODI_PAGE} | _geography(source)
        limiter = Limiter(cache / "melodi.times")
        name = f"{source['dataset']}.json"
        return pages(
            address, params=params, cache=cache, source=place, name=name, limiter=limiter, progress=told
        )[1]
    name = kind.parts[part].format(**source).replace("*", "x")
    return download(address, cache=cache, source=place, name=name, looks=kind.looks, progress=told)[1]


def _geography(source: Mapping[str, Any]) -> dict[str, Any]:
    geography = source.get("geography", ())
    asked = {name: value for name, value in source.get("where", {}).items() if "over" not in source}
    return ({"GEO": list(geography)} if geography else {}) | asked


def _to_drop(kind: Kind, part: str, source: Mapping[str, Any]) -> str:
    """The one sentence of a file that must be dropped: its name, its page, the folder."""
    place = dropped_folder()
    return say(
        "fetch.to-drop",
        title=kind.title or source["id"],
        file=kind.parts[part].format(**source),
        page=kind.page or source.get("source", ""),
        folder=str(place) if place else say("fetch.folder"),
    )
