"""What a fetched file must look like before it is kept: a server often answers with a web page instead."""

import gzip
import zipfile
from pathlib import Path

from impactkit.data.unpacking import DAMAGED, json_of
from impactkit.wording.language import FRENCH

HEAD = 4096
# Beyond this (bytes), once unpacked, an archive is a trap.
LARGEST = 2_000_000_000
MAPS = ("FeatureCollection", "Feature", "GeometryCollection")
JSON, ZIP, GZ = (b"{", b"["), (b"PK",), (b"\x1f\x8b",)


def unlike(path: Path, looks: str) -> str:
    """Why a file is not what it should look like (csv, xlsx, zip, json, geojson, gz): "empty", "html" (a web
    page), "not-it" (another format), "broken" (damaged or cut); "" when it is. Raises KeyError for a look
    that is none.
    """
    with path.open("rb") as file:
        start = file.read(HEAD).removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        return "empty"
    if start.startswith(b"<"):
        return "html"
    if looks == "csv":
        return "" if _csv(start) else "not-it"
    starts, check = _LOOKS[looks]
    try:
        return "" if start.startswith(starts) and check(path) else "not-it"
    except DAMAGED:
        return "broken"


def _csv(start: bytes) -> bool:
    # A JSON answer tells an error; a zero byte is no text.
    foreign = start.startswith((*JSON, *ZIP, *GZ, b"%PDF")) or b"\0" in start
    return not foreign and any(mark in start for mark in (b";", b",", b"\t", b"|"))


def _zip(path: Path, needed: str = "") -> bool:
    with zipfile.ZipFile(path) as packed:
        if sum(one.file_size for one in packed.infolist()) > LARGEST or packed.testzip() is not None:
            raise zipfile.BadZipFile
        return not needed or needed in packed.namelist()


def _xlsx(path: Path) -> bool:
    return _zip(path, "[Content_Types].xml")


def _gz(path: Path) -> bool:
    size = 0
    with gzip.open(path) as packed:
        while block := packed.read(1 << 20):
            size += len(block)
            if size > LARGEST:
                raise EOFError
    return True


def _json(path: Path) -> bool:
    json_of(FRENCH, path)
    return True


def _geojson(path: Path) -> bool:
    found = json_of(FRENCH, path)
    return isinstance(found, dict) and found.get("type") in MAPS


_LOOKS = {
    "xlsx": (ZIP, _xlsx),
    "zip": (ZIP, _zip),
    "json": (JSON, _json),
    "geojson": (JSON, _geojson),
    "gz": (GZ, _gz),
}
