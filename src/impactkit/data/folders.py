"""Where things lie: what ships with the kit, and the folders that a person names."""

import os
from pathlib import Path

from impactkit.wording.language import FRENCH

# The folder from which the names that a person typed are looked for.
BASE = "IMPACTKIT_BASE"
_PACKAGE = Path(__file__).parents[1]


def shipped(name: str) -> Path:
    """The folder `name` (reference, schemas, demo, notebooks) that ships: in an installed wheel, else
    the repository's.
    """
    packed = _PACKAGE / "_shipped" / name
    if packed.is_dir():
        return packed
    root = _PACKAGE.parents[1]
    return root / name if name == "notebooks" else root / "data" / name


def reference_folder() -> Path:
    """Geography and population by vintage."""
    return shipped("reference")


def schemas_folder() -> Path:
    """One Table Schema per table."""
    return shipped("schemas")


def demo_folder() -> Path:
    """The invented evaluation."""
    return shipped("demo")


def find(path: str | Path) -> Path:
    """The folder or file `path`: absolute, else from IMPACTKIT_BASE, else from the working folder and its
    parents.

    So that a notebook says `data/demo` and works from JupyterLab, papermill or a run alike.
    """
    asked = Path(path)
    if asked.is_absolute() and asked.exists():
        return asked
    base = os.environ.get(BASE)
    starts = [Path(base)] if base else [Path.cwd(), *Path.cwd().parents]
    for start in starts:
        if not asked.is_absolute() and (start / asked).exists():
            return start / asked
    beside = [
        child.name
        for start in starts
        if (start / asked).parent.is_dir()
        for child in (start / asked).parent.iterdir()
        # A name without an ending is a folder's.
        if not child.name.startswith(".") and (asked.suffix or child.is_dir())
    ][:200]
    raise FRENCH.unknown("noun.folder", asked.name, beside, where=str(path))
