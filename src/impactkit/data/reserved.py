"""Codes that no territory may have: a report stands in a folder of its territory's code."""

import re
from collections.abc import Collection

# What the folder of reports, or a place where they are published, holds beside them.
BESIDE = ("programme", "editions", "index", "changes", "history", "sha256sums")
HIDDEN = (".failed", ".building", ".previous", ".lock", ".inputs", ".key", ".signatures")
# Windows keeps these for its devices, in any folder and with any ending.
DEVICES = ("con", "prn", "aux", "nul")
PORTS = re.compile("(com|lpt)[0-9]")


def is_reserved(code: str) -> bool:
    """Whether a code is a name that the folder of reports uses, or one that Windows refuses; in capitals
    too, for many disks do not tell them apart.
    """
    name = code.strip().casefold()
    if name in HIDDEN:
        return True
    first = name.partition(".")[0]
    return first in BESIDE or first in DEVICES or PORTS.fullmatch(first) is not None


def instead(code: str, taken: Collection[str] = ()) -> str:
    """A code to propose for one that is reserved, none of those `taken`."""
    words = re.sub("[^a-z0-9]+", "-", code.casefold()).strip("-")
    proposed = f"territoire-{words}"
    number = 2
    while proposed in taken:
        proposed = f"territoire-{words}-{number}"
        number += 1
    return proposed
