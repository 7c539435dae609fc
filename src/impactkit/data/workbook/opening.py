"""Opening a workbook that somebody sent; what is none is refused in one sentence, before it is read."""

import csv
import zipfile
from collections.abc import Callable
from pathlib import Path

from impactkit.data.unpacking import DAMAGED
from impactkit.data.workbook.bounds import check_parts, check_size
from impactkit.data.workbook.sheet import Sheet
from impactkit.errors import RefusedData
from impactkit.wording.language import Language

# The name of the sheet that only feeds drop-down lists.
LISTS = "listes"
LONGEST_MANIFEST = 1_000_000
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
# What a reader meets in a file that only looks like a workbook.
UNREADABLE = (
    # With what is deeper than any person writes, and a compression that this reader does not have.
    *DAMAGED,
    TypeError,
    SyntaxError,
    csv.Error,
)
Reader = Callable[[Language, Path], tuple[Sheet, ...]]


def read_sheets(language: Language, path: Path) -> tuple[Sheet, ...]:
    """The sheets of a workbook (.xlsx, .xlsm, Strict or not; .ods; .xls; .csv), hidden ones too.

    Raises RefusedData, in one sentence, for no file, another format, a password, or what would be beyond
    the limits of `bounds` once opened.
    """
    try:
        kind = _kind(language, path)
        if kind not in ("xlsx", "ods", "xls", "csv"):
            raise language.error(RefusedData, f"workbook-{kind}", where=path.name)
        if kind in ("xlsx", "ods"):
            check_parts(language, path)
        return _reader(kind)(language, path)
    except UNREADABLE as cause:
        raise language.error(RefusedData, "workbook-unreadable", where=path.name) from cause


def _reader(kind: str) -> Reader:
    from impactkit.data.workbook import delimited, opendocument, xls, xlsx

    return {
        "xlsx": xlsx.read,
        "ods": opendocument.read,
        "xls": xls.read,
        "csv": delimited.read,
    }[kind]


def _kind(language: Language, path: Path) -> str:
    """What a file is, by its content; else why it is no workbook that can be opened."""
    if not path.is_file():
        return "absent"
    check_size(language, path)
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(OLE):
        # A password wraps the workbook in the container that old .xls files use.
        return "locked" if "EncryptedPackage".encode("utf-16-le") in path.read_bytes() else "xls"
    if zipfile.is_zipfile(path):
        return _zipped(path)
    if not head:
        return "empty"
    is_text = b"\0" not in head or head[:2] in (b"\xff\xfe", b"\xfe\xff")
    return "csv" if is_text and path.suffix.lower() in (".csv", ".tsv", ".txt") else "other"


def _zipped(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        if "mimetype" in names and "content.xml" in names:
            return "locked" if b"encryption-data" in _manifest(archive) else "ods"
        return "xlsx" if "xl/workbook.xml" in names else "other"


def _manifest(archive: zipfile.ZipFile) -> bytes:
    name = "META-INF/manifest.xml"
    if name not in archive.namelist():
        return b""
    with archive.open(name) as file:
        return file.read(LONGEST_MANIFEST)
