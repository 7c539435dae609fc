"""A sheet as a spreadsheet shows it: each cell's value and format, what is hidden, struck or commented."""

import bisect
import functools
import itertools
from dataclasses import dataclass, field
from typing import Any

Place = tuple[int, int]
# What a spreadsheet shows of a number that it cannot hold, and where none is one any more.
ERROR = "#NUM!"
MOST = 1e100


@dataclass(frozen=True)
class Cell:
    """A cell with something in it: its value, its number format (as Excel writes one), its comment, whether
    it is struck through; `wrong` when it has no value to read: of a formula that was never computed
    (`uncomputed`), or whose result is an error (`broken`).
    """

    value: Any
    form: str = ""
    wrong: str = ""
    comment: str = ""
    struck: bool = False


def is_figure(value: float) -> bool:
    """Whether a number is one that a spreadsheet could show: finite, and far from the edge of what can be
    reckoned with.
    """
    # Whole numbers are compared as they are: the largest are no floating-point number.
    return -MOST < value < MOST


def sound(value: Any, wrong: str) -> tuple[Any, str]:
    """A value, and what is wrong with it: a number that is none is an error of the spreadsheet."""
    is_number = isinstance(value, int | float)
    return (value, wrong) if not is_number or is_figure(value) else (ERROR, "broken")


@dataclass(frozen=True)
class Sheet:
    """A sheet: its cells by (line, column), from 1, in the order of reading; its merged ranges (first, last
    line; columns too); its hidden lines and columns, and whether it is hidden itself.
    """

    name: str
    cells: dict[Place, Cell]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden: bool = False
    hidden_lines: frozenset[int] = field(default_factory=frozenset)
    hidden_columns: frozenset[int] = field(default_factory=frozenset)

    @functools.cached_property
    def by_line(self) -> dict[int, dict[int, Cell]]:
        """Lines that hold something, in order, and their cells from left to right."""
        lines = itertools.groupby(self.cells.items(), lambda entry: entry[0][0])
        return {line: {place[1]: cell for place, cell in cells} for line, cells in lines}

    @functools.cached_property
    def wide_lines(self) -> frozenset[int]:
        """Lines where a merged range crosses columns."""
        lines: set[int] = set()
        reached = 0
        for top, bottom, left, right in self.merged:
            if left < right and bottom > reached:
                # Ranges are sorted: what lies above was taken with an earlier one.
                lines.update(self.lines_between(max(top, reached + 1), bottom))
                reached = bottom
        return frozenset(lines)

    def lines_between(self, first: int, last: int) -> list[int]:
        """Lines that hold something, from one to another."""
        lines = self._lines
        return lines[bisect.bisect_left(lines, first) : bisect.bisect_right(lines, last)]

    @functools.cached_property
    def _lines(self) -> list[int]:
        return sorted(self.by_line)
