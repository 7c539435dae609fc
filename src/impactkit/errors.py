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
        for first, *others in (row for row in self._told() if row[-1]):
            lines.append(_cell("th scope=row", first) + "".join(_cell("td", one) for one in others))
        return "<table>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>" if lines else None


def _cell(tag: str, text: str) -> str:
    return f'<{tag} style="text-align:left;white-space:pre-line">{html.escape(text)}</{tag[:2]}>'


class Several(Rich, tuple[Any, ...]):
    """Several things that show themselves, as one table; in every other way a tuple."""

    __slots__ = ()

    def _told(self) -> Iterable[tuple[str, ...]]:
        return [row for one in self for row in one._told()]


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
        head = f"{self.where} : {self.what}" if self.where else self.what
        return f"{head}\n  À faire : {self.next}" if self.next else head

    def _render_traceback_(self) -> list[str]:
        """In a notebook: the line of the cell that asked, and the sentence; not how the kit came to it."""
        asked = [frame.line for frame in traceback.extract_tb(self.__traceback__)[1:2] if frame.line]
        return [*(f"----> {line}" for line in asked), f"{type(self).__name__} : {self}"]

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

    @classmethod
    def among(cls, kind: str, name: str, known: Iterable[str], *, where: str = "") -> UnknownName:
        """`kind` is the noun with its article (« le territoire »), `known` the names that exist; a mapping
        gives what each is called, too.
        """
        names = sorted(set(known))
        called = known if isinstance(known, Mapping) else {}
        if near := _nearest(name, names, {code: str(words) for code, words in called.items()}):
            hint = "vouliez-vous dire " + " ou ".join(f"`{one}`" for one in near) + "\u202f?"
        else:
            hint = "noms admis : " + ", ".join(names[:12]) + ("…" if len(names) > 12 else "") + "."
        return cls(f"{kind} `{name}` n’existe pas.", where=where, next=hint)


def _nearest(name: str, names: list[str], called: Mapping[str, str]) -> list[str]:
    """The names that another may stand for: the same but for its zeros, its case or its ending, else nearly
    its letters; by what they are called, too.
    """
    bare = _bare(name)
    spoken = {code: {_bare(code), _bare(called.get(code, code))} for code in names}
    padded = [code for code in names if bare and code.lstrip("0") == name.lstrip("0").upper() != ""]
    same = [code for code in names if bare in spoken[code]]
    begun = [code for code in names if len(bare) > 2 and any(part.startswith(bare) for part in spoken[code])]
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.6)
    return (padded or same or begun or near)[:3]


def _bare(text: str) -> str:
    """Text without accents, case or marks."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in parts if letter.isalnum()).casefold()


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
        place = ", ".join(part for part in (self.file, self.sheet, self.cell) if part)
        return place, self.value, self.expected, self.next

    def __str__(self) -> str:
        place, value, expected, next = self.told()
        found = f" « {value} » :" if value else ""
        return f"{place} :{found} {expected} À faire : {next}"


class Problems(Rich, tuple[Problem, ...]):
    """All the problems found at once, in the order of the files; true when there is any.

    >>> bool(ik.check("data/demo"))
    False
    """

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self)

    def __repr__(self) -> str:
        return f"Problems({len(self)})"

    def _heads(self) -> tuple[str, ...]:
        return ("Où", "Trouvé", "Attendu", "À faire") if self else ()

    def _told(self) -> Iterable[tuple[str, ...]]:
        """Where, what was found, what is expected, what to do."""
        return [one.told() for one in self] or [("Rien à corriger.", "Aucun problème dans ces tables.")]
