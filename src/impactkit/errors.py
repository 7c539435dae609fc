"""What can go wrong, in words: what happened, where, and what to do next.

Raised with sentences already in the reader's language; this room knows no catalogue and imports nothing.
"""

from __future__ import annotations

import difflib
import functools
import html
import traceback
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


class Rich:
    """Shows itself in a notebook as a small table: the rows of `_told`, under `_heads` if there are any."""

    __slots__ = ()

    def _heads(self) -> tuple[str, ...]:
        return ()

    def _told(self) -> Iterable[tuple[str, ...]]:
        """Rows of finished text, each named by its first cell; one that ends in nothing is left out."""
        raise NotImplementedError

    def _repr_html_(self) -> str | None:
        head = "".join(_cell("th scope=col", text) for text in self._heads())
        lines = [head] if head else []
        for row in self._told():
            if not row[-1]:
                continue
            first, *texts = row
            cells = [_cell("th scope=row", first)]
            for text in texts:
                cells.append(_cell("td", text))
            lines.append("".join(cells))
        return "<table>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>" if lines else None


def _cell(tag: str, text: str) -> str:
    return f'<{tag} style="text-align:left;white-space:pre-line">{html.escape(text)}</{tag[:2]}>'


class Several(Rich, tuple[Any, ...]):
    """Several things that show themselves, as one table; in every other way a tuple."""

    __slots__ = ()

    def _told(self) -> Iterable[tuple[str, ...]]:
        rows: list[tuple[str, ...]] = []
        for noun in self:
            rows += noun._told()
        return rows


class ImpactkitError(Exception):
    """An error that a person can act on. `what` happened, `where` (file, sheet, cell, section), what to do
    `next`.

    >>> try:
    ...     ik.load().territory("val-daubrelle")
    ... except ik.ImpactkitError as wrong:
    ...     print(wrong.next)
    vouliez-vous dire `val-d-aubrelle` ?
    """

    def __init__(self, what: str, *, where: str = "", next: str = "") -> None:
        self.what, self.where, self.next = what, where, next
        super().__init__(what, where, next)

    def __str__(self) -> str:
        head = self.what
        if self.where:
            head = f"{self.where} : {self.what}"
        if not self.next:
            return head
        return f"{head}\n  À faire : {self.next}"

    def _render_traceback_(self) -> list[str]:
        """In a notebook: the line of the cell that asked, and the sentence; not how the kit came to it."""
        sentence = f"{type(self).__name__} : {self}"
        frames = traceback.extract_tb(self.__traceback__)
        lines = [frame.line for frame in frames[1:2]]
        if not any(lines):
            return [sentence]
        return [f"----> {lines[0]}", sentence]

    def __reduce__(self) -> tuple[object, ...]:
        return functools.partial(type(self), where=self.where, next=self.next), (self.what,)


class UnknownName(ImpactkitError):
    """A name (territory, parameter, key, code) that does not exist; the nearest right ones are offered.

    >>> ik.load().territory("val-daubrelle")
    Traceback (most recent call last):
        ...
    impactkit.errors.UnknownName: demo : le territoire `val-daubrelle` n’existe pas.
      À faire : vouliez-vous dire `val-d-aubrelle` ?
    """


def nearest(name: str, names: Iterable[Any]) -> list[str]:
    """The names that another may stand for: the same but for its zeros, its case or its ending, else nearly
    its letters; by what they are called, too, where a mapping tells it.
    """
    called = names if isinstance(names, Mapping) else {}
    names = sorted(set(map(str, names)))
    bare = _bare(name)
    padded: list[str] = []
    same: list[str] = []
    begun: list[str] = []
    for code in names:
        spoken = (
            _bare(code),
            _bare(str(called.get(code, code))),
        )
        if bare and _unpadded(code) == _unpadded(name):
            padded.append(code)
        if bare in spoken:
            same.append(code)
        if len(bare) > 2 and _begins(bare, spoken):
            begun.append(code)
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.6)
    best = padded or same or begun or near
    return best[:3]


def _begins(start: str, words: tuple[str, ...]) -> bool:
    """Whether one of the words begins so."""
    return any(word.startswith(start) for word in words)


def _unpadded(code: str) -> str:
    """A code without its leading zeros, in capitals; itself where nothing else is left."""
    bare = code.lstrip("0")
    return bare.upper() or code


def _bare(text: str) -> str:
    """Text without accents, case or marks."""
    decomposed = unicodedata.normalize("NFKD", text)
    letters = filter(str.isalnum, decomposed)
    return "".join(letters).casefold()


class RefusedData(ImpactkitError):
    """The tables of an evaluation cannot be used as they stand; every problem is in the message.

    >>> ik.load("data")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    impactkit.errors.RefusedData: data : ce dossier n’est pas une évaluation : evaluation.toml n’y est pas...
    """


class NotEnoughData(ImpactkitError):
    """What was asked needs figures that are not there.

    >>> ik.comparable(ik.load("data/french-impact").territory("genevois-innovales"))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    impactkit.errors.NotEnoughData: Genevois InnoVales : aucun périmètre n’est établi pour ce territoire...
    """


class SourceFailed(ImpactkitError):
    """An official source could not be fetched; what was fetched before is kept.

    >>> issubclass(ik.SourceFailed, ik.ImpactkitError)
    True
    """


class ReportFailed(ImpactkitError):
    """A report could not be built; the last good one, if any, is kept.

    >>> ik.explain("data/demo", "count_jobs")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    impactkit.errors.ReportFailed: data/demo : ce dossier n’a pas de claims.csv...
    """


@dataclass(frozen=True)
class Problem:
    """One thing to mend in the data: where it is (file, sheet, cell), what was found, what is expected, what
    to do.

    >>> print(Problem("jobs.csv", "", "ligne 2, actual", "trois", "un nombre est attendu.", "écrire 3."))
    jobs.csv, ligne 2, actual : « trois » : un nombre est attendu. À faire : écrire 3.
    """

    file: str
    sheet: str
    cell: str
    value: str
    expected: str
    next: str
    territory: str = ""

    def told(self) -> tuple[str, str, str, str]:
        """Where it is, what was found, what is expected, what to do."""
        parts = (self.file, self.sheet, self.cell)
        place = ", ".join(filter(None, parts))
        return place, self.value, self.expected, self.next

    def __str__(self) -> str:
        place, value, expected, next = self.told()
        quoted = f" « {value} » :" if value else ""
        return f"{place} :{quoted} {expected} À faire : {next}"


class Problems(Rich, tuple[Problem, ...]):
    """All the problems found at once, in the order of the files; true when there is any. `notes`: what is to
    be known besides, in sentences.

    >>> bool(ik.check("data/demo"))
    False
    """

    notes: tuple[str, ...]

    def __new__(
        cls,
        problems: Iterable[Problem] = (),
        *,
        notes: Iterable[str] = (),
    ) -> Problems:
        made = super().__new__(cls, problems)
        made.notes = tuple(notes)
        return made

    def __str__(self) -> str:
        lines = map(str, self)
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"Problems({len(self)})"

    def _heads(self) -> tuple[str, ...]:
        return ("Où", "Trouvé", "Attendu", "À faire") if self else ()

    def _told(self) -> Iterable[tuple[str, ...]]:
        """Where, what was found, what is expected, what to do."""
        rows: list[tuple[str, ...]] = []
        for problem in self:
            rows.append(problem.told())
        if not rows:
            nothing = ("Rien à corriger.", "Aucun problème dans ces tables.")
            rows.append(nothing)
        for note in self.notes:
            rows.append(("À noter", note))
        return rows
