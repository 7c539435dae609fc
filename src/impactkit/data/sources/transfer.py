"""One thing asked of a server: tried again when it is busy or cut, never followed to another protocol."""

import datetime as dt
import email.utils
import functools
import re
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import httpx

from impactkit import __version__
from impactkit.data.sources.limit import Limiter
from impactkit.errors import ImpactkitError, SourceFailed
from impactkit.wording.catalogue import error

# Seconds before each new try.
PAUSES: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0)
# A server may ask to wait; not for longer than this many seconds.
LONGEST = 120.0
TIMEOUT = httpx.Timeout(30.0, connect=10.0)
HOPS = 5
BUSY = (429, 500, 502, 503, 504)
FAR = (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError)

Progress = Callable[[int, int | None], None] | None


@dataclass(frozen=True)
class Asked:
    """What is asked: an address, for a source, to be kept under a name; at most `most` bytes, `before` of
    which came earlier.
    """

    address: str
    source: str
    name: str
    most: int = 500_000_000
    limiter: Limiter | None = None
    progress: Progress = None
    headers: Mapping[str, str] = field(default_factory=dict)
    before: int = 0

    def failed(self, key: str, **holes: object) -> ImpactkitError:
        """The error `fetch-<key>`, with the address and the source."""
        where = f"{self.address} ({self.source})"
        return error(SourceFailed, f"fetch-{key}", where=where, name=self.name, **holes)

    def url(self, text: str, base: httpx.URL | None = None) -> httpx.URL:
        """An http or https address, `text` read from `base`. Raises SourceFailed for any other."""
        try:
            found = base.join(text) if base else httpx.URL(text)
        except (httpx.InvalidURL, ValueError) as cause:
            raise self.failed("address", target=text) from cause
        if found.scheme not in ("http", "https") or not found.host:
            raise self.failed("address", target=text)
        return found


class Received(NamedTuple):
    """What the server says of the file it sent."""

    etag: str = ""
    modified: str = ""


def receive(asked: Asked, part: Path) -> Received | None:
    """Write what the address holds to `part`, whole; None when it has not changed (304).

    Tried again after each of PAUSES, or after what the server asks. Raises SourceFailed.
    """
    pauses = iter(PAUSES)
    agent = {"User-Agent": f"impactkit/{__version__}"}
    with httpx.Client(verify=_trust(), timeout=TIMEOUT, headers=agent, follow_redirects=False) as client:
        while True:
            try:
                return _once(client, asked, part)
            except httpx.HTTPError as cause:
                busy = cause.response if isinstance(cause, httpx.HTTPStatusError) else None
                if (pause := next(pauses, None)) is None:
                    key = "busy" if busy else "far" if isinstance(cause, FAR) else "line"
                    raise asked.failed(key, status=busy.status_code if busy else 0) from cause
                told = after(busy.headers.get("Retry-After", ""), dt.datetime.now(dt.UTC)) if busy else None
                time.sleep(pause if told is None else told)


@functools.cache
def _trust() -> ssl.SSLContext:
    # Reading the certificates takes longer than a small answer.
    return httpx.create_ssl_context()


def _once(client: httpx.Client, asked: Asked, part: Path) -> Received | None:
    url = asked.url(asked.address)
    for _ in range(HOPS + 1):
        place = asked.limiter.wait() if asked.limiter else 0.0
        with client.stream("GET", url, headers=dict(asked.headers)) as response:
            if asked.limiter:
                asked.limiter.answered(place)
            status, told = response.status_code, response.headers
            if status in BUSY:
                raise httpx.HTTPStatusError("busy", request=response.request, response=response)
            if response.has_redirect_location:
                url = asked.url(told["Location"], url)
                continue
            if status == 304 and any(key.startswith("If-") for key in asked.headers):
                return None
            if status != 200:
                raise asked.failed("gone" if status in (404, 410) else "status", status=status)
            _write(response, asked, part)
            return Received(told.get("ETag", ""), told.get("Last-Modified", ""))
    raise asked.failed("redirects", most=HOPS)


def _write(response: httpx.Response, asked: Asked, part: Path) -> None:
    told = response.headers.get("Content-Length", "")
    total = int(told) if re.fullmatch(r"[0-9]{1,18}", told) else None
    large = asked.failed("large", most=asked.most // 1_000_000)
    if total is not None and total > asked.most:
        raise large
    size = asked.before
    with part.open("wb") as file:
        for block in response.iter_bytes():
            size += len(block)
            if size > asked.most:
                raise large
            file.write(block)
            if asked.progress:
                # As they travel, packed or not: only these can be set against the total.
                asked.progress(asked.before + response.num_bytes_downloaded, total)


def after(told: str, now: dt.datetime) -> float | None:
    """The seconds that `Retry-After` asks for (a number or an HTTP date), at most LONGEST; None if it does
    not read.
    """
    if re.fullmatch(r"\s*[0-9]{1,9}\s*", told):
        return min(float(told), LONGEST)
    try:
        then = email.utils.parsedate_to_datetime(told)
    except ValueError:
        return None
    zoned = then if then.tzinfo else then.replace(tzinfo=dt.UTC)
    return min(max((zoned - now).total_seconds(), 0.0), LONGEST)
