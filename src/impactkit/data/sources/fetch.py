"""`fetch`: bring what may be fetched, say what is fresh, what changed, and what must be dropped."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from impactkit.data.sources.cache import Edition
from impactkit.data.sources.download import download, pages
from impactkit.data.sources.found import cache_folder, dropped_folder, files
from impactkit.data.sources.kinds import KINDS
from impactkit.data.sources.limit import Limiter
from impactkit.errors import ImpactkitError
from impactkit.wording.language import Language

MELODI_PAGE = 10_000
Source = Mapping[str, Any]
Progress = Callable[[str, int, int | None], None] | None


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
    language: Language,
    sources: tuple[Source, ...],
    folder: Path,
    *,
    only: str | None = None,
    progress: Progress = None,
) -> tuple[Fetched, ...]:
    """Every file of the sources of an evaluation (`only`: of one, by its id or kind), in order.

    A file that was dropped is left alone; one that cannot be fetched is named, with its page and the folder.
    A source that fails does not stop the others. Raises UnknownName for a source that is not there.
    """
    known = {name for source in sources for name in (source["id"], source["kind"])}
    if only is not None and only not in known:
        raise language.unknown("noun.source", only, known)
    asked = [one for one in sources if only in (None, one["id"], one["kind"])]
    parts = [(one, part) for one in asked for part in KINDS[one["kind"]].parts]
    return tuple(
        Fetched(one["id"], part, *_whatever(language, one, part, folder, progress)) for one, part in parts
    )


def _whatever(
    language: Language, source: Source, part: str, folder: Path, progress: Progress
) -> tuple[str, str]:
    """The state of one file, and its words; a fault that nobody foresaw stops this file alone."""
    try:
        return _part(language, source, part, folder, progress)
    except ImpactkitError as cause:
        return "failed", f"{cause}\n  {_to_drop(language, source, part)}"
    except Exception as cause:
        name = f"{source['id']} ({part})"
        fault = f"{type(cause).__name__}: {cause}"
        return (
            "failed",
            f"{language.say('fetch.fault', name=name, fault=fault)}\n  {_to_drop(language, source, part)}",
        )


def _part(
    language: Language, source: Source, part: str, folder: Path, progress: Progress
) -> tuple[str, str]:
    """The state of one file, and its words."""
    name = f"{source['id']} ({part})"
    address = source.get("address") or KINDS[source["kind"]].address.get(part, "").format(**source)
    here = files(language, source, folder).get(part, [])
    if here and cache_folder(folder) not in [parent for path in here for parent in path.parents]:
        return "dropped", language.say("fetch.dropped", name=name, file=here[-1].name)
    if not address:
        return "to-drop", _to_drop(language, source, part)
    edition, state = _fetched(language, source, part, address, cache_folder(folder), progress)
    words = language.say(f"fetch.{state}", name=name)
    if edition.served:
        words = f"{words} {language.say('fetch.served', address=edition.served)}"
    return state, words


def _fetched(
    language: Language, source: Source, part: str, address: str, cache: Path, progress: Progress
) -> tuple[Edition, str]:
    place, kind = f"{source['id']}-{part}", KINDS[source["kind"]]
    about: dict[str, Any] = {"cache": cache, "source": place}
    if progress:
        about["progress"] = lambda received, total: progress(place, received, total)
    if source["kind"] == "melodi":
        about |= {"params": _asked(source), "limiter": Limiter(cache / "melodi.times")}
        return pages(language, address, name=f"{source['dataset']}.json", **about)
    name = kind.parts[part].format(**source).replace("*", "x")
    return download(language, address, name=name, looks=kind.looks, **about)


def _asked(source: Source) -> dict[str, Any]:
    """What Melodi is asked for; a share asks for its denominator too, so for every value."""
    geography = source.get("geography", ())
    where = {} if "over" in source else source.get("where", {})
    return {"maxResult": MELODI_PAGE} | ({"GEO": list(geography)} if geography else {}) | where


def _to_drop(language: Language, source: Source, part: str) -> str:
    """The one sentence of a file that must be dropped: its name, its page, the folder."""
    kind = KINDS[source["kind"]]
    told: dict[str, Any] = {"title": kind.title or source["id"], "file": kind.parts[part].format(**source)}
    told |= {"page": kind.page or source.get("source", "")}
    return language.say(
        "fetch.to-drop", **told, folder=str(dropped_folder(language) or language.say("fetch.folder"))
    )
