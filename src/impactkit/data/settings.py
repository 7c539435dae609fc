"""`evaluation.toml`, read: every key of every section has a kind and a range.

What is wrong in it is said at once.
"""

import math
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from impactkit.data import analysis_plan
from impactkit.data.catalogue import of_own_tables
from impactkit.data.csv_text import INVISIBLE
from impactkit.data.money import money_faults
from impactkit.data.number_text import is_bounded
from impactkit.data.perimeters import VINTAGES
from impactkit.data.public_keys import is_public_key
from impactkit.data.setting_kinds import (
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
    is_date,
    is_table,
    is_text,
    is_whole,
    one_of,
    refuse,
    table_of,
)
from impactkit.data.sources import found as sources_found
from impactkit.data.tables import LISTS, list_labels
from impactkit.errors import ImpactkitError, RefusedData
from impactkit.wording.catalogue import languages
from impactkit.wording.currency import EURO
from impactkit.wording.language import Language

# Bytes of the settings, and how many names a key joins with dots.
MOST_BYTES, MOST_NAMES = 1_000_000, 16
_NAME = r"""(?:[\w-]+|"[^"\n]*"|'[^'\n]*')\s*"""
DEEP = re.compile(rf"(?<![\w\"'-]){_NAME}(?:\.\s*{_NAME}){{{MOST_NAMES}}}")
# Codes that one list of the evaluation's own may hold.
MOST_CODES = 500
REQUIRED = ("title", "programme", "wave")
CODE = re.compile("[a-z0-9][a-z0-9_-]*")
# What names a source names the folder of its files.
SOURCE, SOURCE_NAMES = re.compile(r"\w+([.-]\w+)*"), ("id", "dataset", "indicator")
BRACES = {"{", "}"}
# Parameters that the kit gives for each territory.
GIVEN = ("folder", "territory")
LABELLED = re.compile("[0-9]{4}-[0-9]{2}(-[0-9]{2})?")
PUBLIC_KEY = Kind("public-key", is_public_key, '{ "Prénom Nom" = "MCowBQYDK2VwAyEA…" }')
ANY = Kind("date", bool, '"2019-02-25"')
FACE = one_of("connaissance", "suivi", "evaluation")
FIRST, *_, LAST = VINTAGES
LIMIT_KINDS = {"cell": WHOLE, "whole": WHOLE, "memory": WHOLE}
# What is no day or month has a sentence of its own.
WAVE_KINDS = {"id": NAMED, "name": TEXT, "labelled": ANY}
Settings = Mapping[str, Any]
Faults = Iterator[ImpactkitError]
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
    # Whose key signs: public keys (Ed25519), by the name of who holds them.
    "signing": {"keys": table_of(PUBLIC_KEY)},
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
    "vintage": Kind("whole", is_whole, f"{LAST}"),
    "wave": TABLES,
    "source": TABLES,
    "words": TABLE,
    **dict.fromkeys(SECTIONS, TABLE),
}


def toml_of(language: Language, path: Path) -> dict[str, Any]:
    """What `evaluation.toml` holds, as it stands. Raises RefusedData for what does not read, or costs more
    than settings do.
    """
    name = path.name
    if not path.is_file():
        raise language.error(RefusedData, "no-file", where=name)
    if path.stat().st_size > MOST_BYTES:
        raise language.error(RefusedData, "toml-size", where=name, most=MOST_BYTES // 1_000_000)
    try:
        text = path.read_text("utf-8-sig")
        if DEEP.search(text):
            raise language.error(RefusedData, "toml-deep", where=name, most=MOST_NAMES)
        settings = tomllib.loads(text)
        if not is_bounded(settings):
            raise ValueError(language.say("setting.too-long"))
        return settings
    except (ValueError, RecursionError) as cause:
        raise language.error(RefusedData, "unreadable-toml", where=name, cause=cause) from cause


def read_settings(language: Language, path: Path) -> dict[str, Any]:
    """`evaluation.toml`, checked, its usual values filled in. Raises RefusedData or UnknownName (the nearest
    key); several things that are wrong are said in one RefusedData.
    """
    name = path.name
    settings = toml_of(language, path)
    refuse(language, faults(language, settings, KINDS, name, REQUIRED), name)
    refuse(language, _faults(language, settings, name), name)
    for wave in settings["wave"]:
        # TOML has dates of its own: 2019-02-25 without quotes is one.
        wave["id"] = str(wave["id"])
        wave["labelled"] = str(wave["labelled"])
    settings.setdefault("language", "fr")
    settings.setdefault("currency", EURO)
    # Without official units the year of perimeters is nobody's matter.
    settings.setdefault("vintage", LAST)
    sources = settings.get("source", ())
    settings["source"] = [sources_found.checked(language, source, name) for source in sources]
    analysis_plan.checked(language, settings.get("effects", {}), f"{name}, [effects]")
    return settings


def _faults(language: Language, settings: Settings, name: str) -> Faults:
    """What is wrong in the sections of settings whose own keys are right."""
    yield from _waves(language, settings["wave"], f"{name}, [[wave]]")
    code = settings.get("language", "fr")
    if code not in languages():
        yield language.unknown("noun.language", code, languages(), where=name)
    vintage = settings.get("vintage", LAST)
    if vintage not in VINTAGES:
        years = f"{FIRST}-{LAST}"
        yield language.error(RefusedData, "vintage", where=name, found=vintage, years=years)
    for section, kinds in SECTIONS.items():
        where = f"{name}, [{section}]"
        yield from faults(language, settings.get(section, {}), kinds, where)
    codes = settings.get("codes", {})
    yield from _codes(language, codes, name)
    yield from _words(language, settings.get("words", {}), f"{name}, [words]")
    yield from money_faults(language, settings, name)
    groups = settings.get("label", {}).get("diversity")
    if GROUPS.holds(groups):
        yield from _diversity(language, groups, codes, f"{name}, [label], diversity")
    yield from _secrecy(language, settings.get("secrecy", {}), f"{name}, [secrecy]")
    if "signing" in settings:
        yield from _signing(language, settings["signing"], f"{name}, [signing]")
    yield from _report(language, settings.get("report", {}), name)
    yield from _sources(language, settings.get("source", ()), f"{name}, [[source]]")


def _waves(language: Language, waves: list[dict[str, Any]], where: str) -> Faults:
    if not waves:
        yield language.error(RefusedData, "missing-keys", where=where, keys="[[wave]]")
    codes: set[str] = set()
    for wave in waves:
        wrong = faults(language, wave, WAVE_KINDS, where, list(WAVE_KINDS))
        yield from wrong
        code = str(wave.get("id"))
        if code in codes:
            yield language.error(RefusedData, "wave-twice", where=where, id=code)
        codes.add(code)
        labelled = str(wave.get("labelled"))
        dated = LABELLED.fullmatch(labelled) and is_date(labelled)
        if not wrong and not dated:
            yield language.error(RefusedData, "wave-date", where=where, found=labelled)


def _codes(language: Language, codes: Settings, name: str) -> Faults:
    for section, words in codes.items():
        if section in LISTS and not _is_list_of_codes(words):
            where = f"{name}, [codes.{section}]"
            yield language.error(RefusedData, "own-codes", where=where)


def _is_list_of_codes(words: Any) -> bool:
    if not is_table(words) or not 0 < len(words) <= MOST_CODES:
        return False
    return all(map(CODE.fullmatch, words)) and all(map(is_text, words.values()))


def _words(language: Language, words: Settings, where: str) -> Faults:
    for phrase, other in words.items():
        if not is_text(phrase) or not is_text(other):
            yield language.error(RefusedData, "own-words", where=where)
        elif BRACES & {*phrase, *other}:
            yield language.error(RefusedData, "own-words-brace", where=where, phrase=phrase, other=other)


def _diversity(language: Language, groups: list[list[str]], codes: Settings, where: str) -> Faults:
    members = codes.get("member")
    if not is_table(members):
        members = list_labels("member")
    for group in groups:
        for code in group:
            if code not in members:
                yield language.unknown("noun.member", code, members, where=where)


def _secrecy(language: Language, rules: Settings, where: str) -> Faults:
    """An indicator that no rule can protect: unknown, or official, which its publisher protects; or named by
    two rules.
    """
    protectable = of_own_tables()
    named: set[str] = set()
    for rule, names in rules.items():
        if rule not in SECTIONS["secrecy"] or not TEXTS.holds(names):
            continue
        for name in names:
            if name not in protectable:
                may = ", ".join(sorted(protectable))
                yield language.error(RefusedData, "secrecy-name", where=where, rule=rule, name=name, may=may)
            elif name in named:
                yield language.error(RefusedData, "secrecy-two-rules", where=where, name=name)
            named.add(name)


def _signing(language: Language, signing: Settings, where: str) -> Faults:
    """No key, a name that is none, or a key that two names share: who signed could not be told."""
    keys = signing.get("keys", {}) if is_table(signing) else None
    if not is_table(keys) or not all(map(is_public_key, keys.values())):
        return
    if not all(map(is_text, keys)) or not keys:
        yield language.error(RefusedData, "signing-name", where=where)
    if len(set(keys.values())) < len(keys):
        yield language.error(RefusedData, "signing-shared", where=where)


def _report(language: Language, report: Settings, name: str) -> Faults:
    limits = report.get("limits")
    if is_table(limits):
        yield from faults(language, limits, LIMIT_KINDS, f"{name}, [report.limits]")
    parameters = report.get("parameters")
    if not is_table(parameters):
        return
    where = f"{name}, [report.parameters]"
    for key, value in parameters.items():
        if key in GIVEN:
            yield language.error(RefusedData, "parameter-reserved", where=where, name=key)
        elif not _is_parameter(value):
            written = INVISIBLE.sub("", str(value))
            yield language.error(RefusedData, "parameter-value", where=where, name=key, value=written)


def _is_parameter(value: Any) -> bool:
    """Whether a value can be given to a notebook: text, a number, true or false, or a list of these."""
    if isinstance(value, list):
        return all(map(_is_single, value))
    return _is_single(value)


def _is_single(value: Any) -> bool:
    if isinstance(value, str):
        return not INVISIBLE.search(value)
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, bool | int)


def _sources(language: Language, sources: list[dict[str, Any]], where: str) -> Faults:
    names: set[str] = set()
    for source in sources:
        wrong = sources_found.faults(language, source, where)
        yield from wrong
        if wrong:
            continue
        complete = sources_found.checked(language, source, where)
        name = complete["id"]
        for key in SOURCE_NAMES:
            if not SOURCE.fullmatch(str(complete.get(key, name))):
                yield language.error(RefusedData, "source-name", where=where, name=key, value=complete[key])
        if name in names:
            yield language.error(RefusedData, "source-same", where=where, id=name)
        names.add(name)
