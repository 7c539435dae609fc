"""What can go wrong, in words: what happened, where, and what to do next.

Raised with sentences already in the reader's language; this room knows no catalogue and imports nothing.
"""

from __future__ import annotations

import difflib
import functools
import html
from collections.abc import Iterable
from dataclasses import dataclass


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
        """`kind` is the noun with its article (« le territoire »), `known` the names that exist."""
        names = sorted(set(known))
        near = difflib.get_close_matches(name, names, n=3, cutoff=0.6)
        if near:
            hint = "vouliez-vous dire " + " ou ".join(f"`{one}`" for one in near) + "\u202f?"
        else:
            hint = "noms admis : " + ", ".join(names[:12]) + ("…" if len(names) > 12 else "") + "."
        return cls(f"{kind} `{name}` n’existe pas.", where=where, next=hint)


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

    >>> print(ik.Problem("jobs.csv", "", "ligne 2, actual", "trois", "un nombre est attendu.", "écrire 3."))
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


class Problems(tuple[Problem, ...]):
    """All the problems found at once, in the order of the files; true when there is any.

    >>> bool(ik.check("data/demo"))
    False
    """

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self)

    def _repr_html_(self) -> str:
        """A table for a notebook: where, what was found, what is expected, what to do."""
        lines = ["".join(f"<td>{html.escape(text)}</td>" for text in one.told()) for one in self]
        rows = "".join(f"<tr>{line}</tr>" for line in lines)
        heads = "".join(f'<th scope="col">{text}</th>' for text in ("Où", "Trouvé", "Attendu", "À faire"))
        return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
