"""What a value of evaluation.toml must be: its kind, its range, an example; all that is wrong at once."""

import datetime as dt
import json
import math
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from impactkit.data.csv_text import INVISIBLE
from impactkit.errors import ImpactkitError, RefusedData, UnknownName
from impactkit.wording.catalogue import error, say

# Seconds, megabytes, projects, months: beyond this a slip.
MOST = 1_000_000
DATE = re.compile("[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
# How much of a wrong value a message quotes.
WIDTH = 60


@dataclass(frozen=True)
class Kind:
    """What a value must be: its sentence (`setting.<name>`), whether a value is so, and an example."""

    name: str
    holds: Callable[[Any], bool]
    example: str
    allowed: tuple[str, ...] = ()


def faults(
    settings: Any, kinds: Mapping[str, Kind], where: str, needed: Collection[str] = ()
) -> list[ImpactkitError]:
    """Everything that is wrong with a table of settings: unknown keys, absent ones, values that are not of
    their kind.
    """
    if not isinstance(settings, dict):
        return [error(RefusedData, "setting-table", where=where, value=_quoted(settings))]
    wrong: list[ImpactkitError] = []
    for key, value in settings.items():
        kind = kinds.get(key)
        if kind is None:
            wrong.append(UnknownName.among(say("noun.key"), key, kinds, where=where))
        elif not kind.holds(value):
            expected = say(f"setting.{kind.name}", allowed=", ".join(kind.allowed))
            holes = {"name": key, "value": _quoted(value), "expected": expected}
            wrong.append(error(RefusedData, "setting", where=where, example=kind.example, **holes))
    if missing := [key for key in needed if key not in settings]:
        wrong.append(error(RefusedData, "missing-keys", where=where, keys=", ".join(missing)))
    return wrong


def refuse(wrong: Iterable[ImpactkitError], where: str) -> None:
    """Raise all that is wrong at once; nothing when nothing is."""
    every = list(wrong)
    if len(every) == 1:
        raise every[0]
    if every:
        lines = "\n".join(f"{fault.where} : {fault.what} {fault.next}" for fault in every)
        raise error(RefusedData, "settings", where=where, n=len(every), count=len(every), lines=lines)


def _quoted(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= WIDTH else text[:WIDTH] + "…"


def is_text(value: Any) -> bool:
    """Whether a value is text that can be read."""
    return isinstance(value, str) and bool(value.strip()) and not INVISIBLE.search(value)


def is_whole(value: Any) -> bool:
    """Whether a value is a positive whole number, within reason."""
    return type(value) is int and 1 <= value <= MOST


def is_number(value: Any) -> bool:
    """Whether a value is a finite number, not below zero."""
    return type(value) in (int, float) and math.isfinite(value) and 0 <= value < 1e15


def is_date(value: Any) -> bool:
    """Whether a value is a year, a month or a day that exists, in quotes or as TOML writes a day."""
    if isinstance(value, dt.date):
        return not isinstance(value, dt.datetime)
    if not isinstance(value, str) or not DATE.fullmatch(value):
        return False
    try:
        dt.date.fromisoformat((value + "-01-01")[:10])
    except ValueError:
        return False
    return True


def _texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(is_text, value))


def one_of(*allowed: str) -> Kind:
    """A word of a list."""
    return Kind("one-of", lambda value: value in allowed, f'"{allowed[0]}"', allowed)


def table_of(inner: Kind) -> Kind:
    """A table whose values are all of one kind."""

    def holds(value: Any) -> bool:
        return isinstance(value, dict) and all(map(inner.holds, value.values()))

    return Kind(f"table.{inner.name}", holds, inner.example, inner.allowed)


TEXT = Kind("text", is_text, '"un texte"')
FLAG = Kind("flag", lambda value: isinstance(value, bool), "true")
WHOLE = Kind("whole", is_whole, "3")
NUMBER = Kind("number", is_number, "30.5")
DAY = Kind("date", is_date, '"2019-02-25"')
TEXTS = Kind("texts", _texts, '["un texte", "un autre"]')
NAMED = Kind("named", lambda value: is_text(value) or is_whole(value), '"1"')
GROUPS = Kind(
    "groups",
    lambda value: isinstance(value, list) and bool(value) and all(map(_texts, value)),
    '[["local_authority"], ["association", "network"]]',
)
WHOLES = Kind(
    "wholes",
    lambda value: isinstance(value, list) and bool(value) and all(map(is_whole, value)),
    "[12, 18]",
)
TABLE = Kind("table", lambda value: isinstance(value, dict), "[section]")
TABLES = Kind(
    "tables",
    lambda value: isinstance(value, list) and all(isinstance(row, dict) for row in value),
    "[[section]]",
)
