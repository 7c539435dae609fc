"""What a server packed, unpacked block by block: no block becomes more than a few of its size at a time."""

import gzip
import json
import lzma
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from impactkit.wording.language import Language

BLOCK = 65_536
# A server packs once; a proxy may pack again.
MOST_LAYERS = 2
# Bytes of a published table, once unpacked.
MOST_TABLE = 200_000_000
# Bytes of a published JSON file; values of one, and cells of a table. In JSON each value but the first
# follows one of these marks.
MOST_JSON, MOST_VALUES = 200_000_000, 5_000_000
MARKS = (b",", b"[", b"{")
GZIP, WRAPPED, RAW = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS
CODINGS = {"gzip": GZIP, "x-gzip": GZIP, "deflate": WRAPPED}


# What a reader meets in an archive that is cut, damaged, locked or packed in a way of its own.
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    OSError,
    EOFError,
    RuntimeError,
    ValueError,
    LookupError,
)


class TooMuch(ValueError):
    """What is being unpacked passes the limit."""


def layers(header: str) -> list[str]:
    """The codings of `Content-Encoding`, the outer one first. Raises LookupError for others, or too many."""
    names = [name.strip().lower() for name in header.split(",")]
    names = [name for name in names if name not in ("", "identity")]
    if len(names) > MOST_LAYERS or not set(names) <= CODINGS.keys():
        raise LookupError(header)
    return names[::-1]


def unpacked(blocks: Iterable[bytes], codings: Iterable[str], most: int) -> Iterator[bytes]:
    """The blocks without their codings. Raises TooMuch when a layer passes `most` bytes, zlib.error for what
    is damaged or cut.
    """
    for coding in codings:
        blocks = _layer(blocks, CODINGS[coding], most)
    yield from blocks


def _layer(blocks: Iterable[bytes], window: int, most: int) -> Iterator[bytes]:
    reader, size, begun = zlib.decompressobj(window), 0, False
    for block in blocks:
        waiting = block
        while waiting:
            if reader.eof:
                # Packed pieces may follow one another.
                reader = zlib.decompressobj(window)
            try:
                part = reader.decompress(waiting, BLOCK)
            except zlib.error:
                if begun or window != WRAPPED:
                    raise
                # Some servers send deflate without its wrapping.
                window = RAW
                reader = zlib.decompressobj(window)
                part = reader.decompress(waiting, BLOCK)
            begun = True
            size += len(part)
            if size > most:
                raise TooMuch
            if part:
                yield part
            waiting = reader.unconsumed_tail or reader.unused_data
    yield from _end(reader, begun, most - size)


def _end(reader: "zlib._Decompress", begun: bool, most: int) -> Iterator[bytes]:
    """What is left in a reader once all has been given."""
    while begun and not reader.eof:
        part = reader.decompress(reader.unconsumed_tail, BLOCK)
        if not part:
            raise zlib.error("cut before its end")
        most -= len(part)
        if most < 0:
            raise TooMuch
        yield part


def whole(language: Language, path: Path, most: int = MOST_TABLE) -> bytes:
    """The bytes of a file, packed (.gz) or not. Raises TooMuch beyond `most`, once unpacked."""
    if path.suffix == ".gz":
        with gzip.open(path, "rb") as packed:
            return bounded(language, packed, most)
    with path.open("rb") as file:
        return bounded(language, file, most)


def json_of(language: Language, path: Path) -> Any:
    """What a JSON file holds. Raises TooMuch for more bytes, or more values, than a published file has;
    ValueError for what is no JSON, or has no bottom.
    """
    content = whole(language, path, MOST_JSON)
    # A value of three letters takes sixty bytes or more once it is read.
    if sum(content.count(mark) for mark in MARKS) > MOST_VALUES:
        raise TooMuch(language.say("csv.values", most=language.number(MOST_VALUES)))
    try:
        return json.loads(content)
    except RecursionError as cause:
        raise ValueError("JSON without a bottom") from cause


def of_archive(language: Language, archive: zipfile.ZipFile, name: str, most: int = MOST_TABLE) -> bytes:
    """The bytes of one part of an archive. Raises TooMuch beyond `most`, another of DAMAGED for what cannot
    be unpacked.
    """
    with archive.open(name) as file:
        return bounded(language, file, most)


def bounded(language: Language, file: IO[bytes] | gzip.GzipFile, most: int) -> bytes:
    """All the bytes of an open file. Raises TooMuch beyond `most`."""
    content = file.read(most + 1)
    if len(content) > most:
        raise TooMuch(language.say("csv.large", most=most // 1_000_000))
    return content
