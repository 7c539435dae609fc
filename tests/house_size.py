"""What is to be understood in each room of the package: syntax nodes, their density, names that say nothing.

`python tests/house_size.py` prints the table of today; tests/house_size.csv keeps the ceilings.
"""

from __future__ import annotations

import ast
import csv
import functools
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "impactkit"
RECORDED = Path(__file__).with_suffix(".csv")
# Names that could name anything.
VAGUE = frozenset(
    (
        "told found one some mine held about said known own whole rest others this that thing things given "
        "shown asked here life light picked together"
    ).split()
)
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Size:
    """The syntax nodes of a room, its lines of code, its names and how many of them are vague."""

    nodes: int = 0
    lines: int = 0
    names: int = 0
    vague: int = 0

    def __add__(self, other: Size) -> Size:
        return Size(
            self.nodes + other.nodes,
            self.lines + other.lines,
            self.names + other.names,
            self.vague + other.vague,
        )

    @property
    def density(self) -> float:
        """Syntax nodes a line of code."""
        return self.nodes / max(self.lines, 1)

    @property
    def vagueness(self) -> float:
        """Vague names, in percent of all names."""
        return 100 * self.vague / max(self.names, 1)


def size_of(path: Path) -> Size:
    """The size of one module; a line of code is neither blank, nor a comment, nor part of a docstring."""
    text = path.read_text("utf-8")
    tree = ast.parse(text)
    documented = set()
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node) is not None:
            documented |= set(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    lines = [
        line
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip() and not line.strip().startswith("#") and number not in documented
    ]
    names = [*names_in(tree), path.stem]
    vague = [name for name in names if name.strip("_") in VAGUE]
    return Size(sum(1 for _ in ast.walk(tree)), len(lines), len(names), len(vague))


def names_in(tree: ast.Module) -> Iterator[str]:
    """The names that a module gives: to variables, arguments, functions and classes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name


@functools.cache
def rooms() -> dict[str, Size]:
    """The size of each room, and of the door (`__init__`) and what stands beside it."""
    sizes: dict[str, Size] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).parts
        room = parts[0] if len(parts) > 1 else "door"
        sizes[room] = sizes.get(room, Size()) + size_of(path)
    return sizes


def recorded() -> dict[str, tuple[int, float, float]]:
    """The most nodes, density and vagueness of each room."""
    with RECORDED.open(encoding="utf-8", newline="") as file:
        return {
            row["room"]: (int(row["nodes"]), float(row["nodes_a_line"]), float(row["vague_percent"]))
            for row in csv.DictReader(file)
        }


def main() -> None:
    """Print the table as tests/house_size.csv holds it."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("room", "nodes", "nodes_a_line", "vague_percent"))
    for room, size in rooms().items():
        writer.writerow((room, size.nodes, f"{size.density:.2f}", f"{size.vagueness:.2f}"))


if __name__ == "__main__":
    main()
