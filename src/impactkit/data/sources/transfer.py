"""One thing asked of a server: tried again when it is busy or cut, never followed from a protected address
to one in the clear, never waited for without an end.
"""

import contextlib
import datetime as dt
import email.utils
import functools
import ipaddress
import re
import socket
import ssl
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NamedTuple

import httpx

from impactkit import __version__
from impactkit.data.sources.limit import Limiter
from impactkit.data.sources.watch import Watch
from impactkit.data.unpacking import TooMuch, layers, unpacked
from impactkit.errors import ImpactkitError, SourceFailed
from impactkit.wording.language import Language

# Seconds before each new try.
PAUSES: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0)
# A server may ask to wait; not for longer than this many seconds.
LONGEST = 120.0
# So many letters of what a server said are repeated.
LONGEST_SAID = 100
TIMEOUT = httpx.Timeout(30.0, connect=10.0)
HOPS = 5
REDIRECT = "impactkit.redirect"
BUSY = (429, 500, 502, 503, 504)
# A server answers within so many seconds, sends all within so many and, in the end, so many bytes a second.
FIRST_ANSWER, LAST_BYTE = 60.0, 1800.0
GRACE, LEAST_RATE = 20.0, 1_000.0
FAR = (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError)

Progress = Callable[[int, int | None], None] | None


@dataclass(frozen=True)
class Asked:
    """What is asked: an address, for a source, to be kept under a name; at most `most` bytes, `before` of
    which came earlier.
    """

    language: Language
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
        where = f"{without_password(self.address)} ({self.source})"
        return self.language.error(SourceFailed, f"fetch-{key}", where=where, name=self.name, **holes)

    def url(self, text: str, base: httpx.URL | None = None, *, clear: bool = False) -> httpx.URL:
        """An http or https address, `text` read from `base`. Raises SourceFailed for another, for one in the
        clear that is read from a protected one (`clear`: whoever asks sees to it), and for one of this
        machine or network that a server of elsewhere names.
        """
        target = without_password(text)[:LONGEST_SAID]
        try:
            found = base.join(text) if base else httpx.URL(text)
            is_web = found.scheme in ("http", "https") and bool(found.host)
        except (httpx.InvalidURL, UnicodeError, ValueError, TypeError) as cause:
            raise self.failed("address", target=target) from cause
        if not is_web:
            raise self.failed("address", target=target)
        if not clear and base and base.scheme == "https" and found.scheme == "http":
            raise self.failed("clear", target=target)
        if base and is_inside(found.host) and not is_inside(base.host):
            raise self.failed("inside", target=target)
        return found


class Received(NamedTuple):
    """What the server says of the file it sent, and the address that gave it when another was asked."""

    etag: str = ""
    modified: str = ""
    served: str = ""


def is_inside(host: str) -> bool:
    """Whether a host is this machine, or one of its own network, however its address is written."""
    name = host.strip("[]").rstrip(".").lower()
    if name == "localhost" or name.endswith((".localhost", ".local", ".internal")):
        return True
    with contextlib.suppress(OSError):
        # An address of four bytes may be written as one number, or in base 8 or 16.
        name = socket.inet_ntoa(socket.inet_aton(name))
    try:
        found = ipaddress.ip_address(name)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None) or found
    return not mapped.is_global


def without_password(address: str) -> str:
    """An address as it may be said and kept: without the name and the password before its host."""
    return re.sub(r"(?<=//)[^/?#]*@", "", address)


def receive(asked: Asked, part: Path) -> Received | None:
    """Write what the address holds to `part`, whole; None when it has not changed (304).

    Tried again after each of PAUSES, or after what the server asks. Raises SourceFailed.
    """
    pauses, end = iter(PAUSES), time.monotonic() + LAST_BYTE
    # Only what is unpacked here, block by block.
    usual = {"User-Agent": f"impactkit/{__version__}", "Accept-Encoding": "gzip, deflate"}
    hooks = {"response": [_keep_redirect]}
    with httpx.Client(verify=_trust(), timeout=TIMEOUT, headers=usual, event_hooks=hooks) as client:
        while True:
            try:
                return _once(client, asked, part, end)
            except httpx.HTTPError as cause:
                busy = cause.response if isinstance(cause, httpx.HTTPStatusError) else None
                pause = next(pauses, None)
                if pause is None or time.monotonic() > end:
                    key = "busy" if busy else "far" if isinstance(cause, FAR) else "line"
                    raise asked.failed(key, status=busy.status_code if busy else 0) from cause
                told = after(busy.headers.get("Retry-After", ""), dt.datetime.now(dt.UTC)) if busy else None
                time.sleep(pause if told is None else told)


def _keep_redirect(response: httpx.Response) -> None:
    """Take the address of a redirect away from httpx, which builds a request of it, whatever it is."""
    if response.has_redirect_location:
        response.extensions[REDIRECT] = response.headers.pop("Location")


@functools.cache
def _trust() -> ssl.SSLContext:
    # Reading the certificates takes longer than a small answer.
    return httpx.create_ssl_context()


def _once(client: httpx.Client, asked: Asked, part: Path, end: float) -> Received | None:
    first = url = asked.url(asked.address)
    for _ in range(HOPS + 1):
        place = asked.limiter.wait() if asked.limiter else 0.0
        with _answer(client, asked, url) as response:
            if asked.limiter:
                asked.limiter.answered(place)
            status, told = response.status_code, response.headers
            if status in BUSY:
                raise httpx.HTTPStatusError("busy", request=response.request, response=response)
            if REDIRECT in response.extensions:
                url = asked.url(response.extensions[REDIRECT], url)
                continue
            if status == 304 and any(key.startswith("If-") for key in asked.headers):
                return None
            if status != 200:
                raise asked.failed("gone" if status in (404, 410) else "status", status=status)
            _write(response, asked, part, end)
            served = without_password(str(url)) if url != first else ""
            return Received(told.get("ETag", ""), told.get("Last-Modified", ""), served)
    raise asked.failed("redirects", most=HOPS)


@contextlib.contextmanager
def _answer(client: httpx.Client, asked: Asked, url: httpx.URL) -> Iterator[httpx.Response]:
    """The answer to a request. Raises SourceFailed for one that does not begin in time, however little by
    little it comes, or whose body takes too long.
    """
    watch = Watch()
    with contextlib.ExitStack() as opened:
        opened.callback(watch.end)
        try:
            watch.begin(FIRST_ANSWER)
            stream = client.stream(
                "GET", url, headers=dict(asked.headers), extensions={"trace": watch.trace}
            )
            response = opened.enter_context(stream)
            watch.begin(LAST_BYTE)
            yield response
        except httpx.HTTPError as cause:
            if watch.cut:
                raise asked.failed("slow") from cause
            raise


def _write(response: httpx.Response, asked: Asked, part: Path, end: float) -> None:
    told = response.headers.get("Content-Length", "")
    total = int(told) if re.fullmatch(r"[0-9]{1,18}", told) else None
    large = asked.failed("large", most=asked.most // 1_000_000)
    if total is not None and total > asked.most:
        raise large
    coding = response.headers.get("Content-Encoding", "")
    try:
        codings = layers(coding)
    except LookupError as cause:
        raise asked.failed("coding", coding=coding[:LONGEST_SAID]) from cause
    travelled = _in_time(response, asked, end)
    try:
        with part.open("wb") as file:
            for block in unpacked(travelled, codings, asked.most):
                _keep(file, block, asked, large)
                if asked.progress:
                    # As they travel, packed or not: only these can be set against the total.
                    asked.progress(asked.before + response.num_bytes_downloaded, total)
    except TooMuch as cause:
        raise large from cause
    except zlib.error as cause:
        raise httpx.DecodingError(str(cause)) from cause


def _keep(file: BinaryIO, block: bytes, asked: Asked, large: ImpactkitError) -> None:
    file.write(block)
    if asked.before + file.tell() > asked.most:
        raise large


def _in_time(response: httpx.Response, asked: Asked, end: float) -> Iterator[bytes]:
    """The blocks as they travel. Raises SourceFailed when they come too slowly, or for too long."""
    start = time.monotonic()
    for block in response.iter_raw():
        elapsed = time.monotonic() - start
        rate = response.num_bytes_downloaded / max(elapsed, 1.0)
        if time.monotonic() > end or (elapsed > GRACE and rate < LEAST_RATE):
            raise asked.failed("slow")
        yield block


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
