"""What a value of evaluation.toml must be: its kind, its range, an example; all that is wrong at once."""

import datetime as dt
import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from impactkit.data.csv_text import INVISIBLE
from impactkit.data.number_text import LARGEST
from impactkit.errors import ImpactkitError, RefusedData
from impactkit.wording.language import Language

# Seconds, megabytes, projects, months: beyond this a slip.
MOST = 1_000_000
DATE = re.compile("[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
# No programme is older, and none is planned for later.
OLDEST_YEAR, LAST_YEAR = 1900, 2100
# Letters of one text: a title, a sentence.
MOST_TEXT = 1_000
# How much of a wrong value a message quotes.
WIDTH = 60


Holds = Callable[[Any], bool]


@dataclass(frozen=True)
class Kind:
    """What a value must be: its sentence (`setting.<name>`), whether a value is so, and an example."""

    name: str
    holds: Holds
    example: str
    allowed: tuple[str, ...] = ()


Kinds = Mapping[str, Kind]


def faults(
    language: Language,
    settings: Any,
    kinds: Kinds,
    where: str,
    needed: Collection[str] = (),
) -> list[ImpactkitError]:
    """Everything that is wrong with a table of settings: unknown keys, absent ones, values that are not of
    their kind.
    """
    if not is_table(settings):
        value = quoted(settings)
        return [language.error(RefusedData, "setting-table", where=where, value=value)]
    wrong: list[ImpactkitError] = []
    for key, value in settings.items():
        if key not in kinds:
            unknown = language.unknown("noun.key", key, kinds, where=where)
            wrong.append(unknown)
        elif not kinds[key].holds(value):
            wrong.append(_ill_typed(language, key, value, kinds[key], where))
    missing = [key for key in needed if key not in settings]
    if missing:
        keys = ", ".join(missing)
        wrong.append(language.error(RefusedData, "missing-keys", where=where, keys=keys))
    return wrong


def _ill_typed(language: Language, key: str, value: Any, kind: Kind, where: str) -> ImpactkitError:
    allowed = ", ".join(kind.allowed)
    return language.error(
        RefusedData,
        "setting",
        where=where,
        name=key,
        value=quoted(value),
        expected=language.say(f"setting.{kind.name}", allowed=allowed),
        example=kind.example,
    )


def refuse(language: Language, wrong: Iterable[ImpactkitError], where: str) -> None:
    """Raise all that is wrong at once; nothing when nothing is."""
    every = list(wrong)
    count = len(every)
    if count == 1:
        raise every[0]
    if every:
        lines = [f"{fault.where} : {fault.what} {fault.next}" for fault in every]
        text = "\n".join(lines)
        raise language.error(RefusedData, "settings", where=where, n=count, count=count, lines=text)


def quoted(value: Any) -> str:
    """A value as TOML writes it, or nearly; a long one is cut."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    if len(text) > WIDTH:
        text = text[:WIDTH] + "…"
    return text


def is_table(value: Any) -> TypeGuard[dict[str, Any]]:
    """Whether a value is a section."""
    return isinstance(value, dict)


def is_flag(value: Any) -> bool:
    """Whether a value is true or false."""
    return isinstance(value, bool)


def is_text(value: Any) -> bool:
    """Whether a value is text that can be read."""
    if not isinstance(value, str):
        return False
    return bool(value.strip()) and len(value) <= MOST_TEXT and not INVISIBLE.search(value)


def is_whole(value: Any) -> bool:
    """Whether a value is a positive whole number, within reason."""
    return type(value) is int and 1 <= value <= MOST


def is_number(value: Any) -> bool:
    """Whether a value is a finite number, not below zero."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return 0 <= value < LARGEST


def is_date(value: Any) -> bool:
    """Whether a value is a year, a month or a day that exists, in quotes or as TOML writes a day."""
    if isinstance(value, dt.datetime):
        return False
    if isinstance(value, dt.date):
        return OLDEST_YEAR <= value.year <= LAST_YEAR
    if not isinstance(value, str) or not DATE.fullmatch(value):
        return False
    day = f"{value}-01-01"[:10]
    try:
        year = dt.date.fromisoformat(day).year
    except ValueError:
        return False
    return OLDEST_YEAR <= year <= LAST_YEAR


def is_code(value: Any) -> bool:
    """Whether a value is a code, in quotes or not."""
    return is_text(value) or is_whole(value)


def list_of(holds: Holds, *, empty: bool = False) -> Holds:
    """Whether a value is a list of such values, not an empty one unless it may be."""

    def all_hold(value: Any) -> bool:
        if not isinstance(value, list):
            return False
        return all(map(holds, value)) and (empty or bool(value))

    return all_hold


def one_of(*allowed: str) -> Kind:
    """A word of a list."""

    def is_allowed(value: Any) -> bool:
        return value in allowed

    example = f'"{allowed[0]}"'
    return Kind("one-of", is_allowed, example, allowed)


def table_of(inner: Kind) -> Kind:
    """A table whose values are all of one kind."""

    def all_hold(value: Any) -> bool:
        return is_table(value) and all(map(inner.holds, value.values()))

    name = f"table.{inner.name}"
    return Kind(name, all_hold, inner.example, inner.allowed)


is_texts = list_of(is_text)
TEXT = Kind("text", is_text, '"un texte"')
FLAG = Kind("flag", is_flag, "true")
WHOLE = Kind("whole", is_whole, "3")
NUMBER = Kind("number", is_number, "30.5")
DAY = Kind("date", is_date, '"2019-02-25"')
TEXTS = Kind("texts", is_texts, '["un texte", "un autre"]')
NAMED = Kind("named", is_code, '"1"')
GROUPS = Kind("groups", list_of(is_texts), '[["local_authority"], ["association", "network"]]')
WHOLES = Kind("wholes", list_of(is_whole), "[12, 18]")
TABLE = Kind("table", is_table, "[section]")
TABLES = Kind("tables", list_of(is_table, empty=True), "[[section]]")
