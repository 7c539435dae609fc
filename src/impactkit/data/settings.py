"""`evaluation.toml`, read: every key of every section has a kind and a range.

What is wrong in it is said at once.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from impactkit.data import analysis_plan
from impactkit.data.csv_text import INVISIBLE
from impactkit.data.money import money_faults
from impactkit.data.perimeters import VINTAGES
from impactkit.data.setting_kinds import (
    DAY,
    FLAG,
    GROUPS,
    NAMED,
    NUMBER,
    TABLE,
    TABLES,
    TEXT,
    TEXTS,
    WHOLE,
    WHOLES,
    Kind,
    faults,
    is_text,
    one_of,
    refuse,
    table_of,
)
from impactkit.data.sources import found as sources_found
from impactkit.data.tables import LISTS, list_labels
from impactkit.errors import ImpactkitError, RefusedData, UnknownName
from impactkit.wording.catalogue import error, languages, say
from impactkit.wording.voice import EURO

REQUIRED = ("title", "programme", "wave")
CODE = re.compile("[a-z0-9][a-z0-9_-]*")
LABELLED = re.compile("[0-9]{4}-[0-9]{2}(-[0-9]{2})?")
FACE = one_of("connaissance", "suivi", "evaluation")
VINTAGE = Kind("whole", lambda value: type(value) is int, str(VINTAGES[-1]))
LIMIT_KINDS = {"cell": WHOLE, "whole": WHOLE, "memory": WHOLE}
WAVE_KINDS = {"id": NAMED, "name": TEXT, "labelled": DAY}
SECTIONS: dict[str, dict[str, Kind]] = {
    "report": {
        "notebook": TEXT,
        "programme": TEXT,
        "parameters": TABLE,
        "names": one_of("none", "initials", "public"),
        "face": FACE,
        "faces": table_of(FACE),
        "limits": TABLE,
    },
    # What the label asks for; a criterion that is not written here is not judged.
    "label": {"challenges": WHOLE, "members": WHOLE, "diversity": GROUPS},
    # What the programme hopes for, in its own words.
    "target": {"projects": WHOLE, "months": WHOLES, "written": TEXT, "source": TEXT},
    # What an hour given is counted for, in euros, and who says so.
    "rates": {"hour": NUMBER, "source": TEXT},
    # The analysis plan: what was decided, when, and what changed since.
    "effects": analysis_plan.KINDS,
    # Indicators whose rows count contributors (their n), by the rule that protects them.
    "secrecy": {"businesses": TEXTS, "tax-persons": TEXTS, "filosofi": TEXTS},
    # The evaluation's own lists of codes, in place of those that ship.
    "codes": dict.fromkeys(LISTS, TABLE),
}
KINDS: dict[str, Kind] = {
    "title": TEXT,
    "programme": TEXT,
    "language": TEXT,
    "currency": TEXT,
    "exchange": TABLE,
    "fictional": FLAG,
    "vintage": VINTAGE,
    "wave": TABLES,
    "source": TABLES,
    "words": TABLE,
    **dict.fromkeys(SECTIONS, TABLE),
}


def read_settings(path: Path) -> dict[str, Any]:
    """`evaluation.toml`, checked, its usual values filled in. Raises RefusedData or UnknownName (the nearest
    key); several things that are wrong are said in one RefusedData.
    """
    try:
        settings = tomllib.loads(path.read_text("utf-8-sig"))
    except (ValueError, RecursionError) as cause:
        raise error(RefusedData, "unreadable-toml", where=path.name, cause=cause) from cause
    refuse(faults(settings, KINDS, path.name, needed=REQUIRED), path.name)
    refuse(_faults(settings, path.name), path.name)
    for wave in settings["wave"]:
        # TOML has dates of its own: 2019-02-25 without quotes is one.
        wave["id"], wave["labelled"] = str(wave["id"]), str(wave["labelled"])
    settings.setdefault("language", "fr")
    settings.setdefault("currency", EURO)
    # Without official units the year of perimeters is nobody's matter.
    settings.setdefault("vintage", VINTAGES[-1])
    where = f"{path.name}, [[source]]"
    settings["source"] = [sources_found.checked(source, where) for source in settings.get("source", ())]
    analysis_plan.checked(settings.get("effects", {}), f"{path.name}, [effects]")
    return settings


def _faults(settings: Mapping[str, Any], name: str) -> Iterator[ImpactkitError]:
    """What is wrong in the sections of settings whose own keys are right."""
    yield from _waves(settings["wave"], f"{name}, [[wave]]")
    if (language := settings.get("language", "fr")) not in languages():
        yield UnknownName.among(say("noun.language"), language, languages(), where=name)
    if (vintage := settings.get("vintage", VINTAGES[-1])) not in VINTAGES:
        years = f"{VINTAGES[0]}-{VINTAGES[-1]}"
        yield error(RefusedData, "vintage", where=name, found=vintage, years=years)
    for section, kinds in SECTIONS.items():
        yield from faults(settings.get(section, {}), kinds, f"{name}, [{section}]")
    yield from _codes(settings.get("codes", {}), name)
    yield from _words(settings.get("words", {}), name)
    yield from money_faults(settings, name)
    yield from _diversity(settings, name)
    yield from _report(settings.get("report", {}), name)
    yield from _sources(settings.get("source", ()), f"{name}, [[source]]")


def _waves(waves: list[dict[str, Any]], where: str) -> Iterator[ImpactkitError]:
    if not waves:
        yield error(RefusedData, "missing-keys", where=where, keys="[[wave]]")
    codes: set[str] = set()
    for wave in waves:
        wrong = faults(wave, {**WAVE_KINDS, "labelled": NAMED_DAY}, where, needed=tuple(WAVE_KINDS))
        yield from wrong
        code = str(wave.get("id"))
        if code in codes:
            yield error(RefusedData, "wave-twice", where=where, id=code)
        codes.add(code)
        labelled = str(wave.get("labelled", ""))
        if not wrong and not (LABELLED.fullmatch(labelled) and DAY.holds(labelled)):
            yield error(RefusedData, "wave-date", where=where, found=labelled)


# Any text or date: what is no day or month has a sentence of its own.
NAMED_DAY = Kind("date", lambda value: is_text(value) or DAY.holds(value), '"2019-02-25"')


def _codes(codes: Mapping[str, Any], name: str) -> Iterator[ImpactkitError]:
    for section, words in codes.items():
        sound = isinstance(words, dict) and words and all(map(is_text, words.values()))
        if section in LISTS and not (sound and all(map(CODE.fullmatch, words))):
            yield error(RefusedData, "own-codes", where=f"{name}, [codes.{section}]")


def _words(words: Mapping[str, Any], name: str) -> Iterator[ImpactkitError]:
    where = f"{name}, [words]"
    for phrase, other in words.items():
        if not (is_text(phrase) and is_text(other)):
            yield error(RefusedData, "own-words", where=where)
        elif set("{}") & {*phrase, *other}:
            yield error(RefusedData, "own-words-brace", where=where, phrase=phrase, other=other)


def _diversity(settings: Mapping[str, Any], name: str) -> Iterator[ImpactkitError]:
    groups = settings.get("label", {}).get("diversity", [])
    if not GROUPS.holds(groups):
        return
    own = settings.get("codes", {}).get("member")
    codes = list(own) if isinstance(own, dict) and own else list_labels("member")
    for code in [code for group in groups for code in group]:
        if code not in codes:
            yield UnknownName.among(say("noun.member"), code, codes, where=f"{name}, [label], diversity")


def _report(report: Mapping[str, Any], name: str) -> Iterator[ImpactkitError]:
    if isinstance(report.get("limits"), dict):
        yield from faults(report["limits"], LIMIT_KINDS, f"{name}, [report.limits]")
    parameters = report.get("parameters")
    for key, value in parameters.items() if isinstance(parameters, dict) else ():
        where, written = f"{name}, [report.parameters]", INVISIBLE.sub("", str(value))
        if key in ("folder", "territory"):
            yield error(RefusedData, "parameter-reserved", where=where, name=key)
        elif not _is_parameter(value):
            yield error(RefusedData, "parameter-value", where=where, name=key, value=written)


def _is_parameter(value: Any) -> bool:
    if isinstance(value, list):
        return not any(isinstance(part, list) for part in value) and all(map(_is_parameter, value))
    if isinstance(value, str):
        return not INVISIBLE.search(value)
    return isinstance(value, bool | int) or (isinstance(value, float) and abs(value) < float("inf"))


def _sources(sources: list[dict[str, Any]], where: str) -> Iterator[ImpactkitError]:
    names: set[str] = set()
    for source in sources:
        wrong = sources_found.faults(source, where)
        yield from wrong
        if wrong:
            continue
        name = sources_found.checked(source, where)["id"]
        if name in names:
            yield error(RefusedData, "source-same", where=where, id=name)
        names.add(name)
