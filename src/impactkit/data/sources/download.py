"""Official files fetched: asked for only when they have changed, kept whole or not at all.

Whoever fetches holds the folder of the source; a fetch that was killed leaves nothing that could be read,
and the next one completes it.
"""

import contextlib
import hashlib
import json
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx

from impactkit.data.sources.cache import Edition, Held, checksum, editions, keep, locked, settle
from impactkit.data.sources.looks import unlike
from impactkit.data.sources.transfer import LAST_BYTE, Asked, Received, receive, without_password
from impactkit.data.unpacking import json_of
from impactkit.wording.language import Language

LOCK, PART, DONE = ".lock", "fetch.part", "pages-done"
# Pages fetched longer ago (seconds) may be those of another edition: they are asked for again.
STALE = 24 * 3600.0
# One waits for another fetch of the same source as long (seconds) as one may last, and no more.
PATIENCE = 1.1 * LAST_BYTE


def download(
    language: Language, address: str, *, cache: Path, looks: str, **about: Any
) -> tuple[Edition, str]:
    """The newest edition of a file and what became of it: "new", "fresh" (as it was) or "changed".

    `looks`: csv, xlsx, zip, json, geojson or gz; `about`: the `source`, the `name` to keep it under, `most`
    (bytes), `progress(received, total or None)`: bytes, from 0 again at a new try. Raises SourceFailed; what
    the cache held is kept.
    """
    asked = Asked(language, address, **about)
    with _alone(asked, cache / asked.source) as part:
        last = next(iter(editions(cache, asked.source)), None)
        # Packed once is enough: a server that packs it again would have it unpacked twice.
        own = {"Accept-Encoding": "identity"} if looks == "gz" else {}
        asked = replace(asked, headers=own | _conditions(last, address))
        received = _receive(asked, part, looks)
        if received is None and last is not None:
            return last, "fresh"
        return _kept(cache, asked, part, received or Received())


def pages(
    language: Language,
    address: str,
    *,
    params: Mapping[str, str | int | Sequence[str]],
    cache: Path,
    **about: Any,
) -> tuple[Edition, str]:
    """All the pages of an answer of INSEE's Melodi, joined in one JSON file: its `observations`, and the
    other keys of the first page but `paging`. `about` (with a `limiter`), states, bytes and errors are those
    of `download`.

    Each page is kept as it comes, so that a fetch that was stopped goes on from the first missing one.
    """
    asked = Asked(language, address, **about)
    if progress := asked.progress:
        # How many pages will come is not known.
        asked = replace(asked, progress=lambda received, _: progress(received, None))
    first = str(asked.url(address).copy_merge_params(dict(params)))
    asked = replace(asked, address=first)
    own = cache / asked.source / f"pages-{hashlib.sha256(first.encode()).hexdigest()[:12]}"
    with _alone(asked, own.parent) as part:
        own.mkdir(exist_ok=True)
        found = _all_pages(asked, own, part)
        rows = [row for page in found for row in page["observations"]]
        count = found[0].get("paging", {}).get("count")
        if not rows or (type(count) is int and count != len(rows)):
            _discard(own)
            raise asked.failed("page-missing" if rows else "page-none", count=count, found=len(rows))
        others = {key: held for key, held in found[0].items() if key not in ("observations", "paging")}
        part.write_text(json.dumps({"observations": rows} | others, ensure_ascii=False), "utf-8")
        kept = _kept(cache, asked, part, Received())
        _discard(own)
        return kept


@contextlib.contextmanager
def _alone(asked: Asked, folder: Path) -> Iterator[Path]:
    """The file to write to, for the one who holds the folder of a source; nothing is left of it after.

    Raises SourceFailed when another one holds it for longer than a fetch may last.
    """
    part = folder / PART
    with contextlib.ExitStack() as opened:
        try:
            opened.enter_context(locked(folder / LOCK, PATIENCE))
        except Held as cause:
            minutes = max(round(cause.seconds / 60), 1)
            raise asked.failed("held", n=minutes, minutes=minutes) from cause
        opened.callback(part.unlink, missing_ok=True)
        _clear(folder)
        yield part


def _all_pages(asked: Asked, own: Path, part: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    address, seen, size, kept = asked.address, set(), 0, True
    while address:
        seen.add(address)
        number = len(found) + 1
        path = own / f"{number:04d}.json"
        page = _page(asked.language, path) if kept else None
        if page is None:
            kept = False
            one = replace(asked, address=address, before=size)
            _receive(one, part, "json")
            if (page := _page(asked.language, part)) is None:
                raise one.failed("page", page=number)
        found.append(page)
        # Asked before the page is kept: one that leads nowhere would be found again.
        if (address := _following(asked, page, address, number)) in seen:
            raise asked.failed("page", page=number)
        if not kept:
            settle(part, path)
        size += path.stat().st_size
    return found


def _page(language: Language, path: Path) -> dict[str, Any] | None:
    try:
        page = json_of(language, path)
    except (OSError, ValueError):
        return None
    sound = isinstance(page, dict) and isinstance(page.get("observations"), list)
    return page if sound and isinstance(page.get("paging", {}), dict) else None


def _following(asked: Asked, page: dict[str, Any], address: str, number: int) -> str:
    """The address of the next page, "" after the last."""
    paging = page.get("paging", {})
    link, last = paging.get("next"), paging.get("isLast")
    # An answer of one page has an empty `paging`.
    if last is True or (last is None and not link):
        return ""
    if not isinstance(link, str) or not link or not page["observations"]:
        raise asked.failed("page", page=number)
    here = httpx.URL(address)
    there = asked.url(link, here, clear=True)
    # Behind a gateway a server may believe that it is asked in plain http.
    if here.scheme == "https" and there.scheme == "http":
        there = there.copy_with(scheme="https")
    if (there.host, there.port) != (here.host, here.port):
        raise asked.failed("page-host", page=number, target=there.host)
    return str(there)


def _kept(cache: Path, asked: Asked, part: Path, told: Received) -> tuple[Edition, str]:
    last = next(iter(editions(cache, asked.source)), None)
    same = last is not None and checksum(part) == last.sha256
    address = without_password(asked.address)
    if last and same and (last.address, last.etag, last.modified, last.served) == (address, *told):
        return last, "fresh"
    edition = keep(cache, asked.source, part, name=asked.name, address=address, **told._asdict())
    return edition, "new" if last is None else "fresh" if same else "changed"


def _conditions(last: Edition | None, address: str) -> dict[str, str]:
    if last is None or last.address != without_password(address):
        return {}
    told = {"If-None-Match": last.etag, "If-Modified-Since": last.modified}
    return {key: value for key, value in told.items() if value.isascii() and value.isprintable() and value}


def _receive(asked: Asked, part: Path, looks: str) -> Received | None:
    received = receive(asked, part)
    if received and (wrong := unlike(part, looks)):
        raise asked.failed(wrong, looks=looks)
    return received


def _clear(folder: Path) -> None:
    """Remove what a fetch that was killed left behind, but the pages of today."""
    for part in folder.glob("*.part"):
        part.unlink()
    for own in folder.glob("pages-*"):
        first = own / "0001.json"
        if own.name == DONE or not first.exists() or time.time() - first.stat().st_mtime > STALE:
            shutil.rmtree(own)


def _discard(own: Path) -> None:
    # In one move: pages half removed would be taken for a fetch to complete.
    shutil.rmtree(own.rename(own.with_name(DONE)))
