"""One column of a file as it was read: its values, what is wrong with them, by position."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

# What is wrong with a cell, and what to do.
Wrong = tuple[str, str]
# By position in the column.
Wrongs = dict[int, Wrong]


@dataclass(frozen=True)
class Texts:
    """The texts of a column, and what is wrong with them."""

    values: list[str]
    wrong: Wrongs


@dataclass(frozen=True)
class Numbers:
    """The numbers of a column, NaN where one is missing, and what is wrong with them."""

    values: list[float]
    wrong: Wrongs


@dataclass(frozen=True)
class Cells:
    """The cells of a column as text: its letters in a spreadsheet, and the line of each."""

    letters: str
    lines: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def add(self, line: int, text: str) -> None:
        """One cell more."""
        self.lines.append(line)
        self.texts.append(text)


def at(positions: Iterable[int], wrong: Wrong) -> Wrongs:
    """The same at several positions."""
    return dict.fromkeys(positions, wrong)


def of_texts(texts: Iterable[str], refusals: Mapping[str, Wrong]) -> Wrongs:
    """What is wrong by position, of what is wrong by text."""
    wrong = {}
    for position, text in enumerate(texts):
        if text in refusals:
            wrong[position] = refusals[text]
    return wrong
