"""Files and pages from their official address, kept whole or not at all."""

from __future__ import annotations

import email.utils
import hashlib
import json
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from impactkit.data.sources.cache import Edition, checksum, editions, keep, write_whole
from impactkit.data.sources.limit import Limiter
from impactkit.errors import SourceFailed
from impactkit.wording.catalogue import error

if TYPE_CHECKING:
    import httpx

# Seconds before each new attempt: a server that is tired, a line that is cut.
PAUSES = (1.0, 3.0, 8.0, 20.0)
LONGEST_PAUSE = 120.0
TIRED = (429, 500, 502, 503, 504)
MOST = 500_000_000
Progress = Callable[[int, int | None], None]


def download(
    address: str,
    *,
    cache: Path,
    source: str,
    name: str,
    looks: str,
    limiter: Limiter | None = None,
    progress: Progress | None = None,
    most: int = MOST,
) -> tuple[Edition, str]:
    """Fetch one file into the cache: the edition, and `new`, `fresh` (unchanged) or `changed` upstream.

    `looks`: csv, gz, json, geojson, xlsx or zip, by what the file begins with. A tired server (429, 5xx), a
    cut line or a truncated body is asked again, at most four times, after the pause that it asks for. Raises
    SourceFailed; what was in the cache stays as it was.
    """
    kept = editions(cache, source)
    part = _part(cache, source)
    headers = _conditions(kept[0]) if kept and kept[0].address == address else {}
    answer = _asked(address, headers, part, limiter, progress, most)
    if answer is None:
        return kept[0], "fresh"
    _looks(part, looks, address)
    if kept and checksum(part) == kept[0].sha256:
        part.unlink()
        return kept[0], "fresh"
    edition = keep(cache, source, part, name=name, address=address, **answer)
    return edition, "changed" if kept else "new"


def pages(
    address: str,
    *,
    params: Mapping[str, Any],
    cache: Path,
    source: str,
    name: str,
    limiter: Limiter,
    progress: Progress | None = None,
    most: int = MOST,
) -> tuple[Edition, str]:
    """Fetch every page of a Melodi answer and keep them as one file: the edition, and its state.

    A page is JSON: `observations`, and `paging` with `next` (an address) unless it is the last. Each is kept
    as it comes, so that a run that was killed goes on from the first that is missing; they become a file of
    the source only when all are there. Raises SourceFailed, also for a next page on another host.
    """
    import httpx

    asked = str(httpx.URL(address, params=dict(params)))
    folder = cache / source / ("pages-" + hashlib.sha256(asked.encode()).hexdigest()[:12])
    folder.mkdir(parents=True, exist_ok=True)
    found: list[dict[str, Any]] = []
    following: str | None = asked
    while following:
        place = folder / f"{len(found):04}.json"
        page = _read_page(place)
        if page is None:
            part = _part(cache, source)
            _asked(following, {}, part, limiter, None, most)
            _looks(part, "json", following)
            page = _page(json.loads(part.read_text("utf-8")), following)
            write_whole(place, json.dumps(page))
            part.unlink()
        found.append(page)
        if progress:
            progress(len(found), None)
        following = _next(page, following, found)
    whole = {**found[0], "observations": [one for page in found for one in page["observations"]]}
    whole.pop("paging", None)
    part = _part(cache, source)
    part.write_text(json.dumps(whole, ensure_ascii=False, sort_keys=True), "utf-8")
    kept = editions(cache, source)
    state = "new" if not kept else "fresh" if checksum(part) == kept[0].sha256 else "changed"
    if state == "fresh":
        part.unlink()
    edition = kept[0] if state == "fresh" else keep(cache, source, part, name=name, address=asked)
    for place in folder.iterdir():
        place.unlink()
    folder.rmdir()
    return edition, state


def _part(cache: Path, source: str) -> Path:
    folder = cache / source
    folder.mkdir(parents=True, exist_ok=True)
    return folder / ".part"


def _conditions(kept: Edition) -> dict[str, str]:
    asked = {"If-None-Match": kept.etag, "If-Modified-Since": kept.modified}
    return {name: value for name, value in asked.items() if value}


def _asked(
    address: str,
    headers: dict[str, str],
    part: Path,
    limiter: Limiter | None,
    progress: Progress | None,
    most: int,
) -> dict[str, str] | None:
    """The body of an answer in `part`, and its marks; None when nothing changed (304)."""
    import httpx

    pauses = [*PAUSES, None]
    for pause in pauses:
        if limiter:
            limiter.wait()
        try:
            with _opened(address, headers) as answer:
                if answer.status_code == 304:
                    return None
                if answer.status_code in TIRED and pause is not None:
                    time.sleep(_patience(answer, pause))
                    continue
                if answer.status_code != 200:
                    raise _failed("status", address, status=answer.status_code)
                _written(answer, part, progress, most, address)
                marks = answer.headers
                return {"etag": marks.get("ETag", ""), "modified": marks.get("Last-Modified", "")}
        except (httpx.TooManyRedirects, httpx.UnsupportedProtocol, httpx.InvalidURL) as cause:
            raise _failed("address", address) from cause
        except (httpx.TransportError, httpx.DecodingError) as cause:
            if pause is None:
                raise _failed("line", address, cause=type(cause).__name__) from cause
            time.sleep(pause)
    raise _failed("line", address, cause="")


@contextmanager
def _opened(address: str, headers: dict[str, str]) -> Iterator[httpx.Response]:
    import httpx

    patience = httpx.Timeout(30.0, connect=10.0)
    with (
        httpx.Client(timeout=patience, follow_redirects=True, max_redirects=5) as client,
        client.stream("GET", address, headers=headers) as answer,
    ):
        yield answer


def _written(
    answer: httpx.Response, part: Path, progress: Progress | None, most: int, address: str
) -> None:
    import httpx

    told = answer.headers.get("Content-Length")
    total, received = int(told) if told and told.isdigit() else None, 0
    with part.open("wb") as file:
        for chunk in answer.iter_bytes():
            received += len(chunk)
            if received > most:
                raise _failed("large", address, most=most // 1_000_000)
            file.write(chunk)
            if progress:
                progress(received, total)
    if total is not None and answer.num_bytes_downloaded < total:
        raise httpx.RemoteProtocolError("the body is shorter than announced")


def _patience(answer: httpx.Response, pause: float) -> float:
    """Seconds that the server asks for (a number or a date), at most two minutes."""
    asked = answer.headers.get("Retry-After", "")
    if asked.isdigit():
        return min(float(asked), LONGEST_PAUSE)
    day = email.utils.parsedate_to_datetime(asked) if asked.endswith("GMT") else None
    return min(max(day.timestamp() - time.time(), 0.0), LONGEST_PAUSE) if day else pause


def _looks(part: Path, looks: str, address: str) -> None:
    """Whether a file is what its name says: portals answer a page of excuses with the code of success."""
    head = part.read_bytes()[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head[:1] == b"<" and looks in ("csv", "json", "geojson", "gz", "xlsx", "zip"):
        raise _failed("html", address)
    sound = bool(head)
    if looks in ("xlsx", "zip"):
        sound = zipfile.is_zipfile(part) and not _broken(part)
    elif looks == "gz":
        sound = head[:2] == b"\x1f\x8b"
    elif looks in ("json", "geojson"):
        try:
            json.loads(part.read_bytes())
        except ValueError:
            sound = False
    elif looks == "csv":
        sound = sound and b"\0" not in head and any(mark in head for mark in (b";", b",", b"\t"))
    if not sound:
        raise _failed("not-it", address, looks=looks)


def _broken(part: Path) -> bool:
    with zipfile.ZipFile(part) as packed:
        return packed.testzip() is not None


def _read_page(place: Path) -> dict[str, Any] | None:
    return json.loads(place.read_text("utf-8")) if place.is_file() else None


def _page(answer: Any, address: str) -> dict[str, Any]:
    if not isinstance(answer, dict) or not isinstance(answer.get("observations"), list):
        raise _failed("not-it", address, looks="json")
    return answer


def _next(page: dict[str, Any], here: str, found: list[dict[str, Any]]) -> str | None:
    import httpx

    paging = page.get("paging") or {}
    following = paging.get("next")
    if not following or paging.get("isLast") or not page["observations"]:
        return None
    if httpx.URL(following).host != httpx.URL(here).host or len(found) > 10_000:
        raise _failed("address", following)
    return str(following)


def _failed(key: str, address: str, **holes: Any) -> SourceFailed:
    found = error(SourceFailed, f"fetch-{key}", where=address, **holes)
    assert isinstance(found, SourceFailed)
    return found
