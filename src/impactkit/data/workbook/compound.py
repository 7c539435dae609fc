"""The compound file of [MS-CFB], in which old workbooks lie: its streams; no chain is longer than the file.

What it says of its own lengths is checked before any reader sets memory aside for them.
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

END_OF_CHAIN = 0xFFFFFFFE
HEAD, ENTRY = 512, 128
# Links that the head itself holds.
FIRST_LINKS = 109


@dataclass(frozen=True)
class _Compound:
    """A compound file, cut into sectors of one size; `links`: the sector that follows each."""

    content: bytes
    size: int
    small_size: int
    cutoff: int
    links: tuple[int, ...]

    def sector(self, number: int) -> bytes:
        """The bytes of a sector; none beyond the end."""
        return self.content[(number + 1) * self.size : (number + 2) * self.size]

    def joined(self, start: int) -> bytes:
        """The bytes of the sectors that follow one another from `start`."""
        return b"".join(map(self.sector, chain(start, self.links)))


def chain(start: int, links: tuple[int, ...]) -> Iterator[int]:
    """The sectors from one on. Raises ValueError for a chain that has no end, or leaves the file."""
    for _ in range(len(links)):
        if start >= END_OF_CHAIN:
            return
        if start >= len(links):
            raise ValueError("a chain that leaves the file")
        yield start
        start = links[start]
    if start < END_OF_CHAIN:
        raise ValueError("a chain without an end")


def streams(content: bytes) -> dict[str, Callable[[], bytes]]:
    """The streams of a compound file by their names, each read when it is called.

    Raises ValueError or struct.error for a file that is broken, or says more than it holds.
    """
    compound = _opened(content)
    first_folder = struct.unpack_from("<I", content, 48)[0]
    first_small = struct.unpack_from("<I", content, 60)[0]
    folder = compound.joined(first_folder)
    entries: dict[str, bytes] = {}
    for at in range(0, len(folder), ENTRY):
        entries[_name(folder, at)] = folder[at : at + ENTRY]
    small_table = compound.joined(first_small)
    small_links = struct.unpack(f"<{len(small_table) // 4}I", small_table)
    for entry in entries.values():
        _check_entry(compound, entry, small_links)
    return {name: partial(_stream, compound, entry, entries, small_links) for name, entry in entries.items()}


def _opened(content: bytes) -> _Compound:
    powers = struct.unpack_from("<2H", content, 30)
    if max(powers) > 16:
        raise ValueError("a sector larger than any")
    size, small_size = 1 << powers[0], 1 << powers[1]
    most = len(content) // size + 1
    folders, tables = struct.unpack_from("<2I", content, 40)
    small_tables = struct.unpack_from("<I", content, 64)[0]
    following, further = struct.unpack_from("<2I", content, 68)
    if max(folders, tables, small_tables, further) > most:
        raise ValueError("more sectors than the file has")
    compound = _Compound(content, size, small_size, struct.unpack_from("<I", content, 56)[0], ())
    numbers = list(struct.unpack_from(f"<{FIRST_LINKS}I", content, 76))
    for _ in range(further):
        *more, following = struct.unpack(f"<{size // 4}I", compound.sector(following))
        numbers += more
    numbers = [number for number in numbers if number < END_OF_CHAIN]
    if len(numbers) > most:
        raise ValueError("more tables than the file has sectors")
    links: list[int] = []
    for number in numbers:
        links += struct.unpack(f"<{size // 4}I", compound.sector(number))
    return _Compound(content, size, small_size, compound.cutoff, tuple(links[:most]))


def _check_entry(compound: _Compound, entry: bytes, small_links: tuple[int, ...]) -> None:
    kind = entry[66]
    start, length, high = struct.unpack_from("<3I", entry, 116)
    if kind not in (2, 5):
        return
    # Old writers leave anything in the upper half of the length.
    if length > len(compound.content) or (high and compound.size > HEAD):
        raise ValueError("a stream longer than the file")
    is_small = kind == 2 and length < compound.cutoff
    links = small_links if is_small else compound.links
    if length:
        for _ in chain(start, links):
            continue


def _stream(
    compound: _Compound, entry: bytes, entries: dict[str, bytes], small_links: tuple[int, ...]
) -> bytes:
    start, length = struct.unpack_from("<2I", entry, 116)
    if length >= compound.cutoff:
        return compound.joined(start)[:length]
    holder = compound.joined(struct.unpack_from("<I", entries["Root Entry"], 116)[0])
    size = compound.small_size
    pieces = [holder[number * size : (number + 1) * size] for number in chain(start, small_links)]
    return b"".join(pieces)[:length]


def _name(folder: bytes, at: int) -> str:
    length = struct.unpack_from("<H", folder, at + 64)[0]
    return folder[at : at + max(length - 2, 0)].decode("utf-16-le", "replace")
