"""What a fetched file must look like before it is kept: a server often answers with a web page instead."""

import gzip
import json
import lzma
import zipfile
import zlib
from pathlib import Path

HEAD = 4096
# Beyond this (bytes), once unpacked, an archive is a trap.
LARGEST = 10_000_000_000
DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, RuntimeError, ValueError)
MAPS = ("FeatureCollection", "Feature", "GeometryCollection")


def unlike(path: Path, looks: str) -> str:
    """Why a file is not what it should look like (csv, xlsx, zip, json, geojson, gz): "empty", "html" (a web
    page), "not-it" (another format), "broken" (damaged or cut); "" when it is. Raises KeyError for a look
    that is none.
    """
    check = _CHECKS[looks]
    with path.open("rb") as file:
        head = file.read(HEAD)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        return "empty"
    if start.startswith(b"<"):
        return "html"
    return check(path, start)


def _csv(path: Path, start: bytes) -> str:
    # A JSON answer tells an error; a zero byte is no text.
    text = not start.startswith((b"{", b"[", b"PK", b"%PDF", b"\x1f\x8b")) and b"\0" not in start
    return "" if text and any(mark in start for mark in (b";", b",", b"\t", b"|")) else "not-it"


def _zip(path: Path, start: bytes) -> str:
    if not start.startswith(b"PK"):
        return "not-it"
    try:
        with zipfile.ZipFile(path) as packed:
            if sum(one.file_size for one in packed.infolist()) > LARGEST:
                return "broken"
            return "" if packed.testzip() is None else "broken"
    except DAMAGED:
        return "broken"


def _xlsx(path: Path, start: bytes) -> str:
    wrong = _zip(path, start)
    if wrong:
        return wrong
    with zipfile.ZipFile(path) as packed:
        return "" if "[Content_Types].xml" in packed.namelist() else "not-it"


def _gz(path: Path, start: bytes) -> str:
    if not start.startswith(b"\x1f\x8b"):
        return "not-it"
    size = 0
    try:
        with gzip.open(path) as packed:
            while block := packed.read(1 << 20):
                size += len(block)
                if size > LARGEST:
                    return "broken"
    except DAMAGED:
        return "broken"
    return ""


def _json(path: Path, start: bytes) -> str:
    return _parsed(path, start)[0]


def _geojson(path: Path, start: bytes) -> str:
    wrong, found = _parsed(path, start)
    return wrong or ("" if isinstance(found, dict) and found.get("type") in MAPS else "not-it")


def _parsed(path: Path, start: bytes) -> tuple[str, object]:
    if not start.startswith((b"{", b"[")):
        return "not-it", None
    try:
        return "", json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return "broken", None


_CHECKS = {"csv": _csv, "xlsx": _xlsx, "zip": _zip, "json": _json, "geojson": _geojson, "gz": _gz}
